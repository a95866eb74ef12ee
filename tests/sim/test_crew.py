"""One world of a study: which plans, runs and sums it is made of, and who is asked for it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from roomfold.sim import crew
from roomfold.sim.crew import Alone, Borrowed, Full, Task

SCENARIO: Any = SimpleNamespace(alternatives={"keep": None, "fold": None, "rent": None}, baseline="keep")
TASK = Task(3, 5, np.array([0.25]), Path("months"))


@dataclass(frozen=True)
class Summed:
    """As much of an outcome as the policy needs."""

    alternative: str
    cost_cny: np.ndarray
    policy: Any = None
    goals: Any = None


def test_every_alternative_is_planned_and_all_are_simulated_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each part is told: the draw, the load of each alternative, and all plans in order."""
    asked: list[tuple[Any, ...]] = []

    def heard(name: str, answer: Any) -> Any:
        def call(*given: Any) -> Any:
            asked.append((name, *given))
            return answer(*given)

        return call

    monkeypatch.setattr(crew, "draw_world", heard("draw", lambda *_: "world"))
    monkeypatch.setattr(crew, "load_of", lambda _, name, world: f"load of {name} in {world}")
    monkeypatch.setattr(crew, "plan_or_explain", heard("plan", lambda _, name, *__: f"plan of {name}"))
    runs = tuple(SimpleNamespace(alternative=name) for name in ("rent", "keep", "fold"))
    monkeypatch.setattr(crew, "simulate_all", heard("simulate", lambda *_: runs))
    found = crew.run_in_full(SCENARIO, TASK, print)
    plans = {name: f"plan of {name}" for name in ("keep", "fold", "rent")}
    assert found.world == "world" and found.plans == plans and list(found.plans) == list(plans)
    assert {name: run.alternative for name, run in found.runs.items()} == {name: name for name in plans}
    planned = [("plan", SCENARIO, name, "world", f"load of {name} in world") for name in plans]
    told = ("simulate", SCENARIO, list(plans.values()), "world", TASK.checkpoint, print)
    assert asked == [("draw", SCENARIO, 5, 3, TASK.point), *planned, told]


def full() -> Full:
    """Two years of costs of three alternatives."""
    costs = {"keep": [[5.0, 1], [7, 2]], "fold": [[4.0, 1], [1, 1]], "rent": [[9.0, 9], [0, 0]]}
    world: Any = SimpleNamespace(index=5, values={"a": 1.0})
    plans: Any = {name: f"plan of {name}" for name in costs}
    return Full(world, plans, {name: np.array(cost) for name, cost in costs.items()})


def test_a_world_is_summed_with_what_each_rule_makes_of_its_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the baseline, year by year, over all items."""
    monkeypatch.setattr(crew, "outcome", lambda *given: Summed(given[2].split()[-1], given[3]))
    savings = {}

    def judged(_: Any, world: Any, plan: str, run: Any, saving_cny: np.ndarray) -> str:
        savings[plan] = saving_cny.tolist()
        return f"policy of {plan}, world {world.index}, {run.shape}"

    monkeypatch.setattr(crew, "judged", judged)
    monkeypatch.setattr(crew, "goals", lambda _, world, plan, run: (world.index, plan, run[0, 0]))
    made = full()
    found = made.summed(SCENARIO)
    assert (found.world, found.draws) == (5, {"a": 1.0})
    assert savings == {"plan of keep": [0, 0], "plan of fold": [1, 7], "plan of rent": [-12, 9]}
    for name, one in found.outcomes.items():
        assert one.alternative == name
        assert one.policy == f"policy of plan of {name}, world 5, (2, 2)"
        assert one.goals == (5, f"plan of {name}", made.runs[name][0, 0])


def test_a_task_is_summed_by_whoever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process in the order of the tasks; an executor in the order in which they are done."""
    monkeypatch.setattr(crew, "run_in_full", lambda _, task: SimpleNamespace(summed=lambda s: (s, task)))
    tasks = [replace(TASK, index=index) for index in range(3)]
    assert list(Alone().results(SCENARIO, tasks)) == [(SCENARIO, task) for task in tasks]
    assert crew.run_task(SCENARIO, tasks[1]) == (SCENARIO, tasks[1])

    class Backwards:
        """Done with the second task at once, with the others never."""

        def __init__(self) -> None:
            self.futures: list[Future[Any]] = []

        def submit(self, work: Any, *given: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.futures.append(future)
            if given[1].index == 1:
                future.set_result(work(*given))
            return future

    executor: Any = Backwards()
    results = Borrowed(executor).results(SCENARIO, tasks)
    assert next(results) == (SCENARIO, tasks[1])
    results.close()
    assert [future.cancelled() for future in executor.futures] == [True, False, True]
