"""Annealing of the running state by moves of one process and swaps of two, in whole numbers throughout.

A move is taken if it costs at most a threshold (see ``draws``). Temperatures and thresholds are whole
numbers, so every machine walks the same way.
"""

from __future__ import annotations

import numpy as np

from ..compiled import compiled, inlined, inner
from ..draws import Words, below, draw
from .instance import Ints
from .state import (
    Rules,
    State,
    broken_change,
    machine_cost,
    machine_fine,
    most_moves,
    moved_change,
    place_cost,
    shift,
)

# Of 256 proposals: moves of one process; then swaps of two services; the rest are swaps within a service.
SHIFTS = 60
SWAPS = 120
# Two that weigh alike are less than this part of all processes apart, in order of weight.
NEAR = 16


@compiled
def anneal(
    rules: Rules,
    state: State,
    best: Ints,
    best_cost: int,
    thresholds: Ints,
    order: Ints,
    lightest: int,
    random: Words,
    temperature: int,
    steps: int,
    broken: Ints,
) -> int:
    """Walk some steps at one temperature from ``state``, which is changed.

    Args:
        order: processes, the lightest first.
        lightest: place in ``order`` from which most proposals are taken.
        best: cheapest assignment so far that keeps all rules, kept up, shape (processes,).
        best_cost: its cost.
        temperature: in cost units.
        broken: steps at which the walk was over capacity, short of locations, or broke a dependency.

    Returns:
        Cost of ``best``.
    """
    return walk(
        rules, state, best, best_cost, thresholds, order, lightest, random, temperature, steps, broken
    )


@inner
def walk(
    rules: Rules,
    state: State,
    best: Ints,
    best_cost: int,
    thresholds: Ints,
    order: Ints,
    lightest: int,
    random: Words,
    temperature: int,
    steps: int,
    broken: Ints,
) -> int:
    """The walk: apart from ``anneal``, without reference counting and with all it asks copied in."""
    processes, totals = len(state.assignment), state.totals
    for _ in range(steps):
        for k in range(3):
            if totals[2 + k] > 0:
                broken[k] += 1
        word = draw(random)
        p, m, q = proposed(rules, state, order, lightest, random, word)
        threshold = (temperature * thresholds[np.int64(word & np.uint64(4095))]) // 1024
        if m == state.assignment[p] or not fined_change(rules, state, p, m, q, threshold):
            continue
        if totals[0] < best_cost and totals[2] + totals[3] + totals[4] == 0:
            best_cost = totals[0]
            for i in range(processes):
                best[i] = state.assignment[i]
        take(rules, state, p, m, q)
    if totals[0] < best_cost and totals[2] + totals[3] + totals[4] == 0:
        best_cost = totals[0]
        for i in range(processes):
            best[i] = state.assignment[i]
    return best_cost


@inlined
def proposed(
    rules: Rules, state: State, order: Ints, lightest: int, random: Words, word: np.uint64
) -> tuple[int, int, int]:
    """A process, a machine for it, and a process of that machine to move in return (-1: none).

    Swaps are of any two, of two that weigh alike, or of two of a service. Bits of ``word`` from 12 on choose.
    """
    processes = len(state.assignment)
    first = lightest if word & np.uint64(3 << 20) else 0
    rank = first + int(np.int64(((word >> np.uint64(40)) * np.uint64(processes - first)) >> np.uint64(24)))
    p = int(order[rank])
    kind = np.int64((word >> np.uint64(12)) & np.uint64(255))
    s = rules.services[p]
    size = rules.members_from[s + 1] - rules.members_from[s]
    if kind < SHIFTS:
        return p, below(random, len(state.machine_costs)), -1
    if kind >= SWAPS and size > 1:
        q = int(rules.members[rules.members_from[s] + below(random, size)])
    elif word & np.uint64(1 << 22):
        q = int(order[first + below(random, processes - first)])
    else:
        reach = max(1, processes // NEAR)
        q = int(order[min(processes - 1, max(0, rank - reach + below(random, 2 * reach + 1)))])
    return p, int(state.assignment[q]), q


@inlined
def fined_change(rules: Rules, state: State, p: int, m: int, q: int, threshold: int) -> bool:
    """Whether cost and fines rise at most by a threshold if a process moves to a machine.

    Another process of that machine may move in return (-1: none does). Two of a service never share one.
    """
    old, s = state.assignment[p], rules.services[p]
    t = rules.services[q] if q >= 0 else -1
    if s != t and (state.on[s, m] > 0 or (t >= 0 and state.on[t, old] > 0)):
        return False
    change = place_cost(rules, p, m) - place_cost(rules, p, old)
    back = 0
    if q >= 0:
        change += place_cost(rules, q, old) - place_cost(rules, q, m)
        back = moved_change(rules, state, q, old)
    lacking, unmet = broken_change(rules, state, p, m, q)
    top = most_moves(rules, state, p, moved_change(rules, state, p, m), q, back)
    resources = rules.rooms.shape[1]
    change += (top - state.totals[1]) * rules.service_weight[0]
    change += lacking * state.prices[resources] + unmet * state.prices[resources + 1]
    change -= (
        state.machine_costs[m] + state.machine_fines[m] + state.machine_costs[old] + state.machine_fines[old]
    )
    if change > threshold:
        return False
    change += machine_cost(rules, state, m, p, q)
    if change > threshold:
        return False
    change += machine_cost(rules, state, old, q, p)
    if change > threshold:
        return False
    change += machine_fine(rules, state, m, p, q)
    return bool(change <= threshold and change + machine_fine(rules, state, old, q, p) <= threshold)


@inner
def take(rules: Rules, state: State, p: int, m: int, q: int) -> None:
    """Move a process to a machine, and another back in return (-1: none)."""
    old = state.assignment[p]
    totals = state.totals
    away = moved_change(rules, state, p, m)
    back = moved_change(rules, state, q, old) if q >= 0 else 0
    top = most_moves(rules, state, p, away, q, back)
    change = place_cost(rules, p, m) - place_cost(rules, p, old)
    if q >= 0:
        change += place_cost(rules, q, old) - place_cost(rules, q, m)
    lacking, unmet = broken_change(rules, state, p, m, q)
    totals[3] += lacking
    totals[4] += unmet
    change += (top - totals[1]) * rules.service_weight[0]
    for machine, enters, leaves in ((m, p, q), (old, q, p)):
        cost = machine_cost(rules, state, machine, enters, leaves)
        fines = machine_fine(rules, state, machine, enters, leaves)
        change += cost - state.machine_costs[machine]
        totals[2] += fines - state.machine_fines[machine]
        state.machine_costs[machine], state.machine_fines[machine] = cost, fines
    shift(rules, state, p, m)
    if q >= 0:
        shift(rules, state, q, old)
    totals[0] += change
    totals[1] = top
