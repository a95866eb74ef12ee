"""The order of CloudSim's hash maps, for quirk ``hash_order_sums``.

CloudSim keeps a host's requests in a Java ``HashMap`` keyed by "broker-component" and sums them in its
order: by bucket, then by insertion. Floating-point sums depend on their order in the last bit, and that bit
decides whether a component that would fill a host exactly fits, and which way a share at a whole MIPS is
rounded.
"""

# mypy: disable-error-code="no-any-return"
# (an element of an array is Any to mypy)

from __future__ import annotations

import numpy as np

from ...optimize.compiled import inlined, inner
from .arrays import Fleet, Ints, Rules, State

BROKER = 2  # number of the only broker among CloudSim's entities
FULLEST = 0.75  # share of entries to buckets beyond which the table doubles


def hash_codes(components: int) -> Ints:
    """Java's hash of every component's key, its high half mixed into the low one, as HashMap does."""
    codes = np.empty(components, dtype=np.int64)
    for component in range(components):
        code = 0
        for letter in f"{BROKER}-{component}":
            code = (31 * code + ord(letter)) & 0xFFFFFFFF
        codes[component] = code ^ (code >> 16)
    return codes


@inlined
def grow_table(state: State, host: int, entries: int) -> None:
    """Tables double and never shrink."""
    while entries > FULLEST * state.buckets[host]:
        state.buckets[host] *= 2


@inner
def charged_in_hash_order(fleet: Fleet, rules: Rules, state: State, host: int) -> float:
    """Sum of what the components on a host are charged."""
    components, charged = len(state.home), 0.0
    table = state.buckets[host]
    for bucket in range(table):
        node = state.first[host]
        while node >= 0:
            component = node
            while component >= components:
                component -= components
            if fleet.hash_code[component] & (table - 1) == bucket:
                charge = min(state.demand_mips[component], fleet.core_mips[host])
                if node >= components:
                    charge = charge * rules.move_overhead if state.moving[component] > 0 else 0.0
                charged += charge
            node = state.after[node]
    return charged


@inner
def free_in_hash_order(fleet: Fleet, state: State, host: int, rehashed: int) -> float:
    """CPU left, the first ``rehashed`` nodes of a host's list charged in hash order, the rest in turn."""
    components, free = len(state.home), fleet.capacity_mips[host]
    table = state.buckets[host]
    for bucket in range(table + 1):  # the last round is for nodes that came later
        node, place = state.first[host], 0
        while node >= 0:
            component = node
            while component >= components:
                component -= components
            turn = fleet.hash_code[component] & (table - 1) if place < rehashed else table
            if turn == bucket:
                charge = min(state.demand_mips[component], fleet.core_mips[host])
                free = free - charge if free >= charge else 0.0
            node = state.after[node]
            place += 1
    return free
