"""Rules of policy and what became of them, in words of either language: rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..scenarios.policy import (
    CloseSmall,
    Coverage,
    DemandStep,
    DrSite,
    Exclude,
    MergeLarge,
    MigrateExisting,
    MustCloud,
    PaybackMax,
    PurchaseMode,
    Rule,
    SeparatePools,
    threshold,
)
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Scenario
from .lines import NOTHING, Line, Span, count, text
from .messages import Lang, day_text, number, say, share
from .policy import RuleFigures, day_of, due_day
from .quantiles import Stat
from .statement import Statement


@dataclass(frozen=True)
class RuleRow:
    """One rule as a row: what it says, and what became of it.

    Attributes:
        short: P50 and P90 of what it is missed by; ``worst`` P90 alone.
    """

    name: str
    words: str
    met: str
    met_on: Span
    first_on: str
    short: str
    worst: str
    source: str


def rule_rows(statement: Statement, alternative: str, lang: Lang) -> list[RuleRow]:
    """The rules that bind an alternative."""
    found = statement.policy[alternative].items()
    return [_row(statement.scenario, name, figures, lang) for name, figures in found]


def goal_lines(statement: Statement, lang: Lang) -> list[Line]:
    """Where every alternative stands at the end; nothing where no rule is given."""
    if not statement.scenario.policy:
        return []
    names = list(next(iter(statement.goals.values()), {}))

    def spans(goal: str) -> Iterator[Span]:
        for found in statement.goals.values():
            yield Span.of(found[goal], lang, count if goal == "rooms_open" else _percent)

    return [Line(say(lang, f"goal.{goal}"), tuple(spans(goal))) for goal in names]


def _percent(_lang: Lang, value: float) -> str:
    return share(value)


def _row(scenario: Scenario, name: str, figures: RuleFigures, lang: Lang) -> RuleRow:
    first = figures.first_on.p50
    return RuleRow(
        name=name,
        words=rule_words(scenario, scenario.policy[name], lang),
        met=share(figures.met_share),
        met_on=Span.of(figures.met_on, lang, _day),
        first_on=NOTHING if first is None else day_text(lang, day_of(first)),
        short=_short(figures.shortfall, lang, figures.shortfall.p50, figures.shortfall.p90),
        worst=_short(figures.shortfall, lang, figures.shortfall.p90),
        source=figures.source,
    )


def _day(lang: Lang, year: float) -> str:
    return day_text(lang, day_of(year))


def _short(stat: Stat, lang: Lang, *values: float | None) -> str:
    """What a rule is missed by, in its unit: each value once."""
    if not stat.mean:
        return NOTHING
    said = list(dict.fromkeys(number(lang, value) for value in values if value is not None))
    value = said[0] if len(said) == 1 else say(lang, "rule.range", low=said[0], high=said[-1])
    return say(lang, f"rule.unit.{stat.unit}", value=value)


def rule_words(scenario: Scenario, rule: Rule, lang: Lang) -> str:
    """What a rule says; its own title if it has one."""
    if rule.title is not None:
        return text(lang, rule.title)
    day = due_day(rule)
    blanks = {"day": "" if day is None else day_text(lang, day), "of": _of(scenario, rule, lang)}
    return say(lang, f"rule.{rule.rule}", **blanks, **_blanks(scenario, rule, lang)).strip()


def _of(scenario: Scenario, rule: Rule, lang: Lang) -> str:
    levels = getattr(rule, "levels", ())
    return say(lang, "rule.of", levels=_levels(scenario, levels, lang)) if levels else ""


def _levels(scenario: Scenario, names: tuple[str, ...], lang: Lang) -> str:
    titles = (text(lang, scenario.estate.levels[name].title) for name in names)
    return say(lang, "list.names").join(titles)


def _blanks(scenario: Scenario, rule: Rule, lang: Lang) -> dict[str, str]:
    """What fills the blanks of a kind of rule."""
    match rule:
        case MustCloud():
            scope = "both" if len(set(rule.scope)) == 2 else rule.scope[0]
            return {"scope": say(lang, f"rule.scope.{scope}")}
        case CloseSmall():
            return {"limit": _limit(scenario, rule, lang)}
        case MergeLarge():
            by = "" if rule.by is None else say(lang, "rule.term.by", day=day_text(lang, rule.by))
            most = rule.most_per_year
            step = "" if most is None else say(lang, "rule.term.year", most=most)
            return {"limit": _limit(scenario, rule, lang), "terms": by + step}
        case Coverage():
            return {"share": share(rule.share)}
        case DrSite():
            tier = "" if rule.tier is None else say(lang, "rule.term.tier", tier=rule.tier)
            far = say(lang, "rule.term.min_km", km=f"{rule.min_km:g}") if rule.min_km else ""
            return {"terms": tier + far}
        case Exclude():
            return {"what": _excluded(scenario, rule, lang)}
        case SeparatePools():
            kinds = (say(lang, f"rule.attribute.{name}") for name in rule.attributes)
            return {"what": say(lang, "list.names").join(kinds)}
        case PurchaseMode():
            return {"what": say(lang, f"rule.mode.{rule.mode}")}
        case PaybackMax():
            return {"months": str(rule.months)}
        case MigrateExisting():
            first = "" if rule.first is None else say(lang, "rule.term.from", day=day_text(lang, rule.first))
            last = "" if rule.to is None else say(lang, "rule.term.by", day=day_text(lang, rule.to))
            pace = "" if rule.most is None else say(lang, f"rule.term.{rule.per}", most=rule.most)
            return {"terms": first + last + pace}
        case DemandStep():
            kind, rise = ("factor", rule.factor) if rule.factor else ("systems", rule.systems)
            assert rise is not None
            return {"what": say(lang, f"rule.{kind}", range=_range(rise, lang))}
    return {}


def _limit(scenario: Scenario, rule: CloseSmall | MergeLarge, lang: Lang) -> str:
    name, limit = threshold(scenario, rule)
    return say(lang, f"rule.{name}", range=_range(limit, lang))


def _range(quantity: Quantity, lang: Lang) -> str:
    low, high = quantity.support
    return f"{low:g}" if low == high else say(lang, "rule.range", low=f"{low:g}", high=f"{high:g}")


def _excluded(scenario: Scenario, rule: Exclude, lang: Lang) -> str:
    parts = [say(lang, "rule.classified")] if rule.classified else []
    parts += [text(lang, scenario.demand.classes[name].title) for name in rule.classes]
    parts += [text(lang, scenario.estate.levels[name].title) for name in rule.levels]
    parts += [say(lang, f"rule.zone.{zone}") for zone in rule.zones]
    return say(lang, "list.names").join(parts)
