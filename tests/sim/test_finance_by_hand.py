"""Who pays, booking by booking: ledgers of a few sums, and all that must come of them, done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from roomfold.scenarios.finance import Financing
from roomfold.sim import finance
from roomfold.sim.ledger import FUNDER, GOVERNMENT, ITEM, ITEMS, LENDER, PAYERS, TREASURY, VENDOR, Ledger
from roomfold.sim.loans import monthly_rate, schedule
from roomfold.sim.service_units import Units
from roomfold.sim.worth import handover_month, left_share, mid_months

from . import small

FINANCING = "alternatives.consolidate.financing"
A_MONTH = 0.12682503013196977  # 1 % a month, compounded
# Contained in a price: a fifth, a sixth, an eleventh, a twenty-first and a third.
VAT = "prices.vat={hardware: 0.25, services: 0.2, telecom: 0.1, electricity: 0.05, construction: 0.5}"

# Month, site and item of what was booked in CNY; the cloud has two sites, -3 is an office.
BOOKED = {
    (2, -1, "host_new"): 1000.0,
    (2, -2, "network_new"): 300.0,
    (2, -2, "cloud_fitout"): 600.0,
    (2, -1, "site_opening"): 100.0,
    (2, 0, "server_new"): 80.0,
    (2, -3, "shared_line"): 70.0,
    (3, -1, "host_refresh"): 400.0,
    (3, -1, "platform_hosts"): 120.0,
    (3, -2, "cloud_staff"): 50.0,
    (14, -1, "cloud_ups"): 21.0,
    (20, -1, "cloud_it"): 42.0,
    (20, 1, "room_it"): 21.0,
}
Cell = tuple[int, int, str, int]


def ledger_of(booked: dict[tuple[int, int, str], float]) -> Ledger:
    """Bookings of the government, each of half its sum in units and a tenth in kilograms."""
    cny = np.array(list(booked.values()))
    month, site, item = zip(*booked, strict=True)
    whole = [np.array(c, dtype=np.int32) for c in (month, site, [ITEM[i] for i in item])]
    return Ledger(*whole, cny / 2, cny, cny / 10, np.zeros(len(cny), dtype=np.int8))


def paid(terms: str, *overrides: str, units: Units | None = None) -> Ledger:
    """What the bookings become under some terms; the cloud opens in month 2 of 36."""
    scenario, world = small.drawn(1, f"{FINANCING}={terms}", *overrides)
    plan = replace(small.move(world), sites=("one", "two"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(finance, "service_units", lambda *_: units)
        return finance.financed(scenario, world, plan, SimpleNamespace(), ledger_of(BOOKED))


def cells(ledger: Ledger, column: str = "cost_cny") -> dict[Cell, float]:
    """One column by month, site, item and payer."""
    keys = zip(ledger.month, ledger.site, ledger.item, ledger.payer, strict=True)
    named = [(int(m), int(s), ITEMS[i].name, int(p)) for m, s, i, p in keys]
    return dict(zip(named, getattr(ledger, column).tolist(), strict=True))


def between(item: str, payer: int, payee: int, by_month: dict[int, float]) -> dict[Cell, float]:
    """Both sides of what passes."""
    return {
        (month, -1, item, who): sign * cny
        for month, cny in by_month.items()
        for who, sign in ((payer, 1.0), (payee, -1.0))
    }


def assert_books(ledger: Ledger, expected: Sequence[dict[Cell, float]], payer_of: dict[Cell, int]) -> None:
    """The bookings, under their payers, and these transfers: nothing else."""
    whole = {(*cell, GOVERNMENT): cny for cell, cny in BOOKED.items()}
    whole = {(*cell[:3], payer_of.get(cell, GOVERNMENT)): cny for cell, cny in whole.items()}
    for part in expected:
        whole |= part
    found = cells(ledger)
    assert {cell for cell, cny in found.items() if abs(cny) > 1e-9} == set(whole)
    assert {cell: found[cell] for cell in whole} == pytest.approx(whole, rel=1e-9)
    order = list(zip(ledger.month, ledger.site, ledger.item, ledger.payer, strict=True))
    assert order == sorted(set(order))


def test_a_single_source_with_every_instrument_booked_by_hand() -> None:
    """Capital is 2,000 and a quarter more; 1,000 of it is lent at 1 % a month over three months."""
    ledger = paid(
        "{mode: single-source, price_uplift: 0.25, equity: {share: 0.1}, "
        "grant: {on: 2014-06-01, share: 0.2}, "
        f"loan: {{share: 0.4, rate_per_year: {A_MONTH}, years: 0.25, subsidised_share: 0.25}}}}"
    )
    interest = {3: 10.0, 4: 6.69977888, 5: 3.36655556}  # the instalment is 340.02211
    transfers = [
        between("premium_construction", GOVERNMENT, VENDOR, {2: 175.0}),
        between("premium_hardware", GOVERNMENT, VENDOR, {2: 325.0}),
        between("premium_refresh", GOVERNMENT, VENDOR, {3: 100.0}),
        between("premium_platform", GOVERNMENT, VENDOR, {3: 30.0}),
        between("equity", FUNDER, GOVERNMENT, {2: 250.0}),
        between("grant", FUNDER, GOVERNMENT, {5: 500.0}),
        between("loan", GOVERNMENT, LENDER, {2: -1000.0, 3: 330.02211148, 4: 333.32233259, 5: 336.65555592}),
        between("interest", GOVERNMENT, LENDER, {m: 0.75 * cny for m, cny in interest.items()}),
        between("interest", FUNDER, LENDER, {m: 0.25 * cny for m, cny in interest.items()}),
    ]
    for month, cny in interest.items():  # the lender takes both
        for part in transfers[-2:]:
            part[month, -1, "interest", LENDER] = -cny
    assert_books(ledger, transfers, {})
    amount, carbon = cells(ledger, "amount"), cells(ledger, "carbon_kg")
    for cell, cny in BOOKED.items():
        assert (amount[*cell, GOVERNMENT], carbon[*cell, GOVERNMENT]) == (cny / 2, pytest.approx(cny / 10))
    assert amount[2, -1, "premium_hardware", GOVERNMENT] == 325
    assert amount[2, -1, "premium_hardware", VENDOR] == 0
    assert carbon[2, -1, "premium_hardware", GOVERNMENT] == 0


def test_a_loan_in_money_of_the_day_is_booked_in_prices_of_the_start() -> None:
    """All 2,000 lent for a month at nothing, while prices rise a tenth a year."""
    ledger = paid("{loan: {share: 1, rate_per_year: 0, years: 0.25}}", "prices.inflation=0.1")
    lent, part = 2000.0, 2000 / 3
    back = {2 + k: part * 1.1 ** (-k / 12) for k in (1, 2, 3)}
    assert_books(ledger, [between("loan", GOVERNMENT, LENDER, {2: -lent, **back})], {})


def test_interest_of_the_day_is_booked_in_prices_of_the_start() -> None:
    """A thousand at 1 % a month: 10, 6.7 and 3.37, while prices rise a tenth a year."""
    terms = f"{{loan: {{share: 0.5, rate_per_year: {A_MONTH}, years: 0.25}}}}"
    found = cells(paid(terms, "prices.inflation=0.1"))
    for k, cny in enumerate((10.0, 6.69977888, 3.36655556), 1):
        assert found[2 + k, -1, "interest", GOVERNMENT] == pytest.approx(cny * 1.1 ** (-k / 12))


def vendor_books(terms: str, ends: int) -> tuple[Ledger, dict[Cell, int]]:
    """Three systems are promised from the opening, two used from the month after."""
    month = np.arange(36)
    units = Units(np.where(month >= 3, 2 / 12, 0.0), np.where(month >= 2, 3 / 12, 0.0))
    vendors = {(*cell, GOVERNMENT): VENDOR for cell in BOOKED if cell[1] in (-1, -2) and cell[0] < ends}
    return paid(terms, VAT, units=units), vendors


def test_a_vendor_of_a_year_booked_by_hand() -> None:
    """The term ends with month 13: what comes after is the government's, and is not sold."""
    terms = "{mode: ppp, term_years: 1, price_cny_per_unit_year: 1200, commitment_share: 0.8}"
    ledger, payers = vendor_books(terms, 14)
    # Least are 2.4 of 3; a sixth of what is sold is tax, as of platforms; a fifth of hardware, a third of
    # fit-out and opening.
    used = dict.fromkeys(range(3, 14), 200.0)
    unused = {2: 240.0, **dict.fromkeys(range(3, 14), 40.0)}
    bought = {2: 1300 / 5 + 700 / 3, 3: 400 / 5 + 120 / 6}
    settled = {m: (used.get(m, 0.0) + unused[m]) / 6 - bought.get(m, 0.0) for m in unused}
    transfers = [
        between("service_systems", GOVERNMENT, VENDOR, used),
        between("service_unused", GOVERNMENT, VENDOR, unused),
        between("vat_settled", VENDOR, TREASURY, settled),
    ]
    assert_books(ledger, transfers, payers)
    amount = cells(ledger, "amount")
    assert amount[3, -1, "service_systems", GOVERNMENT] == pytest.approx(2 / 12)
    assert amount[2, -1, "service_unused", GOVERNMENT] == pytest.approx(2.4 / 12)


