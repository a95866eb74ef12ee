"""Machines: each server and host ever bought, from purchase to removal, with what they share in costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..scenarios.assets import Servers
from ..scenarios.estate import NEVER
from ..scenarios.world import World
from .daybook import MONTHS_PER_YEAR, Daybook, Floats, PriceLevels, shares
from .timeline import Ints, Timeline, hour_of_month


@dataclass(frozen=True)
class Machines:
    """Machines that stand at some time, shape (machines,) each.

    Attributes:
        slot: row of servers, or of hosts.
        generation: 0 for the first machine in its slot.
        bought_month: may be negative.
        from_h, to_h: service in the run; ``to_h`` is NEVER if it stands to the end.
        price_cny: in prices of the first year.
        share: part of a machine that each is; what it costs is that of the part.
    """

    slot: NDArray[np.int64]
    generation: NDArray[np.int64]
    bought_month: Ints
    from_h: Ints
    to_h: Ints
    price_cny: Floats
    share: Floats

    def only(self, chosen: NDArray[np.bool_]) -> Machines:
        """Some of them."""
        return Machines(*(getattr(self, field.name)[chosen] for field in fields(self)))


def server_machines(world: World, timeline: Timeline) -> Machines:
    """Machines in the rooms."""
    servers, months = world.estate.servers, timeline.generation_month
    slot, generation = np.nonzero(months != NEVER)
    start_h = hour_of_month(world.clock, months)
    end_h = np.hstack([start_h[:, 1:], np.full_like(start_h[:, :1], NEVER)])
    end_h = np.minimum(end_h, timeline.server_off_h[:, None])
    return Machines(
        slot,
        generation,
        np.where(generation == 0, servers.bought_month[slot], months[slot, generation]),
        start_h[slot, generation],
        end_h[slot, generation],
        servers.price_cny[slot],
        servers.machine_share[slot],
    )


def host_machines(
    world: World, price_cny: Floats, buy_month: Ints, bought_month: Ints, life_years: float, off_h: Ints
) -> Machines:
    """Hosts and those that replace them at the end of their life.

    Args:
        buy_month: in which each is switched on.
        bought_month: in which it was bought, before that where it was owned already.
        off_h: hour at which each is given up for good, NEVER if it stays.
    """
    life = _months(life_years)
    most = -(-(world.clock.months - int(bought_month.min(initial=0))) // life)
    months = bought_month[:, None].astype(np.int64) + life * np.arange(most + 1)
    from_h = hour_of_month(world.clock, np.maximum(months[:, :-1], buy_month[:, None]))
    slot, generation = np.nonzero((months[:, :-1] < world.clock.months) & (from_h < off_h[:, None]))
    return Machines(
        slot,
        generation,
        months[slot, generation].astype(np.int32),
        from_h[slot, generation],
        np.minimum(hour_of_month(world.clock, months[slot, generation + 1]), off_h[slot]),
        price_cny[slot],
        np.ones(len(slot)),
    )


def _months(years: float) -> int:
    return round(years * MONTHS_PER_YEAR)


def book_purchases(
    book: Daybook, item: str, site: Ints, bought: Machines, levels: PriceLevels, carbon_kg: float
) -> None:
    """Book machines in the month in which they are bought; ``site`` per machine."""
    cost = bought.price_cny * levels.hardware[bought.bought_month]
    book.add(item, site, bought.bought_month, bought.share, cost, carbon_kg * bought.share)


def book_maintenance(
    book: Daybook,
    item: str,
    site: Ints,
    machines: Machines,
    levels: PriceLevels,
    world: World,
    terms: Servers,
) -> None:
    """Book maintenance contracts: a share of the price, year by year, once the warranty is over."""
    covered = machines.bought_month + _months(world.of(terms.warranty_years))
    start_h = np.maximum(hour_of_month(world.clock, covered), machines.from_h)
    years = shares(world.clock, start_h, machines.to_h)
    rate = machines.price_cny * world.of(terms.maintenance_share)
    book.add_years(item, site, years, rate, levels.hardware)


def book_removals(
    book: Daybook,
    site: Ints,
    machines: Machines,
    levels: PriceLevels,
    world: World,
    terms: Servers,
    life_years: float,
) -> None:
    """Book disposal, and resale at a value that falls with age, of machines that leave in the run."""
    gone = np.flatnonzero(machines.to_h < world.clock.hours)
    month = np.searchsorted(world.clock.month_edges_h, machines.to_h[gone], side="right") - 1
    each = machines.share[gone]
    book.add("disposal", site[gone], month, each, each * world.of(terms.disposal_cny))
    age_years = (month - machines.bought_month[gone]) / MONTHS_PER_YEAR
    value = world.of(terms.resale_share) * np.maximum(0.0, 1.0 - age_years / life_years)
    income = value * machines.price_cny[gone] * levels.hardware[month]
    sold = income > 0
    book.add("resale", site[gone][sold], month[sold], each[sold], -income[sold])
