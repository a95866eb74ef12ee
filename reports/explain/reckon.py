"""Figures reckoned a second time, one world alone, from the bookings in the run's tables.

Nothing here calls what made the report's figures: sums are taken entry by entry, and what is no sum (payback,
rates of return) is found by loops over months. The formula of each stands beside it, in symbols that
``explain.how.KEY`` explains and the desk fills with numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...scenarios.finance import VENDORS
from ...sim import vat
from ...sim.ledger import ANNUAL, FINANCE, ONE_OFF
from ...sim.worth import Assets, cloud_assets, handover_month, left_share, mid_months, room_assets
from ..books import MONTHS_PER_YEAR, rows_of
from ..quantiles import Floats
from .account import CARBON, COST, SOCIETY, VENDOR_COST, Desk, Term

FEES = ("service_systems", "service_hosts", "service_vcpu", "service_unused")
POWER = ("electricity",)
KG_PER_T = 1e3
HALF_A_YUAN = 0.5  # no debt, as in the report's paybacks
HALVINGS = 200
NEAR = 0.004  # of 1 + rate: two rates of return closer than this are not told apart

Reckon = Callable[[Desk, str], float]


@dataclass(frozen=True)
class Way:
    """How a figure is made.

    Attributes:
        key: of its explanation in words.
        formula: in symbols.
        reckon: the figure of an alternative in the desk's world.
    """

    key: str
    formula: str
    reckon: Reckon


def yearly(desk: Desk) -> Floats:
    """Factors of a mean over the annual years, shape (months,)."""
    books = desk.run.books
    counted = np.isin(np.arange(books.clock.months) // MONTHS_PER_YEAR, books.years)
    desk.put(n=len(books.years))
    return np.where(counted, 1.0 / len(books.years), 0.0)


def whole(desk: Desk, months: int | None = None) -> Floats:
    """Factors of a sum over the horizon, or its first months."""
    count = desk.run.books.clock.months
    return np.where(np.arange(count) < (count if months is None else months), 1.0, 0.0)


def rate(desk: Desk) -> float:
    """Discount rate of the world."""
    found = desk.drawn(desk.run.study.scenario.prices.discount_rate.path)
    desk.put(r=found, T=desk.run.study.scenario.time.years)
    return found


def discount(desk: Desk) -> Floats:
    """Factors of a present value."""
    return np.asarray((1.0 + rate(desk)) ** -mid_months(desk.run.books.clock.months))


def saved(desk: Desk, name: str, rows: Sequence[int], weight: Floats, column: str = COST) -> list[Term]:
    """Baseline minus alternative."""
    return [Term(desk.run.books.baseline, rows, column, weight), Term(name, rows, column, -weight)]


def saving(
    desk: Desk, name: str, rows: Sequence[int], weight: Floats, column: str = COST, part: str = "saving"
) -> float:
    """A saving as one sum, with B and A for what is counted of each."""
    value = desk.sum(part, *saved(desk, name, rows, weight, column))
    desk.put(B=desk.of(desk.run.books.baseline), A=desk.of(name))
    return value


def every(category: Iterable[str] = (*ANNUAL, *ONE_OFF, FINANCE)) -> list[int]:
    """Rows of all items, or of some categories."""
    return rows_of(category)


def left(desk: Desk, name: str, sign: float, column: str = COST, over: Floats | None = None) -> list[Term]:
    """What is left of what was bought, at the end of the horizon.

    Args:
        column: the government's cost; society's, of which what a vendor owns is left too.
        over: what prices are divided by, shape (items,).
    """
    scenario, cloud = desk.run.study.scenario, desk.run.study.scenario.alternatives[name].cloud
    terms = [_left(desk, name, asset, sign, COST, over) for asset in room_assets(scenario)]
    if cloud is not None and (column == SOCIETY or not vendor_owns(desk, name)):
        terms += [_left(desk, name, asset, sign, SOCIETY, over) for asset in cloud_assets(scenario, cloud)]
    return terms


def _left(desk: Desk, name: str, asset: Assets, sign: float, column: str, over: Floats | None) -> Term:
    life = desk.drawn(asset.life_years.path)
    share = np.asarray(left_share(desk.run.books.clock.months, np.array(life)))
    weight = np.repeat(sign * share[:, None], len(asset.rows), 1)
    return Term(name, asset.rows, column, weight if over is None else weight / over[asset.rows])


def vendor_owns(desk: Desk, name: str) -> bool:
    """Whether a vendor owns the cloud when the horizon ends."""
    alternative, clock = desk.run.study.scenario.alternatives[name], desk.run.books.clock
    terms, cloud = alternative.financing, alternative.cloud
    if terms is None or cloud is None or terms.mode not in VENDORS or terms.term_years is None:
        return False
    opens = clock.month_of_hour(clock.hour_of(cloud.opens))
    years = np.array(desk.drawn(terms.term_years.path))
    return bool(handover_month(terms, opens, years) > clock.months)


def present(desk: Desk, cash: float, end: float) -> float:
    """What flows, discounted, and what is left, from the end."""
    desk.put(D=cash, L=end)
    return cash + end * (1.0 + rate(desk)) ** -desk.run.study.scenario.time.years


def left_saved(desk: Desk, name: str, column: str = COST, over: Floats | None = None) -> float:
    """What more is left to the alternative than to the baseline."""
    terms = left(desk, name, 1.0, column, over)
    return desk.sum("left", *terms, *left(desk, desk.run.books.baseline, -1.0, column, over))


def npv(desk: Desk, name: str) -> float:
    """Net present value."""
    cash = saving(desk, name, every(), discount(desk), part="cash")
    return present(desk, cash, left_saved(desk, name))


def society_npv(desk: Desk, name: str) -> float:
    """The same of all payers."""
    cash = saving(desk, name, every(), discount(desk), SOCIETY, "cash")
    return present(desk, cash, left_saved(desk, name, SOCIETY))


def with_capital(desk: Desk, name: str) -> float:
    """Annual saving after the cloud's capital."""
    value = saving(desk, name, every(ANNUAL), yearly(desk))
    cloud = desk.run.study.scenario.alternatives[name].cloud
    if cloud is None:
        return value
    life = desk.drawn(cloud.host_life_years.path)
    standing = desk.drawn(desk.run.study.scenario.rooms["room"].fitout_life_years.path)
    bought = ("host_new", "network_new", "premium_hardware")
    built = ("cloud_fitout", "site_opening", "premium_construction")
    hosts = desk.sum("capital_hosts", Term(name, rows_of(bought), COST, whole(desk) / life))
    site = desk.sum("capital_site", Term(name, rows_of(built), COST, whole(desk) / standing))
    desk.put(S=value, H=hosts, F=site)
    return value - hosts - site


