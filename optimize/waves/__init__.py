"""Waves: which system moves when, at what cost, and how far from the cheapest order at most.

Read ``plan_waves`` first, then ``ground`` (who moves, by when), ``costs``, ``budget`` (what years may cost)
and ``build`` (the problem as arrays, described in ``problem``), ``orders`` and ``turns`` (schedules from an
order), ``bound`` and ``relaxed`` (what no schedule can beat), ``late`` (where dates cannot be kept),
``anneal`` (better schedules), ``exact`` (the whole-number model) and ``patterns`` (a bound for few systems).
"""

from __future__ import annotations

from .budget import budget_words, budgets_cny
from .build import COPY_HOURS_PER_WEEK, GB_PER_HOUR_PER_MBPS
from .case import case_of
from .costs import COPY_DAYS, GRACE_DAYS, ROLLED_BACK_EFFORT, power_w
from .dates import moves_allowed, rooms_meant
from .ground import FAMILIES, Case
from .plan_waves import Waves, feasible, least_cost, plan_waves

__all__ = [
    "COPY_DAYS",
    "COPY_HOURS_PER_WEEK",
    "FAMILIES",
    "GB_PER_HOUR_PER_MBPS",
    "GRACE_DAYS",
    "ROLLED_BACK_EFFORT",
    "Case",
    "Waves",
    "budget_words",
    "budgets_cny",
    "case_of",
    "feasible",
    "least_cost",
    "moves_allowed",
    "plan_waves",
    "power_w",
    "rooms_meant",
]
