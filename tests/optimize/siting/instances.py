"""Small made-up siting problems, and their cheapest answers by trying all."""

from __future__ import annotations

from itertools import product

import numpy as np

from roomfold.optimize.siting import Instance, Ways, total_cny


def made_up(
    units: int, sites: int, seed: int, *, recovery: bool = False, fill: float = 0.6, most: int | None = None
) -> Instance:
    """A random problem; all sites together are ``fill`` full."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    racks = rng.integers(1, 9, units) / 4
    capacity = rng.uniform(0.6, 1.4, sites)
    capacity *= racks.sum() / fill / capacity.sum()
    site, at = np.nonzero(~np.eye(sites, dtype=bool) & (rng.random((sites, sites)) < 0.8))
    n = len(site) if recovery else 0
    guarded = (rng.random(units) < 0.6) * float(recovery)
    return Instance(
        names=tuple(f"s{i}" for i in range(sites)),
        ids=np.arange(units),
        cost_cny=np.where(rng.random((units, sites)) < 0.15, np.inf, rng.integers(10, 100, (units, sites))),
        racks=racks,
        open_cny=rng.integers(20, 200, sites).astype(float),
        serve_cny=rng.integers(0, 30, sites).astype(float),
        most_racks=np.where(rng.random(sites) < 0.3, np.inf, capacity),
        more_racks=np.where(rng.random(sites) < 0.5, 1.0, 0.0),
        more_cny=rng.integers(5, 20, sites).astype(float),
        must_open=np.zeros(sites, dtype=bool),
        least=1,
        most=sites if most is None else most,
        standby_racks=guarded * racks / 2,
        standby_cny=rng.integers(5, 30, sites).astype(float),
        mbps=guarded * rng.integers(1, 50, units),
        ways=Ways(
            np.repeat(site[:n], 2),
            np.repeat(at[:n], 2),
            np.tile([0, 1], n),
            np.tile([30.0, 100.0], n),
            (rng.integers(5, 20, n)[:, None] * [1.0, 2.5]).ravel() if n else np.empty(0),
        ),
    )


def cheapest(instance: Instance) -> float:
    """Cost of the best answer, by trying every one; infinite if there is none."""
    sites, units = len(instance.names), len(instance.ids)
    best = np.inf
    options = [[-1, *np.flatnonzero(instance.ways.site == i).tolist()] for i in range(sites)]
    ways = np.array(list(product(*options)), dtype=np.int64)
    for mask in product((False, True), repeat=sites):
        is_open = np.array(mask)
        inside = np.flatnonzero(is_open).tolist()
        for site in product(inside, repeat=units):
            for way in ways:
                best = min(best, total_cny(instance, np.array(site, dtype=np.int64), is_open, way))
    return best
