"""How far the headline's P10 and P90 move when the number of worlds doubles.

Worlds 0 ... n-1 are the same whatever the number of worlds, so one large study holds all smaller ones.
"""

from __future__ import annotations

import argparse
import json
import os

from roomfold.reports.books import Books
from roomfold.reports.quantiles import quantiles
from roomfold.scenarios import load
from roomfold.sim.study import run_study


def main() -> None:
    """Print P10 and P90 in million CNY for each number of worlds, and the change from half as many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=256, help="largest number of worlds, a power of two")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    scenario = load("inner-mongolia")
    study = run_study(scenario, worlds=options.most, seed=options.seed, jobs=options.jobs)
    rows, before = [], None
    worlds = options.most
    counts = []
    while worlds >= 16:
        counts.append(worlds)
        worlds //= 2
    for count in reversed(counts):
        books = Books.of(study.scenario, study.results[:count])
        savings = books.annual_saving(books.others[0])
        p10, p90 = quantiles(savings, (0.1, 0.9)) / 1e6
        change = (
            [round(abs(b / a - 1), 4) for a, b in zip(before, (p10, p90), strict=True)] if before else None
        )
        rows.append({"worlds": count, "p10": round(p10, 2), "p90": round(p90, 2), "change": change})
        before = (p10, p90)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
