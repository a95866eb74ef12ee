"""A plan in a few figures, for people and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import numpy as np

from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .plan import Baseline, Plan


def summary(scenario: Scenario, world: World, plan: Plan) -> dict[str, str | int | float | list[str]]:
    """What a plan builds and moves; the keys carry the units."""
    figures: dict[str, str | int | float | list[str]] = {
        "alternative": plan.alternative,
        "world": world.index,
        "rooms_today": int((world.estate.rooms.opens_month == 0).sum()),
        "systems": len(world.estate.systems.id),
        "servers": round(float(world.estate.servers.machine_share.sum())),
    }
    cloud = scenario.alternatives[plan.alternative].cloud
    if cloud is None or plan.proof is None:
        return figures
    proof, hosts = plan.proof, plan.hosts
    moves = (plan.wave_h != NEVER) & (world.estate.systems.arrives_month == 0)
    last: date = world.clock.day_of_hour(int(plan.wave_h[moves].max())) if moves.any() else world.clock.start
    by_type = np.bincount(hosts.type, minlength=len(cloud.host_types))
    return figures | {
        "systems_moved": int(moves.sum()),
        "systems_late": plan.late,
        "last_cut_over": last.isoformat(),
        "team_fte": plan.team_fte,
        "components_on_cloud": int((plan.placement >= 0).sum()),
        "pools": [f"{zone} level {level}" for zone, level in sorted(set(plan.pools))],
        "hosts": proof.hosts,
        **({"hosts_owned": int(hosts.owned.sum())} if cloud.existing else {}),
        "hosts_by_type": [f"{t.name}: {n}" for t, n in zip(cloud.host_types, by_type, strict=True) if n],
        **({} if proof.sparing is None else asdict(proof.sparing)),
        **_baselines(proof.baselines),
        "hosts_as_is_at_least": proof.hosts_as_is_at_least,
        "cost_cny_per_year": proof.cost_cny_per_year,
        "bound_cny_per_year": proof.bound_cny_per_year,
        "standby_cost_cny_per_year": proof.standby_cost_cny_per_year,
        "gap": proof.gap,
        "method": proof.method,
        **_schedule(plan),
        "solver": proof.solver,
        "seconds": proof.seconds,
    }


def _baselines(baselines: Sequence[Baseline]) -> dict[str, int | float]:
    """What simple rules come to."""
    figures: dict[str, int | float] = {}
    for plain in baselines:
        name = plain.rule.replace("-", "_")
        figures[f"hosts_{name}"] = plain.hosts
        figures[f"{name}_cost_cny_per_year"] = plain.cost_cny_per_year
    return figures


def _schedule(plan: Plan) -> dict[str, str | int | float | list[str]]:
    """What is proven of the order of moves."""
    proof = plan.schedule
    if proof is None:
        return {}
    return {
        "moves_cost_cny": proof.cost_cny,
        "moves_bound_cny": proof.bound_cny,
        "moves_gap": proof.gap,
        "moves_room_after_room_cny": proof.in_turn_cny,
        "moves_method": proof.method,
    }
