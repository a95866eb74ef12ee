"""Reports: what a study says, as a statement, a page, tables, charts and one screen.

Read first ``statement`` (``state``), ``publish`` and ``folder``. Then:

- ``books``, ``cash``, ``quantiles``, ``figures``: from outcomes of worlds to figures with ranges
- ``money``: cash flows by year and payer, returns, metrics with their standards
- ``claims``, ``rank``: published figures beside them; what drives the spread
- ``contract``: ``statement.json``; ``manifest``: how to make the same bytes again
- ``tables``, ``placement``, ``arrow``: Parquet; ``charts``: every chart (loads matplotlib)
- ``forms``: the report as page, Word file, workbook, PDF; ``kept``, ``remake``: any of them again from a
  finished run
- ``fleet``: the same for fleet scenarios; ``fit``, ``fit_page``: a demand model beside its trace
- ``calibration``: worlds conditioned on claims
- ``messages``, ``lines``, ``sentences``: words in both languages; ``sections``, ``page``, ``screen``: where
  they stand; ``opening``, ``watch``, ``progress``: how a run begins, what is said meanwhile
"""

from __future__ import annotations

from .folder import check_folder, check_place
from .manifest import differences, options
from .messages import languages
from .opening import begin, resume
from .progress import FleetProgress, Progress, Step
from .publish import publish
from .screen import estimate, table
from .statement import Statement, state
from .watch import watched_fleet, watched_study

__all__ = [
    "FleetProgress",
    "Progress",
    "Statement",
    "Step",
    "begin",
    "check_folder",
    "check_place",
    "differences",
    "estimate",
    "languages",
    "options",
    "publish",
    "resume",
    "state",
    "table",
    "watched_fleet",
    "watched_study",
]
