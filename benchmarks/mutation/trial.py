"""What becomes of mutants: tried one after the other, those in bodies of functions first."""

from __future__ import annotations

import ast
import gc
import importlib
import json
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from mutants import Mutant
from reach import Reach, read, record
from scenes import Scenes
from warm import NOT_IMPORTED, OPTIONS, Limits, Module, fork, run_collected, run_items

SLOWER, GRACE_S = 4, 10  # CPU limit: times the clean time, and besides
TEST_GRACE_S = 3  # of a single test
WALL_PER_CPU, WALL_GRACE_S = 10, 60  # the machine may be busy with other work
CLEAN = Limits(1800, 7200)
NOT_IN_A_FUNCTION = 64
TROUBLE = (3, 4, 5)  # pytest's own, or no test collected


class Trial:
    """Tests of some modules, to be run against mutants of each.

    Args:
        tests: files, folders and single tests by module (full name), relative to root.
        root: of the copy of the tree.
    """

    def __init__(self, tests: Mapping[str, Sequence[str]], root: Path) -> None:
        self._root, self._scratch = root, root.parent
        self._tests = {name: _expanded(root, files) for name, files in tests.items()}
        self._modules = {name: Module(name, root) for name in tests}
        self._files = sorted({file for files in self._tests.values() for file in files})

    def outcomes(self, mutants: Mapping[str, Sequence[Mutant]]) -> Iterator[tuple[str, list[str]]]:
        """Each module with ``killed``, ``timed out`` or ``survived`` for each of its mutants."""
        for name in self._modules:
            importlib.import_module(name)
        scenes = None
        if not any(name.startswith("roomfold.scenarios") for name in self._modules):
            scenes = Scenes()
            scenes.install()
        reach = self._recorded(scenes)
        for name, module in self._modules.items():
            mine = reach[str(module.path)]
            clean_s, tests = sum(mine.seconds.values()), mine.all_tests()
            found = self._in_functions(module, mine, mutants[name])
            whole = [
                self._imported(module, mutant, tests, clean_s) if outcome is None else outcome
                for mutant, outcome in zip(mutants[name], found, strict=True)
            ]
            yield name, whole

    def _recorded(self, scenes: Scenes | None) -> dict[str, Reach]:
        files = {str(module.path): self._tests[name] for name, module in self._modules.items()}
        kept = self._scratch / "clean.json"
        run_collected(
            self._root, self._files, lambda session: record(session, list(files), kept, CLEAN, scenes)
        )
        if scenes is not None:
            scenes.make(json.loads(kept.read_text())["asked"])
        return read(kept, files)

    def _in_functions(self, module: Module, reach: Reach, mutants: Sequence[Mutant]) -> list[str | None]:
        """Outcomes of mutants in bodies of functions, None for the others."""
        places, kept = statements(module.source), self._scratch / "found.json"

        def loop(session: Any) -> None:
            module.find_functions()
            gc.freeze()  # a collection in a child would copy all of its memory
            found = [_in_place(session, module, reach, places, mutant) for mutant in mutants]
            kept.write_text(json.dumps(found))

        run_collected(self._root, self._tests[module.name], loop)
        found: list[str | None] = json.loads(kept.read_text())
        return found

    def _imported(self, module: Module, mutant: Mutant, tests: Sequence[str], clean_s: float) -> str:
        """Outcome of a mutant whose module must be imported anew."""

        def run() -> int:
            try:
                module.import_mutated(mutant.source)
            except Exception:
                return NOT_IMPORTED
            files = [str(self._root / file) for file in self._tests[module.name]]
            return int(
                pytest.main([*OPTIONS, "--rootdir", str(self._root), *files], plugins=[_Ordered(tests)])
            )

        code, _ = fork(run, _limits(clean_s))
        return _outcome(module, mutant, code)


def _in_place(
    session: Any, module: Module, reach: Reach, places: Sequence[range], mutant: Mutant
) -> str | None:
    """Outcome of a mutant in the body of a function; None if it is elsewhere."""
    lines = [line for span in places if mutant.place.line in span for line in span]
    tests = reach.tests(lines or [mutant.place.line])
    by_id = {item.nodeid: item for item in session.items}

    def run() -> int:
        if not module.put_in(mutant.source):
            return NOT_IN_A_FUNCTION
        session.config.pluginmanager.register(_Bounded(reach.seconds))
        return run_items(session, [by_id[test] for test in tests])

    code, _ = fork(run, _limits(sum(reach.seconds[test] for test in tests)))
    return None if code == NOT_IN_A_FUNCTION else _outcome(module, mutant, code)


def _expanded(root: Path, names: Sequence[str]) -> list[str]:
    """Test files named, and those in folders named."""
    found: list[str] = []
    for name in names:
        inside = sorted((root / name).rglob("test_*.py")) if (root / name).is_dir() else [root / name]
        found += [str(file.relative_to(root)) for file in inside]
    return found


class _Bounded:
    """pytest plugin: a test that takes several times its clean time ends the process."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> None:
        """The limit is of all CPU so far."""
        limit = int(time.process_time() + SLOWER * self._seconds[item.nodeid] + TEST_GRACE_S) + 1
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (min(limit, most), most))


class _Ordered:
    """pytest plugin: tests in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Sort; what a mutant adds comes last."""
        items.sort(key=lambda item: self._place.get(item.nodeid, len(self._place)))


def statements(source: str) -> list[range]:
    """Lines of each statement; of one with a body, those of its head."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else (node.end_lineno or node.lineno)
            spans.append(range(node.lineno, last + 1))
    return spans


def _limits(clean_s: float) -> Limits:
    cpu_s = SLOWER * clean_s + GRACE_S
    return Limits(cpu_s, WALL_PER_CPU * cpu_s + WALL_GRACE_S)


def _outcome(module: Module, mutant: Mutant, code: int | None) -> str:
    where = f"{module.name.removeprefix('roomfold.')}:{mutant.place.line}"
    if code in TROUBLE:
        raise SystemExit(f"{where}, {mutant.was!r} to {mutant.now!r}: pytest ended with {code}")
    outcome = "timed out" if code is None else "survived" if code == 0 else "killed"
    if outcome == "survived":
        print(f"{where} {mutant.place.operator}\n    - {mutant.was}\n    + {mutant.now}", flush=True)
    return outcome
