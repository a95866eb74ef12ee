"""Sections on the cloud: the hosts it may buy, its sites, and how it is run."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .quantity import Quantity, Spec, quantity
from .sites import Recovery, Site, Siting
from .terms import Name, Zone


class HostType(Spec):
    """A host that the cloud may buy."""

    name: Name = Field(description="Name of the type")
    curve: Name = Field(description="Power curve in hardware.curves")
    memory_gb: float = Field(description="Memory as configured in GB", gt=0)
    disk_gb: float = Field(description="Usable disk (own share of distributed storage) in GB", gt=0)
    rack_units: float = Field(description="Height in rack units", gt=0, le=50)
    price_ratio: float = Field(description="Price over that of the mean host", gt=0, le=20)
    limit: int | None = Field(
        default=None,
        description="Most hosts of this type at all sites together, standby included; no limit if absent",
        ge=0,
    )


class OwnedHosts(Spec):
    """Hosts that the cloud has already: what they cost to buy is spent, until their life ends."""

    type: Name = Field(description="Their type (name of one of host_types)")
    count: int = Field(description="How many", ge=0, le=100_000)
    bought: int = Field(description="Year in the middle of which they were bought", ge=1990, le=2100)
    zone: Zone | None = Field(default=None, description="Network zone that they serve; any if absent")
    site: Name | None = Field(
        default=None, description="Site at which they stand (key of sites); carried to any site if absent"
    )


class Cloud(Spec):
    """One cloud site and how it is run."""

    host_types: tuple[HostType, ...] = Field(description="Hosts to choose from", min_length=1)
    existing: tuple[OwnedHosts, ...] = Field(
        default=(),
        description="Hosts that it has already, used before any is bought; those whose life is over when the "
        "cloud opens are left out",
    )
    host_price_cny: Quantity = quantity("CNY", 1000, 5e6, "Price of a host with price_ratio 1")
    host_life_years: Quantity = quantity("yr", 1, 20, "Service life of a host")
    network_share: Quantity = quantity("1", 0, 3, "Network and shared gear bought per CNY of hosts")
    vcpu_per_core: Quantity = quantity("1", 0.5, 32, "vCPU given out per physical core")
    memory_reserve_share: Quantity = quantity("1", 0, 0.9, "Memory kept for the hypervisor")
    comfort_factor: Quantity = quantity("1", 1, 5, "Headroom over measured peak use when sizing")
    busy_hour_load: Quantity = quantity(
        "1", 0.1, 1, "Highest load planned for a host in the busy hours, share of its throughput"
    )
    sizing: Literal["profiles", "performance", "as-is"] = Field(
        default="profiles",
        description="Fill hosts by the hour on measured use, by measured peaks, or by what they have today",
    )
    overload_share: Quantity = quantity(
        "1",
        1e-6,
        0.5,
        "Host-hours in which demand may exceed the throughput of the host, share (sizing: profiles)",
        default=Quantity(
            dist="triangular",
            low=0.01,
            mode=0.02,
            high=0.04,
            source="project assumption; a quarter of an hour to an hour a day",
            grade="A",
        ),
    )
    vcpu_per_core_by_class: dict[Name, Quantity] = quantity(
        "1",
        0.5,
        32,
        "vCPU given out per physical core to classes of demand, in place of vcpu_per_core",
        default={},
    )
    classes_share: bool = Field(
        default=True, description="Classes of demand share hosts; if false each has hosts of its own"
    )
    dedicated_classes: tuple[Name, ...] = Field(
        default=(), description="Classes of demand whose components share hosts with no other class"
    )
    growth_years_ahead: int = Field(
        description="Years of growth that hosts are bought for when a component comes", ge=0, le=50
    )
    standby_hosts: int = Field(description="Standby hosts in each pool (N+k)", ge=0, le=10)
    apart: Literal["none", "host", "rack"] = Field(
        default="host", description="What replicas of one system never share (estate.replica_share)"
    )
    pue: Quantity = quantity("1", 1, 3, "PUE at design load")
    cooling_fixed_share: Quantity = quantity("1", 0, 1, "Share of cooling that does not follow load")
    ups: Name = Field(description="UPS model in hardware.ups")
    rack_fill: Quantity = quantity("1", 0.01, 1, "IT load over design load at full build-out")
    overhead_it: Quantity = quantity("1", 0, 3, "Storage, network, appliance power per W of host power")
    space_cny_per_rack_year: Quantity = quantity("CNY/yr", 0, 1e6, "Space, upkeep, security of one rack")
    rack_units_usable: float = Field(description="Rack units usable per rack", gt=0, le=60)
    fitout_cny_per_rack: Quantity = quantity("CNY", 0, 1e7, "Fit-out of the site per rack")
    staff_fte: Quantity = quantity("FTE", 0, 1000, "Staff of the cloud centre")
    platform_cny_per_host_year: Quantity = quantity(
        "CNY/yr", 0, 1e6, "Platform software and support per host"
    )
    platform_cny_per_year: Quantity = quantity("CNY/yr", 0, 1e9, "Platform operation independent of size")
    outages_per_year: Quantity = quantity("1/yr", 0, 100, "Outages of the whole site")
    outage_hours: Quantity = quantity("h", 0.01, 1000, "Mean length of a site outage")
    access_line: tuple[Name, ...] = Field(
        description="Kinds of shared line per unit (keys of lines)", min_length=1
    )
    opens: date = Field(description="Day from which systems can be moved in")
    sites: dict[Name, Site] = Field(
        default={}, description="Where the cloud may stand; one site of the values above if empty"
    )
    siting: Siting | None = Field(default=None, description="Limits on the choice of sites")
    recovery: Recovery | None = Field(default=None, description="Recovery site; none if absent")

    @model_validator(mode="after")
    def _hosts_fit_a_rack(self) -> Self:
        for host in self.host_types:
            if host.rack_units > self.rack_units_usable:
                raise ValueError(
                    f"got host {host.name!r} of {host.rack_units:g} rack units, must fit rack_units_usable "
                    f"({self.rack_units_usable:g})"
                )
        return self
