"""Electricity from IT over UPS to cooling, before and after; and how each alternative behaves."""

from __future__ import annotations

from dataclasses import dataclass

from ...sim.ledger import ITEM
from ..books import MONTHS_PER_YEAR, rows_of
from ..figures import PARTS
from ..lines import hosts_bought
from ..money.metrics import STANDARDS
from .book import ENERGY, Area, Sheet
from .facts import Facts
from .spread import heads, write_stat

_SIDES = ("room", "cloud")
_LABEL = 24  # characters below a column of a chart
# Figures of an alternative, and how each is shown.
_CONDUCT = {
    "rooms_open": "whole",
    "hosts": "whole",
    "hosts_bought": "whole",
    "carbon": "whole",
    "embodied_carbon": "whole",
    "pue": "two",
    "utilisation": "share",
    "availability": "fine_share",
    "unserved_share": "fine_share",
    "overload_share": "fine_share",
    "system_hours_lost": "whole",
    "worst_down": "whole",
}
_METRICS = {
    "pue": "two",
    "dcie": "percent",
    "cue": "three",
    "wue": "two",
    "iteesv": "one",
    "iteusv": "share",
    "virtualisation": "one",
    "rack_in_use": "percent",
    "consolidation_ratio": "one",
}


@dataclass(frozen=True)
class Chain:
    """Where the electricity by cause stands: a label, then one column per alternative.

    ``head`` is the row that names the alternatives, ``chart`` a row with room for a chart.
    """

    causes: Area
    head: int
    chart: int


def write_energy(sheet: Sheet, facts: Facts) -> Chain:
    """The chain before and after, and the years."""
    names = list(facts.books.scenario.alternatives)
    width = max(2 * len(names), 7)  # as wide as the chart
    sheet.columns(34, *[18] * (width - 1))
    statement = facts.statement
    years = {"first": statement.years[0], "last": statement.years[-1]}
    row = sheet.begin(
        facts.say("book.energy.title"),
        facts.say("book.energy.lead", unit=facts.say("book.unit_energy"), **years),
        width=width,
    )
    others = [name for name in names if name != facts.books.baseline]
    labels = [facts.short(name) for name in names]
    fewer = [facts.say("book.less_than", name=facts.short(name)) for name in others]
    sheet.head(row, [facts.say("document.column.item"), *labels, *fewer])
    causes, end = _chain(sheet, facts, names, row)
    chart = end + 2
    _years(sheet, facts, names, chart + 20)
    sheet.finish(chart + 22 + len(facts.years), width - 1, breaks=(chart - 1,))
    return Chain(causes, causes.first_row - 1, chart)


def _chain(sheet: Sheet, facts: Facts, names: list[str], head: int) -> tuple[Area, int]:
    """By place and cause, by cause, and PUE as a formula; returns the rows by cause and the last row."""
    first, form, columns = head + 1, ENERGY[facts.lang], range(1, 1 + len(names))
    yearly = [facts.books.yearly(facts.books.each(n, lambda o: o.amount)).mean(axis=0) for n in names]
    rows: dict[str, list[int]] = {part: [] for part in PARTS}
    row = first
    for side in _SIDES:
        for part in PARTS:
            sheet.text(row, 0, facts.say(f"booking.{side}_{part}"), "label")
            for col, amounts in zip(columns, yearly, strict=True):
                sheet.number(row, col, float(amounts[ITEM[f"{side}_{part}"]]) / facts.power, form)
            rows[part].append(row)
            row += 1
    sheet.head(row, [facts.say("book.energy.by_cause"), *(facts.short(name, _LABEL) for name in names)])
    start = row + 1
    for i, part in enumerate(PARTS):
        sheet.text(start + i, 0, facts.say(f"figure.energy_{part}"), "label")
        for col in columns:
            cells = [sheet.cell(r, col) for r in rows[part]]
            text = "=" + "+".join(c.ref for c in cells).replace("$", "")
            sheet.formula(start + i, col, text, sum(c.number for c in cells), form)
    total = start + len(PARTS)
    sheet.text(total, 0, facts.say("book.sum"), "strong")
    for col in columns:
        sheet.sum(total, col, sheet.area(start, col, total - 1, col), form)
    end = _ratios(sheet, facts, names, start, total)
    _fewer(sheet, facts, names, [*range(first, first + 8), *range(start, total + 1)])
    return sheet.area(start, 0, total - 1, len(names)), end


