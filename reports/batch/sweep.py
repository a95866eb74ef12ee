"""One scenario with fields at many values: a grid of them, or a list.

Draws belong to a quantity's path, so every point of a sweep sees the same worlds but for the fields named.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Any

from ... import __version__
from ...scenarios.errors import InputError, Problem
from ...scenarios.loader import fingerprint, load, resolved_yaml
from ...scenarios.schema import Scenario
from ...scenarios.terms import Text
from ...scenarios.trust import NOTHING_MORE, Trust
from ..folder import write_folder
from ..inert import in_csv
from ..messages import LANGS, Lang, say
from .points import discard, kept_points
from .rows import Json, heads, rows
from .runs import Ask
from .table import Table, html, on_screen

MOST_POINTS = 10_000
DRAWN = ("study.worlds", "study.seed")  # the same for all points
NAME, TABLE, SCENARIO, PAGE, CHART = "sweep.json", "sweep.csv", "scenario.yaml", "report.html", "sweep"
FIGURES = ("annual_total", "npv")
SHOWN = (
    "savings",
    "energy_saved_kwh_per_year",
    "rooms_closed",
    "hosts_bought",
    "carbon_t_per_year",
    "claims",
)
KEPT = ("title", "titles", "worlds", *SHOWN)


@dataclass(frozen=True)
class Axis:
    """A field and its values, as texts of YAML."""

    path: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """As on the command line."""
        return f"{self.path}={';'.join(self.values)}"


@dataclass(frozen=True)
class Point:
    """Values of all fields, and the scenario they make."""

    values: tuple[str, ...]
    scenario: Scenario


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes:
        statements: ``KEPT`` of ``statement.json``, by point.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    paired: bool
    worlds: int
    seed: int
    points: tuple[Point, ...]
    statements: tuple[Json, ...]

    @property
    def command(self) -> str:
        """What makes the same bytes again from the folder's own scenario."""
        over = [f"--over {shlex.quote(one.text)}" for one in self.axes]
        listed = ["--list"] if self.paired else []
        size = f"--worlds {self.worlds} --seed {self.seed}"
        return " ".join(["roomfold sweep scenario.yaml", *over, *listed, size])

    @property
    def id(self) -> str:
        """Ten hexadecimal digits that name it."""
        text = f"{__version__}/{fingerprint(self.scenario)}/{self.command}"
        return blake2b(text.encode(), digest_size=5).hexdigest()


def axis(text: str) -> Axis:
    """Of ``PATH=VALUE;VALUE``; commas part values too where none has brackets.

    Raises:
        InputError: if it is not written so.
    """
    path, equals, written = text.partition("=")
    sign = ";" if ";" in written or any(c in written for c in "[{") else ","
    values = tuple(value.strip() for value in written.split(sign))
    if not equals or not path.strip() or not all(values):
        message = f"got {text!r}, must be PATH=VALUE,VALUE or PATH=VALUE;VALUE"
        raise InputError([Problem("--over", 0, 0, "", message)])
    return Axis(path.strip(), values)


def points(
    asked: str,
    overrides: Sequence[str],
    axes: Sequence[Axis],
    *,
    paired: bool,
    trust: Trust = NOTHING_MORE,
) -> list[Point]:
    """Every point, checked before any is simulated.

    Args:
        paired: take the values of all fields in step, not every combination of them.

    Raises:
        InputError: if fields overlap or say which worlds are drawn, fields in step have different numbers of
            values, or a point is no valid scenario.
    """
    _apart(axes)
    if paired and len({len(one.values) for one in axes}) > 1:
        counts = ", ".join(f"{one.path} {len(one.values)}" for one in axes)
        raise InputError([Problem("--list", 0, 0, "", f"got different numbers of values ({counts})")])
    chosen = list(
        zip(*(one.values for one in axes), strict=True) if paired else product(*(one.values for one in axes))
    )
    if len(chosen) > MOST_POINTS:
        raise InputError([Problem("--over", 0, 0, "", f"gives {len(chosen)} points, at most {MOST_POINTS}")])
    return [Point(values, _at(asked, overrides, axes, values, trust)) for values in chosen]


def _apart(axes: Sequence[Axis]) -> None:
    """Refuse fields of which one would undo another, or that change the worlds."""
    found = []
    for row, one in enumerate(axes):
        if any(_within(path, one.path) for path in DRAWN):
            message = f"got {one.path}, but every point sees the same worlds: use --worlds and --seed"
            found.append(Problem("--over", 0, 0, "", message))
        for other in axes[:row]:
            if _within(one.path, other.path) or _within(other.path, one.path):
                message = f"got {other.path} and {one.path}, must be fields of which none holds another"
                found.append(Problem("--over", 0, 0, "", message))
    if found:
        raise InputError(found)


def _within(path: str, outer: str) -> bool:
    """Whether a path is another or leads into it."""
    return f"{path}.".startswith(f"{outer}.")


def _at(
    asked: str, overrides: Sequence[str], axes: Sequence[Axis], values: Sequence[str], trust: Trust
) -> Scenario:
    """The scenario at a point; problems with a field of ``--over`` are told as such."""
    try:
        changed = [f"{a.path}={v}" for a, v in zip(axes, values, strict=True)]
        return load(asked, [*overrides, *changed], trust)
    except InputError as error:
        told = [replace(p, file="--over") if _of_axis(p, axes) else p for p in error.problems]
        raise InputError(told) from None


