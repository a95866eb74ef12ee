"""Scenarios: what the world is and what may be done in it.

Read first ``schema`` (the sections), ``quantity`` (numbers and distributions) and ``loader``
(``load``). Then:

- ``terms``, ``assets``, ``demand``, ``fleet``: sections that stand in files of their own
- ``tree``, ``yaml_strict``, ``include``, ``variants``, ``validate``, ``references``: the steps of loading
- ``trust``, ``user_files``, ``confined``: which files and code a scenario may use
- ``check``: what a scenario assumes; ``attributes``: the reference of all fields
- ``streams`` and ``clock``: random numbers and time
- ``traces``: readers of measured demand
- ``estate``, ``world``, ``draw``: one draw of everything (``draw`` loads SciPy; import it where needed)
"""

from __future__ import annotations

from .check import Assumption, assumptions
from .clock import Clock
from .errors import InfeasibleError, InputError, Problem, RoomfoldError
from .fleet import FleetScenario
from .include import variants_of
from .loader import fingerprint, library, load, load_any, own_code, quantities, resolved_yaml
from .quantity import Quantity
from .schema import Scenario
from .trust import RECORD, Trust

__all__ = [
    "RECORD",
    "Assumption",
    "Clock",
    "FleetScenario",
    "InfeasibleError",
    "InputError",
    "Problem",
    "Quantity",
    "RoomfoldError",
    "Scenario",
    "Trust",
    "assumptions",
    "fingerprint",
    "library",
    "load",
    "load_any",
    "own_code",
    "quantities",
    "resolved_yaml",
    "variants_of",
]
