"""The first sheet, which says how to read the others, and the last, which defines what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import DEFINITIONS
from ..lines import text
from .book import Sheet, clean
from .facts import Facts


def write_guide(sheet: Sheet, facts: Facts, command: str, entries: Sequence[tuple[Sheet, str]]) -> None:
    """What the file is, how it was made, what each sheet holds and what colours mean."""
    statement, scenario = facts.statement, facts.books.scenario
    sheet.columns(30, 100, 16)
    sheet.row_of(0, {0: text(facts.lang, scenario.title)}, "title")
    sheet.worksheet.set_row(0, 26)
    sheet.text(1, 0, facts.say("book.guide.kind"), "section")
    sheet.text(1, 1, "", "section")
    facts_of_run = {
        "run": sheet.book.run,
        "version": statement.rewritten.said(facts.lang)
        if statement.rewritten
        else f"roomfold {statement.version}",
        "command": command,
        "fingerprint": statement.fingerprint,
        "seed": str(statement.seed),
        "worlds": str(statement.worlds),
        "prices": str(scenario.time.price_year),
        "annual_years": f"{statement.years[0]}–{statement.years[-1]}",
        "middle": str(statement.middle_world),
        "unit": facts.say(
            "book.guide.units", money=facts.say("book.unit"), energy=facts.say("book.unit_energy")
        ),
    }
    row = 2
    for key, value in facts_of_run.items():
        sheet.text(row, 0, facts.say(f"book.guide.{key}"), "label")
        sheet.row_of(row, {1: value}, "code" if key == "command" else "text")
        row += 1
    row = _colours(sheet, facts, row + 1)
    row = _contents(sheet, facts, row + 1, entries)
    row = _sources(sheet, facts, row + 1)
    sheet.finish(row, 2)


def _colours(sheet: Sheet, facts: Facts, row: int) -> int:
    sheet.text(row, 0, facts.say("book.guide.colours"), "section")
    sheet.text(row, 1, "", "section")
    for i, style in enumerate(("input", "formula", "link", "total"), start=row + 1):
        sheet.number(i, 0, 1234.5, "one", style)
        sheet.text(i, 1, facts.say(f"book.guide.{style}"))
    for i, key in enumerate(("no_adding", "recalculate"), start=row + 5):
        sheet.row_of(i, {1: facts.say(f"book.{key}")})
    return row + 7


def _contents(sheet: Sheet, facts: Facts, row: int, entries: Sequence[tuple[Sheet, str]]) -> int:
    for col, key in enumerate(("sheets", "about", "id")):
        sheet.text(row, col, facts.say(f"book.guide.{key}"), "section")
    for i, (other, about) in enumerate(entries, start=row + 1):
        target = f"internal:'{other.name}'!A1"
        sheet.worksheet.write_url(i, 0, target, sheet.book.style("text"), other.name)
        sheet.row_of(i, {1: about, 2: other.key})
    return row + len(entries) + 1


def _sources(sheet: Sheet, facts: Facts, row: int) -> int:
    """Where published figures come from, each source once."""
    sources = dict.fromkeys(claim.source for claim in facts.books.scenario.claims if claim.source)
    sheet.text(row, 0, facts.say("document.sources"), "section")
    sheet.text(row, 1, "", "section")
    words = [facts.say("book.guide.sources_of_inputs"), *map(clean, sources)]
    for i, source in enumerate(words, start=row + 1):
        sheet.row_of(i, {1: source})
    return row + len(words)


def write_definitions(sheet: Sheet, facts: Facts) -> None:
    """How figures are defined."""
    sheet.columns(110)
    row = sheet.begin(facts.say("page.method"), width=1)
    words = [facts.say(f"define.{key}") for key in DEFINITIONS]
    for i, definition in enumerate(words, start=row - 1):
        sheet.row_of(i, {0: definition})
    sheet.finish(row + len(words) - 2, 0)