def cash_flow(desk: Desk, name: str, rows: Sequence[int] | None = None, vendor: bool = False) -> Floats:
    """Net cash of each month, shape (months,)."""
    rows = every() if rows is None else rows
    if vendor:
        desk.sum("cash", Term(name, rows, VENDOR_COST, -whole(desk)))
        return np.asarray(-desk.outcome(name).vendor_cny[:, rows].sum(axis=1))
    saving(desk, name, rows, whole(desk), part="cash")
    before = desk.outcome(desk.run.books.baseline).cost_cny[:, rows]
    return np.asarray((before - desk.outcome(name).cost_cny[:, rows]).sum(axis=1))


def payback(desk: Desk, name: str, factors: Floats | None = None) -> float:
    """Years until the sum of cash stays positive."""
    cash = cash_flow(desk, name)
    monthly = (cash if factors is None else cash * factors).tolist()
    total, debt = 0.0, None
    for month, amount in enumerate(monthly):
        total += amount
        if total < -HALF_A_YUAN:
            debt = (month, total)
    if debt is None:
        return 0.0
    if debt[0] == len(monthly) - 1:
        return math.inf
    month, owed = debt
    following = monthly[month + 1]
    return (month + 1 + min(max(-owed / following if following > 0 else 1.0, 0.0), 1.0)) / MONTHS_PER_YEAR


def first_benefit(desk: Desk, name: str) -> float:
    """Years to the end of the first month that brings anything."""
    running = every(set(ANNUAL) - {"hardware_refresh"})
    for month, amount in enumerate(cash_flow(desk, name, running).tolist()):
        if amount > HALF_A_YUAN:
            return (month + 1) / MONTHS_PER_YEAR
    return math.inf


def internal_rate(cash: Floats, end: float, years: int, found: float) -> float:
    """The rate at which the present value is 0, near one that was found; NaN if it changes no sign there."""
    when = [*mid_months(len(cash)).tolist(), float(years)]
    flows = [*cash.tolist(), end]

    def worth(factor: float) -> float:
        return math.fsum(flow * factor**-year for flow, year in zip(flows, when, strict=True))

    low, high = (1.0 + found) * (1 - NEAR), (1.0 + found) * (1 + NEAR)
    if not worth(low) > 0 > worth(high):
        return math.nan
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) > 0 else (low, middle)
    return (low + high) / 2 - 1.0


