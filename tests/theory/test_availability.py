"""Alternating renewal processes against their theory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

import numpy as np
import pytest

from roomfold.scenarios.clock import Clock
from roomfold.scenarios.estate import Estate
from roomfold.scenarios.world import World
from roomfold.sim.failures import renewals

from .record import Record


def empty_world(years: int, index: int = 0) -> World:
    """A world that has a clock and random numbers, and nothing else."""
    edges = np.linspace(0, years * 8766, years * 12 + 1).astype(np.int64)
    clock = Clock(date(2014, 1, 1), years, edges, np.ones(0, dtype=bool))
    return World(11, index, {}, clock, cast("Estate", None))


@pytest.mark.parametrize(("mtbf_h", "mttr_h"), [(1000.0, 100.0), (300.0, 300.0), (5000.0, 24.0)])
def test_availability_meets_mtbf_over_mtbf_plus_mttr(record: Record, mtbf_h: float, mttr_h: float) -> None:
    machines, world = 3000, empty_world(10)
    rates, repairs = np.full(machines, 1 / mtbf_h), np.full(machines, mttr_h)
    down = renewals(world, "test", np.arange(machines), rates, repairs)
    lost = np.bincount(down.what, weights=down.end_h - down.start_h, minlength=machines)
    up_share = 1 - lost / world.clock.hours
    # All machines start up: the mean over [0, T] exceeds the limit by a known, small transient.
    rate = 1 / mtbf_h + 1 / mttr_h
    limit = mtbf_h / (mtbf_h + mttr_h)
    hours = world.clock.hours
    expected = limit + (1 - limit) * (1 - np.exp(-rate * hours)) / (rate * hours)
    error = up_share.std(ddof=1) / np.sqrt(machines)
    formula, kind = (
        "Availability: MTBF / (MTBF + MTTR), and its transient",
        f"99% interval, {machines} machines",
    )
    assert record.inside(formula, up_share.mean(), expected, 2.58 * error, kind)
    assert error < 0.01 * limit


def test_failures_of_one_machine_never_overlap_and_times_to_failure_are_exponential(
    record: Record,
) -> None:
    machines, mtbf_h = 200, 500.0
    world = empty_world(5)
    down = renewals(
        world, "test", np.arange(machines), np.full(machines, 1 / mtbf_h), np.full(machines, 200.0)
    )
    order = np.lexsort((down.start_h, down.what))
    what, start, end = down.what[order], down.start_h[order], down.end_h[order]
    same = what[1:] == what[:-1]
    up = (start[1:] - end[:-1])[same]
    assert (up >= 0).all()
    # Times near the horizon are cut off, so the mean is slightly short: count against time at risk.
    at_risk = machines * world.clock.hours - (end - start).sum()
    rate, kind = len(what) / at_risk * mtbf_h, f"99% interval, {len(what)} failures"
    assert record.inside("Failures per hour at risk x MTBF = 1", rate, 1.0, 2.58 / np.sqrt(len(what)), kind)
    assert record.inside("Exponential times: deviation / mean = 1", up.std() / up.mean(), 1.0, 0.05, "5%")


def test_thinning_gives_the_rate_asked_for(record: Record) -> None:
    machines, rate = 2000, 1 / 2000
    world = empty_world(4)
    hours = world.clock.hours
    down = renewals(
        world,
        "test",
        np.arange(machines),
        np.full(machines, rate),
        np.full(machines, 1e-3),
        lambda _row, hour: hour / hours,
    )
    late = (down.start_h > hours / 2).sum()
    expected = machines * rate * hours / 2  # the mean rate is half the highest
    kind = "99% interval, Poisson"
    for named, count, mean in (("", len(down.what), expected), (", second half", late, expected * 0.75)):
        formula = f"Poisson of rising rate{named}: int l dt"
        assert record.inside(formula, float(count), mean, 2.58 * np.sqrt(mean), kind)


def test_a_machine_fails_at_the_same_hours_whatever_others_there_are() -> None:
    world = empty_world(5)
    ids = np.arange(50)
    whole = renewals(world, "test", ids, np.full(50, 1e-3), np.full(50, 10.0))
    part = renewals(world, "test", ids[[7, 30]], np.full(2, 1e-3), np.full(2, 10.0))
    for position, id_ in enumerate((7, 30)):
        assert np.array_equal(part.start_h[part.what == position], whole.start_h[whole.what == id_])
        assert np.array_equal(part.end_h[part.what == position], whole.end_h[whole.what == id_])
    other = renewals(replace(world, index=1), "test", ids, np.full(50, 1e-3), np.full(50, 10.0))
    assert not np.array_equal(other.start_h, whole.start_h)
