"""Interim lines: rented while two systems that exchange data are on different sides of the move."""

from __future__ import annotations

import numpy as np

from ..optimize.plan import Plan
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .daybook import Daybook, PriceLevels, cloud_sites, office, shares
from .starts import Starts
from .timeline import Ints, Timeline


def split_hours(world: World, starts: Starts, moved_h: Ints) -> tuple[Ints, Ints]:
    """First and last hour in which each link is split, the same if it never is, shape (links,) each.

    A link lives from the arrival of its later end to the retirement of the earlier one.
    """
    links = world.estate.links
    pair = np.stack([links.first, links.second])
    on_cloud_h = np.where(starts.on_cloud, starts.cloud_h, moved_h)[pair]
    from_h, to_h = starts.arrives_h[pair].max(axis=0), starts.retires_h[pair].min(axis=0)
    start = np.minimum(np.maximum(on_cloud_h.min(axis=0), from_h), to_h)
    end = np.minimum(np.maximum(on_cloud_h.max(axis=0), start), to_h)
    return start.astype(np.int32), np.maximum(end, start).astype(np.int32)


def book_interim_lines(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    """Book the rent at the office of the link's first end."""
    migration = scenario.alternatives[plan.alternative].migration
    if migration is None or migration.interim_line is None or not len(timeline.interim_start_h):
        return
    rent_cny = world.of(scenario.lines[migration.interim_line].price_cny_per_year)
    years = shares(world.clock, timeline.interim_start_h, timeline.interim_end_h)
    unit = world.estate.systems.unit[world.estate.links.first]
    book.add_years("interim_line", office(unit, cloud_sites(plan)), years, rent_cny, levels.line)
