"""Sections on how systems move and when nothing does; what must have moved by when is a matter of policy."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from .quantity import Quantity, Spec, quantity
from .terms import Name


class Freeze(Spec):
    """Days on which nothing cuts over, such as a filing season."""

    first: date = Field(alias="from", description="First day")
    to: date = Field(description="Last day")
    what: str = Field(description="Why nothing moves", min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.first:
            raise ValueError(f"got {self.to} as the last day, must not be before the first ({self.first})")
        return self


class Migration(Spec):
    """Moving systems to the cloud."""

    effort_days: Quantity = quantity("d", 0.1, 1000, "Person-days to move one system")
    day_rate_cny: Quantity = quantity("CNY/d", 0, 20000, "Price of one person-day")
    team_fte: Quantity = quantity("FTE", 1, 10000, "People working on the migration at once")
    ingress_mbps: Quantity = quantity("Mbit/s", 1, 1e6, "Bandwidth for copying data at the cloud site")
    failure_share: Quantity = quantity("1", 0, 0.9, "Cut-overs that are rolled back and tried again")
    dual_run_days: Quantity = quantity("d", 0, 365, "Days that old and new run in parallel")
    line_notice_days: Quantity = quantity("d", 0, 365, "Notice before a leased line ends")
    room_clearing_days: Quantity = quantity(
        "d", 0, 365, "Days from the last switch-off to handing back a room"
    )
    zombie_moved_share: Quantity = quantity("1", 0, 1, "Zombies moved unnoticed, share")
    freeze: tuple[Freeze, ...] = Field(default=(), description="When nothing moves, besides holidays")
    most_per_month: int | None = Field(
        default=None, description="Cut-overs in a calendar month at most; no limit if absent", ge=1
    )
    budget_cny_per_year: Quantity | None = quantity(
        "CNY/yr", 0, 1e10, "Labour of moving in a calendar year at most; no limit if absent", default=None
    )
    budget_cny_by_year: dict[int, Quantity] = quantity(
        "CNY/yr",
        0,
        1e10,
        "Labour of moving in single calendar years at most, by year, in place of budget_cny_per_year",
        default={},
    )
    interim_line: Name | None = Field(
        default=None,
        description="Kind of line (key of lines) rented while two linked systems are on different sides; "
        "none if absent",
    )
    search: Literal["quick", "full"] = Field(
        default="quick",
        description="How long to look for a cheaper order of moves: about a second, or a minute",
    )
