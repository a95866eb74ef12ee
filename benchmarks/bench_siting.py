"""Siting: gap proven and process CPU seconds on made-up countries, several seeds each.

    python benchmarks/bench_siting.py

Towns lie at random on a square of 2,000 km, units around them; candidate sites stand in the largest towns.
Racks follow a long-tailed size of units, lines cost by distance, electricity by place. "loose" sites hold
what comes; of "tight" ones some six hold what is needed, with expansion at a price; "recovery" asks
for a second site 100 to 1,500 km away.
"""

from __future__ import annotations

from itertools import product
from time import process_time

import numpy as np

from roomfold.optimize.siting import Choice, Effort, Instance, Ways, choose_sites

SEEDS = (1, 2, 3)


def country(units: int, sites: int, seed: int, kind: str) -> Instance:
    """A made-up siting problem; ``kind`` is loose, tight or recovery."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    towns = rng.random((max(sites, 12), 2)) * 2000
    weight = 1 / np.arange(1, len(towns) + 1) ** 0.7
    place = towns[rng.choice(len(towns), units, p=weight / weight.sum())] + rng.normal(0, 60, (units, 2))
    size = rng.lognormal(0, 1, units)
    racks = 0.2 * size
    site = towns[:sites]
    km = np.hypot(*(place[:, None] - site[None]).T).T
    lines = np.maximum(np.ceil(size[:, None] * 8 / 100), 1)
    energy = racks[:, None] * 4.5 * 8760 * 1.5 * rng.uniform(0.45, 0.75, sites)
    cost = energy + lines * (30_000 + 60 * km) + racks[:, None] * 12_000 * rng.uniform(0.7, 1.3, sites)
    capacity = np.full(sites, np.inf)
    more = np.zeros(sites)
    if kind == "tight":
        capacity = rng.uniform(0.5, 1.5, sites)
        capacity *= sites / 6 * racks.sum() / capacity.sum()
        more = 0.25 * capacity
    between = np.hypot(*(site[:, None] - site[None]).T)
    at, to = np.nonzero((between >= 100) & (between <= 1500))
    n = len(at) if kind == "recovery" else 0
    ways = Ways(
        at[:n], to[:n], np.zeros(n, dtype=np.int64), np.full(n, 750.0), 84_000 + 150 * between[at, to][:n]
    )
    share = 0.4 if n else 0.0
    return Instance(
        names=tuple(f"site-{i}" for i in range(sites)),
        ids=np.arange(units),
        cost_cny=cost,
        racks=racks,
        open_cny=rng.uniform(1.2e6, 2.5e6, sites),
        serve_cny=rng.uniform(2e5, 6e5, sites),
        most_racks=capacity,
        more_racks=more,
        more_cny=np.full(sites, 15_000.0),
        must_open=np.zeros(sites, dtype=np.bool_),
        least=1,
        most=sites,
        standby_racks=share * racks,
        standby_cny=rng.uniform(20_000, 40_000, sites),
        mbps=share * size * 20,
        ways=ways,
    )


def solved(units: int, sites: int, seed: int, kind: str) -> tuple[Choice, float]:
    """The answer and its process CPU seconds."""
    started = process_time()
    choice = choose_sites(country(units, sites, seed, kind), Effort())
    return choice, process_time() - started


def main() -> None:
    """Print one line per instance."""
    solved(20, 12, 0, "tight")  # compile
    print("units  sites  kind      seed  open  cost CNY/yr     gap %   CPU s  method")
    for (units, sites), kind, seed in product(
        ((114, 12), (114, 30), (3000, 30), (3000, 100)), ("loose", "tight", "recovery"), SEEDS
    ):
        choice, seconds = solved(units, sites, seed, kind)
        print(
            f"{units:5d}  {sites:5d}  {kind:8s}  {seed:4d}  {int(choice.open.sum()):4d}  "
            f"{choice.cost_cny:14.0f}  {100 * choice.gap:6.3f}  {seconds:6.2f}  {choice.method}",
            flush=True,
        )


if __name__ == "__main__":
    main()
