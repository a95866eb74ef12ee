"""A quantity: a number or a distribution, with unit, source and grade."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from .elementary import exp, log, normal_quantile

Float = NDArray[np.float64]

# Written unit -> factor to the declared unit. A closed list: anything else is an error.
CONVERSIONS: dict[tuple[str, str], float] = {
    ("万元", "CNY"): 1e4,
    ("万元/年", "CNY/yr"): 1e4,
    ("元", "CNY"): 1.0,
    ("元/年", "CNY/yr"): 1.0,
    ("元/kWh", "CNY/kWh"): 1.0,
    ("kCNY", "CNY"): 1e3,
    ("kCNY/yr", "CNY/yr"): 1e3,
    ("CNY/month", "CNY/yr"): 12.0,
    ("元/月", "CNY/yr"): 12.0,
    ("%", "1"): 0.01,
    ("%/yr", "1/yr"): 0.01,
    ("MB", "GB"): 1 / 1024,
    ("TB", "GB"): 1024.0,
    ("Gbit/s", "Mbit/s"): 1000.0,
    ("min", "h"): 1 / 60,
    ("h", "min"): 60.0,
    ("d", "h"): 24.0,
    ("week", "d"): 7.0,
    ("month", "yr"): 1 / 12,
    ("g/kWh", "kgCO2/kWh"): 0.001,
}

_LOGNORMAL_CUT = (0.001, 0.999)


class Spec(BaseModel):
    """Base of every section: frozen, no unknown fields, quantities checked against their field."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Quantity(BaseModel):
    """A number or a distribution.

    In a file it is a bare number, or a mapping: ``{value}``, ``{low, mode, high}`` (triangular),
    ``{dist: uniform, low, high}`` or ``{dist: lognormal, mode, gsd}`` (``mode`` is the median,
    ``gsd`` the geometric standard deviation), each with ``unit``, ``source`` and ``grade``
    (``S`` well-sourced, ``W`` weak, ``A`` assumed). ``spread`` is the coefficient of variation
    between the entities of one world (rooms, servers ...) around the drawn level.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dist: Literal["fixed", "triangular", "uniform", "lognormal"] = Field(
        default="fixed", description="Shape of the distribution"
    )
    value: float | None = Field(default=None, description="The number (fixed)", allow_inf_nan=False)
    low: float | None = Field(default=None, description="Lowest value", allow_inf_nan=False)
    mode: float | None = Field(default=None, description="Most likely value", allow_inf_nan=False)
    high: float | None = Field(default=None, description="Highest value", allow_inf_nan=False)
    gsd: float | None = Field(default=None, description="Geometric standard deviation", gt=1, le=20)
    spread: float = Field(default=0.0, description="Coefficient of variation between entities", ge=0, le=3)
    unit: str | None = Field(default=None, description="Unit as written; the field's own if absent")
    source: str = Field(default="", description="Where the figure comes from")
    grade: Literal["S", "W", "A"] = Field(default="A", description="How sure: S, W or A")
    _path: str = PrivateAttr(default="")
    _bounds: tuple[float, float] = PrivateAttr(default=(-np.inf, np.inf))

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, bool):
            raise ValueError(f"got {str(data).lower()}, must be a number or a distribution")
        if isinstance(data, int | float):
            return {"value": data}
        if isinstance(data, dict) and "dist" not in data:
            keys = set(data)
            if {"low", "mode", "high"} <= keys:
                return {**data, "dist": "triangular"}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        needed = {
            "fixed": ("value",),
            "triangular": ("low", "mode", "high"),
            "uniform": ("low", "high"),
            "lognormal": ("mode", "gsd"),
        }[self.dist]
        given = {k for k in ("value", "low", "mode", "high", "gsd") if getattr(self, k) is not None}
        if given != set(needed):
            shapes = (
                "value; low, mode and high; dist: uniform with low and high; "
                "dist: lognormal with mode and gsd"
            )
            raise ValueError(f"got {' and '.join(sorted(given)) or 'no number'}, must be one of {shapes}")
        ordered = [getattr(self, k) for k in needed if k in ("low", "mode", "high")]
        if self.dist != "lognormal" and ordered != sorted(ordered):
            raise ValueError(f"got {', '.join(f'{x:g}' for x in ordered)}, must rise from low to high")
        if self.dist == "lognormal" and ordered[0] <= 0:
            raise ValueError(f"got mode {ordered[0]:g}, must be above 0 in a lognormal")
        return self

    @property
    def path(self) -> str:
        """Where the quantity stands in its scenario, e.g. ``prices.discount_rate``."""
        return self._path

    @property
    def bounds(self) -> tuple[float, float]:
        """Allowed range of the field, in its unit."""
        return self._bounds

    @property
    def support(self) -> tuple[float, float]:
        """Lowest and highest value (a lognormal is cut at its 0.1 % and 99.9 % points)."""
        if self.dist == "lognormal":
            low, high = self.ppf(np.array([0.0, 1.0]))
            return float(low), float(high)
        if self.dist == "fixed":
            assert self.value is not None
            return self.value, self.value
        assert self.low is not None and self.high is not None
        return self.low, self.high

    def ppf(self, u: Float) -> Float:
        """Values at probabilities ``u`` (inverse distribution function).

        Args:
            u: probabilities in [0, 1], any shape.

        Returns:
            Values in the field's unit, same shape.
        """
        u = np.asarray(u, dtype=np.float64)
        if self.dist == "fixed":
            assert self.value is not None
            return np.full_like(u, self.value)
        if self.dist == "lognormal":
            assert self.mode is not None and self.gsd is not None
            return self.mode * exp(log(self.gsd) * normal_quantile(np.clip(u, *_LOGNORMAL_CUT)))
        assert self.low is not None and self.high is not None
        width = self.high - self.low
        if self.dist == "uniform" or width == 0:
            return np.clip(self.low + width * u, self.low, self.high)
        assert self.mode is not None
        split = (self.mode - self.low) / width
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * width * (self.high - self.mode))
        return np.clip(np.where(u < split, rising, falling), self.low, self.high)

    def scaled(self, factor: float, unit: str) -> Quantity:
        """The same quantity in another unit."""
        changes: dict[str, Any] = {"unit": unit}
        if factor == 1:
            return self.model_copy(update=changes)
        for key in ("value", "low", "mode", "high"):
            if (number := getattr(self, key)) is not None:
                changes[key] = float(f"{number * factor:.15g}")  # 35 % is 0.35, not 0.35000000000000003
        return self.model_copy(update=changes)

    def placed(self, path: str, bounds: tuple[float, float]) -> Quantity:
        """The same quantity, knowing where it stands in its scenario and its allowed range."""
        copy = self.model_copy()
        copy._path, copy._bounds = path, bounds
        return copy


def quantity(unit: str, low: float, high: float, description: str, default: Any = ...) -> Any:
    """Declare a quantity field: its unit, allowed range and meaning, and its default if it has one."""
    return Field(
        default=default,
        description=description,
        json_schema_extra={"x-unit": unit, "x-minimum": low, "x-maximum": high},
    )
