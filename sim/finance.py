"""Who pays: turns the ledger of what a cloud costs into that of who bears it.

Every booking of ``bookings`` keeps its amount, its cost and its place; what is booked at the cloud's sites
becomes the vendor's where there is one. Then come transfers, each booked for both sides with opposite signs:
the price of the service, the premium of a single source, equity, grants, loans and their interest, and the
tax that a vendor settles. So the cost to society is that of the cloud, however it is financed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.elementary import power
from ..scenarios.finance import VENDORS, Financing, Loan
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from . import vat
from .daybook import CLOUD_SITE
from .ledger import FUNDER, GOVERNMENT, ITEM, ITEMS, LENDER, PAYERS, TREASURY, VENDOR, Ledger
from .loans import schedule
from .service_units import ITEM_OF_UNIT, Units, service_units
from .timeline import Timeline
from .worth import cloud_assets, handover_month, left_share, mid_months

Floats = NDArray[np.float64]

CAPITAL = ("site_opening", "cloud_fitout", "host_new", "network_new")
PREMIUMS = {
    "room_construction": "premium_construction",
    "hardware_purchase": "premium_hardware",
    "hardware_refresh": "premium_refresh",
    "platform": "premium_platform",
}


def financed(scenario: Scenario, world: World, plan: Plan, timeline: Timeline, ledger: Ledger) -> Ledger:
    """The ledger with every payer.

    Args:
        ledger: of everything that happens, all of it the government's.
    """
    financing = scenario.alternatives[plan.alternative].financing
    if financing is None or not len(plan.hosts.buy_month):
        return ledger
    deal = _Deal(scenario, world, plan, financing)
    ledger = _attributed(ledger, deal)
    passes = _Transfers(world.clock.months)
    bought = _at_cloud(ledger, deal)
    if financing.price_uplift is not None:
        _premium(passes, bought, world.of(financing.price_uplift))
    _instruments(passes, deal, bought)
    if deal.vendor:
        _service(passes, deal, ledger, service_units(world, plan, timeline, financing))
    return _sorted(Ledger.join([ledger, *passes.parts]))


@dataclass(frozen=True)
class _Deal:
    """What is known of an alternative's financing before anything is booked.

    ``ends`` is the month from which the government runs a vendor's cloud itself, beyond the run if never.
    """

    scenario: Scenario
    world: World
    plan: Plan
    financing: Financing

    @property
    def vendor(self) -> bool:
        return self.financing.mode in VENDORS

    @property
    def builder(self) -> int:
        """Row of PAYERS that buys the cloud."""
        return VENDOR if self.vendor else GOVERNMENT

    @property
    def opens_month(self) -> int:
        cloud, clock = self.scenario.alternatives[self.plan.alternative].cloud, self.world.clock
        assert cloud is not None
        return clock.month_of_hour(clock.hour_of(cloud.opens))

    @property
    def term_years(self) -> float:
        term = self.financing.term_years
        return 0.0 if term is None else self.world.of(term)

    @property
    def ends(self) -> int:
        return int(handover_month(self.financing, self.opens_month, np.array(self.term_years)))

    @property
    def inflation(self) -> float:
        inflation = self.scenario.prices.inflation
        return 0.0 if inflation is None else self.world.of(inflation)

    def vat(self) -> Floats:
        """Rate contained in the price of each item, shape (items,)."""
        terms = self.scenario.prices.vat
        if terms is None:
            return np.zeros(len(ITEMS))
        found = {k: self.world.of(vat.rate_of(terms, k)) for k in vat.kinds() if k is not None}
        return vat.rates(found)


@dataclass
class _Transfers:
    """Bookings at the cloud's first site by which money passes from one payer to another."""

    months: int
    parts: list[Ledger] = field(default_factory=list)

    def add(self, item: str, payer: int, payee: int, cny: Floats, amount: Floats | None = None) -> None:
        """Book what passes in each month, shape (months,); negative sums pass the other way."""
        month = np.flatnonzero((cny != 0) | (amount is not None and amount != 0)).astype(np.int32)
        one, zero = np.ones(len(month)), np.zeros(len(month))
        counted = (cny if amount is None else amount)[month]
        for who, sign, count in ((payer, 1.0, counted), (payee, -1.0, zero)):
            self.parts.append(
                Ledger(
                    month,
                    np.full(len(month), CLOUD_SITE, dtype=np.int32),
                    np.full(len(month), ITEM[item], dtype=np.int32),
                    count,
                    sign * cny[month] * one,
                    zero,
                    np.full(len(month), who, dtype=np.int8),
                )
            )

    def of(self, payer: int) -> Floats:
        """What a payer has paid so far by month, shape (months,)."""
        paid = np.zeros(self.months)
        for part in self.parts:
            if len(part.payer) and part.payer[0] == payer:
                paid += np.bincount(part.month, part.cost_cny, minlength=self.months)
        return paid


