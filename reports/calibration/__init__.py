"""Calibration: which worlds agree with what was published, and what that says about each quantity.

Read first ``run`` and ``calibrate``. Then:

- ``stored``, ``worlds``: the worlds of a run, by name of quantity and figure
- ``evidence``: likelihood of claims, plausible limits, ways of counting
- ``weights``, ``posterior``, ``emulator``, ``refine``: conditioning, where enough worlds count and where not
- ``findings``, ``information``: what narrowed, what stays open, claims left out; what is worth measuring
- ``contract``, ``words``, ``charts``, ``publish``: JSON, both languages, charts, the folder and the page
"""

from __future__ import annotations

from .calibrate import Ask, AskError, Calibration, calibrate
from .posterior import CalibrationError
from .publish import calibration_table, command, publish_calibration, written
from .run import run_calibration
from .stored import Stored, StoredError, of_folder, of_table, open_worlds

__all__ = [
    "Ask",
    "AskError",
    "Calibration",
    "CalibrationError",
    "Stored",
    "StoredError",
    "calibrate",
    "calibration_table",
    "command",
    "of_folder",
    "of_table",
    "open_worlds",
    "publish_calibration",
    "run_calibration",
    "written",
]
