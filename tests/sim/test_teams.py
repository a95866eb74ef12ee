"""Teams: the recursion against a clock that ticks through the same queue."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomfold.sim.provisioning import serve
from roomfold.sim.repair import Crews, Failures, repairs
from roomfold.sim.teams import Teams

HORIZON_H = 80


@dataclass
class Ticking:
    """A queue worked through hour by hour: who is done, who gives up, who is next, who comes."""

    teams: int
    places: int | None
    busy_until: list[int] = field(default_factory=list)
    waiting: list[tuple[int, int, int]] = field(default_factory=list)  # job, work, leaves
    begun: dict[int, float] = field(default_factory=dict)

    def run(self, jobs: list[tuple[int, int, int]]) -> list[float | None]:
        """Jobs as (comes, work, leaves); None where turned away, ``leaves`` where not begun."""
        for hour in range(HORIZON_H):
            self.busy_until = [until for until in self.busy_until if until > hour]
            self.waiting = [job for job in self.waiting if job[2] > hour]
            while self.waiting and len(self.busy_until) < self.teams:
                self._begin(hour, *self.waiting.pop(0))
            for job, (comes, work, leaves) in enumerate(jobs):
                if comes == hour:
                    self._come(hour, job, work, leaves)
        return [self.begun.get(job, None) for job in range(len(jobs))]

    def _come(self, hour: int, job: int, work: int, leaves: int) -> None:
        if len(self.busy_until) < self.teams:
            self._begin(hour, job, work, leaves)
        elif self.places is None or len(self.waiting) < self.places:
            self.waiting.append((job, work, leaves))
            self.begun[job] = leaves

    def _begin(self, hour: int, job: int, work: int, leaves: int) -> None:
        self.begun[job] = hour
        if min(hour + work, leaves) > hour:
            self.busy_until.append(min(hour + work, leaves))


JOBS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.integers(1, 15)), max_size=14)


@given(JOBS, st.integers(1, 3), st.none() | st.integers(0, 3))
def test_the_recursion_is_the_queue(raw: list[tuple[int, int, int]], count: int, places: int | None) -> None:
    """Whole hours, so that much happens at one instant; jobs of one hour come by row."""
    jobs = [(comes, work, comes + patience) for comes, work, patience in sorted(raw)]
    teams = Teams(count, places)
    found = [
        None if teams.turns_away(comes) else teams.take(comes, work, leaves) for comes, work, leaves in jobs
    ]
    assert found == Ticking(count, places).run(jobs)


def test_there_is_at_least_one_team() -> None:
    with pytest.raises(ValueError, match="got 0 teams"):
        Teams(0)


def test_repairs_wait_and_end_with_the_service_and_failures_meanwhile_are_void() -> None:
    """One team, bound for half of each repair; machine 2 is switched off while it waits."""
    failed = Failures(
        np.array([0, 1, 2, 0, 0, 3]),
        np.array([10.0, 10.0, 11.0, 12.0, 18.0, 10.0]),
        np.array([8.0, 8.0, 4.0, 1.0, 2.0, 6.0]),
    )
    on_h, off_h = np.array([0, 0, 0, 11]), np.array([99, 20, 15, 99])
    found = repairs(failed, on_h, off_h, Crews(np.zeros(4, dtype=np.int64), np.array([1]), 0.5))
    rows = zip(*(c.tolist() for c in (found.what, found.failed_h, found.begun_h, found.ended_h)), strict=True)
    assert list(rows) == [
        (0, 10, 10, 18),  # the team is bound until 14; the failure at 12 is void
        (1, 10, 14, 20),  # would last until 22, but service ends at 20
        (2, 11, 15, 15),  # switched off before the team, bound until 18, could come
        (0, 18, 18, 20),  # fails again at the instant at which it worked again
    ]


def test_requests_are_worked_through_in_the_order_in_which_they_come() -> None:
    """One team, one place; system 5 retires while it is set up, system 2 while it waits."""
    system, asked = np.array([4, 9, 2, 7, 5]), np.array([3.0, 0.0, 30.0, 3.0, 25.0])
    leaves = np.array([np.inf, np.inf, 31.0, np.inf, 40.0])
    found = serve(system, asked, np.array([6.0, 10.0, 5.0, 4.0, 20.0]), leaves, Teams(1, places=1))
    assert found.system.tolist() == [9, 4, 7, 5, 2]
    assert found.asked_h.tolist() == [0, 3, 3, 25, 30]
    assert found.begun_h.tolist() == [0, 10, np.inf, 25, np.inf]
    assert found.ready_h.tolist() == [10, 16, np.inf, np.inf, np.inf]
    assert found.turned_away.tolist() == [False, False, True, False, False]


def test_a_share_of_nothing_is_an_ample_crew() -> None:
    start = np.arange(50.0)
    failed = Failures(np.arange(50), start, np.full(50, 1000.0))
    always = np.zeros(50, dtype=np.int32), np.full(50, 10**6, dtype=np.int32)
    found = repairs(failed, *always, Crews(np.zeros(50, dtype=np.int64), np.array([1]), 0.0))
    assert np.array_equal(found.begun_h, start)
    assert np.array_equal(found.ended_h, start + 1000)
    queued = repairs(failed, *always, Crews(np.zeros(50, dtype=np.int64), np.array([1]), 1.0))
    assert np.array_equal(queued.begun_h, 1000.0 * np.arange(50))


def test_crews_grow_with_what_they_look_after() -> None:
    crews = Crews.sized(np.array([0, 0, 0, 2, 2]), 2.0, 1.0)
    assert crews.teams.tolist() == [2, 1, 1]


def test_at_one_instant_teams_and_places_are_free_before_jobs_come():
    none_waits = Teams(1, places=0)
    assert none_waits.take(0.0, 5.0) == 0
    assert none_waits.turns_away(4.0) and not none_waits.turns_away(5.0)
    one_waits = Teams(1, places=1)
    assert [one_waits.take(0.0, 5.0), one_waits.take(1.0, 5.0)] == [0, 5]
    assert one_waits.turns_away(4.0) and not one_waits.turns_away(5.0)
