"""Who pays: money is conserved among payers, and terms mean what they say."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load
from roomfold.sim.finance import financed
from roomfold.sim.ledger import CATEGORIES, FUNDER, GOVERNMENT, ITEM, ITEMS, LENDER, TREASURY, VENDOR
from roomfold.sim.loans import schedule
from roomfold.sim.simulate import simulate, simulate_all
from roomfold.sim.summarise import outcome

from . import small

FINANCING = "alternatives.consolidate.financing"
VAT = "prices.vat={hardware: 0.17, services: 0.06, telecom: 0.06, electricity: 0.17, construction: 0.03}"
CATEGORY = np.array([CATEGORIES.index(item.category) for item in ITEMS])
MODES = {
    "self": "{mode: self}",
    "single-source": "{mode: single-source, price_uplift: 0.2, equity: {share: 0.1}}",
    "ppp": "{mode: ppp, term_years: 8, vendor_irr: 0.08}",
    "ppp that ends": "{mode: ppp, term_years: 1.5, unit: host, price_cny_per_unit_year: 90000}",
    "service": "{mode: service, term_years: 2, vendor_irr: 0.1, commitment_share: 1}",
    "service with all": "{mode: service, term_years: 2, vendor_irr: 0.1, unit: host, commitment_share: 1.2, "
    "equity: {share: 0.2}, grant: {on: 2014-06-01, share: 0.1}, "
    "loan: {share: 0.5, rate_per_year: 0.06, years: 2, subsidised_share: 0.5}}",
}


@lru_cache
def simulated(*overrides: str):
    """A world, a plan and what happens, the government paying all."""
    scenario, world = small.drawn(1, *overrides)
    plan = small.move(world)
    return plan, simulate(scenario, plan, world)


@lru_cache
def run_of(mode: str | None, *overrides: str):
    """A world, its plan and its run; without a mode nothing is said of financing."""
    plan, run = simulated(*overrides)
    terms = () if mode is None else (f"{FINANCING}={MODES.get(mode, mode)}",)
    scenario, world = small.drawn(1, *overrides, *terms)
    ledger = financed(scenario, world, plan, run.timeline, run.ledger)
    return scenario, world, plan, replace(run, ledger=ledger)


def by_cell(ledger, column, payer=None):
    """Sum by month and category, of one payer or of all."""
    chosen = np.ones(len(ledger.month), dtype=bool) if payer is None else ledger.payer == payer
    sums = np.zeros((36, len(CATEGORIES)))
    np.add.at(sums, (ledger.month[chosen], CATEGORY[ledger.item[chosen]]), getattr(ledger, column)[chosen])
    return sums


def item_sum(ledger, item, payer, column="cost_cny"):
    chosen = (ledger.item == ITEM[item]) & (ledger.payer == payer)
    return np.bincount(ledger.month[chosen], getattr(ledger, column)[chosen], 36)


@pytest.mark.parametrize("mode", MODES)
def test_however_it_is_financed_the_same_cloud_costs_society_the_same(mode):
    plain, paid = run_of(None, VAT)[3].ledger, run_of(mode, VAT)[3].ledger
    costs, found = by_cell(plain, "cost_cny"), by_cell(paid, "cost_cny")
    assert found == pytest.approx(costs, rel=1e-12, abs=1e-6)
    assert found[:, -1] == pytest.approx(0, abs=1e-6)
    physical = np.array([item.unit != "CNY" and not item.name.startswith("service") for item in ITEMS])
    kept = physical[paid.item]
    assert np.array_equal(paid.amount[kept], plain.amount)
    assert np.array_equal(paid.carbon_kg[kept], plain.carbon_kg)
    if mode == "self":
        assert np.array_equal(paid.cost_cny, plain.cost_cny)
    else:
        assert abs(paid.total() - plain.total()) > 1


def vendor_npv(found, rate):
    """Present value of the vendor's cash, from the outcome alone."""
    cash = -found.vendor_cny.sum(axis=1)
    return sum(c * (1 + rate) ** -((m + 0.5) / 12) for m, c in enumerate(cash))


