"""Peak memory of one world for growing horizons, each in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

YEARS = (2, 4, 6)


def one(years: int) -> int:
    """Peak resident memory in KiB after simulating one world."""
    from roomfold.scenarios import load
    from roomfold.sim.study import run_study

    scenario = load("inner-mongolia", [f"time.years={years}"])
    run_study(scenario, worlds=1, jobs=1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Print the peak for each horizon in MB."""
    if len(sys.argv) > 1:
        print(one(int(sys.argv[1])))
        return
    peaks = {}
    for years in YEARS:
        command = [sys.executable, __file__, str(years)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks[f"{years}_years_mb"] = round(int(done.stdout) / 1024)
    print(json.dumps(peaks))


if __name__ == "__main__":
    main()
