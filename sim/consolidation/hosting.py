"""A host through time: sharing its CPU among its components, drawing power, keeping the books.

Every change at a host goes through ``touch``: the time since the last touch is booked with the state as it
was left, then the CPU is shared anew. Power between the eleven points of the curve is linear.
"""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

from math import floor

from ...optimize.compiled import inlined, inner
from .arrays import (
    ALIVE,
    BOOTING,
    HISTORY_AT,
    NOW_S,
    OFF,
    ON,
    RECORDED,
    SHORTFALL,
    SHORTFALL_WEIGHT,
    STOPPING,
    SWITCHING,
    Fleet,
    Floats,
    Rules,
    State,
    Work,
)
from .hash_order import charged_in_hash_order, grow_table

SLACK = 1e-9  # relative shortfall below which a grant counts as whole


@inlined
def power(fleet: Fleet, kind: int, utilisation: float) -> float:
    """Watts at a utilisation 0..1, on the line between two points of the curve of a kind of host."""
    tenths = utilisation * 10
    low = int(tenths)
    if low == tenths:
        return fleet.watts[kind, low]
    return fleet.watts[kind, low] + fleet.rise_w[kind, low] * (utilisation - low / 10.0) * 100


@inlined
def utilisation_of(fleet: Fleet, host: int, mips: float) -> float:
    """Share of a host's capacity, at most 1."""
    return min(mips / fleet.capacity_mips[host], 1.0)


@inlined
def component_of(node: int, components: int) -> int:
    """The component a node of a list stands for."""
    while node >= components:
        node -= components
    return node


@inlined
def append(state: State, host: int, node: int) -> None:
    """Put a node at the end of a host's list."""
    tail = state.last[host]
    state.before[node] = tail
    state.after[node] = -1
    if tail >= 0:
        state.after[tail] = node
    else:
        state.first[host] = node
    state.last[host] = node
    state.length[host] += 1


@inlined
def remove(state: State, host: int, node: int) -> None:
    """Take a node out of a host's list."""
    before, after = state.before[node], state.after[node]
    if before >= 0:
        state.after[before] = after
    else:
        state.first[host] = after
    if after >= 0:
        state.before[after] = before
    else:
        state.last[host] = before
    state.length[host] -= 1


@inlined
def _scale(fleet: Fleet, rules: Rules, state: State, host: int) -> tuple[bool, float]:
    """Whether all requests fit a host, and what they are scaled by if not."""
    components, core, free = len(state.home), fleet.core_mips[host], fleet.capacity_mips[host]
    fits, charged = True, 0.0
    node = state.first[host]
    while node >= 0:
        component = component_of(node, components)
        charge = min(state.demand_mips[component], core)
        if node >= components:
            charge = charge * rules.move_overhead if state.moving[component] > 0 else 0.0
        charged += charge
        if fits and free >= charge:
            free -= charge
        else:
            fits = False
        node = state.after[node]
    if rules.hash_order_sums:
        grow_table(state, host, state.length[host])
        if not fits:
            charged = charged_in_hash_order(fleet, rules, state, host)
    return fits, 1.0 if fits else fleet.capacity_mips[host] / charged


