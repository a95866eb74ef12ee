"""Whether a machine can move as it is: the reasons that lists give, and the class that follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..inventory.record import Record
from .columns import Machines
from .hints import of_description, of_hardware, of_name
from .idle import SUSPECTED, YES, Masks
from .reasons import CARE, STAYS, bits
from .sizing import AS_IS, Sizes
from .support import read_system
from .terms import Terms

READY, NEEDS_CARE, STAYS_PUT = range(3)
HIGH_MLPS = 3
_BEYOND = ("vcpu_beyond", "memory_beyond", "disk_beyond")
_STATES = {"off": bits("powered_off"), "suspended": bits("suspended")}
_APPLIANCE, _VIRTUAL, _PINNED = bits("appliance"), bits("virtual_appliance"), bits("pinned")


def told(machines: Machines, day: date) -> Masks:
    """Reasons that each machine's own texts give, as bits, shape (machines,)."""
    systems: dict[str | None, int] = {None: bits("os_unknown")}
    found = np.fromiter(
        (_of_texts(record, systems, day) for record in machines.records),
        dtype=np.int64,
        count=len(machines.records),
    )
    found |= np.where(machines.classified, bits("classified"), 0)
    found |= np.where(machines.mlps >= HIGH_MLPS, bits("mlps_high"), 0)
    return found


def _of_texts(record: Record, systems: dict[str | None, int], day: date) -> int:
    """Reasons of one machine; ``systems`` keeps those of each operating system's name."""
    found = systems.get(record.os, -1)
    if found < 0:
        found = systems[record.os] = read_system(record.os or "").on(day)
    if record.server:
        found |= of_name(record.server)
    if record.system:
        found |= of_description(record.system)
    for text in (record.category, record.environment, *record.tags):
        if text:
            found |= of_description(text)
    if record.model:
        found |= of_description(record.model) | of_hardware(record.model)
    if record.cpu_model:
        found |= of_hardware(record.cpu_model)
    if record.pinned:
        found |= _PINNED
    if record.power_state in _STATES:
        found |= _STATES[record.power_state]
    if found & _APPLIANCE and record.virtual:
        found = found & ~_APPLIANCE | _VIRTUAL
    return found


def beyond(machines: Machines, sizes: Sizes, terms: Terms) -> Masks:
    """Reasons that sizes give: what no host can hold, what is not told, what rests on no use.

    A machine is too large by its use with headroom, as far as that is told; else as configured.
    """
    most = np.array(terms.largest)
    found = np.zeros(len(machines.records), dtype=np.int64)
    over = sizes.needs > most
    for k, code in enumerate(_BEYOND):
        found |= np.where(over[:, k], bits(code), 0)
    fits = ((machines.sizes > most) & ~over).any(axis=1) & ~over.any(axis=1)
    found |= np.where(fits, bits("fits_by_use"), 0)
    unknown = np.isnan(machines.sizes[:, :2]).any(axis=1)
    found |= np.where(unknown, bits("size_unknown"), 0)
    found |= np.where((sizes.basis == AS_IS).any(axis=1), bits("sized_as_is"), 0)
    found |= np.where(machines.snapshot & np.isnan(machines.cpu).all(axis=1), bits("snapshot"), 0)
    return found


def of_idle(state: NDArray[np.int8]) -> Masks:
    """The reason that a machine's work gives."""
    found = np.where(state == YES, bits("idle"), 0)
    return np.asarray(found + np.where(state == SUSPECTED, bits("idle_suspected"), 0), dtype=np.int64)


def classes(reasons: Masks) -> NDArray[np.int8]:
    """READY, NEEDS_CARE or STAYS_PUT of each machine."""
    care = np.where(reasons & CARE != 0, NEEDS_CARE, READY)
    return np.where(reasons & STAYS != 0, STAYS_PUT, care).astype(np.int8)


def newest_purchase(records: Sequence[Record]) -> date | None:
    """The last day on which anything in the lists was bought."""
    return max((record.purchase_date for record in records if record.purchase_date), default=None)
