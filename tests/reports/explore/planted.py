"""A run that was never simulated: its worlds follow a closed form of a few inputs."""

from __future__ import annotations

import numpy as np

from roomfold.reports.explore.stored import FIGURES, Part, Stored
from roomfold.scenarios.design import probabilities
from roomfold.scenarios.loader import load, quantities

TARIFF, ROOMS, STAFF, RATE = (
    "prices.electricity_cny_per_kwh",
    "estate.rooms",
    "rooms.closet.staff_fte",
    "prices.discount_rate",
)
MOVE_CNY = 1.2e8
KWH_PER_ROOM, CNY_PER_FTE, T_PER_KWH = 4e4, 9e4, 7e-4
WORLDS, SEED = 64, 11
YEARS = 5


def annual(tariff: np.ndarray, rooms: np.ndarray, staff: np.ndarray) -> np.ndarray:
    """Saving per year in CNY: what the rooms use, at the tariff, and who watches them."""
    return np.asarray(rooms * KWH_PER_ROOM * tariff + rooms * staff * CNY_PER_FTE)


def worth(yearly: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Present value of the same cash in the middle of each year, less the move in the first."""
    factor = (1 + rate[:, None]) ** -(np.arange(YEARS) + 0.5)
    return np.asarray(yearly * factor.sum(axis=1) - MOVE_CNY * factor[:, 0])


def planted(noise: float = 0.0, worlds: int = WORLDS) -> Stored:
    """The run; ``noise`` is the relative standard deviation of staff that no input explains."""
    scenario = load("inner-mongolia")
    inputs = {p: q for p, q in quantities(scenario).items() if q.support[0] < q.support[1]}
    points = probabilities(list(inputs), (), SEED, worlds)
    drawn = np.stack([q.ppf(points[:, k]) for k, q in enumerate(inputs.values())], axis=1)
    tariff, rooms, staff, rate = (drawn[:, list(inputs).index(p)] for p in (TARIFF, ROOMS, STAFF, RATE))
    chance = np.exp(noise * np.random.Generator(np.random.Philox(key=5)).standard_normal(worlds))
    kwh, fte = rooms * KWH_PER_ROOM, rooms * staff * chance
    power, people = kwh * tariff, fte * CNY_PER_FTE
    each = np.ones(YEARS)
    move = np.zeros((worlds, YEARS))
    move[:, 0] = -MOVE_CNY
    every = ("annual_total", "annual_with_capital")
    parts = (
        Part((*every, "annual_without_staff"), power, kwh, np.outer(power, each)),
        Part(every, people, fte, np.outer(people, each)),
        Part(("energy_saved",), kwh, None, None),
        Part(("carbon_saved",), kwh * T_PER_KWH, kwh, None),
        Part(("one_off_total",), move[:, 0], None, move),
    )
    total = power + people
    figures = dict.fromkeys(FIGURES, total) | {
        "annual_without_staff": power,
        "npv": worth(total, rate),
        "payback_years": MOVE_CNY / total,
        "energy_saved": kwh,
        "carbon_saved": kwh * T_PER_KWH,
        "one_off_total": move[:, 0],
    }
    return Stored(scenario, "planted", SEED, "consolidate", inputs, drawn, figures, rate, parts)
