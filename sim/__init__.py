"""Simulation: how each alternative behaves in a world, hour by hour, and what it costs.

Read first ``simulate`` (``simulate_all``), then what it calls, in this order:

- ``events``: what happens (``agenda``, ``migration``, ``occupancy``, ``takeover``, ``failures``),
  giving a ``timeline``
- ``flow``: what flows (``integrate``, ``block``, ``lanes``, ``workload``, ``demand``, ``power``, ``rooms``,
  ``facility``, ``cloud``, ``downtime``), kept month by month in a ``checkpoint``
- ``bookings``: what it costs (``bookings_rooms``, ``bookings_cloud``, ``machines``, ``daybook``),
  giving a ``ledger``; ``finance`` (``loans``, ``vat``, ``service_units``): who pays;
  ``reconcile`` computes the same money a second way
- ``service``: what users notice

A ``run`` holds all of it; ``summarise`` and ``study`` reduce many runs to what reports need. Beside that:

- ``crew``, ``pool``, ``cluster``: where worlds are simulated; ``store``, ``codec``, ``durable``, ``lock``,
  ``stamp``, ``checkpoint``: what is kept of a run that may be stopped
- ``workload``, ``trace_demand``: demand models other than ours; ``fit``: ours fitted to a trace
- ``teams``, ``repair``, ``provisioning``: queues of work; ``replay``: a trace on a static placement
- ``fleet``, ``consolidation``: policies that move components from host to host
"""

from __future__ import annotations

from .ledger import ANNUAL, CATEGORIES, ITEMS, ONE_OFF, Ledger
from .outcome import Outcome, Study, WorldResult
from .run import SERIES, Run, Service
from .simulate import simulate, simulate_all
from .summarise import outcome

__all__ = [
    "ANNUAL",
    "CATEGORIES",
    "ITEMS",
    "ONE_OFF",
    "SERIES",
    "Ledger",
    "Outcome",
    "Run",
    "Service",
    "Study",
    "WorldResult",
    "outcome",
    "simulate",
    "simulate_all",
]
