"""What the machine rooms cost: lines, upkeep, staff, servers, construction."""

from __future__ import annotations

import numpy as np

from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .daybook import Daybook, PriceLevels, shares
from .machines import book_maintenance, book_purchases, book_removals, server_machines
from .timeline import Timeline


def book_rooms(
    book: Daybook, scenario: Scenario, world: World, timeline: Timeline, levels: PriceLevels
) -> None:
    """Book everything on the rooms' side but energy."""
    _book_upkeep(book, scenario, world, timeline, levels)
    _book_construction(book, world, timeline)
    _book_servers(book, scenario, world, timeline, levels)


def _book_upkeep(
    book: Daybook, scenario: Scenario, world: World, timeline: Timeline, levels: PriceLevels
) -> None:
    rooms, lines, clock = world.estate.rooms, world.estate.lines, world.clock
    rented = shares(clock, timeline.line_start_h, timeline.line_end_h)
    line_room = world.estate.systems.room[lines.system]
    book.add_years("vertical_line", line_room, rented, lines.price_cny_per_year, levels.line)
    is_open = shares(clock, timeline.room_open_h, timeline.room_close_h)
    room = np.arange(len(rooms.id))
    book.add_years("room_operations", room, is_open, rooms.operations_cny_per_year, levels.constant)
    wage = world.of(scenario.prices.staff_cny_per_fte)
    book.add_years("room_staff", room, is_open, wage, levels.staff, rooms.staff_fte)


def _book_construction(book: Daybook, world: World, timeline: Timeline) -> None:
    rooms = world.estate.rooms
    refits = np.flatnonzero(timeline.room_refit_month != NEVER)
    built = np.flatnonzero((rooms.opens_month > 0) & (timeline.room_open_h != NEVER))
    for item, room, month in (
        ("room_refit", refits, timeline.room_refit_month[refits]),
        ("room_new", built, rooms.opens_month[built]),
    ):
        book.add(item, room, month, np.ones(len(room)), rooms.fitout_cny[room])


def _book_servers(
    book: Daybook, scenario: Scenario, world: World, timeline: Timeline, levels: PriceLevels
) -> None:
    servers, systems, terms = world.estate.servers, world.estate.systems, scenario.servers
    machines = server_machines(world, timeline)
    room = systems.room[servers.system[machines.slot]]
    carbon = world.of(terms.embodied_kgco2e)
    refreshed = machines.generation > 0
    new = ~refreshed & (systems.arrives_month[servers.system[machines.slot]] > 0)
    for item, chosen in (("server_refresh", refreshed), ("server_new", new)):
        book_purchases(book, item, room[chosen], machines.only(chosen), levels, carbon)
    book_maintenance(book, "server_maintenance", room, machines, levels, world, terms)
    book_removals(book, room, machines, levels, world, terms, world.of(terms.life_years))