def _ratios(sheet: Sheet, facts: Facts, names: list[str], start: int, total: int) -> int:
    """PUE of the means, and the mean of the worlds' own."""
    sheet.text(total + 1, 0, facts.say("book.energy.pue"), "label")
    sheet.text(total + 2, 0, facts.say("book.energy.pue_mean"), "label")
    for col, name in enumerate(names, start=1):
        whole, it = sheet.cell(total, col), sheet.cell(start, col)
        text = f'=IF({it.ref}>0,{whole.ref}/{it.ref},"–")'.replace("$", "")
        pue = whole.number / it.number if it.number > 0 else None
        sheet.formula(total + 1, col, text, pue, "three")
        sheet.number(total + 2, col, facts.statement.conduct[name].pue.mean, "three")
    return total + 2


def _fewer(sheet: Sheet, facts: Facts, names: list[str], rows: list[int]) -> None:
    """What each alternative draws less than the baseline."""
    base = 1 + names.index(facts.books.baseline)
    others = [col for col in range(1, 1 + len(names)) if col != base]
    for row in rows:
        for i, col in enumerate(others):
            cells = sheet.cell(row, base), sheet.cell(row, col)
            sheet.less(row, 1 + len(names) + i, *cells, ENERGY[facts.lang])


def _years(sheet: Sheet, facts: Facts, names: list[str], row: int) -> None:
    """Mean of all worlds by calendar year."""
    sheet.section(row, facts.say("book.energy.years"), 1 + len(names))
    sheet.head(row + 1, [facts.say("book.year"), *map(facts.short, names)])
    power = rows_of({"electricity"})
    for col, name in enumerate(names, start=1):
        monthly = facts.books.each(name, lambda o: o.amount[:, power].sum(axis=1)).mean(axis=0)
        yearly = monthly.reshape(-1, MONTHS_PER_YEAR).sum(axis=1) / facts.power
        for i, value in enumerate(yearly.tolist()):
            sheet.text(row + 2 + i, 0, str(facts.years[i]), "label")
            sheet.number(row + 2 + i, col, value, ENERGY[facts.lang])
        last = row + 1 + len(facts.years)
        sheet.sum(last + 1, col, sheet.area(row + 2, col, last, col), ENERGY[facts.lang])
    sheet.text(row + 2 + len(facts.years), 0, facts.say("book.sum"), "strong")


def write_conduct(sheet: Sheet, facts: Facts) -> None:
    """Machines, carbon, service and metrics: quantiles of each alternative as the program computed them."""
    names = list(facts.statement.conduct)
    width = 2 + 4 * len(names)
    sheet.columns(46, 18, *[13] * (4 * len(names)))
    row = sheet.begin(facts.say("book.conduct.title"), facts.say("book.conduct.lead"), width=min(width, 10))
    sheet.section(row, "", width)
    for i, name in enumerate(names):
        sheet.text(row, 2 + 4 * i, facts.title(name), "section")
    standard = facts.say("metric.standard")
    sheet.head(row + 1, [facts.say("document.column.figure"), standard, *heads(facts) * len(names)])
    first = row + 2
    for i, (key, form) in enumerate(_CONDUCT.items()):
        label = facts.say("book.hosts" if key == "hosts" else f"figure.{key}")
        if key == "hosts_bought":
            label = hosts_bought(facts.statement, facts.lang)
        sheet.text(first + i, 0, label, "label")
        for j, found in enumerate(facts.statement.conduct.values()):
            write_stat(sheet, first + i, 2 + 4 * j, getattr(found, key), 1.0, form)
    row = first + len(_CONDUCT)
    sheet.section(row, facts.say("metric.title"), width)
    metrics = list(facts.statement.metrics.values())
    for key, form in _METRICS.items():
        if any(key in found.figures for found in metrics):
            row += 1
            sheet.text(row, 0, facts.say(f"metric.{key}"), "label")
            sheet.text(row, 1, STANDARDS[key], "label")
            for j, measured in enumerate(metrics):
                if key in measured.figures:
                    write_stat(sheet, row, 2 + 4 * j, measured.figures[key], 1.0, form)
    sheet.finish(row, width - 1, first - 1)
