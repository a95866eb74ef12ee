"""Replay of a trace on a static placement against reading the same file once.

A file of float32 samples is mapped into memory, component by component and step by step; the floors are
NumPy's sum and maximum over it. All map the file anew in every round and find it in the page cache; then the
same with the samples in memory already, where reading them costs least. Prints one line of JSON; with
``--out FILE`` it is also written there.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from machine import machine

from roomfold.sim.power import Curves
from roomfold.sim.replay import mapped, replay

# Dell PowerEdge R720 (SPECpower_ssj2008), W.
WATTS = [51.2, 79.2, 92.4, 106, 120, 133, 147, 165, 188, 217, 244]
STEP_S = 300.0


def write(path: Path, components: int, steps: int) -> None:
    """Skewed samples around 12 %, written a few rows at a time."""
    rng = np.random.default_rng(1)
    with path.open("wb") as file:
        for _ in range(components):
            (rng.random(steps, dtype=np.float32) ** 3 * 0.5).astype("<f4").tofile(file)


def measure(path: Path, components: int, steps: int, per_host: int, rounds: int) -> dict[str, object]:
    """Medians of some rounds."""
    count = -(-components // per_host)
    hosts = Curves.of(np.tile(WATTS, (count, 1)), np.full(count, 0.3 * per_host))
    host = np.random.default_rng(2).permutation(components) % count
    capacity = np.ones(components)
    for by_step in (False, True):  # compiles
        replay(
            mapped(path, components, steps)[:8, :8], capacity[:8], host[:8], hosts, STEP_S, by_step=by_step
        )
    whole = np.fromfile(path, dtype=np.float32).reshape(components, steps)
    return {
        "components": components,
        "steps": steps,
        "hosts": count,
        "rounds": rounds,
        "file": _times(lambda: mapped(path, components, steps), capacity, host, hosts, rounds),
        "file_by_step": _times(  # the same bytes taken as rows of steps
            lambda: mapped(path, components, steps, by_step=True),
            capacity,
            host,
            hosts,
            rounds,
            by_step=True,
        ),
        "memory": _times(lambda: whole, capacity, host, hosts, rounds),
        "peak_mb_beside_samples": round(_anonymous_mb() - whole.nbytes / 2**20),
    }


def _times(
    samples: Callable[[], np.ndarray],
    capacity: np.ndarray,
    host: np.ndarray,
    hosts: Curves,
    rounds: int,
    *,
    by_step: bool = False,
) -> dict[str, float]:
    times: dict[str, list[float]] = {"sum": [], "max": [], "replay": []}
    for _ in range(rounds):
        for name, call in (
            ("sum", lambda x: np.asarray(x).sum(dtype=np.float32)),
            ("max", lambda x: np.asarray(x).max()),
            ("replay", lambda x: replay(x, capacity, host, hosts, STEP_S, by_step=by_step)),
        ):
            began = time.perf_counter()
            call(samples())
            times[name].append(time.perf_counter() - began)
    size_gb = samples().nbytes / 1e9
    found = {f"{name}_gb_per_s": round(size_gb / median(times[name]), 2) for name in times}
    for name in ("sum", "max"):
        ratio = median(a / b for a, b in zip(times[name], times["replay"], strict=True))
        found[f"replay_of_{name}"] = round(ratio, 3)
    return found


def _anonymous_mb() -> float:
    """Resident memory that is not the mapped file, in MB."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--components", type=int, default=20_000)
    parser.add_argument("--steps", type=int, default=25_920)
    parser.add_argument("--per-host", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.f32"
        write(path, options.components, options.steps)
        found = measure(path, options.components, options.steps, options.per_host, options.rounds)
    text = json.dumps({"benchmark": "replay", **found, "machine": machine()})
    print(text)
    if options.out:
        options.out.parent.mkdir(exist_ok=True)
        options.out.write_text(json.dumps(json.loads(text), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
