"""What a page of what-ifs is made from: the folder of a run, its worlds and the books of each.

A saving is taken apart into parts that each follow few quantities: an item of the ledger in one alternative.
Every figure is a sum over parts, so a change of parts is a change of figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...scenarios.errors import InputError, Problem, RoomfoldError
from ...scenarios.finance import VENDORS
from ...scenarios.loader import load, quantities
from ...scenarios.quantity import Quantity
from ...scenarios.schema import Scenario
from ...scenarios.trust import RECORD
from ...sim.ledger import ANNUAL, FINANCE, ITEM, ITEMS, ONE_OFF
from ...sim.worth import Assets, cloud_assets, left_share, room_assets
from .. import manifest
from ..books import MONTHS_PER_YEAR, annual_years
from ..quantiles import Floats

if TYPE_CHECKING:
    import pyarrow as pa

WORLDS, LEDGER, SCENARIO = "worlds.parquet", "ledger.parquet", "scenario.yaml"
FIGURES = {
    "annual_total": "CNY/yr",
    "annual_without_staff": "CNY/yr",
    "annual_with_capital": "CNY/yr",
    "npv": "CNY",
    "payback_years": "yr",
    "energy_saved": "kWh/yr",
    "carbon_saved": "tCO2/yr",
    "one_off_total": "CNY",
}
FEWEST_WORLDS = 16
MOST_WORLDS = 256  # more make the page large and slow, and move P10 and P90 little
KG_PER_T = 1e3


class ExploreError(RoomfoldError):
    """A folder from which no page of what-ifs can be made."""

    exit_code = 2


@dataclass(frozen=True)
class Part:
    """A part of the saving, in every world.

    Attributes:
        figures: those that it is a term of.
        values: signed as in the saving, shape (worlds,).
        amounts: what it is a price of, see ``laws.power_law``; None if it is no price.
        yearly: cash by year of the horizon, signed, shape (worlds, years); None if it is no cash.
        left: whether it is what bought things are still worth at the end of the horizon.
    """

    figures: tuple[str, ...]
    values: Floats
    amounts: Floats | None
    yearly: Floats | None
    left: bool = False


@dataclass(frozen=True)
class Stored:
    """The worlds of a run.

    Attributes:
        alternative: the one that the saving is of.
        inputs: quantities that differ between worlds, by path.
        drawn: their values, shape (worlds, inputs).
        figures: ``FIGURES`` by name, shape (worlds,) each; payback may be infinite.
        rate: discount rate in each world.
    """

    scenario: Scenario
    run: str
    seed: int
    alternative: str
    inputs: dict[str, Quantity]
    drawn: Floats
    figures: dict[str, Floats]
    rate: Floats
    parts: tuple[Part, ...]

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return len(self.drawn)


def read(folder: Path) -> Stored:
    """The worlds of a run's folder, at most ``MOST_WORLDS``.

    Raises:
        ExploreError: if they are too few, or nothing is compared or drawn.
        InputError: if a file of the run is missing or damaged.
        RoomfoldError: if the folder holds no run.
    """
    from ..arrow import opened

    asked = manifest.options(folder)
    scenario = load(folder / SCENARIO, trust=RECORD)
    others = [name for name in scenario.alternatives if name != scenario.baseline]
    if not others:
        raise ExploreError(
            f"{folder}: compares nothing with {scenario.baseline}; there is no saving to explore"
        )
    table = opened(folder / WORLDS).slice(0, MOST_WORLDS)
    if table.num_rows < FEWEST_WORLDS:
        raise ExploreError(
            f"{folder}: holds {table.num_rows} worlds, too few to explore (at least {FEWEST_WORLDS}); "
            f"run again with --worlds 64"
        )
    known = quantities(scenario)
    inputs = {path: q for path, q in known.items() if q.support[0] < q.support[1]}
    if not inputs:
        raise ExploreError(f"{folder}: every quantity is fixed, there is nothing to explore")
    drawn = np.stack([_column(folder, table, path) for path in inputs], axis=1)
    figures = _figures(folder, table, scenario.baseline, others[0])
    ledger = opened(folder / LEDGER)
    names = (scenario.baseline, others[0])
    books = _books(folder, ledger, scenario, names, table.num_rows)
    capital = figures["annual_total"] - figures["annual_with_capital"]
    lives = {
        a.life_years.path: _column(folder, table, a.life_years.path) for a in _assets(scenario, names[1])
    }
    parts = (
        *_parts(books, scenario),
        *_left(books, scenario, names, lives),
        Part(("annual_with_capital",), -capital, None, None),
    )
    rate = _column(folder, table, scenario.prices.discount_rate.path)
    found = manifest.read(folder) or {}
    run = str(found.get("run_id", ""))
    return Stored(scenario, run, asked.seed, others[0], inputs, drawn, figures, rate, parts)


def _column(folder: Path, table: pa.Table, name: str) -> Floats:
    try:
        return np.asarray(table[name].to_numpy(), dtype=np.float64)
    except (KeyError, ValueError) as error:
        message = f"got no numbers for {name!r}, must be the table of a run of this version"
        raise InputError([Problem(str(folder / WORLDS), 0, 0, "", message)]) from error


def _figures(folder: Path, table: pa.Table, baseline: str, name: str) -> dict[str, Floats]:
    """Every figure in every world."""
    found = {
        figure: _column(folder, table, f"{name}:saving {figure} ({unit})")
        for figure, unit in FIGURES.items()
        if figure != "carbon_saved"
    }
    before, after = (_column(folder, table, f"{a}:carbon (tCO2/yr)") for a in (baseline, name))
    return {figure: before - after if figure == "carbon_saved" else found[figure] for figure in FIGURES}


def _books(
    folder: Path, ledger: pa.Table, scenario: Scenario, names: Sequence[str], worlds: int
) -> dict[str, Floats]:
    """Amounts, costs and carbon, shape (alternatives, worlds, years, items)."""
    table = ledger.unify_dictionaries().combine_chunks()
    try:
        world = table["world"].to_numpy()
        year = table["year"].to_numpy() - scenario.time.start.year
        item, alternative = (_codes(table, "item", list(ITEM)), _codes(table, "alternative", names))
        shape = (len(names), worlds, scenario.time.years, len(ITEMS))
        use = (world < worlds) & (alternative >= 0)
        rows = tuple(index[use] for index in (alternative, world, year, item))
        books = {key: np.zeros(shape) for key in ("amount", "cost_cny", "carbon_kg")}
        for key, into in books.items():
            into[rows] = table[key].to_numpy()[use]
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        message = "got other columns or rows, must be the ledger of a run of this version"
        raise InputError([Problem(str(folder / LEDGER), 0, 0, "", message)]) from error
    return books


def _codes(
    table: pa.Table, column: str, names: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Rows of ``names`` that a column of texts holds; -1 for others."""
    coded = table[column].combine_chunks()
    rows = np.array(
        [names.index(n) if n in names else -1 for n in coded.dictionary.to_pylist()], dtype=np.int64
    )
    return np.asarray(rows[coded.indices.to_numpy()])


