"""A frontier of plans: the same estate planned with different leanings, each plan simulated.

In each world every setting is planned and all plans are simulated together, on the same draws; a plan
that equals an earlier one is not simulated again. Figures are means over the worlds. What another point
beats or equals in every figure that counts is dominated.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from ..optimize.check import assured
from ..optimize.explain import plan_or_explain
from ..optimize.frontier import AIMS, Aim, Setting, applied, dominated, named, settings
from ..optimize.known import Known
from ..optimize.make_plan import make_plan
from ..optimize.plan import Plan
from ..optimize.rules import Case
from ..scenarios.draw import design, draw_world
from ..scenarios.errors import InfeasibleError, RoomfoldError
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .expected import load_of
from .ledger import ITEMS
from .run import Run
from .simulate import simulate_all

Floats = NDArray[np.float64]

# The figures that an aim counts.
COUNTED: dict[Aim, tuple[str, ...]] = {
    "cost": ("cost_cny_per_year",),
    "energy": ("energy_kwh_per_year",),
    "risk": ("system_hours_lost_per_year", "worst_down", "unserved_share"),
}


class FrontierError(RoomfoldError):
    """Aims or an alternative that no frontier can be drawn for."""

    exit_code = 2


@dataclass(frozen=True)
class Figures:
    """One plan in one world, or the mean over worlds (``worst_down``: the largest).

    Attributes:
        cost_cny_per_year, energy_kwh_per_year, carbon_t_per_year: everything booked over the horizon,
            rooms included, over its years.
        system_hours_lost_per_year: hours for which systems were down.
        worst_down: most systems down at once.
        unserved_share: demand not served, by overload and outages, over demand.
        hosts: bought at first, with standby.
        plan_cost, plan_bound: yearly cost of the packing and its proven lower bound, in CNY with the
            weights of the setting.
    """

    cost_cny_per_year: float
    energy_kwh_per_year: float
    carbon_t_per_year: float
    system_hours_lost_per_year: float
    worst_down: float
    unserved_share: float
    hosts: float
    plan_cost: float
    plan_bound: float

    @property
    def gap(self) -> float:
        """Cost of the packing over its bound, less 1."""
        return self.plan_cost / self.plan_bound - 1 if self.plan_bound else 0.0


@dataclass(frozen=True)
class Point:
    """One setting.

    Attributes:
        number: in the order in which settings were tried, from 1.
        figures: None if some world has no plan.
        dominated: another point is as good in all that counts.
    """

    number: int
    setting: Setting
    figures: Figures | None
    dominated: bool


@dataclass(frozen=True)
class Frontier:
    """All points tried; those that are neither dominated nor without a plan are the frontier."""

    scenario: Scenario
    alternative: str
    aims: tuple[Aim, ...]
    seed: int
    worlds: int
    points: tuple[Point, ...]

    @property
    def kept(self) -> list[tuple[Point, Figures]]:
        """The frontier, the cheapest first."""
        found = [(p, p.figures) for p in self.points if p.figures is not None and not p.dominated]
        return sorted(found, key=lambda pair: (pair[1].cost_cny_per_year, pair[0].number))


OnPoint = Callable[[str, int, int], None]


def run_frontier(
    scenario: Scenario,
    alternative: str | None,
    aims: Sequence[str],
    *,
    points: int,
    worlds: int = 1,
    seed: int | None = None,
    jobs: int = 1,
    on_point: OnPoint | None = None,
) -> Frontier:
    """Plan and simulate every setting in every world.

    Args:
        alternative: the first that builds a cloud if None.
        aims: at least two of ``optimize.frontier.AIMS``.
        points: most settings.
        jobs: processes, each with worlds of its own; the results are the same for any number.
        on_point: called with what is done ("plan" in the only world, else "world"), how many and of
            how many.

    Raises:
        FrontierError: if the aims or the alternative cannot be used.
        ConflictError: if there is no plan for any setting, in the words of the first world.
    """
    wanted, alternative = _aims(aims), _alternative(scenario, alternative)
    seed = scenario.study.seed if seed is None else seed
    cloud = scenario.alternatives[alternative].cloud
    assert cloud is not None
    chosen = settings(scenario, cloud, wanted, points)
    tasks = [(scenario, alternative, chosen, seed, worlds, index) for index in range(worlds)]
    results = []
    for found in _each(tasks, min(jobs, worlds), on_point):
        results.append(found)
        if on_point is not None and worlds > 1:
            on_point("world", len(results), worlds)
    if all(figures is None for found in results for figures in found):
        world = draw_world(scenario, 0, seed, design(scenario, seed, worlds)[0])
        plan_or_explain(scenario, alternative, world, load_of(scenario, alternative, world))
    means = [_mean([found[i] for found in results]) for i in range(len(chosen))]
    beaten = _beaten(means, [name for aim in wanted for name in COUNTED[aim]])
    made = (Point(i + 1, setting, means[i], beaten[i]) for i, setting in enumerate(chosen))
    return Frontier(scenario, alternative, wanted, seed, worlds, tuple(made))


_Task = tuple[Scenario, str, list[Setting], int, int, int]


def _aims(asked: Sequence[str]) -> tuple[Aim, ...]:
    found = tuple(aim for aim in AIMS if aim in asked)
    if len(found) < 2 or len(found) < len(asked):
        named = ",".join(filter(None, asked)) or "nothing"
        message = f"got {named}, must be at least two of {','.join(AIMS)}"
        raise FrontierError(f"--frontier: {message}")
    return found


def _alternative(scenario: Scenario, asked: str | None) -> str:
    building = [name for name, chosen in scenario.alternatives.items() if chosen.kind == "consolidate"]
    if (asked is None and building) or asked in building:
        return asked or building[0]
    message = (
        f"got {asked or 'nothing'}, must be an alternative with a cloud ({', '.join(building) or 'none'})"
    )
    raise FrontierError(f"--alternative: {message}")


def _each(tasks: list[_Task], jobs: int, on_point: OnPoint | None) -> Iterator[list[Figures | None]]:
    if len(tasks) == 1:
        yield _one_world(tasks[0], on_point)
        return
    if jobs <= 1:
        yield from map(_one_world, tasks)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_one_world, tasks)


def _one_world(task: _Task, on_point: OnPoint | None = None) -> list[Figures | None]:
    """Figures of every setting in one world; None where there is no plan."""
    scenario, alternative, chosen, seed, worlds, index = task
    world = draw_world(scenario, index, seed, design(scenario, seed, worlds)[index])
    load = load_of(scenario, alternative, world)  # the same for all settings
    known = Known()
    sound: set[tuple[Setting, bytes]] = set()
    plans: list[Plan | None] = []
    for number, setting in enumerate(chosen):
        name = f"{alternative}-{number + 1}"
        scenario = named(scenario, alternative, name)
        case, weights = applied(Case(scenario, name, world), setting)
        scenario, world = case.scenario, case.world
        try:
            plan = make_plan(scenario, name, world, weights, load, known)
        except InfeasibleError:
            plans.append(None)
        else:
            # What counts beside money is no rule: the same plan is checked once.
            same_rules = replace(setting, energy_weight=0.0), _key(plan)
            plans.append(plan if same_rules in sound else assured(scenario, world, plan))
            sound.add(same_rules)
        if on_point is not None:
            on_point("plan", number + 1, len(chosen))
    made = [plan for plan in plans if plan is not None]
    if not made:
        return [None] * len(chosen)
    same = {_key(plan): plan for plan in reversed(made)}  # the first of equal ones
    runs = dict(zip(same, simulate_all(scenario, list(same.values()), world), strict=True))
    return [None if plan is None else _figures(world, plan, runs[_key(plan)]) for plan in plans]


def _key(plan: Plan) -> bytes:
    """Equal for plans that build and move the same."""
    hosts = [getattr(plan.hosts, field.name) for field in fields(plan.hosts)]
    ready = [] if plan.recovery is None else [plan.recovery.placement, plan.recovery.protected]
    columns = [*hosts, *ready, plan.placement, plan.wave_h, plan.shared_line, plan.shared_lines]
    return b"".join(np.ascontiguousarray(column).tobytes() for column in columns)


def _figures(world: World, plan: Plan, run: Run) -> Figures:
    years, ledger = world.clock.years, run.ledger
    kwh = np.array([item.unit == "kWh" for item in ITEMS])[ledger.item]
    proof = plan.proof
    return Figures(
        cost_cny_per_year=ledger.total() / years,
        energy_kwh_per_year=float(ledger.amount[kwh].sum()) / years,
        carbon_t_per_year=float(ledger.carbon_kg.sum()) / 1000 / years,
        system_hours_lost_per_year=run.service.system_hours_lost / years,
        worst_down=float(run.service.worst_down),
        unserved_share=run.service.unserved_share,
        hosts=float(len(plan.hosts.type)),
        plan_cost=0.0 if proof is None else proof.cost_cny_per_year,
        plan_bound=0.0 if proof is None else proof.bound_cny_per_year,
    )


def _mean(found: Sequence[Figures | None]) -> Figures | None:
    there = [figures for figures in found if figures is not None]
    if len(there) < len(found):
        return None
    table = np.array([[getattr(figures, f.name) for f in fields(Figures)] for figures in there])
    means = dict(zip([f.name for f in fields(Figures)], table.mean(axis=0).tolist(), strict=True))
    means["worst_down"] = max(figures.worst_down for figures in there)
    return Figures(**means)


def _beaten(means: Sequence[Figures | None], counted: Sequence[str]) -> list[bool]:
    there = [i for i, figures in enumerate(means) if figures is not None]
    table = np.array([[getattr(means[i], name) for name in counted] for i in there])
    beaten = [False] * len(means)
    if there:
        for i, worse in zip(there, dominated(table).tolist(), strict=True):
            beaten[i] = worse
    return beaten
