"""From what somebody asks for to paths of a statement: a path, a name, a claim, or a number as printed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any

from ..messages import LANGS, MILLION, WAN, YI, say
from .leaves import MIDDLE, PARTS, at, figures, leaves, names
from .opened import STATEMENT, Opened

# Whose numbers stand first, where several print alike.
_ORDER = ("savings", "claims", "staff_fte_freed", "energy_saved_kwh_per_year", "by_level", "money", "metrics")
_LEFT_OUT = ("drivers", "uncertainty", "definitions")  # looked through only if nothing else prints so
_MINUS = "\N{MINUS SIGN}"  # as some print it
_SCALE = re.compile(r"([^\W\d]+|%)\W(\d[\de.]*)")  # a unit, a sign, and what it multiplies with
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?![A-Za-z_.])")
_MOST_CLOSE = 3
_MONEY = ("CNY", "CNY/yr")
_HALF = 0.5 + 1e-9
_SAID = 3  # digits of a number in a sentence
_SPAN = (MIDDLE, "p10", "p90")  # as a cell prints them; a range alone is the last two
_MOST_NUMBERS = len(_SPAN)


@dataclass(frozen=True)
class Printed:
    """A number as it was printed.

    Attributes:
        value: without its scale; ``half`` half a unit of its last digit.
        scale: what its unit says it is to be multiplied with; None if it says nothing.
    """

    value: float
    half: float
    scale: float | None


def find(run: Opened, text: str) -> list[str]:
    """Paths of what is asked for; several where several print so, or a claim is counted in several ways.

    Raises:
        InputError: if nothing in the statement is called so, or prints so.
    """
    wanted = text.strip()
    found = _called(run.statement, wanted)
    if not found:
        found = _print_so(run, wanted)
    if found:
        return found
    known = [*names(run.statement), *(path for path, _ in figures(run.statement))]
    known += [path for path, _ in leaves(run.statement)]
    close = get_close_matches(wanted, known, n=_MOST_CLOSE)
    hint = f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""
    raise run.wrong(
        STATEMENT, f"got {text!r}, must be a path, a name or a number that stands there{hint}", "NUMBER"
    )


def _called(statement: Mapping[str, Any], wanted: str) -> list[str]:
    """Paths by path or name; every way of counting a claim by its id."""
    there = at(statement, wanted)
    if isinstance(there, int | float) and not isinstance(there, bool):
        return [wanted]
    if isinstance(there, Mapping) and there.keys() >= set(PARTS):
        return _part(statement, wanted, MIDDLE)
    by_name = names(statement)
    if wanted not in by_name and wanted.lower() in by_name:  # PUE, as pages print it
        wanted = wanted.lower()
    if wanted in by_name:
        return _part(statement, by_name[wanted], MIDDLE)
    head, _, part = wanted.rpartition(".")
    if part in PARTS and head in by_name:
        return _part(statement, by_name[head], part)
    claims = [f"claims.{row}.stat" for row, c in enumerate(statement.get("claims", ())) if c["id"] == wanted]
    return [path for claim in claims for path in _part(statement, claim, MIDDLE)]


def _part(statement: Mapping[str, Any], figure: str, part: str) -> list[str]:
    """Path of a part of a figure, the next that there is if it has none; nothing if it has none at all."""
    for each in (part, "mean", *PARTS):
        if isinstance(at(statement, f"{figure}.{each}"), int | float):
            return [f"{figure}.{each}"]
    return []


@cache
def _scales() -> dict[str, float]:
    """What words and signs behind a number multiply it with, in any language; longer ones first."""
    pairs = [pair for lang in LANGS for pair in _SCALE.findall(say(lang, "explain.scales"))]
    return {word: float(size) for word, size in sorted(pairs, key=lambda pair: -len(pair[0]))}


@cache
def _between() -> re.Pattern[str]:
    """What stands between the ends of a range."""
    signs = [sign for lang in LANGS for sign in say(lang, "explain.between.signs").split("|")]
    return re.compile(rf"(?<=[\d%])\s*(?:{'|'.join(map(re.escape, signs))})\s*(?=-?\d)")


def _print_so(run: Opened, text: str) -> list[str]:
    """Paths of what prints so; where that tells nothing or not enough, of what a sentence would say so.

    Sentences round to three digits (9560万元), and call a loss an outlay, without its minus.
    """
    numbers = printed(text)
    found = _printing(run.statement, numbers)
    if found and same_number(run, found):
        return found
    rounded = numbers
    if not found:
        rounded = [replace(each, half=max(each.half, _half_of_three(each.value))) for each in numbers]
        found = _printing(run.statement, rounded)
    if len(numbers) == 1:
        found += _printing(run.statement, [replace(rounded[0], value=-rounded[0].value)])
    return sorted(dict.fromkeys(found), key=_place)


def _half_of_three(value: float) -> float:
    """Half a unit of the third digit of a number that may have been rounded to three; 0 if it was not."""
    unit = 10.0 ** (len(f"{abs(value):.0f}") - _SAID)
    return _HALF * unit if unit > 1 and value % unit == 0 else 0.0


def printed(text: str) -> list[Printed]:
    """The number in a text, both ends of a range, or a median with its range; nothing for more, or none."""
    text = _between().sub(" | ", text.replace(_MINUS, "-"))
    matches = list(_NUMBER.finditer(text))
    if not 1 <= len(matches) <= _MOST_NUMBERS:
        return []
    found = []
    for match, after in zip(matches, [*(later.start() for later in matches[1:]), len(text)], strict=True):
        digits = match.group().replace(",", "")
        decimals = len(digits.partition(".")[2])
        own = _scale(text[match.end() : after])  # 6590万元～1.46亿元; else one for both, 61–138 万元
        found.append(Printed(float(digits), _HALF * 10.0**-decimals, _scale(text) if own is None else own))
    return found


def _scale(text: str) -> float | None:
    """What the unit in a text says that its number is to be multiplied with; None if it has none."""
    return next((size for unit, size in _scales().items() if unit in text), None)


def _printing(statement: Mapping[str, Any], numbers: list[Printed]) -> list[str]:
    """Paths of figures that print so, those of the first page first; none if there is no number."""
    if not numbers:
        return []
    if len(numbers) > 1:
        parts = _SPAN[-len(numbers) :]
        ends = [
            path
            for path, figure in figures(statement)
            if all(_prints(figure[part], figure["unit"], n) for part, n in zip(parts, numbers, strict=True))
        ]
        found = [path for figure in ends for path in _part(statement, figure, MIDDLE)]
    else:
        found = [path for path, value, unit in _numbers(statement) if _prints(value, unit, numbers[0])]
    plain = [path for path in found if path.split(".")[0] not in _LEFT_OUT]
    return sorted(plain or found, key=_place)


def _place(path: str) -> tuple[int, int]:
    head, part = path.split(".")[0], path.rpartition(".")[2]
    order = _ORDER.index(head) if head in _ORDER else len(_ORDER)
    return (part not in (MIDDLE, "published"), order)


def _numbers(statement: Mapping[str, Any]) -> Iterator[tuple[str, float, str]]:
    """Path, value and unit of every number."""
    units = {path: str(figure["unit"]) for path, figure in figures(statement)}
    for path, value in leaves(statement):
        yield path, value, units.get(path.rpartition(".")[0], "")


def _prints(value: float | None, unit: str, number: Printed) -> bool:
    """Whether a value is printed as a number: in its own unit, or as reports scale it."""
    if value is None:
        return False
    if number.scale is not None:
        scales = [number.scale]
    elif unit in _MONEY:
        scales = [MILLION, WAN, YI, 1.0]
    elif unit in ("1", "", "1/yr"):
        scales = [1.0, 0.01]
    else:
        scales = [1.0, 1e6, WAN] if unit.startswith("kWh") else [1.0]
    return any(abs(value / scale - number.value) <= number.half for scale in scales)


def same_number(run: Opened, paths: list[str]) -> bool:
    """Whether paths lead to one number that stands at several places."""
    values = [at(run.statement, path) for path in paths]
    first = values[0]
    return isinstance(first, int | float) and all(
        isinstance(v, int | float) and math.isclose(v, first, rel_tol=1e-12) for v in values
    )
