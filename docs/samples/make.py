"""Makes the sample inventories beside it: `python docs/samples/make.py`. The same files every time.

Both places are made up: the county of Eastmere, its virtual machines as RVTools exports them, and the
county-level city 澄原市, its ledger, survey of systems and survey of rooms.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

import made_county as county
import made_rvtools as rvtools
import xlsxwriter

HERE = Path(__file__).parent
SEED = 20230420
CREATED = datetime(1980, 1, 1)
Rows = Sequence[Sequence[object]]


def make(folder: Path) -> None:
    """Write all samples into a folder."""
    sheets = rvtools.sheets(Random(SEED))
    _book(folder / "rvtools-export.xlsx", sheets, {})
    rows, spans = county.ledger(Random(SEED))
    merged = [(first, 7, last, 7) for first, last in spans if last > first]
    areas = {"固定资产台账": [(0, 0, 0, 11), *merged]}
    _book(folder / "固定资产台账.xlsx", {"固定资产台账": rows}, areas)
    tall = [(1, column, 2, column) for column in range(4)]
    wide = [(0, 0, 0, 11), (1, 4, 1, 6), (1, 7, 1, 9), (1, 10, 1, 11)]
    _book(folder / "机房普查表.xlsx", {"机房普查": county.rooms()}, {"机房普查": [*tall, *wide]})
    held = io.StringIO()
    csv.writer(held).writerows(county.survey(Random(SEED)))
    (folder / "信息系统普查表.csv").write_bytes(held.getvalue().encode("gb18030"))


def _book(
    path: Path, sheets: dict[str, Rows], merged: dict[str, Sequence[tuple[int, int, int, int]]]
) -> None:
    """A spreadsheet; merged areas take their text from their first cell."""
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": CREATED})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        middle = workbook.add_format({"align": "center", "valign": "vcenter"})
        for name, rows in sheets.items():
            page = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        page.write_datetime(row, column, cell, day)
                    elif isinstance(cell, str) and cell:
                        page.write_string(row, column, cell)
                    elif cell != "":
                        page.write(row, column, cell)
            for area in merged.get(name, ()):
                page.merge_range(*area, rows[area[0]][area[1]], middle)
            page.set_column(0, len(rows[-1]), 16)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
