"""Runs beside each other; world by world where they drew the same worlds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from ...scenarios.errors import RoomfoldError
from ...scenarios.loader import library, load
from ...scenarios.terms import Text
from .. import manifest
from ..lines import NOTHING, Span
from ..messages import LANGS, Lang, money_cell, say, share
from ..quantiles import Floats, Stat
from .rows import Json, heads, rows
from .runs import Ask, read, run_into, write_texts
from .table import Table, html, on_screen

WORLDS = "worlds.parquet"
ANNUAL, NPV = "saving annual_total (CNY/yr)", "saving npv (CNY)"


@dataclass(frozen=True)
class Entry:
    """One alternative of one run.

    Attributes:
        annual, npv: saving in each world, shape (worlds,); ``key`` is the same for runs of the same worlds.
    """

    run: str
    alternative: str
    title: Text
    key: tuple[int, int]
    annual: Floats
    npv: Floats


@dataclass(frozen=True)
class Duel:
    """Two alternatives world by world.

    Attributes:
        wins: share of worlds in which the first saves more a year; ``npv_wins`` by NPV.
        difference: of the annual savings, first minus second.
    """

    first: Entry
    second: Entry
    wins: float
    npv_wins: float
    difference: Stat


@dataclass(frozen=True)
class Comparison:
    """Folders and statements of all runs, and every pair that drew the same worlds."""

    folders: tuple[Path, ...]
    statements: tuple[Json, ...]
    duels: tuple[Duel, ...]


def compare(asked: Sequence[str], out: Path, ask: Ask) -> Comparison:
    """Compare folders of runs, and scenarios, which are run into ``out`` first unless they were before.

    Raises:
        RoomfoldError: if a folder holds no run.
        InputError: if a scenario cannot be read.
    """
    folders = []
    scenarios = [(text, None if _is_run(text) else load(text, ask.overrides, ask.trust)) for text in asked]
    for text, scenario in scenarios:
        if scenario is None:
            folders.append(Path(text))
            continue
        folder = out / scenario.name
        run_into(scenario, folder, ask)
        folders.append(folder)
    found = [_whole(folder) for folder in folders]
    entries = [entry for _, some in found for entry in some]
    duels = tuple(_duel(a, b) for a, b in combinations(entries, 2) if a.key == b.key)
    return Comparison(tuple(folders), tuple(statement for statement, _ in found), duels)


def _is_run(text: str) -> bool:
    """Whether a folder is meant, and not a scenario.

    Raises:
        RoomfoldError: if the folder holds no run.
    """
    path = Path(text)
    if not path.is_dir():
        return False
    if manifest.read(path) is None and text in library():
        return False
    manifest.options(path)
    return True


def _whole(folder: Path) -> tuple[Json, list[Entry]]:
    """The statement of a folder and its alternatives, once all is there that tables need.

    Raises:
        RoomfoldError: if something is missing, as where another version wrote it.
    """
    statement = read(folder)
    try:
        rows(statement, "en")
        return statement, _entries(folder, statement)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        made = statement.get("version", "of unknown version")
        message = f"{folder}: lacks figures (roomfold {made} wrote it); run it again to compare it"
        raise RoomfoldError(message) from error


def _entries(folder: Path, statement: Json) -> list[Entry]:
    from ..arrow import opened

    table = opened(folder / WORLDS)
    key = (int(statement["seed"]), int(statement["worlds"]))
    return [
        Entry(
            str(folder),
            name,
            Text(**statement["titles"][name]),
            key,
            *(np.asarray(table.column(f"{name}:{figure}").to_numpy()) for figure in (ANNUAL, NPV)),
        )
        for name in statement["savings"]
    ]


def _duel(first: Entry, second: Entry) -> Duel:
    return Duel(
        first,
        second,
        _wins(first.annual, second.annual),
        _wins(first.npv, second.npv),
        Stat.of(first.annual - second.annual, "CNY/yr"),
    )


def _wins(first: Floats, second: Floats) -> float:
    """Share of worlds in which the first is larger, ties counting half."""
    return float((first > second).mean() + (first == second).mean() / 2)


def tables(found: Comparison, lang: Lang) -> list[Table]:
    """All runs, and all pairs."""
    titles = [statement["title"][lang] for statement in found.statements]
    lines = [
        [f"{row.run} · {folder.name}" if titles.count(row.run) > 1 else row.run, row.alternative, *row.cells]
        for folder, statement in zip(found.folders, found.statements, strict=True)
        for row in rows(statement, lang)
    ]
    made = [Table(heads(lang), lines, caption=say(lang, "batch.note"))]
    if found.duels:
        keys = ("first", "second", "wins", "npv", "difference")
        pairs = [_pair(duel, lang) for duel in found.duels]
        made.append(
            Table([say(lang, f"compare.{k}") for k in keys], pairs, caption=say(lang, "compare.paired"))
        )
    return made


def _pair(duel: Duel, lang: Lang) -> list[str]:
    names = [f"{Path(e.run).name} · {getattr(e.title, lang)}" for e in (duel.first, duel.second)]
    return [*names, share(duel.wins), share(duel.npv_wins), _ranged(duel.difference, lang)]


def _ranged(stat: Stat, lang: Lang) -> str:
    if stat.p10 is None or stat.p50 is None or stat.p90 is None:
        return NOTHING
    return Span.of(stat, lang, money_cell).cell(lang)


def compare_table(found: Comparison, lang: Lang) -> str:
    """On the screen."""
    made = tables(found, lang)
    note = [] if len(found.duels) else [say(lang, "compare.note")]
    return "\n\n".join([*(on_screen(table) for table in made), *note])


def to_json(found: Comparison) -> dict[str, Any]:
    """As plain values."""
    return {
        "schema": 1,
        "kind": "comparison",
        "runs": [
            {key: statement[key] for key in ("scenario", "fingerprint", "seed", "worlds", "savings")}
            for statement in found.statements
        ],
        "pairs": [
            {
                "first": {"run": duel.first.run, "alternative": duel.first.alternative},
                "second": {"run": duel.second.run, "alternative": duel.second.alternative},
                "share_of_worlds_first_saves_more": duel.wins,
                "share_of_worlds_first_has_higher_npv": duel.npv_wins,
                "difference": {k: getattr(duel.difference, k) for k in ("p10", "p50", "p90", "mean", "unit")},
            }
            for duel in found.duels
        ],
    }


def write_page(found: Comparison, asked: Sequence[str], out: Path) -> Path:
    """``compare.html`` and ``compare.json`` in a folder."""
    title = Text(en=say("en", "compare.title"), zh=say("zh", "compare.title"))
    command = " ".join(["roomfold compare", *asked])
    page = html(title, f"{len(found.statements)}", command, {lang: tables(found, lang) for lang in LANGS})
    numbers = json.dumps(to_json(found), ensure_ascii=False, indent=2, allow_nan=False)
    write_texts(out, {"compare.html": page, "compare.json": f"{numbers}\n"})
    return out.absolute() / "compare.html"
