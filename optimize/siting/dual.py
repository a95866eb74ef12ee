"""A proven bound on the cost of serving units from sites, by Lagrangian relaxation.

Each unit offers a price for being served, and each site a price for being the recovery site of another. A
site then takes the units that pay more than they cost with its best recovery site, as many as its racks
hold, parts of units and of lines allowed, and is open where it earns more than it costs. Prices of units
plus the sites' (negative) results never exceed the cost of any answer (Geoffrion 1974,
doi 10.1007/BFb0120690); prices move by subgradient steps (Held, Wolfe and Crowder 1974,
doi 10.1007/BF01580223).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .instance import Bools, Floats, Instance
from .options import Options, yields

Ints = NDArray[np.int64]

# A bound is stated this much lower (relative), which covers the rounding of sums of some 10,000 terms.
SAFE = 1e-10
FIRST_STEP = 1.5
LAST_STEP = 2e-3
PATIENCE = 12
LOOK_EVERY = 8
# Prices of sites move so much farther than those of units, which they outweigh.
SITE_PACE = 10.0
# Recovery sites told apart for each site.
NEAREST = 60


@dataclass(frozen=True)
class Prices:
    """The best prices found.

    Attributes:
        unit_cny: offered by units, shape (units,).
        fee_cny: offered for each recovery site by each site, see ``Options``, shape (sites, options).
        bound_cny: no answer costs less.
        site_cny: least result of each site if it is open, shape (sites,).
        reduced_cny: least cost of each unit at each site less its price, shape (sites, units).
    """

    unit_cny: Floats
    fee_cny: Floats
    bound_cny: float
    site_cny: Floats
    reduced_cny: Floats


@dataclass(frozen=True)
class _Result:
    """What some prices yield: a bound, how far each price is from balance, and the sites opened."""

    bound: float
    missing: Floats
    unpaid: Floats
    is_open: Bools
    site_cny: Floats


@dataclass
class _Relaxed:
    """An instance with its recovery sites, ready to be priced."""

    instance: Instance
    options: Options
    costs: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.costs = np.ascontiguousarray(self.instance.cost_cny.T)

    def result(self, price: Floats, fee: Floats) -> _Result:
        it, o = self.instance, self.options
        gain, option, taken = yields(
            self.costs, price, it.racks, it.most_racks, it.more_racks, it.more_cny, it.protected, it.mbps,
            it.standby_racks, o.at, o.mbps_cny, o.rack_cny, fee,
        )  # fmt: skip
        told = o.at >= 0
        income = np.zeros(len(it.names))
        np.add.at(income, o.at[told], fee[told])
        serve = it.serve_cny + gain
        site_cny = it.open_cny - income + np.minimum(serve, 0.0)
        is_open = opened(it, site_cny, it.must_open)
        serves = np.flatnonzero(is_open & (serve < 0))
        unpaid = np.where(told, -is_open[np.maximum(o.at, 0)].astype(np.float64), 0.0)
        unpaid[serves, option[serves]] += told[serves, option[serves]]
        bound = float(price.sum() + site_cny[is_open].sum())
        scale = float(np.abs(price).sum() + np.abs(site_cny[is_open]).sum() + np.abs(fee).sum())
        missing = 1.0 - taken[serves].sum(axis=0)
        return _Result(bound - SAFE * scale, missing, unpaid, is_open, site_cny)


def raise_prices(instance: Instance, upper_cny: float, steps: int, look: Callable[[Bools], float]) -> Prices:
    """Prices with a high bound.

    Args:
        upper_cny: cost of an answer known.
        steps: at most, twice where units are protected.
        look: called now and then with the sites the prices would open; returns the cost of the best answer
            known.
    """
    everyone = _Relaxed(instance, Options.of(instance, 0))
    least = _least_costs(everyone)
    near = np.partition(least, min(1, len(least) - 1), axis=0)[min(1, len(least) - 1)]
    price = np.where(np.isfinite(near), near, least.min(axis=0))
    price, fee = _climb(everyone, price, np.zeros(everyone.options.at.shape), upper_cny, steps, look)
    relaxed = everyone
    if instance.protected.any():
        relaxed = _Relaxed(instance, Options.of(instance, min(NEAREST, len(instance.names))))
        fee = np.zeros(relaxed.options.at.shape)
        price, fee = _climb(relaxed, price, fee, look(instance.must_open), steps, look)
    best = relaxed.result(price, fee)
    return Prices(price, fee, best.bound, best.site_cny, least - price)


def _climb(
    relaxed: _Relaxed,
    price: Floats,
    fee: Floats,
    upper_cny: float,
    steps: int,
    look: Callable[[Bools], float],
) -> tuple[Floats, Floats]:
    """Move prices by subgradient steps while the bound rises."""
    best, best_price, best_fee, step, stale = -np.inf, price, fee, FIRST_STEP, 0
    for k in range(steps):
        now = relaxed.result(price, fee)
        stale = 0 if now.bound > best + 1e-7 * abs(best) or k == 0 else stale + 1
        if now.bound > best:
            best, best_price, best_fee = now.bound, price, fee
        if k % LOOK_EVERY == 0:
            upper_cny = look(now.is_open)
        if stale >= PATIENCE:
            step, stale, price, fee = step / 2, 0, best_price, best_fee
            continue
        unpaid = np.where((fee <= 0) & (now.unpaid < 0), 0.0, now.unpaid)
        norm = float(now.missing @ now.missing) + SITE_PACE**2 * float((unpaid**2).sum())
        if step < LAST_STEP or norm < 1e-12 or best >= upper_cny * (1 - 1e-9):
            break
        move = step * max(upper_cny * 1.002 - now.bound, 1e-9 * abs(now.bound)) / norm
        price = price + move * now.missing
        fee = np.maximum(fee + move * SITE_PACE**2 * unpaid, 0.0)
    return best_price, best_fee


def _least_costs(relaxed: _Relaxed) -> Floats:
    """Cost of each unit at each site with the least that its recovery can add, shape (sites, units)."""
    it, options = relaxed.instance, relaxed.options
    costs = relaxed.costs.copy()
    guarded = it.protected
    for i in range(len(costs) if guarded.any() else 0):
        if np.isfinite(options.mbps_cny[i, 0]):
            costs[i] += it.mbps * options.mbps_cny[i, 0] + it.standby_racks * options.rack_cny[i, 0]
        else:
            costs[i, guarded] = np.inf
    return costs


def opened(instance: Instance, site_cny: Floats, must: Bools) -> Bools:
    """The sites that together result in least: those that must, those that pay, the fewest at least."""
    least = max(instance.least, 2 if instance.protected.any() else 1)
    is_open = must.copy()
    for i in np.argsort(site_cny, kind="stable").tolist():
        count = int(is_open.sum())
        if count < instance.most and (site_cny[i] < 0 or count < least):
            is_open[i] = True
    return is_open


def forced_cny(instance: Instance, prices: Prices) -> Floats:
    """How much the bound rises if each site must be open, shape (sites,)."""
    base = opened(instance, prices.site_cny, instance.must_open)
    rises = np.zeros(len(base))
    for i in np.flatnonzero(~base).tolist():
        must = instance.must_open.copy()
        must[i] = True
        if int(must.sum()) > instance.most:
            rises[i] = np.inf
            continue
        with_it = opened(instance, prices.site_cny, must)
        rises[i] = float(prices.site_cny[with_it].sum() - prices.site_cny[base].sum())
    return np.maximum(rises, 0.0)
