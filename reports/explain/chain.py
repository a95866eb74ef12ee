"""The chain of one number: what it is, how it is made, of which bookings, by which rules and sources."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...scenarios.check import GRADES
from .account import CARBON, COST, Booking, Desk, Entry, Part, bookings, by_level
from .drawn import Drawn, drawn_in
from .leaves import MIDDLE, PARTS, at, names
from .opened import Opened
from .recipe import LEVEL, Recipe, around, heaviest, nearest
from .recipes import recipe
from .rules import BOOKED, Rule, depends, of_carbon, rule_of

FIGURE, BOOKINGS, RULES, EVERYTHING = 1, 2, 3, 4  # depths
MOST_WORLDS = 3
_OF_MIDDLE = ("plan", "middle")  # origins of numbers that are of the middle world alone
MOST_BOOKINGS = 5
CENT, RELATIVE = 0.005, 1e-9


@dataclass(frozen=True)
class Of:
    """A value of one world."""

    world: int
    value: float | None


@dataclass(frozen=True)
class Reckoned:
    """One world's value, from its bookings where there are any.

    Attributes:
        stated: value of the world as the report has it; ``again`` as it is reckoned from bookings.
        symbols: numbers put into the formula.
        months_off: by how much months of ``study.bin`` differ from years of the tables at most.
    """

    world: int
    stated: float
    again: float | None = None
    symbols: Mapping[str, float] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    months_off: float = 0.0
    levels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    full: tuple[Booking, ...] = ()
    number: int | None = None

    @property
    def residual(self) -> float | None:
        """What the bookings leave unexplained; None where there are none or no such value."""
        if self.again is None or not math.isfinite(self.stated) or not math.isfinite(self.again):
            return 0.0 if self.again is not None and self.again == self.stated else None
        return self.stated - self.again


@dataclass(frozen=True)
class Ruled:
    """A group of bookings (an item's name, or nothing) and the rule that made it."""

    item: str
    rule: Rule
    quantities: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """Everything about one number.

    Attributes:
        path: in ``statement.json``; ``name`` its short one, empty if it has none.
        part: of the figure, such as p50; empty if it is no figure over worlds.
        figure: all parts of it.
        below, above: worlds with the next values; ``weights`` those that weigh most in a quantile.
    """

    run: Opened
    path: str
    name: str
    value: float
    part: str
    figure: Mapping[str, Any]
    recipe: Recipe
    depth: int
    below: Of | None
    above: Of | None
    weights: tuple[tuple[int, float], ...]
    reckoned: Reckoned | None
    rules: tuple[Ruled, ...]
    quantities: tuple[Drawn, ...]

    @property
    def unit(self) -> str:
        """Of the value."""
        return str(self.figure.get("unit") or self.recipe.unit)

    @property
    def run_id(self) -> str:
        """Of the run."""
        return str(self.run.made.get("run_id", ""))

    @property
    def difference(self) -> float | None:
        """The stated number less the one that is made again; None if it cannot be."""
        return None if self.recipe.again is None else self.value - self.recipe.again

    @property
    def sound(self) -> bool:
        """Whether everything that could be reckoned again agrees: money to the cent, all else to 1e-9."""
        again = self.recipe.again
        first = again is not None and _alike(self.value, again, "")
        reckoned = self.reckoned
        if reckoned is None or reckoned.again is None:
            return first
        return first and _alike(reckoned.stated, reckoned.again, self.unit) and reckoned.months_off <= CENT


def _alike(one: float, other: float, unit: str) -> bool:
    if one == other or (math.isnan(one) and math.isnan(other)):
        return True
    cents = CENT if unit in ("CNY", "CNY/yr") else 0.0
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=max(cents, 1e-12))


