"""Money and metrics as tables of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from ...sim.ledger import PAYERS
from ..lines import NOTHING, Format, Line, Span, count, text, title
from ..messages import Lang, money_cell, number, say, share, significant
from ..quantiles import Stat
from ..statement import Statement
from .metrics import DCOI, STANDARDS
from .statement import Metrics, Money
from .tables import FILE


def _decimals(places: int, lang: Lang, value: float) -> str:
    return number(lang, value, places)


def _share(places: int, _: Lang, value: float) -> str:
    return share(value, places)


def _three(lang: Lang, value: float) -> str:
    return significant(lang, value)


COMPARED: tuple[tuple[str, Format], ...] = (
    ("npv", money_cell),
    ("npv_with_carbon", money_cell),
    ("npv_without_vat", money_cell),
    ("annual_without_vat", money_cell),
    ("society_npv", money_cell),
    ("finance", money_cell),
    ("irr", partial(_share, 1)),
    ("irr_nominal", partial(_share, 1)),
    ("mirr", partial(_share, 1)),
    ("payback_years", partial(_decimals, 1)),
    ("payback_discounted_years", partial(_decimals, 1)),
    ("first_benefit_years", partial(_decimals, 1)),
    ("carbon_avoided", count),
    ("abatement_cost", count),
)
VENDOR: tuple[tuple[str, Format], ...] = (
    ("price", count),
    ("unused_share", partial(_share, 1)),
    ("turnover", money_cell),
    ("vendor_npv", money_cell),
    ("vendor_irr", partial(_share, 1)),
)
METRICS: tuple[tuple[str, Format], ...] = (
    ("pue", partial(_decimals, 2)),
    ("dcie", partial(_share, 0)),
    ("cue", partial(_decimals, 2)),
    ("wue", partial(_decimals, 2)),
    ("iteesv", _three),
    ("iteusv", partial(_share, 1)),
    ("virtualisation", partial(_decimals, 1)),
    ("rack_in_use", partial(_share, 0)),
    ("consolidation_ratio", partial(_decimals, 1)),
)


@dataclass(frozen=True)
class MoneyTables:
    """Tables of one alternative.

    Attributes:
        years: a head, then one row a year: texts.
    """

    lead: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    years_lead: str
    years: tuple[tuple[str, ...], ...]


def money_tables(statement: Statement, lang: Lang) -> list[MoneyTables]:
    """Tables of every alternative that is compared with the baseline."""
    return [
        _tables(statement, name, money, lang) for name, money in statement.money.items() if money.compared
    ]


def metric_lines(statement: Statement, lang: Lang) -> list[tuple[str, str, tuple[Span, ...]]]:
    """Name, standard, and one span per alternative, of the metrics that any of them has."""
    return [
        (
            say(lang, f"metric.{key}"),
            STANDARDS[key],
            tuple(_span(found.figures.get(key), lang, written) for found in statement.metrics.values()),
        )
        for key, written in METRICS
        if any(key in found.figures for found in statement.metrics.values())
    ]


def dcoi_lines(statement: Statement, lang: Lang) -> list[tuple[str, tuple[str, ...]]]:
    """Target, and for each alternative in how many worlds it is met."""
    return [
        (say(lang, f"metric.dcoi.{key}"), tuple(_met(m, key, lang) for m in statement.metrics.values()))
        for key in DCOI
    ]


def _met(metrics: Metrics, key: str, lang: Lang) -> str:
    if metrics.dcoi[key] is None:
        return say(lang, "metric.not_simulated")
    met = metrics.met[key]
    return NOTHING if met is None else share(met)


def _tables(statement: Statement, name: str, money: Money, lang: Lang) -> MoneyTables:
    scenario = statement.scenario
    baseline = title(statement, scenario.baseline, lang)
    lead = say(
        lang,
        "money.lead",
        name=title(statement, name, lang),
        baseline=baseline,
        year=scenario.time.price_year,
        years=scenario.time.years,
        mode=say(lang, f"money.mode.{money.mode}") if money.mode else "",
    )
    financing = scenario.alternatives[name].financing
    how = "by_rule" if financing is not None and financing.paid_by else "by_systems"
    return MoneyTables(
        lead,
        tuple(_lines(statement, money, baseline, lang)),
        tuple(_notes(money, lang)),
        say(lang, "money.years.lead", how=say(lang, f"money.years.{how}")),
        _years(statement, money, lang),
    )


def _lines(statement: Statement, money: Money, baseline: str, lang: Lang) -> list[Line]:
    shown = [(key, w) for key, w in COMPARED if key in money.compared]
    found = [(f"money.{key}", money.compared[key], w) for key, w in shown if not _nothing(key, money)]
    lines = [Line(say(lang, key), (_span(stat, lang, written),)) for key, stat, written in found]
    before = statement.money[statement.scenario.baseline].own["equivalent_annual_cost"]
    for label, stat in (
        (say(lang, "money.equivalent_annual_cost_before", baseline=baseline), before),
        (say(lang, "money.equivalent_annual_cost"), money.own["equivalent_annual_cost"]),
        (say(lang, "money.residual_value"), money.own["residual_value"]),
    ):
        lines.append(Line(label, (_span(stat, lang, money_cell),)))
    if money.vendor is None:
        return lines
    unit = say(lang, f"money.per.{money.vendor.unit}")
    vendor = money.vendor.figures
    return lines + [
        Line(say(lang, f"money.{key}", unit=unit), (_span(vendor[key], lang, w),)) for key, w in VENDOR
    ]


def _nothing(key: str, money: Money) -> bool:
    """Whether a figure is about something that there is not."""
    return key == "finance" and money.compared[key].mean == 0


def _notes(money: Money, lang: Lang) -> list[str]:
    """What the ranges leave out."""
    notes = []
    missing = asdict(money.returns)
    if any(missing.values()):
        notes.append(say(lang, "money.irr_note", **{key: share(part) for key, part in missing.items()}))
    if money.share_without_abatement:
        notes.append(say(lang, "money.no_abatement", share=share(money.share_without_abatement)))
    return notes


def _years(statement: Statement, money: Money, lang: Lang) -> tuple[tuple[str, ...], ...]:
    """Mean saving by year and payer."""
    payers = list(money.savings[0].by_payer)
    day = any(cash.nominal is not None for cash in money.savings)
    head = [say(lang, "book.year"), *(_payer(statement, p, lang) for p in payers)]
    levels = sum(p not in PAYERS for p in payers)
    head.insert(1 + levels, say(lang, "money.years.government"))
    if day:
        head.insert(2 + levels, say(lang, "money.years.nominal"))
    rows = [tuple(head)]
    for cash in money.savings:
        cells = [_mean(stat, lang) for stat in cash.by_payer.values()]
        cells.insert(levels, _mean(cash.total, lang))
        if cash.nominal is not None:
            cells.insert(levels + 1, _mean(cash.nominal, lang))
        rows.append((str(cash.year), *cells))
    return tuple(rows)


def _payer(statement: Statement, payer: str, lang: Lang) -> str:
    levels = statement.scenario.estate.levels
    return text(lang, levels[payer].title) if payer in levels else say(lang, f"money.payer.{payer}")


def _mean(stat: Stat, lang: Lang) -> str:
    return NOTHING if stat.mean is None else money_cell(lang, stat.mean)


def _span(stat: Stat | None, lang: Lang, written: Format) -> Span:
    return Span(NOTHING, NOTHING, NOTHING) if stat is None else Span.of(stat, lang, written)


def sections(statement: Statement, lang: Lang) -> Mapping[str, Sequence[object] | str]:
    """What the template ``money.html.j2`` shows."""
    return {
        "tables": money_tables(statement, lang),
        "metrics": metric_lines(statement, lang),
        "dcoi": dcoi_lines(statement, lang),
        "file": FILE,
    }
