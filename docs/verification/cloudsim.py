"""CloudSim 3.0.3: the published runs made again by the scenario ``planetlab``, cell by cell."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from roomfold.scenarios import load_any
from roomfold.sim.fleet import run_fleet

from .results import Figure, Result

DAYS = ("20110303", "20110403", "20110420")
# Columns of the reference table, their field in a run, factor, and half a unit of the last digit printed.
CELLS = (
    ("energy_kwh", lambda run: run.energy_kwh, 5.1e-9),
    ("migrations", lambda run: run.migrations, 0.0),
    ("host_shutdowns", lambda run: run.shutdowns, 0.0),
    ("slatah_pct", lambda run: run.service.slatah * 100, 1.01e-10),
    ("pdm_pct", lambda run: run.service.pdm * 100, 1.01e-10),
    ("slav_pct", lambda run: run.service.slav * 100, 1.01e-10),
    ("overall_sla_violation_pct", lambda run: run.service.overall * 100, 1.01e-10),
    ("avg_sla_violation_pct", lambda run: run.service.average * 100, 1.01e-10),
)
RELATIVE = 1e-9  # energies are printed with eight decimals, of sums of some 10^5 terms


def measure() -> Result:
    """Every policy of the scenario that the table has, on three days.

    Raises:
        SystemExit: without the reference data.
    """
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        raise SystemExit("ROOMFOLD_REFERENCE_DATA is not set: the part cloudsim needs CloudSim's results")
    rows = [row for day in DAYS for row in _day(Path(folder), day)]
    compared = [row for row in rows if row["comparable"]]
    figures = [
        Figure("runs compared", len({(row["day"], row["policy"]) for row in compared})),
        Figure("cells compared", len(compared), ">= 200"),
        Figure("cells that differ in a printed digit", sum(not row["same"] for row in compared), "= 0"),
        Figure("largest relative difference of a cell", max(row["relative_difference"] for row in compared)),
    ]
    return Result("cloudsim", figures, rows)


def _day(folder: Path, day: str) -> Iterator[dict[str, Any]]:
    """A row for each cell of a day."""
    trace = folder / "planetlab" / f"{day}.npz"
    scenario = load_any("planetlab", [f"trace.path={trace}", "compatibility=cloudsim-3.0.3"])
    study = run_fleet(scenario, "planetlab")
    with (folder / "cloudsim" / "results.csv").open(newline="") as file:
        table = [row for row in csv.DictReader(file) if row["day"] == day]
    for name, found in study.runs.items():
        row = _of(table, name)
        if row is None:
            continue
        for column, field, slack in CELLS:
            ours, theirs = float(field(found.run)), float(row[column])
            off = abs(ours - theirs)
            yield {
                "day": day,
                "policy": name,
                "column": column,
                "cloudsim": theirs,
                "roomfold": ours,
                "relative_difference": float(f"{off / abs(theirs) if theirs else off:.3g}"),
                "same": bool(off <= max(slack, RELATIVE * abs(theirs) if column == "energy_kwh" else slack)),
                # CloudSim's random numbers are another generator's.
                "comparable": row["vm_selection"] != "rs",
            }


def _of(table: list[dict[str, str]], name: str) -> dict[str, str] | None:
    """The row of a policy of the scenario, such as ``thr-mmt``."""
    detector, _, selector = name.partition("-")
    rows = [row for row in table if (row["policy"], row["vm_selection"]) == (detector, selector)]
    return rows[0] if rows else None