def left_net(found, world, vat):
    """What is left of what the vendor bought, month by month, without tax."""
    life = {
        **dict.fromkeys(("host_new", "host_refresh", "network_new"), f"{small.CLOUD}.host_life_years"),
        **dict.fromkeys(("cloud_fitout", "site_opening"), "rooms.room.fitout_life_years"),
    }
    tax = {
        "host_new": 0.17,
        "host_refresh": 0.17,
        "network_new": 0.17,
        "cloud_fitout": 0.03,
        "site_opening": 0,
    }
    total = 0.0
    for name, path in life.items():
        for month in range(36):
            paid = max(found.vendor_cny[month, ITEM[name]], 0.0)
            years = (36 - month) / 12
            total += paid / (1 + tax[name] * vat) * max(0.0, 1 - years / world.values[path])
    return total


@pytest.mark.parametrize(("mode", "rate"), [("ppp", 0.08), ("service", 0.1), ("service with all", 0.1)])
@pytest.mark.parametrize("taxed", [False, True])
def test_a_solved_price_earns_the_vendor_what_it_asks(mode, rate, taxed):
    scenario, world, plan, run = run_of(mode, *((VAT,) if taxed else ()))
    found = outcome(scenario, world, plan, run)
    earned = vendor_npv(found, rate)
    left = left_net(found, world, taxed) * (1 + rate) ** -3
    turnover = item_sum(run.ledger, "service_systems", GOVERNMENT).sum()
    turnover += item_sum(run.ledger, "service_hosts", GOVERNMENT).sum()
    assert turnover > 0
    assert earned + left == pytest.approx(0, abs=1e-9 * turnover)


def test_the_vendor_bears_what_stands_at_the_site_until_the_end_of_the_term():
    ledger, end = run_of("ppp that ends")[3].ledger, 2 + 18  # opens in March
    at_site = (ledger.site == -1) & np.isin(ledger.item, [ITEM["cloud_it"], ITEM["cloud_staff"]])
    assert set(ledger.payer[at_site & (ledger.month < end)]) == {VENDOR}
    assert set(ledger.payer[at_site & (ledger.month >= end)]) == {GOVERNMENT}
    lines = np.isin(ledger.item, [ITEM["shared_line"], ITEM["vertical_line"], ITEM["room_operations"]])
    assert set(ledger.payer[lines]) == {GOVERNMENT}
    hosts = item_sum(ledger, "service_hosts", GOVERNMENT, "amount")
    assert hosts == pytest.approx(np.where(np.arange(36) < end, 3 / 12, 0))  # one of four stands by
    fee = item_sum(ledger, "service_hosts", GOVERNMENT)
    assert fee == pytest.approx(hosts * 90_000)
    assert item_sum(ledger, "service_hosts", VENDOR) == pytest.approx(-fee)
    assert not item_sum(ledger, "service_hosts", VENDOR, "amount").any()


def test_systems_are_paid_for_while_they_run_and_the_least_quantity_during_the_term():
    terms = "{mode: service, term_years: 2, price_cny_per_unit_year: 1000, commitment_share: 1}"
    _, world, plan, run = run_of(terms)
    ledger = run.ledger
    used, unused = (item_sum(ledger, i, GOVERNMENT, "amount") for i in ("service_systems", "service_unused"))
    hours = np.diff(world.clock.month_edges_h)
    running = np.add.reduceat(run.series["systems_on_cloud"], world.clock.month_edges_h[:-1])
    assert used == pytest.approx(running / hours / 12)
    planned = plan.wave_h[(plan.wave_h >= 0) & (plan.wave_h < world.clock.hours)]
    by_then = (planned[:, None] < world.clock.month_edges_h[1:]).sum(axis=0)
    assert (used + unused)[25] == pytest.approx(by_then[25] / 12)
    assert (used + unused >= used).all()
    assert unused[25] > 0
    assert not unused[26:].any()
    paid = item_sum(ledger, "service_systems", GOVERNMENT) + item_sum(ledger, "service_unused", GOVERNMENT)
    assert paid == pytest.approx(1000 * (used + unused))


