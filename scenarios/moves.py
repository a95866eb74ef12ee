"""Sections on the rules of moving: when nothing moves, what must have moved by when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .quantity import Spec
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


class Mandate(Spec):
    """From a date on, what is new or due for renewal must be on the cloud; the rest is exempt until then."""

    first: date = Field(alias="from", description="First day on which it holds")
    scope: Literal["new", "upgraded"] = Field(
        description="New systems, or systems of which a server falls due for renewal"
    )
    levels: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Levels of government (keys of estate.levels)"
    )


class Coverage(Spec):
    """Every department with systems that move has one on the cloud; a room stands for a department."""

    by: date = Field(description="Last day by which it must have")
    levels: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Levels of government (keys of estate.levels)"
    )
