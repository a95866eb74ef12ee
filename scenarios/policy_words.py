"""Rules in plain English words, for errors that name them."""

from __future__ import annotations

from .policy import (
    CloseSmall,
    Coverage,
    DemandStep,
    DrSite,
    Exclude,
    MergeLarge,
    MigrateExisting,
    MustCloud,
    NoNewRoom,
    PaybackMax,
    PurchaseMode,
    Rule,
    SeparatePools,
    threshold,
)
from .schema import Scenario
from .world import World


def words(scenario: Scenario, name: str, world: World) -> str:
    """What a rule says, as a clause without a full stop, with its name."""
    rule = scenario.policy[name]
    levels = getattr(rule, "levels", ())
    of = f" of {', '.join(levels)}" if levels and not isinstance(rule, Exclude) else ""
    return f"{_says(scenario, rule, of, world)} (rule {name})"


def _says(scenario: Scenario, rule: Rule, of: str, world: World) -> str:
    match rule:
        case MustCloud():
            return f"{' and '.join(rule.scope)} systems{of} on the cloud from {rule.first}"
        case NoNewRoom():
            return f"no new machine room{of} from {rule.first}"
        case CloseSmall():
            return f"rooms{of} with fewer than {_threshold(scenario, rule, world)} closed by {rule.by}"
        case MergeLarge():
            when = [] if rule.by is None else [f"by {rule.by}"]
            when += [] if rule.most_per_year is None else [f"at most {rule.most_per_year} a year"]
            return f"rooms{of} with {_threshold(scenario, rule, world)} or more merged {', '.join(when)}"
        case Coverage():
            return f"{rule.share:.0%} of the departments{of} with a system on the cloud by {rule.by}"
        case DrSite():
            return f"a recovery site{_terms(rule)} ready by {rule.by}"
        case Exclude():
            return "some systems stay in their rooms"
        case SeparatePools():
            return f"no shared hosts across {', '.join(rule.attributes)}"
        case PurchaseMode():
            return f"the cloud is bought as {rule.mode}"
        case PaybackMax():
            return f"paid back within {rule.months} months"
        case MigrateExisting():
            return f"existing systems{of} move{_window(rule)}"
        case DemandStep():
            return f"more demand from {rule.on}"


def _threshold(scenario: Scenario, rule: CloseSmall | MergeLarge, world: World) -> str:
    kind, limit = threshold(scenario, rule)
    return f"{world.of(limit):.4g} {'servers' if kind == 'servers' else 'm2'}"


def _terms(rule: DrSite) -> str:
    tier = "" if rule.tier is None else f" of tier {rule.tier}"
    return tier + (f" at least {rule.min_km:.4g} km away" if rule.min_km else "")


def _window(rule: MigrateExisting) -> str:
    parts = [] if rule.first is None else [f"from {rule.first}"]
    parts += [] if rule.to is None else [f"by {rule.to}"]
    parts += [] if rule.most is None else [f"at most {rule.most} a {rule.per}"]
    return " " + ", ".join(parts)
