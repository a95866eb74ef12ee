"""What moving a system in a week costs, and what rooms and lines cost until then.

Counted from the opening of the cloud to the end of the horizon, in the prices of each year, as the bookings
of the simulation count it: rent of dedicated lines, rooms (upkeep, staff, renewal), power, maintenance and
renewal of servers, labour of moving, shared lines of the units, interim lines. Energy is estimated at
today's mean load. The cloud's own hosts are the packing's affair and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY, Clock
from ...scenarios.elementary import power
from ...scenarios.estate import NEVER
from ...scenarios.moves import Migration
from ...scenarios.quantity import Quantity
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from .problem import Floats, Ints

MONTHS_PER_YEAR = 12
KWH_PER_W_YEAR = 8.766
# Person-days of a roll-back over those of the move.
ROLLED_BACK_EFFORT = 0.5
# What would be renewed less than so long before it goes is not renewed.
GRACE_DAYS = 365
# A unit's shared line starts so long before its first cut-over.
COPY_DAYS = 14


class Meter:
    """Years since the opening, weighted with a price that changes by year."""

    def __init__(self, world: World, change: Quantity | None, opens_h: int) -> None:
        clock = world.clock
        rate = world.of(change) if change is not None else 0.0
        self.level = power(1.0 + rate, np.arange(clock.months) // MONTHS_PER_YEAR)
        self._edges = clock.month_edges_h
        self._years = np.concatenate([[0.0], np.cumsum(self.level / MONTHS_PER_YEAR)])
        self._before = float(np.interp(opens_h, self._edges, self._years))

    def at(self, hour: NDArray[np.integer]) -> Floats:
        """From the opening to each hour, at most to the end of the horizon; 0 before the opening."""
        return np.asarray(np.maximum(np.interp(hour, self._edges, self._years) - self._before, 0.0))


@dataclass(frozen=True)
class Meters:
    """One meter for each price."""

    flat: Meter
    staff: Meter
    line: Meter
    electricity: Meter
    hardware: Meter

    @classmethod
    def of(cls, scenario: Scenario, world: World, opens_h: int) -> Meters:
        """Meters that start at the opening of the cloud."""
        prices = scenario.prices
        changes = (
            None,
            prices.staff_change,
            prices.line_change,
            prices.electricity_change,
            prices.hardware_change,
        )
        return cls(*(Meter(world, change, opens_h) for change in changes))


@dataclass(frozen=True)
class Times:
    """Hours that bound what is counted.

    Attributes:
        opens_h: the cloud opens.
        hour: of each slot, shape (W,).
        dual_h, notice_h, clearing_h: what follows a cut-over.
    """

    opens_h: int
    hour: Ints
    dual_h: int
    notice_h: int
    clearing_h: int

    @classmethod
    def of(cls, world: World, migration: Migration, opens_h: int, hour: Ints) -> Times:
        """Of one way to move."""
        spans = (migration.dual_run_days, migration.line_notice_days, migration.room_clearing_days)
        return cls(opens_h, hour, *(round(world.of(days) * HOURS_PER_DAY) for days in spans))


def hour_of_month(clock: Clock, month: NDArray[np.int32]) -> Ints:
    """First hour of each month, 0 before the scenario, NEVER after it."""
    edges = np.append(clock.month_edges_h[:-1], int(NEVER))
    return np.asarray(edges[np.clip(month, 0, clock.months)])


def power_w(scenario: Scenario, world: World) -> tuple[Floats, Floats]:
    """Power that goes with each server, and with each room until it closes, at today's mean load."""
    rooms, servers, systems = world.estate.rooms, world.estate.servers, world.estate.systems
    curves = [scenario.hardware.curves[name] for name in sorted(scenario.hardware.curves)]
    curve = servers.generation_curve[:, 0]
    throughput = np.array([c.ssj_ops for c in curves])[curve] * servers.machine_share
    load = np.minimum(servers.demand_ssj / throughput, 1.0) * 10
    left = np.minimum(load.astype(np.int64), 9)
    watts = np.array([c.watts for c in curves])
    low, high = watts[curve, left], watts[curve, left + 1]
    server_w = servers.config_factor * servers.machine_share * (low + (load - left) * (high - low))
    room = systems.room[servers.system]
    there = systems.arrives_month[servers.system] == 0
    it_w = np.bincount(room[there], server_w[there], minlength=len(rooms.id)) * (1 + rooms.overhead_it)
    follows = 1 + (1 - rooms.cooling_fixed_share) * (rooms.pue - 1)
    moving_overhead = 1 + rooms.overhead_it * (1 - rooms.overhead_fixed_share)
    fixed = it_w * rooms.overhead_it / (1 + rooms.overhead_it) * rooms.overhead_fixed_share
    fixed += it_w * (rooms.pue - 1) * rooms.cooling_fixed_share + rooms.lighting_w
    return server_w * (moving_overhead * follows)[room], fixed


