"""Consequences: what follows from the decided events without a further decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..optimize.waves import COPY_DAYS, GRACE_DAYS
from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.estate import NEVER
from ..scenarios.moves import Migration as Moving
from ..scenarios.world import World
from .starts import Starts
from .timeline import Ints, hour_of_month


def hours(days: float) -> int:
    """Days in whole hours."""
    return round(days * HOURS_PER_DAY)


def generations(world: World, starts: Starts, moved_h: Ints, server_off_h: Ints, opens_h: int) -> Ints:
    """Machines that come to stand in the rooms.

    From the opening of the cloud on nothing is refreshed that moves there within a year of falling due;
    what moves later or not at all is refreshed as ever.
    """
    servers = world.estate.servers
    month = servers.generation_month.copy()
    refreshed_h = hour_of_month(world.clock, month[:, 1:])
    soon = moved_h[servers.system, None] < refreshed_h.astype(np.int64) + GRACE_DAYS * HOURS_PER_DAY
    month[:, 1:][soon & (refreshed_h >= opens_h)] = NEVER
    month[starts.server_on_h == NEVER] = NEVER
    month[hour_of_month(world.clock, month) >= server_off_h[:, None]] = NEVER
    return month


def rooms_of(world: World, starts: Starts, close_h: Ints, opens_h: int) -> tuple[Ints, Ints, Ints]:
    """When each room opens and closes, and the month in which its fit-out is renewed.

    From the opening of the cloud on, a room that something moves out of and that closes within a year
    of the renewal is not renewed any more.
    """
    rooms, servers, systems = world.estate.rooms, world.estate.servers, world.estate.systems
    stands = starts.server_on_h != NEVER

    def holds(kind: NDArray[np.bool_]) -> NDArray[np.bool_]:
        room = systems.room[servers.system[stands & kind[servers.system]]]
        return np.bincount(room, minlength=len(rooms.id)) > 0

    unused = (rooms.opens_month > 0) & ~holds(np.ones_like(starts.moves))
    open_h = np.where(unused, NEVER, hour_of_month(world.clock, rooms.opens_month))
    refit_h = hour_of_month(world.clock, rooms.refit_month)
    closing = close_h < refit_h.astype(np.int64) + GRACE_DAYS * HOURS_PER_DAY
    given_up = holds(starts.moves) & closing & (refit_h >= opens_h)
    dropped = given_up | (refit_h < open_h) | (refit_h >= close_h)
    return open_h, np.where(unused, NEVER, close_h), np.where(dropped, NEVER, rooms.refit_month)


def line_rents(world: World, starts: Starts, moved_h: Ints, moving: Moving | None) -> tuple[Ints, Ints]:
    """First and last hour of rent of each vertical line."""
    system = world.estate.lines.system
    start = np.where(starts.on_cloud, NEVER, starts.arrives_h)[system]
    end = starts.retires_h[system]
    if moving:
        dual, notice = hours(world.of(moving.dual_run_days)), hours(world.of(moving.line_notice_days))
        idle = np.minimum(moved_h[system].astype(np.int64) + dual, end) + notice
        end = np.where(moved_h[system] != NEVER, idle, end).astype(np.int32)
    return start, end


def unit_line_starts(world: World, plan: Plan, first_h: Ints) -> Ints:
    """First hour of each unit's shared line."""
    first = np.full(len(world.estate.units.id), NEVER, dtype=np.int32)
    np.minimum.at(first, world.estate.systems.unit, first_h)
    start = np.maximum(first - hours(COPY_DAYS), 0)
    return np.where((first == NEVER) | (plan.shared_line < 0), NEVER, start).astype(np.int32)
