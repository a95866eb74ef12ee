"""The engine by its invariants (energy, places, memory, blocks, saving) and a few cases done by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.errors import InputError
from roomfold.sim.consolidation import (
    CLOUDSIM_3_0_3,
    DVFS,
    NPA,
    QUIRKS,
    RIGHT,
    Controller,
    FleetArrays,
    FleetRun,
    Policy,
    Quirks,
    Settings,
    consolidate,
)

from .fleets import WATTS, fleet_of, small

POLICIES = ("thr", "iqr", "mad", "lr", "lrr")


def interpolate(kind: int, utilisation: float) -> float:
    return float(np.interp(utilisation, np.linspace(0, 1, 11), WATTS[kind]))


def test_a_static_placement_draws_the_integral_of_its_curve() -> None:
    fleet, demand = small(3)
    run = consolidate(fleet, demand, DVFS)
    expected = np.zeros(fleet.hosts)
    for host in set(run.initial_host.tolist()):
        on = run.initial_host == host
        capacity = 2 * fleet.host_core_mips[host]
        used = (demand[on] * fleet.component_mips[on, None]).sum(axis=0) / capacity
        expected[host] = sum(interpolate(host % 2, u) for u in np.minimum(used, 1)) * 300 / 3.6e6
    assert run.host_energy_kwh == pytest.approx(expected, rel=1e-12)
    assert run.energy_kwh == pytest.approx(expected.sum(), rel=1e-12)


def replay(fleet: FleetArrays, demand: np.ndarray, run: FleetRun) -> np.ndarray:
    """Energy of every host (J), from the log of moves and the demand alone, where switching is instant."""
    homes, energy_j = run.initial_host.copy(), np.zeros(fleet.hosts)
    core, capacity = fleet.host_core_mips, 2 * fleet.host_core_mips
    for step in range(demand.shape[1]):
        asked = demand[:, step] * fleet.component_mips
        now = run.moves.step == step
        moving = {
            int(c): (int(d), float(fleet.component_ram_mb[c] / 62.5))
            for c, d in zip(run.moves.component[now], run.moves.target[now], strict=True)
        }
        edges = sorted({0.0, 300.0} | {end for _, end in moving.values()})
        for start, end in itertools.pairwise(edges):
            used, on = np.zeros(fleet.hosts), np.zeros(fleet.hosts, dtype=bool)
            for component, home in enumerate(homes):
                target, over = moving.get(component, (home, 0.0))
                at = home if start < over else target
                used[at] += min(asked[component], core[at])
                on[at] = True
                if start < over:
                    used[target] += 0.1 * min(asked[component], core[target])
                    on[target] = True
            for host in np.flatnonzero(on):
                energy_j[host] += interpolate(host % 2, min(used[host] / capacity[host], 1)) * (end - start)
        for component, (target, _) in moving.items():
            homes[component] = target
    return energy_j


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("unbound", [False, True])
def test_energy_is_that_of_the_moves_replayed(seed: int, unbound: bool) -> None:
    fleet, demand = small(seed)
    quirks = RIGHT.switch("instant_switching")
    run = consolidate(
        fleet, demand, Policy("mad"), quirks.switch("ram_bandwidth_unbound") if unbound else quirks
    )
    assert run.migrations >= 10
    assert run.host_energy_kwh * 3.6e6 == pytest.approx(replay(fleet, demand, run), rel=1e-10)


def test_full_power_all_the_time() -> None:
    fleet, demand = small(3)
    run = consolidate(fleet, demand, NPA)
    assert run.energy_kwh == pytest.approx((117 + 135) * 6 * 40 * 300 / 3.6e6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("quirks", [RIGHT, CLOUDSIM_3_0_3, RIGHT.switch("ram_bandwidth_unbound")])
def test_every_component_lives_on_one_host_and_lists_agree(seed: int, quirks: Quirks) -> None:
    fleet, demand = small(seed)
    controller = Controller(fleet, Policy("thr"), quirks)
    for k in range(demand.shape[1]):
        controller.feed(demand[:, k : k + 1])
        state = controller.state
        ram, bandwidth, lives = np.zeros(fleet.hosts), np.zeros(fleet.hosts), []
        for host in range(fleet.hosts):
            node, count, before = int(state.first[host]), 0, -1
            while node >= 0:
                assert state.before[node] == before
                component = node % fleet.components
                ram[host] += fleet.component_ram_mb[component]
                bandwidth[host] += fleet.component_bandwidth_mbit[component]
                if node < fleet.components:
                    lives.append(node)
                    assert state.home[node] == host
                before, node, count = node, int(state.after[node]), count + 1
            assert state.length[host] == count
        assert sorted(lives) == np.flatnonzero(state.home >= 0).tolist()
        assert np.array_equal(state.ram_used_mb, ram)
        assert np.array_equal(state.bandwidth_used_mbit, bandwidth)
        if not quirks.ram_bandwidth_unbound:
            assert (ram <= fleet.host_ram_mb).all()
            assert (bandwidth <= fleet.host_bandwidth_mbit).all()


@pytest.mark.parametrize("quirk", [None, *QUIRKS])
def test_each_quirk_runs_alone_and_the_books_balance(quirk: str | None) -> None:
    fleet, demand = small(5)
    quirks = RIGHT.switch(quirk) if quirk else RIGHT
    run = consolidate(fleet, demand, Policy("lr"), quirks)
    assert run.host_energy_kwh.sum() == pytest.approx(run.energy_kwh, rel=1e-12)
    assert 0 <= run.move_energy_kwh + run.switch_energy_kwh < run.energy_kwh
    assert run.migrations == len(run.moves.step) == run.timeline.moves.sum()
    assert run.energy_kwh >= run.timeline.energy_kwh[-1]
    assert (run.alive == fleet.components) or quirks.destroy_idle
    if not quirks.drain_receivers:
        pairs = list(zip(run.moves.step.tolist(), run.moves.component.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("quirks", [RIGHT, CLOUDSIM_3_0_3])
def test_blocks_and_saving_change_no_bit(tmp_path: Path, name: str, quirks: Quirks) -> None:
    fleet, demand = small(7, steps=30)
    policy = Policy(name, "rs")
    whole = consolidate(fleet, demand, policy, quirks)
    blocks = consolidate(fleet, (demand[:, k : k + 7] for k in range(0, 30, 7)), policy, quirks)
    first = Controller(fleet, policy, quirks)
    first.feed(demand[:, :13])
    first.save(tmp_path / "state.npz")
    second = Controller(fleet, policy, quirks)
    second.restore(tmp_path / "state.npz")
    second.feed(demand[:, 13:])
    for run in (blocks, second.finish()):
        assert run.energy_kwh == whole.energy_kwh
        assert run.service == whole.service
        assert np.array_equal(run.host_energy_kwh, whole.host_energy_kwh)
        for mine, theirs in zip(
            (*vars(run.moves).values(), *vars(run.timeline).values()),
            (*vars(whole.moves).values(), *vars(whole.timeline).values()),
            strict=True,
        ):
            assert np.array_equal(mine, theirs)
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    fleet, demand = small(7)
    one = Controller(fleet, Policy("thr"))
    one.feed(demand[:, :3])
    one.save(tmp_path / "state.npz")
    other, _ = small(7, components=20)
    (tmp_path / "half.npz").write_bytes((tmp_path / "state.npz").read_bytes()[:1000])
    for controller, name in (
        (Controller(other, Policy("thr")), "state.npz"),
        (Controller(fleet, Policy("thr")), "half.npz"),
        (Controller(fleet, Policy("thr")), "absent.npz"),
    ):
        with pytest.raises(InputError, match="is no saved state of this fleet"):
            controller.restore(tmp_path / name)


def test_what_is_not_known_asks_for_nothing() -> None:
    fleet, demand = small(7)
    holes = np.where(demand > 0.9, np.nan, demand)
    zeros = np.where(demand > 0.9, 0.0, demand)
    assert consolidate(fleet, holes, DVFS).energy_kwh == consolidate(fleet, zeros, DVFS).energy_kwh


def test_single_precision_demand_in_per_cent_is_exact() -> None:
    fleet, demand = small(7)
    double = consolidate(fleet, demand, Policy("thr"))
    single = consolidate(fleet, demand.astype(np.float32), Policy("thr"))
    assert single.energy_kwh == double.energy_kwh


def test_placement_is_the_exhaustive_best() -> None:
    """Initial best-fit: each component in turn, largest first, where the power of the fleet rises least."""
    fleet, demand = small(11, hosts=6, components=8, steps=1)
    run = consolidate(fleet, demand, Policy("thr"))
    reserved, ram, homes = np.zeros(6), np.zeros(6), np.full(8, -1)
    capacity = 2 * fleet.host_core_mips

    def draw(load: np.ndarray) -> float:
        return sum(interpolate(h % 2, load[h] / capacity[h]) for h in range(6) if load[h] > 0)

    for component in np.argsort(-fleet.component_mips, kind="stable"):
        mips, need = fleet.component_mips[component], fleet.component_ram_mb[component]
        costs = []
        for host in range(6):
            fits = reserved[host] + mips <= capacity[host] and ram[host] + need <= 4096
            load = reserved + mips * (np.arange(6) == host)
            costs.append(draw(load) - draw(reserved) if fits else np.inf)
        homes[component] = int(np.argmin(np.round(costs, 9)))
        reserved[homes[component]] += mips
        ram[homes[component]] += need
    assert np.array_equal(run.initial_host, homes)


def test_drain_takes_the_cheapest_target_of_all() -> None:
    """Three hosts in use, one nearly idle: it is emptied onto the host where power rises least."""
    mips, ram = [1800.0, 1800.0, 1000.0], [600.0, 600.0, 600.0]
    fleet = fleet_of(3, mips, ram)
    demand = np.tile([[0.5], [0.3], [0.05]], (1, 3))
    run = consolidate(
        fleet, demand, Policy("thr"), RIGHT.switch("unguarded_drains"), initial_host=np.array([0, 1, 2])
    )
    load, capacity = np.array([900.0, 540.0, 50.0]), np.array([3720.0, 5320.0, 3720.0])
    rises = [
        interpolate(h % 2, (load[h] + 50) / capacity[h]) - interpolate(h % 2, load[h] / capacity[h])
        for h in (0, 1)
    ]
    assert (run.moves.component[0], run.moves.source[0], run.moves.target[0]) == (2, 2, int(np.argmin(rises)))


def test_all_hosts_underloaded_comes_to_an_end() -> None:
    fleet = fleet_of(40, [500.0] * 40, [100.0] * 40)
    demand = np.full((40, 6), 0.01)
    for quirks in (RIGHT, CLOUDSIM_3_0_3, RIGHT.switch("drain_receivers")):
        run = consolidate(fleet, demand, Policy("thr"), quirks, initial_host=np.arange(40))
        assert run.timeline.active_hosts[-1] < 10


def test_overload_wakes_a_host_that_boots_first() -> None:
    """Two components of 1,800 MIPS at 95 % on 3,720 MIPS: one must go, and waits for the boot."""
    fleet = fleet_of(2, [1800.0, 1800.0], [1000.0, 500.0])
    demand = np.full((2, 3), 0.95)
    settings = Settings(boot_s=200.0, stop_s=0.0)
    run = consolidate(fleet, demand, Policy("thr"), RIGHT, settings, initial_host=np.array([0, 0]))
    assert (run.boots, run.migrations) == (1, 1)
    assert (run.moves.component[0], run.moves.target[0]) == (1, 1)  # least memory moves
    move_s = 500 / 62.5
    boot_j = 135 * 200.0
    each = 0.95 * 1800
    before_j = interpolate(0, 2 * each / 3720) * (
        300 + 200 + move_s
    )  # the source carries both until it is over
    during_j = interpolate(1, 0.1 * each / 5320) * move_s
    after_s = 900 - 300 - 200 - move_s
    after_j = (interpolate(0, each / 3720) + interpolate(1, each / 5320)) * after_s
    assert run.energy_kwh * 3.6e6 == pytest.approx(before_j + boot_j + during_j + after_j, rel=1e-12)
    assert run.switch_energy_kwh * 3.6e6 == pytest.approx(boot_j, rel=1e-12)
    assert run.service.pdm_pooled == pytest.approx(0.1 * each * move_s / (2 * each * 900), rel=1e-9)


def test_guard_weighs_the_boot_against_the_stay() -> None:
    fleet = fleet_of(3, [1800.0, 1800.0, 1000.0], [600.0] * 3)
    demand = np.tile([[0.5], [0.3], [0.05]], (1, 3))
    homes = np.array([0, 1, 2])
    # Host 2 draws some 86 W; a boot costs 117 W x 260 s, a stop 86 W x 30 s: it pays after about 6 minutes.
    for stay_s, moves in ((1800.0, True), (300.0, False)):
        settings = Settings(expected_stay_s=stay_s)
        run = consolidate(fleet, demand, Policy("thr"), RIGHT, settings, initial_host=homes)
        assert (run.migrations > 0) == moves


def test_slow_boots_and_moves_may_outlast_a_step() -> None:
    fleet, demand = small(13)
    settings = Settings(boot_s=700.0, move_bandwidth_share=0.02)
    for quirk in (None, "drain_receivers", "zero_load_is_off"):
        quirks = RIGHT.switch(quirk) if quirk else RIGHT
        run = consolidate(fleet, demand, Policy("thr"), quirks, settings)
        assert run.alive == fleet.components
        assert run.timeline.energy_kwh[-1] < run.energy_kwh


def test_no_room_is_told() -> None:
    fleet = fleet_of(1, [1800.0, 1800.0, 1800.0], [100.0] * 3)
    with pytest.raises(InputError, match="no host has room for component 2"):
        consolidate(fleet, np.full((3, 2), 0.5), Policy("thr"))


def test_reporting_by_halves_changes_no_energy() -> None:
    """A demand constant over intervals costs the same whether sampled every 5 minutes or every 2.5."""
    fleet, demand = small(3)
    once = consolidate(fleet, demand, DVFS)
    twice = consolidate(fleet, np.repeat(demand, 2, axis=1), DVFS, RIGHT, Settings(interval_s=150.0))
    assert twice.energy_kwh == pytest.approx(once.energy_kwh, rel=1e-12)
    assert twice.service.overall == pytest.approx(once.service.overall, rel=1e-9, abs=1e-15)


def test_simultaneous_ends_come_before_the_step() -> None:
    """A move that ends exactly at a control step has arrived when the step decides."""
    fleet = fleet_of(3, [1800.0, 1800.0], [750.0, 1500.0])
    settings = Settings(boot_s=288.0)  # 288 + 750 / 62.5 = 300
    demand = np.full((2, 4), 0.95)
    controller = Controller(fleet, Policy("thr"), RIGHT, settings, initial_host=np.array([0, 0]))
    controller.feed(demand[:, :3])  # up to, not including, the step at 600
    assert controller.state.bound.sum() == 1
    controller.feed(demand[:, 3:])
    assert controller.state.home.tolist()[0] != 0
    assert list(itertools.chain(controller.state.bound)) == [0, 0]
