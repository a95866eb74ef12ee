"""What the engine works on: plain arrays: constants of the fleet, the rules, and the whole state of a run.

A host's components are a doubly linked list in order of arrival. Node ``c`` (0 <= c < components) is
component ``c`` where it lives; nodes ``components + c`` and ``2 * components + c`` are its places on hosts it
moves to. The state is everything a run has done so far: two runs with equal states have equal futures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

OFF, BOOTING, ON, STOPPING = 0, 1, 2, 3

# Places in State.clock
NOW_S, SHORTFALL, SHORTFALL_WEIGHT = 0, 1, 2
# Places in State.counts
STEP, HISTORY_AT, RECORDED, FLIGHTS, SWITCHING, ALIVE, MOVES = 0, 1, 2, 3, 4, 5, 6

FEWEST_BUCKETS = 16
SPARE_HISTORY = 64  # steps between two shifts of the history buffer


class Fleet(NamedTuple):
    """Constants. Hosts first, shape (hosts,), then power curves, shape (kinds, 11), then components."""

    kind: Ints
    capacity_mips: Floats
    core_mips: Floats
    ram_mb: Floats
    bandwidth_mbit: Floats
    watts: Floats
    rise_w: Floats
    component_mips: Floats
    component_ram_mb: Floats
    component_bandwidth_mbit: Floats
    move_s: Floats
    hash_code: Ints


class Rules(NamedTuple):
    """Quirks and settings as the compiled code reads them; see ``Quirks`` and ``Settings``."""

    destroy_idle: bool
    ram_bandwidth_unbound: bool
    wake_at_marginal_cost: bool
    stale_power: bool
    drain_receivers: bool
    arrival_counts_as_violation: bool
    rounding_counts_as_violation: bool
    average_over_records: bool
    interpolated_demand: bool
    whole_shares: bool
    zero_load_is_off: bool
    instant_switching: bool
    hash_order_sums: bool
    trim_idle_history: bool
    unguarded: bool
    interval_s: float
    history_steps: int
    move_overhead: float
    boot_s: float
    stop_s: float
    boot_utilisation: float
    expected_stay_s: float
    lost_work_weight: float
    parameter: float


class State(NamedTuple):
    """Everything that changes. See the module for nodes; J, s, MIPS and MB as the names say."""

    clock: Floats
    counts: Ints
    # components
    home: Ints
    level: Floats  # demand as a share of the component's own capacity
    demand_mips: Floats
    asked_mips: Floats  # demand when the CPU was last shared
    grant_mips: Floats
    bound: Ints  # moves decided and not ended
    moving: Ints  # of these, under way (not waiting for the target to boot)
    asked_mips_s: Floats
    granted_mips_s: Floats
    lost_mips_s: Floats
    history: Floats
    # lists
    after: Ints
    before: Ints
    first: Ints
    last: Ints
    length: Ints
    buckets: Ints  # quirk hash_order_sums: size of the host's hash table
    # hosts
    phase: Ints
    phase_until_s: Floats
    since_s: Floats
    used_mips: Floats
    overhead_mips: Floats
    power_w: Floats
    active: Flags
    was_active: Flags
    short: Flags
    ram_used_mb: Floats
    bandwidth_used_mbit: Floats
    energy_j: Floats
    move_energy_j: Floats
    switch_energy_j: Floats
    active_s: Floats
    short_s: Floats
    shutdowns: Ints
    boots: Ints
    # moves in flight, in the order they were decided, and hosts that boot or stop
    flight_node: Ints
    flight_source: Ints
    flight_target: Ints
    flight_end_s: Floats
    switching: Ints


class Work(NamedTuple):
    """Scratch of one control step; nothing in it outlives the step."""

    # hosts
    requested_mips: Floats
    granted_mips: Floats
    free_mips: Floats
    longest_move_s: Floats
    shares: Floats
    overloaded: Flags
    receiver: Flags
    touched: Flags
    rehashed: Ints
    candidates: Ints
    vacant: Ints
    queue: Ints
    # components
    picked: Flags
    chosen: Ints
    leaving: Ints
    zero: Ints
    move_component: Ints
    move_source: Ints
    move_target: Ints
    undo_target: Ints
    undo: Floats
    undo_shares: Floats
    # either
    keys: Floats
    spare_keys: Floats
    spare: Ints
    # what detectors and selectors are shown
    trial: Floats
    ram_mb: Floats
    demand_mips: Floats
    levels: Floats
    past: Floats


def new_state(fleet: Fleet, history_steps: int) -> State:
    """The state before anything is placed: every host off, every component nowhere."""
    hosts, components = len(fleet.kind), len(fleet.component_mips)
    width = history_steps + SPARE_HISTORY

    def floats(n: int) -> Floats:
        return np.zeros(n)

    def ints(n: int, value: int = 0) -> Ints:
        return np.full(n, value, dtype=np.int64)

    counts = ints(8)
    counts[HISTORY_AT] = width
    counts[ALIVE] = components
    return State(
        clock=floats(4),
        counts=counts,
        home=ints(components, -1),
        level=floats(components),
        demand_mips=floats(components),
        asked_mips=floats(components),
        grant_mips=floats(components),
        bound=ints(components),
        moving=ints(components),
        asked_mips_s=floats(components),
        granted_mips_s=floats(components),
        lost_mips_s=floats(components),
        history=np.zeros((components, width)),
        after=ints(3 * components, -1),
        before=ints(3 * components, -1),
        first=ints(hosts, -1),
        last=ints(hosts, -1),
        length=ints(hosts),
        buckets=ints(hosts, FEWEST_BUCKETS),
        phase=ints(hosts),
        phase_until_s=floats(hosts),
        since_s=floats(hosts),
        used_mips=floats(hosts),
        overhead_mips=floats(hosts),
        power_w=floats(hosts),
        active=np.zeros(hosts, dtype=np.bool_),
        was_active=np.zeros(hosts, dtype=np.bool_),
        short=np.zeros(hosts, dtype=np.bool_),
        ram_used_mb=floats(hosts),
        bandwidth_used_mbit=floats(hosts),
        energy_j=floats(hosts),
        move_energy_j=floats(hosts),
        switch_energy_j=floats(hosts),
        active_s=floats(hosts),
        short_s=floats(hosts),
        shutdowns=ints(hosts),
        boots=ints(hosts),
        flight_node=ints(2 * components),
        flight_source=ints(2 * components),
        flight_target=ints(2 * components),
        flight_end_s=floats(2 * components),
        switching=ints(hosts),
    )


def new_work(fleet: Fleet, history_steps: int) -> Work:
    """Scratch for one fleet."""
    hosts, components = len(fleet.kind), len(fleet.component_mips)

    def ints(n: int) -> Ints:
        return np.zeros(n, dtype=np.int64)

    def flags(n: int) -> Flags:
        return np.zeros(n, dtype=np.bool_)

    most = max(hosts, components)
    return Work(
        requested_mips=np.zeros(hosts),
        granted_mips=np.zeros(hosts),
        free_mips=np.zeros(hosts),
        longest_move_s=np.zeros(hosts),
        shares=np.zeros((hosts, history_steps)),
        overloaded=flags(hosts),
        receiver=flags(hosts),
        touched=flags(hosts),
        rehashed=ints(hosts),
        candidates=ints(hosts),
        vacant=ints(len(fleet.watts)),
        queue=ints(hosts),
        picked=flags(components),
        chosen=ints(components),
        leaving=ints(components),
        zero=ints(components),
        move_component=ints(2 * components),
        move_source=ints(2 * components),
        move_target=ints(2 * components),
        undo_target=ints(components),
        undo=np.zeros((components, 4)),
        undo_shares=np.zeros((components, history_steps)),
        keys=np.zeros(most),
        spare_keys=np.zeros(most),
        spare=ints(most),
        trial=np.zeros(history_steps),
        ram_mb=np.zeros(components),
        demand_mips=np.zeros(components),
        levels=np.zeros(components),
        past=np.zeros((components, history_steps)),
    )
