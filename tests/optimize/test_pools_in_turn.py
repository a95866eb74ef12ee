"""Packing pools in turn, each collaborator replaced by a script: who is asked what, and what comes of it.

Two sites, three pools, a type to be bought (row 0), a limited one (row 1) and two owned hosts of the first.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace as Some
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize import pack_pools as module
from roomfold.optimize.hosts import HostTypes
from roomfold.optimize.known import Known
from roomfold.optimize.pack_pools import PackedPools, _Offered, pack_pools, plain_rules
from roomfold.optimize.packing import Columns, PoolPacking
from roomfold.optimize.placement import Members
from roomfold.optimize.supply import Supply

Ints = NDArray[np.int64]


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


TYPES = HostTypes(
    kind=ints(0, 1, 0),
    curve=ints(0, 0, 0),
    ssj_per_vcpu=1.0,
    capacity_ssj=np.array([9.0, 12, 9]),
    capacity=np.array([[10.0], [20], [10]]),
    price_cny=np.array([5.0, 8, 5]),
    rack_units=np.array([2.0, 4, 2]),
    most=np.array([np.inf, 5, 2]),
    stock=ints(-1, -1, 0),
    bought_month=ints(0, 0, -9),
    end_month=ints(9, 9, 9),
)
SITE = ints(0, 1, 1)
# Seven components: two of pool 0, three of pool 1, two of pool 2.
CARGO: Any = Some(
    pools=(("inner", 2), ("outer", 2), ("outer", 3)), pool_site=SITE, pool=ints(0, 1, 2, 1, 0, 1, 2),
    from_h=10 * np.arange(7), group=ints(-1, 0, -1, 0, 3, -1, -1),
)  # fmt: skip
FLAVOUR = ints(0, 1, 1, 1, 0, 0, 0)
COUNTS = [[2, 0], [1, 2], [1, 1]]


def sized(asked: Any = None) -> Any:
    sizes = np.array([[3.0], [4]])
    return Some(sizes=sizes, flavour=FLAVOUR, mean_ssj_per_vcpu=7.0, asked=asked, seconds=2.0)


def packing(*types: int, bound: float = 0.0, columns: Columns | None = None) -> PoolPacking:
    copies = np.ones((len(types), 2), dtype=np.int64)
    return PoolPacking(ints(*types), copies, float(10 * len(types)), bound, columns or Columns.none(2))


class Calls(list[Any]):
    """Keeps arguments, and answers by a function of them."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.append((*arguments, *named.values()))
        return self._answer(*arguments, **named) if callable(self._answer) else self._answer


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    def script(name: str, answer: Any) -> Calls:
        calls = Calls(answer)
        monkeypatch.setattr(module, name, calls)
        return calls

    return script


def offered(most: tuple[float, ...] = (np.inf, 5, 2), **cloud: Any) -> _Offered:
    usable = np.array([[True, True, True], [True, True, False], [True, False, True]])
    supply = Supply(np.array(most), np.ones(3, dtype=bool))
    return _Offered(Some(standby_hosts=1, **cloud), TYPES, usable, supply)


