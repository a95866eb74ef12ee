"""A listed estate runs: plans keep their rules, books agree, and parts of machines add up to machines."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.hosts import host_types
from roomfold.optimize.sizing import needs
from roomfold.optimize.waves import power_w
from roomfold.reports.embedded.drill import drill
from roomfold.reports.page import _json as embedded
from roomfold.reports.placement import plan as placement
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.governed import governed, today_servers
from roomfold.sim.bookings import book
from roomfold.sim.events import happen
from roomfold.sim.flow import flow
from roomfold.sim.ledger import CATEGORIES, ITEM, ITEMS
from roomfold.sim.reconcile import integrate
from roomfold.sim.repair import field_crews
from roomfold.sim.standing import stock_of
from roomfold.sim.study import run_study

from ..scenarios.listed import small

IN_PLACE = (
    "alternatives.virtualise={title: {en: In place, zh: 就地}, like: consolidate, kind: virtualise}",
    "alternatives.virtualise.cloud.host_price_cny=3000",
)
KINDS = ("keep", "consolidate", "virtualise")
STILL = (  # nothing but what is listed, nothing fails, nothing varies between machines
    "estate.new_systems_per_year=0",
    "estate.retired_systems_per_year=0",
    "servers.config_factor=2",
    "reliability.server_mtbf_h=10000000",
    "rooms.closet.outages_per_year=0",
    "rooms.room.outages_per_year=0",
    *(f"demand.classes.{name}.noise=0" for name in ("office", "public", "batch", "filing", "feed")),
)
ROOM = "room,level,size_class,unit\nR1,region,room,A\nR2,banner,closet,B\nR3,banner,closet,C\n"
SYSTEMS = "system,room,demand_class,line_mbps\nS1,R1,office,2\nS2,R2,office,\nS3,R3,office,\n"
PLAIN = "p2,S2,no,r710-x5670,,,0.1,2013-06-01\np3,S3,no,r710-x5670,,,0.1,2013-06-01\n"
HEADER = "server,system,virtual,curve,machine_share,vcpu,cpu_mean,bought\n"
USE = 0.3
# 20 vCPU on the 16 cores of a host, each at USE: in all USE x 20/16 of the host.
VIRTUAL = HEADER + PLAIN + "".join(
    f"v{i},S1,yes,rh2288-v2-e5-2650,{vcpu / 20},{vcpu},{USE},2013-06-01\n" for i, vcpu in enumerate((4, 8, 8))
)  # fmt: skip
PHYSICAL = HEADER + PLAIN + f"v0,S1,no,rh2288-v2-e5-2650,,,{USE * 20 / 16},2013-06-01\n"


@lru_cache
def scenario(servers: str, *overrides: str) -> Scenario:
    """Three rooms of known servers."""
    return load(
        small.write(Path(mkdtemp()), rooms=ROOM, systems=SYSTEMS, servers=servers), [*STILL, *overrides]
    )


@lru_cache
def kept(servers: str):
    """The baseline over three years with lives of two, so that machines are renewed."""
    chosen = scenario(servers, "servers.life_years=2", "time.years=3")
    world = draw_world(chosen, 0)
    made = make_plan(chosen, "keep", world)
    timeline = happen(chosen, world, made)
    (flowed,) = flow(chosen, world, [made], [timeline])
    return chosen, world, made, timeline, flowed, book(chosen, world, made, timeline, flowed)


def test_the_virtual_machines_of_a_host_draw_what_the_host_draws() -> None:
    """Hour by hour, where all are used alike: the parts are the whole."""
    first = np.arange(24 * 28)
    parts, whole = kept(VIRTUAL), kept(PHYSICAL)
    for column in ("room_it_kw", "room_capacity_mssj", "demand_mssj", "room_ups_kw", "room_cooling_kw"):
        left, right = parts[4].series[column][first], whole[4].series[column][first]
        np.testing.assert_allclose(left, right, rtol=2e-5, err_msg=column)
    curve = parts[0].hardware.curves["rh2288-v2-e5-2650"]
    asked = parts[4].series["demand_mssj"][first].max() * 1e6
    own = asked - 0.2 * parts[0].hardware.curves["r710-x5670"].ssj_ops
    assert own > 0.2 * curve.ssj_ops  # the curve is climbed
    for world in (parts[1], whole[1]):
        watts, _ = power_w(parts[0], world)
        systems = np.bincount(world.estate.servers.system, watts)
        assert systems[0] == pytest.approx(
            np.bincount(parts[1].estate.servers.system, power_w(*parts[:2])[0])[0]
        )


def test_parts_of_machines_are_bought_kept_and_thrown_away_as_parts() -> None:
    """A host's virtual machines cost, weigh and count together what the host does."""
    parts, whole = kept(VIRTUAL), kept(PHYSICAL)
    shares = parts[1].estate.servers.machine_share
    assert shares.tolist() == [1, 1, 0.2, 0.4, 0.4]
    found = []
    for chosen, world, made, timeline, _, ledger in (parts, whole):
        amount, carbon = (
            np.bincount(ledger.item, values, minlength=len(ITEMS))
            for values in (ledger.amount, ledger.carbon_kg)
        )
        run = type("Run", (), {"timeline": timeline})
        stock = stock_of(chosen, world, made, run)
        found.append(
            [amount[ITEM["server_refresh"]], carbon[ITEM["server_refresh"]], amount[ITEM["disposal"]],
             stock.servers, today_servers(world.estate).tolist(), stock.max_mssj, stock.max_kw,
             field_crews(chosen.reliability, world).teams.tolist()]
        )  # fmt: skip
    assert found[0][0] > 0
    # Later machines are drawn for each server: of another make, but as many of them.
    assert found[0][:3] == pytest.approx(found[1][:3])
    assert found[0][3:5] == found[1][3:5] == [3, [1, 1, 1]]
    assert found[0][7] == found[1][7]


