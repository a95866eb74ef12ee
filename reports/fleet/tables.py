"""The tables of a fleet run: each step of each policy, and every migration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ...sim.fleet import FleetStudy
from ..arrow import save, texts


def write_tables(study: FleetStudy, folder: Path) -> None:
    """Write ``steps.parquet`` and ``migrations.parquet``."""
    save(steps(study), folder / "steps.parquet")
    save(migrations(study), folder / "migrations.parquet")


def steps(study: FleetStudy) -> pa.Table:
    """One row per policy and control step: hosts in use, their mean utilisation, energy so far."""
    runs = list(study.runs.values())
    row = np.repeat(np.arange(len(runs)), [len(run.timeline.time_s) for run in runs])
    return pa.table(
        {
            "policy": texts(list(study.runs), row),
            "time_s": np.concatenate([run.timeline.time_s for run in runs]),
            "active_hosts": np.concatenate([run.timeline.active_hosts for run in runs]),
            "mean_utilisation": np.concatenate([run.timeline.mean_utilisation for run in runs]),
            "energy_kwh": np.concatenate([run.timeline.energy_kwh for run in runs]),
        }
    )


def migrations(study: FleetStudy) -> pa.Table:
    """One row per move, in the order in which they started; rows of hosts and components count from 0."""
    runs = list(study.runs.values())
    row = np.repeat(np.arange(len(runs)), [len(run.moves.step) for run in runs])
    return pa.table(
        {
            "policy": texts(list(study.runs), row),
            "step": np.concatenate([run.moves.step for run in runs]),
            "component": np.concatenate([run.moves.component for run in runs]),
            "source_host": np.concatenate([run.moves.source for run in runs]),
            "target_host": np.concatenate([run.moves.target for run in runs]),
        }
    )
