"""From a path of ``statement.json`` to how its number is made: figures over worlds.

Values in every world are those of the modules that make the report; ``reckon`` takes one world's again from
bookings. Numbers that are no quantile of a figure are those of ``facts``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...sim.ledger import ANNUAL, PAYERS
from ..books import MONTHS_PER_YEAR, Books
from ..claims import MONEY, figure, months_until, saving_rows
from ..figures import (
    CLOUD_LEVEL,
    Figure,
    annual_savings,
    conduct,
    level_savings,
    one_off_savings,
    total_savings,
)
from ..money import values as money
from ..money.cash_flows import flows, level_shares
from ..money.cash_flows import level_savings as level_savings_paid
from ..money.metrics import metrics
from ..money.statement import TIMES
from ..policy import dates
from ..quantiles import Floats
from ..sites import recovery_figures
from .account import COST, Desk, Term
from .facts import claim_of, counted, fact
from .leaves import PARTS, at
from .opened import Opened
from .recipe import Recipe, of_worlds
from .reckon import Way, every, npv, saving, whole, yearly
from .ways import ONCE, PER_YEAR, WAYS, minus

FREED = {"net": "staff_fte", "rooms": "staff_fte_rooms"}
# Heads of the statement that hold one figure of each alternative, and the figure's own name.
CONDUCT = {
    "energy_kwh_per_year": "energy",
    "carbon_t_per_year": "carbon",
    "embodied_carbon_t": "embodied_carbon",
    "migration_team_fte": "team_fte",
    **{key: key for key in ("pue", "utilisation", "hosts", "hosts_bought", "rooms_open")},
}
SLIPS = {
    "systems": "systems_slipped",
    "mean_days": "slip_days",
    "worst_days": "worst_slip_days",
    "labour_planned": "moving_planned",
    "labour_simulated": "moving_cost",
    "labour_over_budget": "moving_over_budget",
}
_YEAR_KEYS = {
    (False, False): "cost_of_year",
    (False, True): "cost_of_year_nominal",
    (True, False): "saving_of_year",
    (True, True): "saving_of_year_nominal",
}
RECOVERY = {
    "takeovers_per_year": "takeovers",
    "data_lost_minutes_per_year": "data_lost_minutes",
}


def recipe(run: Opened, path: str) -> Recipe:
    """How the number at a path is made.

    Args:
        path: of a number, see ``leaves``.
    """
    parent, _, part = path.rpartition(".")
    if part in PARTS and isinstance(at(run.statement, parent), Mapping):
        found = _figure(run, parent.split("."), part)
        if found is not None:
            return found
    return fact(run, path)


def _figure(run: Opened, path: list[str], part: str) -> Recipe | None:
    """A quantile or the mean of a figure over worlds; None if the path leads to none."""
    match path:
        case ["savings", name, "annual", category]:
            way = minus("annual", PER_YEAR, every({category}), yearly)
            found = annual_savings(run.books, name)[category]
            return of_worlds(way, found, part, name, "quantile", category=category)
        case ["savings", name, "one_off", category]:
            way = minus("one_off", ONCE, every({category}), whole)
            found = one_off_savings(run.books, name)[category]
            return of_worlds(way, found, part, name, "quantile", category=category)
        case ["savings", name, key]:
            return _total(run, name, key, part)
        case ["staff_fte_freed", name, key]:
            return _total(run, name, FREED[key], part)
        case ["energy_saved_kwh_per_year", name]:
            return _total(run, name, "energy_saved", part)
        case ["rooms_closed", name]:
            return _total(run, name, "rooms_closed", part)
        case ["by_level", name, level]:
            found = level_savings(run.books, name)[level]
            return of_worlds(_by_level(level), found, part, name, "quantile", level=level)
        case ["energy_parts_kwh_per_year", piece, name]:
            return _conduct(run, name, f"energy_{piece}", part)
        case [head, name] if head in CONDUCT:
            return _conduct(run, name, CONDUCT[head], part)
        case ["migration_slips", name, key]:
            return _conduct(run, name, SLIPS[key], part)
        case ["service", name, key]:
            return _conduct(run, name, key, part)
        case ["recovery", name, key]:
            found = recovery_figures(run.books, name)[RECOVERY.get(key, key)]
            return of_worlds(f"recovery_{RECOVERY.get(key, key)}", found, part, name, "quantile")
        case ["money", *rest]:
            return _money(run, rest, part)
        case ["metrics", name, "dcoi", key, "stat"]:
            return _metric(run, name, "iteusv" if key == "server_utilisation" else key, part)
        case ["metrics", name, key]:
            return _metric(run, name, key, part)
        case ["policy", name, rule, key]:
            found = dates(run.books, name, rule)[key]
            return of_worlds(f"policy_rule_{key}", found, part, name, "order", rule=rule)
        case ["goals", name, goal]:
            each = np.array([r.outcomes[name].goals[goal] for r in run.study.results])
            unit = "count" if goal == "rooms_open" else "1"
            return of_worlds(f"policy_goal_{goal}", Figure(each, unit), part, name, "quantile")
        case ["claims", row, "stat"]:
            return _claim(run, int(row), part)
    return None


def _total(run: Opened, name: str, key: str, part: str) -> Recipe:
    taken = "order" if key == "payback_years" else "quantile"
    found = run.once(("total", name), lambda: total_savings(run.books, name))[key]
    return of_worlds(WAYS.get(key, key), found, part, name, "order" if taken == "order" else "quantile")


def _conduct(run: Opened, name: str, key: str, part: str) -> Recipe:
    return of_worlds(
        WAYS.get(key, key),
        run.once(("conduct", name), lambda: conduct(run.books, name))[key],
        part,
        name,
        "quantile",
    )


def _metric(run: Opened, name: str, key: str, part: str) -> Recipe:
    found = run.once(("metrics", name), lambda: metrics(run.books, name))[key]
    way = WAYS.get(f"metric-{key}", "utilisation" if key == "iteusv" else f"metric_of_{key}")
    return of_worlds(way, found, part, name, "there")


def _money(run: Opened, path: list[str], part: str) -> Recipe | None:
    match path:
        case [name, "vendor", key]:
            return of_worlds(
                WAYS[key],
                run.once(("vendor", name), lambda: money.vendor(run.books, name))[key],
                part,
                name,
                "there",
            )
        case [name, "annual_saving_by_level", level]:
            found = Figure(level_savings_paid(run.books, name)[level], "CNY/yr")
            return of_worlds(_paid(level), found, part, name, "quantile", level=level)
        case [name, "costs" | "savings" as kind, row, *rest]:
            return _of_year(run, name, kind, int(row), rest, part)
        case [name, key]:
            found = run.once(("money", name), lambda: _of_money(run.books, name))[key]
            return of_worlds(WAYS[key], found, part, name, "order" if key in TIMES else "there")
    return None


def _of_money(books: Books, name: str) -> dict[str, Figure]:
    """What an alternative costs by itself, and saves if it is not the baseline."""
    own = money.own(books, name)
    return own if name == books.baseline else own | money.compared(books, name)


def _by_level(level: str) -> Way:
    """Annual saving of what one level owns."""

    def reckon(desk: Desk, name: str) -> float:
        rows, weight = every(ANNUAL), yearly(desk)
        before = Term(desk.run.books.baseline, rows, COST, weight, level)
        value = desk.sum("saving", before, Term(name, rows, COST, -weight, level))
        desk.put(B=desk.of(before.alternative), A=desk.of(name))
        return value

    return Way("level", PER_YEAR, reckon)


def _of_levels(desk: Desk, name: str, levels: list[str], rows: list[int], weight: Floats) -> list[Term]:
    """Cost of some levels with their shares of the cloud."""
    terms = [Term(name, rows, COST, weight, level) for level in levels]
    known = list(desk.run.study.scenario.estate.levels)
    shares = level_shares(desk.run.books, name)[desk.row]
    part = sum(float(shares[known.index(level)]) for level in levels)
    return [*terms, Term(name, rows, COST, weight * part, CLOUD_LEVEL)]


def _paid(level: str) -> Way:
    """Annual saving of one level with its share of the cloud."""

    def reckon(desk: Desk, name: str) -> float:
        rows, weight = every(ANNUAL), yearly(desk)
        before = _of_levels(desk, desk.run.books.baseline, [level], rows, weight)
        value = desk.sum("saving", *before, *_of_levels(desk, name, [level], rows, -weight))
        desk.put(B=desk.of(desk.run.books.baseline), A=desk.of(name))
        return value

    return Way("level_paid", PER_YEAR, reckon)


def _of_year(run: Opened, name: str, kind: str, year: int, rest: list[str], part: str) -> Recipe | None:
    """Cost or saving of one year: of all levels together, or of one payer."""
    books, cash = run.books, run.once(("flows", name), lambda: flows(run.books, name))
    levels = list(run.study.scenario.estate.levels)
    saves, nominal = kind == "savings", rest == ["nominal"]
    found = cash.saving if saves else cash.cost
    if nominal:
        of_day = cash.nominal_saving if saves else cash.nominal_cost
        if of_day is None:
            return None
        found = of_day
    sums = found.sum(axis=3)[:, year]
    payer = rest[1] if len(rest) > 1 else ""
    column = list(cash.payers).index(payer) if payer else 0
    each = sums[:, column] if payer else sums[:, : len(levels)].sum(axis=1)
    shown = books.clock.year_of_month(year * MONTHS_PER_YEAR)
    key = _YEAR_KEYS[saves, nominal]
    way = _year_way(key, saves, year, payer, nominal)
    return of_worlds(way, Figure(each, "CNY"), part, name, "quantile", year=shown, payer=payer)


def _year_way(key: str, saves: bool, year: int, payer: str, nominal: bool) -> Way:
    def reckon(desk: Desk, name: str) -> float:
        months = np.arange(desk.run.books.clock.months) // MONTHS_PER_YEAR
        weight = np.where(months == year, 1.0, 0.0)
        if nominal:
            inflation = desk.run.study.scenario.prices.inflation
            assert inflation is not None
            rising = desk.drawn(inflation.path)
            desk.put(i=rising, t=year + 0.5)
            weight = weight * (1.0 + rising) ** (year + 0.5)
        known = list(desk.run.study.scenario.estate.levels)

        def terms(alternative: str, sign: float) -> list[Term]:
            if payer in PAYERS:
                return [Term(alternative, every(), f"{payer}_cny", sign * weight)]
            return _of_levels(desk, alternative, [payer] if payer else known, every(), sign * weight)

        if not saves:
            return desk.sum("own", *terms(name, 1.0))
        return desk.sum("saving", *terms(desk.run.books.baseline, 1.0), *terms(name, -1.0))

    formula = "S = B - A" if saves else "C = sum"
    return Way(key, f"({formula.partition('= ')[2]}) (1 + i)^t" if nominal else formula, reckon)


def _claim(run: Opened, row: int, part: str) -> Recipe:
    """What a claim is compared with."""
    stated = run.statement["claims"][row]
    claim, name = claim_of(run, row), stated["alternative"]
    switches = counted(claim, stated)
    found = Figure(figure(run.books, name, claim, switches), claim.unit)
    words = {"id": claim.id, "counting": stated["accounting"], "metric": claim.metric}
    if claim.metric not in MONEY:
        return of_worlds("claim_count", found, part, name, "quantile", **words)
    against = claim.against or run.books.baseline

    def reckon(desk: Desk, alternative: str) -> float:
        if claim.metric == "npv_saving":
            return npv(desk, alternative)
        rows = saving_rows(claim, switches)
        weight = (
            yearly(desk) if claim.metric == "annual_saving" else whole(desk, months_until(run.books, claim))
        )
        if against == run.books.baseline:
            return saving(desk, alternative, rows, weight)
        return desk.sum("saving", Term(against, rows, COST, weight), Term(alternative, rows, COST, -weight))

    formula = PER_YEAR if claim.metric == "annual_saving" else ONCE
    way = Way("claim_money", "D + L (1 + r)^-T" if claim.metric == "npv_saving" else formula, reckon)
    return of_worlds(way, found, part, name, "quantile", **words)
