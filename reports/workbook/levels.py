"""Savings by level of government: by category, and world by world."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...sim.ledger import ANNUAL
from ..books import rows_of
from ..quantiles import Floats
from .book import MONEY, Area, Quad, Sheet
from .facts import Facts
from .spread import Weights, heads, write_column, write_links, write_quantiles


def write_levels(sheet: Sheet, facts: Facts, name: str, weights: Weights) -> None:
    """Who saves: level by category, then both ways of counting world by world."""
    levels, shared = facts.by_level(name), facts.by_level_shared(name)
    width = 1 + len(ANNUAL) + 5
    sheet.columns(30, *[13] * max(width - 1, len(levels) + len(shared) + 2))
    row = sheet.begin(
        facts.say("book.levels.title", name=facts.title(name)),
        facts.say("book.levels.lead", unit=facts.say("book.unit"), year=facts.books.scenario.time.price_year),
        facts.say("book.no_adding"),
        width=width,
    )
    table = row + len(levels) + len(shared) + 10
    own, both = _by_world(sheet, facts, table, weights, levels, shared)
    row = _owners(sheet, facts, name, row, own)
    _bearers(sheet, facts, row + 2, both)
    sheet.finish(table + 5 + len(facts.worlds), width - 1)


def _owners(sheet: Sheet, facts: Facts, name: str, row: int, quads: Mapping[str, Quad]) -> int:
    """Level by category, means; the row of the sum is returned."""
    money, last_col = MONEY[facts.lang], 1 + len(ANNUAL)
    sheet.section(row, facts.say("page.savings.level"), last_col + 5)
    categories = [facts.say(f"category.{category}") for category in ANNUAL]
    labels = [facts.say("book.owner"), *categories, facts.say("book.sum_of_means"), *heads(facts)]
    sheet.head(row + 1, labels)
    saved = _by_category(facts, name)
    first = row + 2
    for i, (level, quad) in enumerate(quads.items()):
        sheet.text(first + i, 0, facts.level_title(level), "label")
        for j in range(len(ANNUAL)):
            sheet.number(first + i, 1 + j, float(saved[i, j]), money)
        sheet.sum(first + i, last_col, sheet.area(first + i, 1, first + i, last_col - 1), money, "formula")
        write_links(sheet, first + i, last_col + 1, quad, money)
    end = first + len(quads)
    sheet.text(end, 0, facts.say("book.sum"), "strong")
    for col in (*range(1, last_col + 1), last_col + 4):
        sheet.sum(end, col, sheet.area(first, col, end - 1, col), money)
    return end


def _by_category(facts: Facts, name: str) -> Floats:
    """Mean annual saving by level (last the cloud site) and category, in the unit of tables."""
    books = facts.books
    saving = books.each(books.baseline, lambda o: o.cost_by_level_cny) - books.each(
        name, lambda o: o.cost_by_level_cny
    )
    yearly = saving[:, list(books.years)].mean(axis=(0, 1)) / facts.coin
    return np.stack([yearly[:, rows_of({category})].sum(axis=1) for category in ANNUAL], axis=1)


def _bearers(sheet: Sheet, facts: Facts, row: int, quads: Mapping[str, Quad]) -> None:
    """Levels with their share of the cloud."""
    money = MONEY[facts.lang]
    sheet.section(row, facts.say("book.levels.shared"), 5)
    sheet.head(row + 1, [facts.say("book.level"), *heads(facts)])
    first = row + 2
    for i, (level, quad) in enumerate(quads.items()):
        sheet.text(first + i, 0, facts.level_title(level), "label")
        write_links(sheet, first + i, 1, quad, money)
    end = first + len(quads)
    sheet.text(end, 0, facts.say("book.sum"), "strong")
    sheet.sum(end, 4, sheet.area(first, 4, end - 1, 4), money)


def _by_world(
    sheet: Sheet,
    facts: Facts,
    row: int,
    weights: Weights,
    levels: Mapping[str, Floats],
    shared: Mapping[str, Floats],
) -> tuple[dict[str, Quad], dict[str, Quad]]:
    """Both ways world by world, each with its sum; returns the quantiles of each."""
    width = 1 + len(levels) + 1 + len(shared) + 1
    sheet.section(row, facts.say("book.levels.by_world"), width)
    head, first = row + 1, row + 6
    titles = [facts.level_title(level) for level in levels]
    shares = [facts.say("book.with_share", level=facts.level_title(level)) for level in shared]
    total = facts.say("book.sum")
    sheet.head(head, [facts.say("book.world"), *titles, total, *shares, total])
    for i, label in enumerate(heads(facts)):
        sheet.text(head + 1 + i, 0, label, "bold")
    for i, world in enumerate(facts.worlds):
        sheet.number(first + i, 0, world, "plain")
    found = []
    col = 1
    for part in (levels, shared):
        areas = {
            level: write_column(sheet, first, col + i, values / facts.coin, MONEY[facts.lang])
            for i, (level, values) in enumerate(part.items())
        }
        col += len(part)
        _sum_rows(sheet, facts, areas, col, head, weights)
        col += 1
        found.append(
            {
                level: write_quantiles(sheet, head + 1, area.first_col, area, weights, MONEY[facts.lang])
                for level, area in areas.items()
            }
        )
    return found[0], found[1]


def _sum_rows(
    sheet: Sheet, facts: Facts, areas: Mapping[str, Area], col: int, head: int, weights: Weights
) -> None:
    money, some = MONEY[facts.lang], next(iter(areas.values()))
    for row in range(some.first_row, some.last_row + 1):
        sheet.sum(row, col, sheet.area(row, col - len(areas), row, col - 1), money, "result")
    area = sheet.area(some.first_row, col, some.last_row, col)
    write_quantiles(sheet, head + 1, col, area, weights, money)
