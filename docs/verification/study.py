"""The small study, run once in this process's Python on this machine: digests of its files, as JSON.

    python -m roomfold.docs.verification.study FOLDER [--jobs N] [--cluster FILE] [--block N] [--worlds N]

Everything that a run writes is made but the forms that only show it (charts, page, documents), so that it
takes seconds, and runs where those libraries are slow.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from contextlib import nullcontext
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from .results import HERE

STUDY = HERE / "study.yaml"
NOT_DATA = ("run.log", "manifest.json")  # what is true of one run alone; hashes of all the others


def run(folder: Path, jobs: int = 1, cluster: str | None = None, worlds: int | None = None) -> None:
    """Simulate, and write what a run writes without the forms of its report."""
    from roomfold.reports import forms, publish, state
    from roomfold.scenarios import load
    from roomfold.sim.study import run_study

    scenario = load(STUDY)
    crew = nullcontext(None) if cluster is None else _crew(cluster)
    with crew as found:
        study = run_study(scenario, jobs=jobs, crew=found, worlds=worlds)
    whole, forms.write_forms = forms.write_forms, _no_forms
    try:
        publish(state(study), study, folder)
    finally:
        forms.write_forms = whole


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every data file, the name of the solver left out: the manifest has its version."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_DATA)
    return {path.relative_to(folder).as_posix(): sha256(_content(path)).hexdigest() for path in files}


def _content(path: Path) -> bytes:
    """The bytes of a file; of the study that is kept, those of all its values before compression."""
    from roomfold.optimize.solver import solver_name

    content = path.read_bytes()
    if path.name == "study.bin":
        from roomfold.reports.kept import kept
        from roomfold.sim.codec import plain

        study, arrays = kept(path.parent).study, []
        tree = plain((study.results, study.plans, study.runs, study.world.estate), arrays)
        content = b"".join([json.dumps(tree).encode(), *(array.tobytes() for array in arrays)])
    return content.replace(solver_name().encode(), b"the solver")


def machine() -> dict[str, Any]:
    """What this ran on: processor and the instructions it has, system, versions."""
    import numpy as np
    from numpy._core import _multiarray_umath as core

    from roomfold.sim import stamp

    enabled = [name for name, there in core.__cpu_features__.items() if there]
    return {
        "processor": _processor(),
        "instructions": " ".join(enabled),
        "system": f"{platform.system()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()),
        "python": platform.python_version(),
        **{
            name: stamp.libraries()[name]
            for name in ("numpy", "scipy", "numba", "pulp", "highspy", "pyarrow")
        },
        "numpy_simd": np.show_config(mode="dicts")["SIMD Extensions"].get("found", []),
        "code": stamp.code(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown"


def _no_forms(*_: object, **__: object) -> None:
    """In place of charts, page and documents."""


def _crew(address: str) -> Any:
    from roomfold.commands.crews import crew_at

    return crew_at(address)


def main() -> None:
    """Run, and print digests and machine."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--worlds", type=int)
    parser.add_argument("--cluster")
    parser.add_argument("--block", type=int, help="components simulated together")
    asked = parser.parse_args()
    if asked.block:
        from roomfold.sim import flow

        flow.integrate = partial(flow.integrate, block=asked.block)
    run(asked.folder, asked.jobs, asked.cluster, asked.worlds)
    json.dump(
        {"digests": digests(asked.folder), "machine": machine(), "seed": os.environ.get("PYTHONHASHSEED")},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
