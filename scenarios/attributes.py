"""The reference of every field a scenario can have, from the schema itself.

``python -m roomfold.scenarios.attributes`` prints docs/attributes.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .fleet import FleetScenario
from .quantity import Quantity
from .schema import Scenario
from .validate import allowed_range, inner, sections

_WORDS = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "true or false",
    date: "date",
    Quantity: "quantity",
}
_SECTION = "section"
INCLUDE = "Files laid under this one: library:FILE, or a path below its folder"
OVERRIDES = "Changes laid on the scenario when it is asked for as NAME@OVERRIDE; each a scenario in part"
MATRIX = "Lists of overrides (or base), one of each of which makes a variant"


@dataclass(frozen=True)
class Attribute:
    """One field: where it stands, what it may be, and what it means."""

    path: str
    type: str
    unit: str
    default: str
    allowed: str
    description: str


def attributes(kind: type[Scenario] | type[FleetScenario] = Scenario) -> list[Attribute]:
    """Every field of a scenario, in schema order; ``<name>`` stands for any name, ``<n>`` for a position."""
    return [
        Attribute("include", "list of text", "", "none", "", INCLUDE),
        Attribute("overrides", "section by name", "", "none", "", OVERRIDES),
        Attribute("matrix", "list of list of text", "", "none", "", MATRIX),
        *_section(kind, ""),
    ]


def _section(kind: type[BaseModel], prefix: str) -> Iterator[Attribute]:
    for name, info in kind.model_fields.items():
        yield from _field(f"{prefix}{info.alias or name}", info)


def _field(path: str, info: FieldInfo) -> Iterator[Attribute]:
    kind = inner(info.annotation)
    description = info.description or _first_line(kind)
    if kind is Quantity:
        unit, low, high = allowed_range(info)
        yield Attribute(path, "quantity", unit, _default(info), f"{low:.15g} ... {high:.15g}", description)
        return
    unit, allowed = "", _allowed(info, kind)
    if get_origin(kind) is dict and inner(get_args(kind)[1]) is Quantity:
        unit, low, high = allowed_range(info)
        allowed = f"{low:.15g} ... {high:.15g}"
    yield Attribute(path, _type(kind), unit, _default(info), allowed, description)
    for field, kinds in (sections(get_args(kind)[1]) if get_origin(kind) is dict else {}).items():
        for value, chosen in kinds.items():
            yield from _section(chosen, f"{path}.<name, {field}: {value}>.")
        return
    path, model = _below(path, kind)
    if model is not None and model is not Quantity:
        yield from _section(model, f"{path}.")


def _below(path: str, kind: Any) -> tuple[str, type[BaseModel] | None]:
    """The section inside a field, and the path to it."""
    if get_origin(kind) is dict:
        return _below(f"{path}.<name>", inner(get_args(kind)[1]))
    if get_origin(kind) is tuple:
        return _below(f"{path}.<n>", inner(get_args(kind)[0]))
    return path, kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _type(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "choice"
    if get_origin(kind) is dict:
        return f"{_type(inner(get_args(kind)[1]))} by name"
    if get_origin(kind) is tuple:
        return f"list of {_type(inner(get_args(kind)[0]))}"
    return _WORDS.get(kind, _SECTION)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    if isinstance(info.default, Quantity):
        low, high = info.default.support
        return f"{low:.15g} ... {high:.15g}" if low < high else f"{low:.15g}"
    if info.default in (None, (), {}):
        return "none"
    return ", ".join(map(str, info.default)) if isinstance(info.default, tuple) else str(info.default).lower()


def _allowed(info: FieldInfo, kind: Any) -> str:
    choices = _choices(kind)
    if choices:
        return ", ".join(map(str, choices))
    signs = {"ge": ">= ", "gt": "> ", "le": "<= ", "lt": "< "}
    found = [(key, getattr(item, key)) for item in info.metadata for key in signs if hasattr(item, key)]
    limits = [f"{signs[key]}{limit}" for key, limit in found]
    lengths = [getattr(item, "min_length", None) for item in info.metadata]
    most = [getattr(item, "max_length", None) for item in info.metadata]
    if any(most):
        limits.append(f"{max(n for n in most if n)} entries")
    elif any(lengths):
        limits.append("not empty")
    return ", ".join(limits)


def _choices(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) is tuple:
        return _choices(inner(get_args(kind)[0]))
    if get_origin(kind) is dict:
        return _choices(inner(get_args(kind)[0]))
    return ()


def _first_line(kind: Any) -> str:
    return (getattr(kind, "__doc__", None) or "").strip().partition("\n")[0]


def markdown() -> str:
    """The reference page docs/attributes.md."""
    lines = [
        "# Fields of a scenario",
        "",
        "This page is made from the schema: `python -m roomfold.scenarios.attributes > docs/attributes.md`.",
        "",
        "`<name>` stands for any name you choose, `<n>` for a position in a list counted from 0. A field",
        "without a default must be given. A *quantity* is a number or one of",
        "`{value}`, `{low, mode, high}` (triangular), `{dist: uniform, low, high}`,",
        "`{dist: lognormal, mode, gsd}`, each with `unit`, `source`, `grade` (S well-sourced, W weak,",
        "A assumed) and `spread` (coefficient of variation between rooms, servers ... of one world).",
        "",
        "## Estate scenarios",
        "",
        *_table(Scenario),
        "",
        "## Fleet scenarios (`kind: fleet`)",
        "",
        *_table(FleetScenario),
    ]
    return "\n".join(lines) + "\n"


def _table(kind: type[Scenario] | type[FleetScenario]) -> list[str]:
    lines = [
        "| field | type | unit | default | allowed | meaning |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in attributes(kind):
        cells = (f"`{row.path}`", row.type, row.unit, row.default, row.allowed, row.description)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


if __name__ == "__main__":
    import sys

    sys.stdout.write(markdown())
