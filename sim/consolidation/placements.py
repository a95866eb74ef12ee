"""Where does a component go? To the feasible host with the least score, the lowest id of equals.

A placement is a plain function ``(power_before_w, power_after_w, utilisation_after, is_on) -> float``. A
host is feasible if its cores, free CPU, memory and bandwidth suffice and it would not become overloaded.
"""

# ruff: noqa: ARG001 (a protocol's functions take what it names, whether they need it or not)

from __future__ import annotations

from typing import Protocol


class Placement(Protocol):
    """Scores a feasible host; the least score wins."""

    def __call__(
        self, power_before_w: float, power_after_w: float, utilisation_after: float, is_on: bool
    ) -> float: ...


def least_power_increase(
    power_before_w: float, power_after_w: float, utilisation_after: float, is_on: bool
) -> float:
    """PABFD: the least increase of power (components come in order of decreasing demand)."""
    return power_after_w - power_before_w
