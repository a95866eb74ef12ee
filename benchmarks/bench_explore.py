"""Answers of `roomfold explore` against the simulation: the same worlds, two quantities fixed.

Takes a finished run, asks its stored worlds what two quantities would change, simulates the first worlds
again with `--set` of the same values (same seed, so all other draws are the same), and compares the change
world by world.

    python benchmarks/bench_explore.py RUN_FOLDER [--worlds 8] [--fix PATH=VALUE ...]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from roomfold.reports.books import Books
from roomfold.reports.explore.inputs import Input, inputs
from roomfold.reports.explore.stored import FIGURES, read
from roomfold.reports.explore.surrogate import Surrogate
from roomfold.reports.tables import world_table
from roomfold.scenarios.loader import load
from roomfold.sim.study import run_study

PLACES = (0.15, 0.85)  # in the drawn ranges of the two quantities that matter most


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fix", action="append", default=[], metavar="PATH=VALUE")
    asked = parser.parse_args()
    begun = time.process_time()
    stored = read(asked.folder)
    surrogate = Surrogate(stored)
    offered = {one.path: one for one in inputs(surrogate)}
    print(f"{stored.worlds} worlds, {len(stored.parts)} parts: {time.process_time() - begun:.1f} CPU s")
    fixed = dict(_given(text) for text in asked.fix) or _chosen(list(offered.values()))
    overrides = [offered[path].override(value) for path, value in fixed.items()]
    print("fixed:", ", ".join(overrides))
    scenario = load(asked.folder / "scenario.yaml", overrides)
    study = run_study(scenario, worlds=asked.worlds, seed=stored.seed, jobs=asked.jobs)
    table = world_table(Books.of(study.scenario, study.results))
    predicted = surrogate.figures(surrogate.fixed(fixed))
    print(f"{'figure':<24}{'change':>12}{'said':>12}{'error of mean':>15}{'RMSE':>12}{'spread':>12}")
    for name, unit in FIGURES.items():
        if name == "carbon_saved":
            before, after = (
                table[f"{a}:carbon (tCO2/yr)"].to_numpy() for a in (scenario.baseline, stored.alternative)
            )
            true = before - after
        else:
            true = table[f"{stored.alternative}:saving {name} ({unit})"].to_numpy()
        first = stored.figures[name][: asked.worlds]
        said = predicted[name][: asked.worlds]
        known = np.isfinite(true) & np.isfinite(first) & np.isfinite(said)
        change, guess = (true - first)[known], (said - first)[known]
        finite = stored.figures[name][np.isfinite(stored.figures[name])]
        print(
            f"{name:<24}{change.mean():>12.4g}{guess.mean():>12.4g}{guess.mean() - change.mean():>15.3g}"
            f"{np.sqrt(((guess - change) ** 2).mean()):>12.3g}{finite.std():>12.4g}  ({known.sum()} worlds)"
        )


def _given(text: str) -> tuple[str, float]:
    path, _, value = text.partition("=")
    return path, float(value)


def _chosen(offered: list[Input]) -> dict[str, float]:
    """The two that matter most, away from the middle of what was drawn."""
    return {
        one.path: float(one.text(one.low + place * (one.high - one.low)))
        for one, place in zip(offered, PLACES, strict=False)
    }


if __name__ == "__main__":
    main()
