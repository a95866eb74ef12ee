"""What is left at the end of the horizon of what was bought within it.

Hardware and fit-out lose their price in equal parts over their life (straight line). Without this a
future that renews late would look dear, and one that has to renew soon after the horizon cheap.
"""

from __future__ import annotations

import numpy as np

from ..scenarios.quantity import Quantity
from ..scenarios.schema import Alternative, Scenario
from .books import MONTHS_PER_YEAR, Books, rows_of
from .quantiles import Floats


def residual_cny(books: Books, name: str) -> Floats:
    """Value at the end of the horizon in CNY, not discounted, shape (worlds,)."""
    cost = books.each(name, lambda o: o.cost_cny)
    age = (cost.shape[1] - np.arange(cost.shape[1])) / MONTHS_PER_YEAR
    value = np.zeros(len(cost))
    for items, life in _lives(books.scenario, books.scenario.alternatives[name]):
        years = books.drawn(life.path)
        left = np.maximum(0.0, 1.0 - age / years[:, None])
        value += (cost[:, :, rows_of(items)].sum(axis=2) * left).sum(axis=1)
    return value


def _lives(scenario: Scenario, alternative: Alternative) -> list[tuple[tuple[str, ...], Quantity]]:
    """Items bought and the life of each."""
    rooms, servers = scenario.rooms, scenario.servers.life_years
    lives: list[tuple[tuple[str, ...], Quantity]] = [
        (("server_new", "server_refresh"), servers),
        (("room_new", "room_refit"), rooms["closet"].fitout_life_years),
        (("cloud_fitout", "site_opening"), rooms["room"].fitout_life_years),
    ]
    if alternative.cloud is not None:
        lives.append((("host_new", "host_refresh", "network_new"), alternative.cloud.host_life_years))
    return lives
