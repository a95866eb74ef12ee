"""Ready citations of a run and of what stands in it, by GB/T 7714-2015 and as BibTeX.

A citation names what makes the same bytes again: version, scenario and its fingerprint, run id, seed,
number of worlds and the command. No file of a run holds a date, or its bytes could not repeat; the year
is that of the version of roomfold. What has an address on the Internet is cited as OL with address and
day of access, as the standard asks; what lies in a folder, as DK.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from . import manifest
from .holding import NoRunError
from .messages import Lang, say

Form = Literal["gb", "bibtex", "both"]

YEARS = {"1.0.0": "2026"}  # of each version
CHART = re.compile(r"charts/(.+)\.(en|zh)\.svg")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}


@dataclass(frozen=True)
class Place:
    """Where a run can be read on the Internet, and the day on which it was."""

    address: str
    day: date


@dataclass(frozen=True)
class Cited:
    """A run as its citation names it.

    Attributes:
        title: of the scenario; ``kind`` what sort of document the run's report is.
        files: paths below the folder with their SHA-256.
        claims: published figures by id, with ``what`` and ``source``.
    """

    lang: Lang
    version: str
    scenario: str
    title: str
    kind: str
    fingerprint: str
    run: str
    seed: int
    worlds: int
    command: str
    files: Mapping[str, str]
    claims: Mapping[str, Mapping[str, Any]]

    @property
    def year(self) -> str:
        """Year of the version; empty if it is not known here."""
        return YEARS.get(self.version, "")

    def figures(self) -> list[str]:
        """Ids of the charts."""
        found = (CHART.fullmatch(name) for name in self.files)
        return sorted({match[1] for match in found if match})


def cite(
    folder: Path,
    item: str | None = None,
    *,
    lang: Lang,
    form: Form = "both",
    place: Place | None = None,
) -> str:
    """A citation of the run in a folder, or of one figure, table, published figure or file of it.

    Args:
        item: a chart's name, a table's id, the id of a published figure, or a file of the run; the whole run
            if None.
        place: where the run was published; None if it only lies in a folder.

    Raises:
        NoRunError: if the folder holds no run, or the run nothing of that name.
    """
    run = _read(folder, lang)
    if item is not None and item in run.claims:
        return _published(run, run.claims[item], form)
    part = _part(run, folder, item) if item is not None else ""
    parts = []
    if form != "bibtex":
        parts += [
            say(lang, "cite.gb"),
            *_gb(run, part, place),
            "",
            say(lang, "cite.repeat"),
            *_details(run),
            *_hashes(run, item),
            run.command,
        ]
    if form == "both":
        parts += ["", "BibTeX"]
    if form != "gb":
        parts += [_bibtex_run(run, item, part, place), "", _bibtex_software(run)]
    return "\n".join(parts) + "\n"


def _read(folder: Path, lang: Lang) -> Cited:
    made = manifest.made(folder)
    file = folder / "statement.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        title = found.get("title", {}).get(lang) or str(made["scenario"])
        claims = {claim["id"]: claim for claim in found.get("claims", ()) if "what" in claim}
        return Cited(
            lang=lang,
            version=_line(made["roomfold"]),
            scenario=_line(made["scenario"]),
            title=_line(title),
            kind=say(lang, "page.kind"),
            fingerprint=_line(made["scenario_fingerprint"]),
            run=_line(made["run_id"]),
            seed=int(str(made["seed"])),
            worlds=int(str(made["worlds"])),
            command=_line(made["command"]),
            files=dict(made["sha256"]),  # type: ignore[call-overload]  # a damaged one ends below
            claims=claims,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoRunError(f"{folder}: holds no run that can be cited ({file.name} is damaged)") from error


def _part(run: Cited, folder: Path, item: str) -> str:
    """Title of a figure or file, with its id."""
    if item in run.figures():
        chart = folder / "charts" / f"{item}.{run.lang}.svg"
        found = TITLE.search(chart.read_text("utf-8"))
        title = _line(unescape(found[1])) if found else item
        return say(run.lang, "cite.figure", title=title, id=item)
    if item in run.files:
        return say(run.lang, "cite.file", name=_line(item))
    tables = _tables(folder, run.lang)
    if item in tables:
        return say(run.lang, "cite.table", title=_line(tables[item]), id=item)
    files = (name for name in run.files if "/" not in name)
    known = ", ".join([*run.figures(), *tables, *run.claims, *files])
    raise NoRunError(f"{folder}: nothing called {_line(item)!r} to cite; known are {known}")


def _tables(folder: Path, lang: Lang) -> dict[str, str]:
    """Captions of the report's tables by id; none if they cannot be made here."""
    from .document.blocks import Table
    from .document.compose import compose
    from .kept import KeptError, kept
    from .statement import state

    try:
        study = kept(folder).study
    except KeptError:
        return {}
    blocks = compose(state(study), {}, "", lang).blocks
    return {block.id: block.caption for block in blocks if isinstance(block, Table)}


