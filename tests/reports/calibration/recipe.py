"""The closed-form model of machine rooms and lines that the calibration recipe was first tried on.

Priors are triangular (low, mode, high). Published: 65 million CNY a year, error 7.5 %.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from roomfold.reports.calibration.evidence import Evidence
from roomfold.reports.calibration.worlds import Worlds
from roomfold.scenarios.quantity import Quantity
from roomfold.scenarios.schema import Claim

Floats = NDArray[np.float64]
HOURS = 8760
PRIORS = {
    "rooms": (100, 350, 900),
    "fte_per_room": (0.1, 0.5, 1.5),
    "cny_per_fte": (60e3, 90e3, 140e3),
    "it_kw_per_room": (1, 3, 8),
    "pue": (1.6, 2.1, 3.0),
    "tariff": (0.55, 0.75, 0.95),
    "upkeep_per_room": (10e3, 40e3, 120e3),
    "lines": (300, 1200, 3000),
    "cny_per_line": (2e3, 12e3, 40e3),
}
QUANTITIES = {name: Quantity(low=a, mode=b, high=c, dist="triangular") for name, (a, b, c) in PRIORS.items()}


def claim(**changes: object) -> Claim:
    """The published saving, changed as asked."""
    fields = {
        "id": "R",
        "what": {"en": "saved a year", "zh": "每年节省"},
        "metric": "annual_saving",
        "published": 65e6,
        "unit": "CNY/yr",
        "source": "recipe",
    }
    return Claim.model_validate(fields | changes)


def saving(drawn: Mapping[str, Floats]) -> dict[str, Floats]:
    """Saving a year by cost head and in total, with staff and without, in CNY."""
    rooms = drawn["rooms"]
    heads = {
        "electricity": rooms * drawn["it_kw_per_room"] * drawn["pue"] * HOURS * drawn["tariff"],
        "upkeep": rooms * drawn["upkeep_per_room"],
        "lines_cost": drawn["lines"] * drawn["cny_per_line"],
        "staff": rooms * drawn["fte_per_room"] * drawn["cny_per_fte"],
    }
    total = sum(heads.values(), start=np.zeros(len(rooms)))
    return heads | {"staff_in": total, "staff_out": total - heads["staff"]}


def worlds(count: int, seed: int = 1) -> Worlds:
    """So many draws of the priors."""
    points = Generator(Philox(key=seed)).random((count, len(QUANTITIES)))
    drawn = {name: q.ppf(points[:, i]) for i, (name, q) in enumerate(QUANTITIES.items())}
    return Worlds.of(QUANTITIES, drawn | saving(drawn))


def evidence(figure: str = "staff_in", **changes: object) -> Evidence:
    """The published saving, read in a figure."""
    return Evidence((claim(**changes),), {"gross": {"R": figure}})
