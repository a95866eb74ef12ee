"""Scenarios and worlds that tests load, made once before the forks: most of the time of a small test.

For modules that neither load nor draw; what they make of a world is made again for every mutant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import roomfold.scenarios
import roomfold.scenarios.draw
import roomfold.scenarios.loader

Key = tuple[str, tuple[str, ...], int | None]


class Scenes:
    """Keeps what is loaded and drawn, and which that was, in the order in which it was asked for."""

    def __init__(self) -> None:
        self.asked: dict[Key, None] = {}
        self._load: Callable[..., Any] = roomfold.scenarios.loader.load
        self._draw: Callable[..., Any] = roomfold.scenarios.draw.draw_world
        self._scenarios: dict[tuple[str, tuple[str, ...]], Any] = {}
        self._worlds: dict[Key, Any] = {}
        self._named: dict[int, tuple[str, tuple[str, ...]]] = {}

    def install(self) -> None:
        """Put the remembering functions in place, before the tests are imported."""
        roomfold.scenarios.load = roomfold.scenarios.loader.load = self.load
        roomfold.scenarios.draw.draw_world = self.draw

    def load(self, name: str | Path, overrides: Sequence[str] = (), *more: Any, **named: Any) -> Any:
        """As ``scenarios.load``; a file that a test may have just written is read each time."""
        if more or named or "/tests/" not in str(name):
            return self._load(name, overrides, *more, **named)
        key = (str(name), tuple(overrides))
        if key not in self._scenarios:
            self._scenarios[key] = self._load(name, overrides)  # tests of errors load what cannot be
            self.asked[(*key, None)] = None
            self._named[id(self._scenarios[key])] = key
        return self._scenarios[key]

    def draw(self, scenario: Any, index: int, *more: Any, **named: Any) -> Any:
        """As ``draw_world``."""
        known = self._named.get(id(scenario))
        if more or named or known is None:
            return self._draw(scenario, index, *more, **named)
        key = (*known, int(index))
        if key not in self._worlds:
            self.asked[key] = None
            self._worlds[key] = self._draw(scenario, index)
        return self._worlds[key]

    def make(self, asked: Sequence[Key]) -> None:
        """Load and draw these."""
        for name, overrides, index in asked:
            scenario = self.load(name, tuple(overrides))
            if index is not None:
                self.draw(scenario, index)
