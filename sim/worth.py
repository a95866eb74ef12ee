"""What money later is worth now, and what is left of what was bought.

Flows of a month count from its middle; what is left at the end of the horizon counts there. Hardware and
fit-out lose their price in equal parts over their life (straight line).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.estate import NEVER
from ..scenarios.finance import Financing
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Scenario
from .ledger import ITEM

Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12


class Assets(NamedTuple):
    """Items bought, and the service life of what they buy."""

    items: tuple[str, ...]
    life_years: Quantity

    @property
    def rows(self) -> list[int]:
        """Rows of ledger.ITEMS."""
        return [ITEM[name] for name in self.items]


def mid_months(months: int) -> Floats:
    """Years from the start to the middle of each month, shape (months,)."""
    return np.asarray((np.arange(months) + 0.5) / MONTHS_PER_YEAR)


def room_assets(scenario: Scenario) -> list[Assets]:
    """What is bought for machine rooms."""
    return [
        Assets(("server_new", "server_refresh"), scenario.servers.life_years),
        Assets(("room_new", "room_refit"), scenario.rooms["closet"].fitout_life_years),
    ]


def cloud_assets(scenario: Scenario, cloud: Cloud) -> list[Assets]:
    """What is bought for the cloud's sites."""
    return [
        Assets(("cloud_fitout", "site_opening"), scenario.rooms["room"].fitout_life_years),
        Assets(("host_new", "host_refresh", "network_new"), cloud.host_life_years),
    ]


def left_share(months: int, life_years: Floats) -> Floats:
    """Share of its price that a thing bought in each month keeps at the end of the horizon.

    Args:
        life_years: shape (...,).

    Returns:
        Shape (..., months).
    """
    age = (months - np.arange(months)) / MONTHS_PER_YEAR
    return np.asarray(np.maximum(0.0, 1.0 - age / np.asarray(life_years)[..., None]))


def handover_month(financing: Financing, opens_month: int, term_years: Floats) -> NDArray[np.int64]:
    """Month from which the government runs what a vendor built; never for a service, 0 without a vendor.

    Args:
        opens_month: month in which the cloud opens.
        term_years: any shape, as what is returned.
    """
    term = np.asarray(term_years, dtype=np.float64)
    if financing.mode == "service":
        return np.full(term.shape, NEVER, dtype=np.int64)
    if financing.mode != "ppp":
        return np.zeros(term.shape, dtype=np.int64)
    return np.asarray(opens_month + np.rint(term * MONTHS_PER_YEAR), dtype=np.int64)
