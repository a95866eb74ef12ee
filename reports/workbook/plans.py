"""Rules and what became of them; the plan of the middle world with its proof."""

from __future__ import annotations

from ...optimize.plan import Proof
from ..lines import NOTHING, text
from ..messages import day_text
from ..policy import day_of
from ..quantiles import Stat
from ..rule_words import rule_rows
from .book import ENERGY, MONEY, Sheet
from .facts import Facts
from .spread import heads, write_stat

_RULES_WIDTH = 12


def write_rules(sheet: Sheet, facts: Facts) -> None:
    """Every rule that binds an alternative, and where the alternatives stand at the end."""
    sheet.columns(34, 46, 11, *[13] * 4, 12, 12, 12, 12, 46)
    row = sheet.begin(facts.say("page.policy"), facts.say("book.rules.lead"), width=_RULES_WIDTH)
    for name, found in facts.statement.policy.items():
        if not found:
            continue
        sheet.section(row, facts.title(name), _RULES_WIDTH)
        met_on = [
            facts.say("book.rule.met_on", quantile=facts.say(f"page.{q}")) for q in ("p10", "p50", "p90")
        ]
        keys = ("first", "due", "short_p50", "short_p90", "unit", "source")
        labels = [facts.say(f"book.rule.{key}") for key in ("name", "words", "met")]
        sheet.head(row + 1, [*labels, *met_on, *(facts.say(f"book.rule.{key}") for key in keys)])
        row += 2
        for rule in rule_rows(facts.statement, name, facts.lang):
            figures = found[rule.name]
            dates = {3 + i: _day(facts, figures.met_on, key) for i, key in enumerate(("p10", "p50", "p90"))}
            due = NOTHING if figures.due is None else day_text(facts.lang, figures.due)
            unit = facts.say(f"book.rule_unit.{figures.shortfall.unit}")
            sheet.row_of(row, {0: rule.name, 1: rule.words, 11: rule.source})
            for col, word in {**dates, 6: rule.first_on, 7: due, 10: unit}.items():
                sheet.text(row, col, word, "middle")
            sheet.number(row, 2, figures.met_share, "percent")
            for col, value in ((8, figures.shortfall.p50), (9, figures.shortfall.p90)):
                sheet.number(row, col, value, "general")
            row += 1
        row += 1
    row = _goals(sheet, facts, row)
    sheet.finish(row, _RULES_WIDTH - 1)


def _day(facts: Facts, stat: Stat, key: str) -> str:
    year = getattr(stat, key)
    return NOTHING if year is None else day_text(facts.lang, day_of(year))


def _goals(sheet: Sheet, facts: Facts, row: int) -> int:
    """Goals by alternative; the last row is returned."""
    names = list(next(iter(facts.statement.goals.values()), {}))
    if not names:
        return row
    sheet.section(row, facts.say("page.goals"), _RULES_WIDTH)
    for name, found in facts.statement.goals.items():
        sheet.head(row + 1, [facts.title(name), "", *heads(facts)])
        row += 2
        for goal, stat in found.items():
            sheet.text(row, 0, facts.say(f"goal.{goal}"), "label")
            write_stat(sheet, row, 2, stat, 1.0, "whole" if goal == "rooms_open" else "share")
            row += 1
    return row


def write_plan(sheet: Sheet, facts: Facts) -> None:
    """What is built in the middle world, and how near its cost is to the proven bound."""
    statement, unit = facts.statement, facts.say("book.unit")
    sheet.columns(76, 18, 16, 16, 18)
    lead = facts.say("page.plan.lead", world=statement.middle_world)
    row = sheet.begin(facts.say("page.plan"), lead, facts.say("book.plan.lead", unit=unit), width=5)
    for name, proof in statement.proofs.items():
        sheet.section(row, facts.title(name), 5)
        row = _proof(sheet, facts, name, proof, row + 1)
        row = _schedule(sheet, facts, name, row)
        row = _sites(sheet, facts, name, row) + 1
    sheet.finish(row, 4)


def _proof(sheet: Sheet, facts: Facts, name: str, proof: Proof, row: int) -> int:
    """The packing; the next free row is returned."""
    money = MONEY[facts.lang]
    row = _bounded(sheet, facts, "", proof.cost_cny_per_year, proof.bound_cny_per_year, row)
    sheet.text(row, 0, facts.say("page.plan.standby"), "label")
    sheet.number(row, 1, proof.standby_cost_cny_per_year / facts.coin, money)
    counts = {
        "hosts": proof.hosts,
        "performance": proof.hosts_performance_at_least,
        "as_is": proof.hosts_as_is_at_least,
        "late": facts.statement.late[name],
    }
    for key, value in counts.items():
        row += 1
        sheet.text(row, 0, facts.say(f"page.plan.{key}"), "label")
        sheet.number(row, 1, value, "whole")
    return row + 1


def _bounded(sheet: Sheet, facts: Facts, prefix: str, cost: float, bound: float, row: int) -> int:
    """A cost, its lower bound, and the gap between them as a formula."""
    for i, (key, value) in enumerate((("cost", cost), ("bound", bound))):
        sheet.text(row + i, 0, facts.say(f"page.plan.{prefix}{key}"), "label")
        sheet.number(row + i, 1, value / facts.coin, MONEY[facts.lang])
    sheet.text(row + 2, 0, facts.say(f"page.plan.{prefix}gap"), "label")
    gap = cost / bound - 1.0 if bound else 0.0
    sheet.formula(row + 2, 1, f"=IF(B{row + 2}=0,0,B{row + 1}/B{row + 2}-1)", gap, "fine_share")
    return row + 3


def _schedule(sheet: Sheet, facts: Facts, name: str, row: int) -> int:
    """The order of moves; the next free row is returned."""
    if name not in facts.statement.schedules:
        return row
    proof = facts.statement.schedules[name]
    row = _bounded(sheet, facts, "moves_", proof.cost_cny, proof.bound_cny, row)
    sheet.text(row, 0, facts.say("page.plan.moves_in_turn"), "label")
    sheet.number(row, 1, proof.in_turn_cny / facts.coin, MONEY[facts.lang])
    return row + 1


def _sites(sheet: Sheet, facts: Facts, name: str, row: int) -> int:
    """Sites with their sums; the next free row is returned."""
    found = facts.statement.sites.get(name, ())
    if not found:
        return row
    keys = ("name", "hosts", "recovery_hosts", "energy", "cost")
    sheet.head(row + 1, [facts.say(f"site.{key}") for key in keys])
    first = row + 2
    forms = ("whole", "whole", ENERGY[facts.lang], MONEY[facts.lang])
    for i, site in enumerate(found):
        sheet.row_of(first + i, {0: text(facts.lang, site.title)})
        values = (
            site.hosts,
            site.recovery_hosts,
            site.energy_kwh / facts.power,
            site.cost_cny / facts.coin,
        )
        for col, (value, form) in enumerate(zip(values, forms, strict=True), start=1):
            sheet.number(first + i, col, value, form)
    last = first + len(found) - 1
    sheet.text(last + 1, 0, facts.say("book.sum"), "strong")
    for col, form in enumerate(forms, start=1):
        sheet.sum(last + 1, col, sheet.area(first, col, last, col), form)
    return last + 2
