"""The number of systems in service: arrivals at random, lives that end at random (M/G/infinity).

The estate draws a fixed number of new systems per world, each at a month of its own. Given how many come
within the horizon, that is the Poisson process; so the count at a month is not Poisson but binomial, with
the mean that M/G/infinity has: arrivals by month times the share that lives on.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from roomfold.scenarios.estate import NEVER
from roomfold.sim.events import happen
from roomfold.sim.timeline import stock

from ..sim import small
from .formulas import CONFIDENCE
from .record import Record

RETIRED, NEW, TODAY, WORLDS = 0.25, 0.4, 1500, 3
ESTATE = (
    f"estate.systems={TODAY}",
    "estate.classified_share=0",
    "estate.servers_per_system=1",
    f"estate.new_systems_per_year={NEW}",
    f"estate.retired_systems_per_year={RETIRED}",
)


def living(months: int, arrives: int) -> np.ndarray:
    """Share of the systems of one month that live in each month: a year for sure, then exponential."""
    age = np.arange(months) - arrives
    sure = 12 if arrives else 0
    return np.where(age < 0, 0.0, np.exp(-RETIRED / 12 * np.maximum(age - sure, 0)))


def test_systems_in_service_grow_as_arrivals_times_survival(record: Record) -> None:
    counts = []
    for index in range(WORLDS):
        scenario, world = small.drawn(index, *ESTATE)
        timeline = happen(scenario, world, small.stay(world))
        systems, first = world.estate.servers.system, np.zeros(len(world.estate.systems.id), dtype=bool)
        first[systems] = True
        assert first.all()
        _, one = np.unique(systems, return_index=True)
        on_h, off_h = timeline.server_on_h[one], timeline.server_off_h[one]
        served = stock(world.clock.hours, on_h, np.where(off_h == NEVER, world.clock.hours, off_h))
        counts.append(served[world.clock.month_edges_h[:-1]])
    months, new = world.clock.months, round(NEW * TODAY * 3)
    old = living(months, 0)
    young = np.mean([living(months, month) for month in range(1, months)], axis=0)
    mean = TODAY * old + new * young
    variance = TODAY * old * (1 - old) + new * young * (1 - young)
    # Three worlds, six months far apart: eighteen looks share the confidence.
    looks = np.arange(5, months, 6)
    z = norm.ppf(1 - (1 - CONFIDENCE) / 2 / (len(looks) * WORLDS))
    formula, kind = (
        "Systems in service: arrivals x survival",
        f"{CONFIDENCE:.1%} over {len(looks) * WORLDS} looks",
    )
    for index, count in enumerate(counts):
        assert count[0] == TODAY
        for look in looks.tolist():
            named = f"{formula}, world {index}, month {look}"
            assert record.inside(named, count[look], mean[look], z * float(np.sqrt(variance[look])), kind)
    assert np.ptp(mean) > 0.15 * TODAY
