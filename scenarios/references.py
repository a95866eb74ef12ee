"""Checks between sections: names that must exist, dates, shares, curves.

They work on the tree, before and beside the schema, so that one wrong field does not hide another:
whatever has the wrong type here is skipped, for the schema reports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import MAXYEAR, date, timedelta
from difflib import get_close_matches

from .errors import Problem
from .likeness import check_likeness
from .listed.check import check_listed
from .owned_references import check_owned
from .plausible import check_plausible
from .policy_references import check_policy
from .site_references import check_places, check_sites
from .tree import Mark, Node, Path, at, children, matches, one_match

# Where a name is used (* is any key or position; a trailing @ means the keys of the mapping) -> where it
# is defined.
_REFERENCES: tuple[tuple[str, str], ...] = (
    ("baseline", "alternatives"),
    ("claims.*.alternatives.*", "alternatives"),
    ("claims.*.against", "alternatives"),
    ("claims.*.levels.*", "estate.levels"),
    ("claims.*.classes.*", "demand.classes"),
    ("servers.models.*.curve", "hardware.curves"),
    ("rooms.*.ups", "hardware.ups"),
    ("estate.levels.*.vertical_lines.@", "lines"),
    ("alternatives.*.cloud.ups", "hardware.ups"),
    ("alternatives.*.cloud.host_types.*.curve", "hardware.curves"),
    ("alternatives.*.cloud.access_line.*", "lines"),
    ("alternatives.*.migration.interim_line", "lines"),
    ("estate.places.*.units.@", "estate.levels"),
    ("estate.places.*.seat_of.*", "estate.levels"),
    ("alternatives.*.cloud.sites.*.place", "estate.places"),
    ("alternatives.*.cloud.recovery.line.*", "lines"),
    ("alternatives.*.cloud.vcpu_per_core_by_class.@", "demand.classes"),
    ("alternatives.*.cloud.dedicated_classes.*", "demand.classes"),
    ("alternatives.*.cloud.existing.*.zone", "estate.zones"),
    ("alternatives.*.cloud.siting.pinned.*.levels.*", "estate.levels"),
    ("alternatives.*.cloud.siting.pinned.*.places.*", "estate.places"),
    ("alternatives.*.financing.paid_by.@", "estate.levels"),
    ("policy.*.alternatives.*", "alternatives"),
    ("policy.*.levels.*", "estate.levels"),
    ("policy.*.classes.*", "demand.classes"),
    ("policy.*.rest_of", "policy"),
)
_FLEET_REFERENCES = (
    ("baseline", "policies"),
    ("hosts.order.*", "hosts.models"),
    ("components.order.*", "components.models"),
)
_SHARES = (
    "estate.zones",
    "estate.mlps",
    "estate.levels.*.vertical_lines",
    "alternatives.*.financing.paid_by",
)
_LATEST_YEAR = MAXYEAR - 100  # so that every horizon ends in a year that a date can have
_PROFILES = ("demand.classes.*.workday", "demand.classes.*.restday", "demand.classes.*.months")
_DATES = (
    "alternatives.*.deadline",
    "alternatives.*.cloud.opens",
    "alternatives.*.cloud.sites.*.opens",
    "alternatives.*.cloud.recovery.by",
    "alternatives.*.financing.grant.on",
    "policy.*.by",
    "policy.*.to",
    "policy.*.date",
)
# What has no meaning for hosts that stand in rooms.
_NOT_IN_ROOMS = (
    "financing",
    "cloud.existing",
    "cloud.sites",
    "cloud.siting",
    "cloud.recovery",
    "cloud.host_types.*.limit",
    "migration.most_per_month",
    "migration.budget_cny_per_year",
    "migration.budget_cny_by_year",
)
_CLASSES_OF_ROOMS = ("closet", "room")


def check_references(tree: Node, quantities: Set[str]) -> list[Problem]:
    """Every problem between the sections of a tree.

    Args:
        quantities: paths of all quantities.
    """
    checks = (
        _curves,
        _shares,
        _weights,
        _times,
        _price_year,
        _calendar,
        _kinds,
        _purchases,
        _room_classes,
        check_places,
        check_sites,
        check_listed,
        check_owned,
        check_likeness,
        check_policy,
    )
    found = [problem for check in checks for problem in check(tree)]
    limits = check_plausible(tree, quantities)
    return [*_names(tree, _REFERENCES), *found, *_leads(tree, quantities), *limits]


def check_fleet(tree: Node) -> list[Problem]:
    """Every problem between the sections of a fleet scenario's tree."""
    return [*_names(tree, _FLEET_REFERENCES), *_watts(tree, "hosts.models.*.watts")]


