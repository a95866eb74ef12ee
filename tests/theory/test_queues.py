"""Queues for provisioning and repair teams against Erlang, Engset's kin and Little."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.sim import provisioning
from roomfold.sim.agenda import Agenda, Entry
from roomfold.sim.failures import possible
from roomfold.sim.grid import down_to_grid, up_to_grid
from roomfold.sim.repair import Crews, repairs
from roomfold.sim.teams import Teams
from roomfold.sim.timeline import Repairs, Requests

from .formulas import batches, erlang_b, erlang_c, finite_source
from .record import Record
from .test_availability import empty_world

Floats = NDArray[np.float64]

# Erlang's table: load in erlang at which one arrival in a hundred is lost, by number of teams.
ERLANG_TABLE = [(1, 0.0101), (5, 1.361), (10, 4.461), (20, 12.03)]

MEAN_H = 24.0
SERVICE: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "exponential": lambda rng, n: rng.exponential(MEAN_H, n),
    "constant": lambda _, n: np.full(n, MEAN_H),
    "lognormal": lambda rng, n: MEAN_H * rng.lognormal(-0.5, 1.0, n),
}


def served(
    load: float, teams: int, places: int | None, kind: str = "exponential", n: int = 60_000
) -> Requests:
    """Poisson arrivals at provisioning teams; load in erlang."""
    rng = np.random.default_rng(20140101)
    asked_h = down_to_grid(np.cumsum(rng.exponential(MEAN_H / load, n)))
    work_h = up_to_grid(SERVICE[kind](rng, n))
    return provisioning.serve(np.arange(n), asked_h, work_h, np.full(n, np.inf), Teams(teams, places))


@pytest.mark.parametrize(("teams", "load"), ERLANG_TABLE)
def test_the_formula_meets_erlangs_table(record: Record, teams: int, load: float) -> None:
    assert record.same("Erlang's table: B(c, a)", erlang_b(teams, load), 0.01, relative=1e-3)


@pytest.mark.parametrize("kind", SERVICE)
def test_erlang_b_where_nobody_may_wait_whatever_the_service_time(record: Record, kind: str) -> None:
    found = served(3.0, 4, places=0, kind=kind)
    lost = batches(found.turned_away.astype(float))
    assert record.near("M/G/c/c, share turned away: B(c, a)", lost, erlang_b(4, 3.0), within=0.1)
    assert np.array_equal(found.begun_h[~found.turned_away], found.asked_h[~found.turned_away])


@pytest.mark.parametrize(("teams", "load"), [(1, 0.5), (3, 2.1), (8, 6.0)])
def test_erlang_c_where_all_may_wait(record: Record, teams: int, load: float) -> None:
    found = served(load, teams, places=None)
    waits, name = found.begun_h - found.asked_h, "M/M/1" if teams == 1 else "M/M/c"
    delayed = erlang_c(teams, load)
    assert record.near(
        f"{name}, share that waits: C(c, a)", batches((waits > 0).astype(float)), delayed, 0.15
    )
    mean_h = delayed * MEAN_H / (teams - load)
    assert record.near(f"{name}, mean wait, h: C(c, a) s / (c - a)", batches(waits), mean_h, within=0.3)


def test_a_few_places_lie_between_erlang_b_and_erlang_c(record: Record) -> None:
    """M/M/c/c+k: a birth and death process cut off at c + k."""
    teams, load, places = 3, 2.4, 2
    states = np.cumprod([1.0, *(load / min(n, teams) for n in range(1, teams + places + 1))])
    found = served(load, teams, places)
    lost, formula = batches(found.turned_away.astype(float)), "M/M/c/c+k, share turned away: p(c+k)"
    assert record.near(formula, lost, states[-1] / states.sum(), within=0.1)
    waits = (found.begun_h > found.asked_h) & ~found.turned_away
    delayed = states[teams:-1].sum() / states.sum()
    formula = "M/M/c/c+k, share that waits: p(c) + ... + p(c+k-1)"
    assert record.near(formula, batches(waits.astype(float)), delayed, within=0.1)


def broken(machines: int, crews: int, teams: int, mtbf_h: float, mttr_h: float, years: int) -> Repairs:
    """Failures and repairs of equal crews with exponential times; a repair binds its team throughout."""
    world, n = empty_world(years), machines * crews
    ids = np.arange(n)
    found = possible(world, "theory", ids, np.full(n, 1 / mtbf_h), np.full(n, mttr_h))
    crew = Crews(ids // machines, np.full(crews, teams), 1.0)
    always = np.zeros(n, dtype=np.int32), np.full(n, world.clock.hours, dtype=np.int32)
    return repairs(found, *always, crew)


def by_crew(found: Repairs, machines: int, crews: int, weights: Floats) -> Floats:
    return np.asarray(np.bincount(found.what // machines, weights, minlength=crews))


@pytest.mark.parametrize(("machines", "teams"), [(6, 1), (8, 2), (5, 5)])
def test_the_machine_repair_model(record: Record, machines: int, teams: int) -> None:
    """M/M/c/K/K: availability, share of failures that wait for a team, and how long."""
    mtbf_h, mttr_h, crews, years, warm_h = 300.0, 60.0, 120, 2, 2000.0
    found = broken(machines, crews, teams, mtbf_h, mttr_h, years)
    states = finite_source(machines, teams, mttr_h / mtbf_h)
    down = (states * np.arange(machines + 1)).sum()
    hours = years * 8766 - warm_h
    lost = np.maximum(found.ended_h - np.maximum(found.failed_h, warm_h), 0.0)
    up = 1 - by_crew(found, machines, crews, lost) / hours / machines
    assert record.near("M/M/c/K/K, availability: 1 - E[down] / K", up, 1 - down / machines, 0.02)
    # Who fails sees the others as they are without it (arrival theorem).
    seen = finite_source(machines - 1, teams, mttr_h / mtbf_h)[teams:].sum()
    warm = found.failed_h > warm_h
    count = by_crew(found, machines, crews, warm.astype(float))
    waits = np.where(warm, found.begun_h - found.failed_h, 0.0)
    if teams == machines:
        assert not waits.any()
        return
    waiting = by_crew(found, machines, crews, (waits > 0).astype(float)) / count
    assert record.near("M/M/c/K/K, share of failures that wait (arrival theorem)", waiting, seen, 0.1)
    queued = (states[teams:] * np.arange(machines - teams + 1)).sum()
    failing_per_h = (machines - down) / mtbf_h
    wait_h = by_crew(found, machines, crews, waits) / count
    assert record.near(
        "M/M/c/K/K, mean wait, h: E[queue] / failures per h", wait_h, queued / failing_per_h, 0.1
    )


def test_many_machines_that_fail_seldom_are_erlang_c(record: Record) -> None:
    """With 20,000 machines the finite source is as good as endless."""
    machines, teams, mttr_h, load = 20_000, 3, 10.0, 2.0
    found = broken(machines, 1, teams, machines * mttr_h / load, mttr_h, years=20)
    waits = found.begun_h - found.failed_h
    delayed = erlang_c(teams, load)
    share, mean_h = batches((waits > 0).astype(float)), delayed * mttr_h / (teams - load)
    assert record.near("M/M/c from 20,000 sources, share that waits: C(c, a)", share, delayed, within=0.15)
    assert record.near("M/M/c from 20,000 sources, mean wait, h", batches(waits), mean_h, within=0.3)


def area(log: Iterable[Entry], comes: str, goes: str) -> float:
    """Time integral of the number of those that have come and not gone, step by step along the log."""
    total, present, since = 0.0, 0, 0.0
    for hour, what, _ in log:
        if what in (comes, goes):
            total += present * (hour - since)
            present, since = present + (1 if what == comes else -1), hour
    assert present == 0
    return total


def test_little_on_the_path_of_the_provisioning_team(record: Record) -> None:
    """L = lambda W, exactly: hours lie on a grid of powers of two, and the run begins and ends empty."""
    found = served(2.5, 3, places=None, n=4000)
    agenda = Agenda()
    provisioning.account(agenda, found)
    agenda.env.run()
    for first, last, spent in (
        ("request", "set-up", found.begun_h - found.asked_h),
        ("set-up", "ready", found.ready_h - found.begun_h),
        ("request", "ready", found.ready_h - found.asked_h),
    ):
        held = area(agenda.log, first, last)
        assert record.same(f"Little, L T = N W, {first} to {last}, h", held, float(spent.sum())) and held > 0


def test_m_g_infinity_grows_as_a_poisson_count(record: Record) -> None:
    """With a team for everybody the number at work at t is Poisson, mean lambda times int_0^t (1 - G)."""
    per_h, runs, horizon_h = 0.5, 400, 120.0
    rng = np.random.default_rng(7)
    for lifetimes, expected in (
        (lambda n: np.full(n, 40.0), {20.0: 10.0, 100.0: 20.0}),
        (lambda n: rng.uniform(0, 80, n), {20.0: 0.5 * (20 - 400 / 160), 100.0: 20.0}),
    ):
        counts = {t_h: np.empty(runs) for t_h in expected}
        for run in range(runs):
            n = rng.poisson(per_h * horizon_h)
            asked_h = np.sort(down_to_grid(rng.uniform(0, horizon_h, n)))
            work_h = up_to_grid(lifetimes(n))
            found = provisioning.serve(np.arange(n), asked_h, work_h, np.full(n, np.inf), Teams(max(n, 1)))
            for t_h, count in counts.items():
                count[run] = ((found.begun_h <= t_h) & (found.ready_h > t_h)).sum()
        for t_h, mean in expected.items():
            formula = "M/G/infinity at t: l int (1 - G)"
            assert record.near(f"{formula}, mean", counts[t_h], mean, within=0.1)
            assert record.near(f"{formula}, variance", (counts[t_h] - mean) ** 2, mean, within=0.4)
