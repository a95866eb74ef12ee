"""What stands in each section of the page, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from ..optimize.endings import BY_FAILURE, BY_TIME
from ..optimize.plan import Proof
from ..scenarios.check import assumptions, counts, level_text
from ..scenarios.loader import quantities
from ..scenarios.quantity import Quantity
from .assessment import assessment_words
from .charts.drivers import label
from .claims import Check
from .contract import DEFINITIONS
from .gap_lines import gap_words
from .lines import (
    ENERGY,
    ClaimLine,
    Format,
    Span,
    annual_lines,
    claim_line,
    conduct_lines,
    count,
    energy,
    hosts_bought,
    level_lines,
    one_off_lines,
    text,
    title,
    whole_lines,
)
from .manifest import run_id
from .messages import Lang, money, money_cell, number, say, share, significant
from .money.sections import sections as money_sections
from .quantiles import Stat
from .rule_words import goal_lines, rule_rows
from .sentences import details, finding
from .sites import SiteFigures
from .statement import Statement
from .sure import sure

FEW_WORLDS = 10  # fewer cannot show a P10 and a P90
CONDUCT_TABLES = {
    "built": ("rooms_open", "hosts_bought"),
    "service": ("availability", "unserved_share", "overload_share", "system_hours_lost", "worst_down"),
    "use": ("energy", *ENERGY, "pue", "utilisation", "carbon", "embodied_carbon"),
}
# Rules and ways of packing, and what they are called.
SIMPLE_RULES = {
    "first-fit": "page.plan.first_fit",
    "best-fit": "page.plan.best_fit",
    "best-fit-dot": "page.plan.best_fit_dot",
    "best-fit-norm": "page.plan.best_fit_norm",
}
WAYS_TO_PACK = {
    "volume": "page.plan.by_volume",
    "patterns": "page.plan.by_patterns",
    "exact": "page.plan.by_exact",
    "profiles by the hour": "page.plan.by_profiles",
    BY_TIME: "page.plan.by_time",
    BY_FAILURE: "page.plan.by_failure",
}


@dataclass(frozen=True)
class Card:
    """One key figure."""

    label: str
    value: str
    unit: str
    low: str
    high: str


@dataclass(frozen=True)
class MixTable:
    """Which assumptions come near a published figure: rows of quantity, median near it, of all, unit."""

    way: str
    sentence: str
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class ClaimBlock:
    """A published figure under all its ways of counting."""

    first: ClaimLine
    lines: tuple[ClaimLine, ...]
    mixes: tuple[MixTable, ...]


def sections(statement: Statement, command: str, lang: Lang) -> dict[str, Any]:
    """Everything that the template of the page shows."""
    scenario = statement.scenario
    rows = assumptions(scenario)
    return {
        "statement": statement,
        "scenario": scenario,
        "title": text(lang, scenario.title),
        "summary": text(lang, scenario.summary),
        "baseline": title(statement, scenario.baseline, lang),
        "names": {name: title(statement, name, lang) for name in scenario.alternatives},
        "run": run_id(statement),
        "rewritten": statement.rewritten.said(lang) if statement.rewritten else "",
        "command": command,
        "few_worlds": FEW_WORLDS,
        "findings": [[finding(statement, n, lang), *details(statement, n, lang)] for n in statement.savings],
        "cards": _cards(statement, lang),
        "claims": _claims(statement, lang),
        "policy": {n: ruled for n in scenario.alternatives if (ruled := rule_rows(statement, n, lang))},
        "goals": goal_lines(statement, lang),
        "savings": {name: _savings(statement, name, lang) for name in statement.savings},
        "conduct": {key: conduct_lines(statement, lang, keys) for key, keys in CONDUCT_TABLES.items()},
        "sites": {name: _sites(found, lang) for name, found in statement.sites.items() if found},
        "plans": {name: _plan(statement, name, proof, lang) for name, proof in statement.proofs.items()},
        "grades": {grade: share(part) for grade, part in statement.spread_by_grade.items()},
        "sure": sure(statement, lang),
        "gaps": gap_words(statement, lang),
        "assessment": assessment_words(scenario, lang),
        "assumptions": _assumptions(statement, lang),
        "counts": {"total": len(rows), **counts(rows)},
        "money": money_sections(statement, lang),
        "definitions": [say(lang, f"define.{key}") for key in DEFINITIONS],
    }


def _cards(statement: Statement, lang: Lang) -> list[Card]:
    """Key figures of the headline alternative."""
    if statement.headline is None:
        return []
    savings, conduct = statement.savings[statement.headline], statement.conduct[statement.headline]
    coin, years = say(lang, "page.key.unit_money"), statement.scenario.time.years
    shown: list[tuple[str, Stat, Format, str]] = [
        (say(lang, "page.key.annual"), savings.annual_total, money_cell, coin),
        (say(lang, "page.key.without_staff"), savings.annual_without_staff, money_cell, coin),
        (say(lang, "page.key.one_off"), savings.one_off_total, money_cell, coin),
        (say(lang, "page.key.npv", years=years), savings.npv, money_cell, coin),
        (say(lang, "figure.payback_years"), savings.payback_years, partial(_plain, 1), ""),
        (say(lang, "figure.rooms_closed"), savings.rooms_closed, count, ""),
        (hosts_bought(statement, lang, statement.headline), conduct.hosts_bought, count, ""),
        (say(lang, "figure.energy_saved"), savings.energy_saved, energy, ""),
    ]
    return [_card(name, Span.of(stat, lang, written), unit) for name, stat, written, unit in shown]


def _plain(decimals: int, lang: Lang, value: float) -> str:
    return number(lang, value, decimals)


def _card(name: str, span: Span, unit: str) -> Card:
    return Card(name, span.middle, unit, span.low, span.high)


def _claims(statement: Statement, lang: Lang) -> list[ClaimBlock]:
    blocks = []
    for _, group in groupby(statement.claims, key=lambda check: (check.alternative, check.claim.id)):
        ways = list(group)
        lines = tuple(claim_line(check, lang) for check in ways)
        mixes = tuple(
            _mix(statement, check, line, lang) for check, line in zip(ways, lines, strict=True) if check.mix
        )
        blocks.append(ClaimBlock(lines[0], lines, mixes))
    return blocks


def _mix(statement: Statement, check: Check, line: ClaimLine, lang: Lang) -> MixTable:
    mix = check.mix
    assert mix is not None
    values = {"near": mix.near, "published": money(lang, check.claim.published)}
    if mix.enough:
        sentence = say(lang, "page.mix.near", **values)
    else:
        ends = {"low": money(lang, mix.lowest), "high": money(lang, mix.highest)}
        sentence = say(lang, "page.mix.few", **values, **ends)
    rows = tuple(
        (
            label(statement.scenario, pull.path, lang),
            significant(lang, pull.median_near),
            significant(lang, pull.median_all),
            say(lang, f"quantity_unit.{pull.unit}"),
        )
        for pull in mix.pulls
    )
    return MixTable(line.accounting, sentence, rows)


def _savings(statement: Statement, name: str, lang: Lang) -> Mapping[str, object]:
    return {
        "annual": annual_lines(statement, name, lang),
        "one_off": one_off_lines(statement, name, lang),
        "whole": whole_lines(statement, name, lang),
        "level": level_lines(statement, name, lang),
    }


def _plan(statement: Statement, name: str, proof: Proof, lang: Lang) -> Sequence[tuple[str, str]]:
    """Rows of the table of plan and proof."""
    team = statement.conduct[name].team_fte.span[1]
    rows = {
        "hosts": count(lang, proof.hosts),
        "cost": money_cell(lang, proof.cost_cny_per_year),
        "bound": money_cell(lang, proof.bound_cny_per_year),
        "gap": share(proof.gap, 2),
        "standby": money_cell(lang, proof.standby_cost_cny_per_year),
        **_sparing(proof, lang),
        "performance": count(lang, proof.hosts_performance_at_least),
        "as_is": count(lang, proof.hosts_as_is_at_least),
        "late": count(lang, statement.late[name]),
        "team": count(lang, team),
        **_schedule(statement, name, lang),
        "method": "; ".join(_way(way, lang) for way in proof.method.split("; ")),
        "solver": proof.solver,
    }
    return [(say(lang, f"page.plan.{key}"), value) for key, value in rows.items()] + _baselines(proof, lang)


def _way(way: str, lang: Lang) -> str:
    """A way of packing in words."""
    return say(lang, WAYS_TO_PACK[way]) if way in WAYS_TO_PACK else way


def _baselines(proof: Proof, lang: Lang) -> list[tuple[str, str]]:
    """Rows on what the plan saves over simple rules."""
    rows = []
    for plain in proof.baselines:
        saved = {
            "hosts": count(lang, plain.hosts - proof.hosts),
            "money": money(lang, plain.cost_cny_per_year - proof.cost_cny_per_year),
            "all": count(lang, plain.hosts),
        }
        rows.append((say(lang, SIMPLE_RULES[plain.rule]), say(lang, "page.plan.saves", **saved)))
    return rows


def _sparing(proof: Proof, lang: Lang) -> dict[str, str]:
    """Rows on filling hosts by the hour."""
    if proof.sparing is None:
        return {}
    sparing = proof.sparing
    return {
        "overload": share(sparing.overload_share, 2),
        "overload_planned": share(sparing.planned_overload_share, 2),
        "peak": count(lang, sparing.hosts_peak),
        "peak_spared": number(lang, (sparing.energy_peak_kwh_per_year - sparing.energy_kwh_per_year) / 1e3),
        "p95": count(lang, sparing.hosts_p95),
        "p95_overload": share(sparing.overload_p95_share, 2),
        "p95_spared": number(lang, (sparing.energy_p95_kwh_per_year - sparing.energy_kwh_per_year) / 1e3),
    }


def _schedule(statement: Statement, name: str, lang: Lang) -> dict[str, str]:
    """Rows on the order of moves."""
    if name not in statement.schedules:
        return {}
    proof, moved = statement.schedules[name], statement.conduct[name]
    migration = statement.scenario.alternatives[name].migration
    budgeted = migration and (migration.budget_cny_per_year or migration.budget_cny_by_year)
    over = {"over_budget": money_cell(lang, moved.moving_over_budget.span[2])} if budgeted else {}
    return {
        "moves_cost": money_cell(lang, proof.cost_cny),
        "moves_bound": money_cell(lang, proof.bound_cny),
        "moves_gap": share(proof.gap, 2),
        "moves_in_turn": money_cell(lang, proof.in_turn_cny),
        "slips": count(lang, moved.systems_slipped.span[1]),
        "slip_days": number(lang, moved.slip_days.span[1], 1),
        "worst_slip_days": number(lang, moved.worst_slip_days.span[1]),
        **over,
    }


def _sites(found: Sequence[SiteFigures], lang: Lang) -> list[tuple[str, ...]]:
    """The table of sites: a head, and one row for each."""
    head = [say(lang, f"site.{key}") for key in ("name", "hosts", "recovery_hosts", "energy", "cost")]
    rows = [
        (
            text(lang, site.title),
            count(lang, site.hosts),
            count(lang, site.recovery_hosts),
            energy(lang, site.energy_kwh),
            money_cell(lang, site.cost_cny),
        )
        for site in found
    ]
    return [tuple(head), *rows]


def _drawn_from(quantity: Quantity, lang: Lang) -> str:
    """Levels and spread of a quantity."""
    spread = say(lang, "page.assumed.spread", spread=f"{quantity.spread:g}") if quantity.spread else ""
    return level_text(quantity) + spread


def _assumptions(statement: Statement, lang: Lang) -> list[Mapping[str, str]]:
    known = quantities(statement.scenario)
    return [
        {
            "grade": row.grade,
            "name": label(statement.scenario, row.path, lang) if row.path in known else row.path,
            "path": row.path,
            "value": _drawn_from(known[row.path], lang) if row.path in known else row.value,
            "unit": say(lang, f"quantity_unit.{row.unit}") if row.path in known else "",
            "source": row.source or say(lang, "page.assumed.no_source"),
        }
        for row in assumptions(statement.scenario)
    ]
