"""Packing on profiles: the cheapest fleet found that holds all components, and a proof of how good it is.

Each component brings its demand hour class by hour class, with what is its own noise and what it shares
with its group, and static needs. A host may be over its throughput in a given share of the hours at most
(see ``risk``), and in no class of hours in the mean.

Where a host holds few components, hosts are built one after the other (see ``few``), and the cheapest fleets
that no proof excludes are tried; where it holds many, such fleets are filled evenly, with ever more slack.
Components that come later are packed afterwards, around those there already, so that hosts for them are
bought when they come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError
from ..solver import minimise
from .few import built
from .fill import EVEN, FIRST, FULL, fill, sums
from .items import Needs, Offer, Packed, Profiles
from .risk import overload_share
from .rows import chance_rows, reachable_room

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# With fewer components on a host than this, hosts are filled up one after the other.
FEW_TO_A_HOST = 30
# Fleets are listed, cheapest first, up to so many hosts and mixes of types; so many are tried.
FEW_FLEETS = 8
MOST_HOSTS_LISTED = 60
MOST_MIXES = 200_000
# Of what is left when the first component finds no place, so much would find none; slack rises by that.
USUAL_PART = 0.65
STEP = 0.001
MOST_TRIES = 12
# Hosts of the main type to be opened at most, at first, over those of the cheapest fleet.
ENOUGH = 3
# Types that make up less of the cheapest fleet are not tried as the main type.
MAIN_PART = 0.3
# Standard deviations counted as use when hosts are compared.
MARGIN = 1.5
ROUNDING = 1e-9
# What packings are compared with, components in decreasing order.
PLAIN_RULES = {"first-fit": FIRST, "best-fit": FULL}


@dataclass(frozen=True)
class _Task:
    """Components sorted, with the rows that every fleet satisfies.

    Attributes:
        fits: whether each component alone fits on each type, shape (components, types).
        holds, wanted: rows ``holds @ hosts >= wanted``.
    """

    needs: Needs
    groups: int
    allowed: float
    offer: Offer
    fits: Bools
    holds: Floats
    wanted: Floats

    def first(self, count: int) -> _Task:
        """The task of the first components, with the rows of all."""
        return replace(self, needs=self.needs.some(slice(count)), fits=self.fits[:count])

    def with_rows(self) -> _Task:
        """The task with the rows of its own components."""
        holds, wanted = _rows(self.needs, self.groups, self.allowed, self.offer, self.fits)
        return replace(self, holds=holds, wanted=wanted)


@dataclass(frozen=True)
class _Hosts:
    """Hosts in their order and the host of the first components, as far as they are placed."""

    types: Ints
    host_of: Ints

    def cost(self, offer: Offer) -> float:
        """Of those bought."""
        return float((np.bincount(self.types, minlength=len(offer.costs)) - offer.existing) @ offer.costs)


def pack_profiles(profiles: Profiles, offer: Offer, allowed: float, with_baselines: bool = False) -> Packed:
    """Pack components on the cheapest hosts found.

    Args:
        allowed: share of hours in which a host may be over its throughput.
        with_baselines: work out first-fit and best-fit decreasing as well, to compare with; if one of them is
            cheaper, it is the answer.

    Raises:
        InfeasibleError: a component fits on no host type, or the hosts to be had do not hold all.
    """
    order = _order(profiles, offer)
    epochs = profiles.epoch[order]
    task = _task(profiles, order, offer, allowed)
    first, bound = _cheapest(task, 0.0)
    mains, endless = np.flatnonzero(first >= MAIN_PART * first.sum()), np.flatnonzero(np.isinf(offer.most))
    most = ENOUGH * int(first.sum()) + 10
    try:
        hosts = _in_time(task, epochs, mains, int(first.sum()))
    except InfeasibleError:
        if len(endless) in (0, len(offer.most)):
            raise
        # The first components took what those after them cannot do without.
        hosts = _in_time(task, epochs, endless, int(first.sum()))
        mains = endless
    if len(order) and not epochs.any() and len(task.fits) < FEW_TO_A_HOST * first.sum():
        hosts = _cheaper(task, hosts, first, bound)
    if not with_baselines:
        return _packed(task, hosts, order, bound)
    plain = {name: _extended(task, _standing(offer), mains, rule, most) for name, rule in PLAIN_RULES.items()}
    hosts = min([hosts, *plain.values()], key=lambda found: found.cost(offer))
    baselines = {name: (found.cost(offer), len(found.types)) for name, found in plain.items()}
    return replace(_packed(task, hosts, order, bound), baselines=baselines)


def _in_time(task: _Task, epochs: Ints, mains: Ints, fewest: int) -> _Hosts:
    """Hosts for the components of each epoch in turn, around those there already.

    Args:
        fewest: hosts that the components take at least.
    """
    hosts = _standing(task.offer)
    if len(task.fits) < FEW_TO_A_HOST * fewest:
        found = built(task.needs, task.groups, epochs, task.offer, task.allowed)
        if found is not None:
            return _Hosts(*found)
    for epoch in np.unique(epochs):
        part = task.first(int(np.searchsorted(epochs, epoch, side="right")))
        if not len(hosts.host_of) and len(task.fits) >= FEW_TO_A_HOST * fewest:
            hosts = _search(part if len(part.fits) == len(epochs) else part.with_rows(), hosts, mains)
        else:
            hosts = _extended(part, hosts, mains, FULL, ENOUGH * fewest + 10)
    return hosts


def least_cost(profiles: Profiles, offer: Offer, allowed: float) -> float:
    """What no packing costs less than.

    Raises:
        InfeasibleError: a component fits on no host type, or the hosts to be had do not hold all.
    """
    return _cheapest(_task(profiles, _order(profiles, offer), offer, allowed), 0.0)[1]


def fits_alone(profiles: Profiles, offer: Offer, allowed: float) -> Bools:
    """Whether each component fits on a host of each type alone, shape (components, types)."""
    return _fits(needs_of(profiles, np.arange(len(profiles.group))), allowed, offer)


def _standing(offer: Offer) -> _Hosts:
    """The hosts there are before anything is packed."""
    return _Hosts(np.repeat(np.arange(len(offer.costs)), offer.existing), np.empty(0, dtype=np.int64))


def _order(profiles: Profiles, offer: Offer) -> Ints:
    """Epoch by epoch, largest first by the largest share of a host; the order they came in does not count."""
    busiest = (profiles.mean + MARGIN * np.sqrt(profiles.own + profiles.common**2)).max(axis=1, initial=0.0)
    most = np.maximum(offer.room.max(axis=0), 1e-300)
    shares = np.column_stack([busiest / float(offer.capacity.max()), profiles.static / most])
    marks = [profiles.own.sum(axis=1), profiles.mean @ np.arange(1.0, profiles.mean.shape[1] + 1)]
    size = -shares.max(axis=1)
    return np.lexsort((profiles.apart, profiles.group, *shares.T, *marks, size, profiles.epoch))


def needs_of(profiles: Profiles, order: Ints) -> Needs:
    """What components ask for, in this order."""
    every = Needs(
        mean=profiles.mean,
        own=profiles.own,
        common=profiles.common,
        group=profiles.group,
        static=profiles.static,
        apart=profiles.apart,
        weights=profiles.weights,
    )
    return every.some(order)


def _task(profiles: Profiles, order: Ints, offer: Offer, allowed: float) -> _Task:
    needs = needs_of(profiles, order).hottest_first()
    groups = int(profiles.group.max(initial=0)) + 1
    fits = _fits(needs, allowed, offer)
    lost = int((~fits.any(axis=1)).sum())
    if lost:
        raise InfeasibleError(f"{lost} components fit on no host type, each alone on a host")
    return _Task(needs, groups, allowed, offer, fits, *_rows(needs, groups, allowed, offer, fits))


def _rows(needs: Needs, groups: int, allowed: float, offer: Offer, fits: Bools) -> tuple[Floats, Floats]:
    """Rows of volumes, also for what only some types can take; shapes (rows, types) and (rows,)."""
    holds, wanted = [], []
    for mask in np.unique(np.vstack([np.ones((1, fits.shape[1]), dtype=bool), fits]), axis=0):
        confined = ~(fits & ~mask).any(axis=1)
        if not confined.any():
            continue
        part = needs.some(confined)
        if not (part.own.any() or part.common.any()):
            held, need = np.empty((0, len(offer.costs))), np.empty(0)
        else:
            held, need = chance_rows(part, groups, allowed, offer, fits[confined])
        holds += [reachable_room(part.static, offer.room).T * mask, offer.capacity[None] * mask, held * mask]
        wanted += [part.static.sum(axis=0), part.mean.sum(axis=0).max(keepdims=True), need]
    return np.vstack(holds), np.concatenate(wanted)


def _fits(needs: Needs, allowed: float, offer: Offer) -> Bools:
    """Whether each component alone fits on each type, shape (components, types)."""
    fits: Bools = np.all(needs.static[:, None, :] <= offer.room * (1 + ROUNDING), axis=2)
    variance = needs.own + needs.common**2
    peak = needs.mean.max(axis=1, initial=0.0) + 40 * np.sqrt(variance.max(axis=1, initial=0.0))
    for t, capacity in enumerate(offer.capacity):
        for i in np.flatnonzero(fits[:, t] & (peak > capacity)):
            fits[i, t] = overload_share(needs.mean[i], variance[i], needs.weights, capacity) <= allowed
    return fits


def _cheapest(task: _Task, slack: float) -> tuple[Ints, float]:
    """Hosts to have of each type, existing ones included, and the proven least cost of those bought."""
    offer = task.offer
    missing = np.maximum(task.wanted * (1 + slack) - task.holds @ offer.existing, 0.0)
    used = missing > 0
    if not used.any():
        return offer.existing.copy(), 0.0
    unit = float(offer.costs.max())
    solution = minimise(
        offer.costs / unit,
        task.holds[used] / missing[used, None],
        np.full(int(used.sum()), 1 - ROUNDING),
        offer.most - offer.existing,
        whole=True,
    )
    if not len(solution.x):
        raise InfeasibleError("the hosts to be had do not hold all components")
    return offer.existing + solution.x.astype(np.int64), max(solution.bound, 0.0) * unit * (1 - ROUNDING)


def _search(task: _Task, start: _Hosts, mains: Ints) -> _Hosts:
    """Fleets evenly filled, each larger than the one before, until one holds everything."""
    slack, fleet = 0.0, _cheapest(task, 0.0)[0]
    for _ in range(MOST_TRIES):
        found, left = _filled(task, start, fleet)
        if found is not None:
            return found
        before = fleet
        while np.array_equal(fleet, before):
            slack += max(STEP, USUAL_PART * left / max(fleet.sum(), 1))
            fleet, _ = _cheapest(task, slack)
    return _extended(task, start, mains, FULL, len(task.fits))


def _cheaper(task: _Task, best: _Hosts, first: Ints, bound: float) -> _Hosts:
    """A cheaper packing than the best on one of the cheapest fleets, if it is found."""
    for fleet in _listed(task, first, bound):
        if _price(task.offer, fleet) >= best.cost(task.offer) * (1 - ROUNDING):
            break
        found, _ = _filled(task, _standing(task.offer), fleet)
        if found is not None:
            return found
    return best


def _price(offer: Offer, fleet: Ints) -> float:
    return float((fleet - offer.existing) @ offer.costs)


def _listed(task: _Task, first: Ints, bound: float) -> list[Ints]:
    """The fleets just above the bound, where they can be listed."""
    offer = task.offer
    if first.sum() > MOST_HOSTS_LISTED or (offer.costs <= 0).any():
        return []
    high = bound * 1.1 + offer.costs.min()
    ranges = [
        np.arange(e, min(e + int(high / c), m) + 1)
        for e, c, m in zip(offer.existing, offer.costs, offer.most, strict=True)
    ]
    if np.prod([float(len(r)) for r in ranges]) > MOST_MIXES:
        return []
    mixes = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    price = (mixes - offer.existing) @ offer.costs
    enough = (mixes @ task.holds.T >= task.wanted * (1 - ROUNDING)).all(axis=1) & (price <= high)
    order = np.lexsort((*mixes[enough].T, price[enough]))[:FEW_FLEETS]
    return list(mixes[enough][order].astype(np.int64))


def _extended(task: _Task, start: _Hosts, mains: Ints, rule: int, most: int) -> _Hosts:
    """What there is and hosts opened one after the other, mostly of one type: the cheapest main type.

    Args:
        most: hosts of the main type to be tried at first.
    """
    offer = task.offer
    has = np.bincount(start.types, minlength=len(offer.costs))
    others = np.where(task.fits, offer.costs, np.inf).argmin(axis=1)
    coming = np.arange(len(task.fits)) >= len(start.host_of)
    best: _Hosts | None = None
    for main in mains.tolist():
        spare = np.bincount(others[coming & ~task.fits[:, main]], minlength=len(offer.costs))
        spare[main] = min(int(coming.sum()), most)
        if spare[main] > offer.most[main] - has[main]:  # others are opened once it runs out
            spare[:] = spare[main]
        spare = np.minimum(spare, np.maximum(offer.most - has, 0)).astype(np.int64)
        ordered = [main, *(t for t in np.argsort(offer.costs, kind="stable").tolist() if t != main)]
        found, _ = _placed(task, start, np.repeat(ordered, spare[ordered]), rule)
        if found is not None and (best is None or found.cost(offer) < best.cost(offer)):
            best = found
    if best is None and most < len(task.fits):
        return _extended(task, start, mains, rule, len(task.fits))
    if best is None:
        raise InfeasibleError("the hosts to be had do not hold all components")
    return best


def _filled(task: _Task, start: _Hosts, fleet: Ints) -> tuple[_Hosts | None, float]:
    """A packing on a fleet, evenly used, or None and what finds no place in it, in hosts."""
    more = np.maximum(fleet - np.bincount(start.types, minlength=len(fleet)), 0)
    return _placed(task, start, np.repeat(np.arange(len(fleet)), more), EVEN)


def _placed(task: _Task, start: _Hosts, more: Ints, rule: int) -> tuple[_Hosts | None, float]:
    """What there is and more hosts with all components on them; hosts that stay empty are left out."""
    offer, types = task.offer, np.concatenate([start.types, more]).astype(np.int64)
    if not len(types):
        return (None, 1.0) if len(task.fits) else (start, 0.0)
    room = np.ascontiguousarray(offer.room[types])
    host_of, left = fill(
        task.needs, offer.capacity[types], room, task.groups, task.allowed, MARGIN, rule, start.host_of
    )
    if (host_of < 0).any():
        return None, left
    kept = np.bincount(host_of, minlength=len(types)) > 0
    kept[: len(start.types)] = True
    return _Hosts(types[kept], (np.cumsum(kept) - 1)[host_of]), 0.0


def _packed(task: _Task, hosts: _Hosts, order: Ints, bound: float) -> Packed:
    offer, types = task.offer, hosts.types
    host_of = np.empty(len(order), dtype=np.int64)
    host_of[order] = hosts.host_of
    share = _overload(task.needs, task.groups, offer.capacity[types], hosts.host_of)
    cost = hosts.cost(offer)
    return Packed(types, host_of, cost, min(bound, cost), share)


def overload(profiles: Profiles, capacity: Floats, host_of: Ints) -> Floats:
    """Share of hours in which each host is over its throughput, by the planner's law, shape (hosts,).

    Args:
        capacity: throughput of each host, shape (hosts,).
        host_of: host of each component, shape (components,).
    """
    needs = needs_of(profiles, np.arange(len(host_of)))
    return _overload(needs, int(profiles.group.max(initial=0)) + 1, capacity, host_of)


def _overload(needs: Needs, groups: int, capacity: Floats, host_of: Ints) -> Floats:
    mean, variance = sums(needs, len(capacity), groups, host_of)
    shares = [
        overload_share(m, v, needs.weights, c) for m, v, c in zip(mean, variance, capacity, strict=True)
    ]
    return np.array(shares, dtype=np.float64)
