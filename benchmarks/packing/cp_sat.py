"""An assignment model in OR-Tools' CP-SAT; called by side_by_side.py.

    python benchmarks/packing/cp_sat.py SECONDS < TASK

TASK is JSON: sizes and counts of the kinds, capacities and costs of the host types, the type of each
slot. Printed as JSON: [second, cost] of every solution found, and the bound.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

from ortools.sat.python import cp_model


class Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # OR-Tools is no dependency
    """Notes each solution."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self.began = began
        self.costs: list[tuple[float, float]] = []

    def on_solution_callback(self) -> None:
        """Called by CP-SAT."""
        self.costs.append((perf_counter() - self.began, self.objective_value))


def main(seconds: float) -> None:
    """Build, solve on one core, print."""
    began = perf_counter()
    sizes, counts, capacities, costs, types = json.load(sys.stdin)
    model = cp_model.CpModel()
    used = [model.new_bool_var("") for _ in types]
    put = [[model.new_int_var(0, count, "") for _ in types] for count in counts]
    for row, count in zip(put, counts, strict=True):
        model.add(sum(row) == count)
    for h, t in enumerate(types):
        for d, capacity in enumerate(capacities[t]):
            load = sum(int(size[d]) * row[h] for size, row in zip(sizes, put, strict=True))
            model.add(load <= int(capacity) * used[h])
        if h and types[h - 1] == t:
            model.add_implication(used[h], used[h - 1])
    model.minimize(sum(int(costs[t]) * used[h] for h, t in enumerate(types)))
    solver, watch = cp_model.CpSolver(), Watch(began)
    solver.parameters.max_time_in_seconds = max(seconds - (perf_counter() - began), 0.1)
    solver.parameters.num_workers = 1
    solver.solve(model, watch)
    print(json.dumps([watch.costs, solver.best_objective_bound]))


if __name__ == "__main__":
    main(float(sys.argv[1]))
