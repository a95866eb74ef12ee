"""Uncertainty: whether P10 to P90 hold what they say, and whether alternatives see the same worlds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from roomfold.reports.books import Books
from roomfold.reports.quantiles import quantiles
from roomfold.reports.tables import world_table
from roomfold.scenarios import load
from roomfold.scenarios.draw import design, draw_world
from roomfold.sim.crew import Task, run_task
from roomfold.sim.outcome import WorldResult

from .results import Figure, Result

SCENARIO = Path(__file__).parents[2] / "benchmarks" / "sbc.yaml"
WORLDS, SAMPLE, RESAMPLES = 160, 64, 400
ALTERNATIVE = "consolidate"
VARIANT = "prices.electricity_cny_per_kwh=2.5"
FIGURES = ("annual_total", "npv", "electricity", "staff", "leased_lines", "room_operations")


def measure() -> Result:
    """Many worlds of a small estate; samples of 64 of them are asked for P10 and P90."""
    scenario = load(SCENARIO)
    points = design(scenario, scenario.study.seed, WORLDS)
    results = [run_task(scenario, Task(scenario.study.seed, i, p)) for i, p in enumerate(points)]
    table = world_table(Books.of(scenario, results))
    columns = {
        name: table[column].to_numpy()
        for name in FIGURES
        for column in table.column_names
        if column.startswith(f"{ALTERNATIVE}:saving {name} ")
    }
    rows = [_covered(name, values) for name, values in columns.items()]
    moved = [_moved(index) for index in range(4)]
    ratio = _ratio(results, scenario.baseline)
    mean = float(np.mean([row["coverage"] for row in rows]))
    figures = [
        Figure("worlds simulated", WORLDS),
        Figure("coverage of P10 to P90 of 64 worlds, mean over figures", round(mean, 4), ">= 0.77"),
        Figure("least coverage of a figure", min(row["coverage"] for row in rows), ">= 0.75"),
        Figure("draws that differ in a variant, beside the one that was changed", sum(moved), "= 0"),
        Figure(
            "variance of the saving on common worlds over that on separate ones",
            round(ratio, 4),
            "<= 1",
        ),
    ]
    return Result("uncertainty", figures, rows, ("scenarios", "optimize", "sim", "reports"))


def _covered(name: str, values: NDArray[np.float64]) -> dict[str, Any]:
    """How often a world left out lies within P10 to P90 of 64 others, and how far the ends move."""
    rng, held, ends = Generator(Philox(key=2014)), [], []
    for _ in range(RESAMPLES):
        order = rng.permutation(len(values))
        low, _, high = quantiles(values[order[:SAMPLE]])
        left = values[order[SAMPLE:]]
        held.append(((left >= low) & (left <= high)).mean())
        ends.append((low, high))
    spread = np.array(ends).std(axis=0, ddof=1)
    low, _, high = quantiles(values)
    return {
        "figure": name,
        "coverage": round(float(np.mean(held)), 4),
        "p10": float(f"{low:.6g}"),
        "p90": float(f"{high:.6g}"),
        "p10_error_of_spread": round(float(spread[0] / (high - low)), 4),
        "p90_error_of_spread": round(float(spread[1] / (high - low)), 4),
    }


def _moved(index: int) -> int:
    """Draws of a world that change when a price is given instead of drawn, other than that price."""
    plain, changed = (draw_world(load(SCENARIO, over), index) for over in ([], [VARIANT]))
    path = VARIANT.partition("=")[0]
    return sum(plain.values[name] != changed.values[name] for name in plain.values if name != path)


def _ratio(results: list[WorldResult], baseline: str) -> float:
    """Variance of the difference of two futures, in the same worlds over in worlds of their own."""
    one, other = (
        np.array([r.outcomes[name].cost_cny.sum() for r in results]) for name in (baseline, ALTERNATIVE)
    )
    return float((one - other).var(ddof=1) / (one.var(ddof=1) + other.var(ddof=1)))
