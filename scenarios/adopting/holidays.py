"""Holidays of years that the calendar of the starting point does not have.

A calendar of the library ends where the next begins, and a scenario must have holidays in every year that it
runs through. Where it begins in one and ends in another, or outside of both, its days are written into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from ..include import LIBRARY_PREFIX
from ..tree import Node, matches
from .start import Start, of_library

_PACKAGE = __package__.rpartition(".")[0]
_FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # by law, on the same dates each year
_PER_LINE = 8
_SOURCE = (
    "calendars of roomfold's library (grade W); 1 January, 1 May and 1 to 3 October in years beyond them"
)


def calendar_lines(start: Start, years: int) -> Iterator[str]:
    """The section ``calendar`` of a scenario of so many years; nothing if the starting point's will do."""
    wanted = range(start.year, start.year + years)
    if set(wanted) <= {day.year for day in _days(start.tree, "rest_days")}:
        return
    rest, work = dict[int, list[date]](), dict[int, list[date]]()
    for tree in _calendars():
        for year, days in _by_year(tree, "rest_days").items():
            if year not in rest:
                rest[year], work[year] = days, _by_year(tree, "work_days").get(year, [])
    yield "calendar:"
    yield f'  source: "{_SOURCE}"'
    fixed = {year: [date(year, month, day) for month, day in _FIXED] for year in wanted}
    yield from _list("rest_days", [day for year in wanted for day in rest.get(year, fixed[year])])
    yield from _list("work_days", [day for year in wanted for day in work.get(year, [])])


def _calendars() -> list[Node]:
    """Those of the library, the earliest first."""
    names = sorted(item.name for item in files(_PACKAGE).joinpath("library", "calendars").iterdir())
    trees = [of_library([f"{LIBRARY_PREFIX}calendars/{name}"]) for name in names if name.endswith(".yaml")]
    return sorted(trees, key=lambda tree: min(_days(tree, "rest_days")))


def _days(tree: Node, name: str) -> list[date]:
    return [node.value for _, _, node in matches(tree, f"calendar.{name}.*") if isinstance(node.value, date)]


def _by_year(tree: Node, name: str) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for day in _days(tree, name):
        found.setdefault(day.year, []).append(day)
    return found


def _list(name: str, days: list[date]) -> Iterator[str]:
    if not days:
        yield f"  {name}: []"
        return
    yield f"  {name}: ["
    for at in range(0, len(days), _PER_LINE):
        yield "    " + ", ".join(map(str, days[at : at + _PER_LINE])) + ","
    yield "  ]"
