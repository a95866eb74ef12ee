"""Figures of money and metrics of two worlds whose every booking is a constant, done by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from roomfold.reports.books import Books
from roomfold.reports.figures import Figure
from roomfold.reports.money import values
from roomfold.reports.money.cash_flows import cost_by_level, flows, level_savings, level_shares, rows
from roomfold.reports.money.metrics import DCOI, dcoi, metrics
from roomfold.reports.money.statement import Returns, metrics_of, money_of, stat
from roomfold.reports.residual import vendor_owns
from roomfold.scenarios.loader import load
from roomfold.sim.ledger import ITEM, ITEMS, PAYERS
from roomfold.sim.outcome import Outcome, Stock

from ..hand_study import MONTHLY, MONTHS, YEARS, hand_books

KEEP, MOVE = (np.array([MONTHLY.get(item.name, (0, 0))[k] for item in ITEMS], dtype=float) for k in (0, 1))
RATES = {"hardware": 0.25, "services": 0.2, "telecom": 0.1, "electricity": 0.05, "construction": 0.5}
KIND = {
    "leased_lines": "telecom", "electricity": "electricity", "room_construction": "construction",
    "hardware_purchase": "hardware", "hardware_refresh": "hardware", "staff": None, "finance": None,
}  # fmt: skip
OVER = np.array([1 + RATES.get(KIND.get(i.category, "services") or "", 0) for i in ITEMS])
OVER[ITEM["resale"]] = 1.25
ANNUAL = np.array(
    [i.category in ("leased_lines", "room_operations", "staff", "electricity", "hardware_maintenance",
                    "hardware_refresh", "platform") for i in ITEMS]
)  # fmt: skip
WORTH = sum(1.1 ** (-(m + 0.5) / 12) for m in range(MONTHS))  # of 1 CNY each month
# Lives are a year: of what is bought in the last twelve months 0, 1/12 ... 11/12 is left.
LASTING = [
    "server_new",
    "server_refresh",
    "room_new",
    "room_refit",
    "cloud_fitout",
    "host_new",
    "host_refresh",
    "network_new",
]
LEFT = sum(k / 12 for k in range(12))
STOCKS = {
    "keep": Stock(servers=84, hosts=6, components=0, working_hosts=0, max_mssj=40.0, max_kw=20.0),
    "consolidate": Stock(servers=20, hosts=10, components=48, working_hosts=8, max_mssj=60.0, max_kw=15.0),
}
TERMS = (
    "prices.vat={hardware: 0.17, services: 0.06, telecom: 0.06, electricity: 0.17, construction: 0.03}",
    "prices.inflation=0.02",
    "prices.carbon_cny_per_t=60",
    "water={rooms_l_per_kwh: 3, cloud_l_per_kwh: 2}",
)


def left(bought: np.ndarray, over: np.ndarray | float = 1.0) -> float:
    return LEFT * float((bought / over)[[ITEM[name] for name in LASTING]].sum())


def _with(outcome: Outcome, others: bool) -> Outcome:
    paid = None
    if others:  # the vendor sells for 50 a month of which 8 is for nothing, and pays 5 for electricity
        paid = np.zeros((len(PAYERS) - 1, MONTHS, len(ITEMS)))
        paid[0, :, ITEM["service_systems"]], paid[0, :, ITEM["service_unused"]] = -42, -8
        paid[0, :, ITEM["cloud_it"]], paid[0, 0, ITEM["host_new"]] = 5, 1000
        outcome.amount[:, ITEM["service_systems"]], outcome.amount[:, ITEM["service_unused"]] = 6, 2
    moved = np.array([0.0, 3, 1, 0]) if outcome.alternative == "consolidate" else None
    return replace(outcome, stock=STOCKS[outcome.alternative], others_cny=paid, moved_by_level=moved)


@cache
def books(financing: str | None = None, *terms: str) -> Books:
    """Two worlds, the second of twice the size; with a vendor if there is a financing."""
    bought = () if financing is None else (f"alternatives.consolidate.financing={financing}",)
    found = hand_books(1, 2, scenario=load("inner-mongolia", [*(terms or TERMS), *bought]))
    results = []
    for result in found.results:
        draws = dict(result.draws) | {f"prices.vat.{kind}": rate for kind, rate in RATES.items()}
        draws |= {"prices.inflation": 0.02, "prices.carbon_cny_per_t": 60.0}
        draws |= {"water.rooms_l_per_kwh": 3.0, "water.cloud_l_per_kwh": 2.0}
        draws |= {"alternatives.consolidate.financing.term_years": 30.0}
        outcomes = {
            name: _with(o, financing is not None and name == "consolidate" and "ppp" in financing)
            for name, o in result.outcomes.items()
        }
        results.append(replace(result, draws=draws, outcomes=outcomes))
    return Books.of(found.scenario, results)


def one(figures: dict[str, Figure], key: str) -> float:
    """A figure in the first world; in the second it is twice that, or the same."""
    first, second = figures[key].values.tolist()
    if np.isfinite(first):
        assert second == pytest.approx(2 * first) or second == pytest.approx(first)
    return first


def test_what_an_alternative_costs_by_itself() -> None:
    for name, monthly in (("keep", KEEP), ("consolidate", MOVE)):
        own = values.own(books(), name)
        cost, rest = monthly.sum() * WORTH, left(monthly)
        assert one(own, "present_cost") == one(own, "society_present_cost") == pytest.approx(cost)
        assert one(own, "residual_value") == pytest.approx(rest)
        yearly = (cost - rest / 1.1**5) * 0.1 / (1 - 1.1**-5)
        assert one(own, "equivalent_annual_cost") == pytest.approx(yearly)


def test_what_it_saves() -> None:
    found, saved, more = values.compared(books(), "consolidate"), KEEP - MOVE, left(MOVE) - left(KEEP)
    npv = saved.sum() * WORTH + more / 1.1**5
    tonnes = 3 * saved.sum() * MONTHS / 1000
    assert one(found, "npv") == one(found, "society_npv") == pytest.approx(npv)
    assert one(found, "carbon_avoided") == pytest.approx(tonnes)
    assert one(found, "abatement_cost") == pytest.approx(-npv / tonnes)
    priced = npv + 60 * 3 * saved.sum() / 1000 * WORTH
    assert one(found, "npv_with_carbon") == pytest.approx(priced)
    bare = (saved / OVER).sum() * WORTH + (left(MOVE, OVER) - left(KEEP, OVER)) / 1.1**5
    assert one(found, "npv_without_vat") == pytest.approx(bare)
    assert one(found, "annual_without_vat") == pytest.approx(12 * (saved / OVER)[ANNUAL].sum())
    assert one(found, "payback_years") == one(found, "payback_discounted_years") == one(found, "finance") == 0
    assert one(found, "first_benefit_years") == pytest.approx(1 / 12)
    back = values.compared(_turned(), "keep")  # what saves here costs there
    assert one(back, "npv") == pytest.approx(-npv)
    assert one(back, "first_benefit_years") == one(back, "payback_years") == np.inf
    assert set(values.stored(books(), "keep")) == {"equivalent_annual_cost"}
    assert "vendor_npv" not in values.stored(books(), "consolidate")


def _turned() -> Books:
    scenario = books().scenario.model_copy(update={"baseline": "consolidate"})
    return Books.of(scenario, books().results)


def test_rates_of_return_of_a_hand_made_flow() -> None:
    """100 paid in the first month, and 121 left after a year: by real and nominal rates, and reversed."""
    monthly = np.zeros((2, 12))
    monthly[:, 0] = -100, 100
    found = values.irr(monthly, np.array([121.0, -121]), 1)
    assert found.rate[0] == pytest.approx(1.21 ** (24 / 23) - 1)
    assert values._kind(found).tolist() == [1, -1]
    nominal = values._nominal(books(), np.array([0.1, 0.2]))["irr_nominal"].values
    assert nominal.tolist() == pytest.approx([1.1 * 1.02 - 1, 1.2 * 1.02 - 1])
    modified = values._modified(monthly[:1], np.array([121.0]), np.array([0.1]), 1)
    assert modified[0] == pytest.approx(1.21 * 1.1 ** (0.5 / 12) - 1)
    kind = Returns.of(np.array([0.0, 0, 1, 2, 3, 4, -1, 1]))
    assert (kind.none, kind.several, kind.reversed) == (2 / 8, 3 / 8, 1 / 8)


def test_what_a_vendor_makes_of_it() -> None:
    found = books("{mode: ppp, term_years: 30, price_cny_per_unit_year: 9}")
    vendor = values.vendor(found, "consolidate")
    cash = (50 - 5) * WORTH - 1000 * 1.1 ** (-0.5 / 12)
    owned = np.array([1, 2]) * _cloud_left(OVER) / 1.1**5
    assert vendor["vendor_npv"].values.tolist() == pytest.approx((cash + owned).tolist())
    rooms = LEFT * float(MOVE[[ITEM[name] for name in LASTING[:4]]].sum())
    assert one(values.own(found, "consolidate"), "residual_value") == pytest.approx(rooms)
    assert one(vendor, "price") == pytest.approx(50 / 8)
    assert one(vendor, "unused_share") == pytest.approx(0.25)
    assert one(vendor, "turnover") == pytest.approx(600)
    assert values.vendor(books(), "consolidate") == {}
    assert values.vendor(books("{mode: single-source, price_uplift: 0.1}"), "consolidate") == {}


def test_what_is_handed_over_as_the_run_ends_is_the_governments() -> None:
    found = books("{mode: ppp, term_years: 30, price_cny_per_unit_year: 9}")
    cloud = found.scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    opens = found.clock.month_of_hour(found.clock.hour_of(cloud.opens))
    path = "alternatives.consolidate.financing.term_years"
    for months, owns in ((MONTHS - opens, False), (MONTHS - opens + 1, True)):
        results = [replace(r, draws={**r.draws, path: months / 12}) for r in found.results]
        assert vendor_owns(Books.of(found.scenario, results), "consolidate").tolist() == [owns, owns]
    over = Books.of(found.scenario, [replace(r, draws={**r.draws, path: 1.0}) for r in found.results])
    cash = 45 * WORTH - 1000 * 1.1 ** (-0.5 / 12)
    assert values.vendor(over, "consolidate")["vendor_npv"].values.tolist() == pytest.approx([cash, cash])
    saved = (KEEP - MOVE).sum() * WORTH + (left(MOVE) - left(KEEP)) / 1.1**5
    society = values.compared(over, "consolidate")["society_npv"].values
    assert society.tolist() == pytest.approx([saved + cash, 2 * saved + cash])
    assert (
        vendor_owns(found, "keep").tolist() == vendor_owns(books(), "consolidate").tolist() == [False, False]
    )


@pytest.mark.parametrize(("times", "price", "unused"), [(1e-3, 6250, 0.25), (0, np.nan, 0)])
def test_a_vendor_that_sells_little_or_nothing(times: float, price: float, unused: float) -> None:
    found = books("{mode: ppp, term_years: 30, price_cny_per_unit_year: 9}")
    results = [
        replace(r, outcomes={name: replace(o, amount=times * o.amount) for name, o in r.outcomes.items()})
        for r in found.results
    ]
    vendor = values.vendor(Books.of(found.scenario, results), "consolidate")
    assert vendor["price"].values[0] == pytest.approx(price, nan_ok=True)
    assert vendor["unused_share"].values[0] == pytest.approx(unused)


def _cloud_left(over: np.ndarray) -> float:
    names = ["cloud_fitout", "host_new", "host_refresh", "network_new"]
    return LEFT * float((MOVE / over)[[ITEM[name] for name in names]].sum())


def test_levels_bear_the_cloud_by_weight_or_by_what_moved() -> None:
    """Of four levels the second owns all rooms; by systems moved it bears three quarters of the cloud."""
    cloud = np.array([i.side == "cloud" for i in ITEMS])
    assert level_shares(books(), "keep").tolist() == [[0.25] * 4] * 2
    assert level_shares(books(), "consolidate").tolist() == [[0, 0.75, 0.25, 0]] * 2
    cost = cost_by_level(books(), "consolidate")[0, 3]
    assert cost[1].sum() == pytest.approx(12 * (MOVE[~cloud].sum() + 0.75 * MOVE[cloud].sum()))
    assert cost[2].sum() == pytest.approx(12 * 0.25 * MOVE[cloud].sum())
    assert not cost[0].any() and not cost[3].any()
    levels = list(books().scenario.estate.levels)
    weighed = books(f"{{mode: self, paid_by: {{{levels[0]}: 3, {levels[3]}: 1}}}}")
    assert level_shares(weighed, "consolidate").tolist() == [[0.75, 0, 0, 0.25]] * 2
    saved = level_savings(books(), "consolidate")
    kept = 12 * KEEP[ANNUAL].sum() - 12 * MOVE[ANNUAL & ~cloud].sum()
    assert saved[levels[1]][0] == pytest.approx(kept - 12 * 0.75 * MOVE[ANNUAL & cloud].sum())
    assert saved[levels[2]][0] == pytest.approx(-12 * 0.25 * MOVE[ANNUAL & cloud].sum())


def test_cash_by_year_and_payer() -> None:
    found = flows(books("{mode: ppp, term_years: 30, price_cny_per_unit_year: 9}"), "consolidate")
    levels = list(books().scenario.estate.levels)
    assert found.payers == (*levels, "vendor")
    running, investment, finance = found.cost[0, :, -1].T
    assert running.tolist() == pytest.approx([12 * (5 - 50)] * YEARS)
    assert investment.tolist() == pytest.approx([1000, 0, 0, 0, 0])
    assert not finance.any()
    whole = found.cost[0, :, :-1].sum(axis=1)
    assert whole[0].tolist() == pytest.approx([12 * MOVE[ANNUAL].sum(), 12 * MOVE[~ANNUAL].sum(), 0])
    assert found.saving[0, :, :-1].sum(axis=(1, 2)).tolist() == pytest.approx(
        [12 * (KEEP - MOVE).sum()] * YEARS
    )
    assert found.nominal_cost is not None
    raised = [12 * (5 - 50) * 1.02 ** (year + 0.5) for year in range(YEARS)]
    assert found.nominal_cost[0, :, -1, 0].tolist() == pytest.approx(raised)
    listed = list(rows(books(), "consolidate"))
    start = books().scenario.time.start.year
    assert [row[0] for row in listed] == [start + y for y in range(YEARS) for _ in range(4)]
    assert {row[2] for row in listed} == {"running", "investment"}
    _, payer, group, cost, saving, day = listed[0]
    assert (payer, group) == (levels[1], "running")
    assert day is not None
    assert day.tolist() == pytest.approx((saving * 1.02**0.5).tolist())
    assert cost[0] == pytest.approx(found.cost[0, 0, 1, 0])


def test_finance_is_a_kind_of_its_own() -> None:
    """A lender takes 7 a month, of which the funder pays 2."""
    paid = np.zeros((len(PAYERS) - 1, MONTHS, len(ITEMS)))
    paid[1, :, ITEM["interest"]], paid[2, :, ITEM["interest"]] = -7, 2
    results = [
        replace(
            r, outcomes={**r.outcomes, "consolidate": replace(r.outcomes["consolidate"], others_cny=paid)}
        )
        for r in books().results
    ]
    found = flows(Books.of(books().scenario, results), "consolidate")
    assert found.payers[4:] == ("lender", "funder")
    assert found.cost[0, 2, 4:].tolist() == [[0, 0, -84], [0, 0, 24]]
    assert found.saving[0, 2, 4:].tolist() == [[0, 0, 84], [0, 0, -24]]


def test_finance_of_the_government_is_discounted_by_month() -> None:
    """It pays 5 of interest a month, and is given 1."""
    paid = books().results[0].outcomes["consolidate"].cost_cny.copy()
    paid[:, ITEM["interest"]], paid[:, ITEM["grant"]] = 5, -1
    results = [
        replace(r, outcomes={**r.outcomes, "consolidate": replace(r.outcomes["consolidate"], cost_cny=paid)})
        for r in books().results
    ]
    found = values.compared(Books.of(books().scenario, results), "consolidate")["finance"]
    assert found.values.tolist() == pytest.approx([-4 * WORTH] * 2)


def test_what_one_world_alone_pays_or_saves_is_listed() -> None:
    """The first level pays 5 a year before, in the first world only, and nothing afterwards."""
    first, second = books().results
    levels = first.outcomes["keep"].cost_by_level_cny.copy()
    levels[2, 0, ITEM["room_it"]] = 5
    outcomes = {**first.outcomes, "keep": replace(first.outcomes["keep"], cost_by_level_cny=levels)}
    changed = Books.of(books().scenario, [replace(first, outcomes=outcomes), second])
    level, year = books().scenario.estate.levels, books().scenario.time.start.year + 2
    for name, cost, saving in (("keep", [5, 0], [0, 0]), ("consolidate", [0, 0], [5, 0])):
        listed = [row for row in rows(changed, name) if row[1] == next(iter(level))]
        assert [(row[0], row[2], row[3].tolist(), row[4].tolist()) for row in listed] == [
            (year, "running", cost, saving)
        ]


def test_metrics_of_constant_energy() -> None:
    """Amounts are twice the sums: 80 of IT in rooms before; 14 and 16 after, and 6 of cooling by hand."""
    changed = books()
    for result in changed.results:
        result.outcomes["consolidate"].amount[:, ITEM["cloud_cooling"]] = 6 * result.draws["estate.rooms"]
        result.outcomes["consolidate"].amount[:-1, ITEM["cloud_space"]] = 0  # the last month counts
    found = metrics(changed, "consolidate")
    assert one(found, "pue") == pytest.approx(36 / 30)
    assert one(found, "dcie") == pytest.approx(30 / 36)
    assert one(found, "cue") == pytest.approx(3 * 15 / 30)
    assert one(found, "wue") == pytest.approx((3 * 14 + 2 * 16) / 30)
    assert one(found, "iteusv") == pytest.approx(0.1)
    assert one(found, "iteesv") == pytest.approx(60e6 / 15e3, rel=1e-9)
    assert one(found, "virtualisation") == 6
    assert one(found, "consolidation_ratio") == 3
    racks = 12 * 8 / (MONTHS * 2 * 16)
    assert one(found, "rack_in_use") == one(found, "facility_utilisation") == pytest.approx(racks)
    little = [
        replace(r, outcomes={k: replace(o, amount=1e-3 * o.amount) for k, o in r.outcomes.items()})
        for r in changed.results
    ]
    assert one(metrics(Books.of(changed.scenario, little), "consolidate"), "pue") == pytest.approx(36 / 30)
    keep = metrics(changed, "keep")
    assert np.isnan(keep["virtualisation"].values).all() and np.isnan(keep["rack_in_use"].values).all()
    assert one(keep, "consolidation_ratio") == 1
    bare = Books.of(
        changed.scenario,
        [
            replace(r, outcomes={k: replace(o, stock=None) for k, o in r.outcomes.items()})
            for r in changed.results
        ],
    )
    assert np.isnan(metrics(bare, "consolidate")["iteesv"].values).all()
    dry = changed.scenario.model_copy(update={"water": None})
    assert "wue" not in metrics(Books.of(dry, changed.results), "consolidate")


def test_targets_of_the_initiative() -> None:
    """OMB M-16-19: PUE of 1.5 or less, 4 systems on a server, 65 % of servers' time, 80 % of the facility."""
    for key, good, bad in (
        ("pue", 1.5, 1.51), ("virtualisation", 4, 3.99), ("server_utilisation", 0.65, 0.64),
        ("facility_utilisation", 0.8, 0.79), ("energy_metering", 1, 0.99),
    ):  # fmt: skip
        assert DCOI[key].met(np.array([good, bad])).tolist() == [True, False]
    found = metrics_of(books(), "consolidate")
    assert (found.met["virtualisation"], found.met["server_utilisation"], found.met["energy_metering"]) == (
        1,
        0,
        None,
    )
    assert found.dcoi["energy_metering"] is None
    assert metrics_of(books(), "keep").met["virtualisation"] is None
    first, second = books().results
    unknown = {name: replace(outcome, stock=None) for name, outcome in first.outcomes.items()}
    some = Books.of(books().scenario, [replace(first, outcomes=unknown), second])
    assert metrics_of(some, "consolidate").met["virtualisation"] == 0.5
    figures = metrics(books(), "consolidate")
    five = dcoi(figures)
    assert five["server_utilisation"] is figures["iteusv"] and five["pue"] is figures["pue"]
    assert five["facility_utilisation"] is figures["facility_utilisation"]