def _parts(books: dict[str, Floats], scenario: Scenario) -> Iterator[Part]:
    """Items of the baseline, then those of the alternative with the opposite sign."""
    years = list(annual_years(scenario))
    for row, sign in ((0, 1.0), (1, -1.0)):
        amount, cost, carbon = (books[key][row] for key in ("amount", "cost_cny", "carbon_kg"))
        for k, item in enumerate(ITEMS):
            if not cost[:, :, k].any() and not amount[:, :, k].any():
                continue

            def counted(booked: Floats, rows: int = k, annual: bool = item.category in ANNUAL) -> Floats:
                found = booked[:, :, rows]
                return np.asarray(found[:, years].mean(axis=1) if annual else found.sum(axis=1))

            used, paid = counted(amount), counted(cost)
            yield Part(_terms(item.category), sign * paid, used, sign * cost[:, :, k])
            if item.category == "electricity":
                yield Part(("energy_saved",), sign * used, None, None)
                yield Part(("carbon_saved",), sign * counted(carbon) / KG_PER_T, used, None)


def _assets(scenario: Scenario, name: str) -> list[Assets]:
    """What is worth something at the end, in the rooms and, unless a vendor builds it, in the cloud."""
    alternative = scenario.alternatives[name]
    financing, cloud = alternative.financing, alternative.cloud
    if cloud is None or (financing is not None and financing.mode in VENDORS):
        return room_assets(scenario)
    return [*room_assets(scenario), *cloud_assets(scenario, cloud)]


def _left(
    books: dict[str, Floats], scenario: Scenario, names: Sequence[str], lives: dict[str, Floats]
) -> Iterator[Part]:
    """What is left of what was bought, counted against the saving where the baseline still has it."""
    years = scenario.time.years
    for row, sign in ((0, -1.0), (1, 1.0)):
        cost, amount = books["cost_cny"][row], books["amount"][row]
        for assets in _assets(scenario, names[row]):
            share = left_share(years * MONTHS_PER_YEAR, lives[assets.life_years.path])
            yearly = share.reshape(len(share), years, MONTHS_PER_YEAR).mean(axis=2)
            left = (cost[:, :, assets.rows].sum(axis=2) * yearly).sum(axis=1)
            if left.any():
                yield Part((), sign * left, amount[:, :, assets.rows[0]].sum(axis=1), None, left=True)


def _terms(category: str) -> tuple[str, ...]:
    """Figures, cash aside, that a category of the ledger is part of."""
    if category == FINANCE:
        return ()
    if category in ONE_OFF:
        return ("one_off_total",)
    without = () if category == "staff" else ("annual_without_staff",)
    return ("annual_total", *without, "annual_with_capital")
