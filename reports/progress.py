"""What is said on stderr while a run takes its time, in the language it is to be told in."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ..scenarios.schema import Scenario
from ..scenarios.visible import visible
from ..sim.outcome import WorldResult
from .messages import Lang, say
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
        first_use: whether code must be compiled before the first world.
    """

    def __init__(self, scenario: Scenario, lang: Lang, *, before: int = 0, first_use: bool = False) -> None:
        self._scenario, self._lang, self._before = scenario, lang, before
        self._results: list[WorldResult] = []
        self._began, self._drawn = time.monotonic(), 0.0
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        more = say(lang, "progress.before", before=before) if before else ""
        more += say(lang, "progress.first_use") if first_use else ""
        _say(f"{say(lang, 'progress.simulating', title=_title(scenario, lang), more=more)}\n")

    def __call__(self, result: WorldResult, done: int, total: int) -> None:
        """Count one more world."""
        self._results.append(result)
        now = time.monotonic()
        milestone = done == total or (done > self._before and (done & (done - 1)) == 0)
        if not (milestone or (self._terminal and now - self._drawn > REDRAW_S)):
            return
        filled = BAR_WIDTH * done // total
        bar = "#" * filled + "-" * (BAR_WIDTH - filled)
        self._draw(f"[{bar}] {estimate(self._results, self._scenario, total, self._lang)}", now)

    def month(self, done: int, total: int) -> None:
        """Say how far a long world is."""
        now = time.monotonic()
        if now - max(self._drawn, self._began) > MONTHS_S:
            which = "progress.month.middle" if self._results else "progress.month"
            self._draw(say(self._lang, which, done=done, total=total), now)

    def _draw(self, what: str, now: float) -> None:
        self._drawn = now
        text = say(self._lang, "progress.since", what=what, seconds=f"{now - self._began:.0f}")
        _say(f"\r{text}\x1b[K" if self._terminal else f"{text}\n")

    def end(self) -> None:
        """End the line."""
        if self._terminal:
            _say("\n")


class FrontierProgress:
    """A line for every step of a frontier."""

    def __init__(self, scenario: Scenario, lang: Lang) -> None:
        self._lang, self._began = lang, time.monotonic()
        _say(f"{say(lang, 'progress.frontier', title=_title(scenario, lang))}\n")

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say what is done: plans made in the only world ("plan"), or worlds ("world")."""
        step = say(self._lang, f"progress.frontier.{what}", done=done, total=total)
        seconds = f"{time.monotonic() - self._began:.0f}"
        _say(f"{say(self._lang, 'progress.since', what=step, seconds=seconds)}\n")


class FleetProgress:
    """A line for every policy of a fleet."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang

    def __call__(self, name: str, run: PolicyRun, done: int, total: int) -> None:
        """Say what a policy gave."""
        told = {"done": done, "total": total, "name": name, "energy": f"{run.figures['energy_kwh']:,.2f}"}
        why = run.run.interpreted
        text = (
            say(self._lang, "progress.policy.interpreted", **told, why=why)
            if why
            else say(self._lang, "progress.policy", **told)
        )
        _say(f"{text}\n")

    def compiling(self) -> None:
        """Say why the first policy takes longer."""
        _say(f"{say(self._lang, 'progress.compiling')}\n")


class Step:
    """Says what takes a while and how long it took; nothing if it is told in no language.

    Args:
        key: of a message ``step.KEY``.
        values: that go into it.
    """

    def __init__(self, key: str, lang: Lang | None, **values: object) -> None:
        self._lang, self._began = lang, time.monotonic()
        self._what = "" if lang is None else say(lang, f"step.{key}", **values)

    def __enter__(self) -> None:
        if self._lang is not None:
            _say(say(self._lang, "step.doing", what=self._what))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._lang is not None:
            seconds = f"{time.monotonic() - self._began:.0f}"
            ended = say(self._lang, "step.failed") if kind else say(self._lang, "step.took", seconds=seconds)
            _say(f"{ended}\n")


def _title(scenario: Scenario, lang: Lang) -> str:
    return visible(getattr(scenario.title, lang))


def _say(text: str) -> None:
    """Say it if anybody listens: a closed or full stderr stops no work."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(text, end="", file=sys.stderr, flush=True)
