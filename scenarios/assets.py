"""Sections on assets: server models and their power, UPS, servers, machine rooms, leased lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .quantity import Quantity, Spec, quantity
from .terms import Grade, Name


class Curve(Spec):
    """Power of one server model at 0, 10 ... 100 % load (SPECpower_ssj2008 layout)."""

    name: str = Field(description="Vendor and model")
    cpu: str = Field(description="Processor")
    year: int = Field(description="Year of publication", ge=1990, le=2100)
    cores: int = Field(description="Physical cores of the tested machine", ge=1, le=1024)
    memory_gb: float = Field(description="Memory of the tested machine in GB", gt=0, le=65536)
    watts: Annotated[tuple[float, ...], Field(min_length=11, max_length=11)] = Field(
        description="Power in W at active idle and 10 ... 100 % target load, not decreasing"
    )
    ssj_ops: float = Field(description="Throughput at 100 % load in ssj_ops", gt=0)
    source: str = Field(description="Where the figures come from")


class Ups(Spec):
    """UPS loss as a share of rated power: ``a0 + a1*x + a2*x**2``, x = load / rated power."""

    a0: float = Field(description="Idle loss, share of rated power", ge=0, le=0.5)
    a1: float = Field(description="Linear loss, share of rated power", ge=0, le=0.5)
    a2: float = Field(description="Quadratic loss, share of rated power", ge=0, le=0.5)
    grade: Grade = Field(description="How sure: S, W or A")
    source: str = Field(description="Where the figures come from")


class Hardware(Spec):
    """The hardware library."""

    curves: dict[Name, Curve] = Field(description="Power curves by name")
    ups: dict[Name, Ups] = Field(description="UPS loss models by name")


class ServerModel(Spec):
    """One server model that departments bought in some years."""

    curve: Name = Field(description="Power curve in hardware.curves")
    from_year: int = Field(description="First year of purchase", ge=1990, le=2100)
    to_year: int = Field(description="Last year of purchase", ge=1990, le=2100)
    weight: float = Field(description="Relative share among the models of a year", gt=0)


class Servers(Spec):
    """Servers in the machine rooms."""

    models: tuple[ServerModel, ...] = Field(description="Models bought, by year", min_length=1)
    life_years: Quantity = quantity("yr", 1, 30, "Service life before a server is refreshed")
    config_factor: Quantity = quantity(
        "1", 1, 4, "Power of a real configuration over the tuned SPECpower entry"
    )
    price_cny: Quantity = quantity("CNY", 1000, 1e6, "Price of one server, in prices of price_year")
    maintenance_share: Quantity = quantity(
        "1/yr", 0, 0.5, "Yearly maintenance after warranty, share of purchase price"
    )
    warranty_years: Quantity = quantity("yr", 0, 10, "Years without a maintenance contract")
    resale_share: Quantity = quantity("1", 0, 1, "Resale value at retirement, share of price")
    disposal_cny: Quantity = quantity("CNY", 0, 1e5, "Wiping and disposing of one server")
    embodied_kgco2e: Quantity = quantity("kgCO2e", 0, 20000, "Embodied carbon of one server")


class RoomClass(Spec):
    """What machine rooms of one size class are like."""

    area_m2: Quantity = quantity("m2", 1, 5000, "Floor area")
    pue: Quantity = quantity("1", 1, 6, "PUE at the load of the first month")
    cooling_fixed_share: Quantity = quantity(
        "1", 0, 1, "Share of cooling power that does not follow the load"
    )
    ups: Name = Field(description="UPS model in hardware.ups")
    ups_fill: Quantity = quantity("1", 0.01, 1, "IT load over UPS rated power in the first month")
    ups_redundant_share: Quantity = quantity("1", 0, 1, "Share of rooms with two UPS sharing load")
    overhead_it: Quantity = quantity("1", 0, 3, "Storage, network and appliance power per W of server power")
    overhead_fixed_share: Quantity = quantity(
        "1", 0, 1, "Share of that overhead that stays until the room closes"
    )
    lighting_w_per_m2: Quantity = quantity("W/m2", 0, 100, "Lighting and other small loads")
    operations_cny_per_year: Quantity = quantity(
        "CNY/yr", 0, 1e7, "Contracts, batteries, fire protection, rent; no power, no staff"
    )
    staff_fte: Quantity = quantity("FTE", 0, 50, "Staff bound by one room, freed when it closes")
    fitout_cny_per_m2: Quantity = quantity("CNY/m2", 0, 1e5, "Fit-out: UPS, cooling, fire, monitoring")
    fitout_life_years: Quantity = quantity("yr", 3, 50, "Years until the fit-out is renewed")
    outages_per_year: Quantity = quantity("1/yr", 0, 100, "Room outages (power, cooling)")
    outage_hours: Quantity = quantity("h", 0.01, 1000, "Mean length of a room outage")


class Line(Spec):
    """A kind of leased line."""

    mbps: float = Field(description="Bandwidth in Mbit/s", gt=0)
    price_cny_per_year: Quantity = quantity("CNY/yr", 0, 1e7, "Rent of one line")
    price_cny_per_km_year: Quantity | None = quantity(
        "CNY/km/yr", 0, 1e5, "Rent for each km of distance, on top; nothing if absent", default=None
    )
