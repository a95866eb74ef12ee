"""From an inventory that was read to a scenario that runs: three tables, a commented scenario, the account.

Read ``adopt`` (the steps). Then:

- ``machines``: what is on, virtual, a host; ``systems`` and ``rooms``: what belongs together, and where
- ``server_rows``, ``place_rows``: rows of the three tables; ``curves``, ``generations``: power curves
- ``names``, ``terms``: names kept inert and unique; words for zones, levels, sizes
- ``start``, ``holidays``, ``scale``, ``scenario_text``: what the library and the size of the estate give, and
  the scenario
- ``account``, ``words``, ``blanks``, ``told``, ``printed``: what became of everything; ``folder`` writes all
"""

from __future__ import annotations

from .adopt import Adopted, adopt, first_year
from .folder import scenario_name, write
from .printed import lines, read_lines
from .start import Start
from .told import import_json, summed_up

__all__ = [
    "Adopted",
    "Start",
    "adopt",
    "first_year",
    "import_json",
    "lines",
    "read_lines",
    "scenario_name",
    "summed_up",
    "write",
]
