"""The same packing tasks, the same time: roomfold, CP-SAT, a plain assignment model, VPSolver.

    python benchmarks/packing/side_by_side.py DATA SECONDS [ITEMS ...]

DATA holds ``synthetic/gov_s1.*`` and ``Panigrahy_instances.tar.gz``. Tasks are 250, 1,000 and all 2,589
machines of the first zone of gov_s1 (without apart-groups, which arc flow does not know) and two
published instances. Each solver gets SECONDS of wall time and one core, VPSolver and the programs it
starts also no more than MOST_MEMORY each. Printed as JSON: cost, bound, gap at the end, and seconds until
the gap was 1 %, both measured against the best bound of all solvers.
OR-Tools and VPSolver are no dependencies of roomfold: where one is not installed, that is said.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE, Popen, TimeoutExpired, run
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.instances import synthetic, vbp
from roomfold.optimize.packing import pack
from roomfold.optimize.packing.distinct import pack_distinct
from roomfold.optimize.packing.distinct_fit import first_fit
from roomfold.optimize.packing.vector import Vectors
from roomfold.optimize.solver import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GOOD = 0.01
PUBLISHED = ("class6_250_5_0", "class7_500_10_0")
# An assignment model with more columns is not even built.
MOST_COLUMNS = 3_000_000
# Address space of VPSolver and of each program it starts, in bytes: its graphs know no limit.
MOST_MEMORY = 6 * 2**30


@dataclass(frozen=True)
class Work:
    """Kinds of item with counts, and host types; shapes as in ``roomfold.optimize.packing.Task``."""

    name: str
    sizes: Floats
    counts: Ints
    capacities: Floats
    costs: Floats


@dataclass
class Found:
    """Costs found, each with its second; the bound; why there is neither."""

    costs: list[tuple[float, float]] = field(default_factory=list)
    bound: float = 0.0
    seconds: float = 0.0
    reason: str = ""


def ours(work: Work, seconds: float) -> Found:
    """roomfold, as ``roomfold pack`` runs it."""
    began = perf_counter()
    if (work.counts > 1).any():
        packed: Any = pack(work.sizes, work.counts, work.capacities, work.costs)
    else:
        packed = pack_distinct(work.sizes, work.capacities, work.costs, seconds=seconds)
    took = perf_counter() - began
    return Found([(took, packed.cost)], packed.bound, took)


def slots(work: Work) -> Ints:
    """Host types to choose from in assignment models: those of first fit, and half as many again of each."""
    items = np.repeat(work.sizes, work.counts, axis=0)
    task = Vectors(items, work.capacities, work.costs, np.full(len(work.costs), -1))
    filled = first_fit(task)
    assert filled is not None
    greedy = np.bincount(filled.types, minlength=len(work.costs))
    return np.repeat(np.arange(len(work.costs)), greedy + greedy.max() // 2)


def assignment(work: Work, seconds: float) -> Found:
    """Copies of each kind on each host slot, in HiGHS."""
    began = perf_counter()
    types = slots(work)
    kinds, hosts = len(work.counts), len(types)
    if kinds * hosts > MOST_COLUMNS:
        return Found(reason="too large to build")
    model = Model("assignment")
    used = model.columns("used", hosts, cost=work.costs[types], high=1, whole=True)
    put = model.columns("put", (kinds, hosts), high=work.counts[:, None], whole=True)
    model.rows("all", np.repeat(np.arange(kinds), hosts), put, 1.0, low=work.counts)
    for d in range(work.sizes.shape[1]):
        rows = np.concatenate([np.tile(np.arange(hosts), kinds), np.arange(hosts)])
        values = np.concatenate([np.repeat(work.sizes[:, d], hosts), -work.capacities[types, d]])
        model.rows(f"room{'abcdefghij'[d]}", rows, np.concatenate([put.ravel(), used]), values, high=0.0)
    left = seconds - (perf_counter() - began)
    if left <= 0:
        return Found(reason="not built in time", seconds=perf_counter() - began)
    solution = model.solve(nodes=10**9, seconds=left)
    took = perf_counter() - began
    # The model's bound holds for its slots only; it is given all the same.
    costs = [(took, solution.cost)] if np.isfinite(solution.cost) else []
    return Found(costs, max(solution.bound, 0.0), took, "" if costs else "no packing found")


def cp_sat(work: Work, seconds: float) -> Found:
    """The same assignment model in CP-SAT, in a process of its own: OR-Tools and highspy do not mix."""
    if find_spec("ortools") is None:
        return Found(reason="OR-Tools is not installed")
    types = slots(work)
    if len(work.counts) * len(types) > MOST_COLUMNS:
        return Found(reason="too large to build")
    task = [part.tolist() for part in (work.sizes, work.counts, work.capacities, work.costs, types)]
    began = perf_counter()
    script = str(Path(__file__).with_name("cp_sat.py"))
    ran = run(
        [sys.executable, script, str(seconds)], input=json.dumps(task), stdout=PIPE, text=True, check=True
    )
    costs, bound = json.loads(ran.stdout)
    return Found(
        [(second, cost) for second, cost in costs],
        bound,
        perf_counter() - began,
        "" if costs else "no packing found",
    )


def arc_flow(work: Work, seconds: float) -> Found:
    """VPSolver's arc-flow model, solved by HiGHS, in a process that is ended when time is up."""
    if find_spec("pyvpsolver") is None:
        return Found(reason="VPSolver is not installed")
    began = perf_counter()
    task = [work.capacities, work.costs, work.sizes, work.counts]
    said, code = limited(json.dumps([part.tolist() for part in task]), seconds)
    took = perf_counter() - began
    if code is None:
        return Found(reason="not done in time", seconds=took)
    if code:
        return Found(reason=f"failed, or more than {MOST_MEMORY >> 30} GiB", seconds=took)
    cost = float(said.split()[-1])
    return Found([(took, cost)], cost, took)


