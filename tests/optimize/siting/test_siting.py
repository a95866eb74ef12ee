"""Siting against trying all answers, a second solver, and rules that must hold for any problem."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from roomfold.optimize.siting import Choice, Effort, Instance, choose_sites, total_cny
from roomfold.optimize.siting.instance import Ways
from roomfold.optimize.siting.model import build
from roomfold.scenarios.errors import InfeasibleError

from .instances import cheapest, made_up

EXACT = Effort(gap=1e-9, nodes=5000)
GOLDEN = Path(__file__).with_name("three_sites.lp")


def solve(instance: Instance) -> Choice | None:
    """The answer, None if there is none."""
    try:
        return choose_sites(instance, EXACT)
    except InfeasibleError:
        return None


@pytest.mark.parametrize("recovery", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_as_cheap_as_trying_every_answer(seed: int, recovery: bool) -> None:
    instance = made_up(4, 3, seed, recovery=recovery, fill=0.5 + 0.08 * seed)
    best, found = cheapest(instance), solve(instance)
    assert (found is None) == (best == np.inf)
    if found is not None:
        assert found.cost_cny == pytest.approx(best, rel=1e-9)
        assert found.bound_cny <= best * (1 + 1e-12) and found.gap < 1e-6
        assert total_cny(instance, found.site, found.open, found.way) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_as_cheap_as_a_second_solver_finds(seed: int) -> None:
    instance = made_up(14, 5, 100 + seed, fill=0.7, most=3)
    units, sites = instance.cost_cny.shape
    # Columns: x by unit and site, open, use, added racks.
    costs = np.concatenate(
        [
            np.where(np.isfinite(instance.cost_cny), instance.cost_cny, 0).ravel(),
            instance.open_cny + 0,
            instance.serve_cny,
            instance.more_cny,
        ]
    )
    n = units * sites
    rows, low, high = [], [], []

    def row(entries: dict[int, float], least: float, most: float) -> None:
        vector = np.zeros(len(costs))
        vector[list(entries)] = list(entries.values())
        rows.append(vector)
        low.append(least)
        high.append(most)

    for u in range(units):
        row({u * sites + i: 1.0 for i in range(sites)}, 1, 1)
        for i in range(sites):
            row({u * sites + i: 1.0, n + sites + i: -1.0}, -np.inf, 0)
    for i in range(sites):
        row({n + sites + i: 1.0, n + i: -1.0}, -np.inf, 0)
        if np.isfinite(instance.most_racks[i]):
            needs = {u * sites + i: float(instance.racks[u]) for u in range(units)}
            row(needs | {n + 2 * sites + i: -1.0}, -np.inf, float(instance.most_racks[i]))
    row({n + i: 1.0 for i in range(sites)}, instance.least, instance.most)
    upper = np.concatenate([np.isfinite(instance.cost_cny).ravel(), np.ones(2 * sites), instance.more_racks])
    whole = np.concatenate([np.ones(n + 2 * sites), np.zeros(sites)])
    oracle = milp(
        costs,
        constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(0, upper),
        integrality=whole,
        options={"mip_rel_gap": 0.0},
    )
    found = solve(instance)
    assert (found is None) == (not oracle.success)
    if found is not None:
        assert found.cost_cny == pytest.approx(oracle.fun, rel=1e-7)
        assert found.bound_cny <= oracle.fun * (1 + 1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), recovery=st.booleans(), fill=st.floats(0.3, 0.9))
def test_looser_limits_never_cost_more_and_order_never_matters(
    seed: int, recovery: bool, fill: float
) -> None:
    instance = made_up(6, 3, seed, recovery=recovery, fill=fill, most=2)
    found = solve(instance)
    looser = (
        replace(instance, most=3),
        replace(instance, more_racks=instance.more_racks + 1),
        replace(instance, cost_cny=np.minimum(instance.cost_cny, 150.0)),
    )
    for other in map(solve, looser):
        if found is not None:
            assert other is not None
            assert other.bound_cny <= found.cost_cny * (1 + 1e-9)
            assert other.cost_cny <= found.cost_cny * (1 + 1e-6)
    shuffled = solve(_shuffled(instance, seed))
    assert (shuffled is None) == (found is None)
    if found is not None and shuffled is not None:
        assert found.bound_cny <= found.cost_cny
        assert shuffled.cost_cny == pytest.approx(found.cost_cny, rel=1e-12)


def _shuffled(instance: Instance, seed: int) -> Instance:
    """The same problem with units, sites and ways in another order."""
    rng = np.random.Generator(np.random.Philox(key=seed + 1))
    unit, site = rng.permutation(len(instance.ids)), rng.permutation(len(instance.names))
    new, ways = np.argsort(site), instance.ways
    order = rng.permutation(len(ways.site))
    by_unit = ("ids", "racks", "standby_racks", "mbps")
    by_site = ("open_cny", "serve_cny", "most_racks", "more_racks", "more_cny", "must_open", "standby_cny")
    return replace(
        instance,
        names=tuple(instance.names[i] for i in site),
        cost_cny=instance.cost_cny[unit][:, site],
        ways=Ways(
            new[ways.site[order]], new[ways.at[order]], ways.kind[order], ways.line_mbps[order],
            ways.line_cny[order],
        ),
        **{name: getattr(instance, name)[unit] for name in by_unit},
        **{name: getattr(instance, name)[site] for name in by_site},
    )  # fmt: skip


def test_a_large_problem_has_a_small_gap_whatever_the_limits() -> None:
    instance = made_up(300, 12, 7, fill=0.7)
    found = choose_sites(instance)
    assert found.gap < 0.01
    assert total_cny(instance, found.site, found.open, found.way) == pytest.approx(found.cost_cny)


def test_the_model_of_three_sites_is_as_written() -> None:
    instance = made_up(3, 3, 5, recovery=True)
    model, _ = build(instance, np.isfinite(instance.cost_cny))
    assert model.text() == GOLDEN.read_text("utf-8")


def test_what_is_impossible_is_named() -> None:
    fine = made_up(6, 3, 1, recovery=True, fill=0.3)
    far = fine.cost_cny.copy()
    far[2] = np.inf
    finite = np.full(3, 0.3)
    for broken, words in (
        (replace(fine, cost_cny=far), "latency: no site is near enough to unit 2"),
        (replace(fine, most_racks=finite, more_racks=finite * 0), "racks: unit"),
        (replace(fine, most_racks=finite + 2, more_racks=finite * 0, racks=fine.racks * 0 + 1.9), "racks: "),
        (replace(fine, ways=Ways.none()), "distance: no two sites"),
        (replace(fine, most=1), "recovery needs at least two"),
        (replace(fine, least=4), "no choice of 3 sites"),
    ):
        with pytest.raises(InfeasibleError, match=words):
            choose_sites(broken)