def system_costs(
    scenario: Scenario, world: World, migration: Migration, times: Times, meters: Meters, rows: Ints
) -> Floats:
    """Cost of systems by slot, the last of never moving, shape (rows, W + 1)."""
    estate, clock = world.estate, world.clock
    systems, lines, servers = estate.systems, estate.lines, estate.servers
    n = len(systems.id)
    end_h = hour_of_month(clock, systems.retires_month)[rows, None]
    slot_h = np.append(times.hour, int(NEVER))[None, :]
    off_h = np.minimum(slot_h + times.dual_h, end_h)
    rent = np.bincount(lines.system, lines.price_cny_per_year, minlength=n)[rows]
    line_end_h = np.where(slot_h < NEVER, off_h + times.notice_h, end_h)
    cost = rent[:, None] * meters.line.at(line_end_h)
    server_w, _ = power_w(scenario, world)
    tariff = world.of(scenario.prices.electricity_cny_per_kwh) * KWH_PER_W_YEAR
    energy = np.bincount(servers.system, server_w, minlength=n)[rows] * tariff
    cost += energy[:, None] * meters.electricity.at(off_h)
    of_row = np.full(n, -1, dtype=np.int64)
    of_row[rows] = np.arange(len(rows))
    mine = np.flatnonzero(of_row[servers.system] >= 0)
    owner = of_row[servers.system[mine]]
    cost += _maintenance(scenario, world, meters, mine, owner, off_h)
    cost += _renewals(world, times, meters, mine, owner, len(rows))
    labour = systems.effort_days[rows] * world.of(migration.day_rate_cny)
    cost[:, :-1] += labour[:, None] * meters.staff.level[months_of(clock, times.hour)]
    return cost


def months_of(clock: Clock, hour: Ints) -> Ints:
    """Month of each hour."""
    return np.searchsorted(clock.month_edges_h, hour, side="right") - 1


def _maintenance(
    scenario: Scenario, world: World, meters: Meters, mine: Ints, owner: Ints, off_h: Ints
) -> Floats:
    """Contracts for the machines of today from the end of their warranty, shape (systems, W + 1)."""
    servers, terms = world.estate.servers, scenario.servers
    warranty = round(world.of(terms.warranty_years) * MONTHS_PER_YEAR)
    covered_h = hour_of_month(world.clock, servers.bought_month[mine] + warranty)
    rate = servers.price_cny[mine] * world.of(terms.maintenance_share)
    paid = meters.hardware.at(off_h)[owner] - meters.hardware.at(covered_h)[:, None]
    cost = np.zeros(off_h.shape)
    np.add.at(cost, owner, rate[:, None] * np.maximum(paid, 0.0))
    return cost


def _renewals(world: World, times: Times, meters: Meters, mine: Ints, owner: Ints, systems: int) -> Floats:
    """Servers renewed before their system moves, shape (systems, W + 1)."""
    servers, clock = world.estate.servers, world.clock
    month = servers.generation_month[mine, 1:]
    due_h = hour_of_month(clock, month)
    end_h = hour_of_month(clock, servers.retires_month[mine])
    row, generation = np.nonzero((due_h >= times.opens_h) & (due_h < np.minimum(end_h, clock.hours)[:, None]))
    price = servers.price_cny[mine[row]] * meters.hardware.level[month[row, generation]]
    from_slot = np.searchsorted(times.hour, due_h[row, generation] + GRACE_DAYS * HOURS_PER_DAY)
    cost = np.zeros((systems, len(times.hour) + 1))
    np.add.at(cost, (owner[row], from_slot), price)
    return cost.cumsum(axis=1)


def room_costs(
    scenario: Scenario, world: World, times: Times, meters: Meters, rooms: Ints, held_h: Ints
) -> Floats:
    """Cost of rooms by the slot up to which they are needed, shape (rooms, W + 1).

    Args:
        held_h: hour until which something that does not move holds each room, NEVER if for good.
    """
    table = world.estate.rooms
    slot_h = np.append(times.hour + times.dual_h, int(NEVER))
    close_h = np.minimum(np.maximum(slot_h[None, :], held_h[:, None]) + times.clearing_h, world.clock.hours)
    wage = world.of(scenario.prices.staff_cny_per_fte)
    tariff = world.of(scenario.prices.electricity_cny_per_kwh) * KWH_PER_W_YEAR
    _, fixed_w = power_w(scenario, world)
    cost = table.operations_cny_per_year[rooms, None] * meters.flat.at(close_h)
    cost += (table.staff_fte[rooms] * wage)[:, None] * meters.staff.at(close_h)
    cost += (fixed_w[rooms] * tariff)[:, None] * meters.electricity.at(close_h)
    refit_h = hour_of_month(world.clock, table.refit_month[rooms])
    due = (refit_h >= times.opens_h) & (refit_h < NEVER)
    cost += np.where(
        due[:, None]
        & (close_h >= np.minimum(refit_h + GRACE_DAYS * HOURS_PER_DAY, world.clock.hours)[:, None]),
        table.fitout_cny[rooms, None],
        0.0,
    )
    return np.where((held_h >= NEVER)[:, None], 0.0, cost)


def unit_costs(times: Times, meters: Meters, rent_cny: Floats, joined_h: Ints, horizon_h: int) -> Floats:
    """Rent of shared lines by the first slot of each unit, shape (units, W + 1).

    Args:
        rent_cny: of all lines of a unit in a year.
        joined_h: hour from which a unit needs its line anyway, NEVER if it does not.
    """
    first_h = np.minimum(np.append(times.hour, int(NEVER))[None, :], joined_h[:, None])
    start = meters.line.at(np.maximum(first_h - COPY_DAYS * HOURS_PER_DAY, 0))
    end = meters.line.at(np.array([horizon_h]))
    return np.where(first_h < NEVER, rent_cny[:, None] * (end - start), 0.0)
