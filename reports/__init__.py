"""Reports: what a study says, as a statement, a page, tables, charts and one screen.

Read first ``statement`` (``state``) and ``publish``. Then:

- ``books``, ``cash``, ``quantiles``, ``figures``: from outcomes of worlds to figures with ranges
- ``claims``, ``rank``: published figures beside them; what drives the spread
- ``contract``: ``statement.json``; ``manifest``: how to make the same bytes again
- ``tables``, ``placement``, ``arrow``: Parquet; ``charts``: every chart (loads matplotlib)
- ``messages``, ``lines``, ``sentences``: words in both languages; ``sections``, ``page``, ``screen``: where
  they stand
"""

from __future__ import annotations

from .manifest import differences, options
from .publish import check_folder, publish
from .screen import estimate, table
from .statement import Statement, state

__all__ = ["Statement", "check_folder", "differences", "estimate", "options", "publish", "state", "table"]