def _gb(run: Cited, part: str, place: Place | None) -> list[str]:
    """The run, or a part of it, and the software, each as one reference."""
    author, lang = say(run.lang, "cite.author"), run.lang
    whole = say(lang, "cite.run", title=run.title, kind=run.kind, run=run.run)
    version = say(lang, "cite.version", version=run.version)
    mark = f"[DS/{'OL' if place else 'DK'}]"
    source = [author, f"{part}{mark}//{author}", whole] if part else [author, f"{whole}{mark}"]
    online = [f"{run.year}[{place.day.isoformat()}]", _address(place)] if place else [run.year]
    software = [author, f"{say(lang, 'cite.software')}[CP/DK]", version, run.year]
    return [f"[1] {_joined([*source, version, *online])}", f"[2] {_joined(software)}"]


def _joined(areas: Sequence[str]) -> str:
    """Areas of a reference, each closed by a stop; an empty one is left out."""
    return " ".join(f"{area}." for area in areas if area)


def _details(run: Cited) -> list[str]:
    """What it takes to make the same bytes again."""
    scenario = {"scenario": run.scenario, "title": run.title, "fingerprint": run.fingerprint}
    drawn = {"version": run.version, "run": run.run, "worlds": run.worlds, "seed": run.seed}
    return [say(run.lang, "cite.scenario", **scenario), say(run.lang, "cite.drawn", **drawn)]


def _hashes(run: Cited, item: str | None) -> list[str]:
    """Hashes of the files that are cited: those of a chart are its table and its drawing."""
    names = (item, f"charts/{item}.csv", f"charts/{item}.{run.lang}.svg")
    return [
        say(run.lang, "cite.hash", file=_line(name), hash=run.files[name])
        for name in names
        if name is not None and name in run.files
    ]


def _bibtex_run(run: Cited, item: str | None, part: str, place: Place | None) -> str:
    whole = say(run.lang, "cite.run", title=run.title, kind=run.kind, run=run.run)
    fields = {
        "author": say(run.lang, "cite.author"),
        "title": say(run.lang, "cite.part", part=part, whole=whole) if part else whole,
        "year": run.year,
        "version": run.version,
        "howpublished": run.command,
        "note": (" " if run.lang == "en" else "").join(_details(run)),
    }
    if place:
        fields |= {"url": _address(place), "urldate": place.day.isoformat()}
    return _entry("misc", f"roomfold-{run.run}{f'-{item}' if item else ''}-{run.lang}", fields)


def _bibtex_software(run: Cited) -> str:
    fields = {
        "author": say(run.lang, "cite.author"),
        "title": say(run.lang, "cite.software"),
        "year": run.year,
        "version": run.version,
        "note": say(run.lang, "cite.version", version=run.version),
    }
    return _entry("misc", f"roomfold-{run.version}-{run.lang}", fields)


def _published(run: Cited, claim: Mapping[str, Any], form: Form) -> str:
    """The source of a published figure, as the scenario names it, and where the figure stands."""
    values = {
        "id": _line(claim["id"]),
        "what": _line(claim["what"][run.lang]),
        "source": _line(claim["source"]),
    }
    parts = []
    if form != "bibtex":
        parts += [
            say(run.lang, "cite.published", **values),
            say(run.lang, "cite.beside", title=run.title, run=run.run),
        ]
    if form == "both":
        parts += ["", "BibTeX"]
    if form != "gb":
        fields = {"title": values["what"], "howpublished": values["source"]}
        parts += [_entry("misc", f"{run.scenario}-{values['id']}-{run.lang}", fields)]
    return "\n".join(parts) + "\n"


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """An entry of BibTeX; empty fields are left out, and titles keep their letters as they are."""
    name = re.sub(r"[^A-Za-z0-9.-]", "-", key)
    lines = {field: _line(value) for field, value in fields.items() if value}
    kept = {field: line if field == "url" else _escaped(line) for field, line in lines.items()}
    kept |= {field: f"{{{kept[field]}}}" for field in ("author", "title") if field in kept}
    return "\n".join(
        [f"@{kind}{{{name},", *(f"  {field} = {{{value}}}," for field, value in kept.items()), "}"]
    )


def _address(place: Place) -> str:
    """An address without what would end a line or a field."""
    return quote(_line(place.address), safe=":/?#[]@!$&'()*+,;=%~")


def _escaped(text: str) -> str:
    """Text that BibTeX and LaTeX read as it stands, with balanced braces."""
    return "".join(BIBTEX.get(letter, letter) for letter in text)


def _line(value: object) -> str:
    """A text in one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())
