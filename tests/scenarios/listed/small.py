"""A small listed estate, written by hand: 3 rooms, 5 systems, 9 servers.

Finance has a host with three virtual machines of 20 vCPU on 16 cores, a virtual machine of unknown host and a
server of its own; the second room has four servers, and of the system in the third only the number is known.
"""

from __future__ import annotations

from pathlib import Path

MINIMAL = Path(__file__).parents[1] / "minimal.yaml"

ROOMS = """room,unit,level,size_class,area_m2,pue,it_kw,ups_kw,staff_fte,operations_cny_per_year,from
R1,Finance,region,room,60,1.9,2.5,20,1.5,80000,s.xlsx!A2
R2,Health,banner,closet,,,,,,,
R3,,banner,,25,,,,0,,
"""
SYSTEMS = """\
system,room,demand_class,zone,mlps,classified,pinned,dedicated,servers,line_mbps,line_cny_per_year
Budget,R1,office,extranet-public,3,no,no,yes,,10,24000
Tax,R1,public,internet,2,no,no,no,,,
Clinic,R2,,,,,yes,,,2,
Secret,R2,,,,yes,,,2,,
Archive,R3,,,,,,,2,,
"""
COLUMNS = (
    "server,system,virtual,host,curve,machine_share,vcpu,memory_gb,memory_used_gb,disk_used_gb,"
    "cpu_mean,cpu_p95,bought,price_cny,refresh_due,zombie"
)
SERVERS = f"""{COLUMNS}
own,Budget,no,,r710-x5670,,12,64,20,500,0.2,0.5,2010-06-15,40000,,
vm1,Budget,yes,h1,rh2288-v2-e5-2650,0.2,4,16,8,100,0.1,,2013-01-10,50000,,no
vm2,Tax,yes,h1,rh2288-v2-e5-2650,0.4,8,32,16,200,0.1,,2013-01-10,50000,,no
vm3,Tax,yes,h1,rh2288-v2-e5-2650,0.4,8,32,16,200,0.1,,2013-01-10,50000,,no
vm4,Tax,yes,,rh2288-v2-e5-2650,,4,8,,,,,,,,
one,Clinic,,,,,,,,,,,,,,
idle,Clinic,,,r710-x5570,,,,,,,,2005-03-01,,,yes
due,Secret,no,,,,,,,,,,2009-01-01,,2014-07-01,
peak,Secret,no,,r710-x5670,1,,,,,,0.6,,,,
"""


def write(folder: Path, rooms: str = ROOMS, systems: str = SYSTEMS, servers: str = SERVERS) -> Path:
    """The scenario and its tables in a folder; the path of the scenario."""
    estate = folder / "estate"
    estate.mkdir(parents=True, exist_ok=True)
    for name, text in (("rooms", rooms), ("systems", systems), ("servers", servers)):
        (estate / f"{name}.csv").write_text(text, encoding="utf-8")
    scenario = MINIMAL.read_text(encoding="utf-8")
    listed = (
        "  listed: { rooms: estate/rooms.csv, systems: estate/systems.csv, servers: estate/servers.csv }\n"
    )
    for old, new in (
        ("name: minimal", "name: small-listed"),
        ("  systems: 20\n", listed),
        ("  rooms: 6\n", "  vcpu_per_core: { low: 1, mode: 2, high: 4, source: test, grade: A }\n"),
        ("  vertical_lines: 12\n", ""),
    ):
        assert old in scenario, f"minimal.yaml has changed: {old!r}"
        scenario = scenario.replace(old, new)
    path = folder / "scenario.yaml"
    path.write_text(scenario, encoding="utf-8")
    return path
