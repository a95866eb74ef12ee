"""An independent checker of plans, written apart from the models that make them.

It knows the scenario, the world and the plan's columns, and nothing of how the plan was found: what each
rule needs is computed anew (``facts``). Each rule is a function in one of the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...scenarios.errors import RoomfoldError
from ...scenarios.governed import governed, tightened
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ..plan import Plan
from .facts import Facts
from .failing import failing_hosts
from .holding import busy_hours, disk, flavours, host_types, memory, overload, sizes
from .in_rooms import SHARED, own_room, room_deadline, room_standby, worth_it
from .lines import lines
from .moving import budget, copying, deadline, freeze, opening, rate, slots, staff
from .owning import dedicated, existing
from .places import (
    latency,
    number_of_sites,
    pinned_units,
    racks_at_site,
    recovery_room,
    recovery_site,
    served_there,
)
from .placing import (
    apart,
    bought_in_time,
    classified,
    full_racks,
    host_limits,
    pinned,
    placed,
    pools,
    standby,
)
from .proof import proof
from .ruling import coverage, excluded, gradual, recovery_rule, rooms_emptied, separate, upgraded
from .violation import Violation

__all__ = ["RULES", "BrokenPlanError", "Violation", "assured", "check_plan"]

RULES: Mapping[str, Callable[[Facts], Iterator[Violation]]] = {
    "classified": classified,
    "pinned": pinned,
    "placed": placed,
    "dedicated": dedicated,
    "existing": existing,
    "zones and levels": pools,
    "standby": standby,
    "apart": apart,
    "rack units": full_racks,
    "host limits": host_limits,
    "bought in time": bought_in_time,
    "host types": host_types,
    "flavours": flavours,
    "memory": memory,
    "disk": disk,
    "sizes": sizes,
    "busy hours": busy_hours,
    "overload": overload,
    "N+k": failing_hosts,
    "opening": opening,
    "slots": slots,
    "deadline": deadline,
    "upgraded": upgraded,
    "gradual": gradual,
    "coverage": coverage,
    "rooms emptied": rooms_emptied,
    "excluded": excluded,
    "separate": separate,
    "recovery rule": recovery_rule,
    "staff": staff,
    "copying": copying,
    "freeze": freeze,
    "rate": rate,
    "budget": budget,
    "lines": lines,
    "sites": served_there,
    "pinned units": pinned_units,
    "number of sites": number_of_sites,
    "latency": latency,
    "racks": racks_at_site,
    "recovery site": recovery_site,
    "recovery room": recovery_room,
    "proof": proof,
    "own room": own_room,
    "room standby": room_standby,
    "room deadline": room_deadline,
    "fewer hosts": worth_it,
}
# What must hold before the others can be asked.
_FIRST = ("classified", "pinned", "placed")
_IN_ROOMS = (*SHARED, "own room", "room standby", "room deadline", "fewer hosts")


class BrokenPlanError(RoomfoldError):
    """A plan breaks rules of its scenario: a bug, never the user's fault."""


def check_plan(scenario: Scenario, world: World, plan: Plan) -> list[Violation]:
    """Every rule that a plan breaks; none if it is right. What builds nothing breaks nothing."""
    scenario, world = tightened(scenario, plan.alternative), governed(scenario, plan.alternative, world)
    chosen = scenario.alternatives[plan.alternative]
    if chosen.cloud is None or chosen.migration is None:
        return []
    facts = Facts(scenario, world, plan, chosen, chosen.cloud, chosen.migration)
    broken = [violation for name in _FIRST for violation in RULES[name](facts)]
    if any(violation.rule in _FIRST for violation in broken):
        return broken
    asked = [name for name in RULES if name not in _FIRST]
    if chosen.kind == "virtualise":
        asked = [name for name in asked if name in _IN_ROOMS]
    return [violation for name in asked for violation in RULES[name](facts)]


def assured(scenario: Scenario, world: World, plan: Plan) -> Plan:
    """The plan itself, once it is checked.

    Raises:
        BrokenPlanError: naming every rule broken.
    """
    broken = check_plan(scenario, world, plan)
    if broken:
        named = "; ".join(str(violation) for violation in broken)
        raise BrokenPlanError(f"the plan of {plan.alternative} is wrong, please report it: {named}")
    return plan
