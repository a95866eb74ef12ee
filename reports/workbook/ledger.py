"""The ledger of the middle world: year by item for every alternative, and what each saves, as differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...sim.ledger import ANNUAL, FINANCE, ITEMS, ONE_OFF
from .book import MONEY, Area, Cell, Sheet
from .facts import Facts
from .worlds import Worlds

_FIRST_YEAR = 1
_WIDTH_BESIDE = 3  # amount, unit and average price; or mean, by world and difference


@dataclass(frozen=True)
class Block:
    """Rows of one table of the ledger.

    Attributes:
        items: row of the sheet by row of ITEMS; ``categories`` of the sums.
        total: row of the sum of all.
    """

    items: Mapping[int, int]
    categories: Mapping[str, int]
    total: int


def write_ledger(sheet: Sheet, facts: Facts, worlds: Mapping[str, Worlds]) -> None:
    """All tables, below each other: one per alternative, then one per saving."""
    years = len(facts.years)
    width = _FIRST_YEAR + years + 1 + _WIDTH_BESIDE
    sheet.columns(34, *[13] * (years + 1), 15, 13, 13)
    row = sheet.begin(
        facts.say("book.ledger.title", world=facts.statement.middle_world),
        facts.say("book.ledger.lead", unit=facts.say("book.unit"), year=facts.books.scenario.time.price_year),
        width=width,
    )
    names = [facts.books.baseline, *facts.books.others]
    blocks: dict[str, Block] = {}
    for name in names:
        blocks[name] = _cost(sheet, facts, name, row)
        row = blocks[name].total + 3
    for name in facts.books.others:
        row = _saving(sheet, facts, name, row, blocks, worlds[name]) + 3
    sheet.finish(row - 3, width - 1)


def _groups(facts: Facts) -> Iterator[tuple[str, list[int]]]:
    """Categories with the items that the middle world books, in the order of the ledger's categories."""
    order = {category: i for i, category in enumerate((*ANNUAL, *ONE_OFF, FINANCE))}
    rows = sorted(facts.booked, key=lambda row: (order[ITEMS[row].category], row))
    for category, group in groupby(rows, key=lambda row: ITEMS[row].category):
        yield category, list(group)


def _category(facts: Facts, category: str) -> str:
    return facts.say("money.kind.finance" if category == FINANCE else f"category.{category}")


def _place(facts: Facts, first: int) -> Block:
    """Where each row of a table stands, the first at ``first``."""
    items: dict[int, int] = {}
    categories: dict[str, int] = {}
    row = first
    for category, group in _groups(facts):
        for item in group:
            items[item] = row
            row += 1
        categories[category] = row
        row += 1
    return Block(items, categories, row)


def _cost(sheet: Sheet, facts: Facts, name: str, row: int) -> Block:
    """What an alternative costs."""
    years = facts.years
    last = _FIRST_YEAR + len(years)
    sheet.section(row, facts.say("book.cost_of", name=facts.title(name)), last + 1 + _WIDTH_BESIDE)
    beside = [facts.say(f"book.{key}") for key in ("amount", "unit_of_amount", "price")]
    sheet.head(row + 1, [facts.say("document.column.item"), *map(str, years), facts.say("book.sum"), *beside])
    block = _place(facts, row + 2)
    outcome = facts.outcome(name)
    cost = facts.yearly(outcome.cost_cny) / facts.coin
    amount = outcome.amount.sum(axis=0)
    for item, at in block.items.items():
        sheet.text(at, 0, "  " + facts.say(f"booking.{ITEMS[item].name}"), "label")
        for year in range(len(years)):
            sheet.number(at, _FIRST_YEAR + year, float(cost[year, item]), MONEY[facts.lang])
        total = sheet.sum(at, last, sheet.area(at, _FIRST_YEAR, at, last - 1), MONEY[facts.lang], "formula")
        _price(sheet, facts, item, float(amount[item]), total)
    _sums(sheet, facts, block, len(years), facts.say("book.sum_all"))
    return block