def irr(desk: Desk, name: str) -> float:
    """Internal rate of return."""
    from ..money.values import compared

    cash, end = cash_flow(desk, name), left_saved(desk, name)
    desk.put(L=end)
    found = float(
        desk.run.once(("returns", name), lambda: compared(desk.run.books, name))["irr"].values[desk.row]
    )
    return internal_rate(cash, end, desk.run.study.scenario.time.years, found)


def irr_nominal(desk: Desk, name: str) -> float:
    """The same in money of the day."""
    inflation = desk.run.study.scenario.prices.inflation
    assert inflation is not None
    rising, real = desk.drawn(inflation.path), irr(desk, name)
    desk.put(i=rising, R=real)
    return (1.0 + real) * (1.0 + rising) - 1.0


def vendor_irr(desk: Desk, name: str) -> float:
    """Rate of return of a vendor."""
    from ..money.values import vendor

    cash = cash_flow(desk, name, vendor=True)
    end = _vendor_left(desk, name)
    found = float(
        desk.run.once(("vendor", name), lambda: vendor(desk.run.books, name))["vendor_irr"].values[desk.row]
    )
    return internal_rate(cash, end, desk.run.study.scenario.time.years, found)


def vendor_npv(desk: Desk, name: str) -> float:
    """Present value of a vendor's cash."""
    cash = desk.sum("cash", Term(name, every(), VENDOR_COST, -discount(desk)))
    return present(desk, cash, _vendor_left(desk, name))


def _vendor_left(desk: Desk, name: str) -> float:
    cloud = desk.run.study.scenario.alternatives[name].cloud
    if cloud is None or not vendor_owns(desk, name):
        return 0.0
    assets = cloud_assets(desk.run.study.scenario, cloud)
    return desk.sum("left", *(_left(desk, name, a, 1.0, SOCIETY, 1.0 + tax(desk)) for a in assets))


def modified(desk: Desk, name: str) -> float:
    """Modified rate of return."""
    cash, end, growth = cash_flow(desk, name), left_saved(desk, name), 1.0 + rate(desk)
    years = desk.run.study.scenario.time.years
    flows = [*zip(cash.tolist(), mid_months(len(cash)).tolist(), strict=True), (end, float(years))]
    income = math.fsum(flow * growth ** (years - when) for flow, when in flows if flow > 0)
    outlay = math.fsum(-flow * growth**-when for flow, when in flows if flow < 0)
    desk.put(I=income, O=outlay)
    return (income / outlay) ** (1.0 / years) - 1.0 if outlay > 0 else math.nan


def tax(desk: Desk) -> Floats:
    """Value-added tax on each item, shape (items,)."""
    terms = desk.run.study.scenario.prices.vat
    rates = [
        0.0 if k is None or terms is None else desk.drawn(vat.rate_of(terms, k).path) for k in vat.kinds()
    ]
    return np.array(rates)


def untaxed_npv(desk: Desk, name: str) -> float:
    """Net present value of prices without tax."""
    over = 1.0 + tax(desk)
    rows = every()
    cash = saving(desk, name, rows, discount(desk)[:, None] / over[rows], part="cash")
    return present(desk, cash, left_saved(desk, name, over=over))


def untaxed_annual(desk: Desk, name: str) -> float:
    """Annual saving of prices without tax."""
    rows = every(ANNUAL)
    return saving(desk, name, rows, yearly(desk)[:, None] / (1.0 + tax(desk))[rows])


def carbon_avoided(desk: Desk, name: str) -> float:
    """Tonnes avoided over the horizon."""
    return saving(desk, name, every(), whole(desk) / KG_PER_T, CARBON, "carbon")


def abatement(desk: Desk, name: str) -> float:
    """CNY per tonne avoided."""
    worth, tonnes = npv(desk, name), carbon_avoided(desk, name)
    desk.put(V=worth, C=tonnes)
    return -worth / tonnes if tonnes > 0 else math.nan


def npv_with_carbon(desk: Desk, name: str) -> float:
    """Net present value with carbon priced."""
    price = desk.run.study.scenario.prices.carbon_cny_per_t
    assert price is not None
    worth, each = npv(desk, name), desk.drawn(price.path)
    priced = desk.sum("carbon", *saved(desk, name, every(), discount(desk) * each / KG_PER_T, CARBON))
    desk.put(V=worth, P=priced, c=each)
    return worth + priced


def annual_cost(desk: Desk, name: str) -> float:
    """Equivalent annual cost."""
    cost = desk.sum("cash", Term(name, every(), COST, discount(desk)))
    end = desk.sum("left", *left(desk, name, 1.0))
    growth, years = 1.0 + rate(desk), desk.run.study.scenario.time.years
    net = cost - end * growth**-years
    desk.put(D=cost, L=end)
    return net * (growth - 1) / (1 - growth**-years) if abs(growth - 1) > 1e-12 else net / years
