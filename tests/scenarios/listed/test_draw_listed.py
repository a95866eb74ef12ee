"""What is listed arrives exactly in every world; what is blank is drawn in each."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from . import small

WORLDS = 6
HOST, OWN = 1_307_626, 910_978  # ssj_ops of rh2288-v2-e5-2650 (16 cores) and r710-x5670
HOST_CORES = 16


@lru_cache
def scenario(*overrides: str, rooms: str = small.ROOMS, servers: str = small.SERVERS) -> Scenario:
    """The small listed estate over three years, or one with other tables."""
    path = small.write(Path(mkdtemp()), rooms=rooms, servers=servers)
    return load(path, ["time.years=3", *overrides])


@lru_cache
def worlds(*overrides: str) -> tuple[World, ...]:
    """Some worlds of it."""
    return tuple(draw_world(scenario(*overrides), index) for index in range(WORLDS))


@pytest.mark.parametrize("index", range(WORLDS))
def test_listed_values_arrive_exactly(index: int) -> None:
    """Every cell that is not blank is in the world as it stands."""
    world = worlds()[index]
    estate, chosen = world.estate, scenario()
    rooms, systems, servers = estate.rooms, estate.systems, estate.servers
    assert estate.names.servers == ("own", "vm1", "vm2", "vm3", "vm4", "one", "idle", "due", "peak")
    assert estate.names.units == ("Finance", "Health", "")
    assert estate.units.level.tolist() == [0, 1, 1]
    assert rooms.unit[:3].tolist() == [0, 1, 2]
    assert rooms.size_class[:2].tolist() == [1, 0]
    assert (rooms.area_m2[[0, 2]].tolist(), rooms.pue[0], rooms.staff_fte[[0, 2]].tolist()) == (
        [60, 25], 1.9, [1.5, 0]
    )  # fmt: skip
    assert rooms.operations_cny_per_year[0] == 80000
    assert rooms.ups_rated_w[0] * rooms.ups_count[0] == pytest.approx(20_000)
    classes, zones = list(chosen.demand.classes), list(chosen.estate.zones)
    assert systems.room[:5].tolist() == [0, 0, 1, 1, 2]
    assert [classes[row] for row in systems.demand_class[:2]] == ["office", "public"]
    assert [zones[row] for row in systems.zone[:2]] == ["extranet-public", "internet"]
    assert systems.mlps[:2].tolist() == [3, 2]
    assert systems.classified[[0, 1, 3]].tolist() == [False, False, True]
    assert systems.pinned[:3].tolist() == [False, False, True]
    assert systems.dedicated[:2].tolist() == [True, False]
    assert np.bincount(servers.system)[:5].tolist() == [2, 3, 2, 2, 2]
    curves = sorted(chosen.hardware.curves)
    assert [curves[row] for row in servers.generation_curve[[0, 1, 6, 8], 0]] == [
        "r710-x5670", "rh2288-v2-e5-2650", "r710-x5570", "r710-x5670"
    ]  # fmt: skip
    assert servers.bought_month[[0, 1, 6, 7]].tolist() == [-43, -12, -106, -60]
    assert servers.machine_share[[0, 1, 2, 3, 8]].tolist() == [1, 0.2, 0.4, 0.4, 1]
    assert servers.reach[1:5].tolist() == [4 / 16, 8 / 16, 8 / 16, 4 / 16]
    assert servers.vcpu_as_is[:5].tolist() == [12, 4, 8, 8, 4]
    assert servers.installed_gb[:5].tolist() == [64, 16, 32, 32, 8]
    assert servers.memory_gb[:4].tolist() == [20, 8, 16, 16]
    assert servers.memory_gb[4] <= 8
    assert servers.disk_gb[:4].tolist() == [500, 100, 200, 200]
    assert servers.price_cny[:4] == pytest.approx([40000, 10000, 20000, 20000])
    core = HOST / HOST_CORES
    asked = [0.2 * OWN, 0.1 * 4 * core, 0.1 * 8 * core, 0.1 * 8 * core]
    assert servers.demand_ssj[:4] == pytest.approx(asked)
    assert servers.peak_ssj[[0, 8]] == pytest.approx([0.5 * OWN, 0.6 * OWN])
    assert 0 < servers.demand_ssj[8] < servers.peak_ssj[8]
    assert servers.zombie[[0, 1, 2, 3, 6, 8]].tolist() == [False, False, False, False, True, False]
    assert (servers.demand_ssj[6], servers.peak_ssj[6]) == (0, 0)
    assert servers.generation_month[7, 1] == 6  # due on 1 July
    lines = estate.lines
    mine = lines.system < 5
    assert lines.system[mine].tolist() == [0, 2]
    mbps = np.array([line.mbps for line in chosen.lines.values()])
    assert mbps[lines.kind[mine]].tolist() == [10, 2]
    assert lines.price_cny_per_year[0] == 24000


def test_blanks_are_drawn_in_each_world() -> None:
    """A blank cell differs between worlds."""
    drawn = {
        "area": [w.estate.rooms.area_m2[1] for w in worlds()],
        "pue": [w.estate.rooms.pue[1] for w in worlds()],
        "age": [w.estate.servers.bought_month[5] for w in worlds()],
        "share": [w.estate.servers.machine_share[4] for w in worlds()],
        "use": [w.estate.servers.demand_ssj[5] for w in worlds()],
        "rent": [w.estate.lines.price_cny_per_year[1] for w in worlds()],
    }
    for what, values in drawn.items():
        assert len(set(values)) == WORLDS, what
    ratio = np.array([w.of(scenario().estate.vcpu_per_core) for w in worlds()])
    assert drawn["share"] == pytest.approx((4 / (HOST_CORES * ratio)).tolist())


def test_the_measured_load_of_a_room_is_its_load() -> None:
    """Other equipment takes what servers leave of it; if they would take more, they take less."""
    for kw, least in (("2.5", 3.0), ("0.6", None), ("0.2", None)):
        rooms = small.ROOMS.replace(",2.5,", f",{kw},")
        world = draw_world(scenario(rooms=rooms), 0)
        estate, chosen = world.estate, scenario(rooms=rooms)
        curves = [chosen.hardware.curves[name] for name in sorted(chosen.hardware.curves)]
        servers, watts = estate.servers, 0.0
        for row in np.flatnonzero(estate.systems.room[servers.system] == 0):
            if servers.generation_month[row, 0] == 0:
                curve = curves[servers.generation_curve[row, 0]]
                use = servers.demand_ssj[row] / (curve.ssj_ops * servers.machine_share[row])
                own = np.interp(use, np.linspace(0, 1, 11), curve.watts) * servers.config_factor[row]
                watts += own * servers.machine_share[row]
        if least is None:
            assert watts * (1 + estate.rooms.overhead_it[0]) == pytest.approx(float(kw) * 1000)
        else:
            assert estate.rooms.overhead_it[0] == least


def test_machines_past_their_life_are_renewed_soon() -> None:
    """Within a quarter of the drawn life of the first day, and not before it."""
    old = small.SERVERS.replace("2010-06-15", "1999-01-01")
    life = ("servers.life_years=8",)
    for index in range(WORLDS):
        servers = draw_world(scenario(*life, servers=old), index).estate.servers
        assert servers.bought_month[0] == -180
        assert 1 <= servers.generation_month[0, 1] <= 24
        again = servers.generation_month[0, 2:]
        assert ((again == servers.generation_month[0, 1] + 96) | (again == NEVER)).all()


def test_rooms_of_which_no_system_is_listed_are_filled() -> None:
    """Each has a system, and as many as its load asks for."""
    rooms = small.ROOMS + "R4,Health,banner,closet,,,,,,,\nR5,Health,banner,room,,,80,,,,\n"
    for index in range(3):
        world = draw_world(scenario(rooms=rooms), index)
        estate = world.estate
        today = estate.systems.arrives_month == 0
        count = np.bincount(estate.systems.room[today], minlength=5)
        assert count[3] >= 1
        assert count[4] > 40
        assert estate.systems.room[:5].tolist() == [0, 0, 1, 1, 2]
        of_listed = np.isin(np.arange(len(estate.servers.id)), np.arange(9))
        assert (estate.servers.system[of_listed] < 5).all()
        assert np.unique(estate.servers.system).tolist() == estate.systems.id.tolist()


def test_systems_to_come_are_like_listed_ones() -> None:
    """Each has the working servers of a system of its unit, newly bought, in its zone and at its level."""
    seen = set()
    for world in worlds("estate.new_systems_per_year=2", "estate.new_room_per_new_system=0"):
        systems, servers = world.estate.systems, world.estate.servers
        sizes = np.stack([servers.vcpu_as_is, servers.memory_gb, servers.disk_gb], axis=1)
        for later in np.flatnonzero(systems.arrives_month > 0):
            mine = np.flatnonzero(servers.system == later)
            assert (servers.bought_month[mine] == systems.arrives_month[later]).all() and not servers.zombie[
                mine
            ].any()
            if systems.unit[later] != 0 or systems.mlps[later] != 3:
                continue
            # Of the first unit's systems only Budget is at level 3: a machine of its own and part of a host.
            assert systems.zone[later] == systems.zone[0]
            assert sizes[mine].tolist() == [[12, 20, 500], [4, 8, 100]]
            assert servers.machine_share[mine].tolist() == [1, 0.2]
            seen.add(world.index)
    assert len(seen) > 2


def test_lines_that_are_not_listed_are_drawn_up_to_their_number() -> None:
    """With a number given, the others get what is missing; without one, none."""
    for index in range(3):
        lines = draw_world(
            scenario("estate.vertical_lines=5", "estate.new_systems_per_year=0"), index
        ).estate.lines
        assert sorted(set(lines.system.tolist()) & {0, 2}) == [0, 2]
        assert 4 <= len(lines.system) <= 5
        bare = draw_world(scenario("estate.new_systems_per_year=0"), index).estate.lines
        assert bare.system.tolist() == [0, 2]


def test_estates_that_are_not_listed_are_drawn_as_ever(minimal: Scenario) -> None:
    """Whole numbers to the last, others to nine digits: a change of the draws does not go unnoticed."""
    estate = draw_world(minimal, 0).estate
    whole, sums = sha256(), []
    for name in ("units", "rooms", "systems", "servers", "lines"):
        table = getattr(estate, name)
        for field in fields(table):
            values = getattr(table, field.name)
            if np.isinf(values).all():  # a limit that only listed machines have
                continue
            if values.dtype.kind == "f":
                sums.append(f"{np.nansum(values * np.arange(1, len(values) + 1)):.8e}")
            else:
                whole.update(f"{name}.{field.name}{values.astype('<i8').tolist()}".encode())
    assert whole.hexdigest()[:12] == "a0dff7fd3709"
    assert sha256(" ".join(sums).encode()).hexdigest()[:12] == "58e6065e886a"
