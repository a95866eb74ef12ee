"""The scenario: what the world is and what may be done in it.

Every section is a frozen pydantic model that forbids unknown fields. A field made by
``quantity(...)`` is a number or a distribution (see ``quantity.Quantity``) and declares its unit,
its allowed range and its meaning; those declarations feed validation, ``roomfold schema`` and
the reference documentation alike.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from .assessed import Assessed
from .assets import Hardware, Line, RoomClass, Servers
from .cloud import Cloud
from .demand import Demand
from .finance import Financing, TimeOfUse, Vat, Water
from .moves import Migration
from .plausible import Plausible
from .policy import Rule
from .quantity import Quantity, Spec, quantity
from .sites import Place
from .terms import Category, Name, Text, Zone
from .trust import Trusted


class Time(Spec):
    """The simulated span."""

    start: date = Field(description="First day simulated; the first of a month")
    years: int = Field(description="Horizon in years", ge=1, le=50)
    price_year: int = Field(description="Year in whose prices money is stated", ge=1990, le=2100)
    step_minutes: Literal[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60] = Field(
        default=60, description="Step at which demand, power and overload are computed"
    )


class Study(Spec):
    """How many worlds are drawn, and from which seed."""

    worlds: int = Field(description="Number of worlds", ge=1, le=100_000)
    seed: int = Field(description="Seed of every random stream", ge=0, lt=2**63)
    lead: tuple[str, ...] = Field(
        default=(),
        description="Paths of the quantities that matter most: they get the first, best spread "
        "Sobol dimensions",
    )


class Calendar(Spec):
    """Days that differ from their weekday."""

    rest_days: tuple[date, ...] = Field(description="Public holidays, also those on weekends")
    work_days: tuple[date, ...] = Field(description="Weekend days worked to make up for holidays")
    source: str = Field(description="Where the calendar is published")


class Level(Spec):
    """One level of government."""

    title: Text = Field(description="Name of the level")
    units: int = Field(description="Administrative units of this level that own rooms", ge=0, le=100_000)
    systems_weight: float = Field(description="Relative number of systems per unit", ge=0)
    rooms_weight: float = Field(description="Relative number of rooms per unit", ge=0)
    large_room_share: Quantity = quantity("1", 0, 1, "Share of rooms of class 'room', not 'closet'")
    vertical_lines: dict[Name, float] = Field(
        default={}, description="Kinds of dedicated line to the level above, with weights; none if empty"
    )


class ListedEstate(Spec):
    """The estate of today in three tables (CSV); every blank cell in them is drawn.

    The hashes are filled in when a scenario is read.
    """

    rooms: str = Field(description="Table of rooms, as seen from the scenario's folder", min_length=1)
    systems: str = Field(description="Table of systems", min_length=1)
    servers: str = Field(description="Table of servers", min_length=1)
    rooms_sha256: str | None = Field(default=None, description="SHA-256 of the table of rooms")
    systems_sha256: str | None = Field(default=None, description="SHA-256 of the table of systems")
    servers_sha256: str | None = Field(default=None, description="SHA-256 of the table of servers")


class Estate(Spec):
    """The machine rooms and systems of today: what is known, and ranges for what is not."""

    levels: dict[Name, Level] = Field(description="Levels of government", min_length=1)
    places: dict[Name, Place] = Field(default={}, description="Where the units are; unknown if empty")
    listed: ListedEstate | None = Field(
        default=None, description="The rooms, systems and servers of today in tables; drawn if absent"
    )
    systems: Quantity | None = quantity(
        "count",
        1,
        1e6,
        "Business systems that may move (not classified); must be given unless they are listed",
        default=None,
    )
    classified_share: Quantity = quantity(
        "1", 0, 0.9, "Classified systems, which stay, as a share of all systems"
    )
    classified_mixed_share: Quantity = quantity(
        "1", 0, 1, "Classified systems that share a room with others; the rest have rooms of their own"
    )
    rooms: Quantity | None = quantity(
        "count",
        1,
        1e6,
        "Machine rooms of all levels, at least one a unit; must be given unless they are listed",
        default=None,
    )
    servers_per_system: Quantity = quantity("count", 1, 50, "Mean number of servers per system")
    replica_share: Quantity | None = quantity(
        "1",
        0,
        1,
        "Systems with several servers whose servers are replicas of each other, share; none if absent",
        default=None,
    )
    pinned_share: Quantity | None = quantity(
        "1",
        0,
        1,
        "Systems that cannot leave their room, classified ones aside (tied to equipment there), share; none "
        "if absent",
        default=None,
    )
    dedicated_share: Quantity | None = quantity(
        "1",
        0,
        1,
        "Systems that share no host with another on the cloud, share; none if absent",
        default=None,
    )
    zombie_share: Quantity = quantity("1", 0, 0.9, "Servers that do no work")
    zombie_retirement_per_year: Quantity = quantity(
        "1/yr", 0, 1, "Share of zombies that are found and switched off each year anyway"
    )
    zombie_replaced_share: Quantity = quantity(
        "1", 0, 1, "Zombies due for replacement that are replaced; the rest are found out and switched off"
    )
    cpu_utilisation: Quantity = quantity("1", 0.001, 0.9, "Mean CPU utilisation, idle servers included")
    memory_gb: Quantity = quantity("GB", 0.5, 1024, "Memory in use per working server")
    disk_gb: Quantity = quantity("GB", 1, 1e6, "Disk in use per working server")
    vcpu_per_core: Quantity | None = quantity(
        "1",
        0.1,
        100,
        "vCPU of virtual machines per core of their hosts, where a list does not say what they take up",
        default=None,
    )
    vertical_lines: Quantity | None = quantity(
        "count",
        0,
        1e6,
        "Dedicated vertical lines of all levels; must be given unless lines are listed",
        default=None,
    )
    system_traffic_mbps: Quantity = quantity("Mbit/s", 0, 1e4, "Busy-hour traffic of one system to its unit")
    new_systems_per_year: Quantity = quantity("1/yr", 0, 2, "New systems a year, share of today's")
    new_room_per_new_system: Quantity = quantity(
        "1", 0, 1, "New rooms built per new system where there is no cloud"
    )
    retired_systems_per_year: Quantity = quantity("1/yr", 0, 1, "Systems switched off a year, share")
    links_per_system: Quantity | None = quantity(
        "count", 0, 20, "Mean number of other systems that a system exchanges data with", default=None
    )
    zones: dict[Zone, float] = Field(description="Share of systems by network zone", min_length=1)
    mlps: dict[int, float] = Field(description="Share of systems by MLPS level", min_length=1)


class Reliability(Spec):
    """Failures of servers and hosts."""

    server_mtbf_h: Quantity = quantity("h", 100, 1e7, "Mean time between failures of a server")
    server_mttr_h: Quantity = quantity("h", 0.01, 10000, "Mean time to repair in a machine room")
    host_mtbf_h: Quantity = quantity("h", 100, 1e7, "Mean time between failures of a cloud host")
    host_mttr_h: Quantity = quantity("h", 0.01, 10000, "Mean time to repair at the cloud site")
    restart_minutes: Quantity = quantity("min", 0, 600, "Restart of components on the standby host")
    ageing_per_year: Quantity = quantity(
        "1/yr", 0, 2, "Growth of the failure rate for each year beyond three"
    )
    team_share: Quantity = quantity(
        "1", 0, 1, "Share of a repair for which it binds a team; with 0 no failure waits for one"
    )
    servers_per_team: Quantity = quantity(
        "count", 1, 1e6, "Servers in machine rooms for each team of a field crew; a crew has at least one"
    )
    hosts_per_team: Quantity = quantity(
        "count", 1, 1e6, "Hosts for each repair team of the cloud site; it has at least one"
    )
    field_crews: Literal["estate", "level", "unit"] = Field(
        default="unit",
        description="Who shares a field crew: the whole estate, each level of government, or each unit",
    )


class Provisioning(Spec):
    """Setting up new systems on the cloud; requests wait for a free team."""

    setup_days: Quantity = quantity("d", 0, 365, "Mean days from taking on a request to the running system")
    notice_days: Quantity = quantity(
        "d", 0, 365, "Requests come at any time in so many days before a system is to start"
    )
    systems_per_team: Quantity = quantity(
        "count", 1, 1e6, "Systems that may move for each request handled at once; at least one is"
    )
    places: int | None = Field(
        default=None,
        description="Requests that may wait; others stay in a room for good. No limit if absent",
        ge=0,
    )


class Alternative(Spec):
    """One future of the estate."""

    title: Text = Field(description="Name of the alternative")
    like: Name | None = Field(
        default=None,
        description="Another alternative that gives every field not given here, on the same draws",
    )
    kind: Literal["keep", "consolidate", "virtualise"] = Field(
        description="What is done with the rooms: they stay as they are, their systems move to a cloud, or "
        "their servers are folded onto few hosts that stand in them"
    )
    cloud: Cloud | None = Field(
        default=None,
        description="The cloud and its sites (consolidate); of hosts in rooms (virtualise) what it says of "
        "hosts: their types, price, life, licence, filling, standby, and the day from which they come",
    )
    migration: Migration | None = Field(
        default=None, description="How systems move, to the cloud or onto hosts in their room"
    )
    deadline: date | None = Field(default=None, description="Day by which every system must have moved")
    financing: Financing | None = Field(
        default=None, description="Who pays and builds the cloud; the government, with own capital, if absent"
    )


class Prices(Spec):
    """Prices in money of time.price_year, and their yearly change in real terms."""

    electricity_cny_per_kwh: Quantity = quantity("CNY/kWh", 0, 10, "Tariff of the machine rooms")
    electricity_cloud_ratio: Quantity = quantity(
        "1", 0.1, 2, "Tariff of the cloud site over that of the machine rooms"
    )
    staff_cny_per_fte: Quantity = quantity("CNY/FTE/yr", 0, 1e6, "Loaded yearly cost of one person")
    electricity_change: Quantity = quantity("1/yr", -0.3, 0.3, "Yearly change of the tariff")
    staff_change: Quantity = quantity("1/yr", -0.3, 0.5, "Yearly change of wages")
    hardware_change: Quantity = quantity("1/yr", -0.5, 0.5, "Yearly change of hardware prices")
    line_change: Quantity = quantity("1/yr", -0.5, 0.5, "Yearly change of line rents")
    discount_rate: Quantity = quantity("1/yr", 0, 0.3, "Discount rate")
    carbon_cny_per_t: Quantity | None = quantity(
        "CNY/t", 0, 1e5, "Price that planning puts on a tonne of CO2; never booked", default=None
    )
    downtime_cny_per_system_hour: Quantity | None = quantity(
        "CNY/h", 0, 1e6, "Price that planning puts on an hour without a system; never booked", default=None
    )
    inflation: Quantity | None = quantity(
        "1/yr", -0.1, 0.5, "General inflation; money is stated in real terms alone if absent", default=None
    )
    vat: Vat | None = Field(
        default=None, description="Value-added tax in the prices; without it nothing is said of tax"
    )
    time_of_use: TimeOfUse | None = Field(
        default=None, description="How the tariff runs over the day; the same at every hour if absent"
    )


class Grid(Spec):
    """Carbon of electricity."""

    carbon_kg_per_kwh: Quantity = quantity("kgCO2/kWh", 0, 3, "Grid factor of the first year")
    change_per_year: Quantity = quantity("1/yr", -0.3, 0.3, "Yearly change of the grid factor")


class Claim(Spec):
    """A published figure, never an input to the model."""

    id: str = Field(description="Short id, e.g. K2", min_length=1)
    what: Text = Field(description="What the figure says")
    metric: Literal[
        "annual_saving",
        "one_off_saving",
        "systems_moved",
        "migration_end_share",
        "systems_on_cloud",
        "cloud_share",
        "departments_covered",
        "units_on_cloud",
        "units_complete",
        "largest_unit_systems",
        "classes_on_cloud",
        "zones_on_cloud",
        "rooms_built",
        "npv_saving",
    ] = Field(description="Simulated figure to compare with")
    alternatives: tuple[Name, ...] = Field(
        default=(), description="Alternatives that it speaks of; all of kind consolidate if empty"
    )
    against: Name | None = Field(
        default=None,
        description="Alternative that a saving is measured against; the baseline if absent",
    )
    levels: tuple[Name, ...] = Field(
        default=(), description="Levels of government counted (keys of estate.levels); all if empty"
    )
    classes: tuple[Name, ...] = Field(
        default=(), description="Classes of demand counted (keys of demand.classes); all if empty"
    )
    since: date | None = Field(
        default=None, description="First day counted (rooms_built); the day after the first if absent"
    )
    categories: tuple[Category, ...] = Field(default=(), description="Categories summed, before switches")
    switches: tuple[Literal["net", "staff", "all_hardware"], ...] = Field(
        default=(), description="Accounting switches to vary; every combination is stated"
    )
    by: date | None = Field(
        default=None, description="Date to which the figure refers (one-off: to the end of its month)"
    )
    published: float = Field(description="The published figure, in unit")
    relation: Literal["about", "at-least"] = Field(default="about", description="How it was worded")
    unit: Literal["CNY/yr", "CNY", "count", "1"] = Field(description="Unit of the figure")
    reporting_error: float = Field(
        default=0.075,
        description="Std. deviation of the logarithm of the published over the true figure, for calibration",
        gt=0,
        le=1,
    )
    calibrated: bool = Field(default=False, description="True if inputs were fitted to it")
    source: str = Field(description="Title, publisher and date", min_length=1)


class Scenario(Trusted):
    """What the world is, what may be done in it, and what was published about it."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format")
    name: Name = Field(description="Short name")
    title: Text = Field(description="Title")
    summary: Text = Field(description="What it describes, in two or three sentences")
    time: Time
    study: Study
    calendar: Calendar
    hardware: Hardware
    servers: Servers
    rooms: dict[Literal["closet", "room"], RoomClass] = Field(description="Size classes of rooms")
    lines: dict[Name, Line] = Field(description="Kinds of leased line")
    estate: Estate
    demand: Demand
    reliability: Reliability
    provisioning: Provisioning
    prices: Prices
    grid: Grid
    water: Water | None = Field(default=None, description="Water used; not stated if absent")
    baseline: Name = Field(description="Alternative that savings are measured against")
    alternatives: dict[Name, Alternative] = Field(description="The futures compared", min_length=1)
    policy: dict[Name, Rule] = Field(default={}, description="Rules of the programme")
    claims: tuple[Claim, ...] = Field(default=(), description="Published figures to compare with")
    plausible: tuple[Plausible, ...] = Field(
        default=(), description="Limits that worlds must keep to count in a calibration"
    )
    assessment: Assessed | None = Field(
        default=None, description="What the lists behind the estate say of its machines, for the report"
    )