def _contained(rates: Floats) -> Floats:
    """Share of a price that is tax at a rate on the price before it."""
    return rates / (1.0 + rates)


def _is_cloud(ledger: Ledger, plan: Plan) -> NDArray[np.bool_]:
    """Bookings at the cloud's sites."""
    return np.asarray((ledger.site <= CLOUD_SITE) & (ledger.site > CLOUD_SITE - max(len(plan.sites), 1)))


def _attributed(ledger: Ledger, deal: _Deal) -> Ledger:
    """The ledger with the vendor as payer of what it bears."""
    if not deal.vendor:
        return ledger
    bears = _is_cloud(ledger, deal.plan) & (ledger.month < deal.ends)
    return replace(ledger, payer=np.where(bears, VENDOR, ledger.payer).astype(np.int8))


def _at_cloud(ledger: Ledger, deal: _Deal) -> Floats:
    """Cost booked at the cloud's sites, shape (months, items)."""
    here = _is_cloud(ledger, deal.plan)
    sums = np.zeros((deal.world.clock.months, len(ITEMS)))
    np.add.at(sums, (ledger.month[here], ledger.item[here]), ledger.cost_cny[here])
    return sums


def _premium(passes: _Transfers, bought: Floats, uplift: float) -> None:
    """What a single source takes over tender prices."""
    for category, item in PREMIUMS.items():
        rows = [row for row, i in enumerate(ITEMS) if i.category == category]
        passes.add(item, GOVERNMENT, VENDOR, bought[:, rows].sum(axis=1) * uplift)


def _instruments(passes: _Transfers, deal: _Deal, bought: Floats) -> None:
    """Equity, grant and loan of whoever builds."""
    world, financing = deal.world, deal.financing
    uplift = 0.0 if financing.price_uplift is None else world.of(financing.price_uplift)
    capital = bought[:, [ITEM[name] for name in CAPITAL]].sum(axis=1) * (1.0 + uplift)
    if deal.vendor:  # what is bought after its term is not its own
        capital *= np.arange(len(capital)) < deal.ends
    if financing.equity is not None:
        passes.add("equity", FUNDER, deal.builder, capital * world.of(financing.equity.share))
    if financing.grant is not None:
        grant, sums = financing.grant, np.zeros(world.clock.months)
        if grant.amount_cny is not None:
            given = world.of(grant.amount_cny)
        else:
            assert grant.share is not None
            given = float(capital.sum()) * world.of(grant.share)
        sums[world.clock.month_of_hour(world.clock.hour_of(grant.on))] = given
        passes.add("grant", FUNDER, deal.builder, sums)
    if financing.loan is not None:
        _loan(passes, deal, financing.loan, capital)


def _loan(passes: _Transfers, deal: _Deal, loan: Loan, capital: Floats) -> None:
    """The loan runs in money of the day; its payments are booked in prices of the first year."""
    world = deal.world
    level = power(1.0 + deal.inflation, mid_months(len(capital)))
    drawn = capital * world.of(loan.share) * level
    found = schedule(drawn, world.of(loan.rate_per_year), world.of(loan.years))
    passes.add("loan", deal.builder, LENDER, (found.repaid - drawn) / level)
    interest = found.interest / level
    subsidised = 0.0 if loan.subsidised_share is None else world.of(loan.subsidised_share)
    passes.add("interest", deal.builder, LENDER, interest * (1.0 - subsidised))
    passes.add("interest", FUNDER, LENDER, interest * subsidised)


