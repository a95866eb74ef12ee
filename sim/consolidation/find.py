"""Finding a host for a component: who may receive it, who would not become overloaded, who scores least.

Among vacant hosts of one kind, all alike, only the one with the lowest id is looked at.
"""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from ...optimize.compiled import inlined, inner
from .arrays import HISTORY_AT, OFF, ON, RECORDED, Fleet, Floats, Ints, Rules, State, Work
from .hash_order import free_in_hash_order, grow_table
from .hosting import append, power, utilisation_of

NEAR_MIPS = 1e-6  # sums of requests differ by less than this in another order


@inlined
def _known(rules: Rules, state: State, shares: Floats) -> int:
    n = state.counts[RECORDED]
    if rules.trim_idle_history:
        while n > 1 and shares[n - 1] == 0.0:
            n -= 1
    return n


@inner
def is_overloaded(fleet: Fleet, rules: Rules, state: State, work: Work, host: int, detector: Any) -> bool:
    shares = work.shares[host]
    demand_share = work.requested_mips[host] / fleet.capacity_mips[host]
    ahead = float(ceil(work.longest_move_s[host] / rules.interval_s))
    return detector(demand_share, shares, _known(rules, state, shares), rules.parameter, ahead)


@inlined
def _overloaded_with(
    fleet: Fleet, rules: Rules, state: State, work: Work, host: int, component: int, detector: Any
) -> bool:
    """Would the host be overloaded with the component added?"""
    capacity, at = fleet.capacity_mips[host], state.counts[HISTORY_AT]
    trial, mips = work.trial, fleet.component_mips[component]
    for k in range(state.counts[RECORDED]):
        trial[k] = work.shares[host, k] + state.history[component, at + k] * mips / capacity
    demand_share = (work.requested_mips[host] + state.demand_mips[component]) / capacity
    longest = max(work.longest_move_s[host], fleet.move_s[component])
    ahead = float(ceil(longest / rules.interval_s))
    return detector(demand_share, trial, _known(rules, state, trial), rules.parameter, ahead)


@inner
def candidates(fleet: Fleet, rules: Rules, state: State, work: Work, wake: bool) -> tuple[int, int]:
    """Hosts that may receive: those in use, in id order; with ``wake`` also one vacant one of each kind."""
    count, vacancies = 0, 0
    for host in range(len(state.first)):
        if work.overloaded[host]:
            continue
        counts_as_on = wake or not rules.zero_load_is_off or state.used_mips[host] != 0
        if state.length[host] > 0 and counts_as_on:
            work.candidates[count] = host
            count += 1
    if wake:
        for kind in range(fleet.watts.shape[0]):
            host = _next_vacant(fleet, state, kind, 0)
            if host >= 0:
                work.vacant[vacancies] = host
                vacancies += 1
    return count, vacancies


@inner
def _next_vacant(fleet: Fleet, state: State, kind: int, start: int) -> int:
    for host in range(start, len(state.first)):
        if fleet.kind[host] == kind and state.length[host] == 0 and state.phase[host] == OFF:
            return host
    return -1


@inlined
def _fits(fleet: Fleet, rules: Rules, state: State, component: int, host: int) -> bool:
    if rules.ram_bandwidth_unbound:
        return True
    ram = state.ram_used_mb[host] + fleet.component_ram_mb[component]
    bandwidth = state.bandwidth_used_mbit[host] + fleet.component_bandwidth_mbit[component]
    return ram <= fleet.ram_mb[host] and bandwidth <= fleet.bandwidth_mbit[host]


@inlined
def _has_cpu(fleet: Fleet, rules: Rules, state: State, work: Work, host: int, demand: float) -> bool:
    free = work.free_mips[host]
    if rules.hash_order_sums and work.rehashed[host] > 0 and abs(free - demand) < NEAR_MIPS:
        free = free_in_hash_order(fleet, state, host, work.rehashed[host])
    enough = free >= demand and fleet.core_mips[host] >= demand
    if rules.hash_order_sums and enough and work.granted_mips[host] != 0:
        # CloudSim now puts the component there and takes it away again, which sums all anew.
        work.rehashed[host] = state.length[host]
        grow_table(state, host, state.length[host] + 1)
    return enough


@inlined
def _score(
    fleet: Fleet, rules: Rules, state: State, work: Work, component: int, host: int, placement: Any
) -> float:
    """The placement's score of a host that is in use (the host must have the free CPU)."""
    kind = fleet.kind[host]
    after = (work.granted_mips[host] + state.demand_mips[component]) / fleet.capacity_mips[host]
    after = min(after, 1.0)
    if rules.stale_power:
        before_w = power(fleet, kind, utilisation_of(fleet, host, state.used_mips[host]))
    else:
        before_w = power(fleet, kind, utilisation_of(fleet, host, work.granted_mips[host]))
    return placement(before_w, power(fleet, kind, after), after, state.phase[host] == ON)


