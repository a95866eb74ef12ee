"""Warm processes that fork once per mutant: all is imported, tests are collected, no file is changed.

Starting Python and importing NumPy, numba and the package takes seconds, a test of a small module
milliseconds. So the tests are collected once. For a mutant in the body of a function the process forks, the
child gives the function its mutated code in place (all that import it see that), and runs the tests until
the first that fails. Where more than bodies of functions changes (a constant, a default), a child of a
process without collected tests forgets the module with all that import it, and imports the mutated source.
"""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.util
import os
import resource
import select
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import grimp
import pytest
from _pytest.main import pytest_runtestloop

GB = 1 << 30
MEMORY_GB = 4  # beyond what the warm process has
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov")
FAILED, NOT_IMPORTED = 1, 125


@dataclass(frozen=True)
class Limits:
    """What a child may take before it is stopped, seconds."""

    cpu_s: float
    wall_s: float


class _Mutated(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._mutated = source

    def get_code(self, _: str) -> CodeType:
        return self.source_to_code(self._mutated.encode(), self.path)  # type: ignore[return-value]  # its stub


class _Hook(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, str(path), source

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Mutated(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class Module:
    """The module under test in a copy of the tree.

    Args:
        name: full, e.g. ``roomfold.sim.events``.
        root: of the copy; tests run from there.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name, self.root = name, root
        self.path = root.joinpath(*name.split(".")[1:]).with_suffix(".py")
        self.source = self.path.read_text("utf-8")
        graph = grimp.build_graph("roomfold", cache_dir=None)
        self._functions: list[FunctionType] = []
        self._importers = sorted(graph.find_downstream_modules(name))

    def find_functions(self) -> None:
        """List the functions of the module, wherever they are kept; once, before the forks."""
        functions = (f for f in gc.get_objects() if isinstance(f, FunctionType))
        self._functions = [f for f in functions if f.__module__ == self.name]

    def put_in(self, mutated: str) -> bool:
        """Give functions their mutated code; False if more than bodies of functions differs."""
        changed = _changed(_compiled(self.source, self.path), _compiled(mutated, self.path))
        if changed is None:
            return False
        for function in self._functions:
            if code := changed.pop(_key(function.__code__), None):
                function.__code__ = code
        return not changed

    def import_mutated(self, mutated: str) -> None:
        """Forget the module and all that import it, and import the mutated source."""
        for name in (self.name, *self._importers):
            sys.modules.pop(name, None)
        sys.meta_path.insert(0, _Hook(self.name, self.path, mutated))
        importlib.import_module(self.name)
        for name in [name for name in sys.modules if name.startswith("roomfold.")]:
            parent, _, last = name.rpartition(".")
            if parent in sys.modules and not hasattr(sys.modules[parent], last):
                setattr(sys.modules[parent], last, sys.modules[name])


def run_collected(root: Path, files: Sequence[str], loop: Callable[[Any], None]) -> None:
    """Collect tests in a child and call ``loop`` there with pytest's session."""

    class Loop:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: Any) -> bool:
            loop(session)
            return True

    def run() -> int:
        paths = [str(root / file) for file in files]
        code = int(pytest.main([*OPTIONS, "--rootdir", str(root), *paths], plugins=[Loop()]))
        return 0 if code == 5 else code  # no test ran in this process itself

    code, _ = fork(run, Limits(1e9, 1e9), show=True)
    if code != 0:
        raise SystemExit(f"the tests cannot be collected, or are not green (status {code})")


def run_items(session: Any, items: Sequence[Any]) -> int:
    """Run collected tests in this order until one fails; 0 or FAILED."""
    session.items = list(items)
    try:
        pytest_runtestloop(session)
    except (session.Failed, session.Interrupted):
        return FAILED
    return FAILED if session.testsfailed else 0


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _compiled(source: str, path: Path) -> CodeType:
    return compile(source, str(path), "exec", dont_inherit=True)


def _changed(old: CodeType, new: CodeType) -> dict[tuple[str, int], CodeType] | None:
    """New code of functions by old key; None if code outside of functions differs."""
    found: dict[tuple[str, int], CodeType] = {}
    for one, other in zip(old.co_consts, new.co_consts, strict=False):
        if not isinstance(one, CodeType) or not isinstance(other, CodeType) or one == other:
            continue
        if one.co_flags & 0x2:  # a function's: it has fast locals (CO_NEWLOCALS)
            if one.co_name in ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"):
                return None
            found[_key(one)] = other
        else:
            inside = _changed(one, other)
            if inside is None:
                return None
            found |= inside
    return found if _alike(old, new) else None


def _alike(old: CodeType, new: CodeType) -> bool:
    """Whether two codes differ only in those that they hold."""

    def bare(code: CodeType) -> CodeType:
        consts = tuple(None if isinstance(one, CodeType) else one for one in code.co_consts)
        return code.replace(co_consts=consts)

    return bare(old) == bare(new)


def fork(run: Callable[[], int], limits: Limits, show: bool = False) -> tuple[int | None, float]:
    """Exit status of ``run`` in a child, None if it ran out of time; and its CPU seconds."""
    child = os.fork()
    if child == 0:
        _contained(run, limits, show)
    handle = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([handle], [], [], limits.wall_s)
        if not ready:
            os.kill(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
    finally:
        os.close(handle)
        _end_group(child)
    spent = used.ru_utime + used.ru_stime
    if not ready or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return None, spent
    return (os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128), spent


def _contained(run: Callable[[], int], limits: Limits, show: bool) -> None:
    """Run in this child with limits, and never return."""
    code = NOT_IMPORTED
    try:
        os.setsid()
        if not show:
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_GB * GB,) * 2)
            seconds = int(limits.cpu_s) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
        code = run()
    except BaseException:  # whatever a mutant raises while it is imported: it is noticed
        if show:
            sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _end_group(leader: int) -> None:
    """End what a child left behind."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
