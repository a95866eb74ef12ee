"""Replay of a trace on a static placement, against sums and interpolation written out in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.sim.power import Curves, power_w
from roomfold.sim.replay import mapped, replay

from . import build

STEP_S = 300.0


def hosts(count: int, capacity: float) -> Curves:
    """Hosts of three models in turn."""
    model = np.arange(count) % 3
    return Curves.of(build.WATTS[model], np.full(count, capacity))


def slowly(demand, capacity_ops, host, count: int, capacity: float):
    """Power, load, unserved and overloaded hosts by step; energy and hours of overload by host."""
    load = np.zeros((count, demand.shape[1]))
    for i, which in enumerate(host):
        if which >= 0:
            load[which] += np.nan_to_num(demand[i].astype(float)) * capacity_ops[i]
    watts = np.stack([power_w(build.WATTS[h % 3], load[h] / capacity) for h in range(count)])
    over = load > capacity
    hours = STEP_S / 3600
    missed = np.maximum(load - capacity, 0)
    return (
        watts.sum(axis=0), load.sum(axis=0), missed.sum(axis=0), over.sum(axis=0),
        watts.sum(axis=1) * hours / 1e3, over.sum(axis=1) * hours,
    )  # fmt: skip


def compare(demand, capacity_ops, host, count: int, capacity: float) -> None:
    """Both layouts against the slow account."""
    expected = slowly(demand, capacity_ops, host, count, capacity)
    for by_step in (False, True):
        given_as = np.ascontiguousarray(demand.T) if by_step else demand
        found = replay(given_as, capacity_ops, host, hosts(count, capacity), STEP_S, by_step=by_step)
        parts = (found.power_w, found.load_ops, found.unserved_ops, found.overloaded)
        for got, wanted in zip((*parts, found.energy_kwh, found.overloaded_h), expected, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=1e-3)


@settings(max_examples=12, deadline=None)
@given(
    components=st.integers(1, 40),
    steps=st.integers(1, 400),
    count=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_the_slow_account(components: int, steps: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Multiples of 1/64 times whole capacities add up exactly: no host is overloaded by rounding alone.
    demand = (rng.integers(0, 65, (components, steps)) / 64).astype(np.float32)
    demand[rng.random(demand.shape) < 0.1] = np.nan
    capacity_ops = rng.integers(1, 9, components) * 16.0
    compare(demand, capacity_ops, rng.integers(-1, count, components), count, 256.0)


def test_longer_than_a_tile() -> None:
    rng = np.random.default_rng(3)
    demand = (rng.integers(0, 65, (7, 20_001)) / 64).astype(np.float32)
    compare(demand, np.full(7, 64.0), np.array([0, 2, 2, 0, 2, 2, 2]), 3, 128.0)


def test_energy_of_constant_load_is_the_closed_form() -> None:
    demand = np.full((4, 288), 0.25, dtype=np.float32)
    found = replay(demand, np.full(4, 100.0), np.zeros(4, dtype=np.int64), hosts(1, 250.0), STEP_S)
    # 100 of 250 is 40 %: the fifth of the eleven points, for a day.
    assert found.energy_kwh[0] == pytest.approx(build.WATTS[0, 4] * 24 / 1e3, rel=1e-6)
    assert found.load_ops.tolist() == [100.0] * 288 and not found.unserved_ops.any()


def test_a_host_without_components_draws_idle_power() -> None:
    found = replay(np.ones((1, 12), np.float32), np.ones(1), np.array([-1]), hosts(2, 1.0), 3600.0)
    np.testing.assert_allclose(found.energy_kwh, build.WATTS[:2, 0] * 12 / 1e3, rtol=1e-6)


@pytest.mark.parametrize("by_step", [False, True])
def test_a_mapped_file_gives_the_same(tmp_path: Path, by_step: bool) -> None:
    demand = np.random.default_rng(5).random((30, 500), dtype=np.float32)
    path = tmp_path / "trace.f32"
    (demand.T if by_step else demand).astype("<f4").tofile(path)
    samples = mapped(path, 30, 500, by_step=by_step)
    host = np.arange(30) % 4
    got = replay(samples, np.ones(30), host, hosts(4, 5.0), STEP_S, by_step=by_step)
    expected = replay(demand, np.ones(30), host, hosts(4, 5.0), STEP_S)
    np.testing.assert_allclose(got.energy_kwh, expected.energy_kwh, rtol=1e-6)
    np.testing.assert_allclose(got.power_w, expected.power_w, rtol=1e-6)


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.f32"
    with pytest.raises(InputError, match="cannot be read"):
        mapped(path, 3, 4)
    path.write_bytes(bytes(44))
    with pytest.raises(InputError, match="got 44 bytes, must be 48: 3 components x 4 steps"):
        mapped(path, 3, 4)
