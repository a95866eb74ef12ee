"""Several alternatives, and none: every one is drawn with its own figures, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize.plan import Flavours
from roomfold.reports.charts import CHARTS, EACH, figures, source
from roomfold.reports.charts.style import Chart, dress, styled
from roomfold.reports.lines import hosts_bought
from roomfold.reports.messages import Lang
from roomfold.reports.statement import Statement, state
from roomfold.sim.ledger import ITEM
from roomfold.sim.outcome import Study

from ..small_study import small_study
from .texts import faults

IN_PLACE = "alternatives.virtualise={title: {en: In place, zh: 就地}, like: consolidate, kind: virtualise}"
TOGETHER = ("energy", "service", "rooms", "utilisation", "cashflow")
NAMES = ("keep", "consolidate", "virtualise")


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study(IN_PLACE, worlds=2)


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


@pytest.fixture(scope="module")
def alone(study: Study) -> Study:
    """Its baseline, with nothing to compare it to."""
    scenario = study.scenario
    only = {"keep": scenario.alternatives["keep"]}
    results = tuple(replace(r, outcomes={"keep": r.outcomes["keep"]}) for r in study.results)
    kept = {"runs": {"keep": study.runs["keep"]}, "plans": {"keep": study.plans["keep"]}}
    changed = scenario.model_copy(update={"alternatives": only, "claims": ()})
    return replace(study, scenario=changed, results=results, **kept)


def drawn(name: str, statement: Statement, study: Study) -> Chart:
    with styled("test"):
        return CHARTS[name](statement, study, "en")


def test_there_is_a_figure_of_every_alternative(statement: Statement, study: Study) -> None:
    found = figures(statement, study)
    assert set(found) == {*CHARTS, *(f"{chart}-virtualise" for chart in EACH)}
    assert found["levels-virtualise"] == ("levels", "virtualise")
    assert found["levels"] == ("levels", "consolidate")


def test_each_is_drawn_with_its_own_figures(statement: Statement, study: Study) -> None:
    kwh = dict.fromkeys(NAMES, 0.0)
    for period, name, _, mean, *_ in drawn("energy", statement, study).rows:
        if period == "steady":
            kwh[str(name)] += float(mean)
    assert kwh == pytest.approx({name: statement.conduct[name].energy.mean for name in NAMES}, rel=1e-9)
    lost = {row[1]: row[3] for row in drawn("service", statement, study).rows if row[0] == "hours_lost"}
    assert lost == pytest.approx({n: statement.conduct[n].system_hours_lost.p50 for n in NAMES})
    busy = {row[0] for row in drawn("utilisation", statement, study).rows}
    opened = {row[1] for row in drawn("rooms", statement, study).rows}
    assert busy == opened == set(NAMES)


def test_what_is_saved_belongs_to_the_alternative(statement: Statement, study: Study) -> None:
    last = {row[1]: row[3] for row in drawn("cashflow", statement, study).rows}
    for name in NAMES[1:]:
        told = replace(statement, headline=name)
        total = drawn("waterfall", told, study).rows[-1]
        stat = statement.savings[name].annual_total
        assert total[4:] == pytest.approx(stat.span, rel=1e-9)
        ends = [float((r.outcomes["keep"].cost_cny - r.outcomes[name].cost_cny).sum()) for r in study.results]
        assert last[name] == pytest.approx(np.mean(ends), rel=1e-9)  # the median of two
        levels = drawn("levels", told, study).rows
        paid = {row[1]: row[3] for row in levels if (row[0], row[2]) == ("annual", "net")}
        assert paid == pytest.approx(
            {key: s.mean for key, s in statement.money[name].levels.items()}
            | ({"government": stat.mean} if "government" in paid else {}),
            rel=1e-9,
        )


@pytest.mark.parametrize(("lang", "width_in"), [("en", 8.0), ("zh", 8.5 / 2.54)])
def test_no_text_lies_on_another(statement: Statement, study: Study, lang: Lang, width_in: float) -> None:
    for name in TOGETHER:
        with styled(name, width_in):
            made = CHARTS[name](statement, study, lang)
            dress(made.figure, made.title, source(study, lang, "run-1"))
            assert faults(made.figure) == [], name


def test_the_baseline_alone_has_charts_of_what_it_does(alone: Study) -> None:
    said = state(alone)
    assert list(figures(said, alone)) == ["energy", "utilisation", "rooms", "service"]
    keep = alone.results[0].outcomes["keep"].amount
    assert keep[:, ITEM["room_it"]].sum() > 0
    rows = drawn("energy", said, alone).rows
    assert {row[1] for row in rows} == {"keep"}


def test_a_plan_without_flavours_has_no_hosts_to_show(statement: Statement, study: Study) -> None:
    plan = study.plans["consolidate"]
    none = replace(
        plan, flavours=Flavours(*(np.empty(0),) * 3), flavour=np.full(len(plan.flavour), -1, np.int32)
    )
    bare = replace(study, plans={**study.plans, "consolidate": none})
    assert drawn("hosts", statement, bare).rows == ()
    unsized = replace(plan, flavour=np.full(len(plan.flavour), -1, np.int32))
    rows = drawn("hosts", statement, replace(study, plans={"consolidate": unsized})).rows
    assert len(rows) == len(plan.hosts.pool)
    assert all(row[3:] == (0.0, 0.0, 0.0) for row in rows)


def test_hosts_are_called_after_where_they_stand(statement: Statement) -> None:
    assert hosts_bought(statement, "en", "consolidate") == "Cloud hosts bought"
    assert hosts_bought(statement, "en", "virtualise") == "Hosts in rooms bought"
    assert hosts_bought(statement, "en") == "Hosts bought, in the cloud or in rooms"
    assert hosts_bought(statement, "zh", "virtualise") == "购置机房主机（台）"
