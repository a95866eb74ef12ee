"""One control step: which components move where. Detect, select, place, then drain hosts that can be emptied.

Nothing moves here. Places on targets are put at the end of the targets' lists at once, so that every later
decision of the step sees them; the moves come out in the order in which they will start.
"""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

from typing import Any

from ...optimize.compiled import inner
from .arrays import HISTORY_AT, ON, RECORDED, Fleet, Floats, Rules, State, Work
from .drain import drain
from .find import by_demand, candidates, find, is_overloaded, put
from .hosting import component_of


@inner
def decide(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    detector: Any,
    selector: Any,
    placement: Any,
    uniforms: Floats,
) -> int:
    """Decide the moves of one control step; returns their number (they are in work.move_*)."""
    hosts, components = len(state.first), len(state.home)
    work.receiver[:] = False
    work.picked[:] = False
    for host in range(hosts):
        work.overloaded[host] = False
        work.rehashed[host] = 0
        if state.length[host] > 0:
            _weigh_host(fleet, state, work, host)
            if state.phase[host] == ON:
                work.overloaded[host] = is_overloaded(fleet, rules, state, work, host, detector)
    picked = _select(fleet, rules, state, work, detector, selector, uniforms)
    count, vacancies = candidates(fleet, rules, state, work, True)
    moves = 0
    by_demand(state, work, work.chosen, picked)
    for k in range(picked):
        component = work.chosen[k]
        host, vacancies, count = find(
            fleet, rules, state, work, component, count, vacancies, detector, placement
        )
        if host >= 0:
            put(fleet, state, work, component, host, components + component)
            work.move_component[moves] = component
            work.move_source[moves] = state.home[component]
            work.move_target[moves] = host
            work.receiver[host] = not rules.drain_receivers
            moves += 1
    return drain(fleet, rules, state, work, moves, detector, placement)


@inner
def _weigh_host(fleet: Fleet, state: State, work: Work, host: int) -> None:
    """Sum a host's list, in order, into what the decisions read: demand, grants, free CPU, history."""
    components = len(state.home)
    at, known = state.counts[HISTORY_AT], state.counts[RECORDED]
    capacity, core = fleet.capacity_mips[host], fleet.core_mips[host]
    shares = work.shares[host]
    shares[:] = 0.0
    requested, granted, free, longest = 0.0, 0.0, capacity, 0.0
    node = state.first[host]
    while node >= 0:
        component = component_of(node, components)
        demand = state.demand_mips[component]
        charge = min(demand, core)
        if free >= charge:
            free -= charge
        else:
            free = 0.0
        if node < components and state.bound[component] == 0:
            granted += state.grant_mips[component]
        else:
            granted += charge
        if node >= components or state.bound[component] == 0:  # one that leaves is as good as gone
            requested += demand
            longest = max(longest, fleet.move_s[component])
            mips = fleet.component_mips[component]
            for k in range(known):
                shares[k] += state.history[component, at + k] * mips / capacity
        node = state.after[node]
    work.requested_mips[host] = requested
    work.granted_mips[host] = min(granted, capacity)
    work.free_mips[host] = free
    work.longest_move_s[host] = longest


@inner
def _select(
    fleet: Fleet, rules: Rules, state: State, work: Work, detector: Any, selector: Any, uniforms: Floats
) -> int:
    """Take components off every overloaded host until it is no longer; they are in work.chosen."""
    components, picked = len(state.home), 0
    movable = work.leaving
    for host in range(len(state.first)):
        if not work.overloaded[host]:
            continue
        n = 0
        node = state.first[host]
        while node >= 0:
            if node < components and state.bound[node] == 0:
                movable[n] = node
                n += 1
            node = state.after[node]
        while n > 0:
            uniform = uniforms[picked] if len(uniforms) > 0 else 0.5
            position = _pick(fleet, state, work, n, selector, uniform)
            component = movable[position]
            for k in range(position, n - 1):
                movable[k] = movable[k + 1]
            n -= 1
            work.chosen[picked] = component
            work.picked[component] = True
            picked += 1
            _weigh_rest(fleet, state, work, host)
            if not is_overloaded(fleet, rules, state, work, host, detector):
                break
    return picked


@inner
def _pick(fleet: Fleet, state: State, work: Work, n: int, selector: Any, uniform: float) -> int:
    """Show the selector the first n components of work.leaving; returns a position among them."""
    at, known = state.counts[HISTORY_AT], state.counts[RECORDED]
    for k in range(n):
        component = work.leaving[k]
        work.ram_mb[k] = fleet.component_ram_mb[component]
        work.demand_mips[k] = state.demand_mips[component]
        # Back from MIPS, as CloudSim has it: equal levels of unequal components may differ in the last bit.
        work.levels[k] = state.demand_mips[component] / fleet.component_mips[component]
        for t in range(known):
            work.past[k, t] = state.history[component, at + t]
    position = selector(
        work.ram_mb[:n], work.demand_mips[:n], work.levels[:n], work.past[:n, :known], uniform
    )
    return min(max(position, 0), n - 1)


@inner
def _weigh_rest(fleet: Fleet, state: State, work: Work, host: int) -> None:
    """Demand and history of an overloaded host without what was picked from it."""
    components = len(state.home)
    at, known, capacity = state.counts[HISTORY_AT], state.counts[RECORDED], fleet.capacity_mips[host]
    shares = work.shares[host]
    shares[:] = 0.0
    requested, longest = 0.0, 0.0
    node = state.first[host]
    while node >= 0:
        component = component_of(node, components)
        gone = node < components and (work.picked[component] or state.bound[component] > 0)
        if not gone:
            requested += state.demand_mips[component]
            longest = max(longest, fleet.move_s[component])
            mips = fleet.component_mips[component]
            for k in range(known):
                shares[k] += state.history[component, at + k] * mips / capacity
        node = state.after[node]
    work.requested_mips[host] = requested
    work.longest_move_s[host] = longest
