"""A calibration over 10,000 stored worlds: processor seconds from the file to the answer, and to the page.

The worlds have the columns of a run of ``inner-mongolia`` (all quantities drawn by its own design, all
figures); the figures of claims, cash and value follow a closed form of rooms and lines with noise, so that no
10,000 worlds need be simulated. Other figures are noise. Run it a few times and quote the median.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from machine import machine
from numpy.random import Generator, Philox

from roomfold.reports.calibration import Ask, calibrate, of_folder, publish_calibration
from roomfold.reports.claims import MONEY, accounting, combinations
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import design
from roomfold.scenarios.loader import quantities, resolved_yaml

ALTERNATIVE = "consolidate"
FILLERS = 60  # figures that a calibration does not read


def table(scenario: Scenario, count: int) -> pa.Table:
    """Worlds as ``worlds.parquet`` has them."""
    rng = Generator(Philox(key=1))
    points = design(scenario, scenario.study.seed, count)
    known = quantities(scenario)
    drawn = {path: q.ppf(points[:, i]) for i, (path, q) in enumerate(known.items())}
    rooms = drawn["estate.rooms"]
    lines = drawn["estate.vertical_lines"] * drawn["lines.sdh-2m.price_cny_per_year"] / 2
    upkeep = rooms * drawn["rooms.closet.operations_cny_per_year"]
    power = rooms * 3 * drawn["rooms.closet.pue"] * 8760 * drawn["prices.electricity_cny_per_kwh"]
    staff = rooms * drawn["rooms.closet.staff_fte"] * drawn["prices.staff_cny_per_fte"]
    cloud = 20e6 * np.exp(0.2 * rng.standard_normal(count))
    gross = (lines + upkeep + power) * np.exp(0.05 * rng.standard_normal(count))
    columns: dict[str, object] = {"world": np.arange(count, dtype=np.int32), **drawn}
    for claim in scenario.claims:
        for switches in combinations(claim):
            values = gross + ("staff" in switches) * staff - ("net" in switches) * cloud
            if claim.metric not in MONEY:
                values = np.full(count, 1930.0)
            elif claim.metric == "one_off_saving":
                values = 0.3 * values
            columns[f"{ALTERNATIVE}:claim {claim.id} {accounting(claim, switches)} ({claim.unit})"] = values
    yearly = gross + staff - cloud
    for year in range(1, scenario.time.years + 1):
        columns[f"{ALTERNATIVE}:cash {12 * year} months (CNY)"] = year * yearly - 90e6
    columns[f"{ALTERNATIVE}:saving npv (CNY)"] = 4 * yearly - 90e6
    for row in range(FILLERS):
        columns[f"{ALTERNATIVE}:filler {row} (1)"] = rng.standard_normal(count)
    return pa.table(columns)


def main() -> None:
    """Print processor seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--claims", default="K2,K3")
    options = parser.parse_args()
    scenario = load("inner-mongolia")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        folder.mkdir()
        pq.write_table(table(scenario, options.worlds), folder / "worlds.parquet")
        (folder / "scenario.yaml").write_text(resolved_yaml(scenario), "utf-8")
        asked = {"roomfold": "", "worlds": options.worlds, "seed": scenario.study.seed, "sha256": {}}
        (folder / "manifest.json").write_text(json.dumps(asked), "utf-8")
        began = time.process_time()
        stored = of_folder(folder)
        read = time.process_time()
        found = calibrate(stored, Ask(claims=tuple(options.claims.split(","))))
        answered = time.process_time()
        publish_calibration(found, Path(temporary) / "out", str(folder))
        done = time.process_time()
    result = {
        "worlds": options.worlds,
        "quantities": len(stored.worlds.quantities),
        "claims": options.claims,
        "method": found.posterior.method,
        "effective_worlds": round(found.posterior.simulated.effective, 1),
        "cpu_s_read": round(read - began, 2),
        "cpu_s_calibrate": round(answered - read, 2),
        "cpu_s_charts_and_page": round(done - answered, 2),
        "cpu_s": round(done - began, 2),
        "machine": machine(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
