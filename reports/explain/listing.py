"""Lists of numbers: all figures of a run, and those that a text may mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..messages import Lang, say
from .leaves import MIDDLE, at, figures, leaves, names
from .opened import Opened
from .show import aligned, amount, one_line

Row = dict[str, Any]


def rows(run: Opened) -> list[Row]:
    """Name, P50, unit and path of every figure; of a fleet every number."""
    called = {path: name for name, path in names(run.statement).items()}
    found = list(figures(run.statement))
    if not found:
        return [{"name": "", "value": v, "unit": "", "path": path} for path, v in leaves(run.statement)]
    return [
        {"name": called.get(path, ""), "value": figure[MIDDLE], "unit": figure["unit"], "path": path}
        for path, figure in found
    ]


def listed(run: Opened, lang: Lang) -> str:
    """The same as a table."""
    return "\n".join(_table([tuple(say(lang, "explain.list").split(" | "))], rows(run), lang))


def meant(run: Opened, paths: Sequence[str]) -> list[Row]:
    """What stands at paths, with the verdict where it is a claim's figure."""
    called = {path: name for name, path in names(run.statement).items()}
    found = []
    for path in paths:
        parent, _, part = path.rpartition(".")
        figure, claim = at(run.statement, parent), at(run.statement, ".".join(path.split(".")[:2]))
        name = called.get(parent, "")
        row = {
            "name": f"{name}.{part}" if name and part != MIDDLE else name,
            "value": at(run.statement, path),
            "unit": figure.get("unit", "") if isinstance(figure, dict) else "",
            "path": path,
        }
        if path.startswith("claims.") and isinstance(claim, dict) and "verdict" in claim:
            row["verdict"] = claim["verdict"]
        found.append(row)
    return found


def candidates(run: Opened, paths: Sequence[str], lang: Lang) -> str:
    """What a text may mean, as a table under a sentence."""
    lead = say(lang, "explain.candidates", count=len(paths))
    return "\n".join([lead, *_table([], meant(run, paths), lang)])


def _table(head: list[tuple[str, ...]], found: Sequence[Row], lang: Lang) -> list[str]:
    cells = [
        (row["name"] or "-", amount(lang, row["value"], ""), row["unit"], row["path"], row.get("verdict", ""))
        for row in found
    ]
    wide = [(*names_of, *[""] * (5 - len(names_of))) for names_of in head]
    return [one_line(line) for line in aligned([*wide, *cells], range(1, 2))]