def test_vcpu_are_counted_as_the_plan_sizes_them():
    terms = f"{FINANCING}={{mode: service, term_years: 2, price_cny_per_unit_year: 720, unit: vcpu}}"
    scenario, world = small.drawn(1, terms)
    plan = small.move(world)
    sized = replace(
        plan,
        flavours=type(plan.flavours)(np.array([4.0]), np.array([8.0]), np.array([100.0])),
        flavour=np.where(plan.placement >= 0, 0, -1).astype(np.int32),
    )
    run = simulate(scenario, sized, world)
    on, off = run.timeline.cloud_on_h, run.timeline.cloud_off_h
    last = world.clock.hours - 1
    amount = item_sum(run.ledger, "service_vcpu", GOVERNMENT, "amount")
    assert amount[-1] == pytest.approx(4 * ((on <= last) & (off > last)).sum() / 12, rel=0.02)


def test_a_single_source_takes_its_premium_on_what_is_bought():
    plain, dear = run_of(None)[3].ledger, run_of("{mode: single-source, price_uplift: 0.25}")[3].ledger
    names = ("host_new", "network_new", "cloud_fitout", "site_opening", "host_refresh")
    bought = sum(plain.total(name) for name in (*names, "platform_hosts", "platform_base"))
    assert dear.total() - plain.total() == pytest.approx(0.25 * bought)
    assert dear.total(payer=VENDOR) == pytest.approx(-0.25 * bought)


def test_equity_grant_and_subsidy_come_from_the_funder_and_the_loan_from_the_lender():
    instruments = (
        "{equity: {share: 0.2}, grant: {on: 2015-03-15, amount_cny: 12345}, "
        "loan: {share: 0.5, rate_per_year: 0.1, years: 1, subsidised_share: 0.25}}"
    )
    ledger = run_of(instruments)[3].ledger
    capital = sum(item_sum(ledger, n, GOVERNMENT) for n in ("host_new", "network_new", "cloud_fitout"))
    assert item_sum(ledger, "equity", FUNDER) == pytest.approx(0.2 * capital)
    assert np.flatnonzero(item_sum(ledger, "grant", GOVERNMENT)).tolist() == [14]
    assert ledger.total("grant") == pytest.approx(-12345)
    loan, interest = item_sum(ledger, "loan", LENDER), item_sum(ledger, "interest", LENDER)
    assert loan.sum() == pytest.approx(0, abs=1e-6)
    factor = 1.1 ** -(np.arange(36) / 12)
    assert ((loan + interest) * factor).sum() == pytest.approx(0, abs=1e-6)  # the lender earns its rate
    assert item_sum(ledger, "interest", FUNDER).sum() == pytest.approx(-0.25 * interest.sum())
    assert item_sum(ledger, "interest", GOVERNMENT).sum() == pytest.approx(-0.75 * interest.sum())


def test_nobody_finances_for_a_vendor_what_the_government_buys_after_its_term():
    terms = "{mode: ppp, term_years: 1, price_cny_per_unit_year: 9000, equity: {share: 0.5}}"
    scenario, world, plan, run = run_of(terms)
    plain = simulated()[1].ledger
    late = np.where(plain.item == ITEM["network_new"], 30, plain.month).astype(np.int32)
    ledger = financed(scenario, world, plan, run.timeline, replace(plain, month=late))
    mine = sum(item_sum(ledger, name, VENDOR) for name in ("host_new", "cloud_fitout"))
    assert item_sum(ledger, "network_new", GOVERNMENT)[30] > 0
    assert item_sum(ledger, "equity", FUNDER) == pytest.approx(0.5 * mine)


def test_a_nominal_loan_is_lighter_in_real_money():
    loan = "{loan: {share: 1, rate_per_year: 0.04, years: 2}}"
    _, _, _, run = run_of(loan, "prices.inflation=0.04")
    paid = item_sum(run.ledger, "loan", LENDER) + item_sum(run.ledger, "interest", LENDER)
    assert paid.sum() == pytest.approx(0, abs=1e-6 * np.abs(paid).sum())  # at inflation its real cost is nil