def test_the_whole_is_put_together_from_its_parts(script: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs are 10, 20 and 3 a year at the first site, twice that at the second."""
    scenario, world, weights, known = object(), object(), object(), Known()
    cloud: Any = Some(sites={"a": "A", "b": "B"}, apart="rack")
    costing = script("yearly_cost", lambda *a: np.array([10.0, 20, 3]) * {"A": 1, "B": 2}[a[-1]])
    monkeypatch.setattr(module, "Ratios", Some(of=lambda _, site: site))
    script("with_owned", lambda *a: a[2])
    using = script("usable", lambda _, __, zone, site: np.array([True, site == "b", zone == "inner"]))
    found = [packing(0, 2), packing(0, 1), packing(2)]
    parts = script("_packings", (found, [ints(0), ints(1), ints(2)], [5.0, 6.0, 7.0]))
    racking = script("_racks", ints(4, 9))
    handing = script("hand_out", lambda p, *_: (replace(p, method="placed"), ints(len(p.types))))
    wanting = script("standby_hosts", ints(1, 2, 1))
    spares = [ints(0), ints(0, 1), ints(2)]
    standing = script("_standby", spares)
    totals = script("_true_cost", (111.0, 99.0))
    sited: Any = Some(names=("a", "b"))
    packed = pack_pools(scenario, cloud, world, CARGO, sized(), sited, TYPES, weights, known)
    assert packed.costs.tolist() == [[10, 20, 3], [20, 40, 6]]
    assert packed.counts.tolist() == COUNTS
    assert costing[0][:3] == (scenario, cloud, world) and costing[0][4:6] == (7.0, weights)
    assert [call[2:] for call in using] == [("inner", "a"), ("outer", "b"), ("outer", "b")]
    offer, cargo, _, costs, counts, same = parts[0]
    assert cargo is CARGO and same is known and counts is packed.counts
    assert costs.tolist() == [[10, 20, 3], [20, 40, 6], [20, 40, 6]]
    assert offer.usable.tolist() == [[True, False, True], [True, True, False], [True, True, False]]
    assert offer.supply.left.tolist() == [np.inf, 5, 2] and offer.supply.left is not TYPES.most
    assert racking[0][-1] == 2 and racking[0][4] is found
    assert [call[3].tolist() for call in handing] == [[10, 20, 10], [20, 40, 20], [20, 40, 20]]
    assert [call[4].flavour.tolist() for call in handing] == [[0, 0], [1, 1, 0], [1, 0]]
    assert [call[4].from_h.tolist() for call in handing] == [[0, 40], [10, 30, 50], [20, 60]]
    assert [call[4].group.tolist() for call in handing] == [[-1, 3], [0, 0, -1], [-1, -1]]
    assert [call[5] for call in handing] == [4, 9, 9]
    assert [call[6].usable.tolist() for call in handing] == offer.usable.tolist()
    assert [p.method for p in packed.pools] == ["placed"] * 3
    assert [p.tolist() for p in packed.placed] == [[2], [2], [1]]
    used, components, each = wanting[0][3:]
    assert (used.tolist(), components.tolist(), each.tolist()) == ([2, 2, 1], [2, 3, 2], [10, 40, 6])
    assert standing[0][1] == packed.pools and standing[0][3] is wanting._answer
    assert standing[0][2] is parts._answer[1]
    assert packed.spares is spares and packed.standby == 4
    assert packed.standby_cny == 10 + 20 + 40 + 6
    assert totals[0][0].tolist() == [10, 20, 3] and totals[0][3] == [5, 6, 7]
    assert (packed.cost_cny, packed.bound_cny) == (111, 99)
    assert packed.supply.usable.tolist() == [True, True, False]
    assert packed.racks.tolist() == [4, 9] and packed.types is TYPES and packed.seconds >= 2
    cloud.apart = "host"
    pack_pools(scenario, cloud, world, CARGO, sized(), sited, TYPES, weights, known)
    assert [call[5] for call in handing[3:]] == [0, 0, 0]


def test_spares_are_like_the_largest_host_and_owned_ones_first() -> None:
    some = offered((np.inf, 5, 1))
    assert some.spares(0, packing(0, 0), 3).tolist() == [2, 0, 0]
    assert some.supply.left.tolist() == [np.inf, 5, 0]
    assert some.spares(0, packing(0, 1), 2).tolist() == [1, 1]
    assert some.supply.left.tolist() == [np.inf, 3, 0]
    other = offered()
    assert other.spares(1, packing(0), 1).tolist() == [0]  # the second pool may use no owned host
    assert other.spares(2, packing(2), 2).tolist() == [2, 2]


def test_no_more_stand_by_than_there_are() -> None:
    """Of a limited type two are reserved and some left: a few are wanted, or more than there are."""
    for wanted, left, expected in ((1, 3.0, 1), (4, 3.0, 4), (9, 3.0, 5), (9, 0.0, 2)):
        some = offered((np.inf, left, 2))
        standby = module._standby(some, [packing(1)], [ints(1, 1)], ints(wanted))
        assert [s.tolist() for s in standby] == [[1] * expected]
        assert some.supply.left[1] == left + 2 - expected
    free = offered((np.inf, 5, 1))
    standby = module._standby(free, [packing(0), packing(0)], [ints(2), ints(0)], ints(3, 2))
    assert [s.tolist() for s in standby] == [[2, 2, 0], [0, 0]]
    few = offered((0.0, 0, 0))  # none to be had but what was reserved
    assert [s.tolist() for s in module._standby(few, [packing(0)], [ints(0)], ints(3))] == [[0]]
    two = offered((1.0, 9, 1))  # the second pool may not have the owned host: its own and one more
    assert [len(s) for s in module._standby(two, [packing(0)] * 2, [ints(0), ints(0)], ints(0, 9))] == [0, 3]


def test_the_largest_pool_comes_first_and_helps_the_others(script: Any) -> None:
    """Each leaves what later ones cannot do without, one to stand by, and what earlier ones have taken."""
    kept = np.array([[1.0, 2], [8, 8], [0, 3]])
    keeping = script("_kept", lambda *a: kept[a[4]])
    columns = [Columns(ints(k), np.array([[k, k]])) for k in range(3)]
    answers = [packing(0, 2, columns=columns[0]), packing(1, 1, columns=columns[1]), packing(0)]
    sizing = script("_by_sizes", lambda *a: (answers[COUNTS.index(a[1].tolist())], float(a[1][0])))
    known, some = Known(columns=columns[2]), offered((np.inf, 40, 4))
    costs = np.arange(9.0).reshape(3, 3)
    found, spares, least = module._packings(some, CARGO, sized(), costs, np.array(COUNTS), known)
    assert [call[4] for call in keeping] == [0, 1, 2]
    for call in keeping:
        assert call[3].most.tolist() == [np.inf, 5] and call[:2] == (some.cloud, CARGO)
    assert [call[5].tolist() for call in keeping] == COUNTS
    turns = [call[1].tolist() for call in sizing]
    assert turns == [[1, 2], [2, 0], [1, 1]]
    assert [call[3].tolist() for call in sizing] == [costs[1].tolist(), costs[0].tolist(), costs[2].tolist()]
    # Of the limited type 2 and 3 are kept for the others, then 3, and one each time to stand by; two of
    # it are taken at first, and one that stands by. Of owned hosts, all for whom they are usable, no more.
    assert [call[5].tolist() for call in sizing] == [[np.inf, 34, 0], [np.inf, 33, 4], [np.inf, 0, 2]]
    assert [call[7] for call in sizing] == [columns[2], columns[1], columns[0]]
    assert [call[6].tolist() for call in sizing] == [some.usable[p].tolist() for p in (1, 0, 2)]
    assert [call[4].flavour.tolist() for call in sizing] == [[1, 1, 0], [0, 0], [1, 0]]
    assert known.columns is answers[2].columns
    assert found == answers and least == [2, 1, 1]
    assert [s.tolist() for s in spares] == [[2], [1], [2]]
    assert some.supply.left.tolist() == [np.inf, 37, 1]


def test_pools_filled_by_the_hour(script: Any) -> None:
    hourly = script("by_the_hour", (packing(2), 4.0))
    straight = script("pack_pool", packing(0, bound=3.0))
    script("_kept", lambda *_: np.zeros(2))
    asked: Any = object()
    known: Any = Some(packing=Calls(lambda *a: a[-1]()), columns=None)
    some, costs = offered((np.inf, 5, 9)), np.arange(9.0).reshape(3, 3)
    found, _, least = module._packings(some, CARGO, sized(asked), costs, np.array(COUNTS), known)
    # The second pool may use no owned host: it is packed as what is bought, and remembered.
    assert [p.types.tolist() for p in found] == [[2], [0], [2]]
    assert least == [4, 3, 4]
    assert len(known.packing) == 1 and len(straight) == 1
    ask, mine, flavour, types, its, most = straight[0]
    assert ask is asked and mine.tolist() == [1, 3, 5] and flavour.tolist() == [1, 1, 0]
    assert types.kind.tolist() == [0, 1] and its.tolist() == [3, 4] and most.tolist() == [np.inf, 4]
    assert len(known.packing[0]) == 7 and known.packing[0][1] is mine
    assert [call[1].tolist() for call in hourly] == [[0, 4], [2, 6]]
    assert [call[6].tolist() for call in hourly] == [some.usable[0].tolist(), some.usable[2].tolist()]


def test_what_a_pool_cannot_do_without_is_counted_only_where_types_are_limited(script: Any) -> None:
    counting = script("not_to_do_without", np.array([0.0, 2]))
    busy = script("too_busy_for", 6)
    cloud: Any = Some(standby_hosts=3)
    bought = TYPES.only(ints(0, 1))
    arguments = cloud, CARGO
    counts = ints(1, 2)
    assert module._kept(*arguments, sized(), bought, 1, counts).tolist() == [0, 2]
    assert counting[0][2].tolist() == [[10], [20]] and counting[0][4:] == (3, 0) and not busy
    module._kept(*arguments, sized(asked := object()), bought, 1, counts)
    assert counting[1][4:] == (3, 6)
    assert busy[0][0] is asked and busy[0][1].tolist() == [1, 3, 5] and busy[0][3].tolist() == [True, False]
    free = TYPES.only(ints(0))
    assert module._kept(*arguments, sized(), free, 1, counts).tolist() == [0] and len(counting) == 2


def test_pools_packed_by_sizes(script: Any) -> None:
    """Two of one flavour must lie apart. With fewer hosts than there are at all, the bound is that of all."""
    owned = script("by_sizes", (packing(2), 2.0))
    plain = script("pack", packing(0, 0, bound=9.0))
    fleets = script("cheapest_fleet", (None, 7.0))
    members = Members(ints(1, 1, 0), ints(0, 0, 0), ints(0, 0, -1))
    sizes, counts, costs, may = (
        np.array([[3.0], [4]]),
        ints(1, 2),
        np.array([1.0, 2, 3]),
        np.ones(3, dtype=bool),
    )
    columns = Columns.none(2)
    found = module._by_sizes(sizes, counts, TYPES, costs, members, TYPES.most, may, columns)
    assert found[1] == 2 and owned[0][6].tolist() == [0, 2] and owned[0][7] is columns and not plain
    bought = TYPES.only(ints(0, 1))
    all_there_are = bought.most
    found = module._by_sizes(sizes, counts, bought, costs[:2], members, all_there_are, may[:2], columns)
    assert found == (plain._answer, 9.0) and not fleets
    assert plain[0][4] is columns and plain[0][5].tolist() == [-1, 5] and plain[0][6].tolist() == [0, 2]
    fewer = np.array([np.inf, 3])
    for least, bound in ((7.0, 7.0), (11.0, 9.0)):
        fleets._answer = None, least
        found = module._by_sizes(sizes, counts, bought, costs[:2], members, fewer, may[:2], columns)
        assert found[1] == found[0].bound == bound and found[0].cost == 20
    assert plain[1][5].tolist() == [-1, 3]
    assert fleets[0][2].tolist() == [np.inf, 5]
    assert fleets[0][1].needs.tolist()[-1] == 2  # as many hosts as lie apart


def test_a_flavour_that_a_pool_lacks_needs_no_host() -> None:
    """One of the first flavour; the second, of which the pool has none, fits on no host."""
    packed = PackedPools(
        costs=np.empty((0, 0)), counts=np.array([[1, 0]]), pools=[packing(0)], cost_cny=0.0, bound_cny=0.0,
        placed=[], racks=ints(), spares=[ints()], standby_cny=0.0, types=TYPES, supply=Some(), seconds=0.0,
    )  # fmt: skip
    large: Any = Some(sizes=np.array([[6.0], [99]]))
    rules = plain_rules(large, TYPES.only(ints(0)), packed, np.array([[10.0, 20, 3]]))
    assert {(rule.hosts, rule.cost_cny_per_year) for rule in rules} == {(1, 10.0)}


def test_groups_ask_for_racks_only_where_racks_hold_them_apart(script: Any) -> None:
    fitted = script("racks_fitted_out", lambda *a: a[2] + a[3])
    cargo: Any = Some(pool_site=SITE, group=ints(-1, 2, 2, 0, -1, 2))
    pools = [packing(0, 1), packing(2), packing(1, 1)]
    for apart, racks in (("rack", [6 + 3, 10 + 3]), ("host", [6, 10])):
        assert module._racks(Some(apart=apart), object(), cargo, TYPES, pools, 2).tolist() == racks
    lonely: Any = Some(pool_site=SITE, group=ints(-1, -1))
    assert module._racks(Some(apart="rack"), object(), lonely, TYPES, pools, 2).tolist() == [6, 10]
    assert len(fitted) == 6
