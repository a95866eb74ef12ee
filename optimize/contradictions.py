"""Strict rules that no order of moves and no choice of hosts can keep, found before anything is planned."""

from __future__ import annotations

from collections.abc import Iterator

from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.errors import InfeasibleError
from ..scenarios.policy import Coverage, DrSite, MigrateExisting, PurchaseMode, binding
from ..scenarios.policy_words import words
from ..scenarios.schema import Alternative, Scenario
from ..scenarios.world import World
from .slots import DAYS_PER_WEEK, slots


def refuse(scenario: Scenario, alternative: str, world: World) -> None:
    """Refuse an alternative that cannot keep a strict rule.

    Raises:
        InfeasibleError: naming every such rule and what stands against it.
    """
    found = list(_found(scenario, alternative, scenario.alternatives[alternative], world))
    if found:
        raise InfeasibleError("; ".join(found))


def _found(scenario: Scenario, alternative: str, chosen: Alternative, world: World) -> Iterator[str]:
    for name, rule in binding(scenario, alternative, DrSite):
        if rule.strict and chosen.cloud is not None:
            why = _no_recovery(chosen, rule)
            if why:
                yield f"{words(scenario, name, world)}: {why}"
    for name, bought in binding(scenario, alternative, PurchaseMode):
        mode = mode_of(chosen)
        if bought.strict and mode != bought.mode:
            yield f"{words(scenario, name, world)}: financing of {alternative} is {mode}"
    dated = [
        *((name, rule.strict, rule.by) for name, rule in binding(scenario, alternative, Coverage)),
        *((name, rule.strict, rule.to) for name, rule in binding(scenario, alternative, MigrateExisting)),
    ]
    for name, strict, last in dated:
        first_h = _first_slot_h(scenario, chosen, world)
        if strict and last is not None and world.clock.hour_of(last) + HOURS_PER_DAY <= first_h:
            day = world.clock.day_of_hour(first_h)
            yield f"{words(scenario, name, world)}: nothing can move before {day}"


def _no_recovery(chosen: Alternative, rule: DrSite) -> str:
    """Why the cloud has no recovery site on the day, empty if it may have one."""
    assert chosen.cloud is not None
    terms, cloud = chosen.cloud.recovery, chosen.cloud
    if terms is None:
        return "the cloud has no recovery (cloud.recovery)"
    days = [site.opens or cloud.opens for site in cloud.sites.values()]
    if terms.site is not None and terms.site in cloud.sites:
        days = [cloud.sites[terms.site].opens or cloud.opens]
    ready = min(days, default=cloud.opens)
    return f"no site that could recover opens before {ready}" if ready > rule.by else ""


def mode_of(chosen: Alternative) -> str:
    """How the cloud of an alternative is bought."""
    return "self" if chosen.financing is None else chosen.financing.mode


def _first_slot_h(scenario: Scenario, chosen: Alternative, world: World) -> int:
    """First hour at which anything can move, the end of the horizon if none."""
    assert chosen.cloud is not None and chosen.migration is not None
    opens_day = max(world.clock.hour_of(chosen.cloud.opens), 0) // HOURS_PER_DAY
    found = slots(world.clock, scenario.calendar, opens_day + DAYS_PER_WEEK, chosen.migration.freeze)
    return int(found.hour[0]) if len(found.hour) else world.clock.hours
