"""Which tests execute which lines of a module, and how long each takes: recorded once, by coverage."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scenes import Scenes
from warm import Limits, fork, run_items


@dataclass(frozen=True)
class Reach:
    """What the clean run showed.

    Attributes:
        seconds: CPU of each test that passed, set-up included.
        by_line: tests that execute a line in their own call.
        whole: files in which a line is executed while something is set up, perhaps for several tests.
    """

    seconds: dict[str, float]
    by_line: dict[int, set[str]]
    whole: dict[int, set[str]]

    def tests(self, lines: Sequence[int]) -> list[str]:
        """Tests that may notice a change of lines in a function, the fastest first, a file's together."""
        called = {test for line in lines for test in self.by_line.get(line, ())}
        files = {file for line in lines for file in self.whole.get(line, ())}
        return self._sorted(called | {test for test in self.seconds if _file(test) in files})

    def all_tests(self) -> list[str]:
        """Tests that execute anything of the module first, then all others."""
        touched = self.tests(list(self.by_line) + list(self.whole))
        return touched + self._sorted(set(self.seconds) - set(touched))

    def _sorted(self, tests: set[str]) -> list[str]:
        first: dict[str, float] = {}
        for test in tests:
            first[_file(test)] = min(first.get(_file(test), 1e9), self.seconds[test])
        return sorted(tests, key=lambda test: (first[_file(test)], _file(test), self.seconds[test], test))


class _Recorder:
    """pytest plugin: one coverage context for each part of each test."""

    def __init__(self, coverage: Any) -> None:
        self._coverage = coverage
        self.seconds: dict[str, float] = {}
        self._started = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> None:
        """Set-up may serve several tests."""
        self._coverage.switch_context(f"{item.nodeid}|setup")
        self._started = time.process_time()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: Any) -> None:
        """The test itself."""
        self._coverage.switch_context(f"{item.nodeid}|call")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: Any) -> None:
        """Tearing down counts as set-up."""
        self._coverage.switch_context(f"{item.nodeid}|setup")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the time of tests that passed."""
        if report.when == "call" and report.passed:
            self.seconds[report.nodeid] = time.process_time() - self._started


def record(session: Any, paths: Sequence[str], kept: Path, limits: Limits, scenes: Scenes | None) -> None:
    """Run the collected tests clean, in a child, and keep what they reach of modules.

    Raises:
        SystemExit: they are not green.
    """
    import coverage

    def run() -> int:
        measured = coverage.Coverage(data_file=None, include=list(paths), messages=False)
        recorder = _Recorder(measured)
        session.config.pluginmanager.register(recorder)
        measured.start()
        code = run_items(session, session.items)
        measured.stop()
        data = measured.get_data()
        lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        asked = list(scenes.asked) if scenes else []
        kept.write_text(json.dumps({"seconds": recorder.seconds, "lines": lines, "asked": asked}))
        return code

    code, cpu_s = fork(run, limits, show=True)
    if code != 0:
        raise SystemExit(f"the tests are not green (status {code})")
    print(f"\nclean run of {len(session.items)} tests: {cpu_s:.0f} s of CPU", flush=True)


def read(kept: Path, files: Mapping[str, Sequence[str]]) -> dict[str, Reach]:
    """What was recorded, by path of the module: of the tests in its own ``files`` alone."""
    found = json.loads(kept.read_text())
    return {path: _reach(found["seconds"], found["lines"].get(path, {}), files[path]) for path in files}


def _reach(seconds: Mapping[str, float], lines: Mapping[str, Sequence[str]], names: Sequence[str]) -> Reach:
    mine = {test: spent for test, spent in seconds.items() if _is_named(test, names)}
    files = {_file(test) for test in mine}
    by_line: dict[int, set[str]] = {}
    whole: dict[int, set[str]] = {}
    for line, contexts in lines.items():
        for context in contexts:
            test, _, part = context.rpartition("|")
            if part == "call" and test in mine:
                by_line.setdefault(int(line), set()).add(test)
            elif part == "setup" and _file(test) in files:
                whole.setdefault(int(line), set()).add(_file(test))
    return Reach(mine, by_line, whole)


def _is_named(test: str, names: Sequence[str]) -> bool:
    """Whether a test is among those of files, or tests, of these names."""
    return any(test == name or test.startswith((f"{name}::", f"{name}[")) for name in names)


def _file(test: str) -> str:
    return test.partition("::")[0]
