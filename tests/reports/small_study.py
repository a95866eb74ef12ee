"""A real study, small: the tests' minimal scenario over two years, a few worlds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from roomfold.scenarios.loader import load
from roomfold.sim.outcome import Study
from roomfold.sim.study import run_study

MINIMAL = Path(__file__).parent.parent / "scenarios" / "minimal.yaml"
WORLDS = 5


@cache
def small_study(*overrides: str, worlds: int = WORLDS) -> Study:
    """The minimal scenario, simulated."""
    return run_study(load(MINIMAL, ["time.years=2", *overrides]), worlds=worlds)
