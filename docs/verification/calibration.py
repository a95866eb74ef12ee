"""Calibration: how often intervals hold planted truths, from the result of ``benchmarks/sbc.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scipy.stats import beta

from roomfold.sim import stamp

from .results import Figure, Result, made_with

SOURCE = Path(__file__).parents[2] / "benchmarks" / "results" / "sbc.json"
QUESTIONS = {
    "yearly": "one claim, way of counting known",
    "both": "two claims, way of counting unknown",
    "few": "one claim, 64 worlds only",
    "yearly weighted": "one claim, weights alone",
    "both weighted": "two claims, weights alone",
}
LEVEL, TOLERANCE = 0.95, 0.03


def measure() -> Result:
    """Coverage by question and level; the ranks' ten classes say how often central intervals hold."""
    made = json.loads(SOURCE.read_text("utf-8"))
    rows = [row for name in QUESTIONS for row in _question(name, made[name])]
    at_level = {row["name"]: row for row in rows if row["level"] == LEVEL}
    figures = [
        Figure(
            f"coverage of the 95 % interval: {QUESTIONS[name]}",
            at_level[name]["coverage"],
            f">= {LEVEL - TOLERANCE:g}" if name in ("yearly", "both", "few") else None,
        )
        for name in QUESTIONS
    ]
    inside = [row["low"] <= row["level"] <= row["high"] for row in rows]
    figures.append(
        Figure("levels whose binomial interval holds the level", f"{sum(inside)} of {len(inside)}")
    )
    parts = (*stamp.MODEL, *stamp.REPORTS)
    source = {
        "made_with": {**made_with(parts), "code": made.get("code", "unknown")},
        "source": "benchmarks/results/sbc.json",
        "worlds": made["worlds"],
        "quantities": made["quantities"],
    }
    return Result("calibration", figures, rows, parts, source)


def _question(name: str, found: dict[str, Any]) -> list[dict[str, Any]]:
    counts, estates = found["rank_histogram"], found["estates"]
    shares = {1 - 2 * k / 10: sum(counts[k : 10 - k]) / sum(counts) for k in (4, 3, 2, 1)}
    shares[LEVEL] = found["coverage_all"]
    return [_row(name, round(level, 2), share, estates) for level, share in shares.items()]


def _row(name: str, level: float, share: float, estates: int) -> dict[str, Any]:
    """Interval of Clopper and Pearson, as if all quantities of an estate said the same once."""
    held = share * estates
    low, high = beta.ppf(0.025, held, estates - held + 1), beta.ppf(0.975, held + 1, estates - held)
    return {
        "name": name,
        "question": QUESTIONS[name],
        "level": level,
        "coverage": round(share, 4),
        "estates": estates,
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }
