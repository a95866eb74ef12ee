"""Plan the waves of inner-mongolia; print cost, bound, gap and processor seconds of each case as JSON.

    python benchmarks/bench_waves.py [WORLDS] [--full]

The first cases are those of a run (quick search): the scenario as it is, and with every rule of moving on.
With ``--full``, also 60 months without a deadline by long searches, for three sizes of the team. The
goals: gap at most 0.01 within 60 s of processor time for 60 months, about a second for a world of a run.
``gap_above_floor`` sets the same difference against what the order can change: the cost above that of
everything moving in the first week, had it all the people it needs.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from time import process_time

from roomfold.optimize.make_plan import _moving_servers
from roomfold.optimize.waves import FAMILIES, Case, case_of, plan_waves
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world

MOVE = "alternatives.consolidate.migration"
RULES = (
    "estate.links_per_system=1",
    f"{MOVE}.interim_line=metro",
    f"{MOVE}.freeze=[{{from: 2014-05-25, to: 2014-06-15, what: filing}}]",
    f"{MOVE}.most_per_month=400",
    f"{MOVE}.budget_cny_per_year=80e6",
    "policy.upgraded={rule: new_or_upgraded_must_cloud, from: 2014-06-01, scope: [upgraded], "
    "levels: [region, league], strict: false, source: a benchmark}",
    "policy.covered={rule: coverage, by: 2014-08-01, levels: [region], strict: false, source: a benchmark}",
)
LONG = ("alternatives.consolidate.deadline=null", f"{MOVE}.search=full")


def case(overrides: tuple[str, ...], index: int) -> Case:
    """One case of one world."""
    scenario = load("inner-mongolia", list(overrides))
    world, chosen = draw_world(scenario, index), scenario.alternatives["consolidate"]
    assert chosen.migration is not None
    return case_of(scenario, "consolidate", world, _moving_servers(chosen.migration, world))


def solved(name: str, overrides: tuple[str, ...], index: int) -> dict[str, object]:
    """The figures of one case."""
    asked = case(overrides, index)
    started = process_time()
    plan = plan_waves(asked)
    seconds, proof = process_time() - started, plan.proof
    assert proof is not None
    free = replace(asked, rules=frozenset(FAMILIES) - {"staff", "line", "rate", "budget"})
    floor = plan_waves(free).proof
    assert floor is not None
    above = proof.bound_cny - floor.bound_cny
    return {
        "case": name,
        "world": index,
        "systems": int((plan.wave_h % 24 == 2).sum()),
        "team_fte": plan.team_fte,
        "late": plan.late,
        "cost_cny": round(proof.cost_cny),
        "bound_cny": round(proof.bound_cny),
        "gap": round(proof.gap, 5),
        "gap_above_floor": round((proof.cost_cny - proof.bound_cny) / above, 4) if above > 0 else None,
        "room_after_room_cny": round(proof.in_turn_cny),
        "processor_seconds": round(seconds, 2),
    }


def main(worlds: int, full: bool) -> None:
    """Solve every case, after one that is not counted."""
    solved("warm-up", (), 0)
    cases = [("as it is", (), i) for i in range(worlds)] + [("all rules", RULES, i) for i in range(worlds)]
    if full:
        cases += [(f"60 months, {n} people", (*LONG, f"{MOVE}.team_fte={n}"), 0) for n in (45, 60, 100)]
    for name, overrides, index in cases:
        print(json.dumps(solved(name, overrides, index)), flush=True)


if __name__ == "__main__":
    numbers = [a for a in sys.argv[1:] if a.isdigit()]
    main(int(numbers[0]) if numbers else 3, "--full" in sys.argv)
