"""The state that is searched: use, counts and costs kept exact, move by move, in compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inlined, inner
from .instance import Instance, Ints

# One count for each service and machine: the largest table, of nothing but 0 and 1.
Small = NDArray[np.int8]


class Rules(NamedTuple):
    """An instance as compiled code reads it; names as in ``Instance``.

    ``loads`` are what each process adds to the costs of a machine: its requirements times their weights, then
    what it adds to the shortage of each balance, shape (processes + 1, resources + balances). ``empty`` is
    the same of a machine without processes; it costs whatever is above 0. ``claims`` are what each process
    takes of the capacity where it is away from its start and, from row processes + 1 on, where it is at its
    start, which transient resources never leave; ``rooms`` is the capacity that is left without processes.
    The last row of either half is 0: no process.

    ``needs`` lists the services that service s depends on, between ``needs_from[s]`` and
    ``needs_from[s + 1]``; ``needed`` those that depend on it, ``members`` its processes. Move costs are
    weighted.
    """

    loads: Ints
    empty: Ints
    claims: Ints
    rooms: Ints
    locations: Ints
    neighbourhoods: Ints
    distances: Ints
    services: Ints
    members_from: Ints
    members: Ints
    spreads: Ints
    needs_from: Ints
    needs: Ints
    needed_from: Ints
    needed: Ints
    move_costs: Ints
    service_weight: Ints
    start: Ints


class State(NamedTuple):
    """An assignment and all that follows from it.

    ``over`` is what each machine holds above safety, times weight, then what it lacks of each balance; below
    0, there is room. ``room`` is the capacity left. ``machine_costs`` holds load and balance cost,
    ``machine_fines`` what a machine is fined for more than its capacity. ``on``, ``at`` and ``near`` count
    the processes of a service by machine, location and neighbourhood; ``spread`` its locations; ``moved`` its
    processes away from their start, and ``moved_by`` the services by that number. ``prices`` are fines: of a
    unit over capacity, in 1/1024 and by resource, then of a location too few, then of a dependency not kept.
    ``totals`` is (cost, most moves within a service, fines for capacity, locations too few, dependencies not
    kept).
    """

    assignment: Ints
    over: Ints
    room: Ints
    machine_costs: Ints
    machine_fines: Ints
    on: Small
    at: Ints
    near: Ints
    spread: Ints
    moved: Ints
    moved_by: Ints
    prices: Ints
    totals: Ints


def rules_of(instance: Instance) -> Rules:
    """The instance, for compiled code."""
    services = len(instance.spreads)
    a, b = instance.dependencies[:, 0], instance.dependencies[:, 1]
    reverse = np.lexsort((a, b))
    loads, empty = _loads(instance)
    claims, rooms = _claims(instance)
    return Rules(
        loads=loads,
        empty=empty,
        claims=claims,
        rooms=rooms,
        locations=instance.locations,
        neighbourhoods=instance.neighbourhoods,
        distances=instance.distances * instance.move_weights[2],
        services=instance.services,
        members_from=np.searchsorted(np.sort(instance.services), np.arange(services + 1)),
        members=np.argsort(instance.services, kind="stable"),
        spreads=instance.spreads,
        needs_from=np.searchsorted(a, np.arange(services + 1)),
        needs=np.ascontiguousarray(b),
        needed_from=np.searchsorted(b[reverse], np.arange(services + 1)),
        needed=np.ascontiguousarray(a[reverse]),
        move_costs=instance.move_costs * instance.move_weights[0],
        service_weight=instance.move_weights[1:2],
        start=instance.start,
    )


def _loads(instance: Instance) -> tuple[Ints, Ints]:
    need, weight = instance.requirements, instance.load_weights
    loads, empty = [need * weight], [-np.minimum(instance.safety, need.sum(axis=0)) * weight]
    for a, b, target, price in instance.balances.tolist():
        loads.append(price * (need[:, [b]] - target * need[:, [a]]))
        empty.append(price * (target * instance.capacities[:, [a]] - instance.capacities[:, [b]]))
    loads = [np.vstack([table, np.zeros_like(table[:1])]) for table in loads]
    return np.hstack(loads), np.hstack(empty)


def _claims(instance: Instance) -> tuple[Ints, Ints]:
    none = np.zeros_like(instance.requirements[:1])
    home = np.where(instance.transient, 0, instance.requirements)
    rooms = instance.capacities.copy()
    np.subtract.at(rooms, instance.start, instance.requirements - home)
    return np.vstack([instance.requirements, none, home, none]), rooms


def state_of(rules: Rules, assignment: Ints) -> State:
    """The state at an assignment that keeps all rules."""
    services, machines = len(rules.spreads), len(rules.rooms)
    state = State(
        assignment=assignment.copy(),
        over=np.zeros_like(rules.empty),
        room=np.zeros_like(rules.rooms),
        machine_costs=np.zeros(machines, dtype=np.int64),
        machine_fines=np.zeros(machines, dtype=np.int64),
        on=np.zeros((services, machines), dtype=np.int8),
        at=np.zeros((services, int(rules.locations.max()) + 1), dtype=np.int64),
        near=np.zeros((services, int(rules.neighbourhoods.max()) + 1), dtype=np.int64),
        spread=np.zeros(services, dtype=np.int64),
        moved=np.zeros(services, dtype=np.int64),
        moved_by=np.zeros(len(assignment) + 1, dtype=np.int64),
        prices=np.zeros(rules.rooms.shape[1] + 2, dtype=np.int64),
        totals=np.zeros(5, dtype=np.int64),
    )
    fill(rules, state)
    return state


@compiled
def fill(rules: Rules, state: State) -> None:
    """Work out everything from ``state.assignment`` and ``state.prices``."""
    state.on[:] = 0
    for table in (state.at, state.near):
        table[:] = 0
    state.over[:] = rules.empty
    state.room[:] = rules.rooms
    state.spread[:] = 0
    state.moved[:] = 0
    state.moved_by[:] = 0
    cost = 0
    for p in range(len(state.assignment)):
        m, s, first = state.assignment[p], rules.services[p], rules.start[p]
        state.over[m] += rules.loads[p]
        state.room[m] -= rules.claims[claim_row(rules, p, m)]
        state.on[s, m] += 1
        state.near[s, rules.neighbourhoods[m]] += 1
        location = rules.locations[m]
        state.at[s, location] += 1
        if state.at[s, location] == 1:
            state.spread[s] += 1
        if m != first:
            state.moved[s] += 1
        cost += place_cost(rules, p, m)
    most = lacking = unmet = 0
    for s in range(len(state.moved)):
        state.moved_by[state.moved[s]] += 1
        most = max(most, state.moved[s])
        lacking += max(0, rules.spreads[s] - state.spread[s])
        for k in range(rules.needs_from[s], rules.needs_from[s + 1]):
            for area in range(state.near.shape[1]):
                if state.near[s, area] > 0 and state.near[rules.needs[k], area] == 0:
                    unmet += 1
    for m in range(len(state.machine_costs)):
        state.machine_costs[m] = machine_cost(rules, state, m, -1, -1)
        state.machine_fines[m] = machine_fine(rules, state, m, -1, -1)
    state.totals[0] = cost + state.machine_costs.sum() + most * rules.service_weight[0]
    state.totals[1] = most
    state.totals[2] = state.machine_fines.sum()
    state.totals[3] = lacking
    state.totals[4] = unmet


@inlined
def place_cost(rules: Rules, p: int, m: int) -> int:
    """What moving a process from its start to a machine costs, without the part by service."""
    first = rules.start[p]
    moving = rules.move_costs[p] if m != first else 0
    return int(moving + rules.distances[first, m])


@inlined
def machine_cost(rules: Rules, state: State, m: int, enters: int, leaves: int) -> int:
    """Load and balance cost of a machine once a process has entered and another left (-1: none does)."""
    none = len(rules.loads) - 1
    enters = none if enters < 0 else enters
    leaves = none if leaves < 0 else leaves
    return summed_cost(state.over, rules.loads, m, enters, leaves)


@inlined
def summed_cost(over: Ints, loads: Ints, m: int, enters: int, leaves: int) -> int:
    """What is above 0, without branches: the innermost loop of the search."""
    cost = 0
    for k in range(over.shape[1]):
        cost += max(0, over[m, k] + loads[enters, k] - loads[leaves, k])
    return cost


@inlined
def machine_fine(rules: Rules, state: State, m: int, enters: int, leaves: int) -> int:
    """What a machine is fined for lack of room once a process has entered and another left (-1: none)."""
    enters, leaves = claim_row(rules, enters, m), claim_row(rules, leaves, m)
    least = least_room(state.room, rules.claims, m, enters, leaves)
    if least >= 0:
        return 0
    fines = 0
    for r in range(state.room.shape[1]):
        lacking = rules.claims[enters, r] - rules.claims[leaves, r] - state.room[m, r]
        if lacking > 0:
            fines += 1 + (state.prices[r] * lacking >> 10)
    return fines


@inlined
def least_room(room: Ints, claims: Ints, m: int, enters: int, leaves: int) -> int:
    """Room left of the scarcest resource, without branches."""
    least = 0
    for r in range(room.shape[1]):
        least = min(least, room[m, r] - claims[enters, r] + claims[leaves, r])
    return least


@inlined
def claim_row(rules: Rules, p: int, m: int) -> int:
    """Row of what a process (-1: none) claims of a machine."""
    processes = len(rules.start)
    if p < 0:
        return processes
    return p + processes + 1 if rules.start[p] == m else p


@inlined
def spread_change(rules: Rules, state: State, p: int, m: int) -> int:
    """By how much the locations that its service lacks change when a process moves to a machine."""
    s = rules.services[p]
    old, new = rules.locations[state.assignment[p]], rules.locations[m]
    if old == new or rules.spreads[s] <= 1:
        return 0
    after = state.spread[s]
    if state.at[s, old] == 1:
        after -= 1
    if state.at[s, new] == 0:
        after += 1
    return int(max(0, rules.spreads[s] - after) - max(0, rules.spreads[s] - state.spread[s]))


@inlined
def unmet_change(rules: Rules, state: State, s: int, old: int, new: int) -> int:
    """By how much dependencies not kept change when a process of a service changes its neighbourhood."""
    change = 0
    if old != new:
        if state.near[s, old] == 1:
            change -= unmet(rules, state, s, old)
        if state.near[s, new] == 0:
            change += unmet(rules, state, s, new)
    return change


@inner
def unmet(rules: Rules, state: State, s: int, area: int) -> int:
    """Dependencies not kept in a neighbourhood with a service there, less those without it there."""
    count = 0
    for k in range(rules.needs_from[s], rules.needs_from[s + 1]):
        if state.near[rules.needs[k], area] == 0:
            count += 1
    for k in range(rules.needed_from[s], rules.needed_from[s + 1]):
        if state.near[rules.needed[k], area] > 0:
            count -= 1
    return count


@inlined
def broken_change(rules: Rules, state: State, p: int, m: int, q: int) -> tuple[int, int]:
    """By how much lacking locations and unmet dependencies change.

    A process moves to a machine, and another of that machine may move in return (-1: none does).
    """
    old, s = state.assignment[p], rules.services[p]
    here, there = rules.neighbourhoods[old], rules.neighbourhoods[m]
    if q < 0:
        return spread_change(rules, state, p, m), unmet_change(rules, state, s, here, there)
    t = rules.services[q]
    if s == t:
        return 0, 0
    lacking = spread_change(rules, state, p, m) + spread_change(rules, state, q, old)
    unmet = unmet_change(rules, state, s, here, there)
    if here != there:
        state.near[s, here] -= 1
        state.near[s, there] += 1
        unmet += unmet_change(rules, state, t, there, here)
        state.near[s, here] += 1
        state.near[s, there] -= 1
    return lacking, unmet


@inlined
def moved_change(rules: Rules, state: State, p: int, m: int) -> int:
    """By how much the number of moved processes of its service changes when a process moves to a machine."""
    first = rules.start[p]
    return (1 if m != first else 0) - (1 if state.assignment[p] != first else 0)


@inlined
def most_moves(rules: Rules, state: State, p: int, change: int, other: int, other_change: int) -> int:
    """Most moves within one service after changes at a process's service and at another (-1: none)."""
    if change == 0 and other_change == 0:
        return int(state.totals[1])
    s = rules.services[p]
    t = rules.services[other] if other >= 0 else -1
    if s == t:
        change += other_change
    gone = 0
    top = state.totals[1]
    after = state.moved[s] + change
    if state.moved[s] == top:
        gone += 1
    if t >= 0 and s != t:
        after = max(after, state.moved[t] + other_change)
        if state.moved[t] == top:
            gone += 1
    if after >= top:
        return int(after)
    # Else the top stays if another service is there; it falls by one, by two at most after a swap within one.
    if state.moved_by[top] > gone:
        return int(top)
    left = top - 1
    while left > after and state.moved_by[left] == 0:
        left -= 1
    return int(left)


@inner
def shift(rules: Rules, state: State, p: int, m: int) -> None:
    """Move a process, keeping use and counts; machine costs and totals are the caller's."""
    old, s = state.assignment[p], rules.services[p]
    here, there = claim_row(rules, p, old), claim_row(rules, p, m)
    for k in range(rules.loads.shape[1]):
        state.over[old, k] -= rules.loads[p, k]
        state.over[m, k] += rules.loads[p, k]
    for r in range(rules.claims.shape[1]):
        state.room[old, r] += rules.claims[here, r]
        state.room[m, r] -= rules.claims[there, r]
    state.on[s, old] -= 1
    state.on[s, m] += 1
    state.near[s, rules.neighbourhoods[old]] -= 1
    state.near[s, rules.neighbourhoods[m]] += 1
    here, there = rules.locations[old], rules.locations[m]
    state.at[s, here] -= 1
    if state.at[s, here] == 0:
        state.spread[s] -= 1
    state.at[s, there] += 1
    if state.at[s, there] == 1:
        state.spread[s] += 1
    change = moved_change(rules, state, p, m)
    if change != 0:
        state.moved_by[state.moved[s]] -= 1
        state.moved[s] += change
        state.moved_by[state.moved[s]] += 1
    state.assignment[p] = m
