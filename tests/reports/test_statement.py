"""The statement: its contract, and its figures as sums over the books."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import jsonschema
import numpy as np
import pytest

from roomfold.reports import Statement, estimate, state, table
from roomfold.reports.books import Books, annual_years
from roomfold.reports.cash import payback, present_value
from roomfold.reports.figures import annual_savings, level_savings, one_off_savings, total_savings
from roomfold.reports.quantiles import quantiles
from roomfold.reports.rank import by_grade, chance, rank_correlations
from roomfold.scenarios.check import columns
from roomfold.scenarios.loader import load
from roomfold.sim.ledger import ANNUAL, ITEMS, ONE_OFF
from roomfold.sim.outcome import Study

from .hand_study import hand_books
from .made_study import made_study
from .small_study import small_study

NUMBER = {"type": ["number", "null"]}
STAT = {
    "type": "object",
    "required": ["p10", "p50", "p90", "mean", "unit"],
    "additionalProperties": False,
    "properties": {**dict.fromkeys(("p10", "p50", "p90", "mean"), NUMBER), "unit": {"type": "string"}},
}


def exactly(keys: tuple[str, ...], value: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": list(keys),
        "additionalProperties": False,
        "properties": dict.fromkeys(keys, value),
    }


def of_each(value: object) -> dict[str, object]:
    return {"type": "object", "minProperties": 1, "additionalProperties": value}


def at_least(**fields: object) -> dict[str, object]:
    return {"type": "object", "required": list(fields), "properties": fields}


TEXT = exactly(("en", "zh"), {"type": "string", "minLength": 1})
CONTRACT = at_least(
    schema={"const": 1},
    scenario={"type": "string"},
    baseline={"type": "string"},
    alternatives={"type": "array", "items": {"type": "string"}, "minItems": 1},
    currency={"const": "CNY"},
    price_year={"type": "integer"},
    horizon_years={"type": "integer"},
    worlds={"type": "integer"},
    savings=of_each(
        at_least(annual=exactly(ANNUAL, STAT), one_off=exactly(ONE_OFF, STAT), npv=STAT, payback_years=STAT)
    ),
    energy_kwh_per_year=of_each(STAT),
    carbon_t_per_year=of_each(STAT),
    pue=of_each(STAT),
    utilisation=of_each(STAT),
    hosts=of_each(STAT),
    rooms_open=of_each(STAT),
    service=of_each(at_least(availability=STAT, unserved_share=STAT)),
    claims={
        "type": "array",
        "items": at_least(
            id={"type": "string"},
            what=TEXT,
            published={"type": "number"},
            unit={"type": "string"},
            stat=STAT,
            verdict={"enum": ["inside", "outside", "used"]},
            accounting={"type": "string"},
            calibrated={"type": "boolean"},
            source={"type": "string"},
        ),
    },
    plan=of_each(
        at_least(
            cost={"type": "number"},
            bound={"type": "number"},
            gap={"type": "number"},
            solver={"type": "string"},
            seconds={"type": "null"},
        )
    ),
)


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


def test_statement_keeps_its_contract(statement: Statement) -> None:
    written = json.loads(json.dumps(statement.to_json(), allow_nan=False))
    jsonschema.validate(written, CONTRACT)
    assert set(written["savings"]) == {"consolidate"}
    assert set(written["energy_kwh_per_year"]) == {"keep", "consolidate"}
    assert set(written["plan"]) == {"consolidate"}


def test_the_same_study_is_stated_in_the_same_words(study: Study, statement: Statement) -> None:
    assert json.dumps(state(study).to_json()) == json.dumps(statement.to_json())


def test_categories_levels_and_totals_reconcile_with_the_books(study: Study) -> None:
    books = Books.of(study.scenario, study.results)
    annual, one_off = annual_savings(books, "consolidate"), one_off_savings(books, "consolidate")
    totals = total_savings(books, "consolidate")
    for world, result in enumerate(study.results):
        saved = result.outcomes["keep"].cost_cny - result.outcomes["consolidate"].cost_cny
        steady = saved[12:]  # the deadline is in the first of two years
        for category in ANNUAL:
            rows = [row for row, item in enumerate(ITEMS) if item.category == category]
            assert annual[category].values[world] == pytest.approx(steady[:, rows].sum(), rel=1e-12, abs=1e-6)
        everything = sum(f.values[world] for f in one_off.values())
        assert totals["one_off_total"].values[world] == pytest.approx(everything, rel=1e-12)
    for parts in (annual, level_savings(books, "consolidate")):
        summed = sum(figure.values for figure in parts.values())
        assert summed == pytest.approx(totals["annual_total"].values, rel=1e-9)
    without = totals["annual_without_staff"].values
    assert without == pytest.approx(totals["annual_total"].values - annual["staff"].values, rel=1e-9)


def test_savings_are_taken_world_by_world() -> None:
    books = hand_books(1.0, 5.0, 2.0)
    saved = annual_savings(books, "consolidate")["leased_lines"]
    assert saved.values == pytest.approx([12 * 7, 12 * 35, 12 * 14])


def test_a_future_against_itself_saves_exactly_nothing(study: Study) -> None:
    same = tuple(
        replace(r, outcomes=dict.fromkeys(study.scenario.alternatives, r.outcomes["keep"]))
        for r in study.results
    )
    savings = state(replace(study, results=same)).savings["consolidate"]
    stats = [*savings.annual.values(), *savings.one_off.values(), *savings.by_level.values(), savings.npv]
    assert all(stat.span == (0, 0, 0) and stat.mean == 0 for stat in stats)
    assert savings.payback_years.p50 == 0


def test_money_flows_in_the_middle_of_its_month() -> None:
    cash = np.zeros((2, 24))
    cash[0, 0], cash[1, 12] = 100.0, 100.0
    value = present_value(cash, np.array([0.1, 0.21]))
    assert value == pytest.approx([100 / 1.1 ** (0.5 / 12), 100 / 1.21 ** (12.5 / 12)])


@pytest.mark.parametrize(
    ("cash", "years"),
    [([1, 2], 0), ([-5, 1, 5], 2.8 / 12), ([-5, 6, -2, 9], 28 / 108), ([-5, 1], np.inf), ([0, 0], 0)],
)
def test_payback_is_for_good(cash: list[float], years: float) -> None:
    assert payback(np.array([cash], dtype=float))[0] == pytest.approx(years)


@pytest.mark.parametrize(
    ("deadline", "start", "years"),
    [
        (date(2014, 12, 31), date(2014, 1, 1), (1, 2, 3, 4)),
        (date(2015, 1, 1), date(2014, 1, 1), (2, 3, 4)),
        (date(2014, 6, 30), date(2014, 7, 1), (0, 1, 2, 3, 4)),
        (date(2015, 6, 30), date(2014, 7, 1), (1, 2, 3, 4)),
        (date(2030, 1, 1), date(2014, 1, 1), (4,)),
        (None, date(2014, 1, 1), (2, 3, 4)),
    ],
)
def test_annual_years_begin_after_the_deadline(
    deadline: date | None, start: date, years: tuple[int, ...]
) -> None:
    scenario = load("inner-mongolia")
    moved = scenario.alternatives["consolidate"].model_copy(update={"deadline": deadline})
    changes = {
        "alternatives": scenario.alternatives | {"consolidate": moved},
        "time": scenario.time.model_copy(update={"start": start}),
    }
    assert annual_years(scenario.model_copy(update=changes)) == years


def test_drivers_find_what_was_put_in() -> None:
    books = hand_books(*np.linspace(1, 3, 40))
    found = rank_correlations(books, books.annual_saving("consolidate"))
    assert [(d.path, round(d.correlation, 9)) for d in found] == [("estate.rooms", 1.0)]
    assert by_grade(found) == {"S": 0.0, "W": 0.0, "A": 1.0}
    assert rank_correlations(books, np.ones(40)) == ()
    assert chance(101) == pytest.approx(0.35)


def test_headline_range_is_that_of_the_estimate(study: Study, statement: Statement) -> None:
    books = Books.of(study.scenario, study.results)
    low, middle, high = quantiles(books.annual_saving("consolidate")) / 1e6
    line = estimate(study.results[::-1], study.scenario, 9)
    assert line == f"5/9 worlds  net annual saving P10 {low:.1f} – P50 {middle:.1f} – P90 {high:.1f} M CNY"
    assert statement.savings["consolidate"].annual_total.p50 == pytest.approx(middle * 1e6)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_fits_one_screen(lang: str) -> None:
    shown = table(state(made_study()), lang).split("\n")  # type: ignore[arg-type]  # a plain text
    assert len(shown) <= 46
    assert max(columns(line) for line in shown) <= 100
    assert sum(line.lstrip().startswith(("K1 ", "K2 ", "K3 ")) for line in shown) == 9
