"""Cash over time: every world's saving by month with its present value, and the sums by year."""

from __future__ import annotations

from dataclasses import dataclass

from ...sim.worth import mid_months
from ..books import MONTHS_PER_YEAR
from ..figures import total_savings
from ..quantiles import Floats
from .book import MONEY, Area, Cell, Quad, Sheet, column_name
from .facts import Facts
from .spread import Weights, heads, write_quantiles

_RATE, _LEFT, _NPV, _YEARS = 1, 2, 3, 4  # columns of the sheet of flows


@dataclass(frozen=True)
class Flows:
    """Where the flows of all worlds stand.

    Attributes:
        npv: present value of each world.
        saving, cumulative: P10, P50, P90 and mean of each year's saving, and of all up to its end.
        rows: first row of the worlds.
    """

    sheet: Sheet
    npv: Area
    saving: tuple[Quad, ...]
    cumulative: tuple[Quad, ...]
    rows: int

    def of_world(self, row: int, year: int) -> Cell:
        """Saving of one world, by its row among the results, in a year."""
        return self.sheet.cell(self.rows + row, _YEARS + year)

    def npv_of(self, row: int) -> Cell:
        """Present value of one world."""
        return self.sheet.cell(self.rows + row, _NPV)

    def rate_of(self, row: int) -> Cell:
        """Discount rate of one world."""
        return self.sheet.cell(self.rows + row, _RATE)


def write_flows(sheet: Sheet, facts: Facts, name: str, weights: Weights) -> Flows:
    """Saving of every world by month; sums by year and present value as formulas."""
    flow = facts.books.saving(name).sum(axis=2) / facts.coin
    years, months = len(facts.years), flow.shape[1]
    first_month = _YEARS + 2 * years
    money = MONEY[facts.lang]
    sheet.columns(10, 11, 14, 14, *[13] * (2 * years), *[11] * months)
    row = sheet.begin(
        facts.say("book.flows.title", name=facts.title(name)),
        facts.say("book.flows.lead", unit=facts.say("book.unit"), years=years),
        width=12,
    )
    sheet.head(row, _labels(facts, months))
    time_row, first = row + 1, row + 6
    sheet.text(time_row, 0, facts.say("book.flows.when"), "label")
    sheet.number(time_row, _LEFT, years, "plain")
    for month, when in enumerate(mid_months(months).tolist()):
        sheet.number(time_row, first_month + month, when, "three")
    _write_flows(sheet, facts, flow, first, facts.left(name) / facts.coin)
    npv = total_savings(facts.books, name)["npv"].values / facts.coin
    _write_npv(sheet, npv, first, time_row, first_month, months, money)
    for i, label in enumerate(heads(facts)):
        sheet.text(row + 2 + i, 0, label, "bold")
    last = first + len(flow) - 1
    quads = [
        write_quantiles(sheet, row + 2, col, sheet.area(first, col, last, col), weights, money)
        for col in range(_NPV, first_month)
    ]
    sheet.finish(last, first_month + months - 1, row + 5)
    area = sheet.area(first, _NPV, last, _NPV)
    return Flows(sheet, area, tuple(quads[1 : 1 + years]), tuple(quads[1 + years :]), first)


def _labels(facts: Facts, months: int) -> list[str]:
    return [
        facts.say("book.world"),
        facts.say("quantity.prices.discount_rate"),
        facts.say("book.left"),
        facts.say("book.npv"),
        *(facts.say("book.saving_of", year=year) for year in facts.years),
        *(facts.say("book.cumulative_to", year=year) for year in facts.years),
        *(_month(facts, month) for month in range(months)),
    ]


def _month(facts: Facts, month: int) -> str:
    clock = facts.books.clock
    return f"{clock.year_of_month(month)}-{clock.calendar_month(month) + 1:02d}"


def _write_flows(sheet: Sheet, facts: Facts, flow: Floats, first: int, left: Floats) -> None:
    """Given columns, and the sums by year."""
    years, money = len(facts.years), MONEY[facts.lang]
    first_month = _YEARS + 2 * years
    for world, cash in enumerate(flow.tolist()):
        row = first + world
        sheet.number(row, 0, facts.worlds[world], "plain")
        sheet.number(row, _RATE, float(facts.rate[world]), "fine_share")
        sheet.number(row, _LEFT, float(left[world]), money)
        for month, value in enumerate(cash):
            sheet.number(row, first_month + month, value, money)
        for year in range(years):
            start = first_month + year * MONTHS_PER_YEAR
            sheet.sum(
                row, _YEARS + year, sheet.area(row, start, row, start + MONTHS_PER_YEAR - 1), money, "formula"
            )
        for year in range(years):
            area = sheet.area(row, _YEARS, row, _YEARS + year)
            sheet.sum(row, _YEARS + years + year, area, money, "formula")


def _write_npv(
    sheet: Sheet, npv: Floats, first: int, time_row: int, first_month: int, months: int, money: str
) -> None:
    last_month = first_month + months - 1
    when = sheet.area(time_row, first_month, time_row, last_month).ref
    horizon = sheet.cell(time_row, _LEFT).ref
    rate, left = column_name(_RATE), column_name(_LEFT)
    for world, value in enumerate(npv.tolist()):
        row = first + world
        cash = sheet.area(row, first_month, row, last_month).ref.replace("$", "")
        growth = f"(1+{rate}{row + 1})"
        text = f"=SUMPRODUCT({cash},{growth}^(-{when}))+{left}{row + 1}*{growth}^(-{horizon})"
        sheet.formula(row, _NPV, text, value, money, "result")


