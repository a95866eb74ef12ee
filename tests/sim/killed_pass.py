"""A pass over a year that may be killed: ``python -m tests.sim.killed_pass CHECKPOINT [SECONDS]``.

Kills itself that long after the first month has begun; else prints a hash of its results.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from hashlib import sha256
from pathlib import Path

import numpy as np

from roomfold.sim import checkpoint
from roomfold.sim.integrate import COLUMNS, Flow, Future, integrate

from . import build


def fleet(components: int = 1500, months: int = 12):
    """Components in as many rooms as there are hundreds of them, at quarters of an hour."""
    mean = np.linspace(1e4, 6e5, components)
    wanted = build.demand(mean, months=months, noise=0.25, flat=False, steps_per_hour=4, hour_share=[0.2, 0])
    which = np.arange(components)
    return build.fleet(wanted, curve=(which % 3).tolist(), room=(which // 100).tolist())


def futures(machines) -> list[Future]:
    """All stay; some move in July."""
    n, rooms, hours = len(machines.room), int(machines.room.max()) + 1, machines.demand.clock.hours
    movers = range(0, n, 5)
    stay = build.Story(n, rooms, hours, server_fails=[(7, 900.5, 930.25, -1)])
    july = dict.fromkeys(movers, 4344)
    move = build.Story(
        n, rooms, hours, hosts=40, host={row: row % 40 for row in movers}, cloud_on=july, server_off=july
    )
    return [stay.future(machines), move.future(machines, rebound=0.1)]


def digest(flows: tuple[Flow, ...]) -> str:
    """Hash of every byte of the results."""
    parts = []
    for flow in flows:
        parts += [flow.room_kwh, flow.cloud_kwh, flow.room_priced_kwh, flow.cloud_priced_kwh, flow.heat]
        parts += [flow.series[name] for name in COLUMNS]
    return sha256(b"".join(part.tobytes() for part in parts if part is not None)).hexdigest()


def main(path: Path, seconds: float | None) -> None:
    """Run; every month is kept, however short."""
    checkpoint.EVERY_S = 0.0
    machines = fleet()

    def begin(month: int, _months: int) -> None:
        print(month, flush=True)
        if seconds is not None and not timer.is_alive():
            timer.start()

    timer = threading.Timer(seconds or 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
    timer.daemon = True
    flows = integrate(machines, build.sites(30), futures(machines), checkpoint=path, on_month=begin)
    timer.cancel()
    print(digest(flows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else None)
