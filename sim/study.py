"""A study: many worlds of one scenario, every alternative in each, simulated by any crew.

World i is a pure function of (scenario, seed, i), so the results are the same bytes for any crew, any
order of completion, and any number of interruptions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing

import numpy as np

from ..scenarios.draw import design
from ..scenarios.schema import Scenario
from .crew import Alone, Crew, Task, run_in_full
from .integrate import OnMonth
from .ledger import ANNUAL, ITEMS
from .outcome import Study, WorldResult
from .pool import Pool
from .store import Store

OnResult = Callable[[WorldResult, int, int], None]


def run_study(
    scenario: Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    crew: Crew | None = None,
    store: Store | None = None,
    on_result: OnResult | None = None,
    on_month: OnMonth | None = None,
) -> Study:
    """Simulate many worlds of a scenario.

    Args:
        worlds: number of worlds; the scenario's own if None.
        seed: root of every random stream; the scenario's own if None.
        jobs: number of processes; 1 runs everything in this one.
        crew: who simulates, in place of a pool of ``jobs`` processes.
        store: where each finished world is kept; those that it holds are not simulated again.
        on_result: called in this process with each result as it arrives, the number finished and
            the number of worlds; with those that the store held first.
        on_month: called with the months simulated and their number, for the world that is kept in full.

    Raises:
        InfeasibleError: if no plan exists for some alternative.
    """
    worlds = scenario.study.worlds if worlds is None else worlds
    seed = scenario.study.seed if seed is None else seed
    points = design(scenario, seed, worlds)
    tasks = [
        Task(seed, index, point, None if store is None else store.checkpoint(index))
        for index, point in enumerate(points)
    ]
    if worlds == 1 and crew is None:
        return _one(scenario, tasks[0], on_result, on_month)
    results: list[WorldResult] = []
    crew = crew or (Pool(jobs) if jobs > 1 else Alone())
    with closing(_finished(scenario, tasks, crew, store)) as finished:
        for result in finished:
            results.append(result)
            if on_result is not None:
                on_result(result, len(results), worlds)
    results.sort(key=lambda r: r.world)
    middle = tasks[results[_median(scenario, results)].world]
    full = run_in_full(scenario, middle, on_month)
    return Study(scenario, seed, tuple(results), full.world, full.plans, full.runs)


def _one(scenario: Scenario, task: Task, on_result: OnResult | None, on_month: OnMonth | None) -> Study:
    """A study of one world, which is also the one that is kept in full: simulated once."""
    full = run_in_full(scenario, task, on_month)
    result = full.summed(scenario)
    if on_result is not None:
        on_result(result, 1, 1)
    return Study(scenario, task.seed, (result,), full.world, full.plans, full.runs)


def _finished(
    scenario: Scenario, tasks: list[Task], crew: Crew, store: Store | None
) -> Generator[WorldResult]:
    """Results that the store holds, then those that the crew makes."""
    done: set[int] = set()
    for result in store.results() if store is not None else ():
        done.add(result.world)
        yield result
    left = [task for task in tasks if task.index not in done]
    with closing(crew.results(scenario, left)) as found:
        for result in found:
            if store is not None:
                store.save(result)
            yield result


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