def test_the_vendor_deducts_the_tax_on_what_it_buys_and_pays_that_on_what_it_sells():
    _, _, _, run = run_of("ppp that ends", VAT)
    ledger = run.ledger
    fee = item_sum(ledger, "service_hosts", GOVERNMENT)
    rates = {"electricity": 0.17, "hardware_purchase": 0.17, "hardware_refresh": 0.17, "staff": 0.0}
    rates |= {"room_construction": 0.03, "leased_lines": 0.06, "finance": 0.0}
    deducted = np.zeros(36)
    for item in ITEMS:
        rate = 0.17 if item.name == "resale" else rates.get(item.category, 0.06)
        if not item.name.startswith("service"):
            mine = item_sum(ledger, item.name, VENDOR)
            deducted += mine * rate / (1 + rate)
    assert item_sum(ledger, "vat_settled", VENDOR) == pytest.approx(fee * 0.06 / 1.06 - deducted)
    assert item_sum(ledger, "vat_settled", TREASURY) == pytest.approx(
        -item_sum(ledger, "vat_settled", VENDOR)
    )


def test_a_car_loan_from_a_textbook():
    # Park, Fundamentals of Engineering Economics, example on a loan of 5,000 at 1 % a month: 24 x 235.37.
    drawn = np.zeros(36)
    drawn[0] = 5000
    repaid, interest = schedule(drawn, 1.01**12 - 1, 2)
    paid = repaid + interest
    assert paid[1:25] == pytest.approx(235.37, abs=0.005)
    assert not paid[25:].any()
    assert interest[1] == pytest.approx(50)
    assert repaid.sum() == pytest.approx(5000)


@settings(deadline=None)
@given(
    drawn=st.lists(st.floats(0, 1e6), min_size=2, max_size=40),
    rate=st.floats(0, 0.4),
    years=st.floats(0.25, 8),
)
def test_a_loan_is_repaid_and_worth_what_was_drawn(drawn, rate, years):
    sums = np.array(drawn)
    repaid, interest = schedule(sums, rate, years)
    factor = (1 + rate) ** -(np.arange(len(sums)) / 12)
    assert repaid.sum() == pytest.approx(sums.sum(), rel=1e-9, abs=1e-6)
    assert (interest >= -1e-9).all()
    assert ((repaid + interest) * factor).sum() == pytest.approx((sums * factor).sum(), rel=1e-9, abs=1e-6)


def test_a_service_changes_nothing_for_the_other_alternative():
    scenario, world, plan, run = run_of("service")
    keep, cloud = simulate_all(scenario, [small.stay(world), plan], world)
    assert not keep.ledger.payer.any()
    assert cloud.ledger.cost_cny == pytest.approx(run.ledger.cost_cny, rel=1e-6)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("{mode: ppp, vendor_irr: 0.1}", "must give term_years where mode is 'ppp'"),
        ("{mode: service, term_years: 3}", "must give either price_cny_per_unit_year or vendor_irr"),
        ("{mode: single-source}", "must give price_uplift"),
        ("{mode: self, vendor_irr: 0.1}", "must be left out where mode is 'self'"),
        ("{grant: {on: 2014-06-01}}", "must give either amount_cny or share"),
        ("{grant: {on: 2034-06-01, share: 0.1}}", "must be from 2014-01-01"),
        ("{equity: {share: 0.6}, loan: {share: 0.5, rate_per_year: 0.1, years: 3}}", "must not pass 1"),
        ("{equity: {share: 0.6}, grant: {on: 2014-06-01, share: 0.5}}", "must not pass 1"),
        ("{paid_by: {moon: 1}}", "must be a name in estate.levels"),
    ],
)
def test_terms_that_do_not_fit_are_said_in_words(terms, message):
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        load(small.MINIMAL, ["time.years=3", f"{FINANCING}={terms}"])
