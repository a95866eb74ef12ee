"""What can be asked for: every number of a statement by its path, and short names of its figures.

A figure stands in ``statement.json`` as a mapping with P10, P50, P90 and mean. Its short name is that of its
column in ``worlds.parquet`` where it has one; figures of another alternative than the headline's begin with
that alternative (``keep:energy``). A claim is named by its id and its way of counting (``K2:net+staff``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PARTS = ("p10", "p50", "p90", "mean")
MIDDLE = "p50"
_LONGEST_PLACE = 10  # digits of a place in a list
# Where figures of an alternative stand: head and rest of the path, and what the name is made of.
_OF_ALTERNATIVE = {
    "energy_saved_kwh_per_year": "energy_saved",
    "energy_kwh_per_year": "energy",
    "carbon_t_per_year": "carbon",
    "embodied_carbon_t": "embodied_carbon",
    "migration_team_fte": "team_fte",
}
_FREED = {"net": "staff_fte", "rooms": "staff_fte_rooms"}


def leaves(value: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Path and value of every number below a value of a statement, in its order."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, f"{path}.{at}" if path else str(at))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def figures(value: object, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path and content of every figure over worlds."""
    if isinstance(value, Mapping):
        if value.keys() >= {*PARTS, "unit"}:
            yield path, value
            return
        for key, item in value.items():
            yield from figures(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from figures(item, f"{path}.{at}" if path else str(at))


def at(statement: object, path: str) -> object:
    """What stands at a path; None if nothing does. Keys may hold dots."""
    if not path:
        return statement
    if isinstance(statement, Mapping):
        for key, item in statement.items():
            if path == key or path.startswith(f"{key}."):
                found = at(item, path[len(str(key)) + 1 :])
                if found is not None:
                    return found
    elif isinstance(statement, list):
        head, _, rest = path.partition(".")
        if head.isascii() and head.isdigit() and len(head) < _LONGEST_PLACE and int(head) < len(statement):
            return at(statement[int(head)], rest)
    return None


def names(statement: Mapping[str, Any]) -> dict[str, str]:
    """Path of every figure that has a short name, by it, and of the parts of a claim's verdict."""
    headline = next(iter(statement.get("savings", {})), "")
    found: dict[str, str] = {}
    for path, _ in figures(statement):
        alternative, name = _named(statement, path)
        if name:
            own = alternative in ("", headline)
            found.setdefault(name if own else f"{alternative}:{name}", path)
    return found


def _named(statement: Mapping[str, Any], path: str) -> tuple[str, str]:
    """The alternative that a figure is about, and its name; no name where the path must do."""
    match path.split("."):
        case ["savings", alternative, *_, key]:
            return alternative, key
        case ["by_level", alternative, level]:
            return alternative, f"level-{level}"
        case ["staff_fte_freed", alternative, key]:
            return alternative, _FREED.get(key, key)
        case ["energy_parts_kwh_per_year", part, alternative]:
            return alternative, f"energy_{part}"
        case [
            "pue" | "utilisation" | "hosts" | "hosts_bought" | "rooms_open" | "rooms_closed" as key,
            alternative,
        ]:
            return alternative, key
        case [head, alternative] if head in _OF_ALTERNATIVE:
            return alternative, _OF_ALTERNATIVE[head]
        case ["migration_slips", alternative, key]:
            return alternative, f"slips-{key}"
        case ["service" | "recovery", alternative, key]:
            return alternative, key
        case ["money", alternative, "vendor", key] | ["money", alternative, key]:
            return alternative, key
        case ["money", alternative, "annual_saving_by_level", level]:
            return alternative, f"paid-{level}"
        case ["money", alternative, "costs" | "savings" as kind, row, "total"]:
            year = statement["money"][alternative][kind][int(row)]["year"]
            return alternative, f"{kind}-{year}"
        case ["metrics", alternative, key]:
            return alternative, f"metric-{key}"
        case ["policy", alternative, rule, key]:
            return alternative, f"rule-{rule}-{key}"
        case ["goals", alternative, key]:
            return alternative, f"goal-{key}"
        case ["claims", row, "stat"]:
            claim = statement["claims"][int(row)]
            alone = sum(other["id"] == claim["id"] for other in statement["claims"]) == 1
            same = [c for c in statement["claims"] if c["id"] == claim["id"]]
            several = len({c["alternative"] for c in same}) > 1
            name = claim["id"] if alone else f"{claim['id']}:{claim['accounting']}"
            return "", f"{claim['alternative']}:{name}" if several else name
    return "", ""
