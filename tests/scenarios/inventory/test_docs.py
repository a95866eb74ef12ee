"""The page about inventories names every format and reason that there is."""

from __future__ import annotations

import re
from pathlib import Path

from roomfold.scenarios.inventory.formats import FORMATS, header_key
from roomfold.scenarios.inventory.formats.form import MEASURES
from roomfold.scenarios.inventory.record import FIELDS
from roomfold.scenarios.inventory.values import UNITS

PAGE = Path(__file__).parents[3] / "docs" / "inventories.md"
NOT_KEPT = {"template", "physical", "key", "value"}  # decide about a row, or become tags


def test_every_format_is_described() -> None:
    named = re.findall(r"^\| `([\w-]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert named == [form.name for form in FORMATS]


def test_formats_hold_together() -> None:
    """Fields are those of the record, units are known, no header is two columns, telling ones are columns."""
    for form in FORMATS:
        keys: dict[str, str] = {}
        for column in form.columns:
            assert column.field in FIELDS or column.field in NOT_KEPT
            assert not column.unit or column.unit in UNITS[column.measure]
            for header in column.headers:
                assert keys.setdefault(header_key(header)[0], column.field) == column.field, (
                    form.name,
                    header,
                )
        assert set(MEASURES) <= set(FIELDS)
