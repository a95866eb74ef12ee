"""Planning the waves: how many people, what must move by when, and the cheapest order that is found.

The team is the smallest with which systems in the order of their rooms (see orders) are on the cloud some
weeks before the deadline. The schedule then starts from that order and is improved (bound, anneal, exact).
Where even all the people there are miss the deadline or a rule, the plan keeps what it can and counts the
late, but there is none that misses a strict rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.errors import InfeasibleError
from ...scenarios.estate import NEVER
from ...scenarios.policy_words import words
from ..plan import ScheduleProof
from ..slots import DAYS_PER_WEEK
from . import exact
from .anneal import anneal
from .bound import bound
from .budget import budget_words
from .build import Draft, Limits, cover_slots, draft, limits, strict_draft, strict_limits, with_team
from .dates import rules_of
from .ground import Case, Ground, ground
from .late import lenient, weighed, weight
from .orders import by_room, urgent_first
from .patterns import pattern_bound
from .problem import Ints, Problem, cost_of, cut
from .turns import in_turn

# Weeks before the deadline kept free for systems that were rolled back.
SPARE_WEEKS = 3
# Cells (systems x slots) that all rounds of the search for a bound may look at, and their least number.
ROUNDS = {"quick": (60_000_000, 50, 1000), "full": (1_200_000_000, 400, 4000)}
CHANGES = {"quick": 400_000, "full": 20_000_000}
CHANGES_EACH = {"quick": 10_000, "full": 200_000}  # for each system: few need no more
# Whole-number models up to so many moves are solved exactly.
EXACT_MOVES = {"quick": 150, "full": 3000}
HEAT_CNY = 3000.0
# The search stops at this gap.
GAP = {"quick": 0.002, "full": 0.0005}


@dataclass(frozen=True)
class Waves:
    """When systems move.

    Attributes:
        wave_h: hour at which each system moves to or starts on the cloud; NEVER if it does neither.
        team_fte: people needed at once.
        late: systems that should move but do not by the deadline or their rule.
        proof: cost of the schedule and what is proven of it; None if nothing moves.
    """

    wave_h: NDArray[np.int32]
    team_fte: float
    late: int
    proof: ScheduleProof | None


def plan_waves(case: Case) -> Waves:
    """Plan the migration of one world.

    Raises:
        InfeasibleError: no schedule was found that meets all strict rules.
    """
    started, land = perf_counter(), ground(case)
    wave_h = np.where(land.starts, land.starts_h, NEVER).astype(np.int32)
    deadline_h = int(NEVER) if case.last_h is None else case.last_h
    if land.stuck:
        raise InfeasibleError(_conflict(case))
    if not len(land.weeks.hour) or not len(land.rows):
        late = np.concatenate([land.ends_h, land.barred]) >= deadline_h
        return Waves(wave_h, 0.0, int(late.sum()) if case.last_h else 0, None)
    drafted = draft(case, land)
    team, start = _team(case, land, drafted)
    problem, start = _problem(case, land, drafted, team, start)
    slot, proof = _search(problem, start, case.migration.search, started)
    hours = np.append(problem.hour, int(NEVER))[slot]
    moved = hours < NEVER
    wave_h[land.rows[moved]] = hours[moved]
    must = limits(case, land, case.last_h)
    weeks = len(land.weeks.hour)
    late = ~must.met(np.where(moved, slot, weeks), weeks)
    counted = late & (land.ends_h >= np.minimum(deadline_h, land.mandate_h))
    bound_at_all = case.last_h is not None or bool((land.mandate_h < NEVER).any())
    barred = int((land.barred >= deadline_h).sum()) if case.last_h is not None else 0
    return Waves(wave_h, team, (int(counted.sum()) if bound_at_all else 0) + barred, proof)


def feasible(case: Case) -> bool:
    """Whether some schedule meets all rules of a case, with all the people there are.

    True and, where the model is infeasible, False are certain; False is also said where the search for a
    schedule ends without one.
    """
    land = ground(case)
    if land.stuck:
        return False
    if not len(land.rows):
        return True
    if not len(land.weeks.hour):
        return False
    return _strict(case, land, draft(case, land), limits(case, land, case.last_h)) is not None


def least_cost(case: Case) -> float:
    """Cost of the schedule that is planned, in CNY; infinite if there is none."""
    try:
        proof = plan_waves(case).proof
    except InfeasibleError:
        return float("inf")
    return proof.cost_cny if proof else 0.0


def _most(case: Case) -> float:
    return case.world.of(case.migration.team_fte) if "staff" in case.rules else float("inf")


def _team(case: Case, land: Ground, drafted: Draft) -> tuple[float, Ints]:
    """Fewest people that move everything some weeks before the deadline, all there are if none do."""
    order, weeks, most = by_room(case, land), len(land.weeks.hour), _most(case)
    spare_h = SPARE_WEEKS * DAYS_PER_WEEK * HOURS_PER_DAY
    goal = limits(case, land, None if case.last_h is None else case.last_h - spare_h)

    def turns(team_fte: float) -> Ints:
        problem = with_team(drafted, team_fte, None)
        return in_turn(problem, urgent_first(problem, goal, order), False)

    def enough(slot: Ints) -> bool:
        return bool(goal.met(slot, weeks).all() and _covers(drafted.problem, slot).all())

    if case.last_h is None or not np.isfinite(most) or int(most) < 1 or not enough(turns(int(most))):
        return most, turns(most)
    low, high = 0, int(most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(turns(middle)) else (middle, high)
    return float(high), turns(high)


def _problem(case: Case, land: Ground, drafted: Draft, team: float, start: Ints) -> tuple[Problem, Ints]:
    """The problem to solve, and a schedule that keeps its limits."""
    weeks = len(land.weeks.hour)
    spare_h = SPARE_WEEKS * DAYS_PER_WEEK * HOURS_PER_DAY
    must = limits(case, land, case.last_h)
    if case.last_h is not None:
        goal = limits(case, land, case.last_h - spare_h)
        must = goal if goal.met(start, weeks).all() else must
    must, drafted = _with_spare(case, land, drafted, must, start)
    covered = _covers(drafted.problem, start)
    if not (must.met(start, weeks).all() and covered.all()):
        start = _keeping_strict(case, land, drafted, start)
        covered = _covers(drafted.problem, start)
        cover = np.where(covered, drafted.problem.cover, _earliest(drafted.problem, start))
        cover[cover == weeks] = -1
        drafted = replace(drafted, problem=drafted.problem._replace(cover=cover))
    if must.met(start, weeks).all():
        return _cut(with_team(drafted, team, must), must, start)
    kept = lenient(must, strict_limits(case, land), start, land)
    return _cut(weighed(with_team(drafted, team, kept), must), kept, start)


def _with_spare(case: Case, land: Ground, drafted: Draft, must: Limits, start: Ints) -> tuple[Limits, Draft]:
    """Limits of rules some weeks earlier, for those who already keep them so: time for roll-backs."""
    spare_h = SPARE_WEEKS * DAYS_PER_WEEK * HOURS_PER_DAY
    early = limits(case, land, case.last_h, spare_h)
    soon = start <= np.minimum(early.last, must.last)
    must = Limits(np.where(soon, np.minimum(early.last, must.last), must.last), must.may_stay)
    cover = cover_slots(case, land, spare_h=spare_h)
    cover = np.where(_earliest(drafted.problem, start) <= cover, cover, drafted.problem.cover)
    return must, replace(drafted, problem=drafted.problem._replace(cover=cover))


def _cut(problem: Problem, must: Limits, start: Ints) -> tuple[Problem, Ints]:
    """Without the slots that no system may use."""
    weeks, used = len(problem.hour), int(must.last.max(initial=0)) + 1
    if used >= weeks or (problem.stays_until[must.may_stay] > used).any():
        return problem, start
    return cut(problem, used), np.where(start < weeks, start, used)


def _earliest(problem: Problem, slot: Ints) -> Ints:
    """First slot of any system of each room."""
    early = np.full(len(problem.unit), len(problem.hour), dtype=np.int64)
    np.minimum.at(early, problem.room, slot)
    return early


def _covers(problem: Problem, slot: Ints) -> NDArray[np.bool_]:
    return (problem.cover < 0) | (_earliest(problem, slot) <= problem.cover)


def _keeping_strict(case: Case, land: Ground, drafted: Draft, start: Ints) -> Ints:
    """The schedule itself if it misses no strict rule, else another that misses none.

    Raises:
        InfeasibleError: none was found.
    """
    must, strict = strict_limits(case, land), strict_draft(case, land, drafted)
    if must.met(start, len(land.weeks.hour)).all() and _covers(strict.problem, start).all():
        return start
    found = _strict(case, land, strict, must)
    if found is None:
        raise InfeasibleError(_conflict(case))
    return found


def _strict(case: Case, land: Ground, drafted: Draft, must: Limits) -> Ints | None:
    """A schedule that meets some limits with all the people there are, if one is found."""
    problem, wanted = with_team(drafted, _most(case), must), limits(case, land, case.last_h)
    by_effort = np.argsort(-problem.days, kind="stable")
    for order in (by_room(case, land), by_effort):
        order = urgent_first(problem, must, urgent_first(problem, wanted, order))
        start = in_turn(problem, order, True)
        if np.isfinite(cost_of(problem, start)):
            return start
    if np.isfinite(problem.cost).sum() > EXACT_MOVES["full"]:
        return None
    return exact.solve(problem)[0]


def _conflict(case: Case) -> str:
    """Why no schedule keeps all strict rules, in one line."""
    migration, parts = case.migration, []
    strict = list(rules_of(case, strict_only=True))
    named = [name for name, rule in case.scenario.policy.items() if rule in strict]
    parts += [words(case.scenario, name, case.world) for name in named]
    parts += [f"{len(migration.freeze)} freezes"] if migration.freeze else []
    parts += [f"at most {migration.most_per_month} moves a month"] if migration.most_per_month else []
    parts += [budget_words(migration, case.world)] if budget_words(migration, case.world) else []
    parts.append(f"{_most(case):.0f} people and {case.world.of(migration.ingress_mbps):.0f} Mbit/s")
    return f"no order of moves was found that keeps all of: {', '.join(parts)}"


def _search(problem: Problem, start: Ints, effort: str, started: float) -> tuple[Ints, ScheduleProof]:
    """The cheapest schedule found and its proof."""
    cells, least, most = ROUNDS[effort]
    in_turns = cost_of(problem, start)
    rounds = int(np.clip(cells // problem.cost.size, least, most))
    proven = bound(problem, start, rounds, GAP[effort])
    slot, value, method = proven.slot, proven.value, "prices and changes"
    if cost_of(problem, slot) > value * (1 + GAP[effort]):
        changes = min(CHANGES[effort], CHANGES_EACH[effort] * len(slot))
        slot = anneal(problem, slot, changes, HEAT_CNY)
    cost = cost_of(problem, slot)
    if cost > value * (1 + GAP[effort]) and (fillings := pattern_bound(problem)) > value:
        value, method = fillings, "fillings of weeks and changes"
    if cost > value * (1 + 1e-9) and np.isfinite(problem.cost).sum() <= EXACT_MOVES[effort]:
        found, proven_value = exact.solve(problem, optional=True)
        value, method = max(value, proven_value), "whole-number model"
        if found is not None and cost_of(problem, found) < cost:
            slot, cost = found, cost_of(problem, found)
    late_cny = weight(problem, slot)
    cost, value = cost - late_cny, min(value, cost) - late_cny
    in_turns -= weight(problem, start)
    seconds = perf_counter() - started
    return slot, ScheduleProof(cost, value, cost / value - 1 if value > 0 else 0.0, method, in_turns, seconds)
