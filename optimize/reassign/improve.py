"""Re-planning from a running state: annealings under fines, then a large-neighbourhood search over a model.

The annealing may pass through assignments that are over capacity, short of locations or break a dependency,
for a fine; fines rise while the walk breaks a rule most of the time and fall while it does not. Only what
keeps every rule is ever kept. It starts from the running state, which must keep the rules, so there is always
an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..draws import THRESHOLDS
from .anneal import anneal
from .bound import lower_bound
from .cost import broken_rules, cost_of
from .instance import Instance, Ints
from .reoptimise import reoptimised
from .state import Rules, State, fill, rules_of, state_of

Floats = NDArray[np.float64]

ROUNDS = 300
STEPS = 100_000

_COLDEST = 2.0
_HOTTEST = 2.0**48
# Part of the effort that the annealing gets; model rounds beside rounds of annealing.
_ANNEALED = 0.9
_MODELS = 0.1

# Fines: first, in costs of a process at the start; change by round; share of steps that may break a rule.
_FINE = 10.0
_PACE = 1.1
_BROKEN_LATE = 0.02
_LATE = 0.9
_FINES = (10.0, 1e10)


@dataclass(frozen=True)
class _Leg:
    """One annealing from hot to cold.

    Attributes:
        hot: first temperature in shares of the start's excess over the bound, by process.
        cold: last, in shares of the cheapest cost so far; colder than that, the walk stands still.
        broken: share of steps that may break a rule.
        light: most proposals are of processes that weigh more than this share of the temperature.
    """

    hot: float
    cold: float
    broken: float
    light: float


# No one leg suits all instances: where dependencies or balances bind, breaking rules half of the time pays;
# where all resources are scarce, it does not; where all load can be had for nothing, heavy processes count.
_LEGS = (_Leg(1.0, 1e-5, 0.5, 0.0), _Leg(5.0, 1e-4, 0.5, 0.125), _Leg(5.0, 1e-4, 0.1, 0.0))
_COLD_EXCESS = 1e-3

# A model: machines until it holds so many places, and its branch-and-bound nodes.
_PLACES = 240
_NODES = 100


@dataclass(frozen=True)
class Reassigned:
    """A better place for each process.

    Attributes:
        assignment: machine of each process, shape (processes,); keeps all rules.
        cost: of it, with the moves from the start; start_cost: of the running state.
        bound: no assignment costs less.
        rounds: of annealing and of models that were done.
        method: what found it, in words.
    """

    assignment: Ints
    cost: int
    start_cost: int
    bound: int
    rounds: int
    method: str

    @property
    def gap(self) -> float:
        """Cost above the bound, as a share of the bound; 0 if equal, infinite if the bound is 0."""
        return 0.0 if self.optimal else self.cost / self.bound - 1.0 if self.bound else float("inf")

    @property
    def optimal(self) -> bool:
        """Whether this is proven to be the cheapest."""
        return self.cost <= self.bound


def improve(
    instance: Instance,
    *,
    rounds: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    on_better: Callable[[int], None] | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Reassigned:
    """Find better places for the processes of a running state.

    Without ``seconds`` the answer is the same on every machine.

    Args:
        rounds: of annealing, of 100,000 steps each; 300 if neither this nor ``seconds`` is given.
        seconds: at most, spread over the same schedule.
        seed: another one walks another way.
        on_better: called with each new lowest cost, at the end of a round.
        clock: what counts the seconds.

    Raises:
        ValueError: the running state breaks a rule.
    """
    broken = broken_rules(instance, instance.start)
    if broken:
        raise ValueError(f"the running state breaks a rule: {broken[0]}")
    effort = _Effort(ROUNDS if rounds is None and seconds is None else rounds, seconds, clock)
    search = _Search(instance, seed, on_better)
    done = 0
    while search.cost > search.bound and (share := effort.share(done, _ANNEALED)) < 1.0:
        search.anneal(share)
        done += 1
    models = 0
    while search.cost > search.bound and effort.share(done + models / _MODELS, 1.0) < 1.0:
        search.reoptimise(effort.left())
        models += 1
    if search.cost != cost_of(instance, search.best).total or broken_rules(instance, search.best):
        raise AssertionError("the search lost count")
    method = f"annealing ({done} rounds), then large-neighbourhood search over a model ({models} rounds)"
    return Reassigned(search.best, search.cost, search.start_cost, search.bound, done + models, method)


class _Effort:
    """How much of the effort is spent, by rounds, by seconds, or by whichever is further."""

    def __init__(self, rounds: int | None, seconds: float | None, clock: Callable[[], float]) -> None:
        self.rounds, self.seconds, self.clock = rounds, seconds, clock
        self.begin = clock()

    def share(self, done: float, part: float) -> float:
        """Share of a part of the effort that is spent."""
        by_round = _share(done, self.rounds, part)
        return max(by_round, _share(self.clock() - self.begin, self.seconds, part))

    def left(self) -> float | None:
        """Seconds left, if they are limited."""
        return None if self.seconds is None else max(0.1, self.begin + self.seconds - self.clock())


def _share(done: float, limit: float | None, part: float) -> float:
    if limit is None:
        return 0.0
    return done / (part * limit) if limit > 0 else 1.0


class _Search:
    """The cheapest assignment so far, and the walk that looks for cheaper ones."""

    def __init__(self, instance: Instance, seed: int, on_better: Callable[[int], None] | None) -> None:
        self.instance, self.on_better = instance, on_better
        self.generator = np.random.Generator(np.random.Philox(key=seed))
        self.words = self.generator.integers(1, 2**63, 1).astype(np.uint64)
        self.rules: Rules = rules_of(instance)
        self.state: State = state_of(self.rules, instance.start)
        self.best = instance.start.copy()
        self.cost = self.start_cost = cost_of(instance, self.best).total
        self.bound = lower_bound(instance)
        self.hot = (self.cost - self.bound) / instance.processes
        self.fine = max(10.0, _FINE * self.cost / instance.processes)
        self.leg, self.fines = 0, np.full(3, self.fine)
        weights = (instance.requirements * instance.load_weights).sum(axis=1)
        self.order = np.argsort(weights, kind="stable")
        self.weights = weights[self.order]
        # Products of a price and what is over capacity stay in 64 bits.
        self.dearest = 2.0**60 / np.maximum(instance.requirements.sum(axis=0), 1)
        self.scale = np.maximum(instance.requirements.mean(axis=0), 1e-6)

    def anneal(self, share: float) -> None:
        """One round at the temperature that belongs to a share of the schedule."""
        number = int(share * len(_LEGS))
        if number != self.leg:
            self.leg, self.fines = number, np.full(3, self.fine)
        leg, share = _LEGS[number], share * len(_LEGS) - number
        self._set_prices()
        broken = np.zeros(3, dtype=np.int64)
        temperature = self._temperature(leg, share)
        lightest = int(np.searchsorted(self.weights, temperature * leg.light))
        cost = anneal(
            self.rules,
            self.state,
            self.best,
            self.cost,
            THRESHOLDS,
            self.order,
            min(lightest, self.instance.processes // 2),
            self.words,
            temperature,
            STEPS,
            broken,
        )
        allowed = (leg.broken if share < _LATE else _BROKEN_LATE) * STEPS
        self.fines = np.clip(np.where(broken > allowed, self.fines * _PACE, self.fines / _PACE), *_FINES)
        self._report(int(cost))

    def _temperature(self, leg: _Leg, share: float) -> int:
        hot = max(1.0, leg.hot * self.hot)
        cold = max(_COLDEST, min(_COLD_EXCESS * (self.cost - self.bound), leg.cold * self.cost))
        return int(min(hot ** (1.0 - share) * cold**share, _HOTTEST))

    def reoptimise(self, seconds: float | None) -> None:
        """Choose the places on a few machines anew, costly ones more often."""
        machines = self._some_machines()
        better = reoptimised(self.instance, self.best, machines, _NODES, seconds)
        cost = cost_of(self.instance, better).total
        # A solver's tolerance is no proof: what it found counts only if it keeps the rules.
        if cost < self.cost and not broken_rules(self.instance, better):
            self.best = better
            self._report(cost)

    def _some_machines(self) -> Ints:
        """Machines in random order, costly ones first more often, until their processes fill a model."""
        state = state_of(self.rules, self.best)
        weight = state.machine_costs / max(1, int(state.machine_costs.sum())) + 1.0 / self.instance.machines
        order = self.generator.permutation(self.instance.machines)
        first = self.generator.choice(self.instance.machines, p=weight / weight.sum())
        order = np.concatenate([[first], order[order != first]])
        filled = np.cumsum(np.bincount(self.best, minlength=self.instance.machines)[order])
        fitting = np.flatnonzero(filled * np.arange(1, len(order) + 1) <= _PLACES)
        return np.sort(order[: max(2, len(fitting))])

    def _set_prices(self) -> None:
        """Prices of a broken rule: of a process's mean requirement too many, a location, a dependency."""
        capacity, spread, dependency = self.fines
        resources = self.instance.resources
        self.state.prices[:resources] = np.minimum(np.rint(capacity * 1024 / self.scale), self.dearest)
        self.state.prices[resources:] = np.rint([spread, dependency])
        fill(self.rules, self.state)

    def _report(self, cost: int) -> None:
        if cost < self.cost:
            self.cost = cost
            if self.on_better is not None:
                self.on_better(cost)
