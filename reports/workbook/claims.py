"""Published figures beside the simulated ones, under every way of counting, and world by world."""

from __future__ import annotations

from collections.abc import Sequence

from ..claims import MONEY as OF_MONEY
from ..claims import Check
from ..lines import accounting, text
from .book import MONEY, Area, Quad, Sheet
from .facts import Facts
from .spread import Weights, heads, write_column, write_links, write_quantiles

_PUBLISHED, _P10, _P90, _DISTANCE, _VERDICT = 4, 6, 8, 11, 12  # columns
_FIRST = (
    "book.claim.id",
    "page.sure.alternative",
    "book.claim.what",
    "page.claims.way",
    "page.claims.published",
    "book.claim.relation",
)
_LATER = ("page.claims.below", "book.claim.distance", "page.claims.verdict", "page.assumed.source")
_FORMS = {"1": "share", "count": "whole"}


def write_claims(sheet: Sheet, facts: Facts, quads: Sequence[tuple[Area, Quad]]) -> None:
    """One row per claim and way of counting; ``quads`` from ``write_claim_worlds``."""
    sheet.columns(7, 22, 44, 26, 13, 11, *[13] * 4, 13, 15, 18, 40)
    row = sheet.begin(
        facts.say("page.claims"),
        facts.say("book.claims.lead", unit=facts.say("book.unit"), year=facts.books.scenario.time.price_year),
        width=13,
    )
    labels, later = ([facts.say(key) for key in keys] for keys in (_FIRST, _LATER))
    sheet.head(row, [*labels, *heads(facts), *later])
    for i, (check, (area, quad)) in enumerate(zip(facts.statement.claims, quads, strict=True)):
        _claim(sheet, facts, row + 1 + i, check, area, quad)
    sheet.finish(row + len(quads), 13, row, 2)


def _claim(sheet: Sheet, facts: Facts, row: int, check: Check, area: Area, quad: Quad) -> None:
    claim, form = check.claim, _form(facts, check)
    words = {
        0: claim.id,
        1: facts.title(check.alternative),
        2: text(facts.lang, claim.what),
        3: accounting(check, facts.lang),
        13: claim.source,
    }
    sheet.row_of(row, words)
    sheet.text(row, 5, facts.say(f"book.claim.{claim.relation}"), "middle")
    published = sheet.number(row, _PUBLISHED, claim.published / _scale(facts, check), form)
    low, _, high, _ = write_links(sheet, row, _P10, quad, form)
    names = {"at": published.ref, "area": area.full, "count": len(facts.worlds)}
    below = '=(COUNTIF({area},"<"&{at})+COUNTIF({area},{at})/2)/{count}'.format(**names).replace("$", "")
    below = below.replace(area.full.replace("$", ""), area.full)
    sheet.formula(row, _P90 + 2, below, check.below, "share")
    over = f"MAX(0,{published.ref}-{high.ref})"
    under = "0" if claim.relation == "at-least" else f"MAX(0,{low.ref}-{published.ref})"
    distance = check.distance / _scale(facts, check)
    sheet.formula(row, _DISTANCE, f"={over}-{under}".replace("$", ""), distance, form)
    _verdict(sheet, facts, row, check)


def _verdict(sheet: Sheet, facts: Facts, row: int, check: Check) -> None:
    """Inside or outside as a formula; a figure that inputs were fitted to proves nothing."""
    inside, outside = (facts.say(f"screen.{key}") for key in ("inside", "outside"))
    if check.claim.calibrated:
        sheet.text(row, _VERDICT, facts.say("claim.used"), "middle")
        return
    at = sheet.cell(row, _DISTANCE).ref.replace("$", "")
    value = inside if check.inside else outside
    sheet.formula(row, _VERDICT, f'=IF({at}=0,"{inside}","{outside}")', value, style="middle")


def _form(facts: Facts, check: Check) -> str:
    return _FORMS.get(check.claim.unit, MONEY[facts.lang])


def _scale(facts: Facts, check: Check) -> float:
    return facts.coin if check.claim.metric in OF_MONEY else 1.0


def write_claim_worlds(sheet: Sheet, facts: Facts, weights: Weights) -> list[tuple[Area, Quad]]:
    """What every claim reads in each world; a column per claim and way of counting."""
    found = facts.statement.claims
    sheet.columns(10, *[18] * len(found))
    row = sheet.begin(
        facts.say("book.claim_worlds.title"),
        facts.say("book.claim_worlds.lead", unit=facts.say("book.unit")),
        width=max(6, min(len(found) + 1, 10)),
    )
    sheet.head(row, [facts.say("book.claim.id"), *(check.claim.id for check in found)])
    sheet.head(row + 1, [facts.say("page.sure.alternative"), *(facts.title(c.alternative) for c in found)])
    sheet.head(row + 2, [facts.say("page.claims.way"), *(accounting(check, facts.lang) for check in found)])
    for i, label in enumerate(heads(facts)):
        sheet.text(row + 3 + i, 0, label, "bold")
    first = row + 7
    for i, world in enumerate(facts.worlds):
        sheet.number(first + i, 0, world, "plain")
    places = []
    for col, check in enumerate(found, start=1):
        form = _form(facts, check)
        area = write_column(sheet, first, col, check.values / _scale(facts, check), form)
        places.append((area, write_quantiles(sheet, row + 3, col, area, weights, form)))
    sheet.finish(first + len(facts.worlds) - 1, len(found), row + 6)
    return places