def chain(run: Opened, path: str, *, world: int | None = None, depth: int = RULES) -> Chain:
    """The chain of the number at a path; of the median if the path is that of a figure.

    Args:
        world: whose bookings are shown; the one nearest to the number if None.
        depth: 1 figure and formula, 2 with bookings, 3 with rules and sources, 4 with everything.

    Raises:
        InputError: if a file of the run is damaged, or there is no such world.
    """
    found = at(run.statement, path)
    if isinstance(found, Mapping):
        path = f"{path}.{MIDDLE}"
        found = at(run.statement, path)
    value = float(found) if isinstance(found, int | float) else math.nan
    parent, _, last = path.rpartition(".")
    beside = at(run.statement, parent)
    is_figure = isinstance(beside, Mapping) and last in PARTS and beside.keys() >= set(PARTS)
    whole = beside if is_figure and isinstance(beside, Mapping) else {}
    made = recipe(run, path)
    row = _row(run, world) if world is not None else nearest(made, value)
    values = made.values
    low, high = (None, None) if values is None or made.taken in ("share", "none") else around(values, value)
    quantile = values is not None and made.taken == "quantile"
    heavy = heaviest(values, last, MOST_WORLDS) if quantile and last in LEVEL and values is not None else []
    reckoned, desk = _reckoned(run, made, row, depth)
    entries = [entry for part in (reckoned.parts if reckoned else ()) for entry in part.entries]
    ruled = _ruled(run, made, entries, desk) if depth >= RULES else ()
    return Chain(
        run,
        path,
        next((name for name, at_path in names(run.statement).items() if at_path in (path, parent)), ""),
        value,
        last if whole else "",
        whole,
        made,
        depth,
        _of(run, made, low),
        _of(run, made, high),
        tuple((run.study.results[place].world, weight) for place, weight in heavy),
        reckoned,
        tuple(ruled),
        tuple(_drawn(run, ruled, _row(run, run.study.world.index) if made.origin in _OF_MIDDLE else row)),
    )


def _row(run: Opened, world: int) -> int:
    """Row of a world by its number."""
    known = [result.world for result in run.study.results]
    if world not in known:
        raise run.wrong("study.bin", f"got world {world}, must be from {known[0]} to {known[-1]}", "--world")
    return known.index(world)


def _of(run: Opened, made: Recipe, row: int | None) -> Of | None:
    if row is None or made.values is None:
        return None
    value = float(made.values[row])
    return Of(run.study.results[row].world, value if math.isfinite(value) else None)


def _reckoned(run: Opened, made: Recipe, row: int | None, depth: int) -> tuple[Reckoned | None, Desk | None]:
    """The figure in one world, from its bookings if it is made of any."""
    if row is None or made.values is None:
        return None, None
    world, stated = run.study.results[row].world, float(made.values[row])
    if made.reckon is None:
        return Reckoned(world, stated), None
    desk = Desk(run, row)
    again = made.reckon(desk)
    entries = [entry for part in desk.parts for entry in part.entries]
    full: Sequence[Booking] = ()
    if depth >= BOOKINGS and world == run.study.world.index:
        full = bookings(run, entries)
    levels: Mapping[str, Mapping[str, float]] = {}
    if depth >= BOOKINGS:
        levels = {p.name: by_level(run, world, p.entries) for p in desk.parts if _in_levels(p.entries)}
    shown = full if depth >= EVERYTHING else full[:MOST_BOOKINGS]
    number = len(full) if full else None
    parts, off = tuple(desk.parts), desk.off
    return Reckoned(world, stated, again, desk.symbols, parts, off, levels, tuple(shown), number), desk


def _in_levels(entries: Sequence[Entry]) -> bool:
    """Whether all entries are the government's cost, of which the levels are known."""
    return bool(entries) and all(entry.column == COST and entry.level is None for entry in entries)


def _ruled(run: Opened, made: Recipe, entries: Iterable[Entry], desk: Desk | None) -> list[Ruled]:
    """The rule of each group of bookings, or of the figure; last what the formula itself takes."""
    scenario = run.study.scenario
    if desk is None:
        rule = rule_of(made.key)
        found = depends(scenario, rule.patterns, made.alternative)
        return [Ruled("", rule, tuple(quantity.path for quantity in found))]
    ruled = []
    users: dict[str, dict[str, None]] = {}
    emitting: set[str] = set()
    for entry in entries:
        users.setdefault(entry.item, {})[entry.alternative] = None
        if entry.column == CARBON:
            emitting.add(entry.item)
    for item, alternatives in users.items():
        paths: dict[str, None] = {}
        for alternative in alternatives:
            named = (q.path for q in depends(scenario, BOOKED[item].patterns, alternative))
            paths |= dict.fromkeys(path for path in named if item in emitting or not of_carbon(path))
        ruled.append(Ruled(item, BOOKED[item], tuple(paths)))
    if desk.asked:
        ruled.append(Ruled("", Rule("reports/explain/reckon.py", "docs/money.md#returns"), tuple(desk.asked)))
    return ruled


def _drawn(run: Opened, ruled: Iterable[Ruled], row: int | None) -> list[Drawn]:
    """Every quantity that a rule names, once, the least sure first."""
    paths = dict.fromkeys(path for each in ruled for path in each.quantities)
    found = drawn_in(run, paths, row)
    return sorted(found, key=lambda drawn: GRADES.index(drawn.grade))
