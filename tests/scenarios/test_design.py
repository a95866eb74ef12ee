"""The design of a study: stratified, nested, and free of accidental correlation."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.scenarios.design import probabilities

PATHS = [f"quantity.{i}" for i in range(40)]
LEAD = PATHS[:6]


@pytest.mark.parametrize("worlds", [16, 64, 256])
def test_every_quantity_is_stratified_at_every_power_of_two(worlds: int) -> None:
    """Each of n equal strata of each quantity holds exactly one of n worlds."""
    points = probabilities(PATHS, LEAD, seed=3, worlds=worlds)
    strata = np.sort(np.floor(points * worlds).astype(int), axis=0)
    assert (strata == np.arange(worlds)[:, None]).all()


def test_more_worlds_leave_the_first_ones_as_they_are() -> None:
    """Worlds 0 ... n-1 do not depend on the number of worlds."""
    few, many = (probabilities(PATHS, LEAD, seed=3, worlds=n) for n in (24, 200))
    assert np.array_equal(few, many[:24])


def test_a_quantity_more_changes_no_other() -> None:
    """Outside the lead, a quantity's draws are its own."""
    without = probabilities(PATHS, LEAD, seed=3, worlds=32)
    with_one = probabilities([*PATHS, "another"], LEAD, seed=3, worlds=32)
    assert np.array_equal(without, with_one[:, :-1])


def test_seeds_give_other_worlds() -> None:
    """Another seed moves every point."""
    assert (probabilities(PATHS, LEAD, 1, 32) != probabilities(PATHS, LEAD, 2, 32)).all()


def test_quantities_are_as_uncorrelated_as_chance_allows() -> None:
    """Correlations between quantities spread as those of independent draws do."""
    worlds = 128
    correlations = np.corrcoef(probabilities(PATHS, LEAD, seed=5, worlds=worlds).T)
    pairs = correlations[np.triu_indices(len(PATHS), 1)]
    assert pairs.std() < 1.1 / np.sqrt(worlds)
    assert abs(pairs.mean()) < 4 * pairs.std() / np.sqrt(len(pairs))
