"""How much what the model leaves out could matter: the figures behind docs/left-out.md.

    python benchmarks/bench_left_out.py [--worlds 8] [--jobs 2] [--write]

Simulates the first worlds of `inner-mongolia` as they are, and again with one simplification taken out or
turned round (same seed, so the same draws), and prints the mean change over the worlds with its standard
error. Beside that, amounts of a year, by item of the ledger, from which the page bounds what no variant can
show. `--write` keeps all of it as `results/left_out.json`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from roomfold.reports.books import Books
from roomfold.reports.figures import Figure, conduct, total_savings
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.sim.ledger import ITEMS
from roomfold.sim.study import run_study

RESULT = Path(__file__).parent / "results" / "left_out.json"
NAME, CLOUD = "inner-mongolia", "consolidate"
FINE = "include: [library:inner-mongolia.yaml, library:demand/five-minutes.yaml]\n"
# Each with the most worlds worth its time: steps of five minutes are twelve times as many.
VARIANTS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "hosts for one year of growth": ((f"alternatives.{CLOUD}.cloud.growth_years_ahead=1",), 64),
    "crews that work a third of the hours": (
        (
            "reliability.servers_per_team={low: 300, mode: 900, high: 3000}",
            "reliability.hosts_per_team={low: 390, mode: 1500, high: 4500}",
        ),
        64,
    ),
    "steps of five minutes": (("time.step_minutes=5",), 2),
}
FIGURES = ("annual_total", "annual_with_capital", "npv")
SERVICE = ("availability", "unserved_share", "overload_share", "system_hours_lost")
MANY = 512  # worlds that are drawn and not simulated

Floats = NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    base = books(load(NAME), asked.worlds, asked.jobs)
    variants: dict[str, object] = {}
    found = {
        "scenario": NAME,
        "worlds": asked.worlds,
        "base": {name: [float(f.values.mean()), f.unit] for name, f in figures(base).items()},
        "cost_cny_per_year": yearly(base),
        "variants": variants,
        "same_draw_for_both_classes_of_rooms": tied_classes(),
    }
    for name, (overrides, most) in VARIANTS.items():
        began = time.process_time()
        other = books(variant(name, overrides), min(asked.worlds, most), asked.jobs)
        variants[name] = {"changes": changes(base, other)}
        print(f"{name}: {time.process_time() - began:.0f} CPU s", flush=True)
        if asked.write:
            RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


def variant(name: str, overrides: tuple[str, ...]) -> Scenario:
    """The scenario with overrides; noise belongs to a step, so finer ones have their own."""
    if not name.startswith("steps"):
        return load(NAME, overrides)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fine.yaml"
        file.write_text(FINE, encoding="utf-8")
        return load(file, overrides)


def books(scenario: Scenario, worlds: int, jobs: int) -> Books:
    """The books of a scenario's first worlds."""
    study = run_study(scenario, worlds=worlds, jobs=jobs)
    return Books.of(study.scenario, study.results)


def figures(found: Books) -> dict[str, Figure]:
    """What is compared."""
    savings, service = total_savings(found, CLOUD), conduct(found, CLOUD)
    return {n: savings[n] for n in FIGURES} | {n: service[n] for n in SERVICE}


def changes(base: Books, other: Books) -> dict[str, list[object]]:
    """Mean change of each figure over the worlds both have, its standard error, and its unit."""
    first, second = figures(base), figures(other)
    count = len(second["npv"].values)
    found: dict[str, list[object]] = {"worlds": [count]}
    for name, figure in second.items():
        change = figure.values - first[name].values[:count]
        found[name] = [float(change.mean()), float(change.std(ddof=1) / np.sqrt(count)), figure.unit]
    return found


def yearly(found: Books) -> dict[str, dict[str, float]]:
    """Mean cost a year of each item in each alternative, after the move."""
    means = {
        name: found.yearly(found.each(name, lambda outcome: outcome.cost_cny)).mean(axis=0)
        for name in found.scenario.alternatives
    }
    return {
        item.name: {name: float(mean[row]) for name, mean in means.items()}
        for row, item in enumerate(ITEMS)
        if any(mean[row] for mean in means.values())
    }


def tied_classes() -> dict[str, list[float]]:
    """P90 - P10 of what all rooms cost a year, as drawn, and were both size classes drawn at the same rank.

    For staff and contracts, in CNY, the variation between rooms of a world left out.
    """
    scenario = load(NAME)
    worlds = [draw_world(scenario, index) for index in range(MANY)]
    wage = np.array([world.of(scenario.prices.staff_cny_per_fte) for world in worlds])
    small = [world.estate.rooms.size_class for world in worlds]
    count = np.array([[np.count_nonzero(of == k) for k in (0, 1)] for of in small], dtype=float)
    found = {}
    for name, price in (("staff_fte", wage), ("operations_cny_per_year", np.ones(MANY))):
        each = np.array(
            [[world.of(getattr(kind, name)) for kind in scenario.rooms.values()] for world in worlds]
        )
        ranks = np.argsort(np.argsort(each[:, 0]))
        tied = np.stack([each[:, 0], np.sort(each[:, 1])[ranks]], axis=1)
        found[name] = [width((count * drawn).sum(axis=1) * price) for drawn in (each, tied)]
    return found


def width(values: Floats) -> float:
    """P90 - P10."""
    low, high = np.quantile(values, (0.1, 0.9))
    return float(high - low)


if __name__ == "__main__":
    main()