@inlined
def _score_vacant(
    fleet: Fleet, rules: Rules, state: State, component: int, host: int, placement: Any
) -> float:
    kind = fleet.kind[host]
    after = state.demand_mips[component] / fleet.capacity_mips[host]
    before_w = fleet.watts[kind, 0] if rules.wake_at_marginal_cost else 0.0
    return placement(before_w, power(fleet, kind, after), after, False)


@inner
def find(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    component: int,
    count: int,
    vacancies: int,
    detector: Any,
    placement: Any,
) -> tuple[int, int, int]:
    """The best host for a component, or -1. Keeps the candidate lists: a woken host joins those in use."""
    demand = state.demand_mips[component]
    best, found = np.inf, -1
    for k in range(count):
        host = work.candidates[k]
        if not _has_cpu(fleet, rules, state, work, host, demand):
            continue
        if not _fits(fleet, rules, state, component, host):
            continue
        score = _score(fleet, rules, state, work, component, host, placement)
        if score > best or (score == best and host > found):
            continue
        # Only one that would win is put to the (dear) test of overload.
        if work.granted_mips[host] != 0 and _overloaded_with(
            fleet, rules, state, work, host, component, detector
        ):
            continue
        best, found = score, host
    seat = -1
    for k in range(vacancies):
        host = work.vacant[k]
        if fleet.capacity_mips[host] < demand or fleet.core_mips[host] < demand:
            continue
        if not _fits(fleet, rules, state, component, host):
            continue
        score = _score_vacant(fleet, rules, state, component, host, placement)
        if score < best or (score == best and host < found):
            best, found, seat = score, host, k
    if seat >= 0:
        work.candidates[count] = found
        count += 1
        work.requested_mips[found], work.granted_mips[found] = 0.0, 0.0
        work.free_mips[found], work.longest_move_s[found] = fleet.capacity_mips[found], 0.0
        work.shares[found, :] = 0.0
        vacancies = _refill(fleet, state, work, seat, vacancies)
    return found, vacancies, count


@inlined
def _refill(fleet: Fleet, state: State, work: Work, seat: int, vacancies: int) -> int:
    """Replace a vacant host that was taken by the next of its kind."""
    taken = work.vacant[seat]
    host = _next_vacant(fleet, state, fleet.kind[taken], taken + 1)
    if host >= 0:
        work.vacant[seat] = host
        return vacancies
    work.vacant[seat] = work.vacant[vacancies - 1]
    return vacancies - 1


@inner
def put(fleet: Fleet, state: State, work: Work, component: int, host: int, node: int) -> None:
    """Give a component a place at the end of a target's list, and count it there."""
    demand, capacity, at = state.demand_mips[component], fleet.capacity_mips[host], state.counts[HISTORY_AT]
    append(state, host, node)
    work.requested_mips[host] += demand
    work.granted_mips[host] += demand
    work.free_mips[host] -= demand
    work.longest_move_s[host] = max(work.longest_move_s[host], fleet.move_s[component])
    mips = fleet.component_mips[component]
    for k in range(state.counts[RECORDED]):
        work.shares[host, k] += state.history[component, at + k] * mips / capacity
    state.ram_used_mb[host] += fleet.component_ram_mb[component]
    state.bandwidth_used_mbit[host] += fleet.component_bandwidth_mbit[component]


@inner
def by_demand(state: State, work: Work, components: Ints, n: int) -> None:
    """Put the first n in order of decreasing demand, equals as they come."""
    for k in range(n):
        work.keys[k] = -state.demand_mips[components[k]]
    sort(work.keys, components, n, work.spare_keys, work.spare)


@inner
def sort(keys: Floats, values: Ints, n: int, spare_keys: Floats, spare: Ints) -> None:
    """Put the first n values in order of their keys, equals as they come: merge sort without new arrays."""
    width = 1
    while width < n:
        for start in range(0, n, 2 * width):
            middle, end = min(start + width, n), min(start + 2 * width, n)
            left, right = start, middle
            for k in range(start, end):
                if left < middle and (right >= end or keys[left] <= keys[right]):
                    spare_keys[k], spare[k] = keys[left], values[left]
                    left += 1
                else:
                    spare_keys[k], spare[k] = keys[right], values[right]
                    right += 1
        for k in range(n):
            keys[k], values[k] = spare_keys[k], spare[k]
        width *= 2
