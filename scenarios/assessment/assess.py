"""The assessment: what is ready, what is idle, and how large everything is, for all machines of the lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..inventory.record import Record
from .columns import Machines, machines_of
from .idle import YES, Masks, judged
from .readiness import beyond, classes, newest_purchase, of_idle, told
from .reasons import PINNED, bits
from .sizing import Sizes, sized
from .support import COLLECTED
from .terms import Terms

DateFrom = Literal["given", "newest-purchase", "dates-of-support"]


class Flags(NamedTuple):
    """What of a machine enters a scenario.

    Attributes:
        zombie: idle by the rule, with enough evidence.
        pinned: stays for technical reasons.
        classified: stays for its secrets.
    """

    zombie: bool
    pinned: bool
    classified: bool


@dataclass(frozen=True, eq=False)
class Assessment:
    """Machines with what was found of each, as columns of shape (machines,).

    Attributes:
        date: for which support was judged; ``date_from`` says where it is from.
        reasons: bits of ``reasons.REASONS``.
        readiness: place in ``reasons.READINESS``.
        idle: place in ``idle.STATES``; ``evidence`` bits of ``idle.EVIDENCE``.
    """

    machines: Machines
    terms: Terms
    date: date
    date_from: DateFrom
    reasons: Masks
    readiness: NDArray[np.int8]
    idle: NDArray[np.int8]
    evidence: Masks
    sizes: Sizes

    @property
    def records(self) -> tuple[Record, ...]:
        """The machines' records: those of kind ``server``, in their order."""
        return self.machines.records

    def flags(self) -> list[Flags]:
        """What enters a scenario, of each machine in the order of ``records``."""
        columns = (
            self.idle == YES,
            self.reasons & PINNED != 0,
            self.reasons & bits("classified") != 0,
        )
        return list(map(Flags._make, zip(*(column.tolist() for column in columns), strict=True)))


def assess(records: Iterable[Record], terms: Terms | None = None) -> Assessment:
    """Judge every machine among the records of an inventory.

    Args:
        records: of all kinds: systems tell the protection of their machines; hosts and rooms are left out.
    """
    terms = terms or Terms()
    machines = machines_of(records)
    day, day_from = _day(machines, terms)
    sizes = sized(machines, terms)
    reasons = told(machines, day) | beyond(machines, sizes, terms)
    idle, evidence = judged(machines, reasons, terms)
    reasons |= of_idle(idle)
    return Assessment(machines, terms, day, day_from, reasons, classes(reasons), idle, evidence, sizes)


def system_flags(flags: Iterable[tuple[str, Flags]]) -> dict[str, Flags]:
    """Of each system what its machines say: it stays if any of them does, and is idle if all of them are.

    Args:
        flags: a system's key and a machine's flags, for each machine.
    """
    found: dict[str, Flags] = {}
    for system, its in flags:
        had = found.get(system, Flags(True, False, False))
        found[system] = Flags(
            had.zombie and its.zombie, had.pinned or its.pinned, had.classified or its.classified
        )
    return found


def _day(machines: Machines, terms: Terms) -> tuple[date, DateFrom]:
    if terms.date is not None:
        return terms.date, "given"
    newest = newest_purchase(machines.records)
    return (newest, "newest-purchase") if newest else (COLLECTED, "dates-of-support")