def limited(task: str, seconds: float) -> tuple[str, int | None]:
    """What ``--arc-flow`` says to a task, and its exit code, None if time is up.

    Its whole process group is ended in any case, and what it left on disk is removed: VPSolver runs programs
    of its own through a shell, keeps files for each, and a plain kill would leave both.
    """
    call = [sys.executable, __file__, "--arc-flow"]
    with TemporaryDirectory() as scratch:
        # VPSolver's programs lie beside the interpreter.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        around = {**os.environ, "PATH": path, "TMPDIR": scratch}
        process = Popen(call, stdin=PIPE, stdout=PIPE, start_new_session=True, text=True, env=around)
        try:
            said, _ = process.communicate(task, timeout=seconds)
        except TimeoutExpired:
            return "", None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, SIGKILL)
            process.wait()
    return said, process.returncode


def arc_flow_here() -> None:
    """Solve the task that comes on stdin; its cost goes to stdout, after whatever VPSolver says."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # VPSolver gives each program a session of its own, which would outlive the end of ours.
    os.setsid = int  # does nothing
    import highspy
    from pyvpsolver import AFG, MPS, MVP

    capacities, costs, sizes, counts = json.load(sys.stdin)
    whole = [tuple(int(v) for v in capacity) for capacity in capacities]
    items = [[tuple(int(v) for v in size)] for size in sizes]
    instance = MVP(whole, [int(c) for c in costs], [-1] * len(whole), items, counts)
    model = MPS(AFG(instance, verbose=False), verbose=False)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.readModel(model.filename)
    solver.run()
    print(solver.getInfo().objective_function_value)


def compared(work: Work, seconds: float) -> dict[str, Any]:
    """All solvers on one task."""
    solvers: dict[str, Callable[[Work, float], Found]] = {
        "roomfold": ours,
        "assignment in HiGHS": assignment,
        "CP-SAT": cp_sat,
        "VPSolver": arc_flow,
    }
    found = {name: solve(work, seconds) for name, solve in solvers.items()}
    # Slots limit the models of two of them: their bounds do not hold for the task.
    bound = max(found["roomfold"].bound, found["VPSolver"].bound)
    rows = {}
    for name, one in found.items():
        good = [second for second, cost in one.costs if cost <= bound * (1 + GOOD)]
        best = min((cost for _, cost in one.costs), default=None)
        rows[name] = {
            "cost": best,
            "own_bound": round(one.bound, 3),
            "gap": None if best is None else round(best / bound - 1, 5),
            "seconds_to_1_percent": round(min(good), 2) if good else None,
            "seconds": round(one.seconds, 2),
            **({"reason": one.reason} if one.reason else {}),
        }
    return {"task": work.name, "items": int(work.counts.sum()), "bound": bound, "solvers": rows}


def tasks(folder: Path, items: list[int]) -> list[Work]:
    """Machines of the first zone of gov_s1, as many as asked for, and published instances."""
    gov = synthetic.read(folder / "synthetic" / "gov_s1.csv.xz", folder / "synthetic" / "gov_s1.json")
    first = gov.flavour[gov.zone == 0]
    found = []
    for n in items:
        counts = np.bincount(first[:n], minlength=len(gov.sizes))
        kept = counts > 0
        found.append(Work(f"gov_s1 zone 0, {n}", gov.sizes[kept], counts[kept], gov.capacities, gov.costs))
    for instance in vbp.read(folder / "Panigrahy_instances.tar.gz"):
        if instance.name in PUBLISHED:
            sizes, capacity = instance.sizes.astype(float), instance.capacity[None].astype(float)
            found.append(Work(instance.name, sizes, instance.counts, capacity, np.ones(1)))
    return found


def main(folder: Path, seconds: float, items: list[int]) -> None:
    """Compare on every task; the first call, which compiles, is not counted."""
    one = np.ones(1, dtype=np.int64)
    ours(Work("first", np.ones((1, 2)), 2 * one, np.full((1, 2), 3.0), np.ones(1)), seconds)
    rows = []
    for work in tasks(folder, items):
        rows.append(compared(work, seconds))
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["--arc-flow"]:
        arc_flow_here()
        sys.exit()
    main(Path(sys.argv[1]), float(sys.argv[2]), [int(n) for n in sys.argv[3:]] or [250, 1000, 2589])
