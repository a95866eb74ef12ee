"""Which blanks of a listed estate cost most: columns ranked by the spread that goes with what fills them.

A blank cell is drawn from quantities of the scenario. The share of the spread of the net annual saving that
goes with them (see ``rank``) is about what filling in every blank would remove at most: the same quantities
also serve what is still to come, and a figure that is filled in is not exact. Columns behind which the same
quantity stands share its part, so parts do not add up. What rooms and machines differ by within a world is
chance here, and not counted.

The shares are those of ``rank``, not the Sobol indices of ``uncertainty``, which list the few quantities that
stand out from chance one by one: behind a column stand several.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from ..scenarios.check import GRADES
from ..scenarios.draw_listed import listed_of
from ..scenarios.listed import TABLES, Listed
from ..scenarios.listed.carried import names
from ..scenarios.listed.table import Table
from ..scenarios.loader import quantities
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Scenario
from ..scenarios.terms import Grade
from .rank import Driver

Bools = NDArray[np.bool_]
Column = tuple[str, str]  # table, column

NORMAL_P95 = 1.645

# What fills the blanks of each column: paths of quantities, * for any name.
BEHIND: Mapping[Column, tuple[str, ...]] = {
    ("rooms", "size_class"): ("estate.levels.*.large_room_share",),
    ("rooms", "area_m2"): ("rooms.*.area_m2",),
    ("rooms", "pue"): ("rooms.*.pue",),
    ("rooms", "it_kw"): ("rooms.*.overhead_it", "servers.config_factor"),
    ("rooms", "ups_kw"): ("rooms.*.ups_fill",),
    ("rooms", "staff_fte"): ("rooms.*.staff_fte",),
    ("rooms", "operations_cny_per_year"): ("rooms.*.operations_cny_per_year",),
    ("systems", "classified"): ("estate.classified_share",),
    ("systems", "pinned"): ("estate.pinned_share",),
    ("systems", "dedicated"): ("estate.dedicated_share",),
    ("systems", "servers"): ("estate.servers_per_system",),
    ("systems", "line_cny_per_year"): ("lines.*.price_cny_per_year", "estate.vertical_lines"),
    ("servers", "machine_share"): ("estate.vcpu_per_core",),
    ("servers", "memory_used_gb"): ("estate.memory_gb",),
    ("servers", "disk_used_gb"): ("estate.disk_gb",),
    ("servers", "cpu_mean"): ("estate.cpu_utilisation",),
    ("servers", "bought"): ("servers.life_years",),
    ("servers", "price_cny"): ("servers.price_cny",),
    ("servers", "refresh_due"): ("servers.life_years",),
    ("servers", "zombie"): ("estate.zombie_share",),
}
# Columns whose blanks are drawn by fixed weights or the year, without a range that could be known better.
WEIGHTED: tuple[Column, ...] = (
    ("systems", "demand_class"),
    ("systems", "zone"),
    ("systems", "mlps"),
    ("servers", "curve"),
)


@dataclass(frozen=True)
class Gap:
    """A column with blanks.

    Attributes:
        file: name of the file it stands in.
        blank, rows: blank cells, of all rows in which the column says something.
        quantities: that fill the blanks, by path.
        share: of the spread of the figure that goes with them, 0 to 1; 0 if it may be chance.
        share_range: P5 and P95 of the share, given the number of worlds (Fisher's transform).
        grade: of the least sure of them.
    """

    table: str
    column: str
    file: str
    blank: int
    rows: int
    quantities: tuple[str, ...]
    share: float
    share_range: tuple[float, float]
    grade: Grade

    @property
    def narrower(self) -> float:
        """Part by which the range would be narrower without that share of the variance."""
        return 1 - math.sqrt(1 - self.share)


@dataclass(frozen=True)
class Gaps:
    """All columns with blanks.

    Attributes:
        ranked: the one that would narrow the figure most first; those without a share as they correlate.
        weighted: table and column of those without a range behind them.
    """

    ranked: tuple[Gap, ...]
    weighted: tuple[Column, ...]


def gaps(scenario: Scenario, drivers: Sequence[Driver], worlds: int) -> Gaps | None:
    """The blanks of a listed estate, ranked; None if it is not listed.

    Args:
        drivers: of the figure that is to be known better, see ``rank.rank_correlations``.
        worlds: that they were found in.
    """
    listed = listed_of(scenario)
    if listed is None:
        return None
    found, known = {driver.path: driver for driver in drivers}, quantities(scenario)
    ranked = []
    for column in (column for column in _order() if column in BEHIND):
        blank = _blank(scenario, listed, column)
        behind = _behind(scenario, listed, column, blank, known) if blank.any() else []
        if behind:
            rows = int(_speaks(scenario, listed, column).sum())
            share = min(1.0, math.fsum(found[each.path].share for each in behind if each.path in found))
            gap = _gap(scenario, column, (int(blank.sum()), rows), behind, share, _range(share, worlds))
            hint = max(
                (abs(found[each.path].correlation) for each in behind if each.path in found), default=0
            )
            ranked.append((-share, -hint, gap))
    ranked.sort(key=lambda entry: entry[:2])
    weighted = [column for column in WEIGHTED if _blank(scenario, listed, column).any()]
    return Gaps(tuple(gap for _, _, gap in ranked), tuple(weighted))


def _range(share: float, worlds: int) -> tuple[float, float]:
    """P5 and P95 of a share, as so many worlds can tell it."""
    if not share:
        return 0.0, 0.0
    middle = math.atanh(min(math.sqrt(share), 1 - 1e-9))
    reach = NORMAL_P95 / math.sqrt(max(worlds - 3, 1))
    low, high = (math.tanh(max(middle + end, 0.0)) ** 2 for end in (-reach, reach))
    return low, high


def _order() -> Iterator[Column]:
    return ((table, column.name) for table, columns in TABLES.items() for column in columns)


def _gap(
    scenario: Scenario,
    column: Column,
    cells: tuple[int, int],
    behind: Sequence[Quantity],
    share: float,
    share_range: tuple[float, float],
) -> Gap:
    """``cells``: how many are blank, of how many."""
    assert scenario.estate.listed is not None
    return Gap(
        table=column[0],
        column=column[1],
        file=names(scenario.estate.listed)[column[0]],
        blank=cells[0],
        rows=cells[1],
        quantities=tuple(quantity.path for quantity in behind),
        share=share,
        share_range=share_range,
        grade=min((quantity.grade for quantity in behind), key=GRADES.index),
    )


def _behind(
    scenario: Scenario, listed: Listed, column: Column, blank: Bools, known: Mapping[str, Quantity]
) -> list[Quantity]:
    """Quantities that fill the blanks there are: of rooms of their size, and of kinds of line in use."""
    sizes = {"closet", "room"}
    if column[0] == "rooms":
        names, codes = listed.rooms.names["size_class"], listed.rooms.codes["size_class"][blank]
        sizes = {names[code] for code in codes.tolist()} if (codes >= 0).all() else sizes
    kinds = {kind for level in scenario.estate.levels.values() for kind in level.vertical_lines}
    found = []
    for path, quantity in known.items():
        head, name, *_ = path.split(".")
        left_out = (head == "rooms" and name not in sizes) or (head == "lines" and name not in kinds)
        if not left_out and any(fnmatchcase(path, pattern) for pattern in BEHIND[column]):
            found.append(quantity)
    return found


def _blank(scenario: Scenario, listed: Listed, column: Column) -> Bools:
    """Rows in which something is drawn because the column is blank, shape (rows of the table,)."""
    blank = _speaks(scenario, listed, column) & ~_given(listed, column)
    servers = listed.servers.numbers
    match column:
        case ("servers", "cpu_mean"):
            return np.asarray(blank & np.isnan(servers["cpu_p95"]))
        case ("servers", "zombie"):  # what was measured at work is none
            return np.asarray(blank & ~((servers["cpu_mean"] > 0) | (servers["cpu_p95"] > 0)))
        case _:
            return blank


def _speaks(scenario: Scenario, listed: Listed, column: Column) -> Bools:
    """Rows in which the column says something, shape (rows of the table,)."""
    rows = len(getattr(listed, column[0]).keys)
    match column:
        case ("systems", "servers"):
            return np.asarray(np.bincount(listed.server_system, minlength=rows) == 0)
        case ("systems", "line_cny_per_year") if scenario.estate.vertical_lines is None:
            return _given(listed, column) | _given(listed, ("systems", "line_mbps"))  # others have no line
        case ("servers", "machine_share"):
            return np.asarray(listed.servers.codes["virtual"] == 1)
        case ("servers", "cpu_mean"):
            return np.asarray(listed.servers.codes["zombie"] != 1)
        case _:
            return np.ones(rows, dtype=bool)


def _given(listed: Listed, column: Column) -> Bools:
    """Rows in which the column is not blank, shape (rows of the table,)."""
    table: Table = getattr(listed, column[0])
    name = column[1]
    if name in table.numbers:
        return ~np.isnan(table.numbers[name])
    if name in table.days:
        return ~np.isnat(table.days[name])
    return np.asarray(table.codes[name] >= 0)