def _price(sheet: Sheet, facts: Facts, item: int, amount: float, total: Cell) -> None:
    """Amount over the horizon, its unit, and what one of it cost on average in CNY."""
    row, col = total.row, total.col
    count = sheet.number(row, col + 1, amount, "one")
    sheet.text(row, col + 2, facts.say(f"book.unit.{ITEMS[item].unit}"), "unit")
    if amount:
        text = f"={total.ref}*{facts.coin:.0f}/{count.ref}".replace("$", "")
        sheet.formula(row, col + 3, text, total.number * facts.coin / amount, "two")


def _sums(sheet: Sheet, facts: Facts, block: Block, years: int, label: str) -> None:
    """Sums by category, and of all under a label."""
    money = MONEY[facts.lang]
    for category, at in block.categories.items():
        rows = [row for item, row in block.items.items() if ITEMS[item].category == category]
        sheet.text(at, 0, _category(facts, category), "strong")
        for col in range(_FIRST_YEAR, _FIRST_YEAR + years + 1):
            sheet.sum(at, col, sheet.area(rows[0], col, rows[-1], col), money)
    sheet.text(block.total, 0, label, "strong")
    for col in range(_FIRST_YEAR, _FIRST_YEAR + years + 1):
        cells = [sheet.cell(at, col) for at in block.categories.values()]
        refs = "+".join(cell.ref.replace("$", "") for cell in cells) or "0"
        sheet.formula(block.total, col, f"={refs}", sum(c.number for c in cells), money, "total")


def _saving(
    sheet: Sheet, facts: Facts, name: str, row: int, blocks: Mapping[str, Block], worlds: Worlds
) -> int:
    """What an alternative saves: differences, and beside them the same from the sheet of worlds."""
    years, money = facts.years, MONEY[facts.lang]
    last = _FIRST_YEAR + len(years)
    first_year, last_year = facts.statement.years[0], facts.statement.years[-1]
    title = facts.say("book.saved_by", name=facts.title(name), baseline=facts.title(facts.books.baseline))
    sheet.section(row, title, last + 1 + _WIDTH_BESIDE)
    beside = [
        facts.say("book.mean_or_sum", first=first_year, last=last_year),
        facts.say("book.same_by_world"),
        facts.say("book.check"),
    ]
    sheet.head(row + 1, [facts.say("document.column.item"), *map(str, years), facts.say("book.sum"), *beside])
    block = _place(facts, row + 2)
    before, after = blocks[facts.books.baseline], blocks[name]
    for item, at in block.items.items():
        sheet.text(at, 0, "  " + facts.say(f"booking.{ITEMS[item].name}"), "label")
        for col in range(_FIRST_YEAR, last):
            cells = sheet.cell(before.items[item], col), sheet.cell(after.items[item], col)
            sheet.less(at, col, *cells, money)
        sheet.sum(at, last, sheet.area(at, _FIRST_YEAR, at, last - 1), money, "formula")
    _sums(sheet, facts, block, len(years), facts.say("book.saving_all"))
    for category, at in block.categories.items():
        if category != FINANCE:
            area = sheet.area(at, _FIRST_YEAR + facts.annual[0], at, _FIRST_YEAR + facts.annual[-1])
            _compare(sheet, facts, category, area, sheet.cell(at, last), worlds)
    return block.total


def _compare(sheet: Sheet, facts: Facts, category: str, years: Area, total: Cell, worlds: Worlds) -> None:
    """The saving of a category as the sheet of worlds has it, and the difference, which is nothing."""
    money, row, col = MONEY[facts.lang], total.row, total.col
    if category in ANNUAL:
        ours = sheet.mean(row, col + 1, years, money)
    else:
        ours = sheet.formula(row, col + 1, f"={total.ref}".replace("$", ""), total.value, money)
    theirs = sheet.link(row, col + 2, worlds.cell(category, facts.middle), money)
    sheet.less(row, col + 3, ours, theirs, money)