def _of_axis(problem: Problem, axes: Sequence[Axis]) -> bool:
    """Whether a problem is one of a value given with ``--over``."""
    paths = (one.path for one in axes)
    named = any(_within(problem.path, path) or _within(path, problem.path) for path in paths)
    return problem.file == "--set" and named


def run_sweep(asked: str, over: Sequence[str], ask: Ask, folder: Path, *, paired: bool) -> Sweep:
    """Simulate every point that was not finished when the same sweep was stopped.

    Args:
        folder: that the sweep will write; finished points wait beside it, see ``points``.
    """
    axes = tuple(axis(text) for text in over)
    base = load(asked, ask.overrides, ask.trust)
    worlds = base.study.worlds if ask.worlds is None else ask.worlds
    seed = base.study.seed if ask.seed is None else ask.seed
    found = tuple(points(asked, ask.overrides, axes, paired=paired, trust=ask.trust))
    sweep = Sweep(base, axes, paired, worlds, seed, found, ())
    with kept_points(folder, sweep.id) as kept:
        statements = tuple(
            kept.of(k, partial(_simulated, sweep, point, ask)) for k, point in enumerate(found)
        )
    return replace(sweep, statements=statements)


def _simulated(sweep: Sweep, point: Point, ask: Ask) -> Json:
    """What is kept of a point's statement."""
    from ..statement import state
    from ..watch import watched_study

    how: dict[str, Any] = {"jobs": ask.jobs, "told": ask.told, "crew": ask.crew}
    study = watched_study(point.scenario, worlds=sweep.worlds, seed=sweep.seed, **how)
    whole = state(study).to_json()
    return {key: whole[key] for key in KEPT}


def sweep_table(found: Sweep, lang: Lang) -> Table:
    """A line for each point and alternative."""
    lines = [
        [*point.values, row.alternative, *row.cells]
        for point, statement in zip(found.points, found.statements, strict=True)
        for row in rows(statement, lang)
    ]
    gap = "" if lang == "zh" else " "
    note = f"{say(lang, 'sweep.note', worlds=found.worlds)}{gap}{say(lang, 'batch.note')}"
    return Table(
        [*(one.path for one in found.axes), *heads(lang)[1:]], lines, len(found.axes) + 1, caption=note
    )


def on_one_screen(found: Sweep, lang: Lang) -> str:
    """The table on the screen."""
    return on_screen(sweep_table(found, lang))


def to_json(found: Sweep) -> dict[str, object]:
    """``sweep.json``."""
    return {
        "schema": 1,
        "kind": "sweep",
        "roomfold": __version__,
        "id": found.id,
        "command": found.command,
        "scenario": found.scenario.name,
        "fingerprint": fingerprint(found.scenario),
        "worlds": found.worlds,
        "seed": found.seed,
        "points": [
            {"set": dict(zip((a.path for a in found.axes), point.values, strict=True)), **_figures(statement)}
            for point, statement in zip(found.points, found.statements, strict=True)
        ],
    }


def _figures(statement: Json) -> dict[str, Any]:
    return {key: statement[key] for key in SHOWN}


def as_csv(found: Sweep) -> str:
    """Figures of every point and alternative, numbers as they are."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    ends = ("p10", "p50", "p90", "mean")
    names = [
        f"{figure}_{end} ({unit})" for figure, unit in (("annual", "CNY/yr"), ("npv", "CNY")) for end in ends
    ]
    table.writerow([*(a.path for a in found.axes), "alternative", *names])
    for point, statement in zip(found.points, found.statements, strict=True):
        for name, saved in statement["savings"].items():
            numbers = [saved[figure][end] for figure in FIGURES for end in ends]
            table.writerow([*map(in_csv, point.values), name, *numbers])
    return text.getvalue()


def written(folder: Path) -> Collection[str] | None:
    """Files that the sweep in a folder wrote; None if it holds no sweep."""
    if not (folder / NAME).is_file():
        return None
    kinds = ("csv", *(f"{lang}.{kind}" for lang in LANGS for kind in ("svg", "png")))
    return {NAME, TABLE, SCENARIO, PAGE, *(f"charts/{CHART}.{kind}" for kind in kinds)}


def publish_sweep(found: Sweep, folder: Path) -> Path:
    """Write a sweep's folder, whole or not at all; what waited beside it goes.

    Returns:
        The path of its page.
    """
    write_folder(folder, lambda output: _write(found, output), written=written)
    discard(folder)
    return folder.absolute() / PAGE


def _write(found: Sweep, folder: Path) -> None:
    from ..charts.sweep import render_sweep

    paths = ", ".join(one.path for one in found.axes)
    title = Text(
        **{
            lang: say(lang, "sweep.title", title=getattr(found.scenario.title, lang), paths=paths)
            for lang in LANGS
        }
    )
    charts = render_sweep(found, folder)
    drawn = {}
    for lang in LANGS:
        if (CHART, lang) in charts:
            svg = charts[CHART, lang].svg.read_text("utf-8")
            drawn[lang] = svg[svg.index("<svg") :]
    page = html(title, found.id, found.command, {lang: [sweep_table(found, lang)] for lang in LANGS}, drawn)
    numbers = json.dumps(to_json(found), ensure_ascii=False, indent=2, allow_nan=False)
    texts = {NAME: f"{numbers}\n", SCENARIO: resolved_yaml(found.scenario), PAGE: page}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / TABLE).write_text(as_csv(found), encoding="utf-8-sig", newline="")
