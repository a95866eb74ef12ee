"""Conflicts: the deletion filter against every subset, and plans that no choice can make."""

from __future__ import annotations

import pickle
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.optimize.conflict import ConflictError, Family, irreducible, smallest
from roomfold.optimize.explain import plan_or_explain
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world

from .conftest import MINIMAL

SIZED = "alternatives.consolidate.cloud.sizing=performance"
FAMILIES = [Family(name, name) for name in "abcdef"]
conflicts = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=4)


@given(conflicts)
@settings(max_examples=200, deadline=None)
def test_the_set_found_is_irreducible(minimal: list[set[str]]) -> None:
    """Against the definition: it conflicts, and no proper subset of it does."""

    def feasible(active: frozenset[str]) -> bool:
        return not any(conflict <= active for conflict in minimal)

    found = {family.name for family in irreducible(FAMILIES, feasible)}
    assert not feasible(frozenset(found))
    for size in range(len(found)):
        assert all(feasible(frozenset(part)) for part in combinations(sorted(found), size))


@given(conflicts)
@settings(max_examples=200, deadline=None)
def test_no_smaller_set_conflicts(minimal: list[set[str]]) -> None:
    """Six rules are few enough to be sure of it."""
    found = smallest(FAMILIES, lambda active: not any(conflict <= active for conflict in minimal))
    assert len(found) == min(map(len, minimal))
    assert {family.name for family in found} in minimal


def test_what_no_rule_explains_is_empty() -> None:
    assert irreducible(FAMILIES, lambda _: False) == smallest(FAMILIES, lambda _: False) == ()


def test_a_conflict_names_its_rule_and_the_price_of_giving_it_up() -> None:
    scenario = load(MINIMAL, ["estate.memory_gb=400"])
    with pytest.raises(ConflictError) as caught:
        plan_or_explain(scenario, "consolidate", draw_world(scenario, 0))
    conflict = caught.value.conflict
    assert caught.value.exit_code == 4 and "\n" not in str(caught.value)
    assert [family.name for family in conflict.rules] == ["host size"]
    assert conflict.relaxed[0].costs["hosts_cny_per_year"] > 0
    assert "a host of 435 GB of memory" in conflict.relaxed[0].change
    assert "GB of memory" in conflict.reason
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.conflict == conflict and str(again) == str(caught.value)


def test_staff_and_deadline_conflict_together() -> None:
    """Two people cannot move everything by October; more people can, or a later day."""
    by_october = "policy.by-october={rule: migrate_existing, to: 2014-10-31, source: a test}"
    scenario = load(MINIMAL, [SIZED, by_october, "alternatives.consolidate.migration.team_fte=2"])
    with pytest.raises(ConflictError) as caught:
        plan_or_explain(scenario, "consolidate", draw_world(scenario, 0))
    relaxed = {each.family.name: each for each in caught.value.conflict.relaxed}
    assert set(relaxed) == {"staff", "by-october"}
    assert "instead of 2" in relaxed["staff"].change
    assert "2014-1" in relaxed["by-october"].change
    assert all(each.costs["moving_cny"] > 0 for each in relaxed.values())


def test_the_change_is_enough() -> None:
    """With a host of the size named, the plan exists."""
    scenario = load(MINIMAL, ["estate.memory_gb=400"])
    world = draw_world(scenario, 0)
    with pytest.raises(ConflictError):
        plan_or_explain(scenario, "consolidate", world)
    types = "alternatives.consolidate.cloud.host_types.1.memory_gb=435"
    larger = load(MINIMAL, ["estate.memory_gb=400", types])
    assert plan_or_explain(larger, "consolidate", world).proof is not None
