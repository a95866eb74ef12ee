"""What each of CloudSim 3.0.3's quirks changes, one by one: the tables of docs/consolidation.md.

Run ``python benchmarks/bench_quirks.py`` to print the tables, with ``--write`` to put them into the docs
between their marks. Needs ROOMFOLD_REFERENCE_DATA.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from bench_consolidation import DAY, planetlab, reference_data

from roomfold.sim.consolidation import (
    CLOUDSIM_3_0_3,
    DVFS,
    NPA,
    QUIRKS,
    RIGHT,
    FleetRun,
    Policy,
    Quirks,
    consolidate,
)

MEMORY = "ram_bandwidth_unbound"
DAYS = ("20110303", "20110403", "20110420")
DOCS = Path(__file__).parent.parent / "docs" / "consolidation.md"
REASONS = {
    "destroy_idle": "half of the components vanish, and their demand with them",
    "unmetered_ends": "ten minutes of 24 hours are free, among them the dearest: everything still spread out",
    "ram_bandwidth_unbound": "memory alone asks for 319 hosts, the mean CPU demand for about 55",
    "spread_initial_placement": "all 800 hosts start in use and must be drained first",
    "wake_at_marginal_cost": "hosts are woken too readily, as their idle power counts for nothing",
    "stale_power": "what a host has just received counts against it, so components spread over more targets",
    "drain_receivers": "components move twice in a step",
    "unweighted_regression": "old demand weighs like new, so overload is foreseen later (LR)",
    "arrival_counts_as_violation": "every move makes its target violate while it lasts; no work is lost",
    "rounding_counts_as_violation": "x 0.9 / 0.9 can lose one unit in the last place",
    "shutdowns_include_never_used": "counts hosts that never ran; only the number of shutdowns changes",
    "pooled_metrics": "long-lived hosts and large components weigh more than in a mean",
    "average_over_records": "only the average violation changes, which is not shown here",
    "interpolated_demand": "to vanish takes two zero samples in a row instead of one; peaks are softened",
    "late_steps": "0.1 s after a zero sample the demand is no longer exactly zero, so fewer vanish",
    "whole_shares": "a full host grants up to 1 MIPS less per component",
    "zero_load_is_off": "a host full of idle components draws nothing, and receives nothing",
    "instant_switching": "no boot takes time or energy, so overload is relieved at once",
    "hash_order_sums": "decides exact fits only; whole days differ where such a tie comes up",
    "trim_idle_history": "hosts with idle components fall back on the fixed threshold more often (not THR)",
    "unguarded_drains": "every drain that is possible pays at the assumed stay of half an hour",
}


def main(write: bool) -> None:
    """Measure, then print or write."""
    data = reference_data()
    fleet, demand = planetlab(data, DAY)

    def run(policy: Policy, quirks: Quirks) -> FleetRun:
        return consolidate(fleet, demand, policy, quirks)

    tables = {"quirks": quirk_table(run), "days": day_table(data)}
    if not write:
        print("\n\n".join(tables.values()))
        return
    text = DOCS.read_text(encoding="utf-8")
    for name, table in tables.items():
        head, _, rest = text.partition(f"<!-- {name} -->")
        text = (
            f"{head}<!-- {name} -->\n{table}\n<!-- end {name} -->" + rest.partition(f"<!-- end {name} -->")[2]
        )
    DOCS.write_text(text, encoding="utf-8")


def quirk_table(run) -> str:
    """One row per quirk: what it changes alone against the right set, and when taken out of CloudSim's."""
    thr, lr = Policy("thr"), Policy("lr")
    unbound = RIGHT.switch(MEMORY)
    full = {policy: run(policy, CLOUDSIM_3_0_3) for policy in (thr, lr)}
    none = {policy: run(policy, RIGHT) for policy in (thr, lr)}
    free = {policy: run(policy, unbound) for policy in (thr, lr)}
    lines = [
        "| quirk | CloudSim's set without it: kWh | moves | SLATAH pp | PDM pp | SLAV e-5 "
        "| the right set with it: kWh | moves | SLATAH pp | PDM pp | SLAV e-5 "
        "| the right set, memory unbound, with it: kWh | moves | SLATAH pp | PDM pp | SLAV e-5 | why |",
        "|---|" + "--:|" * 15 + "---|",
    ]
    for policy in (thr, lr):
        cells = " | ".join(absolute(base[policy]) for base in (full, none, free))
        lines.append(f"| *(the set itself, {policy.detector})* | {cells} | |")
    for quirk in QUIRKS:
        policy = lr if quirk == "unweighted_regression" else thr
        without = difference(run(policy, CLOUDSIM_3_0_3.switch(quirk)), full[policy])
        alone = difference(run(policy, RIGHT.switch(quirk)), none[policy])
        loose = (
            " | | | |" if quirk == MEMORY else difference(run(policy, unbound.switch(quirk)), free[policy])
        )
        lines.append(f"| `{quirk}` | {without} | {alone} | {loose} | {REASONS[quirk]} |")
    return "\n".join(lines)


def day_table(data: Path) -> str:
    """The right behaviour on three days, beside CloudSim with its components kept."""
    kept = {}
    with (data / "cloudsim" / "variants.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["variant"] == "keepvms":
                kept[row["day"], row["policy"]] = row
    policies = {"npa": NPA, "dvfs": DVFS} | {
        name: Policy(name) for name in ("thr", "iqr", "mad", "lr", "lrr")
    }
    unbound = RIGHT.switch(MEMORY)
    lines = [
        "| day | policy | right: kWh | moves | SLATAH % | PDM % | SLAV e-5 "
        "| right, but memory and bandwidth unbound: kWh | moves | SLATAH % | PDM % | SLAV e-5 "
        "| keepvms: kWh | moves | SLATAH % | PDM % | SLAV e-5 |",
        "|---|---|" + "--:|" * 15,
    ]
    for day in DAYS:
        fleet, demand = planetlab(data, day)
        for name, policy in policies.items():
            cells = [absolute(consolidate(fleet, demand, policy, quirks)) for quirks in (RIGHT, unbound)]
            lines.append(f"| {day} | {name} | {cells[0]} | {cells[1]} | {reference(kept.get((day, name)))} |")
    return "\n".join(lines)


def absolute(run: FleetRun) -> str:
    """Five cells."""
    service = run.service
    return (
        f"{run.energy_kwh:.2f} | {run.migrations} | {service.slatah * 100:.4f} | {service.pdm * 100:.5f} "
        f"| {service.slav * 1e5:.4f}"
    )


def difference(run: FleetRun, base: FleetRun) -> str:
    """Five cells, signed."""
    mine, theirs = run.service, base.service
    return (
        f"{run.energy_kwh - base.energy_kwh:+.2f} | {run.migrations - base.migrations:+d} "
        f"| {(mine.slatah - theirs.slatah) * 100:+.4f} | {(mine.pdm - theirs.pdm) * 100:+.5f} "
        f"| {(mine.slav - theirs.slav) * 1e5:+.4f}"
    )


def reference(row: dict[str, str] | None) -> str:
    """Five cells of CloudSim's results."""
    if row is None or row["status"] != "ok":
        return "| | | |" if row is None else "crashed | | | |"
    return (
        f"{float(row['energy_kwh']):.2f} | {row['migrations']} | {float(row['slatah_pct']):.4f} "
        f"| {float(row['pdm_pct']):.5f} | {float(row['slav_pct']) * 1e3:.4f}"
    )


if __name__ == "__main__":
    main("--write" in sys.argv[1:])
