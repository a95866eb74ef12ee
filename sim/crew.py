"""Who simulates the worlds of a study: this process, or any crew that hands results back as they come."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..optimize.explain import plan_or_explain
from ..optimize.plan import Plan
from ..scenarios.draw import draw_world
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .compliance import goals, judged
from .expected import load_of
from .integrate import OnMonth
from .outcome import Outcome, WorldResult
from .run import Run
from .simulate import simulate_all
from .summarise import outcome


@dataclass(frozen=True)
class Task:
    """One world to simulate.

    Attributes:
        point: row ``index`` of ``scenarios.draw.design``.
        checkpoint: file in which its simulated months are kept; None for none.
    """

    seed: int
    index: int
    point: NDArray[np.float64]
    checkpoint: Path | None = None


@dataclass(frozen=True)
class Full:
    """A world with the plan and the run of every alternative."""

    world: World
    plans: Mapping[str, Plan]
    runs: Mapping[str, Run]

    def summed(self, scenario: Scenario) -> WorldResult:
        """What a study keeps of it."""
        outcomes = {
            name: outcome(scenario, self.world, plan, self.runs[name]) for name, plan in self.plans.items()
        }
        outcomes = {name: self._with_policy(scenario, found, outcomes) for name, found in outcomes.items()}
        return WorldResult(self.world.index, dict(self.world.values), outcomes)

    def _with_policy(self, scenario: Scenario, found: Outcome, every: Mapping[str, Outcome]) -> Outcome:
        plan, run = self.plans[found.alternative], self.runs[found.alternative]
        saving_cny = (every[scenario.baseline].cost_cny - found.cost_cny).sum(axis=1)
        return replace(
            found,
            policy=judged(scenario, self.world, plan, run, saving_cny),
            goals=goals(scenario, self.world, plan, run),
        )


class Crew(Protocol):
    """Simulates worlds somewhere."""

    def results(self, scenario: Scenario, tasks: Sequence[Task]) -> Generator[WorldResult]:
        """The result of every task as it arrives, in any order; closing it ends the work."""
        ...


def run_in_full(scenario: Scenario, task: Task, on_month: OnMonth | None = None) -> Full:
    """Plan and simulate every alternative in one world; see ``simulate_all``."""
    world = draw_world(scenario, task.index, task.seed, task.point)
    plans = {
        name: plan_or_explain(scenario, name, world, load_of(scenario, name, world))
        for name in scenario.alternatives
    }
    runs = simulate_all(scenario, list(plans.values()), world, task.checkpoint, on_month)
    return Full(world, plans, {run.alternative: run for run in runs})


def run_task(scenario: Scenario, task: Task) -> WorldResult:
    """Plan and simulate every alternative in one world; keep the sums."""
    return run_in_full(scenario, task).summed(scenario)


class Alone:
    """This process, one world after the other."""

    def results(self, scenario: Scenario, tasks: Sequence[Task]) -> Generator[WorldResult]:
        """See ``Crew``."""
        for task in tasks:
            yield run_task(scenario, task)


class Borrowed:
    """Any ``concurrent.futures.Executor`` as a crew: the door for pools that roomfold does not know.

    ``run_study(scenario, crew=Borrowed(executor))``; whoever made the executor closes it. Its workers must
    hold the same versions as this process (``stamp``), which ``Pool`` and ``Cluster`` see to themselves.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def results(self, scenario: Scenario, tasks: Sequence[Task]) -> Generator[WorldResult]:
        """See ``Crew``."""
        futures = [self._executor.submit(run_task, scenario, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
