"""Columns of Arrow tables: repeated texts, moments, and files that are the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from ..scenarios.errors import InputError, Problem
from ..sim.ledger import ITEMS
from .unpacked import check_unpacked

Indices = NDArray[np.integer]

_CELL_BYTES = 8


def texts(names: Sequence[str], row: Indices) -> pa.Array:
    """``names[row]``, dictionary-encoded; a negative row is null."""
    distinct = list(dict.fromkeys(names))  # repeated entries would be written in no fixed order
    code = np.array([*(distinct.index(name) for name in names), -1], dtype=np.int32)
    codes = pa.array(code[np.maximum(row, -1)], mask=np.asarray(row) < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(distinct, pa.string()))


def item_columns(item: Indices) -> Mapping[str, pa.Array]:
    """What a row of ITEMS means: item, category, side and unit of the amount."""
    columns = {key: [getattr(i, key) for i in ITEMS] for key in ("name", "category", "side", "unit")}
    return {"item": texts(columns.pop("name"), item), **{k: texts(v, item) for k, v in columns.items()}}


def moments(clock: Clock, hour: Indices) -> pa.Array:
    """Local times of hours since the start; hours outside the horizon are null."""
    hour = np.asarray(hour, dtype=np.int64)
    inside = (hour >= 0) & (hour < clock.hours)
    start = np.datetime64(clock.start.isoformat(), "s")
    return pa.array(start + np.where(inside, hour, 0) * np.timedelta64(3600, "s"), mask=~inside)


def months(clock: Clock, month: Indices) -> pa.Array:
    """First days of months since the start; months outside the horizon are null."""
    days = clock.month_edges_h[:-1] // 24
    inside = (month >= 0) & (month < clock.months)
    start = np.datetime64(clock.start.isoformat(), "D")
    return pa.array(start + days[np.where(inside, month, 0)], mask=~inside)


def opened(path: Path) -> pa.Table:
    """The table that a run wrote.

    Raises:
        InputError: if it is not there, is damaged, is no table, or would hold more than any run does.
    """
    try:
        with path.open("rb") as file:  # pyarrow takes some names for addresses
            told = pq.read_metadata(file)
            check_unpacked(path, path.stat().st_size, told.num_rows * told.num_columns * _CELL_BYTES)
            return pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        what = "no such file" if isinstance(error, FileNotFoundError) else "a damaged file or no Parquet"
        raise InputError([Problem(str(path), 0, 0, "", f"got {what}, must be the table of a run")]) from error


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of the same columns, one below the other."""
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def save(table: pa.Table, path: Path) -> None:
    """Write a Parquet file; it holds no time of writing."""
    with path.open("wb") as file:
        pq.write_table(table, file, compression="zstd")
