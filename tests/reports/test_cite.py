"""Citations: forms held against the patterns of GB/T 7714-2015 and BibTeX, values against the run's files."""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from roomfold import __version__
from roomfold.reports import manifest
from roomfold.reports.cite import YEARS, Place, cite
from roomfold.reports.document.blocks import Table
from roomfold.reports.document.compose import compose
from roomfold.reports.kept import Kept
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import state
from roomfold.scenarios.errors import RoomfoldError

from .made_study import made_study

TITLE = {"en": "Rooms & {hall} 100% \\end #1_a ~^$", "zh": "机房\n“整合”"}
SVG = "<svg><title>Saves &lt;5&gt; &amp; more {</title></svg>"
# author. title: further title[type/carrier]//author. host: further title. edition. year[read]. path.
REFERENCE = re.compile(
    r"\[\d\] (?P<author>[^.]+)\. (?P<title>.+?)\[(?P<type>DS|CP)/(?P<carrier>OL|DK)\]"
    r"(?://(?P<host_author>[^.]+)\. (?P<host>.+?))?\. (?P<edition>Version 1\.0\.0|1\.0\.0版)\. "
    r"(?P<year>\d{4})(?:\[(?P<read>\d{4}-\d\d-\d\d)\]\. (?P<path>https://\S+))?\."
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The files of a run that a citation reads."""
    folder = tmp_path / "run"
    (folder / "charts").mkdir(parents=True)
    files = {f"charts/waterfall.{lang}.svg": SVG for lang in LANGS} | {
        "charts/waterfall.csv": "level",
        "money.csv": "year",
        "statement.json": json.dumps(
            {
                "title": TITLE,
                "claims": [
                    {"id": "K2", "what": {"en": "65 million", "zh": "6500万元"}, "source": "Cheng {2013}"}
                ],
            }
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    content = {
        "roomfold": "1.0.0",
        "run_id": "0123456789",
        "command": "roomfold run scenario.yaml --worlds 64 --seed 7 --set a.b_c=1",
        "scenario": "made",
        "scenario_fingerprint": "f" * 64,
        "seed": 7,
        "worlds": 64,
        "sha256": {name: sha256(text.encode()).hexdigest() for name, text in files.items()},
    }
    (folder / manifest.NAME).write_text(json.dumps(content), encoding="utf-8")
    return folder


def entries(text: str) -> dict[str, dict[str, str]]:
    """BibTeX read as BibTeX does: braces counted, whether escaped or not."""
    found: dict[str, dict[str, str]] = {}
    at = 0
    while start := re.compile(r"@misc\{([^,\s]+),").search(text, at):
        at, fields = start.end(), {}
        while field := re.compile(r"\s*(\w+) = \{").match(text, at):
            at = begin = field.end()
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            fields[field[1]] = text[begin : at - 1]
            assert text[at] == ","
            at += 1
        assert text[at : at + 2] == "\n}"
        found[start[1]] = fields
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_a_reference_has_the_areas_of_the_standard(run: Path, lang: Lang) -> None:
    published = Place("https://example.org/run x}", date(2026, 11, 22))
    for item in (None, "waterfall", "money.csv"):
        for place in (None, published):
            lines = cite(run, item, lang=lang, form="gb", place=place).splitlines()
            one, software = (REFERENCE.fullmatch(line) for line in lines[1:3])
            assert one and software
            assert (one["type"], one["carrier"]) == ("DS", "OL" if place else "DK")
            assert one["read"] == ("2026-11-22" if place else None)
            assert one["path"] == ("https://example.org/run%20x%7D" if place else None)
            assert "0123456789" in (one["host"] if item else one["title"])
            assert (software["type"], software["host"]) == ("CP", None)
            assert one["year"] == software["year"] == YEARS["1.0.0"]
            rest = "\n".join(lines[4:])
            assert all(fact in rest for fact in ("f" * 64, "64", "7", "made", "0123456789", "--set a.b_c=1"))
    figure = cite(run, "waterfall", lang=lang, form="gb")
    assert "Saves <5> & more {" in figure
    assert sha256(b"level").hexdigest() in figure


@pytest.mark.parametrize("lang", LANGS)
def test_bibtex_reads_what_was_written(run: Path, lang: Lang) -> None:
    text = cite(
        run, "waterfall", lang=lang, form="bibtex", place=Place("https://e.org/a_b", date(2026, 1, 2))
    )
    assert text.count("{") == text.count("}")
    found = entries(text)
    assert set(found) == {f"roomfold-0123456789-waterfall-{lang}", f"roomfold-1.0.0-{lang}"}
    figure = found[f"roomfold-0123456789-waterfall-{lang}"]
    assert figure["url"] == "https://e.org/a_b"
    assert figure["howpublished"].endswith(r"--set a.b\_c=1")
    assert r"Saves <5> \& more \textbraceleft{}" in figure["title"]
    if lang == "en":
        assert (
            r"Rooms \& \textbraceleft{}hall\textbraceright{} 100\% \textbackslash{}end \#1\_a"
            in figure["title"]
        )
    for fields in found.values():
        assert not re.search(r"(?<!\\)[#$%&_^~]", "".join(v for k, v in fields.items() if k != "url"))


def test_both_forms_are_the_two_together(run: Path) -> None:
    both = cite(run, lang="zh")
    assert both == cite(run, lang="zh", form="gb") + "\nBibTeX\n" + cite(run, lang="zh", form="bibtex")


def test_a_published_figure_is_cited_by_its_source(run: Path) -> None:
    text = cite(run, "K2", lang="zh")
    assert "6500万元" in text and "Cheng {2013}" in text
    assert entries(text)["made-K2-zh"]["howpublished"] == r"Cheng \textbraceleft{}2013\textbraceright{}"


def test_a_table_of_the_report_is_cited_by_its_caption(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_study(4)
    monkeypatch.setattr("roomfold.reports.kept.kept", lambda _folder: Kept(study, {}))
    blocks = compose(state(study), {}, "", "zh").blocks
    table = next(block for block in blocks if isinstance(block, Table))
    text = cite(run, table.id, lang="zh", form="gb")
    assert f"{table.caption}：表{table.id}[DS/DK]//" in text
    with pytest.raises(RoomfoldError, match=f"known are waterfall, {table.id}, "):
        cite(run, "nothing", lang="zh")


def test_what_is_not_there_ends_in_one_line(run: Path) -> None:
    with pytest.raises(RoomfoldError) as unknown:
        cite(run, "water\nfall", lang="en")
    assert "\n" not in str(unknown.value)
    assert str(unknown.value).endswith("known are waterfall, K2, money.csv, statement.json")
    with pytest.raises(RoomfoldError, match="holds no run"):
        cite(run / "charts", lang="en")
    (run / "statement.json").write_text("[", encoding="utf-8")
    with pytest.raises(RoomfoldError, match=r"damaged"):
        cite(run, lang="en")


def test_this_version_has_a_year() -> None:
    assert re.fullmatch(r"20\d\d", YEARS[__version__])
