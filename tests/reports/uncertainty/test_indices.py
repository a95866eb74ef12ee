"""Sobol indices from worlds against functions whose indices are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc, sobol_indices, uniform

from roomfold.reports.uncertainty.chaos import fit, legendre
from roomfold.reports.uncertainty.contest import contest
from roomfold.reports.uncertainty.convergence import convergence
from roomfold.reports.uncertainty.indices import _listed, sensitivity


def _ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points[:, :3] - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_ishigami_as_published_among_quantities_that_do_nothing() -> None:
    """Ishigami and Homma 1990 with a = 7, b = 0.1: indices in Saltelli et al. 2008, table 4.3 of p. 196."""
    points = qmc.Sobol(4, rng=np.random.default_rng(1)).random(256)
    found = sensitivity([f"x{i}" for i in range(4)], points, _ishigami(points))
    by_path = {index.path: index for index in found.indices}
    assert found.q2 > 0.99
    assert [by_path[f"x{i}"].first for i in range(2)] == pytest.approx([0.3139, 0.4424], abs=0.01)
    assert [by_path[f"x{i}"].total for i in range(3)] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert all(index.total < 0.01 for path, index in by_path.items() if path not in ("x0", "x1", "x2"))


def test_a_product_agrees_with_saltellis_estimator() -> None:
    def model(x: np.ndarray) -> np.ndarray:  # shape (quantities, points)
        return np.asarray(x[0] * (1 + 2 * x[1]) + 0.3 * x[2])

    direct = sobol_indices(func=model, n=2**14, dists=[uniform()] * 3, rng=np.random.default_rng(3))
    points = qmc.Sobol(3, rng=np.random.default_rng(2)).random(128)
    found = {i.path: i for i in sensitivity("abc", points, model(points.T)).indices}
    assert [found[p].first for p in "abc"] == pytest.approx(direct.first_order, abs=0.01)
    assert [found[p].total for p in "abc"] == pytest.approx(direct.total_order, abs=0.01)
    assert found["c"].high - found["c"].low == pytest.approx(0.3 * 0.8)


def test_noise_is_not_shared_out() -> None:
    rng = np.random.default_rng(5)
    points = qmc.LatinHypercube(60, rng=rng).random(64)
    noise = rng.normal(size=64)
    alone = [fit(points, rng.normal(size=64)).q2 for _ in range(20)]
    assert sum(q2 > 0 for q2 in alone) <= 2, "sixty quantities that do nothing"
    values = 5 * points[:, 7] + noise * 0.1
    found = sensitivity([str(i) for i in range(60)], points, values)
    assert found.indices[0].path == "7" and found.q2 > 0.97
    low, high = found.indices[0].first_range
    assert low <= found.indices[0].first <= high and found.indices[0].first > 0.97


def _linear(shares: list[float], worlds: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points of sixty quantities, of which the first have these shares of the variance; the rest is noise."""
    points = qmc.LatinHypercube(60, rng=rng).random(worlds)
    uniform_parts = (points[:, : len(shares)] - 0.5) * np.sqrt(12 * np.array(shares))
    return points, uniform_parts.sum(axis=1) + rng.normal(size=worlds) * np.sqrt(1 - sum(shares))


def test_few_worlds_overstate_no_index() -> None:
    """One quantity at 0.3 among many small ones, 64 worlds: listed or not, not too large in the mean."""
    rng = np.random.default_rng(12)
    listed, covered = [], []
    for _ in range(6):
        points, values = _linear([0.3] + [0.01] * 40, 64, rng)
        found = sensitivity([str(i) for i in range(60)], points, values)
        for index in found.indices:
            true = {"0": 0.3}.get(index.path, 0.01 if int(index.path) < 41 else 0.0)
            listed.append(index.first - true)
            covered.append(index.first_range[0] <= true <= index.first_range[1])
    assert len(listed) >= 3
    assert np.mean(listed) == pytest.approx(0, abs=0.12)
    assert np.mean(covered) >= 0.5


def test_what_does_nothing_is_rarely_listed() -> None:
    rng = np.random.default_rng(13)
    runs = [sensitivity([str(i) for i in range(60)], *_linear([0.0], 32, rng)) for _ in range(8)]
    assert sum(bool(found.indices) for found in runs) <= 2, "one in twenty is expected"
    assert all(found.q2 < 0.3 for found in runs)


def test_a_large_index_needs_no_correction_and_a_doubtful_one_is_cut() -> None:
    """Far above the level the law is a plain normal one; just above it, the index may be nothing."""
    share, (low, high) = _listed(0.64, 0.02, 0.01)
    assert (share, low, high) == pytest.approx((0.64, (0.8 - 0.0329) ** 2, (0.8 + 0.0329) ** 2), abs=1e-3)
    share, (low, high) = _listed(0.26, 0.1, 0.25)
    assert low == pytest.approx(0) and share < 0.1 < high


def test_polynomials_are_orthonormal() -> None:
    nodes, weights = np.polynomial.legendre.leggauss(16)
    values = np.stack([legendre(d, (nodes + 1) / 2) for d in range(9)])
    assert values * (weights / 2) @ values.T == pytest.approx(np.eye(9), abs=1e-12)


def test_the_worlds_said_to_be_enough_are() -> None:
    """Quantiles of that many worlds vary by one per cent: their standard error over a thousand studies."""
    rng = np.random.default_rng(11)
    said = [convergence(rng.normal(100, 20, size=64)).enough for _ in range(50)]
    enough = int(np.median([n for n in said if n is not None]))
    ends = np.quantile(rng.normal(100, 20, size=(enough, 1000)), (0.1, 0.9), axis=0)
    worst = max(end.std() for end in ends) / 100
    assert worst == pytest.approx(0.01, rel=0.3)


def test_who_wins() -> None:
    cost = [[0.0, 0, 0, 0], [-1, -1, 1, 0]]
    carbon = [[5.0, 5, 5, 5], [4, 4, 4, 5]]
    risk = [[1.0, 1, 1, 1], [2, 1, 2, 1]]
    figures = np.array([cost, carbon, risk]).transpose(1, 0, 2)
    keep, move = contest(["keep", "move"], figures).values()
    assert (move.best["cost"], keep.best["cost"]) == (0.625, 0.375)
    assert move.best["carbon"] == 0.875 and move.best["risk"] == 0.25
    assert (keep.undominated, move.undominated) == (0.75, 1.0)