def test_a_service_goes_on_after_its_term_but_for_the_least_quantity() -> None:
    terms = "{mode: service, term_years: 1, price_cny_per_unit_year: 1200, commitment_share: 1}"
    ledger, payers = vendor_books(terms, 36)
    found = cells(ledger)
    fees = {m: found.get((m, -1, "service_systems", GOVERNMENT), 0.0) for m in range(36)}
    unused = {m: found.get((m, -1, "service_unused", GOVERNMENT), 0.0) for m in range(36)}
    assert fees == pytest.approx({m: 200.0 * (m >= 3) for m in range(36)})
    assert unused == pytest.approx({m: 300.0 * (m == 2) + 100.0 * (3 <= m < 14) for m in range(36)})
    assert found[20, -1, "cloud_it", VENDOR] == 42
    assert found[20, -1, "vat_settled", VENDOR] == pytest.approx(200 / 6 - 42 / 21)
    assert (20, 1, "room_it", GOVERNMENT) in found
    assert len(payers) == 9


def test_what_is_used_beyond_the_least_quantity_lowers_nothing() -> None:
    """Of three a half are promised from the opening; from the month after two are used."""
    terms = "{mode: service, term_years: 1, price_cny_per_unit_year: 1200, commitment_share: 0.5}"
    found = cells(vendor_books(terms, 36)[0])
    paid = {m: found.get((m, -1, "service_unused", GOVERNMENT), 0.0) for m in range(36)}
    assert paid == pytest.approx({m: 150.0 * (m == 2) for m in range(36)})


