"""Plans over several sites: who is served from where, at what price, and who stands by for whom."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.errors import InfeasibleError, InputError
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.sites import Recovery, distance_km
from roomfold.scenarios.world import World

from ..conftest import MINIMAL

CLOUD = "alternatives.consolidate.cloud"
WEST = "title: {en: West, zh: 西}, latitude: 40.8, longitude: 111.7"
EAST = "title: {en: East, zh: 东}, latitude: 42.3, longitude: 118.9"
PLACES = (
    f"estate.places={{west: {{{WEST}, radius_km: 5, units: {{region: 1, banner: 0}}}}, "
    f"east: {{{EAST}, radius_km: 20, units: {{region: 0, banner: 2}}}}}}"
)
SITES = f"{CLOUD}.sites={{west: {{{WEST}}}, east: {{{EAST}}}}}"
BOTH = f"{CLOUD}.siting={{least_sites: 2}}"
HOT = (
    f"{CLOUD}.recovery={{tier: 6, rpo_minutes: 30, min_km: 100, by: 2014-06-01, share: 0.5, "
    "changed_share_per_day: 0.02}"
)


def planned(*changes: str) -> tuple[Scenario, World, Plan]:
    """A plan of the minimal scenario at two places 620 km apart."""
    scenario = load(MINIMAL, [PLACES, *changes])
    world = draw_world(scenario, 0)
    return scenario, world, make_plan(scenario, "consolidate", world)


def test_distances_and_units_around_their_places() -> None:
    # Beijing to Shanghai, seats of government: 1,067 km by geodesic tables.
    assert float(distance_km(39.904, 116.407, 31.230, 121.474)) == pytest.approx(1067, rel=0.003)
    assert float(distance_km(0, 0, 0, 180)) == pytest.approx(np.pi * 6371.0088)
    _, world, _ = planned(SITES)
    units = world.estate.units
    from_east = distance_km(units.latitude, units.longitude, 42.3, 118.9)
    from_west = distance_km(units.latitude, units.longitude, 40.8, 111.7)
    assert (np.minimum(from_east, from_west) <= np.where(units.level == 0, 5, 20)).all()


def test_dear_distance_opens_both_sites_and_cheap_distance_one() -> None:
    dear = [f"lines.{kind}.price_cny_per_km_year=1e4" for kind in ("mstp-10m", "mstp-100m")]
    _, _, near = planned(SITES, *dear, f"{CLOUD}.standby_hosts=0")
    assert near.sites == ("west", "east") and near.siting is not None
    assert near.siting.distance_km.max() <= 20
    _, world, far = planned(SITES, f"{CLOUD}.sites.east.fixed_cny_per_year=1e6")
    assert far.sites == ("west",) and far.siting is not None
    assert far.siting.bound_cny_per_year <= far.siting.cost_cny_per_year
    assert np.nanmax(far.siting.distance_km) > 600
    served = np.bincount(world.estate.systems.unit[far.wave_h != NEVER], minlength=3) > 0
    np.testing.assert_array_equal(far.unit_site >= 0, served)


def test_every_component_is_at_the_site_of_its_unit() -> None:
    _, world, plan = planned(SITES, BOTH)
    assert len(plan.sites) == 2
    rows = np.flatnonzero(plan.placement >= 0)
    unit = world.estate.systems.unit[world.estate.servers.system[rows]]
    pool = plan.hosts.pool[plan.placement[rows]]
    np.testing.assert_array_equal(plan.pool_site[pool], plan.unit_site[unit])


def test_one_named_site_plans_what_an_unnamed_one_does() -> None:
    scenario = load(MINIMAL)
    plain = make_plan(scenario, "consolidate", draw_world(scenario, 0))
    _, _, named = planned(f"{CLOUD}.sites={{west: {{{WEST}}}}}")
    assert plain.sites == ("cloud",) and named.sites == ("west",)
    np.testing.assert_array_equal(plain.placement, named.placement)
    np.testing.assert_array_equal(plain.hosts.type, named.hosts.type)


def test_a_recovery_site_has_hosts_and_lines_for_what_it_takes_over() -> None:
    scenario, world, plan = planned(SITES, HOT, "lines.mstp-10m.price_cny_per_km_year=100")
    recovery, systems, servers = plan.recovery, world.estate.systems, world.estate.servers
    assert recovery is not None and recovery.mode == "hot" and len(plan.sites) == 2
    moves = plan.wave_h != NEVER
    assert recovery.protected.sum() == round(0.5 * moves.sum()) and not (recovery.protected & ~moves).any()
    assert systems.mlps[recovery.protected].min() >= systems.mlps[moves & ~recovery.protected].max()
    there = np.flatnonzero(recovery.placement >= 0)
    home = plan.hosts.pool[plan.placement[there]]
    np.testing.assert_array_equal(plan.hosts.recovers[recovery.placement[there]], home)
    taker = plan.pool_site[plan.hosts.pool[recovery.placement[there]]]
    np.testing.assert_array_equal(taker, recovery.site[plan.pool_site[home]])
    on_cloud = recovery.protected[servers.system] & (plan.placement >= 0)
    np.testing.assert_array_equal(recovery.placement >= 0, on_cloud)
    # Changes of a working day of eight hours, since the recovery point is shorter.
    moving = ~servers.zombie & recovery.protected[servers.system]
    at_least = servers.disk_gb[moving].sum() * 0.02 * 8 * 1024 / (8 * 3600)
    assert recovery.replication_mbps.sum() >= at_least * (1 - 1e-9)
    used = recovery.replication_lines > 0
    mbps = np.array([line.mbps for line in scenario.lines.values()])[recovery.replication_line[used]]
    assert (recovery.replication_lines[used] * mbps >= recovery.replication_mbps[used]).all()
    assert (recovery.distance_km[used] > 600).all()


@pytest.mark.parametrize(
    ("tier", "mode"), [(1, "cold"), (2, "cold"), (3, "warm"), (4, "warm"), (5, "warm"), (6, "hot")]
)
def test_the_tier_says_in_which_state_hosts_stand_by(tier: int, mode: str) -> None:
    _, _, plan = planned(SITES, HOT, f"{CLOUD}.recovery.tier={tier}", f"{CLOUD}.recovery.max_km=2000")
    assert plan.recovery is not None and plan.recovery.mode == mode
    assert (plan.hosts.recovers >= 0).any() == (mode != "cold")


def test_synchronous_replication_stays_near() -> None:
    near = Recovery.model_construct(tier=6, rpo_minutes=None, max_km=None)
    assert near.farthest_km() == 100.0 and near.recovery_point_minutes() == 0.0
    assert replace_tier(near, 5).farthest_km() == np.inf


def replace_tier(recovery: Recovery, tier: int) -> Recovery:
    """The same recovery at another tier."""
    return recovery.model_copy(update={"tier": tier})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([f"{CLOUD}.siting={{latency_ms: 1.0}}"], "latency"),
        ([f"{CLOUD}.sites.west.racks=0.01", f"{CLOUD}.sites.east.racks=0.01"], "racks"),
        ([HOT, f"{CLOUD}.recovery.min_km=5000"], "distance"),
        ([f"{CLOUD}.siting={{new_sites: false}}"], "no site may open"),
    ],
)
def test_what_cannot_be_is_said(changes: list[str], words: str) -> None:
    with pytest.raises(InfeasibleError, match=words):
        planned(SITES, *changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["estate.places.east.units.banner=1"], "got 1 units of level 'banner', must be 2"),
        (["estate.places.east.units.banne=1"], "must be a name in estate.levels"),
        ([f"{CLOUD}.sites.west.kind=hub"], "must be given where kind is 'hub'"),
        ([HOT, f"{CLOUD}.recovery.site=north"], "must be a name in the cloud's sites"),
        ([f"{CLOUD}.siting={{least_sites: 3}}"], "must be at most 2"),
    ],
)
def test_what_is_written_wrong_is_said(changes: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load(MINIMAL, [PLACES, SITES, *changes])


def test_a_hub_extends_the_largest_room_of_its_place() -> None:
    hub = [f"{CLOUD}.sites.west.kind=hub", f"{CLOUD}.sites.west.place=west", f"{CLOUD}.sites.west.racks=1000"]
    _, world, plan = planned(SITES, *hub, f"{CLOUD}.siting={{new_sites: false}}")
    assert plan.sites == ("west",)
    rooms = world.estate.rooms
    here = (world.estate.units.level[rooms.unit] == 0) & (rooms.opens_month == 0)
    largest = here & (rooms.size_class == rooms.size_class[here].max())
    assert plan.hub_rooms[0] == np.flatnonzero(largest)[rooms.area_m2[largest].argmax()]
