"""Late systems: the bound holds for every schedule that has no more of them, by trying all schedules."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from roomfold.optimize.waves.bound import bound
from roomfold.optimize.waves.build import Limits
from roomfold.optimize.waves.late import LATE_CNY, weighed, weight
from roomfold.optimize.waves.turns import in_turns

from .small import by_hand, problem


@pytest.mark.parametrize("seed", range(4))
def test_no_schedule_with_as_few_late_costs_less_than_the_bound(seed: int) -> None:
    plain = problem(np.random.default_rng(seed), tight=0.5)
    must = Limits(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=bool))
    p = weighed(plain, must)
    start = in_turns(p, np.arange(4.0))
    proven = bound(p, start, 100, 0.0)
    late = int(np.count_nonzero(proven.slot > 0))
    assert weight(p, proven.slot) == late * LATE_CNY > 0
    stated = proven.value - weight(p, proven.slot)
    costs = [
        by_hand(plain, slot)
        for slot in product(range(len(p.hour) + 1), repeat=4)
        if sum(w > 0 for w in slot) <= late
    ]
    assert stated <= min(costs) + 1e-6
