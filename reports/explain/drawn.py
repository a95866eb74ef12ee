"""Quantities of a run as they were drawn in one world, with source and place in its scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...scenarios.check import level_text
from ...scenarios.loader import quantities
from ...scenarios.terms import Grade
from ...scenarios.tree import Node, Path, children, dotted
from ...scenarios.yaml_strict import parse
from ..kept import SCENARIO
from .account import drawn
from .opened import Opened


@dataclass(frozen=True)
class Drawn:
    """One quantity.

    Attributes:
        value: in the world; None if no world is spoken of.
        shape: low / mode / high, or the number if it is fixed.
        spread: coefficient of variation between the entities of a world; 0 if they are alike.
        line: in the run's ``scenario.yaml``, 1-based; None where it is a default.
    """

    path: str
    value: float | None
    shape: str
    spread: float
    unit: str
    grade: Grade
    source: str
    line: int | None


def drawn_in(run: Opened, paths: Iterable[str], row: int | None) -> list[Drawn]:
    """Quantities by path, in one world."""
    known, lines = quantities(run.study.scenario), _lines(run)
    return [
        Drawn(
            path,
            None if row is None else drawn(run, row, path),
            level_text(known[path]),
            known[path].spread,
            known[path].unit or "1",
            known[path].grade,
            known[path].source,
            lines.get(path),
        )
        for path in paths
    ]


def _lines(run: Opened) -> dict[str, int]:
    """Line of every field of the run's scenario, by its path."""
    run.check(SCENARIO)
    tree = parse((run.folder / SCENARIO).read_bytes(), SCENARIO, [])
    found: dict[str, int] = {}

    def walk(node: Node, path: Path) -> None:
        for key, entry in children(node):
            below = (*path, key)
            found[dotted(below)] = entry.mark.line
            walk(entry.node, below)

    walk(tree, ())
    return found
