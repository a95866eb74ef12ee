"""Claims, alternatives, plans and payers side by side: figures as the statement has them, texts apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize.plan import Proof, ScheduleProof, SitingProof
from roomfold.reports.charts import CHARTS, source
from roomfold.reports.charts.proof import Part, _parts
from roomfold.reports.charts.style import Chart, dress, styled
from roomfold.reports.charts.tradeoff import dominated
from roomfold.reports.charts.verdicts import MOST_LINES, _fitting, _groups, _lines
from roomfold.reports.messages import Lang
from roomfold.reports.statement import Statement, state
from roomfold.sim.outcome import Study

from ..made_study import made_study
from .texts import faults

LONG = '=HYPERLINK("x") <b>很长的名称 & a name without an end</b> ' * 4


@pytest.fixture(scope="module")
def study() -> Study:
    return made_study(8)


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


def drawn(name: str, statement: Statement, study: Study, lang: Lang = "en", width_in: float = 8.0) -> Chart:
    with styled("test", width_in):
        chart = CHARTS[name](statement, study, lang)
        dress(chart.figure, chart.title, source(study, lang, "run-1"))
        assert faults(chart.figure) == []
    return chart


@pytest.mark.parametrize("name", ["verdicts", "tradeoff", "levels", "distribution", "service", "drivers"])
def test_no_text_lies_over_another(name: str, statement: Statement, study: Study) -> None:
    drawn(name, statement, study, "en", 8.0)
    drawn(name, statement, study, "zh", 3.35)


def test_every_way_of_counting_is_a_row_of_the_verdicts(statement: Statement, study: Study) -> None:
    rows = drawn("verdicts", statement, study).rows
    found = {(row[0], row[1], row[2]): row for row in rows}
    assert len(found) == len(rows) == len(statement.claims)
    for check in statement.claims:
        row = found[check.claim.id, check.alternative, check.accounting]
        assert row[3:6] == (check.verdict, check.claim.published, check.claim.unit)
        assert row[6:9] == check.stat.span
        assert row[9] == pytest.approx(check.stat.p50 / check.claim.published)


def test_two_hundred_claims_with_long_names_fit_a_page(statement: Statement, study: Study) -> None:
    first = next(check for check in statement.claims if check.claim.metric == "annual_saving")
    what = first.claim.what.model_copy(update={"en": LONG, "zh": LONG})
    claims = [
        first.claim.model_copy(update={"id": f"N{i}", "what": what, "published": 1e6 * (i + 1)})
        for i in range(200)
    ]
    many = tuple(
        replace(check, claim=claim, distance=claim.published - 65e6, inside=claim.published < 70e6)
        for claim in claims
        for check in statement.claims
        if check.claim.id == first.claim.id
    )
    groups = _groups(many)
    shown = _fitting(groups)
    assert _lines(groups) > _lines(shown)
    assert _lines(shown) <= MOST_LINES
    assert max(group.off for group in groups) == max(group.off for group in shown)
    chart = drawn("verdicts", replace(statement, claims=many), study)
    assert chart.figure.get_figheight() < 10.5
    assert len(chart.rows) == len(many)


def test_dominance_is_what_comparing_every_pair_says() -> None:
    draws = np.random.default_rng(3)
    for _ in range(50):
        medians = draws.integers(0, 4, size=(draws.integers(1, 8), 3)).astype(float)
        slow = [
            any(
                all(b <= a for a, b in zip(one, other, strict=True))
                and any(b < a for a, b in zip(one, other, strict=True))
                for other in medians.tolist()
            )
            for one in medians.tolist()
        ]
        assert dominated(medians).tolist() == slow


def test_the_tradeoff_is_between_figures_of_the_statement(statement: Statement, study: Study) -> None:
    rows = {(row[0], row[1]): row[2:] for row in drawn("tradeoff", statement, study).rows}
    for name in study.scenario.alternatives:
        cost = statement.money[name].own["equivalent_annual_cost"]
        assert rows[name, "cost"][:3] == pytest.approx(cost.span, rel=1e-12)
        assert rows[name, "risk"][:3] == pytest.approx(statement.conduct[name].system_hours_lost.span)
    medians = np.array([[rows[name, aim][1] for aim in ("cost", "carbon", "risk")] for name in rows_of(rows)])
    assert [bool(rows[name, "cost"][3]) for name in rows_of(rows)] == dominated(medians).tolist()


def rows_of(rows: dict[tuple[object, object], object]) -> list[object]:
    return list(dict.fromkeys(name for name, _ in rows))


def test_levels_are_those_of_the_statement_and_payers_add_up(statement: Statement, study: Study) -> None:
    rows = {row[:3]: row[3:] for row in drawn("levels", statement, study).rows}
    assert statement.headline is not None
    levels = statement.money[statement.headline].levels
    for level, stat in levels.items():
        net = rows["annual", level, "net"]
        assert net == pytest.approx((stat.mean, *stat.span), rel=1e-9)
        parts = [
            v[0]
            for (period, payer, part), v in rows.items()
            if (period, payer) == ("annual", level) and part != "net"
        ]
        assert sum(parts) == pytest.approx(net[0], rel=1e-9)
        assert rows["annual", level, "cloud_share"][0] < 0
    total = statement.savings[statement.headline].annual_total
    assert rows["annual", "government", "net"] == pytest.approx((total.mean, *total.span), rel=1e-9)
    whole = [
        r.outcomes["keep"].cost_cny.sum() - r.outcomes["consolidate"].cost_cny.sum() for r in study.results
    ]
    assert rows["horizon", "government", "net"][0] == pytest.approx(np.mean(whole), rel=1e-9)


def test_what_the_best_plan_could_still_save(statement: Statement, study: Study) -> None:
    packed = Proof(1.2e6, 1.0e6, 0.0, 0.2, 0.2, "volume", "solver", 0.0, 20, (), 30, 18)
    moves = ScheduleProof(9.0e6, 8.0e6, 0.125, "exact", 12.0e6, 0.0)
    proven = replace(
        statement, proofs={"consolidate": packed}, schedules={"consolidate": moves}, late={"consolidate": 0}
    )
    sited = SitingProof(4e6, 4e6, 0.0, "exact", 0.0, ("a", "b"), np.empty(0))
    planned = replace(study, plans={"consolidate": _with_siting(sited)})
    chart = drawn("proof", proven, planned)
    opens, start = study.scenario.alternatives["consolidate"].cloud.opens, study.scenario.time.start
    years = study.scenario.time.years - (opens - start).days / 365.25
    rows = {row[1:3]: row[3:] for row in chart.rows}
    assert rows["packing", "plan"] == pytest.approx((1.2e6, 1.0e6, 0.2))
    assert rows["waves", "plan"] == pytest.approx((9.0e6 / years, 8.0e6 / years, 0.125))
    assert rows["waves", "in-turn"] == pytest.approx((12.0e6 / years, 8.0e6 / years, 0.5))
    assert "CNY 0.200 million a year (20.0%)" in chart.title
    assert "nothing, as proven" in chart.title
    assert [part.left for part in _parts(proven, planned)] == pytest.approx([2e5, 0.0, 1e6 / years])
    assert Part("x", "packing", 1.0, 0.0, {}).over(1.0) == 0.0


def _with_siting(sited: SitingProof) -> object:
    class Sited:
        siting = sited

    return Sited()
