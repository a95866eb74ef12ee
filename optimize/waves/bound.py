"""A proven bound on the cost of any schedule: limits are priced instead of kept (Lagrangian relaxation).

Whatever the prices, no schedule that keeps the limits costs less than the best one that pays for what it
takes of them, less the worth of all there is. That holds for every set of prices >= 0, so a search cut short
still proves what it says. Prices are found by the volume algorithm (Barahona and Anbil 2000, Mathematical
Programming 87): steps along the mean use of the schedules met so far.

Rent of a link between units is split in the same way: |x - y| >= q (x - y) for every q within -1 ... 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import Floats, Ints, Problem, Use, cost_of, use
from .relaxed import best_schedules, priced
from .turns import in_turns

# Share of the latest schedule in the mean: that of the first rounds, after how many it halves, and the least.
NEWEST, HALVED, LEAST = 0.1, 60, 0.02
# What a step is multiplied by when the bound rises, or has not for so many rounds; it ends below the last.
RISE, FALL = 1.1, 0.66
PATIENCE = 5
SHORTEST = 1e-5
# A step aims at most so far above the best bound, however dear the schedule known.
AIM = 0.02
# Rounds between schedules made from the mean of those met.
AGAIN = 20
# Safe side: what a sum of a million rounded terms may be off by.
SAFE = 1e-10


@dataclass(frozen=True)
class Bound:
    """What is proven, and the best schedule met.

    Attributes:
        value: no schedule costs less.
        slot: the schedule, which keeps all limits, shape (S,).
    """

    value: float
    slot: Ints


class _Limits:
    """Limits as shares of what there is; prices are of all there is of each, in CNY."""

    def __init__(self, problem: Problem) -> None:
        p = problem
        self._p, weeks = p, len(p.hour)
        self._all = np.concatenate([p.week_days, p.week_gb, p.most, p.budget])
        self.exists = np.isfinite(self._all)
        self._edges = np.cumsum([weeks, weeks, len(p.most)])

    def share(self, taken: Use) -> Floats:
        """What is taken over what there is, less one; 0 where there is no limit."""
        amounts = np.concatenate([taken.days, taken.gb, taken.moves, taken.money])
        zero = np.zeros_like(amounts)
        return np.asarray(np.divide(amounts, self._all, out=zero, where=self.exists) - self.exists)

    def each(self, price: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Price of a person-day, a GB, a move and a CNY at each slot."""
        zero = np.zeros_like(price)
        of_one = np.divide(price, self._all, out=zero, where=self.exists)
        days, gb, moves, money = np.split(of_one, self._edges)
        return days, gb, moves[self._p.month], money[self._p.year] * self._p.wage

    def guess(self, later_cny: Floats, taken: Use) -> Floats:
        """Prices that a schedule suggests: a week's staff brings all that moves later forward by a week.

        Args:
            later_cny: what a week's delay of what moves after each slot costs, shape (W,).
            taken: by the schedule; of staff and line the price is on what is scarcer.
        """
        weeks, price = len(later_cny), np.zeros_like(self._all)
        shares = (taken.days / self._p.week_days, taken.gb / self._p.week_gb)
        scarce = int(shares[1].sum() > shares[0].sum())
        price[scarce * weeks : (scarce + 1) * weeks] = later_cny
        return price


class _Links:
    """Links cut into weeks: what a week's rent would add to one end and take from the other."""

    def __init__(self, problem: Problem) -> None:
        p, weeks = problem, len(problem.hour)
        self._a, self._b = p.ends[:, 0], p.ends[:, 1]
        worth = np.clip(p.worth, p.life[:, :1], p.life[:, 1:])
        self.most = np.diff(worth, axis=1)  # rent from slot t to the next, shape (L, W)
        self._t = np.arange(weeks)

    def split(self, slot: Ints) -> Floats:
        """1 where only the first end has moved, -1 where only the second has, shape (L, W)."""
        moved = slot[:, None] <= self._t
        return moved[self._a].astype(np.float64) - moved[self._b]

    def add(self, cost: Floats, price: Floats) -> None:
        """Add the prices to the cost of each slot: an end that has moved by t pays or earns week t's."""
        from_slot = price[:, ::-1].cumsum(axis=1)[:, ::-1]
        np.add.at(cost[:, :-1], self._a, from_slot)
        np.subtract.at(cost[:, :-1], self._b, from_slot)


def bound(problem: Problem, known: Ints, rounds: int, gap: float) -> Bound:
    """Search prices, and schedules in the order that they suggest.

    Args:
        known: a schedule that keeps all limits.
        rounds: sets of prices to try.
        gap: stop when no schedule can be better by more than this share.
    """
    search = _Search(problem, known)
    for done in range(1, rounds + 1):
        search.step()
        if done % AGAIN == 0:
            search.follow()
            if search.upper - search.best <= gap * search.upper:
                break
        if search.length < SHORTEST:
            search.follow()
            break
    return Bound(search.best - SAFE * abs(search.best), search.known)


