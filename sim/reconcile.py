"""Reconciliation: the money a second way, from hourly stocks instead of bookings, whoever pays.

Nothing here looks at the ledger or shares its arithmetic: what exists in each hour is counted, priced
by the hour, and summed by year; lumps are added at their hour. Ledger and integral must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.cloud import Cloud
from ..scenarios.estate import NEVER
from ..scenarios.moves import Migration
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .flow import Flow
from .ledger import CATEGORIES
from .timeline import Ints, Timeline, stock

Floats = NDArray[np.float64]

PARTS = ("it", "ups", "cooling", "other")


class _Life(NamedTuple):
    """One machine from purchase to removal; ``end_h`` lies beyond the run if it stays."""

    bought_month: int
    start_h: int
    end_h: int
    price_cny: float
    share: float = 1.0  # of a machine


def integrate(scenario: Scenario, world: World, plan: Plan, timeline: Timeline, flow: Flow) -> Floats:
    """Cost in CNY by year and category, shape (years, categories as in ledger.CATEGORIES)."""
    books = _Integral(scenario, world)
    _rooms(books, timeline)
    _servers(books, timeline)
    _energy(books, flow)
    _cloud_energy(books, plan, flow)
    alternative = scenario.alternatives[plan.alternative]
    if len(plan.hosts.buy_month) and alternative.cloud and alternative.migration:
        if plan.pool_room is None:
            _centre(books, alternative.cloud, plan, timeline)
            _replication(books, plan)
        _licences(books, alternative.cloud, plan, timeline)
        _hosts(books, alternative.cloud, plan, timeline)
        _moves(books, alternative.migration, timeline)
    return books.cost


class _Integral:
    """Sums by year and category, and the price of everything at every hour."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario, self.world, self.clock = scenario, world, world.clock
        month_h = np.diff(world.clock.month_edges_h)
        self.year = np.repeat(np.arange(world.clock.months) // 12, month_h)
        self._per_hour = np.repeat(1.0 / (12 * month_h), month_h)
        self.cost = np.zeros((world.clock.years, len(CATEGORIES)))

    def level(self, change: Quantity | None) -> Floats:
        """Price level by hour."""
        if change is None:
            return np.ones(self.clock.hours)
        return np.asarray((1.0 + self.world.of(change)) ** self.year.astype(np.float64))

    def rate(self, category: str, cny_per_year: Floats, change: Quantity | None) -> None:
        """Add a cost rate by hour, in prices of the first year."""
        self._add(category, cny_per_year * self._per_hour * self.level(change))

    def energy(self, kw: Floats, tariff: Quantity, change: Quantity) -> None:
        """Add electricity at the tariff of its hour."""
        self._add("electricity", kw * self.world.of(tariff) * self.level(change) * self.time_of_use())

    def time_of_use(self) -> Floats:
        """Tariff of each hour over the mean."""
        terms, ratio = self.scenario.prices.time_of_use, np.ones(self.clock.hours)
        if terms is None:
            return ratio
        first = np.datetime64(self.clock.start.isoformat(), "h")
        moment = first + np.arange(self.clock.hours).astype("timedelta64[h]")
        month = moment.astype("datetime64[M]").astype(np.int64) % 12 + 1
        hour = (moment - moment.astype("datetime64[D]")).astype(np.int64)
        for period in terms.periods.values():
            inside = np.isin(hour, period.hours) & (np.isin(month, period.months) | (not period.months))
            ratio[inside] = self.world.of(period.ratio)
        return ratio / (ratio.sum() / len(ratio)) if terms.normalised else ratio

    def lump(self, category: str, hour: int, cny: float, change: Quantity | None) -> None:
        """Add a cost at an hour, in prices of the first year."""
        growth = 0.0 if change is None else self.world.of(change)
        year = int(self.year[hour])
        self.cost[year, CATEGORIES.index(category)] += cny * (1.0 + growth) ** year

    def hour(self, month: int) -> int:
        """First hour of a month; the end of the run if it lies beyond, 0 if before."""
        return int(self.clock.month_edges_h[min(max(month, 0), self.clock.months)])

    def count(self, start_h: Ints, end_h: Ints | None, height: Floats | float = 1.0) -> Floats:
        """Stock by hour; to the end of the run if ``end_h`` is None."""
        end = np.full_like(start_h, NEVER) if end_h is None else end_h
        return stock(self.clock.hours, start_h, end, height)

    def _add(self, category: str, by_hour: Floats) -> None:
        self.cost[:, CATEGORIES.index(category)] += np.bincount(
            self.year, weights=by_hour, minlength=self.clock.years
        )


def _rooms(books: _Integral, timeline: Timeline) -> None:
    rooms, lines, prices = books.world.estate.rooms, books.world.estate.lines, books.scenario.prices
    rents = books.count(timeline.line_start_h, timeline.line_end_h, lines.price_cny_per_year)
    books.rate("leased_lines", rents, prices.line_change)
    span = timeline.room_open_h, timeline.room_close_h
    books.rate("room_operations", books.count(*span, rooms.operations_cny_per_year), None)
    wage = books.world.of(prices.staff_cny_per_fte)
    books.rate("staff", books.count(*span, rooms.staff_fte) * wage, prices.staff_change)
    for room, month in enumerate(timeline.room_refit_month.tolist()):
        if month != NEVER:
            books.lump("room_construction", books.hour(month), float(rooms.fitout_cny[room]), None)
        if 0 < timeline.room_open_h[room] < books.clock.hours:
            books.lump(
                "room_construction", int(timeline.room_open_h[room]), float(rooms.fitout_cny[room]), None
            )


def _server_lives(books: _Integral, timeline: Timeline) -> Iterator[tuple[int, _Life]]:
    """Every machine that stands in a room, with its number in its slot."""
    servers = books.world.estate.servers
    for slot, off_h in enumerate(timeline.server_off_h.tolist()):
        months = [month for month in timeline.generation_month[slot].tolist() if month != NEVER]
        starts = [books.hour(month) for month in months]
        for k, end_h in enumerate([*starts[1:], books.clock.hours]):
            if k < len(months):
                bought = int(servers.bought_month[slot]) if k == 0 else months[k]
                price, share = float(servers.price_cny[slot]), float(servers.machine_share[slot])
                yield k, _Life(bought, starts[k], min(end_h, off_h), price, share)


def _servers(books: _Integral, timeline: Timeline) -> None:
    hardware = books.scenario.prices.hardware_change
    lives = list(_server_lives(books, timeline))
    for k, life in lives:
        if k > 0:
            books.lump("hardware_refresh", life.start_h, life.price_cny, hardware)
        elif life.bought_month > 0:
            books.lump("hardware_purchase", life.start_h, life.price_cny, hardware)
    _upkeep(books, [life for _, life in lives], books.world.of(books.scenario.servers.life_years))


def _upkeep(books: _Integral, lives: list[_Life], life_years: float) -> None:
    """Maintenance, disposal and resale of machines."""
    terms, world, hardware = books.scenario.servers, books.world, books.scenario.prices.hardware_change
    warranty = round(world.of(terms.warranty_years) * 12)
    start_h = [max(life.start_h, books.hour(life.bought_month + warranty)) for life in lives]
    end_h = [life.end_h for life in lives]
    price = np.array([life.price_cny for life in lives])
    covered = books.count(np.array(start_h, dtype=np.int32), np.array(end_h, dtype=np.int32), price)
    books.rate("hardware_maintenance", covered * world.of(terms.maintenance_share), hardware)
    for life in lives:
        if life.end_h < books.clock.hours:
            age = (books.clock.month_of_hour(life.end_h) - life.bought_month) / 12
            worth = world.of(terms.resale_share) * max(0.0, 1 - age / life_years) * life.price_cny
            books.lump("decommissioning", life.end_h, world.of(terms.disposal_cny) * life.share, None)
            books.lump("decommissioning", life.end_h, -worth, hardware)


def _energy(books: _Integral, flow: Flow) -> None:
    prices = books.scenario.prices
    for part in PARTS:
        rooms = flow.series[f"room_{part}_kw"]
        books.energy(rooms, prices.electricity_cny_per_kwh, prices.electricity_change)


def _cloud_energy(books: _Integral, plan: Plan, flow: Flow) -> None:
    """From the hours of all sites together, or from the months of each where there are several."""
    prices, cloud = books.scenario.prices, books.scenario.alternatives[plan.alternative].cloud
    month_h = np.diff(books.clock.month_edges_h)
    priced = flow.cloud_kwh if flow.cloud_priced_kwh is None else flow.cloud_priced_kwh
    ratio_h = np.add.reduceat(books.time_of_use(), books.clock.month_edges_h[:-1])
    for row, name in enumerate(plan.sites):
        if len(plan.sites) == 1:
            kw = np.sum([flow.series[f"cloud_{part}_kw"] for part in PARTS], axis=0)
        else:
            kw = np.repeat(priced[row].sum(axis=1) / ratio_h, month_h)
        ratio = books.world.of(prices.electricity_cloud_ratio) * _ratio(books, cloud, name, "tariff_ratio")
        books.energy(kw * ratio, prices.electricity_cny_per_kwh, prices.electricity_change)


def _ratio(books: _Integral, cloud: Cloud | None, name: str, field: str) -> float:
    """What a named site says of itself over what the cloud says; 1 if it says nothing."""
    quantity = getattr(cloud.sites.get(name), field, None) if cloud else None
    return 1.0 if quantity is None else books.world.of(quantity)


def _centre(books: _Integral, cloud: Cloud, plan: Plan, timeline: Timeline) -> None:
    """Platform, lines, and what each site costs."""
    world, prices = books.world, books.scenario.prices
    lines = list(books.scenario.lines.values())
    rent = np.zeros(len(plan.shared_line))
    for unit, (kind, count) in enumerate(zip(plan.shared_line, plan.shared_lines, strict=True)):
        rent[unit] = count * world.of(lines[kind].price_cny_per_year)
        per_km = lines[kind].price_cny_per_km_year
        if count and per_km and plan.siting and plan.siting.distance_km[unit] > 0:
            rent[unit] += count * world.of(per_km) * plan.siting.distance_km[unit]
    books.rate("leased_lines", books.count(timeline.unit_line_start_h, None, rent), prices.line_change)
    is_open = np.arange(books.clock.hours) >= books.clock.hour_of(cloud.opens)
    books.rate("platform", np.where(is_open, world.of(cloud.platform_cny_per_year), 0.0), None)
    _interim(books, plan, timeline)
    for row, name in enumerate(plan.sites):
        _site(books, cloud, plan, timeline, row, name)


def _gone_h(plan: Plan, timeline: Timeline, host: int) -> int:
    """Hour at which a host is given up: with its room, beyond the run at a site."""
    if plan.pool_room is None:
        return int(NEVER)
    return int(timeline.room_close_h[plan.pool_room[plan.hosts.pool[host]]])


def _licences(books: _Integral, cloud: Cloud, plan: Plan, timeline: Timeline) -> None:
    """Platform software of each host."""
    gone = [_gone_h(plan, timeline, host) for host in range(len(plan.hosts.pool))]
    hosts = books.count(timeline.host_on_h, np.array(gone, dtype=np.int32))
    books.rate("platform", hosts * books.world.of(cloud.platform_cny_per_host_year), None)


def _interim(books: _Integral, plan: Plan, timeline: Timeline) -> None:
    """Lines between systems on different sides of the move."""
    migration = books.scenario.alternatives[plan.alternative].migration
    if migration and migration.interim_line:
        rent = books.world.of(books.scenario.lines[migration.interim_line].price_cny_per_year)
        lines = books.count(timeline.interim_start_h, timeline.interim_end_h) * rent
        books.rate("leased_lines", lines, books.scenario.prices.line_change)


def _site(books: _Integral, cloud: Cloud, plan: Plan, timeline: Timeline, row: int, name: str) -> None:
    """Staff, upkeep and construction of one site."""
    world, prices, site = books.world, books.scenario.prices, cloud.sites.get(name)
    here = plan.pool_site[plan.hosts.pool] == row
    works = here & (plan.hosts.recovers < 0)
    opens_h = books.clock.hour_of((site and site.opens) or cloud.opens)
    if not works.any():
        opens_h = max(opens_h, int(timeline.host_on_h[here].min()))
    is_open = np.arange(books.clock.hours) >= opens_h
    fte = world.of(cloud.staff_fte) if row == 0 else 0.0
    if site and site.staff_fte:
        fte = world.of(site.staff_fte)
    books.rate("staff", np.where(is_open, fte * world.of(prices.staff_cny_per_fte), 0.0), prices.staff_change)
    if site and site.fixed_cny_per_year:
        books.rate("room_operations", np.where(is_open, world.of(site.fixed_cny_per_year), 0.0), None)
    if site and site.opening_cny:
        books.lump("room_construction", opens_h, world.of(site.opening_cny), None)
    units = books.count(timeline.host_on_h[here], None, plan.hosts.rack_units[here])
    racks = np.ceil(units / cloud.rack_units_usable - 1e-9)
    space = world.of(cloud.space_cny_per_rack_year) * _ratio(books, cloud, name, "space_ratio")
    books.rate("room_operations", racks * space, None)
    if racks[-1] > 0:
        built = float(np.ceil(units[-1] / cloud.rack_units_usable / world.of(cloud.rack_fill) - 1e-9))
        if cloud.apart == "rack":
            used = plan.hosts.rack[here][timeline.host_on_h[here] < books.clock.hours]
            built = max(built, float(used.max()) + 1)
        cost = built * world.of(cloud.fitout_cny_per_rack) * _ratio(books, cloud, name, "fitout_ratio")
        if site and site.racks is not None and site.expansion_cny_per_rack and built > site.racks:
            cost += (built - site.racks) * world.of(site.expansion_cny_per_rack)
        books.lump("room_construction", int(np.flatnonzero(racks)[0]), cost, None)


def _replication(books: _Integral, plan: Plan) -> None:
    """Lines to recovery sites, from two weeks before the first can take over."""
    world, lines, recovery = books.world, list(books.scenario.lines.values()), plan.recovery
    if recovery is None:
        return
    rented = np.arange(books.clock.hours) >= recovery.ready_h - 14 * 24
    for kind, count, km in zip(
        recovery.replication_line, recovery.replication_lines, recovery.distance_km, strict=True
    ):
        rent = world.of(lines[kind].price_cny_per_year)
        per_km = lines[kind].price_cny_per_km_year
        if per_km and km > 0:
            rent += world.of(per_km) * float(km)
        books.rate("leased_lines", np.where(rented, rent * count, 0.0), books.scenario.prices.line_change)


def _hosts(books: _Integral, cloud: Cloud, plan: Plan, timeline: Timeline) -> None:
    world, hardware = books.world, books.scenario.prices.hardware_change
    life = round(world.of(cloud.host_life_years) * 12)
    lives = []
    months = zip(plan.hosts.bought_month.tolist(), plan.hosts.buy_month.tolist(), strict=True)
    for host, ((first, month), price) in enumerate(zip(months, plan.hosts.price_cny.tolist(), strict=True)):
        gone_h = _gone_h(plan, timeline, host)
        for bought in range(first, books.clock.months, life):
            start_h, end_h = books.hour(max(bought, month)), min(books.hour(bought + life), gone_h)
            if start_h >= gone_h:
                break
            lives.append(_Life(bought, start_h, end_h, price))
            if bought < month:  # it was owned already
                continue
            if bought == month:
                network = price * world.of(cloud.network_share)
                books.lump("hardware_purchase", start_h, price + network, hardware)
            else:
                books.lump("hardware_refresh", start_h, price, hardware)
    _upkeep(books, lives, world.of(cloud.host_life_years))


def _moves(books: _Integral, migration: Migration, timeline: Timeline) -> None:
    effort, wages = books.world.estate.systems.effort_days, books.scenario.prices.staff_change
    rate = books.world.of(migration.day_rate_cny)
    for system, hour in enumerate(timeline.moved_h.tolist()):
        if hour != NEVER:
            books.lump("migration", hour, float(effort[system]) * rate, wages)
    for system, hour in zip(
        timeline.rollbacks.system.tolist(), timeline.rollbacks.hour.tolist(), strict=True
    ):
        books.lump("migration", hour, 0.5 * float(effort[system]) * rate, wages)