@inlined
def share(fleet: Fleet, rules: Rules, state: State, host: int) -> None:
    """Share a host's CPU in list order and write down grants, use, overhead of moves and violation.

    A component asks for at most one core. One that arrives is charged ``move_overhead`` of its request; one
    that leaves gets 1 - ``move_overhead``, and what it loses keeps the source busy. If the requests do not
    fit, all are scaled alike.
    """
    components, core = len(state.home), fleet.core_mips[host]
    kept = 1.0 - rules.move_overhead
    fits, scale = _scale(fleet, rules, state, host)
    used, asked, resident_asked, resident_granted, overhead = 0.0, 0.0, 0.0, 0.0, 0.0
    node = state.first[host]
    while node >= 0:
        component = component_of(node, components)
        grant = min(state.demand_mips[component], core)
        leaving = state.moving[component] > 0
        if node >= components:
            if not leaving:
                node = state.after[node]
                continue
            grant = grant * rules.move_overhead
            if not fits:
                grant = floor(grant * scale) if rules.whole_shares else grant * scale
            overhead += grant
            asked += state.demand_mips[component]
        else:
            if not fits:
                grant = grant * scale
            if leaving:
                grant = grant * kept
            if not fits and rules.whole_shares:
                grant = float(floor(grant))
            state.asked_mips[component] = state.demand_mips[component]
            state.grant_mips[component] = grant
            if leaving:
                whole = grant / kept
                overhead += whole - grant
                grant = whole
            asked += state.demand_mips[component]
            resident_asked += state.demand_mips[component]
            resident_granted += grant
        used += grant
        node = state.after[node]
    if rules.arrival_counts_as_violation:
        state.short[host] = _is_short(rules, used, asked)
    else:
        state.short[host] = _is_short(rules, resident_granted, resident_asked)
    state.used_mips[host] = used
    state.overhead_mips[host] = overhead


@inlined
def _is_short(rules: Rules, granted: float, asked: float) -> bool:
    if rules.rounding_counts_as_violation:
        return granted < asked
    return granted < asked * (1 - SLACK)


@inlined
def _book_components(rules: Rules, state: State, host: int, lapse_s: float) -> None:
    components = len(state.home)
    node = state.first[host]
    while node >= 0:
        if node < components:
            asked, granted = state.asked_mips[node], state.grant_mips[node]
            state.asked_mips_s[node] += asked * lapse_s
            state.granted_mips_s[node] += granted * lapse_s
            if _is_short(rules, granted, asked):
                weight = 1.0 if rules.average_over_records else lapse_s
                state.clock[SHORTFALL] += (asked - granted) / asked * weight
                state.clock[SHORTFALL_WEIGHT] += weight
                if state.moving[node] > 0:
                    state.lost_mips_s[node] += (asked - granted) * lapse_s
        node = state.after[node]


@inlined
def touch(fleet: Fleet, rules: Rules, state: State, host: int, now_s: float) -> None:
    """Book a host's time up to now with the state as left, and share its CPU anew."""
    lapse_s = now_s - state.since_s[host]
    if state.length[host] == 0 and not state.active[host] and state.phase[host] == OFF:
        if lapse_s > 0:
            if state.was_active[host]:
                state.shutdowns[host] += 1
            state.was_active[host] = False
            state.since_s[host] = now_s
        state.used_mips[host] = 0.0
        return
    kind = fleet.kind[host]
    was_used, was_w = state.used_mips[host], state.power_w[host]
    was_overhead = state.overhead_mips[host]
    powered = was_used > 0 if rules.zero_load_is_off else state.phase[host] == ON
    if lapse_s > 0:
        _book_components(rules, state, host, lapse_s)
        if state.was_active[host] and not state.active[host]:
            state.shutdowns[host] += 1
        state.was_active[host] = state.active[host]
        if state.active[host]:
            state.active_s[host] += lapse_s
            if state.short[host]:
                state.short_s[host] += lapse_s
        state.since_s[host] = now_s
    share(fleet, rules, state, host)
    utilisation = utilisation_of(fleet, host, state.used_mips[host])
    state.power_w[host] = power(fleet, kind, utilisation)
    if lapse_s > 0:
        if powered:
            end_w = state.power_w[host] if rules.interpolated_demand else was_w
            state.energy_j[host] += (was_w + (end_w - was_w) / 2) * lapse_s
            if was_overhead > 0:
                bare = utilisation_of(fleet, host, was_used - was_overhead)
                state.move_energy_j[host] += (was_w - power(fleet, kind, max(bare, 0.0))) * lapse_s
        elif state.phase[host] == BOOTING or state.phase[host] == STOPPING:
            level = rules.boot_utilisation if state.phase[host] == BOOTING else 0.0
            joules = power(fleet, kind, level) * lapse_s
            state.energy_j[host] += joules
            state.switch_energy_j[host] += joules
    settle_phase(rules, state, host)


