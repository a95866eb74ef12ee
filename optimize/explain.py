"""Plans, and where there is none the rules to blame."""

from __future__ import annotations

from ..scenarios.errors import InfeasibleError
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .conflict import Conflict, ConflictError, Relaxed, smallest
from .make_plan import make_plan
from .plan import Plan
from .profiles import Load
from .rules import Case, Rule, rules


def plan_or_explain(scenario: Scenario, alternative: str, world: World, load: Load | None = None) -> Plan:
    """As ``make_plan``; where there is no plan, the smallest set of rules that conflict is searched for.

    Raises:
        ConflictError: naming the rules, and what giving up each would cost.
    """
    try:
        return make_plan(scenario, alternative, world, load=load)
    except InfeasibleError as error:
        raise ConflictError(_explained(Case(scenario, alternative, world), load, str(error))) from error


def _explained(case: Case, load: Load | None, reason: str) -> Conflict:
    known = list(rules(case))

    def without(given_up: list[Rule]) -> Plan | None:
        eased = case
        for rule in given_up:
            eased = rule.given_up(eased)
        try:
            return make_plan(eased.scenario, eased.alternative, eased.world, load=load)
        except InfeasibleError:
            return None

    def feasible(active: frozenset[str]) -> bool:
        return without([rule for rule in known if rule.family.name not in active]) is not None

    names = {family.name for family in smallest([rule.family for rule in known], feasible)}
    to_blame = [rule for rule in known if rule.family.name in names]
    relaxed = tuple(_relaxed(rule, without([rule])) for rule in to_blame)
    return Conflict(case.alternative, reason, tuple(rule.family for rule in to_blame), relaxed)


def _relaxed(rule: Rule, plan: Plan | None) -> Relaxed:
    if plan is None:
        return Relaxed(rule.family, "", {})
    return Relaxed(rule.family, rule.change(plan), costs(plan))


def costs(plan: Plan) -> dict[str, float]:
    """What a plan costs, by what it is for; see ``conflict.COSTS``."""
    found = {}
    if plan.proof is not None:
        standby = plan.proof.standby_cost_cny_per_year
        found["hosts_cny_per_year"] = plan.proof.cost_cny_per_year + standby
    if plan.siting is not None:
        found["sites_cny_per_year"] = plan.siting.cost_cny_per_year
    if plan.schedule is not None:
        found["moving_cny"] = plan.schedule.cost_cny
    return found or {"hosts_cny_per_year": 0.0}
