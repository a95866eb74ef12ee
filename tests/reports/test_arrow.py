"""Tables of former runs that cannot be read end in one line, whoever asks for them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from roomfold.reports.arrow import opened, save
from roomfold.scenarios import InputError


def test_a_table_is_read_as_it_was_saved(tmp_path: Path) -> None:
    table = pa.table({"world": [0, 1], "keep:energy (kWh/yr)": [1.5, 2.5]})
    save(table, tmp_path / "worlds.parquet")
    assert opened(tmp_path / "worlds.parquet").equals(table)


@pytest.mark.parametrize("cut", [0, 1, 200, -1])
def test_a_damaged_table_is_named(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "worlds.parquet"
    save(pa.table({"world": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match=r"worlds\.parquet: got a damaged file or no Parquet"):
        opened(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got no such file"):
        opened(tmp_path / "worlds.parquet")
