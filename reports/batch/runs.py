"""Run each of many scenarios into a folder of its own, with one page that leads to all.

A folder that holds the run asked for already is left as it is, one that was stopped is continued, and one
scenario that cannot be run does not keep the others from running.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...scenarios.errors import RoomfoldError, explained
from ...scenarios.fleet import FleetScenario
from ...scenarios.include import variants_of
from ...scenarios.loader import load_any
from ...scenarios.schema import Scenario
from ...scenarios.terms import Text
from ...scenarios.trust import NOTHING_MORE, Trust
from ...scenarios.variants import joined
from ...sim.durable import write_durably
from .. import manifest
from ..holding import NoRunError
from ..messages import LANGS, Lang, say
from ..opening import begin, resume
from ..progress import Step
from .rows import HEADS, Json, heads, rows
from .table import Table, html, on_screen

if TYPE_CHECKING:
    from ...sim.crew import Crew

INDEX, NUMBERS, STATEMENT = "index.html", "index.json", "statement.json"


@dataclass(frozen=True)
class Ask:
    """How scenarios are to be run, and what they may do; worlds and seed are the scenario's own if None."""

    overrides: Sequence[str] = ()
    worlds: int | None = None
    seed: int | None = None
    jobs: int = 1
    told: Lang | None = None
    crew: Crew | None = None
    trust: Trust = NOTHING_MORE


@dataclass(frozen=True)
class Ran:
    """One scenario: its statement, or why there is none.

    Attributes:
        asked: as the scenario was asked for, e.g. ``inner-mongolia@dear-power``.
        folder: of its report, below that of the index.
    """

    asked: str
    folder: str
    statement: Json | None
    reason: str = ""
    exit_code: int = 0


def variants(asked: str) -> list[str]:
    """Every variant of a scenario as it is asked for, the plain one first."""
    return [joined(asked, chosen) for chosen in variants_of(asked).combinations]


def run_each(asked: Sequence[str], out: Path, ask: Ask) -> list[Ran]:
    """Run scenarios one after the other and write the index of all."""
    out.mkdir(parents=True, exist_ok=True)
    found: list[Ran] = []
    taken: dict[str, str] = {}
    for text in asked:
        found.append(_run(text, out, ask, taken))
        write_index(found, out)
    return found


def _run(asked: str, out: Path, ask: Ask, taken: dict[str, str]) -> Ran:
    """Run one scenario, unless another has taken its name, and with it its folder."""
    name = asked
    try:
        scenario = load_any(asked, ask.overrides, ask.trust)
        name = scenario.name
        if isinstance(scenario, FleetScenario):
            raise RoomfoldError(f"{asked}: is a fleet scenario; run it by itself")
        if taken.setdefault(name, asked) != asked:
            first = taken[name]
            raise RoomfoldError(f"{asked}: has the name {name}, as has {first}; give one of them another")
        statement = run_into(scenario, out / name, ask)
    except (RoomfoldError, OSError) as error:
        text, code = explained(error)
        return Ran(asked, name, None, text, code)
    return Ran(asked, name, statement)


def run_into(scenario: Scenario, folder: Path, ask: Ask) -> Json:
    """The statement of a scenario's run, from its folder if that holds it already."""
    from ...sim.store import STUDY, Store, beside
    from ..publish import publish
    from ..statement import state
    from ..watch import watched_study

    begun = (beside(folder) / STUDY).exists() or _holds(folder, scenario, ask)
    store = (
        resume(folder, scenario, folder, ask.worlds, ask.seed, ask.trust)
        if begun
        else begin(scenario, folder, ask.worlds, ask.seed)
    )
    if isinstance(store, Store):
        began = time.monotonic()
        try:
            study = watched_study(scenario, jobs=ask.jobs, told=ask.told, crew=ask.crew, store=store)
            log = f"simulation: {time.monotonic() - began:.1f} s, {ask.jobs} processes\n"
            with Step("results", ask.told):
                publish(state(study), study, folder, log=log, store=store)
        finally:
            store.close()
    return read(folder)


def read(folder: Path) -> Json:
    """The statement in a folder.

    Raises:
        NoRunError: if it holds none of a run over worlds.
    """
    try:
        found: dict[str, Any] = json.loads((folder / STATEMENT).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NoRunError(f"{folder}: holds no run (no readable {STATEMENT})") from error
    if not isinstance(found, dict) or "savings" not in found or "titles" not in found:
        raise NoRunError(f"{folder / STATEMENT}: is no statement of savings")
    return found


def _holds(folder: Path, scenario: Scenario, ask: Ask) -> bool:
    """Whether a folder holds this very run."""
    made = manifest.read(folder)
    if made is None:
        return False
    wanted = (
        scenario.study.worlds if ask.worlds is None else ask.worlds,
        scenario.study.seed if ask.seed is None else ask.seed,
    )
    from ... import __version__
    from ...scenarios.loader import fingerprint

    same = made.get("scenario_fingerprint") == fingerprint(scenario) and made.get("roomfold") == __version__
    return same and (made.get("worlds"), made.get("seed")) == wanted


def index(found: Sequence[Ran], lang: Lang) -> Table:
    """All runs in one table."""
    lines: list[list[str]] = []
    links: list[str | None] = []
    for ran in found:
        if ran.statement is None:
            lines.append([ran.asked, ran.reason, *[""] * len(HEADS)])
            links.append(None)
            continue
        for row in rows(ran.statement, lang):
            lines.append([row.run, row.alternative, *row.cells])
            links.append(f"{ran.folder}/report.html#{lang}")
    return Table(heads(lang), lines, links=links, caption=say(lang, "batch.note"))


def index_table(found: Sequence[Ran], lang: Lang) -> str:
    """All runs on the screen."""
    return on_screen(index(found, lang))


def to_json(found: Sequence[Ran]) -> dict[str, object]:
    """As ``index.json``."""
    return {
        "schema": 1,
        "kind": "index",
        "runs": [
            {
                "asked": ran.asked,
                "folder": ran.folder if ran.statement is not None else None,
                "error": ran.reason or None,
                "savings": None if ran.statement is None else ran.statement["savings"],
            }
            for ran in found
        ],
    }


def write_index(found: Sequence[Ran], out: Path) -> Path:
    """``index.html`` and ``index.json`` of the runs so far."""
    title = Text(en=say("en", "batch.title"), zh=say("zh", "batch.title"))
    command = "\n".join(f"roomfold run {ran.asked}" for ran in found)
    page = html(title, f"{len(found)}", command, {lang: [index(found, lang)] for lang in LANGS})
    text = json.dumps(to_json(found), ensure_ascii=False, indent=2, allow_nan=False)
    write_texts(out, {INDEX: page, NUMBERS: f"{text}\n"})
    return out.absolute() / INDEX


def write_texts(out: Path, texts: Mapping[str, str]) -> None:
    """Write files among others in a folder, each whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_durably(out / name, [text.encode()])
