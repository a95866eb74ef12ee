"""Sections on demand: kinds of systems, how theirs runs over day, week and year, and how it grows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .quantity import Quantity, Spec, quantity
from .terms import Grade, Name, Text


class DemandClass(Spec):
    """How the demand of one kind of system runs over day, week and year.

    Demand at an hour is mean x hour profile x month profile x noise; the product is normalised
    so that its mean over a year without growth is the mean demand.
    """

    title: Text = Field(description="Name of the class")
    share: float = Field(description="Relative share of systems", ge=0)
    workday: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)] = Field(
        description="Relative demand by hour of a working day"
    )
    restday: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)] = Field(
        description="Relative demand by hour of a day off, in the same units"
    )
    months: Annotated[tuple[float, ...], Field(min_length=12, max_length=12)] = Field(
        description="Relative demand by month"
    )
    noise: Quantity = quantity("1", 0, 0.5, "Std. deviation of the square root of demand over its mean")
    day_share: Quantity = quantity("1", 0, 1, "Share of noise variance that lasts a day")
    hour_share: Quantity | None = quantity(
        "1",
        0,
        1,
        "Share of noise variance that lasts an hour; the rest changes with every step (steps of an "
        "hour: the same)",
        default=None,
    )
    common_share: Quantity = quantity("1", 0, 1, "Share of noise variance common to the class")


class Demand(Spec):
    """Demand of the systems and its growth."""

    classes: dict[Name, DemandClass] = Field(description="Classes of demand", min_length=1)
    growth_per_year: Quantity = quantity("1/yr", -0.5, 3, "Growth of demand of a running system")
    rebound_per_year: Quantity = quantity(
        "1/yr", 0, 3, "Extra growth on the cloud because capacity is easy to get"
    )
    model: str | None = Field(
        default=None,
        description="Workload model in place of the built-in one: FILE.py:CLASS or MODULE:CLASS",
        min_length=3,
    )
    model_options: dict[Name, str | bool | int | float] = Field(
        default={}, description="Arguments of that class by name; 'path' starts at the scenario's folder"
    )
    model_sha256: str | None = Field(
        default=None, description="SHA-256 of the model's file, filled in when a scenario is read"
    )
    source: str = Field(description="Where the profiles come from")
    grade: Grade = Field(description="How sure: S, W or A")
