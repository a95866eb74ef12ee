"""Moves through time: starting, waiting for a target to boot, ending; hosts that boot, empty and stop.

A move's time is the component's memory over the share of the link that moves may use. While it lasts the
component runs at 1 - ``move_overhead`` on the source and also loads the target with ``move_overhead`` of its
request.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...optimize.compiled import compiled, inlined, inner
from .arrays import (
    BOOTING,
    FLIGHTS,
    MOVES,
    NOW_S,
    OFF,
    ON,
    STEP,
    STOPPING,
    SWITCHING,
    Fleet,
    Floats,
    Rules,
    State,
    Work,
)
from .decide import decide
from .hosting import (
    append,
    component_of,
    forget_idle,
    record,
    remove,
    stop,
    touch_marked,
    update_all,
    utilisation_of,
)


@compiled
def control(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    level: Floats,
    slope: Floats,
    offset_s: float,
    now_s: float,
    detector: Any,
    selector: Any,
    placement: Any,
    uniforms: Floats,
) -> int:
    """One control step: update everything, decide, start the moves. Returns the number of moves decided."""
    observe(fleet, rules, state, work, level, slope, offset_s, now_s)
    moves = decide(fleet, rules, state, work, detector, selector, placement, uniforms)
    _begin(fleet, rules, state, work, moves, now_s)
    return moves


@compiled
def observe(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    level: Floats,
    slope: Floats,
    offset_s: float,
    now_s: float,
) -> None:
    """Update everything at a control step and remember the demand seen."""
    update_all(fleet, rules, state, work, level, slope, offset_s, now_s)
    record(rules, state)
    state.counts[STEP] += 1


@inner
def _begin(fleet: Fleet, rules: Rules, state: State, work: Work, moves: int, now_s: float) -> None:
    """Start the moves of this step in order; those to a host that is off wait until it has booted."""
    components = len(state.home)
    work.touched[:] = False
    for k in range(moves):
        component, target = work.move_component[k], work.move_target[k]
        node = components + component
        if state.bound[component] > 0:
            node += components
        if state.phase[target] == OFF:
            _wake(rules, state, target, now_s)
        at = state.counts[FLIGHTS]
        state.flight_node[at] = node
        state.flight_source[at] = work.move_source[k]
        state.flight_target[at] = target
        state.flight_end_s[at] = np.inf
        state.counts[FLIGHTS] += 1
        state.bound[component] += 1
        if state.phase[target] == ON:
            state.flight_end_s[at] = now_s + fleet.move_s[component]
            state.moving[component] += 1
        work.touched[target] = True
        work.touched[work.move_source[k]] = True
    state.counts[MOVES] += moves
    touch_marked(fleet, rules, state, work, now_s)


@inlined
def _wake(rules: Rules, state: State, host: int, now_s: float) -> None:
    if rules.instant_switching:
        state.phase[host] = ON
        return
    state.phase[host] = BOOTING
    state.boots[host] += 1
    state.phase_until_s[host] = now_s + rules.boot_s
    state.switching[state.counts[SWITCHING]] = host
    state.counts[SWITCHING] += 1


@compiled
def next_event(state: State) -> float:
    """The next time at which a move ends or a host has booted or stopped; inf if there is none."""
    soonest = np.inf
    for k in range(state.counts[FLIGHTS]):
        soonest = min(soonest, state.flight_end_s[k])
    for k in range(state.counts[SWITCHING]):
        soonest = min(soonest, state.phase_until_s[state.switching[k]])
    return soonest


@compiled
def transition(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    level: Floats,
    slope: Floats,
    offset_s: float,
    now_s: float,
) -> None:
    """What is due now: hosts that have stopped or booted, then moves that end, in the order they began."""
    if rules.interpolated_demand:
        update_all(fleet, rules, state, work, level, slope, offset_s, now_s)
    _mark_due(state, work, now_s)
    if not rules.interpolated_demand:
        touch_marked(fleet, rules, state, work, now_s)
    _switch_due(fleet, state, now_s)
    ended = _end_due(fleet, state, work, now_s)
    touch_marked(fleet, rules, state, work, now_s)
    for host in range(len(state.first)):
        if work.touched[host] and state.length[host] == 0 and state.phase[host] == ON:
            stop(rules, state, host, now_s)
    zeros = 0
    for k in range(ended):
        component = work.chosen[k]
        if state.demand_mips[component] == 0.0:
            work.zero[zeros] = component
            zeros += 1
    forget_idle(fleet, rules, state, work, zeros, now_s)
    state.clock[NOW_S] = now_s


@inner
def _mark_due(state: State, work: Work, now_s: float) -> None:
    """Mark every host that something is due at, or that sends to one that has booted."""
    work.touched[:] = False
    for k in range(state.counts[SWITCHING]):
        host = state.switching[k]
        if state.phase_until_s[host] <= now_s:
            work.touched[host] = True
    components = len(state.home)
    for k in range(state.counts[FLIGHTS]):
        target, end_s = state.flight_target[k], state.flight_end_s[k]
        if end_s <= now_s or (end_s == np.inf and work.touched[target]):
            work.touched[target] = True
            work.touched[state.home[component_of(state.flight_node[k], components)]] = True


@inner
def _switch_due(fleet: Fleet, state: State, now_s: float) -> None:
    left = 0
    for k in range(state.counts[SWITCHING]):
        host = state.switching[k]
        if state.phase_until_s[host] > now_s:
            state.switching[left] = host
            left += 1
            continue
        if state.phase[host] == STOPPING:
            state.phase[host] = OFF
            continue
        state.phase[host] = ON
        for j in range(state.counts[FLIGHTS]):
            if state.flight_target[j] == host and state.flight_end_s[j] == np.inf:
                component = component_of(state.flight_node[j], len(state.home))
                state.flight_end_s[j] = now_s + fleet.move_s[component]
                state.moving[component] += 1
    state.counts[SWITCHING] = left


@inner
def _end_due(fleet: Fleet, state: State, work: Work, now_s: float) -> int:
    """End the moves that are due; returns how many (their components are in work.chosen)."""
    components, left, ended = len(state.home), 0, 0
    for k in range(state.counts[FLIGHTS]):
        node, target = state.flight_node[k], state.flight_target[k]
        component = component_of(node, components)
        if state.flight_end_s[k] > now_s:
            state.flight_node[left] = node
            state.flight_source[left] = state.flight_source[k]
            state.flight_target[left] = target
            state.flight_end_s[left] = state.flight_end_s[k]
            left += 1
            continue
        source = state.home[component]
        remove(state, source, component)
        state.ram_used_mb[source] -= fleet.component_ram_mb[component]
        state.bandwidth_used_mbit[source] -= fleet.component_bandwidth_mbit[component]
        remove(state, target, node)
        append(state, target, component)
        state.home[component] = target
        state.bound[component] -= 1
        state.moving[component] -= 1
        work.chosen[ended] = component
        ended += 1
    state.counts[FLIGHTS] = left
    return ended


@compiled
def close(fleet: Fleet, rules: Rules, state: State, work: Work, now_s: float) -> None:
    """Book everything up to the end of the run."""
    work.touched[:] = True
    touch_marked(fleet, rules, state, work, now_s)
    state.clock[NOW_S] = now_s


@compiled
def totals(fleet: Fleet, state: State) -> tuple[float, int, float]:
    """Energy so far (J), hosts in use, and the sum of their utilisations."""
    energy_j, active, utilisation = 0.0, 0, 0.0
    for host in range(len(state.first)):
        energy_j += state.energy_j[host]
        if state.active[host]:
            active += 1
            utilisation += utilisation_of(fleet, host, state.used_mips[host])
    return energy_j, active, utilisation