@inlined
def settle_phase(rules: Rules, state: State, host: int) -> None:
    """Say whether a host is in use (of interest to SLATAH and to the count of shutdowns)."""
    if rules.zero_load_is_off:
        state.active[host] = state.used_mips[host] > 0
    else:
        state.active[host] = state.phase[host] == ON


@inlined
def read_demand(
    fleet: Fleet, rules: Rules, state: State, work: Work, level: Floats, slope: Floats, offset_s: float
) -> int:
    """Demand now, MIPS, of every component alive; returns how many ask for nothing (listed in work.zero)."""
    zeros = 0
    for component in range(len(state.home)):
        if state.home[component] < 0:
            continue
        wanted = level[component]
        if rules.interpolated_demand:
            wanted = wanted + slope[component] * offset_s
        state.level[component] = wanted
        demand = wanted * fleet.component_mips[component]
        state.demand_mips[component] = demand
        if demand == 0.0:
            work.zero[zeros] = component
            zeros += 1
    return zeros


@inlined
def record(rules: Rules, state: State) -> None:
    """Put each component's demand of now at the head of its history (newest first)."""
    at = state.counts[HISTORY_AT]
    width, steps = state.history.shape[1], rules.history_steps
    if at == 0:
        for component in range(len(state.home)):
            for k in range(steps):
                state.history[component, width - steps + k] = state.history[component, k]
        at = width - steps
    at -= 1
    for component in range(len(state.home)):
        state.history[component, at] = state.level[component]
    state.counts[HISTORY_AT] = at
    state.counts[RECORDED] = min(state.counts[RECORDED] + 1, steps)


@inlined
def forget_idle(fleet: Fleet, rules: Rules, state: State, work: Work, zeros: int, now_s: float) -> None:
    """Destroy components that ask for nothing and are not moving (quirk ``destroy_idle``)."""
    if not rules.destroy_idle:
        return
    for k in range(zeros):
        component = work.zero[k]
        if state.bound[component] == 0 and state.home[component] >= 0:
            host = state.home[component]
            remove(state, host, component)
            state.ram_used_mb[host] -= fleet.component_ram_mb[component]
            state.bandwidth_used_mbit[host] -= fleet.component_bandwidth_mbit[component]
            state.home[component] = -1
            state.counts[ALIVE] -= 1
            if state.length[host] == 0:
                stop(rules, state, host, now_s)


@inlined
def stop(rules: Rules, state: State, host: int, now_s: float) -> None:
    """Switch an empty host off, at once or through a shutdown that takes time."""
    if rules.instant_switching:
        state.phase[host] = OFF
    else:
        state.phase[host] = STOPPING
        state.phase_until_s[host] = now_s + rules.stop_s
        state.switching[state.counts[SWITCHING]] = host
        state.counts[SWITCHING] += 1
    settle_phase(rules, state, host)


@inner
def touch_marked(fleet: Fleet, rules: Rules, state: State, work: Work, now_s: float) -> None:
    """Touch the hosts marked in work.touched, in id order."""
    for host in range(len(state.first)):
        if work.touched[host]:
            touch(fleet, rules, state, host, now_s)


@inner
def update_all(
    fleet: Fleet,
    rules: Rules,
    state: State,
    work: Work,
    level: Floats,
    slope: Floats,
    offset_s: float,
    now_s: float,
) -> None:
    """Read every demand and touch every host, in id order; then destroy what is idle, if that is the rule."""
    zeros = read_demand(fleet, rules, state, work, level, slope, offset_s)
    work.touched[:] = True
    touch_marked(fleet, rules, state, work, now_s)
    forget_idle(fleet, rules, state, work, zeros, now_s)
    state.clock[NOW_S] = now_s
