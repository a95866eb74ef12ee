"""Sections on when nothing moves; what must have moved by when is a matter of policy."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from .quantity import Spec


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
