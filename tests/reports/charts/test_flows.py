"""Sankey, host packing and rooms: what is drawn is what statement, plan and timeline say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from roomfold.reports.charts import CHARTS, source
from roomfold.reports.charts.energy import GAP, NODES, SIDES, energy_flows
from roomfold.reports.charts.hosts import Packing
from roomfold.reports.charts.rooms import open_by_level
from roomfold.reports.charts.sankey import Flow, Sankey, spread
from roomfold.reports.charts.style import Chart, dress, styled
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import Statement, state
from roomfold.scenarios.terms import Text
from roomfold.sim.outcome import Study

from ..small_study import small_study
from .texts import faults

MINE = ("waterfall", "cashflow", "energy", "utilisation", "hosts", "rooms")
NARROW_IN = 8.5 / 2.54
LONG = Text(en=('<b>=HYPERLINK("x")&amp;\x07 ' * 9)[:200], zh="一处县级人民政府办公室电子政务机房、" * 11)


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


@pytest.fixture(scope="module")
def hostile(study: Study) -> Study:
    """The same study with names that no page was made for."""
    scenario = study.scenario
    levels = {k: level.model_copy(update={"title": LONG}) for k, level in scenario.estate.levels.items()}
    changes = {
        "title": LONG,
        "alternatives": {k: a.model_copy(update={"title": LONG}) for k, a in scenario.alternatives.items()},
        "estate": scenario.estate.model_copy(update={"levels": levels}),
    }
    return replace(study, scenario=scenario.model_copy(update=changes))


def drawn(name: str, statement: Statement, study: Study, lang: Lang = "en") -> Chart:
    return CHARTS[name](statement, study, lang)


def test_flows_lose_nothing_and_are_the_statement(statement: Statement, study: Study) -> None:
    rows = drawn("energy", statement, study).rows
    for name, conduct in statement.conduct.items():
        kwh = {row[2]: float(row[3]) for row in rows if row[:2] == ("steady", name)}
        for cause in ("it", "ups", "cooling", "other"):
            both = kwh[f"room_{cause}"] + kwh[f"cloud_{cause}"]
            assert both == pytest.approx(getattr(conduct, f"energy_{cause}").mean, rel=1e-9, abs=1e-9)
        assert sum(kwh.values()) == pytest.approx(conduct.energy.mean, rel=1e-9)


def test_what_flows_into_a_node_flows_out_of_it() -> None:
    flows = energy_flows(np.random.default_rng(1).uniform(0, 1e6, 60))
    found = Sankey.of(NODES, flows, GAP)
    into, out = Counter[str](), Counter[str]()
    for flow in found.flows:
        out[flow.source] += flow.amount  # type: ignore[assignment]  # counts of any number
        into[flow.target] += flow.amount  # type: ignore[assignment]  # as above
    assert into["ups_in"] == pytest.approx(out["ups_in"], rel=1e-9)
    assert sum(out[side] for side in SIDES) == pytest.approx(sum(into[c] for c in NODES[2]), rel=1e-9)
    for node, bar in found.bars.items():
        assert bar.bottom - bar.top == pytest.approx(max(into[node], out[node]), rel=1e-9)
    for flow, (begin, end) in zip(found.flows, found.ribbons, strict=True):
        for node, place in ((flow.source, begin), (flow.target, end)):
            bar = found.bars[node]
            assert bar.top - 1e-6 <= place <= place + flow.amount <= bar.bottom + 1e-6


def test_nothing_flows_where_nothing_is() -> None:
    found = Sankey.of((("a",), ("b", "c")), (Flow("a", "b", 2.0), Flow("a", "c", 0.0)), 0.5)
    assert set(found.bars) == {"a", "b"}
    assert Sankey.of((("a",),), (), 0.5).depth == 0
    assert spread([0.0, 0.1, 3.0], 1.0) == [0.0, 1.0, 3.0]


def test_both_diagrams_have_one_scale(statement: Statement, study: Study) -> None:
    with styled("test"):
        before, after, _ = drawn("energy", statement, study).figure.axes
    assert before.get_ylim() == after.get_ylim()
    tall = [max(p.get_height() for p in ax.patches if isinstance(p, Rectangle)) for ax in (before, after)]
    means = [statement.conduct[name].energy.mean or 0.0 for name in ("keep", "consolidate")]
    assert tall == pytest.approx([max(means) / 1e6] * 2)  # the smaller one is outlined at the larger's height


def test_hosts_stand_where_plan_and_capacities_put_them(statement: Statement, study: Study) -> None:
    plan, estate, world = study.plans["consolidate"], study.world.estate, study.world
    cloud = study.scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    curves = study.scenario.hardware.curves
    strongest = max(curves[t.curve].ssj_ops / curves[t.curve].cores for t in cloud.host_types)
    comfort, end = world.of(cloud.comfort_factor), world.clock.months
    given = np.zeros((len(plan.hosts.pool), 3))
    for server, host in enumerate(plan.placement):
        system = estate.servers.system[server]
        gone = min(estate.servers.retires_month[server], estate.systems.retires_month[system]) < end
        if host < 0 or gone or plan.wave_h[system] >= world.clock.hours:
            continue
        row = plan.flavour[server]
        size = [plan.flavours.vcpu[row], plan.flavours.memory_gb[row], plan.flavours.disk_gb[row]]
        if cloud.sizing == "profiles" and not estate.servers.zombie[server]:
            size[1] = min(size[1], estate.servers.memory_gb[server] * comfort)
            size[2] = min(size[2], estate.servers.disk_gb[server] * comfort)
        given[host] += size
    rows = drawn("hosts", statement, study).rows
    assert len(rows) == len(plan.hosts.pool)
    for host, row in enumerate(rows):
        kind = cloud.host_types[plan.hosts.type[host]]
        curve = curves[kind.curve]
        usable = (
            curve.ssj_ops / strongest * world.of(cloud.vcpu_per_core),
            kind.memory_gb * (1 - world.of(cloud.memory_reserve_share)),
            kind.disk_gb,
        )
        assert row[:3] == ("consolidate", host, int(plan.hosts.standby[host]))
        assert row[3:] == pytest.approx(given[host] / usable, rel=1e-9, abs=1e-12)


def test_stranded_capacity_by_hand() -> None:
    filled = np.array([[0.5, 1.0, 0.2], [0.4, 0.2, 0.2], [0.0, 0.0, 0.0]])
    usable = np.array([[10.0, 100.0, 1.0], [30.0, 100.0, 1.0], [10.0, 50.0, 1.0]])
    parts = Packing(filled, usable, np.array([False, False, True])).parts()
    assert parts[0] == pytest.approx([17 / 50, 5 / 50, 18 / 50, 10 / 50])
    assert parts[1] == pytest.approx([120 / 250, 20 / 250, 60 / 250, 50 / 250])


def test_rooms_by_level_are_the_series(statement: Statement, study: Study) -> None:
    last = study.world.clock.month_edges_h[1:] - 1
    for name, run in study.runs.items():
        assert open_by_level(study, name).sum(axis=0) == pytest.approx(run.series["rooms_open"][last])
    rows = [row for row in drawn("rooms", statement, study).rows if row[1:3] == ("keep", "all")]
    assert rows[-1][4] == pytest.approx(statement.conduct["keep"].rooms_open.p50)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width_in", [8.0, NARROW_IN])
def test_no_text_lies_on_another(hostile: Study, statement: Statement, lang: Lang, width_in: float) -> None:
    told = replace(statement, scenario=hostile.scenario)
    for name in MINE:
        with styled(name, width_in):
            chart = drawn(name, told, hostile, lang)
            dress(chart.figure, chart.title, source(hostile, lang, "run-1"))
            assert chart.figure.get_figwidth() == pytest.approx(width_in)
            assert faults(chart.figure) == [], name
