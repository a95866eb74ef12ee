"""A study: many worlds of one scenario, every alternative in each, in one process or many.

World i is a pure function of (scenario, seed, i), so the results are the same bytes for any number
of processes and any order of completion.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..optimize import make_plan
from ..scenarios.draw import design, draw_world
from ..scenarios.schema import Scenario
from .ledger import ANNUAL, ITEMS
from .outcome import Study, WorldResult
from .simulate import simulate_all
from .summarise import outcome

Floats = NDArray[np.float64]
OnResult = Callable[[WorldResult, int, int], None]

_scenario: Scenario | None = None


def run_world(scenario: Scenario, seed: int, index: int, point: Floats) -> WorldResult:
    """Plan and simulate every alternative in one world.

    Args:
        point: row ``index`` of ``scenarios.draw.design``.
    """
    world = draw_world(scenario, index, seed, point)
    plans = {name: make_plan(scenario, name, world) for name in scenario.alternatives}
    runs = simulate_all(scenario, list(plans.values()), world)
    outcomes = {
        name: outcome(scenario, world, plan, run)
        for (name, plan), run in zip(plans.items(), runs, strict=True)
    }
    return WorldResult(index, dict(world.values), outcomes)


def run_study(
    scenario: Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    on_result: OnResult | None = None,
) -> Study:
    """Simulate many worlds of a scenario.

    Args:
        worlds: number of worlds; the scenario's own if None.
        seed: root of every random stream; the scenario's own if None.
        jobs: number of processes; 1 runs everything in this one.
        executor: any executor to use in place of a process pool of ``jobs``.
        on_result: called in this process with each result as it arrives, the number finished and
            the number of worlds.

    Raises:
        InfeasibleError: if no plan exists for some alternative.
    """
    worlds = scenario.study.worlds if worlds is None else worlds
    seed = scenario.study.seed if seed is None else seed
    results: list[WorldResult] = []
    for result in _results(scenario, seed, worlds, jobs, executor):
        results.append(result)
        if on_result is not None:
            on_result(result, len(results), worlds)
    results.sort(key=lambda r: r.world)
    index = results[_median(scenario, results)].world
    world = draw_world(scenario, index, seed, design(scenario, seed, worlds)[index])
    plans = {name: make_plan(scenario, name, world) for name in scenario.alternatives}
    runs = simulate_all(scenario, list(plans.values()), world)
    return Study(scenario, seed, tuple(results), world, plans, {run.alternative: run for run in runs})


def _results(
    scenario: Scenario, seed: int, worlds: int, jobs: int, executor: Executor | None
) -> Iterator[WorldResult]:
    points = design(scenario, seed, worlds)
    if executor is None and (jobs == 1 or worlds == 1):
        for index in range(worlds):
            yield run_world(scenario, seed, index, points[index])
        return
    if executor is not None:
        yield from _finished(executor, _run_alone, [(scenario, seed, i, points[i]) for i in range(worlds)])
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, worlds), context, initializer=_receive, initargs=(scenario,))
    try:
        yield from _finished(pool, _run_received, [(seed, i, points[i]) for i in range(worlds)])
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


def _finished(
    executor: Executor, task: Callable[..., WorldResult], calls: list[tuple[Any, ...]]
) -> Iterator[WorldResult]:
    with _ctrl_c_later():
        futures = [executor.submit(task, *call) for call in calls]
    for future in as_completed(futures):
        yield future.result()


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Put Ctrl-C off while processes start; they inherit that it is blocked.

    Else one that has not come to ``_receive``, or not been told what to do, ends with a traceback.
    The signal is blocked for the children's sake, and its handler replaced because another thread
    may receive it. Nothing is done where neither is possible.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if came and callable(handler):
        handler(signal.SIGINT, None)


def _receive(scenario: Scenario) -> None:
    """Keep the scenario in a worker: it is sent once, not with every world.

    A worker leaves Ctrl-C to the parent, which ends it, and ends by itself if the parent is killed.
    """
    global _scenario
    _scenario = scenario
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_parent() -> None:
    """Wait for the parent's death: a pool's own pipes never tell its workers of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_received(seed: int, index: int, point: Floats) -> WorldResult:
    assert _scenario is not None
    return run_world(_scenario, seed, index, point)


def _run_alone(scenario: Scenario, seed: int, index: int, point: Floats) -> WorldResult:
    return run_world(scenario, seed, index, point)


def _median(scenario: Scenario, results: list[WorldResult]) -> int:
    """Position of the world whose net annual saving is the (lower) median."""
    annual = np.array([item.category in ANNUAL for item in ITEMS])
    others = [name for name in scenario.alternatives if name != scenario.baseline]
    if not others:
        return 0
    savings = [
        r.outcomes[scenario.baseline].cost_cny[:, annual].sum()
        - r.outcomes[others[0]].cost_cny[:, annual].sum()
        for r in results
    ]
    return int(np.argsort(savings, kind="stable")[(len(savings) - 1) // 2])
