"""Draining: empty the least used hosts, one after the other, each wholly or not at all, if it pays."""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

from typing import Any

from ...optimize.compiled import inlined, inner
from .arrays import ON, Fleet, Rules, State, Work
from .find import by_demand, candidates, find, put, sort
from .hosting import component_of, power, remove, utilisation_of


@inner
def drain(
    fleet: Fleet, rules: Rules, state: State, work: Work, moves: int, detector: Any, placement: Any
) -> int:
    """Empty the least used hosts, one after the other, each wholly or not at all."""
    count, _ = candidates(fleet, rules, state, work, False)
    waiting = 0
    for k in range(count):
        host = work.candidates[k]
        level = utilisation_of(fleet, host, state.used_mips[host])
        if level < 1 and _may_drain(state, host, level, rules.zero_load_is_off):
            work.keys[waiting], work.queue[waiting] = level, host
            waiting += 1
    sort(work.keys, work.queue, waiting, work.spare_keys, work.spare)
    for k in range(waiting):
        host = work.queue[k]
        if work.receiver[host]:
            continue
        for j in range(count):  # it takes no part in what follows, drained or not
            if work.candidates[j] == host:
                for i in range(j, count - 1):
                    work.candidates[i] = work.candidates[i + 1]
                break
        count -= 1
        moves = _drain_one(fleet, rules, state, work, host, count, moves, detector, placement)
    return moves


@inlined
def _may_drain(state: State, host: int, level: float, load_needed: bool) -> bool:
    """A host in steady use: not booting, and nothing on the move from or to it since an earlier step."""
    if state.phase[host] != ON or (load_needed and level <= 0):
        return False
    components = len(state.home)
    steady = 0
    node = state.first[host]
    while node >= 0:
        if state.bound[component_of(node, components)] > 0:
            return False
        if node < components:
            steady += 1
        node = state.after[node]
    return steady > 0


@inner
def _drain_one(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    host: int,
    count: int,
    moves: int,
    detector: Any,
    placement: Any,
) -> int:
    """Find a place for everything on a host, or undo; returns the number of moves so far."""
    components, n = len(state.home), 0
    leaving = work.leaving
    node = state.first[host]
    while node >= 0:
        leaving[n] = component_of(node, components)
        n += 1
        node = state.after[node]
    by_demand(state, work, leaving, n)
    placed, done = 0, True
    for k in range(n):
        component = leaving[k]
        target, _, _ = find(fleet, rules, state, work, component, count, 0, detector, placement)
        if target < 0:
            done = False
            break
        _save(work, placed, target)
        # Its first place may be taken by step 3 (quirk drain_receivers): then it takes its second.
        node = components + component
        if state.home[component] != host:
            node += components
        put(fleet, state, work, component, target, node)
        work.move_component[moves + placed] = component
        work.move_source[moves + placed] = state.home[component]
        work.move_target[moves + placed] = target
        placed += 1
    if done and not rules.unguarded:
        done = _worth_it(fleet, rules, state, work, host, placed)
    if not done:
        for k in range(placed - 1, -1, -1):
            _unplace(fleet, state, work, work.move_component[moves + k], k)
        return moves
    for k in range(placed):
        work.receiver[work.undo_target[k]] = True
    return moves + placed


@inlined
def _save(work: Work, k: int, host: int) -> None:
    work.undo_target[k] = host
    work.undo[k, 0] = work.requested_mips[host]
    work.undo[k, 1] = work.granted_mips[host]
    work.undo[k, 2] = work.free_mips[host]
    work.undo[k, 3] = work.longest_move_s[host]
    for t in range(work.shares.shape[1]):
        work.undo_shares[k, t] = work.shares[host, t]


@inlined
def _unplace(fleet: Fleet, state: State, work: Work, component: int, k: int) -> None:
    host = work.undo_target[k]
    remove(state, host, state.last[host])
    work.rehashed[host] = state.length[host]
    work.requested_mips[host] = work.undo[k, 0]
    work.granted_mips[host] = work.undo[k, 1]
    work.free_mips[host] = work.undo[k, 2]
    work.longest_move_s[host] = work.undo[k, 3]
    for t in range(work.shares.shape[1]):
        work.shares[host, t] = work.undo_shares[k, t]
    state.ram_used_mb[host] -= fleet.component_ram_mb[component]
    state.bandwidth_used_mbit[host] -= fleet.component_bandwidth_mbit[component]


@inner
def _worth_it(fleet: Fleet, rules: Rules, state: State, work: Work, host: int, placed: int) -> bool:
    """Does draining a host save more than it costs, over the stay to be expected?

    Benefit: the power saved (the host's, less what the targets draw more), for ``expected_stay_s``. Cost:
        stopping the host and booting it again, the targets' share of the moves, and the work lost on the
        way, valued at the host's full-load energy per MIPS and second times ``lost_work_weight``.
    """
    kind, capacity = fleet.kind[host], fleet.capacity_mips[host]
    saved_w = power(fleet, kind, utilisation_of(fleet, host, work.granted_mips[host]))
    for k in range(placed):  # targets may repeat: each entry holds the target before that placement
        target = work.undo_target[k]
        kind_there = fleet.kind[target]
        before_w = power(fleet, kind_there, utilisation_of(fleet, target, work.undo[k, 1]))
        later = work.granted_mips[target]
        for j in range(k + 1, placed):
            if work.undo_target[j] == target:
                later = work.undo[j, 1]
                break
        saved_w -= power(fleet, kind_there, utilisation_of(fleet, target, later)) - before_w
    cost_j = 0.0
    if not rules.instant_switching:
        boot_w, stop_w = power(fleet, kind, rules.boot_utilisation), fleet.watts[kind, 0]
        cost_j = boot_w * rules.boot_s + stop_w * rules.stop_s
    full_j = fleet.watts[kind, 10] / capacity  # per MIPS and second
    for k in range(placed):
        component = work.leaving[k]
        lost = rules.move_overhead * state.demand_mips[component] * fleet.move_s[component]
        cost_j += full_j * lost * (1 + rules.lost_work_weight)
    return saved_w * rules.expected_stay_s > cost_j