def test_a_virtual_machine_may_use_what_others_leave() -> None:
    """Its share is a fifth of the host, its vCPU a quarter: up to that nothing goes unserved."""
    hot = VIRTUAL.replace(f",0.2,4,{USE}", ",0.2,4,0.99").replace(f",0.4,8,{USE}", ",0.4,8,0")
    always = f"[{','.join(24 * '1')}]"
    flat = [f"demand.classes.office.{day}={always}" for day in ("workday", "restday")]
    months = f"demand.classes.office.months=[{','.join(12 * '1')}]"
    chosen = scenario(hot, "demand.growth_per_year=0", *flat, months)
    world = draw_world(chosen, 0)
    servers = world.estate.servers
    assert servers.demand_ssj[2] > servers.machine_share[2] * 1_307_626
    made = make_plan(chosen, "keep", world)
    (flowed,) = flow(chosen, world, [made], [happen(chosen, world, made)])
    assert flowed.series["unserved_mssj"].sum() <= 1e-6 * flowed.series["demand_mssj"].sum()


def test_the_virtual_machines_of_a_host_age_and_fail_together() -> None:
    """One machine's draws, and its failures hour by hour; another machine has its own."""
    lines = VIRTUAL.replace("virtual,", "virtual,host,").replace("yes,", "yes,h1,").replace("no,", "no,,")
    lines = lines.replace("2013-06-01", "") + f"v9,S1,yes,h2,rh2288-v2-e5-2650,0.2,4,{USE},\n"
    chosen = scenario(lines, "reliability.server_mtbf_h=1000", "reliability.team_share=0", "time.years=3")
    world = draw_world(chosen, 0)
    servers = world.estate.servers
    assert servers.machine.tolist() == [0, 1, 2, 2, 2, 5]
    for of_machine in (servers.bought_month, servers.generation_month, servers.config_factor):
        assert (of_machine[2:5] == of_machine[2]).all()
    assert (servers.price_cny[2:5] / servers.machine_share[2:5]).tolist() == pytest.approx(
        [servers.price_cny[2] / 0.2] * 3
    )
    assert servers.bought_month[5] != servers.bought_month[2]
    out = happen(chosen, world, make_plan(chosen, "keep", world)).server_outages
    hours = [out.start_h[out.what == row].tolist() for row in range(6)]
    assert len(hours[2]) > 5
    assert hours[2] == hours[3] == hours[4]
    assert not set(hours[2]) & set(hours[5])


