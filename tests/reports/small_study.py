"""A real study, small: the tests' minimal scenario over two years, a few worlds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from roomfold.scenarios.loader import load
from roomfold.sim.outcome import Study
from roomfold.sim.study import run_study

SCENARIOS = Path(__file__).parent.parent / "scenarios"
MINIMAL, TINY = SCENARIOS / "minimal.yaml", SCENARIOS / "tiny.yaml"
TWO_YEARS = "time.years=2"
WORLDS = 5


@cache
def small_study(*overrides: str, worlds: int = WORLDS) -> Study:
    """The minimal scenario, simulated."""
    return run_study(load(MINIMAL, [TWO_YEARS, *overrides]), worlds=worlds)


@cache
def tiny_study(*overrides: str, worlds: int) -> Study:
    """The tiny scenario, simulated: planned in a third of the time."""
    return run_study(load(TINY, [TWO_YEARS, *overrides]), worlds=worlds)


def renamed(*names: str) -> Study:
    """The small study with other titles, which nothing that happens in it depends on."""
    return replace(small_study(), scenario=load(MINIMAL, [TWO_YEARS, *names]))


def one_world() -> Study:
    """The small study with its middle world alone."""
    study = small_study()
    return replace(study, results=tuple(r for r in study.results if r.world == study.world.index))
