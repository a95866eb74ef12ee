"""What a recovery site must keep up with: which systems, how many changes, and hosts in which state.

The recovery time says in which state hosts stand by: they run where systems must be back within half an
hour; they are bought but off where there is a day; beyond that they are bought when a site is lost. The
recovery point says how fast changes must flow: what changes in the busiest window of that length must have
drained when the next window ends. Changes are spread over a working day of eight hours, so that

    rate = changes of a day / max(8 h, min(recovery point, 24 h));

with a recovery point of 0 each change is carried as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...scenarios.sites import Recovery
from ...scenarios.world import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Mode = Literal["hot", "warm", "cold"]

HOT_MINUTES = 30.0
WARM_MINUTES = 24 * 60.0
WORKING_DAY_H = 8.0
DAY_H = 24.0
MBIT_PER_GB = 8 * 1024.0


@dataclass(frozen=True)
class Protection:
    """What recovery asks for.

    Attributes:
        protected: systems, shape (systems,).
        mbps: bandwidth of each system's changes, 0 if it is not protected, shape (systems,).
    """

    recovery: Recovery
    mode: Mode
    protected: Bools
    mbps: Floats

    @property
    def hosts_ready(self) -> bool:
        """Whether hosts are bought before a site is lost."""
        return self.mode != "cold"

    @property
    def runs(self) -> bool:
        """Whether these hosts draw power."""
        return self.mode == "hot"


def mode_of(recovery: Recovery) -> Mode:
    """State in which hosts stand by."""
    minutes = recovery.recovery_time_minutes()
    return "hot" if minutes <= HOT_MINUTES else "warm" if minutes <= WARM_MINUTES else "cold"


def protection(recovery: Recovery, world: World, moves: Bools, moving: Bools) -> Protection:
    """The systems protected, those of the highest MLPS level first, and the bandwidth of their changes.

    Args:
        moves: systems that move, shape (systems,).
        moving: servers that move with them, shape (servers,).
    """
    systems, servers = world.estate.systems, world.estate.servers
    candidates = np.flatnonzero(moves)
    lot = world.uniforms("protected", systems.id)[candidates]
    order = np.lexsort((lot, -systems.mlps[candidates].astype(np.float64)))
    protected = np.zeros(len(systems.id), dtype=np.bool_)
    protected[candidates[order[: round(world.of(recovery.share) * len(candidates))]]] = True
    data_gb = np.bincount(servers.system[moving], servers.disk_gb[moving], minlength=len(systems.id))
    window_h = np.clip(recovery.recovery_point_minutes() / 60, WORKING_DAY_H, DAY_H)
    changed_gb = data_gb * world.of(recovery.changed_share_per_day)
    mbps = np.where(protected, changed_gb * MBIT_PER_GB / (window_h * 3600), 0.0)
    return Protection(recovery, mode_of(recovery), protected, mbps)
