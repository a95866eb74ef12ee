"""Results of mutation testing: a file for each module, reasons for survivors beside, and all gathered."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import sqrt
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = ">= 0.85"
Z = 1.959964  # 95 %
EQUIVALENT = "equivalent"  # first word of the reason of a survivor that no test could tell


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n trials (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def digest(source: str) -> str:
    """Of a module's source: a result holds for it alone."""
    return blake2b(source.encode(), digest_size=8).hexdigest()


def reasons(module: str) -> dict[tuple[str, str], str]:
    """Why survivors of a module survive, by lines before and after (reasons/MODULE.toml)."""
    file = HERE / "reasons" / f"{module}.toml"
    if not file.exists():
        return {}
    kept = tomllib.loads(file.read_text("utf-8"))["survivor"]
    return {(one["was"], one["now"]): one["reason"] for one in kept}


def write(file: Path, content: object) -> None:
    """As JSON, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(file)


def row(module: str, group: str, mutants: int, outcomes: Sequence[str]) -> dict[str, Any]:
    """Counts and score of a module; ``mutants`` there are, of which ``outcomes`` were tried."""
    count, n = Counter(outcomes), len(outcomes)
    score = 1 - count["survived"] / n if n else 1.0
    interval = wilson(score, n) if n < mutants else (score, score)
    return {
        "module": module,
        "group": group,
        "mutants": mutants,
        "tried": n,
        "killed": count["killed"],
        "timed_out": count["timed out"],
        "survived": count["survived"],
        "score": round(score, 4),
        "interval": [round(bound, 4) for bound in interval],
    }


def first_time(row: dict[str, Any], before: Mapping[str, Any] | None, seed: int) -> dict[str, Any]:
    """The row with its score and interval at the first draw with this seed: no test knew of that sample yet.

    Args:
        before: the module's last result, None for none. If it is of the same seed its first score stays,
            whatever was added since to notice what survived; None where it did not keep one.
    """
    keys = ("score", "interval")
    known = before["row"] if before is not None and before["seed"] == seed else None
    return row | {f"{key}_fresh": row[key] if known is None else known.get(f"{key}_fresh") for key in keys}


def gather(folder: Path) -> dict[str, Any]:
    """One result of those of all modules: scores by group, rows, survivors with reasons."""
    from roomfold import __version__
    from roomfold.sim import stamp

    code_of = (*stamp.MODEL, *stamp.REPORTS)
    parts = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    if not parts:
        raise SystemExit(f"{folder}: no results of modules")
    rows = [{**part["row"], "seed": part["seed"]} for part in parts]
    survivors = [_explained(part["row"]["module"], one) for part in parts for one in part["survivors"]]
    figures: list[dict[str, Any]] = []
    for group in sorted({row["group"] for row in rows}):
        mine = [row for row in rows if row["group"] == group]
        figures += _figures(group, mine, [s for s in survivors if s["module"] in {r["module"] for r in mine}])
    old = [
        part["row"]["module"]
        for part in parts
        if part["made_with"]["code"] != _present(part["row"]["module"])
    ]
    if old:
        print(f"changed since they were tried: {', '.join(old)}")
    return {
        "made_with": {
            "roomfold": __version__,
            "code": "unknown" if old else stamp.code(code_of),
            "of": list(code_of),
        },
        "command": "python benchmarks/mutation/run.py --group all --sample 20 --seed 4",
        "figures": figures,
        "not_measured": [name for name in _targets() if name not in {row["module"] for row in rows}],
        "rows": rows,
        "survivors": survivors,
    }


def _targets() -> list[str]:
    return sorted(tomllib.loads(HERE.joinpath("targets.toml").read_text("utf-8")))


def _present(module: str) -> str:
    return digest(HERE.parents[1].joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8"))


def _explained(module: str, survivor: Mapping[str, Any]) -> dict[str, Any]:
    reason = reasons(module).get((survivor["was"], survivor["now"]), "")
    diff = f"- {survivor['was']}\n+ {survivor['now']}"
    return {
        "module": module,
        "line": survivor["line"],
        "operator": survivor["operator"],
        "diff": diff,
        "reason": reason,
    }


def _figures(
    group: str, rows: Sequence[Mapping[str, Any]], survivors: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Scores of a group: each module counts by the mutants it has, whether all were tried or a sample."""
    size = sum(row["mutants"] for row in rows)
    fresh = [row for row in rows if row.get("score_fresh") is not None]
    without = 0.0
    for row in rows:
        same = sum(
            one["module"] == row["module"] and one["reason"].startswith(EQUIVALENT) for one in survivors
        )
        tried = row["tried"] - same
        without += (1 - (row["survived"] - same) / tried if tried else 1.0) * row["mutants"]
    tried, killed = sum(row["tried"] for row in rows), sum(row["killed"] for row in rows)

    def figure(name: str, value: float, target: str | None = None) -> dict[str, Any]:
        return {"name": f"{group}: {name}", "value": round(value, 4), "target": target, "unit": ""}

    at_first = []
    if fresh:
        score, half = _score(fresh, "score_fresh")
        at_first = [
            figure("mutants noticed in a fresh sample", score, TARGET),
            figure("half width of its 95 % interval, from sampling", half),
            figure("modules with a fresh sample", len(fresh)),
        ]
    score, half = _score(rows, "score")
    return [
        *at_first,
        figure("mutants noticed, after tests for survivors", score, TARGET),
        figure("half width of the 95 % interval, from sampling", half),
        figure("mutants noticed, without equivalent ones", without / size),
        figure("modules measured", len(rows)),
        figure("mutants there are", size),
        figure("mutants tried", tried),
        figure("killed by a test", killed),
        figure("ran out of time", sum(row["timed_out"] for row in rows)),
        figure("survived", sum(row["survived"] for row in rows)),
    ]


def _score(rows: Sequence[Mapping[str, Any]], key: str) -> tuple[float, float]:
    """Share noticed of the mutants of modules, and half of its 95 % interval."""
    size = sum(row["mutants"] for row in rows)
    spread = sum(
        (row["mutants"] / size) ** 2 * row[key] * (1 - row[key]) / row["tried"]
        for row in rows
        if 0 < row["tried"] < row["mutants"]
    )
    return sum(row[key] * row["mutants"] for row in rows) / size, Z * sqrt(spread)
