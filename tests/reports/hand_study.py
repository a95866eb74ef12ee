"""Worlds of ``inner-mongolia`` whose savings can be computed in the head: each item is a constant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from roomfold.reports.books import Books
from roomfold.scenarios.loader import load, quantities
from roomfold.scenarios.schema import Claim, Scenario
from roomfold.sim.ledger import ITEM, ITEMS
from roomfold.sim.outcome import Outcome, WorldResult
from roomfold.sim.run import Service

MONTHS, YEARS = 60, 5

# CNY a month in the baseline and in the alternative, for one unit of a world's size.
MONTHLY: Mapping[str, tuple[float, float]] = {
    "vertical_line": (10, 1),
    "shared_line": (0, 2),
    "room_operations": (20, 3),
    "cloud_space": (0, 4),
    "room_staff": (30, 5),
    "cloud_staff": (0, 6),
    "room_it": (40, 7),
    "cloud_it": (0, 8),
    "server_maintenance": (50, 9),
    "host_maintenance": (0, 10),
    "server_refresh": (60, 11),
    "host_refresh": (0, 12),
    "platform_base": (0, 13),
    "room_refit": (70, 14),
    "room_new": (80, 15),
    "cloud_fitout": (0, 16),
    "server_new": (90, 17),
    "host_new": (0, 18),
    "network_new": (0, 19),
    "migration_labour": (0, 20),
    "rollback_labour": (0, 21),
    "disposal": (1, 22),
    "resale": (-2, -23),
}


def hand_books(*sizes: float, scenario: Scenario | None = None) -> Books:
    """One world per size; a size multiplies every cost."""
    scenario = scenario or load("inner-mongolia")
    paths = list(quantities(scenario))
    results = []
    for world, size in enumerate(sizes):
        draws = dict.fromkeys(paths, 1.0) | {"estate.rooms": size, "prices.discount_rate": 0.1}
        outcomes = {name: _outcome(name, column, size) for column, name in enumerate(("keep", "consolidate"))}
        results.append(WorldResult(world, draws, outcomes))
    return Books.of(scenario, results)


def claim(**changes: object) -> Claim:
    """A claim about money, changed as asked."""
    fields = {
        "id": "H",
        "what": {"en": "hand", "zh": "手算"},
        "metric": "annual_saving",
        "published": 100.0,
        "unit": "CNY/yr",
        "source": "hand",
    }
    return Claim.model_validate(fields | changes)


def _outcome(name: str, column: int, size: float) -> Outcome:
    cost = np.zeros((MONTHS, len(ITEMS)))
    for item, prices in MONTHLY.items():
        cost[:, ITEM[item]] = prices[column] * size
    levels = np.zeros((YEARS, 5, len(ITEMS)))
    for row, item in enumerate(ITEMS):
        levels[:, -1 if item.side == "cloud" else 1, row] = 12 * cost[0, row]
    keep = column == 0
    moved = np.empty(0) if keep else np.array([24, 8759, 8760, 9000])  # 2014 ends with hour 8759
    return Outcome(
        name, name, cost * 2, cost, cost * 3, levels, np.full(MONTHS, 9.0 if keep else 2.0),
        np.zeros(MONTHS), np.zeros(MONTHS), np.full(YEARS, 2.0), np.full(YEARS, 0.1), np.zeros((7, 24)),
        Service(0.99, 0.01, 50.0, 3), moved.astype(np.int32), moved.astype(np.int32),
        np.full(0 if keep else 2, 336, dtype=np.int32), np.zeros(YEARS), 0 if keep else 5, 0.0, None, None,
    )  # fmt: skip
