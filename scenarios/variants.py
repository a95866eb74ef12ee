"""Variants of a scenario: named overrides in its file, and a matrix of them.

    overrides:
      dear-power:
        title: { en: dear power, zh: 高电价 }
        prices: { electricity_cny_per_kwh: 1.2 }
    matrix:
      - [base, dear-power]
      - [base, one-site, two-sites]

A scenario is asked for as ``NAME@override`` or ``NAME@one+two``; later overrides win. Each row of the
matrix is one choice, ``base`` standing for no override; all combinations of one choice a row are its
variants. An override is laid on the file as an including file is, so what it does not name keeps its
value, and its draws: variants of one scenario see the same worlds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import product
from math import prod
from pathlib import Path

from .errors import InputError, Problem
from .tree import Entry, Mapping, Mark, Node, at, describe

OVERRIDES, MATRIX = "overrides", "matrix"
BASE = "base"
MARK, PLUS, JOINED = "@", "+", "--"
MOST_VARIANTS = 1000
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Variants:
    """What a file offers.

    Attributes:
        overrides: by name, each a mapping laid on the scenario.
        rows: of the matrix: names to choose one of.
    """

    overrides: dict[str, Node] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def combinations(self) -> tuple[tuple[str, ...], ...]:
        """Overrides of each variant: of the matrix, or each alone if there is none; the plain one first."""
        found = (tuple(name for name in chosen if name != BASE) for chosen in product(*self._choices))
        return tuple(dict.fromkeys(found))

    @property
    def choices(self) -> int:
        """How many ways there are to choose, which is found at once; as many variants, or fewer."""
        return prod(len(set(row)) for row in self._choices)

    @property
    def _choices(self) -> tuple[tuple[str, ...], ...]:
        return self.rows or ((BASE, *self.overrides),)


def split(asked: str | Path) -> tuple[str | Path, tuple[str, ...]]:
    """The scenario and the overrides that a text asks for; a file of that very name is no variant."""
    text = str(asked)
    name, mark, chosen = text.rpartition(MARK)
    if not mark or not name or any(c in chosen for c in "/\\") or Path(text).exists():
        return asked, ()
    return name, tuple(chosen.split(PLUS))


def joined(asked: str | Path, chosen: Sequence[str]) -> str:
    """The text that asks for overrides of a scenario."""
    return f"{asked}{MARK}{PLUS.join(chosen)}" if chosen else str(asked)


def take(tree: Node, problems: list[Problem]) -> tuple[Node, Variants]:
    """A scenario's own tree, and the variants that stood in it."""
    assert isinstance(tree.value, dict)
    own: Mapping = {key: entry for key, entry in tree.value.items() if key not in (OVERRIDES, MATRIX)}
    overrides = _overrides(tree.value.get(OVERRIDES), problems)
    rows = _rows(tree.value.get(MATRIX), overrides, problems)
    variants = Variants(overrides, rows)
    if variants.choices > MOST_VARIANTS:
        said = MATRIX if variants.rows else OVERRIDES
        message = f"gives over {MOST_VARIANTS} variants"
        problems.append(at(tree.value[said].mark, (said,), message))
    return replace(tree, value=own), variants


def chosen_from(variants: Variants, chosen: Sequence[str], shown: str) -> list[Node]:
    """The overrides of these names.

    Raises:
        InputError: if the file has no such override, or one is named twice.
    """
    for row, name in enumerate(chosen):
        if name in chosen[:row]:
            raise InputError([Problem(shown, 0, 0, OVERRIDES, f"got {name!r} twice, must be named once")])
        if name not in variants.overrides:
            known = list(variants.overrides)
            close = get_close_matches(name, known, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else f" ({', '.join(known) or 'it has none'})"
            raise InputError(
                [Problem(shown, 0, 0, OVERRIDES, f"got {name!r}, must be one of the overrides{hint}")]
            )
    return [variants.overrides[name] for name in chosen]


def named(tree: Node, chosen: Sequence[str], titles: Sequence[Node | None]) -> Node:
    """The tree with a name and a title that say which overrides were laid on it."""
    assert isinstance(tree.value, dict)
    value = dict(tree.value)
    name = value.get("name")
    if name is not None and isinstance(name.node.value, str):
        text = JOINED.join((name.node.value, *chosen))
        value["name"] = Entry(name.mark, replace(name.node, value=text))
    title = value.get("title")
    if title is not None and isinstance(title.node.value, dict):
        value["title"] = Entry(title.mark, _titled(title.node, chosen, titles))
    return replace(tree, value=value)


def _titled(title: Node, chosen: Sequence[str], titles: Sequence[Node | None]) -> Node:
    assert isinstance(title.value, dict)
    value = dict(title.value)
    for key, sign in (("en", ": "), ("zh", "：")):
        old = value.get(key)
        if old is None or not isinstance(old.node.value, str):
            continue
        parts = [_part(own, key) or name for own, name in zip(titles, chosen, strict=True)]
        comma = ", " if key == "en" else "、"
        text = f"{old.node.value}{sign}{comma.join(parts)}"
        value[key] = Entry(old.mark, replace(old.node, value=text))
    return replace(title, value=value)


def _part(title: Node | None, language: str) -> str | None:
    if title is None or not isinstance(title.value, dict) or language not in title.value:
        return None
    text = title.value[language].node.value
    return text if isinstance(text, str) else None


def _overrides(entry: Entry | None, problems: list[Problem]) -> dict[str, Node]:
    if entry is None:
        return {}
    if not isinstance(entry.node.value, dict):
        message = f"got {describe(entry.node.value)}, must be a mapping (key: value lines)"
        problems.append(at(entry.node.mark, (OVERRIDES,), message))
        return {}
    found: dict[str, Node] = {}
    for name, own in entry.node.value.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name == BASE:
            message = f"got {name!r}, must be a name of lower-case letters, digits, - and _, and not 'base'"
            problems.append(at(own.mark, (OVERRIDES, name), message))
        elif not isinstance(own.node.value, dict):
            message = f"got {describe(own.node.value)}, must be a mapping (key: value lines)"
            problems.append(at(own.node.mark, (OVERRIDES, name), message))
        else:
            found[name] = own.node
    return found


def _rows(
    entry: Entry | None, overrides: dict[str, Node], problems: list[Problem]
) -> tuple[tuple[str, ...], ...]:
    if entry is None:
        return ()
    rows = _items(entry.node, (MATRIX,), "a list of lists of overrides", problems)
    found = []
    for position, row in enumerate(rows):
        path = (MATRIX, position)
        names = _items(row, path, "a list of overrides", problems)
        if not names:
            problems.append(at(row.mark, path, "got an empty list, must name an override or base"))
        for place, name in enumerate(names):
            if name.value not in (BASE, *overrides):
                message = f"got {describe(name.value)}, must be base or a key of overrides"
                problems.append(at(_mark(name, entry), (*path, place), message))
        found.append(tuple(str(name.value) for name in names))
    return tuple(row for row in found if row)


def _items(node: Node, path: tuple[str | int, ...], must: str, problems: list[Problem]) -> Sequence[Node]:
    if isinstance(node.value, list):
        return node.value
    problems.append(at(node.mark, path, f"got {describe(node.value)}, must be {must}"))
    return ()


def _mark(node: Node, entry: Entry) -> Mark:
    return node.mark if node.mark.line else entry.mark
