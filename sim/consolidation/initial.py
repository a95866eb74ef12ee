"""Where components start: everything reserved at its nominal size, memory and bandwidth included."""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

from typing import Any

import numpy as np

from ...optimize.compiled import compiled, inlined, inner
from .arrays import OFF, ON, Fleet, Floats, Ints, Rules, State
from .hosting import append, power, settle_phase

FIRST_FIT, LEAST_POWER, SPREAD = 0, 1, 2


@compiled
def place(
    fleet: Fleet, rules: Rules, state: State, how: int, order: Ints, spare: Floats, detector: Any
) -> int:
    """Place every component; returns one that no host has room for, or -1.

    Args:
        how: FIRST_FIT: in id order, on the first host that has room. LEAST_POWER: best-fit decreasing, each
            where power rises least, the idle power of a host's first one included. SPREAD: as CloudSim, in
            id order, least power over that of the idle host (quirk ``spread_initial_placement``).
        order: (components,), largest first.
        spare: (history_steps,), zeros.
    """
    reserved = np.zeros(len(state.first))
    for k in range(len(state.home)):
        component, host = k, -1
        if how == FIRST_FIT:
            host = _first_fit(fleet, state, component, reserved)
        elif how == LEAST_POWER:
            component = order[k]
            host = _least_power(fleet, state, component, reserved)
        else:
            host = _spread(fleet, rules, state, component, reserved, spare, detector)
        if host < 0:
            return component
        _put(fleet, rules, state, component, host, reserved)
    return -1


@compiled
def settle_at(fleet: Fleet, rules: Rules, state: State, homes: Ints) -> None:
    """Start from a given placement."""
    reserved = np.zeros(len(state.first))
    for component in range(len(state.home)):
        _put(fleet, rules, state, component, homes[component], reserved)


@inner
def _first_fit(fleet: Fleet, state: State, component: int, reserved: Floats) -> int:
    for host in range(len(state.first)):
        if _has_room(fleet, state, component, host, reserved[host]):
            return host
    return -1


@inner
def _least_power(fleet: Fleet, state: State, component: int, reserved: Floats) -> int:
    best, found = np.inf, -1
    for host in range(len(state.first)):
        if not _has_room(fleet, state, component, host, reserved[host]):
            continue
        kind, capacity = fleet.kind[host], fleet.capacity_mips[host]
        rise_w = power(fleet, kind, (reserved[host] + fleet.component_mips[component]) / capacity)
        if state.length[host] > 0:
            rise_w -= power(fleet, kind, reserved[host] / capacity)
        if rise_w < best:
            best, found = rise_w, host
    return found


@inner
def _spread(
    fleet: Fleet, rules: Rules, state: State, component: int, reserved: Floats, spare: Floats, detector: Any
) -> int:
    mips = fleet.component_mips[component]
    best, found = np.inf, -1
    for host in range(len(state.first)):
        if not _has_room(fleet, state, component, host, reserved[host]):
            continue
        kind, capacity = fleet.kind[host], fleet.capacity_mips[host]
        rise_w = power(fleet, kind, (reserved[host] + mips) / capacity) - fleet.watts[kind, 0]
        if rise_w >= best:
            continue
        if state.length[host] > 0 and detector(mips / capacity, spare, 0, rules.parameter, 1.0):
            continue
        best, found = rise_w, host
    return found


@inlined
def _has_room(fleet: Fleet, state: State, component: int, host: int, reserved: float) -> bool:
    mips = fleet.component_mips[component]
    return (
        fleet.core_mips[host] >= mips
        and fleet.capacity_mips[host] - reserved >= mips
        and fleet.ram_mb[host] >= state.ram_used_mb[host] + fleet.component_ram_mb[component]
        and fleet.bandwidth_mbit[host]
        >= state.bandwidth_used_mbit[host] + fleet.component_bandwidth_mbit[component]
    )


@inner
def _put(fleet: Fleet, rules: Rules, state: State, component: int, host: int, reserved: Floats) -> None:
    append(state, host, component)
    state.home[component] = host
    reserved[host] += fleet.component_mips[component]
    state.ram_used_mb[host] += fleet.component_ram_mb[component]
    state.bandwidth_used_mbit[host] += fleet.component_bandwidth_mbit[component]
    if state.phase[host] == OFF:
        state.phase[host] = ON
        settle_phase(rules, state, host)
