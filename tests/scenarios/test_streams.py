"""Random streams: any value alone, no value moved by its neighbours, and uniform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Philox

from roomfold.scenarios.streams import noise_bytes, uniforms

GOLDEN_UNIFORMS = [0.10801270546131986, 0.42353906071584374, 0.25541104066950165]
GOLDEN_BYTES = [[27, 76, 41, 88, 89, 59], [223, 252, 241, 26, 136, 195]]


def test_philox_is_the_published_one() -> None:
    # Known answers of Philox 4x64-10 in the Random123 distribution; NumPy counts up before it draws.
    ones = 2**64 - 1
    zero = Philox(key=[0, 0], counter=[ones] * 4).random_raw(4)
    assert [f"{int(w):016x}" for w in zero] == [
        "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
    ]  # fmt: skip
    full = Philox(key=[ones] * 2, counter=[ones - 1, ones, ones, ones]).random_raw(4)
    assert [f"{int(w):016x}" for w in full] == [
        "87b092c3013fe90b", "438c3c67be8d0224", "9cc7d7c69cd777b6", "a09caebf594f0ba0",
    ]  # fmt: skip


def test_streams_never_change() -> None:
    # Golden values: a change here changes every published run.
    assert uniforms(20141231, 0, "estate/zombie", np.arange(3)).tolist() == GOLDEN_UNIFORMS
    assert noise_bytes(20141231, 1, "demand", 2, 5, 2, 6).tolist() == GOLDEN_BYTES


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(1, 20), st.integers(1, 100), st.integers(0, 70))
def test_bytes_do_not_depend_on_the_window(first: int, count: int, width: int, block: int) -> None:
    everything = noise_bytes(7, 3, "demand", block, 0, 64, width)
    window = noise_bytes(7, 3, "demand", block, first, count, width)
    assert window.shape == (count, width)
    assert np.array_equal(window, everything[first : first + count])


def test_many_bytes_drawn_in_pieces_into_given_memory_are_the_same() -> None:
    memory = np.zeros((9000, 288), dtype=np.uint8)
    everything = noise_bytes(7, 3, "demand", 2, 0, 9000, 288, memory)
    assert everything is memory
    for first in (0, 1819, 1820, 8997):
        assert np.array_equal(noise_bytes(7, 3, "demand", 2, first, 3, 288), everything[first : first + 3])


def test_longer_rows_begin_alike_within_a_counter() -> None:
    short, long = (noise_bytes(7, 3, "demand", 0, 0, 1, width) for width in (8, 32))
    assert np.array_equal(short[0], long[0, :8])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=30), st.integers(1, 5))
def test_an_entity_owns_its_numbers(ids: list[int], draws: int) -> None:
    everything = uniforms(7, 3, "x", np.arange(501), draws)
    assert np.array_equal(uniforms(7, 3, "x", np.array(ids), draws), everything[ids])


def test_numbers_lie_strictly_inside_0_and_1_and_none_for_nobody() -> None:
    numbers = uniforms(1, 0, "x", np.arange(100_000))
    assert numbers.min() > 0 and numbers.max() < 1
    assert uniforms(1, 0, "x", np.arange(0)).shape == (0,)
    assert uniforms(1, 0, "x", np.arange(0), 3).shape == (0, 3)


def chi_square(counts: np.ndarray) -> float:
    """Chi-square statistic against equal frequencies."""
    expected = counts.sum() / counts.size
    return float(((counts - expected) ** 2 / expected).sum())


def test_numbers_are_uniform() -> None:
    numbers = uniforms(11, 0, "x", np.arange(100_000))
    # 99 degrees of freedom: mean 99, standard deviation 14.
    assert 60 < chi_square(np.bincount((numbers * 100).astype(int), minlength=100)) < 150
    values = noise_bytes(11, 0, "x", 0, 0, 500, 744)
    # 255 degrees of freedom: mean 255, standard deviation 22.6.
    assert 180 < chi_square(np.bincount(values.ravel(), minlength=256)) < 345


@pytest.mark.parametrize("other", [(8, 3, "x"), (7, 4, "x"), (7, 3, "y"), (7, 31, "x")])
def test_seeds_worlds_and_names_are_independent(other: tuple[int, int, str]) -> None:
    ids = np.arange(20_000)
    a, b = uniforms(7, 3, "x", ids), uniforms(*other, ids)
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(ids))


def test_blocks_and_entities_are_independent() -> None:
    rows = noise_bytes(7, 3, "demand", 0, 0, 40, 744).astype(float)
    next_block = noise_bytes(7, 3, "demand", 1, 0, 40, 744).astype(float)
    between = np.corrcoef(rows)[np.triu_indices(40, 1)]
    assert np.abs(between).max() < 6 / np.sqrt(744)
    assert abs(np.corrcoef(rows.ravel(), next_block.ravel())[0, 1]) < 4 / np.sqrt(rows.size)
