"""Plans: what to build, where each component goes, and when it moves.

Read ``make_plan`` first, then what it calls in this order: ``waves`` (when), ``sizing`` and
``flavours`` (how large), ``hosts`` (on what), ``siting`` (where), ``profiles`` (filled hour by hour) or
``packing`` (filled by sizes), ``sparing`` (what the first saves), ``placement`` (which host), ``access``
(shared lines). Around it: ``check`` (is the plan what it says), ``explain`` (why there is none), ``frontier``
(plans of other leanings), ``instances`` (public packing formats), ``reassign`` (re-planning a running cloud).
Only ``solver`` knows PuLP and HiGHS (and ``endings`` how its searches end early), only ``compiled`` numba.
"""

from __future__ import annotations

from .hosts import HostTypes, Objective, Weights
from .make_plan import make_plan
from .plan import Flavours, Hosts, Plan, Proof

__all__ = ["Flavours", "HostTypes", "Hosts", "Objective", "Plan", "Proof", "Weights", "make_plan"]
