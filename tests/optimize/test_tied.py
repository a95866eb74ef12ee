"""Systems tied to their room, systems and classes with hosts of their own, and units tied to a site."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.conflict import ConflictError
from roomfold.optimize.explain import plan_or_explain
from roomfold.scenarios import InputError, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER

from .conftest import MINIMAL

CLOUD = "alternatives.consolidate.cloud"


def test_shares_change_no_other_draw() -> None:
    """A new quantity adds a column, and leaves every other of the estate as it was."""
    plain, tied = (
        draw_world(load(MINIMAL, more), 1).estate
        for more in ([], ["estate.pinned_share=0.4", "estate.dedicated_share=0.4"])
    )
    assert not plain.systems.pinned.any() and not plain.systems.dedicated.any()
    assert tied.systems.pinned.any() and tied.systems.dedicated.any()
    for name, column in vars(plain.systems).items():
        if name not in ("pinned", "dedicated"):
            np.testing.assert_array_equal(column, getattr(tied.systems, name))
    np.testing.assert_array_equal(plain.servers.demand_ssj, tied.servers.demand_ssj)


@pytest.mark.parametrize("index", range(3))
def test_pinned_systems_stay(index: int) -> None:
    scenario = load(MINIMAL, ["estate.pinned_share=0.4"])
    world = draw_world(scenario, index)
    plan = make_plan(scenario, "consolidate", world)
    pinned = world.estate.systems.pinned
    assert (plan.wave_h[pinned] == NEVER).all() and check_plan(scenario, world, plan) == []
    assert (plan.placement[pinned[world.estate.servers.system]] == -1).all()
    moves = plan.wave_h.copy()
    moves[np.flatnonzero(pinned)[0]] = moves[moves != NEVER].max()
    assert {v.rule for v in check_plan(scenario, world, replace(plan, wave_h=moves))} >= {"pinned"}


@pytest.mark.parametrize("sizing", ["profiles", "performance"])
def test_dedicated_systems_and_classes_share_no_host(sizing: str) -> None:
    """And a plan that shares them is caught."""
    own = ["estate.dedicated_share=0.4", f"{CLOUD}.dedicated_classes=[public]", f"{CLOUD}.sizing={sizing}"]
    scenario = load(MINIMAL, own)
    world = draw_world(scenario, 2)
    plan = make_plan(scenario, "consolidate", world)
    assert check_plan(scenario, world, plan) == []
    systems, servers = world.estate.systems, world.estate.servers
    placed = np.flatnonzero(plan.placement >= 0)
    system, host = servers.system[placed], plan.placement[placed]
    for row in np.unique(host).tolist():
        there = system[host == row]
        if systems.dedicated[there].any():
            assert len(np.unique(there)) == 1
        kinds = {list(scenario.demand.classes)[k] for k in systems.demand_class[there].tolist()}
        assert "public" not in kinds or kinds == {"public"}
    shared = load(MINIMAL, own[2:])
    together = make_plan(shared, "consolidate", draw_world(shared, 2))
    assert "dedicated" in {violation.rule for violation in check_plan(scenario, world, together)}


PLACES = (
    "estate.places={west: {title: {en: W, zh: 西}, latitude: 40.8, longitude: 111.7, radius_km: 5, "
    "units: {region: 1}}, east: {title: {en: E, zh: 东}, latitude: 42.3, longitude: 118.9, radius_km: 20, "
    "units: {banner: 2}}}"
)
SITES = f"{CLOUD}.sites={{west: {{title: {{en: W, zh: 西}}}}, east: {{title: {{en: E, zh: 东}}}}}}"


def test_units_are_served_where_they_are_pinned() -> None:
    """The first entry that names a unit counts, whatever is cheaper; and another site is caught."""
    entries = "[{site: east, places: [west]}, {site: west, levels: [region, banner]}]"
    pinned = f"{CLOUD}.siting={{pinned: {entries}}}"
    scenario = load(MINIMAL, [PLACES, SITES, pinned])
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    assert check_plan(scenario, world, plan) == []
    served = plan.unit_site >= 0
    site = np.array([plan.sites[row] for row in plan.unit_site[served].tolist()])
    assert (site == np.where(world.estate.units.level[served] == 0, "east", "west")).all()
    free = load(MINIMAL, [PLACES, SITES])
    found = check_plan(scenario, world, make_plan(free, "consolidate", draw_world(free, 0)))
    assert "pinned units" in {violation.rule for violation in found}


def test_pinned_units_conflict_with_the_number_of_sites() -> None:
    limits = f"{CLOUD}.siting={{most_sites: 1, pinned: [{{site: east, levels: [region]}}, {{site: west}}]}}"
    scenario = load(MINIMAL, [PLACES, SITES, limits])
    with pytest.raises(ConflictError) as caught:
        plan_or_explain(scenario, "consolidate", draw_world(scenario, 0))
    assert {rule.name for rule in caught.value.conflict.rules} == {"number of sites", "pinned units"}


def test_a_site_to_be_pinned_to_must_exist() -> None:
    words = "siting.pinned.0.site: got 'north', must be a name in the cloud's sites"
    with pytest.raises(InputError, match=words):
        load(MINIMAL, [PLACES, SITES, f"{CLOUD}.siting={{pinned: [{{site: north}}]}}"])
