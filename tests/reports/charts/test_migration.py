"""The move: rows, slips and use of staff counted again from the plan and the timeline of one world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.reports.charts import CHARTS, source
from roomfold.reports.charts.style import Chart, dress, styled
from roomfold.reports.charts.waves import MOST_ROWS, MOST_WAVES, Moves
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import Statement, state
from roomfold.scenarios.estate import NEVER
from roomfold.sim.outcome import Study

from ..small_study import small_study
from .texts import faults

NAME = "consolidate"


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


def drawn(statement: Statement, study: Study, lang: Lang = "en", width_in: float = 8.0) -> Chart:
    with styled("test", width_in):
        chart = CHARTS["migration"](statement, study, lang)
        dress(chart.figure, chart.title, source(study, lang, "run-1"))
        assert faults(chart.figure) == []
    return chart


def moves_of(study: Study) -> Moves:
    found = Moves.of(study, NAME)
    assert found is not None
    return found


def test_texts_are_apart_and_rows_the_same_in_both_languages(statement: Statement, study: Study) -> None:
    rows = [drawn(statement, study, lang, width_in).rows for lang in LANGS for width_in in (8.0, 3.35)]
    assert all(found == rows[0] for found in rows)


def test_every_system_that_moves_is_in_one_row(study: Study) -> None:
    moves = moves_of(study)
    systems, plan = study.world.estate.systems, study.plans[NAME]
    expected = [s for s in range(len(systems.id)) if plan.wave_h[s] < NEVER and systems.arrives_month[s] == 0]
    assert set(expected) <= set(moves.system.tolist())
    kinds = {row.kind for row in moves.rows()}
    for kind in kinds - {"level"}:
        assert (sum(row.chosen.astype(int) for row in moves.rows() if row.kind == kind) == 1).all()


def test_late_is_after_the_planned_day(statement: Statement, study: Study) -> None:
    moves, run = moves_of(study), study.runs[NAME]
    late = 0
    for row in moves.system.tolist():
        moved, planned = int(run.timeline.moved_h[row]), int(study.plans[NAME].wave_h[row])
        gone = study.world.estate.systems.retires_month[row] < study.world.clock.months
        late += moved > planned and not (moved == NEVER and gone)
    assert int(moves.late.sum()) == late
    title = drawn(statement, study).title
    assert (f"{late} of {len(moves.system)} moved later" in title) if late else "as planned" in title


def test_the_table_counts_cut_overs_by_month(statement: Statement, study: Study) -> None:
    rows = drawn(statement, study).rows
    for what, hours in (("planned", study.plans[NAME].wave_h), ("moved", study.runs[NAME].timeline.moved_h)):
        listed = [row for row in rows if row[0] == what]
        shown = hours[moves_of(study).system]
        levels = [row for row in listed if str(row[1]).startswith("level")]
        total = sum(int(row[3]) for row in (levels or listed))
        assert total == int((shown < study.world.clock.hours).sum())
    moved = [row for row in rows if row[0] == "systems_moved"]
    ends = [len(r.outcomes[NAME].moved_h) for r in study.results]
    assert min(ends) <= moved[-1][5] <= max(ends)


def test_staff_is_never_used_before_it_is_there(study: Study) -> None:
    moves = moves_of(study)
    limits = moves.limits()
    staff, line, _ = moves.use(moves.moved_h, True)
    assert staff.sum() > 0
    assert (np.cumsum(staff) <= np.cumsum(limits.staff) + 1e-6).all()
    assert (np.cumsum(line) <= np.cumsum(limits.line) + 1e-6).all()


def test_large_estates_are_shown_by_level_and_wave(study: Study) -> None:
    """The same systems over and over, as of many units: the number of rows does not grow."""
    moves = moves_of(study)
    many = replace(moves, system=np.repeat(moves.system, 2000))
    assert len(many.rows()) == len(moves.rows())
    estate = study.world.estate
    units = replace(estate.units, id=np.arange(500, dtype=np.int32), level=np.zeros(500, dtype=np.int32))
    count = len(estate.systems.id)
    systems = replace(estate.systems, unit=(np.arange(count) % 500).astype(np.int32), room=np.arange(count))
    world = replace(study.world, estate=replace(estate, units=units, systems=systems))
    large = replace(moves, world=world, system=np.arange(count))
    wave_h = (np.arange(count) * 977 % study.world.clock.hours).astype(np.int32)
    large = replace(large, plan=replace(moves.plan, wave_h=wave_h))
    rows = large.rows()
    if len(large.system) > MOST_ROWS:
        assert {row.kind for row in rows} == {"level", "wave"}
        assert sum(row.kind == "wave" for row in rows) <= MOST_WAVES
        assert (sum(row.chosen.astype(int) for row in rows if row.kind == "wave") == 1).all()
