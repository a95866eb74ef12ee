"""What a scenario assumes: every value with its grade and source, the least sure first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

from .assets import Ups
from .demand import Demand
from .fleet import ComponentModel, Control, FleetScenario, HostModel
from .quantity import Quantity
from .schema import Scenario
from .terms import Grade
from .tree import dotted

GRADES: tuple[Grade, ...] = ("A", "W", "S")
_HEADERS = ("grade", "path", "value", "unit", "source")
_GAP = "  "
_LEAST_SOURCE = 40


@dataclass(frozen=True)
class Assumption:
    """One value of a scenario and how sure it is."""

    path: str
    value: str
    unit: str
    grade: Grade
    source: str


def assumptions(scenario: Scenario | FleetScenario) -> list[Assumption]:
    """Every graded value: assumed (A), then weak (W), then well sourced (S), each in schema order.

    What alternatives share (``like``) is one value.
    """
    rows = dict.fromkeys(_graded(scenario, ()))
    return sorted(rows, key=lambda row: GRADES.index(row.grade))


def counts(rows: Sequence[Assumption]) -> dict[Grade, int]:
    """Number of values of each grade, A, W, S."""
    found = Counter(row.grade for row in rows)
    return {grade: found[grade] for grade in GRADES}


def value_text(quantity: Quantity) -> str:
    """A quantity in a few characters: ``0.55 / 0.68 / 0.85`` is low / mode / high."""
    return level_text(quantity) + (f", spread {quantity.spread:g}" if quantity.spread else "")


def level_text(quantity: Quantity) -> str:
    """The same without the spread between entities."""
    if quantity.dist == "lognormal":
        return f"{quantity.mode:g} x/÷ {quantity.gsd:g}"
    if quantity.dist == "fixed":
        return f"{quantity.value:.15g}"
    numbers = (quantity.low, quantity.mode, quantity.high)
    return " / ".join(f"{number:.15g}" for number in numbers if number is not None)


def table(rows: Sequence[Assumption], width: int = 110) -> str:
    """The rows as an aligned table, and a last line with the counts.

    Chinese characters count as two columns. Sources are cut so that lines fit ``width`` columns where
    they can; 0 cuts nothing.
    """
    cells = [_HEADERS, *((r.grade, r.path, r.value, r.unit, r.source or "(none)") for r in rows)]
    widths = [max(columns(row[i]) for row in cells) for i in range(len(_HEADERS) - 1)]
    left = width - sum(widths) - len(_GAP) * len(widths)
    lines = []
    for row in cells:
        source = _cut(row[-1], max(left, _LEAST_SOURCE)) if width else row[-1]
        padded = [text + " " * (w - columns(text)) for text, w in zip(row, widths, strict=False)]
        lines.append(_GAP.join((*padded, source)).rstrip())
    number = counts(rows)
    lines.append(f"{number['A']} assumed (A), {number['W']} weak (W), {number['S']} well sourced (S)")
    return "\n".join(lines)


def columns(text: str) -> int:
    """Columns a text takes in a terminal."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, width: int) -> str:
    text = " ".join(text.split())
    if columns(text) <= width:
        return text
    while text and columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _graded(value: object, path: tuple[str | int, ...]) -> Iterator[Assumption]:
    if isinstance(value, Quantity):
        yield Assumption(value.path, value_text(value), value.unit or "", value.grade, value.source)
        return
    if isinstance(value, Ups):
        text = f"{value.a0:g} + {value.a1:g} x + {value.a2:g} x2"
        yield Assumption(dotted(path), text, "1", value.grade, value.source)
        return
    if isinstance(value, Control):
        yield from _settings(value, path)
        return
    if isinstance(value, HostModel | ComponentModel):
        throughput = value.cores * value.core_mips if isinstance(value, HostModel) else value.mips
        text = f"{throughput:g} MIPS, {value.memory_mb:g} MB"
        yield Assumption(dotted(path), text, "", value.grade, value.source)
        return
    if isinstance(value, Demand):
        profiles = f"{len(value.classes)} profiles"
        yield Assumption(dotted((*path, "classes")), profiles, "", value.grade, value.source)
    for key, item in _children(value):
        yield from _graded(item, (*path, key))


def _settings(control: Control, path: tuple[str | int, ...]) -> Iterator[Assumption]:
    """The controller's settings; what the scenario sets otherwise is its own assumption."""
    for name, info in Control.model_fields.items():
        value, extra = getattr(control, name), info.json_schema_extra
        assert isinstance(extra, dict)
        ours = value == info.default
        grade = next(g for g in GRADES if g == (extra["x-grade"] if ours else "A"))
        source = str(extra["x-source"]) if ours else "set in the scenario"
        unit = "s" if name.endswith("_s") else "count" if name.endswith("_steps") else "1"
        yield Assumption(dotted((*path, name)), f"{value:g}", unit, grade, source)


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value)
    elif fields := getattr(type(value), "model_fields", None):
        yield from ((name, getattr(value, name)) for name in fields)
