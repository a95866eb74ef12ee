"""Teams: the queue in front of a finite number of teams, first come, first served.

As nobody overtakes, the hour at which a job is begun is known when it comes: when the first team is
free that has nothing earlier to do (the recursion of Kiefer and Wolfowitz 1955,
doi 10.1090/S0002-9947-1955-0070884-8). So a queue costs one step per job and no event of its own.

At one instant teams become free, and places in the queue too, before jobs come; jobs that come at one
instant are taken in the order in which they are given (by row).
"""

from __future__ import annotations

from heapq import heappop, heappush, heapreplace

ALWAYS = float("inf")


class Teams:
    """Some teams, all of them free before the first job.

    Jobs must be offered in the order in which they come.
    """

    def __init__(self, teams: int, places: int | None = None) -> None:
        """``places``: jobs that may wait while all teams are busy; None for any number."""
        if teams < 1:
            raise ValueError(f"got {teams} teams, must be at least 1")
        self._free_h = [-ALWAYS] * teams  # a heap
        self._places = places
        self._leaves_queue_h: list[float] = []  # a heap, kept only where places are limited

    def turns_away(self, hour: float) -> bool:
        """Whether a job that comes at an hour finds all teams busy and no place to wait."""
        if self._places is None or self._free_h[0] <= hour:
            return False
        while self._leaves_queue_h and self._leaves_queue_h[0] <= hour:
            heappop(self._leaves_queue_h)
        return len(self._leaves_queue_h) >= self._places

    def take(self, hour: float, work_h: float, leaves_h: float = ALWAYS) -> float:
        """Hour at which a team begins the job that comes at ``hour``.

        Args:
            work_h: how long it binds the team.
            leaves_h: hour at which the job is withdrawn, begun or not.

        Returns:
            ``leaves_h`` if no team is free before.
        """
        begun_h = max(hour, self._free_h[0])
        if begun_h < leaves_h:
            heapreplace(self._free_h, min(begun_h + work_h, leaves_h))
        else:
            begun_h = leaves_h
        if begun_h > hour and self._places is not None:
            heappush(self._leaves_queue_h, begun_h)
        return begun_h