def test_figures_over_the_worlds_in_which_they_exist() -> None:
    some = stat(Figure(np.array([np.nan, 2.0, 4.0, np.inf]), "1"))
    assert (some.mean, some.unit) == (3, "1")
    assert stat(Figure(np.array([np.nan]), "yr")).mean is None
    times = stat(Figure(np.array([1.0, 2, np.inf]), "yr"), times=True)
    assert (times.p10, times.p50, times.p90) == (1, 2, None)


def test_money_of_an_alternative() -> None:
    money = money_of(books(), "consolidate")
    keep = money_of(books(), "keep")
    assert (money.mode, keep.mode) == ("self", None)
    assert (keep.compared, keep.savings, keep.vendor, keep.levels) == ({}, (), None, {})
    assert (keep.returns.none, keep.share_without_abatement) == (0, 0)
    assert money.share_without_abatement == 0
    assert money_of(_turned(), "keep").share_without_abatement == 1
    alike = [
        replace(r, outcomes={n: replace(o, carbon_kg=0 * o.carbon_kg) for n, o in r.outcomes.items()})
        for r in books().results
    ]
    assert money_of(Books.of(books().scenario, alike), "consolidate").share_without_abatement == 1
    start = books().scenario.time.start.year
    assert [cash.year for cash in money.costs] == list(range(start, start + YEARS))
    assert money.costs[1].total.mean == pytest.approx(1.5 * 12 * MOVE.sum())
    assert money.costs[1].nominal is not None
    assert money.costs[1].nominal.mean == pytest.approx(1.5 * 12 * MOVE.sum() * 1.02**1.5)
    assert money.savings[0].total.mean == pytest.approx(1.5 * 12 * (KEEP - MOVE).sum())
    assert "irr_kind" not in money.compared
    assert money_of(books("{mode: single-source, price_uplift: 0.1}"), "consolidate").vendor is None
    sold = money_of(books("{mode: ppp, term_years: 30, price_cny_per_unit_year: 9}"), "consolidate")
    assert sold.mode == "ppp" and sold.vendor is not None
    assert sold.vendor.unit == "system"
    assert "vendor_irr_kind" not in sold.vendor.figures
    assert sold.costs[0].by_payer["vendor"].mean == pytest.approx(1000 - 12 * 45)
    assert sold.costs[0].total.mean == pytest.approx(1.5 * 12 * MOVE.sum())
