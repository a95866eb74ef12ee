"""The ledger: whatever happens is booked once - when, where, what, how much, at which price, who pays.

Every figure of every report is a sum over ledgers. What passes from one payer to another, such as the price
of a service, is booked for both, with opposite signs: over all payers it is nothing, and what is left is
what the future costs society.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray


class Item(NamedTuple):
    """One kind of booking."""

    name: str
    category: str
    unit: str  # of the amount
    side: str  # "rooms", "cloud" or "move": whose cost it is


ANNUAL = (
    "leased_lines",
    "room_operations",
    "staff",
    "electricity",
    "hardware_maintenance",
    "hardware_refresh",
    "platform",
)
ONE_OFF = ("room_construction", "hardware_purchase", "migration", "decommissioning")
FINANCE = "finance"  # who bears costs and when: loans, grants, tax; in no saving by category
CATEGORIES = (*ANNUAL, *ONE_OFF, FINANCE)

PAYERS = ("government", "vendor", "lender", "funder", "treasury")
GOVERNMENT, VENDOR, LENDER, FUNDER, TREASURY = range(len(PAYERS))

ITEMS = (
    Item("vertical_line", "leased_lines", "line-year", "rooms"),
    Item("shared_line", "leased_lines", "line-year", "cloud"),
    Item("interim_line", "leased_lines", "line-year", "cloud"),
    Item("replication_line", "leased_lines", "line-year", "cloud"),
    Item("room_operations", "room_operations", "room-year", "rooms"),
    Item("cloud_space", "room_operations", "rack-year", "cloud"),
    Item("site_fixed", "room_operations", "site-year", "cloud"),
    Item("room_staff", "staff", "FTE-year", "rooms"),
    Item("cloud_staff", "staff", "FTE-year", "cloud"),
    Item("room_it", "electricity", "kWh", "rooms"),
    Item("room_ups", "electricity", "kWh", "rooms"),
    Item("room_cooling", "electricity", "kWh", "rooms"),
    Item("room_other", "electricity", "kWh", "rooms"),
    Item("cloud_it", "electricity", "kWh", "cloud"),
    Item("cloud_ups", "electricity", "kWh", "cloud"),
    Item("cloud_cooling", "electricity", "kWh", "cloud"),
    Item("cloud_other", "electricity", "kWh", "cloud"),
    Item("server_maintenance", "hardware_maintenance", "server-year", "rooms"),
    Item("host_maintenance", "hardware_maintenance", "host-year", "cloud"),
    Item("server_refresh", "hardware_refresh", "server", "rooms"),
    Item("host_refresh", "hardware_refresh", "host", "cloud"),
    Item("platform_hosts", "platform", "host-year", "cloud"),
    Item("platform_base", "platform", "year", "cloud"),
    Item("room_refit", "room_construction", "room", "rooms"),
    Item("room_new", "room_construction", "room", "rooms"),
    Item("cloud_fitout", "room_construction", "rack", "cloud"),
    Item("site_opening", "room_construction", "site", "cloud"),
    Item("server_new", "hardware_purchase", "server", "rooms"),
    Item("host_new", "hardware_purchase", "host", "cloud"),
    Item("network_new", "hardware_purchase", "host", "cloud"),
    Item("migration_labour", "migration", "person-day", "move"),
    Item("rollback_labour", "migration", "person-day", "move"),
    Item("disposal", "decommissioning", "server", "move"),
    Item("resale", "decommissioning", "server", "move"),
    # What follows passes between payers. The amount stands with the one who pays, so that it counts once.
    Item("service_systems", "platform", "system-year", "cloud"),
    Item("service_hosts", "platform", "host-year", "cloud"),
    Item("service_vcpu", "platform", "vCPU-year", "cloud"),
    Item("service_unused", "platform", "unit-year", "cloud"),  # below the least quantity
    Item("premium_construction", "room_construction", "CNY", "cloud"),  # over tender prices
    Item("premium_hardware", "hardware_purchase", "CNY", "cloud"),
    Item("premium_refresh", "hardware_refresh", "CNY", "cloud"),
    Item("premium_platform", "platform", "CNY", "cloud"),
    Item("equity", FINANCE, "CNY", "cloud"),
    Item("grant", FINANCE, "CNY", "cloud"),
    Item("loan", FINANCE, "CNY", "cloud"),  # drawn, less what is repaid
    Item("interest", FINANCE, "CNY", "cloud"),
    Item("vat_settled", FINANCE, "CNY", "cloud"),  # on sales, less on purchases
)
ITEM = {item.name: row for row, item in enumerate(ITEMS)}


@dataclass(frozen=True)
class Ledger:
    """Bookings as columns, shape (bookings,) each.

    Attributes:
        month: month index in which it falls.
        site: room row; -1 - s cloud site s (a row of Plan.sites, S of them, but one at least);
            -1 - S - u the office of unit u (shared lines).
        item: row of ITEMS.
        amount: in the item's unit.
        cost_cny: amount x price; negative is income.
        carbon_kg: carbon of it: grid carbon of electricity, embodied carbon of hardware bought.
        payer: row of PAYERS: whose cost it is.
    """

    month: NDArray[np.int32]
    site: NDArray[np.int32]
    item: NDArray[np.int32]
    amount: NDArray[np.float64]
    cost_cny: NDArray[np.float64]
    carbon_kg: NDArray[np.float64]
    payer: NDArray[np.int8]

    @classmethod
    def join(cls, parts: Sequence[Ledger]) -> Self:
        """One ledger of many, in the order given."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    def total(self, *names: str, payer: int | None = GOVERNMENT) -> float:
        """Cost in CNY to the government of the items or categories named; of everything if none is.

        A name that is both (``room_operations``) means the category.

        Args:
            payer: row of PAYERS; None for society, all of them together.
        """
        counted = np.ones(len(self.item), dtype=np.bool_) if payer is None else self.payer == payer
        if names:
            rows = [i for i, item in enumerate(ITEMS) if item.name in names or item.category in names]
            counted &= np.isin(self.item, rows)
        return float(self.cost_cny[counted].sum())
