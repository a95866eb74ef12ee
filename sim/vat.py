"""Value-added tax in prices: which kind of rate each item of the ledger bears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..scenarios.finance import Vat
from ..scenarios.quantity import Quantity
from .ledger import ITEMS

Kind = Literal["hardware", "services", "telecom", "electricity", "construction"]

_OF_CATEGORY: Mapping[str, Kind] = {
    "leased_lines": "telecom",
    "room_operations": "services",
    "electricity": "electricity",
    "hardware_maintenance": "services",
    "hardware_refresh": "hardware",
    "platform": "services",
    "room_construction": "construction",
    "hardware_purchase": "hardware",
    "migration": "services",
    "decommissioning": "services",
}
_OF_ITEM: Mapping[str, Kind] = {"resale": "hardware"}


def kinds() -> tuple[Kind | None, ...]:
    """Kind of each item, in the order of ledger.ITEMS; None for wages and finance."""
    return tuple(_OF_ITEM.get(item.name) or _OF_CATEGORY.get(item.category) for item in ITEMS)


def rate_of(vat: Vat, kind: Kind) -> Quantity:
    """The rate of a kind."""
    rate: Quantity = getattr(vat, kind)
    return rate


def rates(rate: Mapping[Kind, float]) -> NDArray[np.float64]:
    """Rate of each item, shape (items,); 0 where none is borne."""
    return np.array([0.0 if kind is None else rate[kind] for kind in kinds()])
