"""Engine time of the PlanetLab day 20110303 against CloudSim 3.0.3's wall time, policy by policy.

Engine time is from arrays in memory to a finished run, after imports and compilation; CloudSim's is the
median of three quiet repeats (``timing.csv`` of the reference data), start of the Java machine and reading
of the traces included, on two cores. Prints one line of JSON; needs ROOMFOLD_REFERENCE_DATA. Run ``python
benchmarks/bench_consolidation.py [repeats]``.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from roomfold.sim.consolidation import CLOUDSIM_3_0_3, DVFS, NPA, FleetArrays, Policy, consolidate

DAY = "20110303"
HOSTS = 800
# HP ProLiant ML110 G4 and G5 (SPECpower_ssj2008), W at 0, 10, ... 100 %.
WATTS = np.array(
    [
        [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117],
        [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135],
    ]
)
POLICIES = {
    "npa": NPA,
    "dvfs": DVFS,
    "thr_mmt_0.8": Policy("thr"),
    "iqr_mmt_1.5": Policy("iqr"),
    "mad_mmt_2.5": Policy("mad"),
    "lr_mmt_1.2": Policy("lr"),
    "lrr_mmt_1.2": Policy("lrr"),
}


def main(repeats: int) -> None:
    """Measure and print."""
    data = reference_data()
    fleet, demand = planetlab(data, DAY)
    theirs = java_seconds(data / "cloudsim" / "timing.csv")
    table = {}
    for name, policy in POLICIES.items():
        consolidate(fleet, demand, policy, CLOUDSIM_3_0_3)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            consolidate(fleet, demand, policy, CLOUDSIM_3_0_3)
            times.append(time.perf_counter() - start)
        ours = median(times)
        table[name] = {
            "seconds": round(ours, 4),
            "least_seconds": round(min(times), 4),
            "cloudsim_seconds": theirs[name],
            "times_faster": round(theirs[name] / ours, 1),
        }
    print(json.dumps({"day": DAY, "repeats": repeats, "machine": machine(), "policies": table}))


def reference_data() -> Path:
    """The folder of the reference data."""
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        sys.exit("ROOMFOLD_REFERENCE_DATA is not set")
    return Path(folder)


def planetlab(data: Path, day: str) -> tuple[FleetArrays, np.ndarray]:
    """The fleet of CloudSim's PlanetLab experiment and a day's demand, shape (components, 288)."""
    with np.load(data / "planetlab" / f"{day}.npz") as file:
        demand = file["util"] / 100.0
    components = len(demand)
    quarter = np.arange(components) // -(-components // 4)
    kind = np.arange(HOSTS) % 2
    fleet = FleetArrays(
        watts=WATTS,
        host_kind=kind,
        host_cores=np.full(HOSTS, 2.0),
        host_core_mips=np.array([1860.0, 2660.0])[kind],
        host_ram_mb=np.full(HOSTS, 4096.0),
        host_bandwidth_mbit=np.full(HOSTS, 1000.0),
        component_mips=np.array([2500.0, 2000.0, 1000.0, 500.0])[quarter],
        component_ram_mb=np.array([870.0, 1740.0, 1740.0, 613.0])[quarter],
        component_bandwidth_mbit=np.full(components, 100.0),
    )
    return fleet, demand


def java_seconds(path: Path) -> dict[str, float]:
    """Median wall time of CloudSim per run."""
    times: dict[str, list[float]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            times.setdefault(row["run"], []).append(float(row["wall_s"]))
    return {run: median(values) for run, values in times.items()}


def machine() -> str:
    """Processor and number of cores."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
