"""Flows of a scenario's world: what integrate needs, gathered from scenario, world, plan and timeline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.assets import Ups
from ..scenarios.cloud import Cloud
from ..scenarios.elementary import power
from ..scenarios.estate import Estate
from ..scenarios.governed import governed
from ..scenarios.profile import class_profiles
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .block import Fleet, Parts
from .cloud import Backup, CloudSites
from .demand import Demand
from .downtime import Downtime, rooms_down, servers_down
from .facility import Facility, calibrate
from .integrate import Flow, Future, OnMonth, integrate
from .power import Curves
from .recovery import covered_site
from .rooms import RoomSites
from .sites import SiteTerms, host_site, site_terms
from .tariff import hourly_ratio
from .timeline import CLOUD, Timeline
from .workload import named_workload

__all__ = ["Flow", "fleet_of", "flow", "room_sites", "world_demand"]

Floats = NDArray[np.float64]

_MINUTES_PER_HOUR = 60


def flow(
    scenario: Scenario,
    world: World,
    plans: Sequence[Plan],
    timelines: Sequence[Timeline],
    checkpoint: Path | None = None,
    on_month: OnMonth | None = None,
) -> tuple[Flow, ...]:
    """Load, power and energy of every hour of each alternative.

    Args:
        plans, timelines: one per alternative, in the same order.
        checkpoint, on_month: see integrate.
    """
    fleet = fleet_of(scenario, world)
    sites = room_sites(_ups_rows(scenario), world.estate, fleet)
    futures = [
        _future(scenario, world, fleet, sites, plan, timeline)
        for plan, timeline in zip(plans, timelines, strict=True)
    ]
    tariff = hourly_ratio(scenario, world)
    return integrate(fleet, sites, futures, checkpoint=checkpoint, on_month=on_month, tariff=tariff)


def world_demand(scenario: Scenario, world: World) -> Demand:
    """Demand of the servers of a world, for ``demand.demand_block`` or the flows."""
    servers, classes = world.estate.servers, scenario.demand.classes.values()
    return Demand(
        seed=world.seed,
        world=world.index,
        clock=world.clock,
        ids=servers.id,
        classes=world.estate.systems.demand_class[servers.system],
        mean_ssj=servers.demand_ssj,
        noise=servers.noise,
        day_share=np.array([world.of(c.day_share) for c in classes]),
        hour_share=_hour_share(scenario, world),
        common_share=np.array([world.of(c.common_share) for c in classes]),
        growth=world.of(scenario.demand.growth_per_year),
        profile_root=np.sqrt(class_profiles(scenario, world.clock)).astype(np.float32),
        rises=world.estate.rises,
    )


def _hour_share(scenario: Scenario, world: World) -> Floats:
    """Share of noise that lasts an hour, by class: of what a day leaves of it."""
    classes = scenario.demand.classes.values()
    drawn = np.array([world.of(c.hour_share) if c.hour_share else 0.0 for c in classes])
    day = np.array([world.of(c.day_share) for c in classes])
    return np.asarray(np.minimum(drawn, 1 - day), dtype=np.float64)


def fleet_of(scenario: Scenario, world: World) -> Fleet:
    """Components of a world with the machines they run on in rooms."""
    servers = world.estate.servers
    whole = bool((servers.machine_share == 1).all())
    return Fleet(
        world_demand(scenario, world),
        _curves(scenario),
        servers.generation_curve,
        servers.config_factor,
        world.estate.systems.room[servers.system].astype(np.int64),
        named_workload(scenario, world),
        None if whole else Parts(servers.machine_share, servers.reach),
    )


def room_sites(ups: Floats, estate: Estate, fleet: Fleet) -> RoomSites:
    """Rooms as facilities, calibrated at the mean load of the month in which each gets its first server.

    Args:
        ups: loss coefficients a0, a1, a2 of each UPS model, shape (models, 3).
    """
    rooms, arrives = estate.rooms, estate.servers.generation_month[:, 0]
    first = np.full(len(rooms.id), np.iinfo(np.int32).max)
    np.minimum.at(first, fleet.room, arrives)
    there = arrives <= first[fleet.room]
    machines = fleet.curves.machines(fleet.generation_curve[:, 0], fleet.config_factor)
    if fleet.parts is not None:
        machines = machines.parts(fleet.parts.share)
    grown = power(1 + fleet.demand.growth, first[fleet.room] / 12)
    mean_w = machines.at(fleet.demand.mean_ssj * grown / machines.ssj_ops)
    nominal_w = np.bincount(fleet.room[there], mean_w[there], minlength=len(rooms.id))
    facility = calibrate(
        rated_w=rooms.ups_rated_w * rooms.ups_count,
        ups=ups[rooms.ups_curve],
        pue=rooms.pue,
        cooling_fixed_share=rooms.cooling_fixed_share,
        lighting_w=rooms.lighting_w,
        it_w=nominal_w * (1 + rooms.overhead_it),
    )
    return RoomSites(
        facility,
        rooms.overhead_it * rooms.overhead_fixed_share * nominal_w,
        rooms.overhead_it * (1 - rooms.overhead_fixed_share),
    )


def _curves(scenario: Scenario) -> Curves:
    library = [curve for _, curve in sorted(scenario.hardware.curves.items())]
    return Curves.of(np.array([c.watts for c in library]), np.array([c.ssj_ops for c in library]))


def _ups_rows(scenario: Scenario) -> Floats:
    return np.array([_coefficients(ups) for _, ups in sorted(scenario.hardware.ups.items())])


def _coefficients(ups: Ups) -> tuple[float, float, float]:
    return ups.a0, ups.a1, ups.a2


def _future(
    scenario: Scenario, world: World, fleet: Fleet, sites: RoomSites, plan: Plan, timeline: Timeline
) -> Future:
    world = governed(scenario, plan.alternative, world)
    estate, built, host_room = world.estate, len(plan.hosts.curve) > 0, plan.host_room
    in_rooms = (
        _hosts_in_rooms(scenario, world, fleet, sites, plan, timeline) if host_room is not None else None
    )
    room = estate.systems.room[estate.servers.system].astype(np.int64)
    return Future(
        timeline=timeline,
        host=plan.placement.astype(np.int64),
        rebound=world.of(scenario.demand.rebound_per_year),
        room=room,
        down=servers_down(timeline.server_outages, timeline.room_outages, room),
        rooms_down=rooms_down(timeline.room_outages),
        cloud=_cloud_sites(scenario, world, fleet, plan, timeline) if built and not in_rooms else None,
        in_rooms=in_rooms,
        host_rooms=None if host_room is None else np.unique(host_room).astype(np.int64),
    )


def _hosts_in_rooms(
    scenario: Scenario, world: World, fleet: Fleet, sites: RoomSites, plan: Plan, timeline: Timeline
) -> CloudSites:
    """Hosts with each room that has any as a site; it is down when the room is, or has closed."""
    assert plan.host_room is not None, "asked for plans with hosts in rooms"
    hosts = plan.hosts
    rooms, site = np.unique(plan.host_room, return_inverse=True)
    out, close_h = timeline.room_outages, timeline.room_close_h[rooms].astype(np.float64)
    place = np.full(len(timeline.room_close_h), -1, dtype=np.int64)
    place[rooms] = np.arange(len(rooms))
    mine = np.flatnonzero((out.what >= 0) & (place[out.what] >= 0))
    gone = np.flatnonzero(close_h < world.clock.hours)
    end_h = np.full(len(gone), float(world.clock.hours))
    down = Downtime.union(
        np.concatenate([place[out.what[mine]], gone]),
        np.concatenate([out.start_h[mine], close_h[gone]]),
        np.concatenate([out.end_h[mine], end_h]),
    )
    factor = np.full(len(hosts.curve), world.of(scenario.servers.config_factor))
    return CloudSites(
        site=site.astype(np.int64),
        hosts=fleet.curves.machines(hosts.curve, factor),
        capacity_ssj=hosts.capacity_ssj,
        on_h=timeline.host_on_h,
        overhead_it=0.0,  # that of the room, which has its own
        restart_h=world.of(scenario.reliability.restart_minutes) / _MINUTES_PER_HOUR,
        facility=sites.facility.only(rooms.astype(np.int64)),
        down=Downtime(CLOUD - down.what, down.start_h, down.end_h),
        outages=timeline.host_outages,
    )


def _cloud_sites(
    scenario: Scenario, world: World, fleet: Fleet, plan: Plan, timeline: Timeline
) -> CloudSites:
    """The sites of a plan, each calibrated at its mean load when fully built and before growth."""
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None, "a plan with hosts has a cloud"
    hosts, site = plan.hosts, host_site(plan)
    factor = np.full(len(hosts.curve), world.of(scenario.servers.config_factor))
    curves = fleet.curves.machines(hosts.curve, factor)
    host_w = curves.at(_design_load(plan, fleet) / hosts.capacity_ssj)
    overhead = 1 + world.of(cloud.overhead_it)
    design_w = np.array([host_w[site == row].sum() * overhead for row in range(len(plan.sites))])
    return CloudSites(
        site=site,
        hosts=curves,
        capacity_ssj=hosts.capacity_ssj,
        on_h=timeline.host_on_h,
        overhead_it=world.of(cloud.overhead_it),
        restart_h=world.of(scenario.reliability.restart_minutes) / _MINUTES_PER_HOUR,
        facility=_facilities(scenario, world, cloud, design_w, site_terms(scenario, world, plan)),
        down=rooms_down(timeline.room_outages).of_sites(),
        outages=timeline.host_outages,
        backup=_backup(plan, timeline),
    )


def _design_load(plan: Plan, fleet: Fleet) -> Floats:
    """Mean load of each host when all is in place, shape (hosts,); of recovery hosts while they stand in."""
    load = np.zeros(len(plan.hosts.curve))
    places = [plan.placement] if plan.recovery is None else [plan.placement, plan.recovery.placement]
    for host in places:
        placed = host >= 0
        load += np.bincount(host[placed], fleet.demand.mean_ssj[placed], minlength=len(load))
    return load


def _facilities(
    scenario: Scenario, world: World, cloud: Cloud, design_w: Floats, terms: Sequence[SiteTerms]
) -> Facility:
    ups = _coefficients(scenario.hardware.ups[cloud.ups])
    return calibrate(
        rated_w=design_w / world.of(cloud.rack_fill),
        ups=np.tile(ups, (len(terms), 1)),
        pue=np.array([site.pue for site in terms]),
        cooling_fixed_share=np.full(len(terms), world.of(cloud.cooling_fixed_share)),
        lighting_w=np.zeros(len(terms)),
        it_w=design_w,
    )


def _backup(plan: Plan, timeline: Timeline) -> Backup | None:
    if plan.recovery is None:
        return None
    return Backup(
        host=plan.recovery.placement.astype(np.int64),
        covers=covered_site(plan),
        asleep=(plan.hosts.recovers >= 0) & (plan.recovery.mode != "hot"),
        recoveries=timeline.recoveries,
    )
