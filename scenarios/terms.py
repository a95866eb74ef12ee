"""Terms that every section of a scenario uses: names, grades, zones, categories, texts in two languages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .quantity import Spec

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Grade = Literal["S", "W", "A"]
Zone = Literal["internet", "extranet-public", "extranet-private"]
Category = Literal[
    "leased_lines",
    "room_operations",
    "staff",
    "electricity",
    "hardware_maintenance",
    "hardware_refresh",
    "platform",
    "room_construction",
    "hardware_purchase",
    "migration",
    "decommissioning",
]


class Text(Spec):
    """A text in both languages."""

    en: str = Field(description="English text", min_length=1)
    zh: str = Field(description="Chinese text", min_length=1)
