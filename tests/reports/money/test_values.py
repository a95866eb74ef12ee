"""Money in a statement: who pays, what is conserved, what the vendor earns."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from roomfold.reports.books import Books
from roomfold.reports.cash import present_value
from roomfold.reports.contract import to_json
from roomfold.reports.figures import total_savings
from roomfold.reports.money import values
from roomfold.reports.money.cash_flows import cost_by_level, flows, level_savings, level_shares
from roomfold.reports.money.metrics import metrics
from roomfold.reports.money.tables import COLUMNS, money_csv
from roomfold.reports.residual import residual_cny
from roomfold.reports.statement import state
from roomfold.reports.tables import ledger, ledger_sites
from roomfold.scenarios.draw import design, draw_world
from roomfold.scenarios.loader import load
from roomfold.scenarios.schema import Scenario
from roomfold.sim.codec import decode, encode
from roomfold.sim.crew import Full, Task, run_in_full
from roomfold.sim.finance import financed
from roomfold.sim.ledger import ITEM, ITEMS, PAYERS
from roomfold.sim.outcome import Study

from ..small_study import MINIMAL

WORLDS = 2
FINANCING = "alternatives.consolidate.financing"
PRICES = (
    "prices.inflation={low: 0.01, mode: 0.02, high: 0.04}",
    "prices.carbon_cny_per_t=60",
    "prices.vat={hardware: 0.17, services: 0.06, telecom: 0.06, electricity: 0.17, construction: 0.03}",
    "water={rooms_l_per_kwh: 0, cloud_l_per_kwh: 1.8}",
)
PPP = "{mode: ppp, term_years: 8, vendor_irr: {low: 0.06, mode: 0.08, high: 0.12}}"
GRANT = "{mode: self, grant: {on: 2014-06-01, amount_cny: 1000000}, paid_by: {region: 3, banner: 1}}"


def scenario_of(financing: str | None) -> Scenario:
    """The minimal scenario over two years with prices of everything, financed one way."""
    terms = () if financing is None else (f"{FINANCING}={financing}",)
    return load(MINIMAL, ["time.years=2", *PRICES, *terms])


@cache
def simulated() -> tuple[Full, ...]:
    """What happens, whoever pays."""
    scenario = scenario_of(None)
    points = design(scenario, scenario.study.seed, WORLDS)
    return tuple(run_in_full(scenario, Task(scenario.study.seed, i, p)) for i, p in enumerate(points))


@cache
def study(financing: str | None = None) -> Study:
    """The same worlds, booked to who pays."""
    scenario, results, runs = scenario_of(financing), [], {}
    points = design(scenario, scenario.study.seed, WORLDS)
    for index, (full, point) in enumerate(zip(simulated(), points, strict=True)):
        world = draw_world(scenario, index, scenario.study.seed, point)
        runs = {
            name: replace(run, ledger=financed(scenario, world, full.plans[name], run.timeline, run.ledger))
            for name, run in full.runs.items()
        }
        results.append(Full(world, full.plans, runs).summed(scenario))
    return Study(scenario, scenario.study.seed, tuple(results), world, full.plans, runs)


def books(financing: str | None = None) -> Books:
    found = study(financing)
    return Books.of(found.scenario, found.results)


def test_society_saves_the_same_however_the_cloud_is_financed() -> None:
    plain, ppp, grant = (values.compared(books(f), "consolidate") for f in (None, PPP, GRANT))
    for key in ("society_npv", "carbon_avoided"):
        assert ppp[key].values == pytest.approx(plain[key].values, rel=1e-9)
        assert grant[key].values == pytest.approx(plain[key].values, rel=1e-9)
    assert plain["society_npv"].values == pytest.approx(plain["npv"].values, rel=1e-9)
    rate = books().drawn("prices.discount_rate")
    gift = 1e6 * (1 + rate) ** -(5.5 / 12)
    assert grant["npv"].values - plain["npv"].values == pytest.approx(gift)
    assert grant["finance"].values == pytest.approx(gift)


def test_the_vendor_earns_what_it_asks_and_takes_what_the_government_loses() -> None:
    found = books(PPP)
    vendor, asked = values.vendor(found, "consolidate"), found.drawn(f"{FINANCING}.vendor_irr")
    assert vendor["vendor_irr_kind"].values.tolist() == [1] * WORLDS
    assert vendor["vendor_irr"].values == pytest.approx(asked, abs=1e-9)
    worth = vendor["vendor_npv"].values
    higher = asked > found.drawn("prices.discount_rate")
    assert ((worth > 0) == higher).all()
    assert values.vendor(books(), "consolidate") == {}
    result = found.results[0].outcomes["consolidate"]
    units = result.amount[:, ITEM["service_systems"]].sum()
    assert vendor["price"].values[0] == pytest.approx(
        result.cost_cny[:, ITEM["service_systems"]].sum() / units
    )


def test_what_a_vendor_still_owns_is_no_value_of_the_government() -> None:
    kept, built = residual_cny(books(PPP), "consolidate"), residual_cny(books(), "consolidate")
    soon = books("{mode: ppp, term_years: 1, vendor_irr: 0.08}")
    assert (kept < built).all()
    assert residual_cny(soon, "consolidate") == pytest.approx(built)  # handed over before the end


def test_figures_of_a_plain_future_are_those_of_the_statement() -> None:
    found, totals = values.compared(books(), "consolidate"), total_savings(books(), "consolidate")
    for key in ("npv", "payback_years"):
        assert found[key].values == pytest.approx(totals[key].values)
    rate, flow = books().drawn("prices.discount_rate"), books().saving("consolidate").sum(axis=2)
    left = residual_cny(books(), "consolidate") - residual_cny(books(), "keep")
    at_its_rate = present_value(flow, found["irr"].values) + left * (1 + found["irr"].values) ** -2
    one = found["irr_kind"].values == 1
    assert at_its_rate[one] == pytest.approx(0, abs=1e-6 * np.abs(flow).sum())
    avoided = found["carbon_avoided"].values
    assert found["abatement_cost"].values == pytest.approx(-found["npv"].values / avoided)
    assert found["npv_with_carbon"].values - found["npv"].values == pytest.approx(60 * avoided, rel=0.1)
    own = values.own(books(), "consolidate")
    cost = books().each("consolidate", lambda o: o.cost_cny.sum(axis=1))
    worth = present_value(cost, rate) - own["residual_value"].values * (1 + rate) ** -2
    paid_yearly = own["equivalent_annual_cost"].values * ((1 + rate) ** -1 + (1 + rate) ** -2)
    assert paid_yearly == pytest.approx(worth)


def test_tax_is_taken_off_each_item_at_its_own_rate() -> None:
    found, plain = books(), values.compared(books(), "consolidate")
    rates = {"staff": 0.0, "electricity": 0.17, "hardware_refresh": 0.17, "leased_lines": 0.06}
    annual = {"room_operations", "hardware_maintenance", "platform", *rates}
    expected = np.zeros(WORLDS)
    for world, result in enumerate(found.results):
        saved = result.outcomes["keep"].cost_cny - result.outcomes["consolidate"].cost_cny
        for row, item in enumerate(ITEMS):
            if item.category in annual:
                expected[world] += saved[12:, row].sum() / (1 + rates.get(item.category, 0.06))
    assert plain["annual_without_vat"].values == pytest.approx(expected)


def test_levels_share_the_cloud_and_add_up() -> None:
    for financing in (None, GRANT, PPP):
        found = books(financing)
        cost = cost_by_level(found, "consolidate")
        whole = found.each("consolidate", lambda o: o.cost_cny)
        assert cost.sum(axis=(2, 3)) == pytest.approx(whole.reshape(WORLDS, 2, 12, -1).sum(axis=(2, 3)))
        total = sum(level_savings(found, "consolidate").values())
        assert total == pytest.approx(total_savings(found, "consolidate")["annual_total"].values)
    assert level_shares(books(GRANT), "consolidate").sum(axis=1) == pytest.approx(1)
    weights = dict(
        zip(books(GRANT).scenario.estate.levels, level_shares(books(GRANT), "consolidate")[0], strict=True)
    )
    assert (weights["region"], weights["banner"]) == (0.75, 0.25)
    moved = books().results[0].outcomes["consolidate"].moved_by_level
    assert moved is not None
    assert level_shares(books(), "consolidate")[0] == pytest.approx(moved / moved.sum())


def test_money_of_the_day_is_real_money_raised_by_inflation() -> None:
    found = flows(books(), "consolidate")
    inflation = books().drawn("prices.inflation")
    assert found.nominal_saving is not None
    for year in (0, 1):
        raised = found.saving[:, year] * (1 + inflation[:, None, None]) ** (year + 0.5)
        assert found.nominal_saving[:, year] == pytest.approx(raised)
    scenario = study().scenario
    prices = scenario.prices.model_copy(update={"inflation": None})
    real = Books.of(scenario.model_copy(update={"prices": prices}), study().results)
    assert flows(real, "consolidate").nominal_cost is None


@pytest.mark.parametrize("financing", [None, PPP, GRANT])
def test_the_table_adds_up_to_the_books(financing: str | None) -> None:
    found, text = books(financing), money_csv(study(financing))
    rows = list(csv.reader(io.StringIO(text)))
    assert [head.split(" (")[0] for head in rows[0]] == list(COLUMNS)
    place = {name: i for i, name in enumerate(COLUMNS)}
    levels = set(found.scenario.estate.levels)
    for name in ("keep", "consolidate"):
        mine = [r for r in rows[1:] if r[place["alternative"]] == name and r[place["payer"]] in levels]
        cost = sum(float(r[place["cost_mean_cny"]]) for r in mine)
        assert cost == pytest.approx(found.each(name, lambda o: o.cost_cny.sum()).mean(), rel=1e-9)
    others = {r[place["payer"]] for r in rows[1:]} - levels
    assert others == {None: set(), PPP: {"vendor", "treasury"}, GRANT: {"funder"}}[financing]


def test_tables_and_kept_worlds_hold_every_payer() -> None:
    found = study(PPP)
    rows = ledger(found).to_pylist()
    payers = ("cost_cny", *(f"{payer}_cny" for payer in PAYERS[1:]))
    for result in found.results:
        outcome = result.outcomes["consolidate"]
        mine = [r for r in rows if r["world"] == result.world and r["alternative"] == "consolidate"]
        sums = {key: sum(row[key] for row in mine) for key in payers}
        assert sums["vendor_cny"] == pytest.approx(outcome.vendor_cny.sum())
        assert sum(sums.values()) == pytest.approx(outcome.society_cny.sum())
        again = decode(b"".join(encode(result))).outcomes["consolidate"]
        assert again.others_cny is not None
        assert np.array_equal(again.others_cny, outcome.others_cny)
        assert again.stock == outcome.stock
        assert result.outcomes["keep"].others_cny is None
    sites = ledger_sites(found).to_pylist()
    assert {row["payer"] for row in sites if row["alternative"] == "keep"} == {"government"}
    assert {row["payer"] for row in sites} == {"government", "vendor", "treasury"}


def test_metrics_follow_their_definitions() -> None:
    found = metrics(books(), "consolidate")
    outcome = books().results[1].outcomes["consolidate"]
    steady = outcome.amount[12:]
    it = steady[:, [ITEM["room_it"], ITEM["cloud_it"]]].sum(axis=0)
    power = [row for row, item in enumerate(ITEMS) if item.category == "electricity"]
    assert found["pue"].values[1] == pytest.approx(steady[:, power].sum() / it.sum())
    assert found["dcie"].values * found["pue"].values == pytest.approx(1)
    carbon = outcome.carbon_kg[12:, power].sum()
    assert found["cue"].values[1] == pytest.approx(carbon / it.sum())
    assert found["wue"].values[1] == pytest.approx(1.8 * it[1] / it.sum())
    assert outcome.stock is not None
    assert found["iteesv"].values[1] == pytest.approx(outcome.stock.max_mssj / outcome.stock.max_kw * 1e3)
    before = books().results[1].outcomes["keep"].stock
    assert before is not None
    after = outcome.stock.servers + outcome.stock.hosts
    assert found["consolidation_ratio"].values[1] == pytest.approx((before.servers + before.hosts) / after)
    assert outcome.stock.hosts == outcome.hosts_on[-1]
    assert before.hosts == 0
    assert np.isnan(metrics(books(), "keep")["rack_in_use"].values).all()


def test_the_statement_holds_money_and_metrics() -> None:
    written = to_json(state(study(PPP)))
    money, found = written["money"], written["metrics"]
    assert isinstance(money, dict)
    assert isinstance(found, dict)
    assert money["consolidate"]["mode"] == "ppp"
    assert money["keep"]["savings"] == []
    assert [cash["year"] for cash in money["consolidate"]["savings"]] == [2014, 2015]
    assert money["consolidate"]["vendor"]["unit"] == "system"
    assert found["keep"]["dcoi"]["energy_metering"]["stat"] is None
    assert found["consolidate"]["pue"]["standard"] == "ISO/IEC 30134-2"
