"""Drawing where units lie: at the places of the estate, spread evenly over a disk around each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .drawing import Draw, Floats
from .elementary import arcsin, arctan2, cos, sin
from .schema import Estate
from .sites import EARTH_RADIUS_KM

Ints = NDArray[np.int32]


def place_of_units(estate: Estate, level: Ints) -> Ints:
    """Row of estate.places of every unit, shape (units,); -1 without places.

    Units of a level are handed out to the places in file order, so that with one unit per place the
    first unit of the level lies at the first place.

    Args:
        level: row of estate.levels of each unit, shape (units,).
    """
    place = np.full(len(level), -1, dtype=np.int32)
    if estate.places:
        for row, name in enumerate(estate.levels):
            counts = [its.units.get(name, 0) for its in estate.places.values()]
            place[level == row] = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return place


def draw_coordinates(draw: Draw, level: Ints, ids: Ints) -> tuple[Floats, Floats]:
    """Latitude and longitude of every unit in degrees, shape (units,) each; NaN without places.

    Args:
        level: row of estate.levels of each unit, shape (units,).
        ids: of the units, shape (units,).
    """
    estate = draw.scenario.estate
    if not estate.places:
        return np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    places, at = list(estate.places.values()), place_of_units(estate, level)
    u = draw.u("unit-place", ids, 2)
    away_km = np.array([draw.of(place.radius_km) for place in places])[at] * np.sqrt(u[:, 0])
    seats = np.array([[name in place.seat_of for name in estate.levels] for place in places])
    away_km[seats[at, level]] = 0.0
    north = np.radians(np.array([place.latitude for place in places])[at])
    east = np.radians(np.array([place.longitude for place in places])[at])
    return _beyond(north, east, away_km, 2 * np.pi * u[:, 1])


def _beyond(north: Floats, east: Floats, away_km: Floats, bearing: Floats) -> tuple[Floats, Floats]:
    """Where one comes to from points (in radians) over a distance along a bearing, in degrees."""
    angle = away_km / EARTH_RADIUS_KM
    sine = sin(north) * cos(angle) + cos(north) * sin(angle) * cos(bearing)
    to_north = arcsin(np.clip(sine, -1.0, 1.0))
    turn = arctan2(sin(bearing) * sin(angle) * cos(north), cos(angle) - sin(north) * sine)
    to_east = np.degrees(east + turn)
    return np.degrees(to_north), (to_east + 180.0) % 360.0 - 180.0