def _used(tree: Node, pattern: str) -> Iterator[tuple[Path, Mark, str]]:
    """Path, place and text of every name used where the pattern says."""
    if pattern.endswith(".@"):
        for path, _, node in matches(tree, pattern.removesuffix(".@")):
            yield from (((*path, key), entry.mark, str(key)) for key, entry in children(node))
        return
    for path, _, node in matches(tree, pattern):
        if isinstance(node.value, str):
            yield path, node.mark, node.value


def _names(tree: Node, references: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for used, defined in references:
        table = one_match(tree, defined)
        if table is None or not isinstance(table.value, dict):
            continue
        names = [str(key) for key in table.value]
        for path, mark, name in _used(tree, used):
            if name not in names:
                close = get_close_matches(name, names, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(names) or 'none'}"
                yield at(mark, path, f"got {name!r}, must be a name in {defined} ({hint})")


def _leads(tree: Node, quantities: Set[str]) -> Iterator[Problem]:
    """Quantities named to come first must exist."""
    for path, mark, name in _used(tree, "study.lead.*"):
        if name not in quantities:
            close = get_close_matches(name, quantities, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            yield at(mark, path, f"got {name!r}, must be the path of a quantity{hint}")


def _numbers(node: Node) -> list[float]:
    """Numbers directly below a node; empty if anything else is there."""
    values = [entry.node.value for _, entry in children(node)]
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return numbers if len(numbers) == len(values) else []


def _curves(tree: Node) -> Iterator[Problem]:
    yield from _watts(tree, "hardware.curves.*.watts")


def _watts(tree: Node, pattern: str) -> Iterator[Problem]:
    for path, _, node in matches(tree, pattern):
        if not isinstance(node.value, list):
            continue  # the schema says so
        watts = _numbers(node)
        for i in range(1, len(watts)):
            if watts[i] < watts[i - 1]:
                message = f"got {watts[i]:g} after {watts[i - 1]:g}, must not decrease"
                yield at(node.value[i].mark, (*path, i), message)


def _shares(tree: Node) -> Iterator[Problem]:
    for pattern in (*_SHARES, *_PROFILES):
        for path, mark, node in matches(tree, pattern):
            numbers = _numbers(node)
            for (key, entry), number in zip(children(node), numbers, strict=False):
                if number < 0:
                    yield at(entry.node.mark, (*path, key), f"got {number:g}, must be at least 0")
            if numbers and min(numbers) >= 0 and sum(numbers) == 0:
                yield at(mark, path, "got a sum of 0, must be more than 0")


def _weights(tree: Node) -> Iterator[Problem]:
    """Weights that stand in one field of several entries."""
    for section, name in (("demand.classes", "share"), ("estate.levels", "units")):
        fields = [node.value for _, _, node in matches(tree, f"{section}.*.{name}")]
        numbers = [v for v in fields if isinstance(v, int | float)]
        if numbers and len(numbers) == len(fields) and sum(numbers) == 0:
            path, mark, _ = next(matches(tree, section))
            yield at(mark, path, f"got a sum of {name} of 0, must be more than 0")
    yield from _occupied(tree)


def _occupied(tree: Node) -> Iterator[Problem]:
    """Units without any weight of systems or rooms could hold none."""
    for name in ("systems_weight", "rooms_weight"):
        found = list(matches(tree, f"estate.levels.*.{name}"))
        numbers = [node.value for _, _, node in found if isinstance(node.value, int | float)]
        if numbers and len(numbers) == len(found) and sum(numbers) == 0:
            path, mark, _ = next(matches(tree, "estate.levels"))
            yield at(mark, path, f"got a sum of {name} of 0, must be more than 0")


def _horizon(tree: Node) -> tuple[date, date] | None:
    """First day of the scenario, and the first day after it."""
    start, years = one_match(tree, "time.start"), one_match(tree, "time.years")
    if (
        start is None
        or years is None
        or not isinstance(start.value, date)
        or not isinstance(years.value, int)
    ):
        return None
    if not 1 <= years.value <= 100 or start.value.day != 1 or start.value.year > _LATEST_YEAR:
        return None
    return start.value, start.value.replace(year=start.value.year + years.value)


def _times(tree: Node) -> Iterator[Problem]:
    start = one_match(tree, "time.start")
    if start is not None and isinstance(start.value, date) and start.value.day != 1:
        yield at(start.mark, ("time", "start"), f"got {start.value}, must be the first day of a month")
    if start is not None and isinstance(start.value, date) and start.value.year > _LATEST_YEAR:
        message = f"got {start.value}, must be no later than {_LATEST_YEAR}-12-01"
        yield at(start.mark, ("time", "start"), message)
    horizon = _horizon(tree)
    if horizon is None:
        return
    first, end = horizon
    for pattern in _DATES:
        for path, _, node in matches(tree, pattern):
            if isinstance(node.value, date) and not first <= node.value < end:
                message = (
                    f"got {node.value}, must be from {first} until before {end}, the time simulated "
                    "(time.start, time.years)"
                )
                yield at(node.mark, path, message)
    for path, _, node in matches(tree, "alternatives.*.migration.budget_cny_by_year"):
        last = (end - timedelta(days=1)).year
        for year, entry in children(node):
            if isinstance(year, int) and not first.year <= year <= last:
                yield at(entry.mark, (*path, year), f"got {year}, must be a year from {first.year} to {last}")
    for path, _, node in matches(tree, "alternatives.*"):
        opens, deadline = one_match(node, "cloud.opens"), one_match(node, "deadline")
        if opens is None or deadline is None:
            continue
        if (
            isinstance(opens.value, date)
            and isinstance(deadline.value, date)
            and deadline.value < opens.value
        ):
            message = f"got {deadline.value}, must not be before the cloud opens ({opens.value})"
            yield at(deadline.mark, (*path, "deadline"), message)


def _price_year(tree: Node) -> Iterator[Problem]:
    """Prices are those of the first year simulated; nothing is carried over from another."""
    start, year = one_match(tree, "time.start"), one_match(tree, "time.price_year")
    if start is None or year is None or not isinstance(start.value, date) or not isinstance(year.value, int):
        return
    if year.value != start.value.year:
        message = f"got {year.value}, must be {start.value.year}, the first year simulated"
        yield at(year.mark, ("time", "price_year"), message)


def _calendar(tree: Node) -> Iterator[Problem]:
    """Every year simulated has its holidays: a calendar that ends early would pass unnoticed."""
    horizon, listed = _horizon(tree), one_match(tree, "calendar.rest_days")
    if horizon is None or listed is None:
        return
    days = [node.value for _, _, node in matches(tree, "calendar.rest_days.*")]
    covered = {day.year for day in days if isinstance(day, date)}
    first, last = horizon[0], horizon[1] - timedelta(days=1)
    missing = [str(year) for year in range(first.year, last.year + 1) if year not in covered]
    if missing:
        message = f"got no day off in {', '.join(missing)}, must cover every year simulated"
        yield at(listed.mark, ("calendar", "rest_days"), message)


def _kinds(tree: Node) -> Iterator[Problem]:
    """What each kind of alternative needs and what it must not have."""
    for path, mark, node in matches(tree, "alternatives.*"):
        kind = one_match(node, "kind")
        given = {
            name
            for name in ("cloud", "migration", "deadline", "financing")
            if (part := one_match(node, name)) is not None and part.value is not None
        }
        if kind is not None and kind.value in ("consolidate", "virtualise"):
            for name in sorted({"cloud", "migration"} - given):
                message = f"got nothing, must be given where kind is {kind.value!r}"
                yield at(mark, (*path, name), message)
        if kind is not None and kind.value == "virtualise":
            for name in _NOT_IN_ROOMS:
                for below, place, found in matches(node, name):
                    if found.value:
                        message = f"got {below[-1]!r}, must be left out where kind is 'virtualise'"
                        yield at(place, (*path, *below), message)
        if kind is not None and kind.value == "keep":
            for name in sorted(given):
                place = next(m for _, m, _ in matches(node, name))
                yield at(place, (*path, name), f"got a {name}, must be left out where kind is 'keep'")


def _purchases(tree: Node) -> Iterator[Problem]:
    """Years in which a server model was on sale must not run backwards."""
    for path, _, node in matches(tree, "servers.models.*"):
        first, last = one_match(node, "from_year"), one_match(node, "to_year")
        if first is None or last is None:
            continue
        if isinstance(first.value, int) and isinstance(last.value, int) and last.value < first.value:
            message = f"got {last.value}, must not be before from_year ({first.value})"
            yield at(last.mark, (*path, "to_year"), message)


def _room_classes(tree: Node) -> Iterator[Problem]:
    """Both size classes are drawn, so both must be described."""
    found = next(matches(tree, "rooms"), None)
    if found is None or not isinstance(found[2].value, dict):
        return
    for name in _CLASSES_OF_ROOMS:
        if name not in found[2].value:
            yield at(found[1], ("rooms", name), "got nothing, must be given")
