"""What a cloud and the way to it need, by the number of systems that move.

The bundled programmes have 100 to 100,000 systems; their team, staff and platform cost follow these rules
within a factor of two (docs/inventories.md has the table). All are project assumptions, grade A, with wide
ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

EFFORT_DAYS = 14.0  # most likely person-days to move a system, as in library/clouds
WORK_DAYS = 220.0  # of a person in a year
PEAK = 1.3  # most people at once over the mean of a year
STAFF_PER_ROOT = 0.7
PLATFORM_CNY_PER_ROOT = 50_000.0
LINES_PER_SYSTEM = 0.5
LINES_PER_ROOM = 1.5


@dataclass(frozen=True)
class Scaled:
    """A range and how it was come by."""

    low: float
    mode: float
    high: float
    source: str
    spread: float = 0.0

    @property
    def text(self) -> str:
        """As a scenario has it."""
        low, mode, high = (f"{value:.15g}" for value in (self.low, self.mode, self.high))
        spread = f" spread: {self.spread:g}," if self.spread else ""
        return f"{{ low: {low}, mode: {mode}, high: {high},{spread} source: {self.source}, grade: A }}"


def effort_days(of_system: Mapping[str, Any], part: float) -> Scaled:
    """Person-days to move what is a part of a system, from those of a whole one (triangular)."""
    low, mode, high = (_round(of_system[key] * part) for key in ("low", "mode", "high"))
    source = f"project assumption; {part:.2g} of that for a system"
    return Scaled(low, mode, high, source, of_system.get("spread", 0.0))


def team_fte(systems: int) -> Scaled:
    """Most people who move systems at once: all moves done in about a year."""
    mode = max(systems * EFFORT_DAYS / WORK_DAYS * PEAK, 2.0)
    source = f"project assumption; {systems} systems of {EFFORT_DAYS:g} person-days in a year"
    return Scaled(max(_round(mode * 0.6), 1.0), _round(mode), _round(mode * 1.6), source)


def staff_fte(systems: int) -> Scaled:
    """Staff of the cloud centre."""
    mode = STAFF_PER_ROOT * sqrt(systems)
    source = f"project assumption; {STAFF_PER_ROOT:g} times the square root of {systems} systems"
    return Scaled(_round(mode * 0.5), _round(mode), _round(mode * 2), source)


def platform_cny_per_year(systems: int) -> Scaled:
    """Running the platform, whatever its size."""
    mode = PLATFORM_CNY_PER_ROOT * sqrt(systems)
    source = f"project assumption; {PLATFORM_CNY_PER_ROOT:g} CNY times the square root of {systems} systems"
    return Scaled(_round(mode * 0.3), _round(mode), _round(mode * 2.5), source)


def vertical_lines(systems: int, rooms: int) -> Scaled:
    """Dedicated lines where no list names any.

    The lesser of two: a list of virtual machines has more systems than a survey would.
    """
    mode = min(LINES_PER_SYSTEM * systems, LINES_PER_ROOM * rooms)
    each = f"{LINES_PER_SYSTEM:g} a system or {LINES_PER_ROOM:g} a room if less"
    source = f"project assumption; {each} as in the bundled programmes"
    return Scaled(_round(mode * 0.4), _round(mode), _round(mode * 2), source)


def worlds(servers: int) -> int:
    """Worlds to draw: fewer of a large estate, which varies less and takes longer."""
    return 64 if servers <= 3_000 else 32 if servers <= 20_000 else 12 if servers <= 80_000 else 6


def _round(value: float) -> float:
    """Two significant digits."""
    return float(f"{value:.2g}")
