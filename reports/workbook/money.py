"""Money: what an alternative returns, who pays and who saves, year by year."""

from __future__ import annotations

from collections.abc import Mapping

from ...sim.ledger import PAYERS
from ..money.sections import COMPARED, VENDOR
from ..money.statement import Money
from ..quantiles import Stat
from .book import MONEY, Area, Sheet
from .facts import Facts
from .spread import heads, write_stat

_COINS = (
    "npv",
    "npv_with_carbon",
    "npv_without_vat",
    "annual_without_vat",
    "society_npv",
    "finance",
    "equivalent_annual_cost",
    "equivalent_annual_cost_before",
    "residual_value",
    "turnover",
    "vendor_npv",
)
_FORMS = {
    "irr": "share",
    "irr_nominal": "share",
    "mirr": "share",
    "vendor_irr": "share",
    "unused_share": "share",
    "payback_years": "two",
    "payback_discounted_years": "two",
    "first_benefit_years": "two",
    "carbon_avoided": "whole",
    "abatement_cost": "whole",
    "price": "whole",
}


def write_money(sheet: Sheet, facts: Facts) -> None:
    """One block per alternative that is compared."""
    widest = max(len(money.savings[0].by_payer) for money in _compared(facts).values())
    width = max(6, widest + 5)
    sheet.columns(52, *[15] * (width - 1))
    row = sheet.begin(facts.say("money.title"), facts.say("book.money.lead"), width=width)
    for name, money in _compared(facts).items():
        sheet.section(row, facts.title(name), width)
        if money.mode is not None:
            row += 1
            sheet.note(row, facts.say(f"money.mode.{money.mode}"), width)
        row = _figures(sheet, facts, name, row + 1)
        row = _years(sheet, facts, name, row + 1, width) + 3
    sheet.finish(row - 3, width - 1)


def _compared(facts: Facts) -> Mapping[str, Money]:
    return {name: money for name, money in facts.statement.money.items() if money.savings}


def _figures(sheet: Sheet, facts: Facts, name: str, row: int) -> int:
    """Figures over worlds as the program computed them; the next free row is returned."""
    money = facts.statement.money[name]
    sheet.head(row, [facts.say("document.column.figure"), *heads(facts)])
    for key, stat in _stats(facts, name).items():
        row += 1
        unit = facts.say(f"money.per.{money.vendor.unit}") if money.vendor else ""
        names = {"unit": unit, "baseline": facts.title(facts.books.baseline)}
        sheet.text(row, 0, facts.say(f"money.{key}", **names), "label")
        coin = key in _COINS
        form = MONEY[facts.lang] if coin else _FORMS[key]
        write_stat(sheet, row, 1, stat, facts.coin if coin else 1.0, form)
    return row + 1


def _stats(facts: Facts, name: str) -> dict[str, Stat]:
    statement = facts.statement
    money = statement.money[name]
    found = {key: money.compared[key] for key, _ in COMPARED if key in money.compared}
    if found["finance"].mean == 0:  # nothing is lent, given or put in
        del found["finance"]
    before = statement.money[facts.books.baseline].own["equivalent_annual_cost"]
    found["equivalent_annual_cost_before"] = before
    found |= {key: money.own[key] for key in ("equivalent_annual_cost", "residual_value")}
    if money.vendor is not None:
        found |= {key: money.vendor.figures[key] for key, _ in VENDOR}
    return found


def _years(sheet: Sheet, facts: Facts, name: str, row: int, width: int) -> int:
    """Mean saving by year and payer with sums both ways; the last row is returned."""
    savings, form = facts.statement.money[name].savings, MONEY[facts.lang]
    payers = list(savings[0].by_payer)
    levels = [payer for payer in payers if payer not in PAYERS]
    others = payers[len(levels) :]
    day = savings[0].nominal is not None
    sheet.section(row, facts.say("money.years.title"), width)
    labels = [facts.level_title(level) for level in levels]
    head = [facts.say("book.year"), *labels, facts.say("money.years.government")]
    head += [facts.say(f"money.payer.{payer}") for payer in others]
    head += [facts.say("book.all_payers")] if others else []
    sheet.head(row + 1, head + ([facts.say("book.of_the_day")] if day else []))
    first = row + 2
    for i, cash in enumerate(savings):
        r = first + i
        sheet.text(r, 0, str(cash.year), "label")
        _payers(sheet, r, 1, [cash.by_payer[p] for p in levels], facts.coin, form)
        end = 1 + len(levels)
        government = sheet.sum(r, end, sheet.area(r, 1, r, end - 1), form, "result")
        if others:
            area = _payers(sheet, r, end + 1, [cash.by_payer[p] for p in others], facts.coin, form)
            text = f"={government.ref}+SUM({area.ref})".replace("$", "")
            sheet.formula(r, area.last_col + 1, text, government.number + sum(area.numbers()), form, "result")
        if cash.nominal is not None and cash.nominal.mean is not None:
            sheet.number(r, len(head), cash.nominal.mean / facts.coin, form)
    last = first + len(savings) - 1
    sheet.text(last + 1, 0, facts.say("book.sum"), "strong")
    for col in range(1, len(head) + day):
        sheet.sum(last + 1, col, sheet.area(first, col, last, col), form)
    return last + 1


def _payers(sheet: Sheet, row: int, col: int, stats: list[Stat], coin: float, form: str) -> Area:
    for i, stat in enumerate(stats):
        sheet.number(row, col + i, None if stat.mean is None else stat.mean / coin, form)
    return sheet.area(row, col, row, col + len(stats) - 1)
