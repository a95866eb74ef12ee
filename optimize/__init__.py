"""Plans: what to build, where each component goes, and when it moves.

Read ``make_plan`` first, then what it calls in this order: ``waves`` (when), ``sizing`` and
``flavours`` (how large), ``hosts`` (on what), ``packing`` (how many; it uses ``fleet``,
``columns`` and ``knapsack``), ``placement`` (which host), ``access`` (shared lines), ``baseline``
(compared with what). Only ``solver`` knows PuLP and HiGHS.
"""

from __future__ import annotations

from .make_plan import make_plan
from .plan import Flavours, Hosts, Plan, Proof

__all__ = ["Flavours", "Hosts", "Plan", "Proof", "make_plan"]
