"""A small cloud of two sites made by hand: the second takes over from the first, and has hosts of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roomfold.optimize.plan import Hosts, Plan, SiteRecovery, SitingProof
from roomfold.scenarios.world import World

from . import small
from .small import CLOUD

# Two sites that differ in all that a site may differ in.
SITES = (
    f"{CLOUD}.sites.north.title.en=North",
    f"{CLOUD}.sites.north.title.zh=北",
    f"{CLOUD}.sites.south.title.en=South",
    f"{CLOUD}.sites.south.title.zh=南",
    f"{CLOUD}.sites.north.latitude=40",
    f"{CLOUD}.sites.north.longitude=110",
    f"{CLOUD}.sites.south.latitude=40",
    f"{CLOUD}.sites.south.longitude=110",
)
UNEQUAL = (
    *SITES,
    f"{CLOUD}.sites.south.kind=new",
    f"{CLOUD}.sites.south.pue_ratio=1.1",
    f"{CLOUD}.sites.south.tariff_ratio=0.7",
    f"{CLOUD}.sites.south.carbon_ratio=0.5",
    f"{CLOUD}.sites.south.space_ratio=0.5",
    f"{CLOUD}.sites.south.fitout_ratio=0.6",
    f"{CLOUD}.sites.south.racks=1",
    f"{CLOUD}.sites.south.expansion_racks=9",
    f"{CLOUD}.sites.south.expansion_cny_per_rack=7000",
    f"{CLOUD}.sites.south.fixed_cny_per_year=30000",
    f"{CLOUD}.sites.south.opening_cny=90000",
    f"{CLOUD}.sites.south.staff_fte=0.5",
    f"{CLOUD}.sites.north.opens=2014-03-11",
)
NORTH, SOUTH = 0, 1


def plan(
    world: World,
    *,
    mode: str = "hot",
    ready_h: int = 0,
    rto_minutes: float = 30.0,
    lone_backup: bool = False,
    buy_month: int = 1,
) -> Plan:
    """``small.move`` on two sites: hosts 0-2 in the north, 3-5 in the south, 6-7 there for the north.

    The last of 0-2 and of 3-5 is a standby. Two thirds of the systems in the north are protected.

    Args:
        lone_backup: all systems run in the north; the south has recovery hosts alone.
    """
    made = small.move(world, buy_month=buy_month, hosts=8)
    servers, kept = world.estate.servers, ~np.isin(np.arange(8), [3, 4, 5] if lone_backup else [])
    south = (servers.system % 3 == 2) & (not lone_backup)
    placed = made.placement >= 0
    placement = np.where(placed, np.where(south, 3, 0) + servers.id % 2, -1)
    protected = (placed & ~south) & (servers.system % 3 < 2)
    backup = np.where(protected, 6 - 3 * lone_backup + servers.system % 2, -1)
    hosts = replace(
        made.hosts,
        pool=np.array([0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32),
        standby=np.array([0, 0, 1, 0, 0, 1, 1, 1], dtype=bool),
        recovers=np.array([-1, -1, -1, -1, -1, -1, 0, 0], dtype=np.int32),
    )
    hosts = Hosts(**{name: column[kept] for name, column in vars(hosts).items()})
    units = len(world.estate.units.id)
    km = np.linspace(10.0, 90.0, units)
    recovery = SiteRecovery(
        mode=mode,
        ready_h=ready_h,
        rpo_minutes=20.0,
        rto_minutes=rto_minutes,
        site=np.array([SOUTH, -1], dtype=np.int32),
        distance_km=np.array([300.0, np.nan]),
        replication_mbps=np.array([15.0, 0.0]),
        replication_line=np.array([0, -1], dtype=np.int32),
        replication_lines=np.array([2, 0], dtype=np.int32),
        protected=world.estate.systems.id % 3 < 2,
        placement=backup.astype(np.int32),
    )
    return replace(
        made,
        pools=(("internet", 2), ("internet", 2)),
        sites=("north", "south"),
        pool_site=np.array([NORTH, SOUTH], dtype=np.int32),
        unit_site=np.where(made.shared_line >= 0, NORTH, -1).astype(np.int32),
        hub_rooms=np.array([-1, -1], dtype=np.int32),
        hosts=hosts,
        placement=placement.astype(np.int32),
        recovery=recovery,
        siting=SitingProof(1.0, 1.0, 0.0, "by hand", 0.0, ("north", "south"), km),
    )


def without_recovery(made: Plan) -> Plan:
    """The same plan with the recovery site's hosts standing by for nobody."""
    return replace(made, recovery=None)