@pytest.mark.parametrize(("term", "kept"), [(1, 0.0), (8, 1.0)])
def test_a_price_is_what_covers_cost_less_what_is_left(term: int, kept: float) -> None:
    """At 21 % a year: sums worth of one month's middle, and of the end."""
    loan = "loan: {share: 0.5, rate_per_year: 0.21, years: 1}"
    terms = f"{{mode: ppp, term_years: {term}, vendor_irr: 0.21, {loan}}}"
    ledger, _ = vendor_books(terms, 14)
    world = small.drawn(1, f"{FINANCING}={terms}")[1]
    hosts, fitout = (
        max(0.0, 1 - (34 / 12) / world.values[path])
        for path in (f"{small.CLOUD}.host_life_years", "rooms.room.fitout_life_years")
    )
    replaced = max(0.0, 1 - (33 / 12) / world.values[f"{small.CLOUD}.host_life_years"])
    left = kept * (1300 * 0.8 * hosts + 700 * 2 / 3 * fitout + 400 * 0.8 * replaced)
    months = range(3, 14 if term == 1 else 36)
    # A loan at the rate that the vendor asks is worth nothing to it.
    late = {14: 20.0, 20: 40.0} if term > 1 else {}
    costs = {2: 1300 * 0.8 + 700 * 2 / 3, 3: 400 * 0.8 + 100 + 50, **late}
    worth = sum(cny * 1.21 ** (-(m + 0.5) / 12) for m, cny in costs.items()) - left * 1.21**-3
    sold = sum(2 / 12 * 5 / 6 * 1.21 ** (-(m + 0.5) / 12) for m in months)
    fee = cells(ledger)[3, -1, "service_systems", GOVERNMENT]
    assert fee == pytest.approx(worth / sold * 2 / 12)