class _Search:
    """State of the search for prices."""

    def __init__(self, problem: Problem, known: Ints) -> None:
        self._p, self.known, self.upper = problem, known, cost_of(problem, known)
        self._limits, self._links = _Limits(problem), _Links(problem)
        self._first_of = np.searchsorted(problem.room, np.arange(len(problem.unit) + 1))
        self._room_of = np.searchsorted(problem.unit, np.arange(len(problem.unit_cost) + 1))
        self._cost = np.empty_like(problem.cost)
        self._slot = np.empty(len(problem.room), dtype=np.int64)
        self._centre = self._limits.guess(_later_cny(problem, known), use(problem, known))
        self._link_centre = np.zeros_like(self._links.most)
        self.best, share, split = self._evaluate(self._centre, self._link_centre)
        self._mean, self._mean_split = share, split
        self._moving = (self._slot < len(problem.hour)).astype(np.float64)
        self._mean_slot = self._slot * self._moving
        self.length, self._newest = 1.0, NEWEST
        self._failed, self._rounds = 0, 0

    def _evaluate(self, price: Floats, link_price: Floats) -> tuple[float, Floats, Floats]:
        """Bound at some prices, and what its schedule takes."""
        priced(self._p, *self._limits.each(price), self._cost)
        if len(link_price):
            self._links.add(self._cost, link_price)
        value = best_schedules(self._p, self._cost, self._first_of, self._room_of, self._slot)
        share = self._limits.share(use(self._p, self._slot))
        return value - float(price.sum()), share, self._links.split(self._slot)

    def follow(self) -> None:
        """Let the systems that mostly move take their turns in the order of their mean slots."""
        turn = self._mean_slot / np.maximum(self._moving, 1e-9)
        turn[self._moving <= 0.5] = np.inf
        slot = in_turns(self._p, turn)
        cost = cost_of(self._p, slot)
        if cost >= self.upper:
            return
        self.known, self.upper = slot, cost
        price = self._limits.guess(_later_cny(self._p, slot), use(self._p, slot))
        self._accept(price, self._link_centre)

    def step(self) -> None:
        """Try prices one step along the mean use."""
        self._rounds += 1
        self._newest = max(NEWEST * HALVED / (HALVED + self._rounds), LEAST)
        # A limit that is neither scarce nor priced has no part in the step.
        way = np.where((self._centre > 0) | (self._mean > 0), self._mean, 0.0)
        norm = float((way**2).sum()) or 1.0
        # Both kinds of price move by steps of the same size.
        link_norm = float((self._mean_split**2).sum())
        scale = norm / link_norm if link_norm > 0 else 0.0
        size = self.length * min(self.upper - self.best, AIM * self.best) / (norm * (2.0 if scale else 1.0))
        price = np.maximum(self._centre + size * way, 0.0)
        link_price = np.clip(
            self._link_centre + size * scale * self._mean_split, -self._links.most, self._links.most
        )
        if self._accept(price, link_price):
            self._failed = 0
            return
        self._failed += 1
        if self._failed >= PATIENCE:
            self.length, self._failed = self.length * FALL, 0

    def _accept(self, price: Floats, link_price: Floats) -> bool:
        """Try prices, and keep them if they prove more."""
        value, share, split = self._evaluate(price, link_price)
        self._mean += self._newest * (share - self._mean)
        self._mean_split += self._newest * (split - self._mean_split)
        moves = self._slot < len(self._p.hour)
        newest = max(1 / (self._rounds + 1), LEAST)  # the order needs a longer memory than the step
        self._moving += newest * (moves - self._moving)
        self._mean_slot += newest * (self._slot * moves - self._mean_slot)
        if value <= self.best:
            return False
        if float(share @ self._mean) > 0:
            self.length = min(self.length * RISE, 2.0)
        self.best, self._centre, self._link_centre = value, price, link_price
        return True


def _later_cny(problem: Problem, slot: Ints) -> Floats:
    """What a week's delay of everything that a schedule moves after each slot would cost, shape (W,)."""
    p, weeks = problem, len(problem.hour)
    rate = np.zeros(weeks + 1)
    open_until = np.zeros(len(p.unit), dtype=np.int64)
    np.maximum.at(open_until, p.room, slot)
    for cost, at in ((p.cost[:, :-1], slot), (p.room_cost[:, :-1], open_until)):
        first = np.isfinite(cost).argmax(axis=1)
        last = weeks - 1 - np.isfinite(cost)[:, ::-1].argmax(axis=1)
        row = np.arange(len(cost))
        with np.errstate(invalid="ignore"):  # infinite less infinite: what can never move
            rise = np.where(last > first, cost[row, last] - cost[row, first], 0.0)
        rise /= np.maximum(last - first, 1)
        np.add.at(rate, at, np.where(np.isfinite(rise), rise, 0.0))
    return np.asarray(np.maximum(rate[:0:-1].cumsum()[::-1] - rate[weeks], 0.0))
