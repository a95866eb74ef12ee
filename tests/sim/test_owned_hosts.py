"""Hosts owned already in the books: never bought, kept up, renewed when their life ends, and reconciled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import CATEGORIES, ITEMS, Ledger
from roomfold.sim.reconcile import integrate
from roomfold.sim.simulate import simulate

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
CLOUD = "alternatives.consolidate.cloud"


def amount(ledger: Ledger, item: str) -> float:
    row = [known.name for known in ITEMS].index(item)
    return float(ledger.amount[ledger.item == row].sum())


@pytest.mark.parametrize(("count", "bought"), [(60, 2010), (3, 2010), (60, 2013)])
def test_owned_hosts_in_the_books(count: int, bought: int) -> None:
    """Bought in mid-2010 with a life of six years, they are renewed in mid-2016; those of 2013 are not."""
    stock = f"{CLOUD}.existing=[{{type: dual-8-core-256, count: {count}, bought: {bought}}}]"
    scenario = load(MINIMAL, [stock, "time.years=3"])
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    owned = int(plan.hosts.owned.sum())
    assert owned == (len(plan.hosts.type) if count == 60 else 3)
    run = simulate(scenario, plan, world)
    assert amount(run.ledger, "host_new") == len(plan.hosts.type) - owned
    assert amount(run.ledger, "network_new") == len(plan.hosts.type) - owned
    assert amount(run.ledger, "host_refresh") == (owned if bought == 2010 else 0)
    assert amount(run.ledger, "host_maintenance") > 0
    nothing = np.empty((0, 0, 4)), np.empty((0, 0, 4))
    second = integrate(scenario, world, plan, run.timeline, Flow(*nothing, run.series, run.heat))
    category = np.array([CATEGORIES.index(item.category) for item in ITEMS])
    first = np.zeros_like(second)
    np.add.at(first, (run.ledger.month // 12, category[run.ledger.item]), run.ledger.cost_cny)
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=0.01)
