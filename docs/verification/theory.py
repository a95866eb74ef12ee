"""Closed forms: what ``tests/theory`` compares, noted by the tests themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from roomfold.sim import stamp

from .results import Figure, Result

ROOT = Path(__file__).parents[2]
TESTS = "tests/theory"


def measure() -> Result:
    """Run the tests, and take down every comparison.

    Raises:
        RuntimeError: if one fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "figures.jsonl"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", TESTS],
            cwd=ROOT,
            env={**os.environ, "ROOMFOLD_THEORY_FIGURES": str(noted)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"a test of {TESTS} fails:\n{done.stdout[-2000:]}")
        rows = [_row(json.loads(line)) for line in noted.read_text("utf-8").splitlines()]
    sampled = [row for row in rows if "interval" in row["kind"]]
    exact = [row for row in rows if row["kind"].startswith(("exact", "rounding"))]
    figures = [
        Figure("closed forms compared", len(rows), ">= 50"),
        Figure("comparisons outside what is allowed", sum(not row["held"] for row in rows), "= 0"),
        Figure(
            "largest part of its interval that a sampled mean uses",
            max(row["used"] for row in sampled),
            "<= 1",
        ),
        Figure("largest relative error of a sampled mean", max(row["relative_error"] for row in sampled)),
        Figure(
            "largest relative error where equality is asked",
            max(row["relative_error"] for row in exact),
            "<= 0.001",
        ),
    ]
    return Result("theory", figures, rows, (*stamp.MODEL, TESTS))


def _row(noted: dict[str, Any]) -> dict[str, Any]:
    """A comparison with its relative error and the part of what is allowed that it uses."""
    off, expected, allowed = abs(noted["simulated"] - noted["expected"]), noted["expected"], noted["allowed"]
    return {
        **noted,
        "relative_error": _digits(off / abs(expected)) if expected else _digits(off),
        "used": _digits(off / allowed) if allowed else 0.0,
        "held": bool(off <= allowed),
    }


def _digits(value: float) -> float:
    return float(f"{value:.3g}")