@pytest.mark.parametrize("index", range(3))
def test_books_agree_and_plans_keep_their_rules(index: int) -> None:
    """In every alternative, with virtual machines of known and unknown hosts."""
    chosen = load(small.write(Path(mkdtemp())), ["time.years=2", *IN_PLACE])
    world = draw_world(chosen, index)
    plans = [make_plan(chosen, name, world) for name in KINDS]
    timelines = [happen(chosen, world, made) for made in plans]
    for made, timeline, flowed in zip(plans, timelines, flow(chosen, world, plans, timelines), strict=True):
        assert check_plan(chosen, world, made) == []
        governing = governed(chosen, made.alternative, world)
        ledger = book(chosen, governing, made, timeline, flowed)
        booked = np.zeros((world.clock.years, len(CATEGORIES)))
        category = np.array([CATEGORIES.index(item.category) for item in ITEMS])
        np.add.at(booked, (ledger.month // 12, category[ledger.item]), ledger.cost_cny)
        np.testing.assert_allclose(booked, integrate(chosen, governing, made, timeline, flowed), atol=0.01)
        energy = np.isin(ledger.item, [ITEM[f"room_{part}"] for part in ("it", "ups", "cooling", "other")])
        hourly = sum(flowed.series[f"room_{part}_kw"].sum() for part in ("it", "ups", "cooling", "other"))
        assert ledger.amount[energy].sum() == pytest.approx(hourly, rel=1e-6)
        load_, capacity = flowed.series["room_load_mssj"], flowed.series["room_capacity_mssj"]
        assert (load_ <= capacity * 1.001 + 1e-9).mean() > 0.99


def test_sizing_as_is_copies_what_is_listed() -> None:
    """vCPU and memory of each machine, not those of the machine that its curve was measured on."""
    chosen = load(small.write(Path(mkdtemp())), ["alternatives.consolidate.cloud.sizing=as-is"])
    world = draw_world(chosen, 0)
    made = make_plan(chosen, "consolidate", world)
    assert check_plan(chosen, world, made) == []
    placed = [
        row
        for row in range(4)
        if made.placement[row] >= 0 and made.wave_h[world.estate.servers.system[row]] != NEVER
    ]
    assert placed
    for row in placed:
        sizes = made.flavours
        assert sizes.memory_gb[made.flavour[row]] >= [64, 16, 32, 32][row]
        assert sizes.vcpu[made.flavour[row]] >= [12, 4, 8, 8][row]


def test_headroom_asks_for_no_more_memory_than_a_machine_has() -> None:
    """62 of 64 GB in use are 64 with headroom, not 81; where less is in use or nothing is told, it counts."""
    servers = small.SERVERS.replace(",12,64,20,", ",12,64,62,").replace(",4,16,8,100", ",4,16,2,100")
    chosen = load(small.write(Path(mkdtemp()), servers=servers))
    world = draw_world(chosen, 0)
    cloud = chosen.alternatives["consolidate"].cloud
    assert cloud is not None
    rows = np.array([0, 1, 5])
    needed = needs(chosen, cloud, world, rows, "performance", host_types(chosen, cloud, world))
    comfort, drawn = world.of(cloud.comfort_factor), world.estate.servers.memory_gb[5]
    assert needed[:, 1].tolist() == pytest.approx([64, 2 * comfort, drawn * comfort])


def test_names_reach_the_tables_and_the_page_as_inert_text() -> None:
    """Whatever a name holds, it is text: it ends no script, and marks that turn text are gone."""
    hostile = "</script><img src=x>\u202e=1+1"
    systems = small.SYSTEMS.replace("Budget", f'"{hostile}"')
    servers = small.SERVERS.replace("Budget", f'"{hostile}"')
    rooms = small.ROOMS.replace("Finance", "财政局")
    path = small.write(Path(mkdtemp()), rooms=rooms, systems=systems, servers=servers)
    study = run_study(load(path, ["alternatives.consolidate.cloud.sizing=performance"]), worlds=1)
    table = placement(study)
    rows = table.slice(0, 9).to_pylist()
    assert [row["server_name"] for row in rows[:3]] == ["own", "vm1", "vm2"]
    assert rows[0]["system_name"] == hostile.replace("\u202e", "")
    assert [rows[0]["unit_name"], rows[0]["room_name"], rows[5]["unit_name"]] == ["财政局", "R1", "Health"]
    assert table.slice(9, 1).to_pylist()[0]["server_name"] is None
    tree = drill(study)["consolidate"]
    unit = tree["levels"][0]["units"][0]
    assert unit[4] == "财政局"
    assert unit[1][0][3] == "R1"
    assert sorted(system[2] for system in unit[1][0][2][:2]) == [hostile.replace("\u202e", ""), "Tax"]
    written = embedded(tree)
    assert "<" not in written
    assert json.loads(written) == tree
