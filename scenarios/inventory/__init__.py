"""Inventories that planners hold, as records: RVTools, migration services' lists, Chinese ledgers, plain CSV.

Read ``record`` (what a record is) and ``read`` (the steps). Then:

- ``tables``: files as tables; ``text_tables`` for CSV, ``archive`` and ``biff`` look for hostile spreadsheets
- ``formats``: every format as data; ``headers`` finds a table's header and format
- ``rows``, ``values``, ``dates``: rows and cells; ``merge`` and ``gathered``: what speaks of the same machine
- ``reading``: the account of what was used and what was not; ``reasons``: why, in words
- ``template``: the spreadsheet to fill in; ``formats/own`` reads it back
- ``anonymise``, ``codes``, ``key_file``: the same reading without names, and the way back
"""

from __future__ import annotations

from .draft import Aside, Conflict, Unread
from .read import read_inventory
from .reading import Reading, Table
from .reasons import reason
from .record import Cell, Origin, Record

__all__ = [
    "Aside",
    "Cell",
    "Conflict",
    "Origin",
    "Reading",
    "Record",
    "Table",
    "Unread",
    "read_inventory",
    "reason",
]
