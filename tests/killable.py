"""roomfold with charts and page left out, so that a test can kill and repeat whole runs in seconds.

Run as a program: takes the command line of roomfold. From the environment, all optional:
ROOMFOLD_TEST_SLOW_S: each world takes at least so long. ROOMFOLD_TEST_LOG: a file that gets a line
``simulated N`` for each world simulated, in whatever process. ROOMFOLD_TEST_FATAL: a world whose process
is killed. ROOMFOLD_TEST_BULK_MB: so much goes along with the result of each world but the first, and is
then lost. ROOMFOLD_TEST_CHANGES: numbers n, for each of which it first runs in a child that is killed
before the n-th change that Python makes to the disk.
"""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import roomfold.sim.crew
import roomfold.sim.pool
from roomfold.scenarios.schema import Scenario
from roomfold.sim.crew import Task
from roomfold.sim.outcome import WorldResult

BULK_MB = int(os.environ.get("ROOMFOLD_TEST_BULK_MB", "0"))
PATIENCE_S = 300  # more than any of them needs on a busy machine
TINY = Path(__file__).parent / "scenarios" / "tiny.yaml"


def command(*arguments: object) -> list[str]:
    """The command that runs this file."""
    return [sys.executable, str(Path(__file__)), *map(str, arguments)]


@contextmanager
def patience(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a process that hangs, saying where it hangs, so that its test fails and does not hang with it."""
    timer = threading.Timer(PATIENCE_S, process.send_signal, (signal.SIGABRT,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def run(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    env = {**os.environ, **{key: str(value) for key, value in environment.items()}}
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=env,
        timeout=PATIENCE_S,
    )


def simulated(log: Path) -> list[int]:
    """Worlds that the runs with this log have simulated, in that order."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.split()[1]) for line in lines]


def one_page(_statement: object, _study: object, folder: Path, _command: str) -> None:
    """What is written in place of a report."""
    (folder / "report.html").write_text("page")


@contextmanager
def here() -> Iterator[list[int]]:
    """Runs of this process write a page alone for their report; the worlds that they simulate are listed."""
    draw, worlds = roomfold.sim.crew.draw_world, list[int]()

    def noted(scenario: object, index: int, *rest: object) -> object:
        worlds.append(index)
        return draw(scenario, index, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("roomfold.sim.crew.draw_world", noted)
        patched.setattr("roomfold.reports.forms.write_forms", one_page)
        yield worlds


class Bulky(float):
    """A number that takes much to write down, and is the number again when read."""

    def __reduce__(self) -> tuple[object, ...]:
        """The number out of a list that holds the bulk as well."""
        return operator.getitem, ([float(self), bytes(BULK_MB << 20)], 0)


def _prepare() -> None:
    """Leave out all forms of the report but a page; note and slow each world."""
    forms = ModuleType("roomfold.reports.forms")
    forms.write_forms = one_page  # type: ignore[attr-defined]  # a made-up module
    sys.modules[forms.__name__] = forms
    draw = roomfold.sim.crew.draw_world
    log, fatal = os.environ.get("ROOMFOLD_TEST_LOG"), os.environ.get("ROOMFOLD_TEST_FATAL")
    least_s = float(os.environ.get("ROOMFOLD_TEST_SLOW_S", "0"))

    def noted(scenario: object, index: int, *rest: object) -> object:
        time.sleep(least_s)
        if str(index) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if log:
            with Path(log).open("a") as file:
                file.write(f"simulated {index}\n")
        return draw(scenario, index, *rest)

    roomfold.sim.crew.draw_world = noted
    if BULK_MB:
        run_task = roomfold.sim.pool.run_task

        def bulky(scenario: Scenario, task: Task) -> WorldResult:
            result = run_task(scenario, task)
            if task.index == 0:
                return result
            key, value = next(iter(result.draws.items()))
            return replace(result, draws={**result.draws, key: Bulky(value)})

        roomfold.sim.pool.run_task = bulky


def _die_at(number: int) -> None:
    """Be killed when that many files or folders were opened to write, made, renamed or removed."""
    changes = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        writes = (
            event == "open" and isinstance(flags := arguments[2], int) and flags & (os.O_WRONLY | os.O_RDWR)
        )
        if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir"):
            changes += 1
            if changes == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


if __name__ in ("__main__", "__mp_main__"):  # the workers of a pool import this file too
    _prepare()

if __name__ == "__main__":
    import roomfold.reports.tables
    import roomfold.sim.study
    from roomfold.cli import main

    for number in map(int, os.environ.get("ROOMFOLD_TEST_CHANGES", "").split()):
        child = os.fork()  # not a process of its own, which would take a second to import everything
        if child == 0:
            _die_at(number)
            main(prog_name="roomfold")
        if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            print(f"killed at {number}", file=sys.stderr)
    main(prog_name="roomfold")
