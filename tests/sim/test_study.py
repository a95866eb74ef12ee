"""Studies: who simulates changes no byte, and what lies on the disk is what was simulated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import design
from roomfold.sim.codec import DamagedError, decode, encode
from roomfold.sim.crew import Borrowed, Task, run_task
from roomfold.sim.outcome import Study, WorldResult
from roomfold.sim.store import Asked, Store
from roomfold.sim.study import run_study

SCENARIOS = Path(__file__).parents[1] / "scenarios"
pytestmark = pytest.mark.usefixtures("searched")  # as the processes of a pool do
WORLDS = 3
SEED = 7


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(SCENARIOS / "tiny.yaml")


@pytest.fixture(scope="module")
def alone(scenario: Scenario) -> Study:
    """A study in one process."""
    return run_study(scenario, worlds=WORLDS)


@pytest.fixture(scope="module")
def stored(alone: Study) -> bytes:
    """A world as it lies on the disk."""
    return b"".join(encode(alone.results[0]))


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike to the bit."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name))
            for field in fields(one)
            if field.name != "seconds"  # that solving took, another each time
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return repr(one) == repr(other)


def all_same(one: tuple[WorldResult, ...], other: tuple[WorldResult, ...]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


def test_any_crew_gives_the_same_bytes(scenario: Scenario, alone: Study) -> None:
    """A pool of processes, and somebody else's executor."""
    pooled = run_study(scenario, worlds=WORLDS, jobs=2)
    with ThreadPoolExecutor(1) as executor:
        borrowed = run_study(scenario, worlds=WORLDS, crew=Borrowed(executor))
    assert all_same(alone.results, pooled.results)
    assert all_same(alone.results, borrowed.results)
    assert alone.world.index == pooled.world.index == borrowed.world.index


def test_a_single_world_is_that_of_many(scenario: Scenario, alone: Study) -> None:
    """It is simulated once and kept in full, and is no other than in a larger study."""
    study = run_study(scenario, worlds=1)
    assert same(study.results[0], alone.results[0])
    assert study.world.index == 0
    assert list(study.runs) == list(scenario.alternatives)


def test_what_is_on_the_disk_is_what_was_simulated(alone: Study) -> None:
    """Every field, with its type and to the bit."""
    minimal = load(SCENARIOS / "minimal.yaml")
    for result in (*alone.results, run_task(minimal, Task(SEED, 0, design(minimal, SEED, 1)[0]))):
        assert same(decode(b"".join(encode(result))), result)


@given(st.data())
def test_no_damage_goes_unseen(stored: bytes, data: st.DataObject) -> None:
    """Cut anywhere, or one byte changed anywhere."""
    at = data.draw(st.integers(0, len(stored) - 1))
    other = data.draw(st.integers(1, 255))
    with pytest.raises(DamagedError):
        decode(stored[:at])
    with pytest.raises(DamagedError):
        decode(stored[:at] + bytes([stored[at] ^ other]) + stored[at + 1 :])


def test_a_single_long_world_goes_on_from_its_months(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of one world that ends between two months starts from the last one that was kept."""
    monkeypatch.setattr("roomfold.sim.checkpoint.EVERY_S", 0.0)
    store = Store.begin(tmp_path / "run", Asked(scenario, SEED, 1))

    def stop(done: int, _: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(scenario, worlds=1, seed=SEED, store=store, on_month=stop)
    assert "continue with" in str(store.hint())
    store.close()
    months: list[int] = []
    again = Store.resume(tmp_path / "run")
    assert again is not None
    study = run_study(
        scenario, worlds=1, seed=SEED, store=again, on_month=lambda done, _: months.append(done)
    )
    assert min(months) == 5
    assert same(study.results[0], run_study(scenario, worlds=1, seed=SEED).results[0])
    again.discard()
    assert list(tmp_path.iterdir()) == []


def test_worlds_under_way_keep_their_months_until_they_are_finished(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the months go and the world stays."""
    monkeypatch.setattr("roomfold.sim.checkpoint.EVERY_S", 0.0)
    store = Store.begin(tmp_path / "run", Asked(scenario, SEED, 2))
    checkpoint = store.checkpoint(1)
    result = run_task(scenario, Task(SEED, 1, design(scenario, SEED, 2)[1], checkpoint))
    assert checkpoint.exists()
    store.save(result)
    assert not checkpoint.exists()
    assert store.count == 1
    store.discard()
