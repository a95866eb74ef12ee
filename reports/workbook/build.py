"""The workbook: which sheets there are, and in which order they are filled."""

from __future__ import annotations

from ...sim.outcome import Study
from ..books import Books
from ..lines import text
from ..manifest import run_id
from ..messages import Lang
from ..statement import Statement
from .assessment import write_assessment
from .book import Book, Sheet
from .cash import write_cash, write_flows
from .claims import write_claim_worlds, write_claims
from .energy import write_conduct, write_energy
from .facts import Facts
from .gaps import write_gaps
from .graphs import draw_bins, draw_cash, draw_energy, draw_steps
from .guide import write_definitions, write_guide
from .inputs import write_assumptions, write_draws
from .ledger import write_ledger
from .levels import write_levels
from .money import write_money
from .plans import write_plan, write_rules
from .savings import write_key_figures, write_savings
from .spread import Weights, write_weights
from .worlds import Worlds, write_worlds

# Sheets in their order; those in EACH once for every alternative that is compared.
ORDER = (
    "guide",
    "key",
    "claims",
    "savings",
    "levels",
    "cash",
    "money",
    "energy",
    "conduct",
    "rules",
    "plan",
    "ledger",
    "by_world",
    "flows",
    "claim_worlds",
    "draws",
    "assessment",
    "gaps",
    "assumed",
    "weights",
    "definitions",
)
EACH = ("savings", "levels", "cash", "by_world", "flows")


def workbook(statement: Statement, study: Study, lang: Lang, command: str) -> bytes:
    """The report's tables as an xlsx file in one language: every sum a formula with the value it comes to.

    Args:
        command: what makes the run again; it stands on the first sheet.
    """
    facts = Facts(statement, study, Books.of(study.scenario, study.results), lang)
    book = Book(run_id(statement), lang)
    entries = _sheets(book, facts)
    write_guide(book.sheets["guide"], facts, command, entries)
    weights = write_weights(book.sheets["weights"], facts)
    worlds = {name: _alternative(book, facts, name, i, weights) for i, name in enumerate(facts.books.others)}
    if worlds:
        write_key_figures(book.sheets["key"], facts, worlds)
        write_money(book.sheets["money"], facts)
    if statement.claims:
        places = write_claim_worlds(book.sheets["claim_worlds"], facts, weights)
        write_claims(book.sheets["claims"], facts, places)
    write_ledger(book.sheets["ledger"], facts, worlds)
    draw_energy(book.sheets["energy"], facts, write_energy(book.sheets["energy"], facts))
    write_conduct(book.sheets["conduct"], facts)
    if "rules" in book.sheets:
        write_rules(book.sheets["rules"], facts)
    if "plan" in book.sheets:
        write_plan(book.sheets["plan"], facts)
    write_draws(book.sheets["draws"], facts)
    if "assessment" in book.sheets:
        write_assessment(book.sheets["assessment"], facts)
    if "gaps" in book.sheets:
        write_gaps(book.sheets["gaps"], facts)
    write_assumptions(book.sheets["assumed"], facts)
    write_definitions(book.sheets["definitions"], facts)
    return book.close(
        text(lang, study.scenario.title),
        facts.say("book.guide.kind"),
        f"roomfold {statement.version}; run {book.run}; {statement.fingerprint}",
    )


def _sheets(book: Book, facts: Facts) -> list[tuple[Sheet, str]]:
    """Make all sheets; returns each with what it holds."""
    statement, others = facts.statement, facts.books.others
    empty = {
        *(() if others else (*EACH, "key", "money")),
        *(() if statement.claims else ("claims", "claim_worlds")),
        *(() if any(statement.policy.values()) else ("rules",)),
        *(() if statement.proofs else ("plan",)),
        *(() if statement.scenario.assessment else ("assessment",)),
        *(() if statement.gaps and (statement.gaps.ranked or statement.gaps.weighted) else ("gaps",)),
    }
    entries: list[tuple[Sheet, str]] = []
    for key in ORDER:
        if key in empty:
            continue
        name, about = facts.say(f"book.sheet.{key}"), facts.say(f"book.about.{key}")
        if key not in EACH:
            entries.append((book.add(key, name), about))
            continue
        for i, alternative in enumerate(others):
            numbered = f"{name} {i + 1}" if len(others) > 1 else name
            of = facts.say("book.about.of", about=about, name=facts.title(alternative))
            entries.append((book.add(f"{key}-{i + 1}", numbered), of if len(others) > 1 else about))
    return entries


def _alternative(book: Book, facts: Facts, name: str, number: int, weights: Weights) -> Worlds:
    """The sheets of one alternative, from what they are computed from to what they come to."""

    def sheet(key: str) -> Sheet:
        return book.sheets[f"{key}-{number + 1}"]

    flows = write_flows(sheet("flows"), facts, name, weights)
    draw_cash(sheet("cash"), facts, name, write_cash(sheet("cash"), facts, name, flows))
    worlds = write_worlds(sheet("by_world"), facts, name, flows.npv, weights)
    savings = write_savings(sheet("savings"), facts, name, worlds)
    draw_steps(sheet("savings"), facts, name, savings)
    draw_bins(sheet("savings"), facts, name, savings)
    write_levels(sheet("levels"), facts, name, weights)
    return worlds