def write_cash(sheet: Sheet, facts: Facts, name: str, flows: Flows) -> Area:
    """Sums by year over all worlds, then the middle world month by month.

    Returns:
        The yearly table without its head: label, mean saving, its sum, P10, P50, P90 of the sum, P90 - P10.
    """
    money = MONEY[facts.lang]
    sheet.columns(26, *[14] * 8)
    row = sheet.begin(
        facts.say("book.cash.title", name=facts.title(name), baseline=facts.title(facts.books.baseline)),
        facts.say("book.cash.lead", unit=facts.say("book.unit"), year=facts.books.scenario.time.price_year),
        width=9,
    )
    labels = [
        facts.say("book.by_end_of"),
        facts.say("book.saving_mean"),
        facts.say("book.cumulative_mean"),
        *(facts.say("book.cumulative_quantile", quantile=label) for label in heads(facts)[:3]),
        facts.say("book.band"),
        facts.say("book.middle_saving", world=facts.statement.middle_world),
        facts.say("book.middle_cumulative", world=facts.statement.middle_world),
    ]
    sheet.head(row, labels)
    first = row + 1
    _start(sheet, facts, first)
    for i, year in enumerate(facts.years):
        r = first + 1 + i
        sheet.text(r, 0, str(year), "label")
        sheet.link(r, 1, flows.saving[i][3], money)
        sheet.sum(r, 2, sheet.area(first, 1, r, 1), money, "formula")
        for j in range(3):
            sheet.link(r, 3 + j, flows.cumulative[i][j], money)
        sheet.less(r, 6, sheet.cell(r, 5), sheet.cell(r, 3), money)
        sheet.link(r, 7, flows.of_world(facts.middle, i), money)
        sheet.sum(r, 8, sheet.area(first, 7, r, 7), money, "formula")
    last = first + len(facts.years)
    end = _middle(sheet, facts, name, flows, last + 21)
    sheet.finish(end, 8, breaks=(last + 21,))
    return sheet.area(first, 0, last, 6)


def _start(sheet: Sheet, facts: Facts, row: int) -> None:
    """The row of the first day, when nothing has flowed."""
    sheet.text(row, 0, facts.say("book.start"), "label")
    for col in range(1, 9):
        sheet.number(row, col, 0.0, MONEY[facts.lang], "formula")


def _middle(sheet: Sheet, facts: Facts, name: str, flows: Flows, row: int) -> int:
    """The present value of the middle world, month by month with discount factors; returns the last row."""
    money = MONEY[facts.lang]
    sheet.section(row, facts.say("book.discounting", world=facts.statement.middle_world), 9)
    sheet.text(row + 1, 0, facts.say("quantity.prices.discount_rate"), "label")
    rate = sheet.link(row + 1, 1, flows.rate_of(facts.middle), "fine_share")
    sheet.head(row + 2, _middle_labels(facts, name))
    first = row + 3
    before, after = (
        (facts.outcome(n).cost_cny.sum(axis=1) / facts.coin).tolist() for n in (facts.books.baseline, name)
    )
    for month, when in enumerate(mid_months(len(before)).tolist()):
        r = first + month
        sheet.text(r, 0, _month(facts, month), "label")
        costs = [sheet.number(r, 1 + i, cost[month], money) for i, cost in enumerate((before, after))]
        saving = sheet.less(r, 3, costs[0], costs[1], money)
        sheet.sum(r, 4, sheet.area(first, 3, r, 3), money, "formula")
        _present(sheet, r, sheet.number(r, 5, when, "three"), rate, saving, money)
    last = first + len(before) - 1
    left = float(facts.left(name)[facts.middle]) / facts.coin
    sheet.text(last + 1, 0, facts.say("book.left"), "label")
    kept = sheet.number(last + 1, 3, left, money)
    _present(sheet, last + 1, sheet.number(last + 1, 5, len(facts.years), "three"), rate, kept, money)
    sheet.text(last + 2, 0, facts.say("book.sum"), "strong")
    for col in (1, 2, 3):
        sheet.sum(last + 2, col, sheet.area(first, col, last, col), money)
    npv = sheet.sum(last + 2, 7, sheet.area(first, 7, last + 1, 7), money)
    sheet.text(last + 3, 0, facts.say("book.check"), "label")
    sheet.less(last + 3, 7, npv, flows.npv_of(facts.middle), money)
    return last + 3


def _present(sheet: Sheet, row: int, when: Cell, rate: Cell, cash: Cell, money: str) -> None:
    """Discount factor and present value of a sum."""
    value = (1.0 + rate.number) ** -when.number
    factor = sheet.formula(row, 6, f"=(1+{rate.ref})^(-F{row + 1})", value, "factor")
    sheet.formula(row, 7, f"=D{row + 1}*G{row + 1}", cash.number * factor.number, money)


def _middle_labels(facts: Facts, name: str) -> list[str]:
    return [
        facts.say("book.month"),
        facts.say("book.cost_of", name=facts.title(facts.books.baseline)),
        facts.say("book.cost_of", name=facts.title(name)),
        facts.say("book.saving"),
        facts.say("book.cumulative"),
        facts.say("book.years_to"),
        facts.say("book.factor"),
        facts.say("book.present"),
    ]
