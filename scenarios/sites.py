"""Sections on geography: where units are, where a cloud may stand, and which site takes over for another.

All of them may be left out: an estate without places has no distances, and a cloud without named sites
is one site with the cloud's own values. Distances are great-circle; a round trip over fibre follows
from them (see ``ROUTE_FACTOR`` and ``FIBRE_KM_PER_MS``).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from . import elementary
from .quantity import Quantity, Spec, quantity
from .terms import Name, Text

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088
# Light in glass with a group index of 1.468 travels 204 km in a millisecond.
FIBRE_KM_PER_MS = 204.2
# Cable routes follow roads and rings; project assumption (grade A).
ROUTE_FACTOR = 1.5
# Routers at both ends and on the way; project assumption (grade A).
EQUIPMENT_MS = 1.0

# Tiers of GB/T 20988-2007, annex C: typical recovery point and recovery time in minutes. The standard
# gives ranges (tier 5: recovery point 0 to 30 minutes, recovery time minutes to 2 days); one value of
# each range stands here, from memory of the text (grade W).
TIERS: dict[int, tuple[float, float]] = {
    1: (7 * 1440.0, 3 * 1440.0),
    2: (7 * 1440.0, 2 * 1440.0),
    3: (1440.0, 1440.0),
    4: (720.0, 720.0),
    5: (30.0, 60.0),
    6: (0.0, 10.0),
}
# Synchronous replication waits for the other site at every write: the usual advice is to stay within
# about 100 km (project assumption from vendors' guides, grade W).
SYNCHRONOUS_KM = 100.0


class Place(Spec):
    """A place where units have their seats."""

    title: Text = Field(description="Name of the place")
    latitude: float = Field(description="Degrees north", ge=-90, le=90)
    longitude: float = Field(description="Degrees east", ge=-180, le=180)
    radius_km: Quantity = quantity("km", 0, 2000, "Units lie within this distance, evenly over the area")
    seat_of: tuple[Name, ...] = Field(
        default=(), description="Levels whose units lie at the place itself, not around it"
    )
    units: dict[Name, int] = Field(
        description="Units of each level at the place; over all places as many as the level has"
    )


class Site(Spec):
    """A site where the cloud may stand; what is not given is as the cloud's section says.

    A hub is an existing large machine room that is extended: it has a lower fit-out and few racks.
    """

    title: Text = Field(description="Name of the site")
    latitude: float | None = Field(default=None, description="Degrees north", ge=-90, le=90)
    longitude: float | None = Field(default=None, description="Degrees east", ge=-180, le=180)
    kind: Literal["new", "hub"] = Field(
        default="new", description="A new site, or the largest machine room of a place, extended"
    )
    place: Name | None = Field(default=None, description="Place whose largest room a hub extends; hubs only")
    opens: date | None = Field(
        default=None,
        description="Day from which it can be used; as the cloud's if absent. A site that opens later than "
        "the cloud serves no units, but may recover other sites",
    )
    racks: float | None = Field(default=None, description="Most racks; no limit if absent", ge=0)
    expansion_racks: float = Field(default=0, description="Racks that may be added beyond", ge=0)
    expansion_cny_per_rack: Quantity | None = quantity(
        "CNY", 0, 1e7, "Extra fit-out of each rack added; nothing if absent", default=None
    )
    fixed_cny_per_year: Quantity | None = quantity(
        "CNY/yr", 0, 1e9, "Yearly cost of having the site at all; nothing if absent", default=None
    )
    opening_cny: Quantity | None = quantity(
        "CNY", 0, 1e10, "One-off cost of opening the site; nothing if absent", default=None
    )
    staff_fte: Quantity | None = quantity(
        "FTE",
        0,
        1000,
        "Staff of the site; if absent, the first site in use has the cloud's, others none",
        default=None,
    )
    pue_ratio: Quantity | None = quantity(
        "1", 0.5, 2, "PUE over that of the cloud's section; 1 if absent", default=None
    )
    tariff_ratio: Quantity | None = quantity(
        "1", 0.1, 5, "Tariff over that of the cloud's section; 1 if absent", default=None
    )
    carbon_ratio: Quantity | None = quantity(
        "1", 0, 5, "Grid factor over the scenario's; 1 if absent", default=None
    )
    space_ratio: Quantity | None = quantity(
        "1", 0, 10, "Space price over that of the cloud's section; 1 if absent", default=None
    )
    fitout_ratio: Quantity | None = quantity(
        "1", 0, 10, "Fit-out per rack over that of the cloud's section; 1 if absent", default=None
    )


class PinnedUnits(Spec):
    """Units that one site serves in any case: those of the levels named that lie at the places named."""

    site: Name = Field(description="Site that serves them (key of sites)")
    levels: tuple[Name, ...] = Field(default=(), description="Levels of government; all if empty")
    places: tuple[Name, ...] = Field(default=(), description="Places of the estate; all if empty")


class Siting(Spec):
    """Limits on which sites open and which unit goes where."""

    least_sites: int = Field(default=1, description="Fewest sites open, recovery sites included", ge=1)
    most_sites: int | None = Field(
        default=None, description="Most sites open, recovery sites included; no limit if absent", ge=1
    )
    new_sites: bool = Field(
        default=True, description="False: nothing new is built, only hubs open (no new machine rooms)"
    )
    pinned: tuple[PinnedUnits, ...] = Field(
        default=(), description="Units that a given site serves; the first entry that names a unit counts"
    )
    latency_ms: float | None = Field(
        default=None,
        description="Longest round trip between a unit and its site: twice the distance by cable (1.5 times "
        "the great circle) at 204 km a millisecond, and 1 ms for equipment; no limit if absent",
        gt=0,
    )


class Recovery(Spec):
    """A second site that takes over when a whole site fails."""

    tier: int = Field(description="Tier of GB/T 20988-2007", ge=1, le=6)
    rpo_minutes: float | None = Field(
        default=None,
        description="Recovery point: changes of so many minutes may be lost; as the tier says",
        ge=0,
    )
    rto_minutes: float | None = Field(
        default=None, description="Recovery time: minutes until systems run again; as the tier says", ge=0
    )
    min_km: float = Field(description="Shortest distance between a site and its recovery site", ge=0)
    max_km: float | None = Field(
        default=None,
        description="Longest; no limit if absent, but 100 km where the recovery point is 0 (synchronous)",
        gt=0,
    )
    by: date = Field(description="Day from which the recovery site can take over")
    share: Quantity = quantity("1", 0, 1, "Share of systems protected, those of the highest MLPS level first")
    changed_share_per_day: Quantity = quantity("1", 0, 10, "Data changed in a day, share of the data kept")
    site: Name | None = Field(
        default=None, description="The recovery site of all others; chosen among all sites if absent"
    )
    line: tuple[Name, ...] = Field(
        default=(), description="Kinds of line for replication; those of the cloud's access if absent"
    )

    def recovery_point_minutes(self) -> float:
        """Minutes of changes that may be lost."""
        return TIERS[self.tier][0] if self.rpo_minutes is None else self.rpo_minutes

    def recovery_time_minutes(self) -> float:
        """Minutes from the loss of a site until protected systems run elsewhere."""
        return TIERS[self.tier][1] if self.rto_minutes is None else self.rto_minutes

    def farthest_km(self) -> float:
        """Longest distance between a site and its recovery site; infinite without a limit."""
        if self.max_km is not None:
            return self.max_km
        return SYNCHRONOUS_KM if self.recovery_point_minutes() == 0 else np.inf


def distance_km(
    latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> Floats:
    """Great-circle distances in km between points in degrees, by the haversine formula; NaN if unknown."""
    angles = (
        np.radians(np.asarray(v, dtype=np.float64)) for v in (latitude, longitude, to_latitude, to_longitude)
    )
    north, east, to_north, to_east = angles
    half = elementary.sin((to_north - north) / 2) ** 2
    across = elementary.cos(north) * elementary.cos(to_north)
    half = half + across * elementary.sin((to_east - east) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * elementary.arcsin(np.sqrt(np.minimum(half, 1.0))))


def round_trip_ms(km: Floats) -> Floats:
    """Round trip over fibre in ms for great-circle distances in km."""
    return 2 * km * ROUTE_FACTOR / FIBRE_KM_PER_MS + EQUIPMENT_MS
