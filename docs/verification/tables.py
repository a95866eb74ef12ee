"""Tables of the page: the rows of each part that a reader wants to see, the rest stays in its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Content = Mapping[str, Any]
DIGITS = 6


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table; ``right`` are the columns of numbers."""
    rule = ["--:" if column in right else "---" for column in range(len(heads))]
    lines = [heads, rule, *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def number(value: object) -> str:
    """A number in six digits, anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.{DIGITS}g}"


def of_part(name: str, content: Content) -> list[str]:
    """Tables of a part."""
    made = TABLES.get(name)
    return made(content) if made else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _theory(content: Content) -> list[str]:
    heads = ["formula", "expected", "simulated", "allowed", "relative error", "where from"]
    rows = [
        [
            row["formula"],
            *(number(row[key]) for key in ("expected", "simulated", "allowed", "relative_error")),
            row["kind"],
        ]
        for row in content["rows"]
    ]
    return [markdown(heads, rows, right=(1, 2, 3, 4))]


def _cloudsim(content: Content) -> list[str]:
    """Energy and moves by day and policy; every other cell is in the JSON."""
    runs: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in content["rows"]:
        runs.setdefault((row["day"], row["policy"]), {})[row["column"]] = row
    rows = []
    for (day, policy), cells in runs.items():
        energy, moves = cells["energy_kwh"], cells["migrations"]
        same = sum(cell["same"] for cell in cells.values())
        said = f"{same} of {len(cells)}" if energy["comparable"] else "another generator"
        off = max(cell["relative_difference"] for cell in cells.values())
        rows.append(
            [
                day,
                policy,
                *(number(round(energy[key], 8)) for key in ("cloudsim", "roomfold")),
                *(number(int(moves[key])) for key in ("cloudsim", "roomfold")),
                said,
                number(off),
            ]
        )
    heads = [
        "day",
        "policy",
        "kWh, CloudSim",
        "kWh",
        "moves, CloudSim",
        "moves",
        "cells the same",
        "largest rel. diff.",
    ]
    return [markdown(heads, rows, right=(2, 3, 4, 5, 7))]


def _packing(content: Content) -> list[str]:
    published = [row for row in content["rows"] if "optimum" in row]
    plans = [row for row in content["rows"] if "optimum" not in row]
    sets = []
    for name in dict.fromkeys(row["set"] for row in published):
        mine = [row for row in published if row["set"] == name]
        known = [row["bins"] / row["optimum"] - 1 for row in mine if row["optimum"]]
        proven = sum(row["proven"] for row in mine)
        sets.append(
            [
                name,
                number(len(mine)),
                number(proven),
                number(len(known)),
                f"{sum(known) / len(known):.3%}" if known else "",
                f"{max(known):.3%}" if known else "",
            ]
        )
    heads = ["published set", "packed", "proven optimal", "optimum known", "mean excess", "largest"]
    made = [
        [
            row["set"],
            row["instance"],
            number(row["items"]),
            number(row["bins"]),
            f"{row['gap']:.2%}",
            number(row["broken"]),
        ]
        for row in plans
    ]
    columns = ["programme", "alternative", "components", "hosts", "gap", "rules broken"]
    right = (1, 2, 3, 4, 5)
    return [markdown(heads, sets, right), markdown(columns, made, right[1:])]


def _ledger(content: Content) -> list[str]:
    keys = ("bookings", "money_relative", "money_cny", "energy_relative", "transfers_relative")
    rows = [
        [row["programme"], row["alternative"], *(number(row[key]) for key in keys)] for row in content["rows"]
    ]
    heads = [
        "programme",
        "alternative",
        "bookings",
        "money, relative",
        "money, CNY",
        "energy, relative",
        "transfers",
    ]
    return [markdown(heads, rows, right=(2, 3, 4, 5, 6))]


def _calibration(content: Content) -> list[str]:
    rows = [
        [
            row["question"],
            f"{row['level']:.0%}",
            f"{row['coverage']:.1%}",
            f"{row['low']:.1%} to {row['high']:.1%}",
            number(row["estates"]),
        ]
        for row in content["rows"]
    ]
    source = f"From `{content['source']}`, whose command is `python benchmarks/sbc.py`.\n"
    heads = ["question", "level", "coverage", "95 % binomial interval", "estates"]
    return [markdown(heads, rows, right=(1, 2, 4)), source]


def _uncertainty(content: Content) -> list[str]:
    rows = [
        [
            row["figure"],
            f"{row['coverage']:.1%}",
            *(f"{row[key]:,.0f}" for key in ("p10", "p90")),
            *(f"{row[key]:.1%}" for key in ("p10_error_of_spread", "p90_error_of_spread")),
        ]
        for row in content["rows"]
    ]
    heads = ["saving", "coverage", "P10, CNY", "P90, CNY", "error of P10, of the spread", "of P90"]
    return [markdown(heads, rows, right=(1, 2, 3, 4, 5))]


def _determinism(content: Content) -> list[str]:
    base = content["rows"][0]["digests"]
    rows = []
    for row in content["rows"]:
        machine = row["machine"]
        same = len(base) - len(row["differs"])
        rows.append(
            [
                row["way"],
                row["kind"],
                machine["python"],
                " ".join(f"{name} {machine[name]}" for name in ("numpy", "pulp")),
                " ".join(machine["numpy_simd"]) or "none above the baseline",
                f"{same} of {len(base)}",
                ", ".join(
                    f"{name} ({'bytes' if off is None else number(off)})"
                    for name, off in row["differs"].items()
                ),
            ]
        )
    heads = [
        "way",
        "kind",
        "Python",
        "libraries",
        "NumPy's instructions",
        "files the same",
        "others (largest rel. diff.)",
    ]
    digests = [[name, f"`{digest[:16]}`"] for name, digest in base.items()]
    machine = content["rows"][0]["machine"]
    where = ", ".join(machine[key] for key in ("processor", "system", "libc"))
    said = f"This machine: {where}; its instructions and all digests are in the JSON.\n"
    return [markdown(heads, rows), said, markdown(["file", "SHA-256, first digits"], digests)]


def _mutation(content: Content) -> list[str]:
    keys = ("mutants", "tried", "killed", "timed_out", "survived", "score")
    rows = [
        [
            row["module"],
            row["group"],
            *(number(row[key]) for key in keys),
            number(row["score_fresh"]) if row.get("score_fresh") is not None else "",
            number(row["seed"]),
        ]
        for row in content["rows"]
    ]
    heads = ["module", "group", "mutants", "tried", "killed", "ran out of time", "survived", "share noticed"]
    heads += ["in a fresh sample", "seed"]
    found = [
        [s["module"], number(s["line"]), _change(s["diff"]), s["reason"] or "not judged yet"]
        for s in content["survivors"]
    ]
    heads_found = ["survivor in", "line", "change", "reason"]
    return [markdown(heads, rows, right=range(2, 10)), markdown(heads_found, found, right=(1,))]


def _change(diff: str) -> str:
    """What the changed line became."""
    return f"`{' '.join(diff.partition(chr(10) + '+ ')[2].split())}`"


def _plain(content: Content) -> list[str]:
    """Whatever columns a campaign's rows have in common."""
    rows = content.get("rows", [])
    if not rows:
        return []
    heads = [key for key in rows[0] if all(not isinstance(row.get(key), dict | list) for row in rows)]
    return [markdown(heads, [[number(row.get(key, "")) for key in heads] for row in rows])]


TABLES: Mapping[str, Callable[[Content], list[str]]] = {
    "theory": _theory,
    "cloudsim": _cloudsim,
    "packing": _packing,
    "ledger": _ledger,
    "calibration": _calibration,
    "uncertainty": _uncertainty,
    "determinism": _determinism,
    "faults": _plain,
    "fuzz": _plain,
    "mutation": _mutation,
}