def test_who_builds_nothing_is_lent_nothing() -> None:
    scenario, world = small.drawn(1, f"{FINANCING}={{grant: {{on: 2014-06-01, amount_cny: 5}}}}")
    plan = replace(small.stay(world), alternative="consolidate")
    ledger = ledger_of(BOOKED)
    assert finance.financed(scenario, world, plan, SimpleNamespace(), ledger) is ledger


def test_what_costs_nothing_is_counted_all_the_same() -> None:
    units = Units(np.full(36, 0.25), np.full(36, 0.25))
    ledger = paid("{mode: ppp, term_years: 1, price_cny_per_unit_year: 0}", units=units)
    amount = cells(ledger, "amount")
    assert {m for m in range(36) if (m, -1, "service_systems", GOVERNMENT) in amount} == set(range(14))
    assert amount[5, -1, "service_systems", GOVERNMENT] == 0.25
    assert amount[5, -1, "service_systems", VENDOR] == 0


def test_what_nobody_uses_has_no_price() -> None:
    nothing = Units(np.zeros(36), np.zeros(36))
    ledger = paid("{mode: ppp, term_years: 2, vendor_irr: 0.1}", units=nothing)
    assert "service_systems" not in {ITEMS[i].name for i in ledger.item}
    assert set(ledger.payer.tolist()) <= set(range(len(PAYERS)))


def test_a_little_use_bears_all_the_cost() -> None:
    """A hundredth of a unit-year in month 4 of what was built in months 2 and 3, at no return."""
    month = np.arange(36)
    once = Units(np.where(month == 4, 0.01, 0.0), np.zeros(36))
    ledger = paid("{mode: ppp, term_years: 1, vendor_irr: 0}", units=once)
    fee = cells(ledger)[4, -1, "service_systems", GOVERNMENT]
    assert fee == pytest.approx(2000 + 400 + 120 + 50)


def test_a_loan_of_three_instalments_by_hand() -> None:
    """1,000 at 1 % a month; drawn twice; the second is cut off by the end of the run and repaid with it."""
    assert monthly_rate(A_MONTH) == pytest.approx(0.01)
    drawn = np.array([0.0, 1000, 0, 0, 0, 1000, 0])
    repaid, interest = schedule(drawn, A_MONTH, 0.25)
    assert repaid.tolist() == pytest.approx([0, 0, 330.0221, 333.3223, 336.6556, 0, 1000], abs=1e-4)
    assert interest.tolist() == pytest.approx([0, 0, 10, 6.6998, 3.3666, 0, 10], abs=1e-4)


def test_loans_without_interest_and_of_odd_lengths() -> None:
    drawn = np.array([120.0, 0, 0, 0, 0, 0])
    for years, instalments in ((1 / 3, 4), (0.3, 4), (0.01, 1)):
        repaid, interest = schedule(drawn, 0.0, years)
        expected = [0.0] + [120 / instalments] * instalments + [0.0] * (5 - instalments)
        assert repaid.tolist() == pytest.approx(expected)
        assert not interest.any()
    repaid, _ = schedule(np.array([0.0, 0, 7]), 0.2, 1.0)  # drawn as the run ends
    assert repaid.tolist() == [0, 0, 7]


def test_values_fall_in_equal_parts_over_a_life() -> None:
    """A run of 12 months: bought at its start, a thing of two years is half worn; of half a year, gone."""
    share = left_share(12, np.array([2.0, 0.5]))
    assert share.shape == (2, 12)
    assert share[0, [0, 6, 11]].tolist() == pytest.approx([0.5, 0.75, 1 - 1 / 24])
    assert share[1, [0, 5, 6, 9]].tolist() == pytest.approx([0, 0, 0, 0.5])
    assert mid_months(3).tolist() == pytest.approx([1 / 24, 3 / 24, 5 / 24])


def test_the_government_takes_over_at_the_end_of_a_partnership_only() -> None:
    def of(mode: str, **terms: float) -> list[int]:
        years = np.array([1.0, 2.54])
        financing = Financing.model_construct(mode=mode, **terms)
        return handover_month(financing, 5, years).tolist()

    assert of("ppp") == [17, 35]  # 30.48 months are 30
    assert min(of("service")) > 10**6
    assert of("self") == of("single-source") == [0, 0]
