"""What is said on stderr while a run takes its time."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ..scenarios.schema import Scenario
from ..scenarios.visible import visible
from ..sim.outcome import WorldResult
from .screen import estimate

if TYPE_CHECKING:
    from ..sim.fleet import PolicyRun

BAR_WIDTH = 24
REDRAW_S = 0.2
MONTHS_S = 5.0  # months that pass faster are not worth a word


class Progress:
    """A line that grows with every world and says what the worlds so far give.

    Args:
        before: number of worlds that come first and were finished before.
    """

    def __init__(self, scenario: Scenario, before: int = 0) -> None:
        self._scenario, self._before = scenario, before
        self._results: list[WorldResult] = []
        self._began, self._drawn = time.monotonic(), 0.0
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        finished = f", {before} worlds were finished before" if before else ""
        _say(f"{visible(scenario.title.en)}: simulating{finished}\n")

    def __call__(self, result: WorldResult, done: int, total: int) -> None:
        """Count one more world."""
        self._results.append(result)
        now = time.monotonic()
        milestone = done == total or (done > self._before and (done & (done - 1)) == 0)
        if not (milestone or (self._terminal and now - self._drawn > REDRAW_S)):
            return
        self._drawn = now
        filled = BAR_WIDTH * done // total
        bar = "#" * filled + "-" * (BAR_WIDTH - filled)
        text = f"[{bar}] {estimate(self._results, self._scenario, total)}  {now - self._began:.0f} s"
        _say(f"\r{text}\x1b[K" if self._terminal else f"{text}\n")

    def month(self, done: int, total: int) -> None:
        """Say how far a long world is."""
        now = time.monotonic()
        if now - max(self._drawn, self._began) > MONTHS_S:
            self._drawn = now
            which = "the middle world in full, " if self._results else ""
            text = f"{which}month {done}/{total}  {now - self._began:.0f} s"
            _say(f"\r{text}\x1b[K" if self._terminal else f"{text}\n")

    def end(self) -> None:
        """End the line."""
        if self._terminal:
            _say("\n")


class FrontierProgress:
    """A line for every step of a frontier."""

    def __init__(self, scenario: Scenario) -> None:
        self._began = time.monotonic()
        _say(f"{visible(scenario.title.en)}: planning and simulating a frontier\n")

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say what is done: plans made in the only world, or worlds."""
        _say(f"{what} {done}/{total}  {time.monotonic() - self._began:.0f} s\n")


class FleetProgress:
    """A line for every policy of a fleet."""

    def __call__(self, name: str, run: PolicyRun, done: int, total: int) -> None:
        """Say what a policy gave."""
        slow = f"  (interpreted: {run.run.interpreted})" if run.run.interpreted else ""
        _say(f"{done}/{total} {name}: {run.figures['energy_kwh']:,.2f} kWh{slow}\n")

    def compiling(self) -> None:
        """Say why the first policy takes longer."""
        _say("compiling, once on this machine ...\n")


class Step:
    """Says what takes a while and how long it took."""

    def __init__(self, what: str, quiet: bool) -> None:
        self._what, self._quiet, self._began = what, quiet, time.monotonic()

    def __enter__(self) -> None:
        if not self._quiet:
            _say(f"{self._what} ... ")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not self._quiet:
            _say(f"{time.monotonic() - self._began:.0f} s\n" if kind is None else "failed\n")


def _say(text: str) -> None:
    """Say it if anybody listens: a closed or full stderr stops no work."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, end="", file=sys.stderr, flush=True)
