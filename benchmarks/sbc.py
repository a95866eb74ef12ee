"""Simulation-based calibration: planted truths in a small estate, and how often intervals hold them.

Each world in turn plays the truth: its figures are published with a drawn reporting error, all others are
the prior sample, and the calibration of ``roomfold calibrate`` is asked what it knows. If it is right, the
95 % interval holds the truth 95 times in 100, and the truth's rank within the posterior is uniform (Cook,
Gelman and Rubin 2006, doi 10.1198/106186006X136976; Talts et al. 2018, arXiv 1804.06788).

    python benchmarks/sbc.py [--worlds 2048] [--estates 100] [--keep FILE.parquet]

The estate is ``sbc.yaml``, simulated whole: plan, events, bookings. Three questions are asked:

- ``yearly``: one claim, counted in a way that is known;
- ``both``: two claims, the way of counting drawn and not known (a saving below 0 is not published, so about
  half the worlds can play);
- ``few``: one claim and 64 worlds.

As in the command, worlds are weighted where enough of them count, else an emulator is fitted. For the first
two, weighting alone is also tried on every world (``weighted``): what many estates say of it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from machine import machine
from numpy.random import Generator, Philox

from roomfold.reports.books import Books
from roomfold.reports.calibration.evidence import Evidence, ways_of_counting
from roomfold.reports.calibration.posterior import CalibrationError, Method, condition
from roomfold.reports.calibration.stored import of_table
from roomfold.reports.calibration.worlds import Worlds
from roomfold.reports.claims import accounting
from roomfold.reports.tables import world_table
from roomfold.scenarios import load
from roomfold.scenarios.draw import design
from roomfold.scenarios.schema import Claim, Scenario
from roomfold.sim import stamp
from roomfold.sim.crew import Task, run_task

HERE = Path(__file__).parent
RESULT = HERE / "results" / "sbc.json"
ALTERNATIVE = "consolidate"
FEW = 64
LEVEL = 0.95
BINS = 10
HELD_OUT = (f"{ALTERNATIVE}:saving npv", f"{ALTERNATIVE}:saving annual_total")
LEADING = (
    "estate.rooms",
    "estate.vertical_lines",
    "rooms.closet.operations_cny_per_year",
    "rooms.closet.staff_fte",
    "prices.electricity_cny_per_kwh",
    "rooms.closet.pue",
)


@dataclass(frozen=True)
class Question:
    """What is asked of each estate."""

    name: str
    claims: tuple[str, ...]
    way: str | None
    few: bool = False


QUESTIONS = (
    Question("yearly", ("S1",), "gross"),
    Question("both", ("S1", "S2"), None),
    Question("few", ("S1",), "gross", few=True),
)


def simulate(scenario: Scenario, count: int, keep: Path | None) -> tuple[Worlds, float | None]:
    """Worlds of the estate, and the processor seconds that they took; from a file if it is there."""
    if keep is not None and keep.is_file():
        return of_table(scenario, pq.read_table(keep)), None
    began, seed = time.process_time(), scenario.study.seed
    results = [run_task(scenario, Task(seed, i, p)) for i, p in enumerate(design(scenario, seed, count))]
    table = world_table(Books.of(scenario, results))
    if keep is not None:
        pq.write_table(table, keep)
    return of_table(scenario, table), time.process_time() - began


def asked(
    scenario: Scenario, question: Question, worlds: Worlds, truth: int, rng: Generator
) -> Evidence | None:
    """What is published of a world; None if a figure of it cannot be published: it is not above 0."""
    claims = [claim for claim in scenario.claims if claim.id in question.claims]
    ways = ways_of_counting(claims)
    true_way = question.way or list(ways)[rng.integers(len(ways))]
    errors = rng.standard_normal(len(claims))
    published: list[Claim] = []
    for claim, error in zip(claims, errors, strict=True):
        value = float(worlds.values[_figure(claim, ways[true_way])][truth])
        if value <= 0:
            return None
        reported = value * float(np.exp(claim.reporting_error * error))
        published.append(claim.model_copy(update={"published": reported}))
    open_ways = {true_way: ways[true_way]} if question.way else ways
    figures = {w: {c.id: _figure(c, switches) for c in claims} for w, switches in open_ways.items()}
    return Evidence(tuple(published), figures)


def ranks(
    scenario: Scenario, question: Question, worlds: Worlds, estates: int, method: Method
) -> tuple[dict[str, np.ndarray], list[str], list[float]]:
    """Rank of the truth within each posterior, by quantity and figure; methods used; effective worlds.

    Args:
        estates: how many worlds play, the first that can.
    """
    rng = Generator(Philox(key=20141231))
    names = [*worlds.quantities, *HELD_OUT]
    found: list[list[float]] = []
    methods, effective = [], []
    for truth in range(worlds.count):
        if len(found) == estates:
            break
        evidence = asked(scenario, question, worlds, truth, rng)
        others = np.delete(np.arange(worlds.count), truth)
        if question.few:
            others = np.sort(rng.choice(others, FEW, replace=False))
        if evidence is None:
            continue
        sample = worlds.take(others)
        try:
            posterior = condition(sample, evidence, HELD_OUT, method, seed=truth + 1)
        except CalibrationError:
            found.append([np.nan] * len(names))
            continue
        share = posterior.weights.share
        found.append([_rank(posterior.values[n], share, float(worlds.values[n][truth])) for n in names])
        methods.append(posterior.method)
        effective.append(posterior.simulated.effective)
    return dict(zip(names, np.array(found).T, strict=True)), methods, effective


def summary(
    found: dict[str, np.ndarray], methods: Sequence[str], effective: Sequence[float]
) -> dict[str, object]:
    """Coverage of the 95 % interval and uniformity of ranks."""
    from scipy.stats import chisquare, kstest

    def held(rank: np.ndarray) -> float:
        return float(((rank >= (1 - LEVEL) / 2) & (rank <= (1 + LEVEL) / 2)).mean())

    coverage = {name: held(rank) for name, rank in found.items()}
    p_values = {name: float(kstest(rank, "uniform").pvalue) for name, rank in found.items()}
    every = np.concatenate(list(found.values()))
    counts = np.histogram(every[np.isfinite(every)], bins=BINS, range=(0, 1))[0]
    shown = [name for name in (*LEADING, *HELD_OUT) if name in found]
    values = np.array(list(coverage.values()))
    return {
        "estates": len(next(iter(found.values()))),
        "by_emulator": sum(method == "emulator" for method in methods),
        "effective_worlds_median": round(float(np.median(effective)), 1),
        "effective_worlds_least": round(float(np.min(effective)), 1),
        "coverage_all": round(float(values.mean()), 4),
        "coverage_by_quantity_p5_p95": [round(float(q), 3) for q in np.quantile(values, (0.05, 0.95))],
        "coverage": {name: round(coverage[name], 4) for name in shown},
        "rank_ks_p": {name: round(p_values[name], 3) for name in shown},
        "rank_ks_p_below_5_percent": round(float((np.array(list(p_values.values())) < 0.05).mean()), 3),
        "rank_histogram": [int(c) for c in counts],
        "rank_histogram_chi2_p_leading": {
            name: round(float(chisquare(np.histogram(found[name], bins=BINS, range=(0, 1))[0]).pvalue), 3)
            for name in shown
        },
    }


def _figure(claim: Claim, switches: Sequence[str]) -> str:
    return f"{ALTERNATIVE}:claim {claim.id} {accounting(claim, switches)}"


def _rank(values: np.ndarray, share: np.ndarray, truth: float) -> float:
    return float(share[values < truth].sum() + share[values == truth].sum() / 2)


def main() -> None:
    """Print the result and write it to ``results/sbc.json``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=2048)
    parser.add_argument("--estates", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="file of worlds, made if absent")
    options = parser.parse_args()
    scenario = load(HERE / "sbc.yaml")
    worlds, seconds = simulate(scenario, options.worlds, options.keep)
    result: dict[str, object] = {
        "machine": machine(),
        "code": stamp.code((*stamp.MODEL, *stamp.REPORTS)),
        "worlds": worlds.count,
        "quantities": len(worlds.quantities),
    }
    result["cpu_s_simulating"] = None if seconds is None else round(seconds, 1)
    for question in QUESTIONS:
        ways: dict[str, tuple[int, Method]] = {question.name: (options.estates, "auto")}
        if not question.few:
            ways[f"{question.name} weighted"] = (worlds.count, "worlds")
        for name, (estates, method) in ways.items():
            began = time.process_time()
            found, methods, effective = ranks(scenario, question, worlds, estates, method)
            entry = summary(found, methods, effective) | {"cpu_s": round(time.process_time() - began, 1)}
            result[name] = entry
            print(name, json.dumps(entry, indent=2), flush=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
