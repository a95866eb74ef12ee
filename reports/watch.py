"""Running studies while telling on stderr how they go, in a language or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..scenarios.fleet import FleetScenario
from ..scenarios.schema import Scenario
from .messages import Lang
from .progress import FleetProgress, FrontierProgress, Progress

if TYPE_CHECKING:  # what runs brings its libraries: SciPy, numba
    from ..sim.crew import Crew
    from ..sim.fleet import FleetStudy
    from ..sim.frontier import Frontier
    from ..sim.outcome import Study
    from ..sim.store import Store


FRONTIER_POINTS = 12


def watched_study(
    scenario: Scenario,
    *,
    jobs: int,
    told: Lang | None,
    worlds: int | None = None,
    seed: int | None = None,
    crew: Crew | None = None,
    store: Store | None = None,
) -> Study:
    """Simulate the worlds of a scenario, or those that a store asks for; see ``sim.study.run_study``."""
    from ..sim.study import run_study

    if store is not None:
        worlds, seed = store.asked.worlds, store.asked.seed
    before = 0 if store is None else store.count
    show = None if told is None else Progress(scenario, told, before=before, first_use=_first_use())
    try:
        return run_study(
            scenario,
            worlds=worlds,
            seed=seed,
            jobs=jobs,
            crew=crew,
            store=store,
            on_result=show,
            on_month=show.month if show else None,
        )
    finally:
        if show is not None:
            show.end()


def watched_frontier(
    scenario: Scenario,
    alternative: str | None,
    aims: Sequence[str],
    *,
    told: Lang | None,
    points: int | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
) -> Frontier:
    """Plan and simulate a frontier; see ``sim.frontier.run_frontier``."""
    from ..sim.frontier import run_frontier
    from ..sim.pool import cores

    show = None if told is None else FrontierProgress(scenario, told)
    return run_frontier(
        scenario,
        alternative,
        aims,
        points=points or FRONTIER_POINTS,
        worlds=worlds or 1,
        seed=seed,
        jobs=jobs or cores(),
        on_point=show,
    )


def watched_fleet(scenario: FleetScenario, shown: str, *, told: Lang | None) -> FleetStudy:
    """Replay the trace of a fleet scenario under every policy; see ``sim.fleet.run_fleet``."""
    from ..optimize.compiled import announcing
    from ..sim.fleet import run_fleet

    if told is None:
        return run_fleet(scenario, shown)
    show = FleetProgress(told)
    with announcing(show.compiling):
        return run_fleet(scenario, shown, show)


def _first_use() -> bool:
    """Whether no compiled code is kept beside the package yet; False if it cannot be, or is elsewhere."""
    sim = Path(__file__).parents[1] / "sim"
    beside = "NUMBA_CACHE_DIR" not in os.environ and os.access(sim, os.W_OK)
    return beside and not any(sim.glob("__pycache__/*.nbi"))
