"""Judges machines of inventories as planners know it from Azure Migrate: ready or not, idle, how large.

Read ``assess`` (the steps). Then:

- ``terms``: what it goes by, with sources; ``reasons``: why a machine is not simply ready
- ``columns``: records as columns; ``support``: operating systems and the end of support; ``hints``: words
- ``readiness``, ``idle``, ``sizing``: the three judgements
- ``written``: rows, JSON (what a scenario keeps: ``scenarios.assessed``) and lines to print
"""

from __future__ import annotations

from .assess import Assessment, Flags, assess, system_flags
from .columns import machines_in
from .reasons import READINESS, REASONS, readiness_text, reason
from .terms import SOURCES, Terms
from .written import assessment_rows, saved, scenario_section, stars, summary, to_json

__all__ = [
    "READINESS",
    "REASONS",
    "SOURCES",
    "Assessment",
    "Flags",
    "Terms",
    "assess",
    "assessment_rows",
    "machines_in",
    "readiness_text",
    "reason",
    "saved",
    "scenario_section",
    "stars",
    "summary",
    "system_flags",
    "to_json",
]