def _service(passes: _Transfers, deal: _Deal, ledger: Ledger, units: Units) -> None:
    """The price of the service, the least quantity, and the tax that the vendor settles."""
    world, financing, rates = deal.world, deal.financing, deal.vat()
    month = np.arange(world.clock.months)
    runs = month < deal.ends
    used = units.used * runs
    unused = np.zeros_like(used)
    if financing.commitment_share is not None:
        bound = runs & (month < deal.opens_month + round(deal.term_years * 12))
        least = units.planned * world.of(financing.commitment_share)
        unused = np.maximum(least - used, 0.0) * bound
    mine = ledger.payer == VENDOR
    costs = np.bincount(ledger.month[mine], ledger.cost_cny[mine], minlength=len(month))
    taxes = _contained(rates)[ledger.item[mine]] * ledger.cost_cny[mine]
    deducted = np.bincount(ledger.month[mine], taxes, minlength=len(month))
    item = ITEM_OF_UNIT[financing.unit]
    on_sales = float(_contained(rates)[ITEM[item]])
    if financing.price_cny_per_unit_year is not None:
        price = world.of(financing.price_cny_per_unit_year)
    else:
        net_cost = costs + passes.of(VENDOR) - deducted  # money from others contains no tax
        price = _price(deal, net_cost, (used + unused) * (1.0 - on_sales), rates, ledger)
    passes.add(item, GOVERNMENT, VENDOR, used * price, used)
    passes.add("service_unused", GOVERNMENT, VENDOR, unused * price, unused)
    if deal.scenario.prices.vat is not None:
        settled = (used + unused) * price * on_sales - deducted
        passes.add("vat_settled", VENDOR, TREASURY, settled)


def _price(deal: _Deal, net_cost: Floats, sold: Floats, rates: Floats, ledger: Ledger) -> float:
    """Price of a unit-year at which the vendor earns the return it asks; 0 where nothing is sold.

    The present value of what it sells, at that return, is that of what it pays less what it is left with.

    Args:
        net_cost: paid by the vendor by month, less tax that it deducts; sold: unit-years, less tax.
    """
    asked = deal.financing.vendor_irr
    assert asked is not None
    rate, months = deal.world.of(asked), len(net_cost)
    factor = power(1.0 + rate, -mid_months(months))
    left = vendor_left(deal, ledger, rates) * float(power(1.0 + rate, -months / 12))
    worth = float((sold * factor).sum())
    return (float((net_cost * factor).sum()) - left) / worth if worth > 0 else 0.0


def vendor_left(deal: _Deal, ledger: Ledger, rates: Floats) -> float:
    """Value of what the vendor owns at the end of the run, without tax; 0 once it has handed it over."""
    months = deal.world.clock.months
    cloud = deal.scenario.alternatives[deal.plan.alternative].cloud
    if deal.ends <= months or cloud is None:
        return 0.0
    net = _at_cloud(ledger, deal) / (1.0 + rates)
    return fsum(
        float((net[:, a.rows].sum(axis=1) * left_share(months, np.array(deal.world.of(a.life_years)))).sum())
        for a in cloud_assets(deal.scenario, cloud)
    )


def _sorted(ledger: Ledger) -> Ledger:
    """By month, site, item and payer; several bookings of one such cell become one."""
    first = int(ledger.site.min())
    keys = (ledger.month.astype(np.int64), ledger.site.astype(np.int64) - first, ledger.item, ledger.payer)
    shape = (int(ledger.month.max()) + 1, int(ledger.site.max()) - first + 1, len(ITEMS), len(PAYERS))
    cells, row = np.unique(np.ravel_multi_index(keys, shape), return_inverse=True)
    month, site, item, payer = np.unravel_index(cells, shape)

    def summed(column: Floats) -> Floats:
        return np.asarray(np.bincount(row, column, minlength=len(cells)), dtype=np.float64)

    return Ledger(
        month.astype(np.int32),
        (site + first).astype(np.int32),
        item.astype(np.int32),
        summed(ledger.amount),
        summed(ledger.cost_cny),
        summed(ledger.carbon_kg),
        payer.astype(np.int8),
    )
