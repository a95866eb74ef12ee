"""The planner's load against the demand that the simulation makes, and the promise in simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize import make_plan
from roomfold.optimize.profiles import expected_load, measured_load
from roomfold.optimize.profiles.load import join_hours
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.profile import class_profiles
from roomfold.scenarios.world import World
from roomfold.sim.expected import load_of
from roomfold.sim.simulate import simulate
from roomfold.sim.workload import Workload

from ..conftest import MINIMAL

STILL = ["demand.growth_per_year=0", "demand.rebound_per_year=0"]


def year_of_demand(scenario: Scenario, world: World) -> NDArray[np.float32]:
    """Demand of the working servers in every hour of the first year, as simulated, shape (servers, hours)."""
    from roomfold.sim.demand import Synthetic
    from roomfold.sim.flow import world_demand

    model: Workload = Synthetic(world_demand(scenario, world))
    rows = np.flatnonzero(~world.estate.servers.zombie)
    parts = []
    for month in range(12):
        for span in world.clock.spans(month, 800):
            out = np.empty((len(rows), span.steps), dtype=np.float32)
            model.fill(rows, span, out)
            parts.append(out)
    return np.concatenate(parts, axis=1)


def test_samples_give_back_mean_and_common_noise() -> None:
    """Components that share half their variance, from many samples."""
    rng = np.random.Generator(np.random.Philox(key=1))
    together, alone = rng.standard_normal((1, 4000, 2)), rng.standard_normal((30, 4000, 2))
    demand = 10 + np.sqrt(0.5) * together + np.sqrt(0.5) * alone
    found = measured_load(demand, np.zeros(30, dtype=np.int64), np.array([0.5, 0.5]))
    assert found.mean_ssj == pytest.approx(np.full((30, 2), 10.0), rel=0.02)
    assert found.own_ssj2.mean() == pytest.approx(0.5, rel=0.1)
    assert (found.common_ssj**2).mean() == pytest.approx(0.5, rel=0.1)


def test_joined_hours_lie_above_those_they_stand_for() -> None:
    rng = np.random.Generator(np.random.Philox(key=2))
    shape, weights = rng.uniform(0, 1, (3, 40)), np.full(40, 1 / 40)
    high, share = join_hours(shape, weights, np.ones(3), 12)
    assert high.shape == (3, 12) and share.sum() == pytest.approx(1)
    assert ((high[:, None, :] >= shape[:, :, None] - 1e-12).all(axis=0)).any(axis=1).all()
    assert (high @ share >= shape @ weights).all()


@pytest.fixture(scope="module")
def still() -> tuple[Scenario, World]:
    scenario = load(MINIMAL, STILL)
    return scenario, draw_world(scenario, 0)


def test_moments_agree_with_the_simulated_demand(still: tuple[Scenario, World]) -> None:
    """Mean over the year, variance of the noise, and what a class has in common, by class."""
    scenario, world = still
    rows = np.flatnonzero(~world.estate.servers.zombie)
    demand = year_of_demand(scenario, world)
    found = expected_load(scenario, world)
    assert demand.mean(axis=1) == pytest.approx(found.year_mean_ssj[rows], rel=0.05)
    profile = class_profiles(scenario, world.clock)[:, : demand.shape[1]]
    kind = found.group[rows]
    factor = demand / (world.estate.servers.demand_ssj[rows, None] * profile[kind])
    mean = found.mean_ssj[rows, 0]
    own, common = found.own_ssj2[rows, 0] / mean**2, found.common_ssj[rows, 0] / mean
    for group in np.unique(kind):
        mine = kind == group
        planned = (own + common**2)[mine]
        assert factor[mine].var(axis=1).mean() == pytest.approx(planned.mean(), rel=0.1)
        together = own[mine].sum() + common[mine].sum() ** 2
        assert factor[mine].sum(axis=0).var() == pytest.approx(together, rel=0.12)


@pytest.mark.parametrize("index", range(4))
def test_simulated_overload_keeps_the_promise(index: int) -> None:
    """Within the years that hosts are bought for, whatever the noise that classes share."""
    scenario = load(MINIMAL, ["alternatives.consolidate.cloud.overload_share=0.01"])
    world = draw_world(scenario, index)
    run = simulate(scenario, make_plan(scenario, "consolidate", world), world)
    assert run.service.overload_share <= 0.01
    assert run.series["hosts_overloaded"].sum() <= run.series["hosts_loaded"].sum()


def test_the_built_in_model_is_not_asked_for_days() -> None:
    scenario = load(MINIMAL)
    world = draw_world(scenario, 0)
    assert load_of(scenario, "consolidate", world) is None
    assert load_of(scenario, "keep", world) is None
