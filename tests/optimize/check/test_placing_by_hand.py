"""Who runs where and on whose hosts: each rule of the checker just kept and just broken, judged by eye."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest

from roomfold.optimize.check import RULES, owning, placing
from roomfold.optimize.check.proof import proof
from roomfold.optimize.check.violation import Violation, over, wrong

from .by_hand import LATER, base, broken


@pytest.mark.parametrize("sizing", ["performance", "as-is", "profiles"])
def test_the_plan_breaks_nothing(sizing: str) -> None:
    case = base()
    case.cloud.sizing = sizing
    for name, rule in RULES.items():
        if not rule.__module__.endswith("ruling"):  # rules of policy: there are none
            assert broken(rule, case) == [], name


def test_the_worst_place_is_named_and_rounding_is_none() -> None:
    amount = np.array([1.0, 5, 9, 3])
    (found,) = over("r", "host", amount, np.array([2.0, 4, 7, 9]), "GB", "GB held")
    assert found == Violation("r", "host 2: 9 GB held, 7 allowed", 2.0, "GB", 2)
    assert str(found) == "r: host 2: 9 GB held, 7 allowed, by 2 GB, and at 1 other places"
    assert str(Violation("r", "here", 0.5, "GB")) == "r: here, by 0.5 GB"
    assert not list(over("r", "host", np.array([1e9 + 900, 1e-7]), np.array([1e9, 0.0]), "GB", "GB"))
    assert len(list(over("r", "host", np.array([1e9 + 1100.0]), 1e9, "GB", "GB"))) == 1
    assert len(list(over("r", "host", np.array([2e-6]), 0.0, "GB", "GB"))) == 1
    assert not list(over("r", "host", np.array([1e-6]), 0.0, "GB", "GB"))
    assert list(wrong("r", "host", np.array([4, 6]), "is so")) == [
        Violation("r", "host 4 is so", 2.0, "hosts", 2)
    ]
    assert not list(wrong("r", "host", np.array([], dtype=int), "is so"))


def test_who_may_not_move_does_not() -> None:
    case = base()
    case.systems.classified[2] = case.systems.pinned[1] = True
    assert broken(placing.classified, case) == [
        ("system 2 is classified and moves", 1, 1),
        ("server 3 is classified and has a host", 2, 2),
    ]
    assert broken(placing.pinned, case) == [("system 1 is tied to its room and moves", 1, 1)]
    case.plan.wave_h[2] = LATER
    assert broken(placing.classified, case) == [("server 3 is classified and has a host", 2, 2)]


def test_who_moves_has_a_host_and_who_stays_has_none() -> None:
    case = base()
    case.plan.placement[[1, 4]] = -1
    assert broken(placing.placed, case) == [("server 1 moves and has no host", 2, 2)]
    case.servers.zombie[1] = True
    case.servers.retires_month[4] = 2  # at the start of March, before its system moves
    assert broken(placing.placed, case) == []
    case.servers.retires_month[4] = 3
    assert broken(placing.placed, case) == [("server 4 moves and has no host", 1, 1)]
    case = base()
    case.plan.wave_h[0] = LATER
    assert broken(placing.placed, case) == [("server 0 stays and has a host", 2, 2)]
    case = base()
    case.plan.placement[5] = 7
    assert broken(placing.placed, case) == [("server 5 is on a host that is not in the plan", 1, 1)]


def test_zones_and_levels_have_pools_of_their_own() -> None:
    for server, host in ((2, 3), (3, 5), (5, 3)):
        case = base()
        case.plan.placement[server] = host
        assert broken(placing.pools, case) == [(f"server {server} is in a pool of another zone", 1, 1)]


def test_standby_hosts_are_there_and_empty() -> None:
    case = base()
    case.hosts.standby[[2, 6]] = False
    assert broken(placing.standby, case) == [("pool 0: 1 standby hosts too few, 0 allowed", 1, 2)]
    case = base()
    case.hosts.recovers[[5, 6]] = 0  # a pool of hosts for another site's
    case.plan.placement[4] = 4
    assert broken(placing.standby, case) == [("host 4 is a standby host and holds components", 1, 1)]
    case.hosts.recovers[4] = 0
    assert broken(placing.standby, case)[1] == ("pool 1: 1 standby hosts too few, 0 allowed", 1, 1)


def test_replicas_share_neither_host_nor_rack() -> None:
    case = base()
    case.hosts.rack[1] = 0
    assert broken(placing.apart, case) == [("replicas of system 0 share rack 0", 1, 1)]
    case.cloud.apart = "host"
    assert broken(placing.apart, case) == []
    case.plan.placement[1] = 0
    assert broken(placing.apart, case) == [("replicas of system 0 share host 0", 1, 1)]
    for spare in (
        lambda c: setattr(c.cloud, "apart", "none"),
        lambda c: c.servers.zombie.__setitem__(1, True),
    ):
        excused = base()
        excused.plan.placement[1] = 0
        spare(excused)
        assert broken(placing.apart, excused) == []
    case.systems.replicated[2] = True  # two on host 3
    assert broken(placing.apart, case) == [("replicas of system 0 share host 0", 2, 2)]


def test_racks_of_two_sites_are_not_one() -> None:
    case = base()
    case.plan.pool_site[:] = 0, 1, 1
    case.hosts.rack[:] = 0, 1, 2, 0, 0, 1, 1
    assert broken(placing.full_racks, case) == []
    case.hosts.rack[1] = 0
    case.hosts.rack_units[:] = 3
    assert broken(placing.full_racks, case) == [("rack 0: 6 rack units, 4 allowed", 2, 3)]
    case.hosts.rack[:] = 0, 1, 2, 0, 1, 2, 3
    case.hosts.rack_units[:] = 9  # each taller than a rack, but alone in it
    assert broken(placing.full_racks, case) == []


def test_no_more_hosts_of_a_type_than_there_may_be() -> None:
    case = base()
    case.kinds[1].limit = 1
    assert broken(placing.host_limits, case) == [("limited type 0: 2 hosts, 1 allowed", 1, 1)]


def test_hosts_are_bought_before_they_are_used() -> None:
    case = base()
    case.hosts.buy_month[:] = 3, 2, 5, 2, 2, 4, 3
    found = "host 2: 3 months after its first component, 0 allowed"
    assert broken(placing.bought_in_time, case) == [(found, 3, 3)]
    case.hosts.recovers[2] = 0  # stands by for another site, whose start it does not follow
    assert broken(placing.bought_in_time, case)[0][2] == 2


def test_dedicated_systems_and_classes_are_alone() -> None:
    case = base()
    case.systems.dedicated[1] = True
    assert broken(owning.dedicated, case) == [("host 0 is not one system's alone", 1, 1)]
    case = base()
    case.systems.dedicated[2] = True
    case.systems.demand_class[1] = 1
    assert broken(owning.dedicated, case) == []
    case.cloud.dedicated_classes = ("file",)
    assert broken(owning.dedicated, case) == [("host 0 is not one class's alone", 1, 1)]
    case.cloud.dedicated_classes, case.cloud.classes_share = (), False
    assert broken(owning.dedicated, case) == [("host 0 is not one class's alone", 1, 1)]


def owned(bought: int, count: int = 1, **where: str) -> Some:
    """Hosts of type a, bought in the middle of a year."""
    terms = {"type": "a", "zone": None, "site": None, **where}
    return Some(bought=bought, count=count, **terms)


def test_hosts_said_to_be_there_are() -> None:
    """Bought in July 2013 and used from March 2014 they are eight months old; by July 2018 they are gone."""
    case = base()
    case.hosts.age_months[[0, 3]] = 8
    assert broken(owning.existing, case) == [("host 0 is said to be there already and is not", 2, 2)]
    case.cloud.existing = (owned(2013, 2),)
    assert broken(owning.existing, case) == []
    case.cloud.existing = (owned(2013, 2, zone="in"),)
    assert broken(owning.existing, case) == [
        ("host 3 is said to be there already and is not", 1, 1),
        ("host 1 is bought while one like it stands idle", 2, 2),
    ]
    case.cloud.existing = (owned(2013, 1), owned(2012, 1))
    assert [what for what, _, _ in broken(owning.existing, case)] == [
        "host 3 is said to be there already and is not",
        "host 1 is bought while one like it stands idle",
    ]
    case.hosts.age_months[3] = 20
    assert broken(owning.existing, case) == []
    case.cloud.host_life_years = 20 / 12
    assert broken(owning.existing, case)[0] == ("host 3 is used after its life", 1, 1)


def test_what_is_bought_in_the_year_of_the_opening_is_there_for_it() -> None:
    case = base()
    case.cloud.existing = (owned(2014, 1),)
    case.hosts.age_months[0] = 1
    assert broken(owning.existing, case) == []
    case.hosts.age_months[0] = 2
    assert len(broken(owning.existing, case)) == 2


def test_a_host_too_old_at_the_opening_is_no_loss() -> None:
    case = base()
    case.cloud.existing = (owned(2009, 1),)  # July 2009 and five years: until July 2014
    assert broken(owning.existing, case) == [("host 0 is bought while one like it stands idle", 5, 5)]
    case.hosts.recovers[1] = 0  # what stands by for another site may be bought
    assert broken(owning.existing, case)[0][1:] == (4, 4)
    case.cloud.host_life_years = 56 / 12  # until the end of February
    assert broken(owning.existing, case) == []
    case.hosts.age_months[0] = 56
    assert [what for what, _, _ in broken(owning.existing, case)] == [
        "host 0 is used after its life",
        "host 0 is said to be there already and is not",
    ]
    case.hosts.age_months[0] = 0
    case.cloud.host_life_years = 57 / 12  # until the end of March: too old for what is bought in April
    case.hosts.buy_month[:] = 3
    assert broken(owning.existing, case) == []


def test_a_proof_says_what_it_counts() -> None:
    for change, found in (
        ({"bound_cny_per_year": 1010.02, "gap": 1010 / 1010.02 - 1}, "plan 0: 1010.02 CNY a year as bound"),
        ({"gap": 0.011}, "plan 0: 0.001 between gap and bound"),
        ({"hosts": 8}, "plan 0: 1 hosts miscounted"),
        ({"hosts": 6}, "plan 0: 1 hosts miscounted"),
    ):
        case = base()
        vars(case.plan.proof).update(change)
        ((what, _, places),) = broken(proof, case)
        assert what.startswith(found)
        assert places == 1
    case.hosts.recovers[0] = 0
    assert broken(proof, case) == []
    vars(case.plan.proof).update(bound_cny_per_year=1010.005, gap=1010 / 1010.005 - 1)
    assert broken(proof, case) == []
    case.plan.proof = None
    assert broken(proof, case) == [("hosts are bought without a proof", 6, 1)]
