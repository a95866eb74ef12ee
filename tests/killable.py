"""roomfold as a program that tests can harm: killed, or out of room, at a chosen change of the disk.

Run as a program: takes the command line of roomfold. Charts and page are left out, and moves are planned in
turn, so that whole runs are repeated in seconds. From the environment, all optional:

ROOMFOLD_TEST_SLOW_S: each world takes at least so long. ROOMFOLD_TEST_LOG: a file that gets a line
``simulated N`` for each world simulated, in whatever process. ROOMFOLD_TEST_FATAL: a world whose process
is killed, ROOMFOLD_TEST_HUNGRY: one whose process gets no more memory. ROOMFOLD_TEST_DEATHS: so many
deaths in a row make a pool give up. ROOMFOLD_TEST_BULK_MB: so much goes along with the result of each world
but the first, and is then lost. ROOMFOLD_TEST_WHOLE: the report is written whole, and every month is kept.

ROOMFOLD_TEST_FAULTS: faults, each of which first happens to a child that then ends. ROOMFOLD_TEST_FAULT: one
that happens here. A fault is written ``KIND@N``, before the N-th change that Python makes to the disk (a file
opened to write, brought to the disk, renamed or removed; a folder made or removed): ``kill``, and the whole
group of processes dies; ``full``, and from then on nothing can be written; ``INT`` or ``TERM``, and that
signal comes; ``none``, and the changes are counted.

ROOMFOLD_TEST_SERVE: what is run comes from stdin, line by line as JSON (see ``_serve``), each in a child that
leads a group of its own and need not import everything anew.
"""

from __future__ import annotations

import errno
import json
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
from typing import Any, NoReturn

import roomfold.sim.checkpoint
import roomfold.sim.crew
import roomfold.sim.pool
from roomfold.scenarios import load
from roomfold.scenarios.schema import Scenario
from roomfold.sim.crew import Task
from roomfold.sim.outcome import WorldResult
from roomfold.tests.in_turn import plan_in_turn

BULK_MB = int(os.environ.get("ROOMFOLD_TEST_BULK_MB", "0"))
PATIENCE_S = 300  # more than any of them needs on a busy machine
TINY = Path(__file__).parent / "scenarios" / "tiny.yaml"
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
NEEDS_ROOM = ("open", "os.mkdir", "os.fsync")


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
    """Runs of this process do as those of this program; the worlds that they simulate are listed."""
    from unittest.mock import patch  # takes its time, which the program need not

    draw, worlds = roomfold.sim.crew.draw_world, list[int]()

    def noted(scenario: object, index: int, *rest: object) -> object:
        worlds.append(index)
        return draw(scenario, index, *rest)

    noting = patch("roomfold.sim.crew.draw_world", noted)
    with noting, patch("roomfold.reports.forms.write_forms", one_page):
        yield worlds


class Bulky(float):
    """A number that takes much to write down, and is the number again when read."""

    def __reduce__(self) -> tuple[object, ...]:
        """The number out of a list that holds the bulk as well."""
        return operator.getitem, ([float(self), bytes(BULK_MB << 20)], 0)


def _prepare() -> None:
    """Leave out all forms of the report but a page, unless it is asked for; note and slow each world."""
    plan_in_turn()
    if os.environ.get("ROOMFOLD_TEST_WHOLE"):
        roomfold.sim.checkpoint.EVERY_S = 0.0
    else:
        forms = ModuleType("roomfold.reports.forms")
        forms.write_forms = one_page  # type: ignore[attr-defined]  # a made-up module
        sys.modules[forms.__name__] = forms
    roomfold.sim.pool.DEATHS = int(os.environ.get("ROOMFOLD_TEST_DEATHS", roomfold.sim.pool.DEATHS))
    draw = roomfold.sim.crew.draw_world
    log, fatal, hungry = (os.environ.get(f"ROOMFOLD_TEST_{name}") for name in ("LOG", "FATAL", "HUNGRY"))
    least_s = float(os.environ.get("ROOMFOLD_TEST_SLOW_S", "0"))

    def noted(scenario: object, index: int, *rest: object) -> object:
        time.sleep(least_s)
        if str(index) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if str(index) == hungry:
            _starve()
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


def dask_setup(_worker: object) -> None:
    """A Dask worker that is told to load this file simulates as this program does."""
    _prepare()


def _starve() -> None:
    """Ask for more memory than this process may have."""
    import resource  # of POSIX

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), resource.RLIM_INFINITY))
    bytearray(1 << 30)


class Fault:
    """What befalls this process at a change of the disk; see the head of this file."""

    def __init__(self, written: str) -> None:
        self.kind, _, number = written.partition("@")
        self.number, self.changes = int(number), 0

    def arm(self) -> None:
        """Watch all changes from now on, in every thread."""
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell began this behind it
        sys.dont_write_bytecode = True  # or what Python keeps of modules counts, the first time alone
        fsync = os.fsync

        def watched(handle: int) -> None:
            self._change("os.fsync", None)
            fsync(handle)

        os.fsync = watched
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES:
            self._change(event, arguments[0])
        elif event == "open" and isinstance(arguments[0], str | bytes) and isinstance(arguments[2], int):
            writes = arguments[2] & (os.O_WRONLY | os.O_RDWR) and arguments[0] != os.devnull
            if writes:
                self._change(event, arguments[0])

    def _change(self, event: str, path: Any) -> None:
        self.changes += 1
        if self.kind == "full" and self.changes >= self.number and event in NEEDS_ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *([] if path is None else [path]))
        if self.changes != self.number:
            return
        if self.kind in ("kill", "INT", "TERM"):
            of = "" if path is None else f" of {Path(os.fsdecode(path)).name}"
            sys.stderr.write(f"before {event}{of}\n")
            sys.stderr.flush()
        if self.kind == "kill":
            leads = os.getpgrp() == os.getpid()
            (os.killpg if leads else os.kill)(os.getpid(), signal.SIGKILL)
        elif self.kind in ("INT", "TERM"):
            os.kill(os.getpid(), getattr(signal, f"SIG{self.kind}"))


def _warm() -> None:
    """Simulate a world and state it, so that what is compiled or imported is loaded once for all children."""
    from roomfold.cli import main
    from roomfold.reports import state, table
    from roomfold.sim.study import run_study

    assert main.commands["run"]
    table(state(run_study(load(TINY), worlds=1)), "en")


def _first_to_children(faults: list[str]) -> None:
    """Have each fault happen to a child; say how each ends."""
    if faults:
        _warm()
    for written in faults:
        child = os.fork()
        if child == 0:
            Fault(written).arm()
            _main()
        status = os.waitpid(child, 0)[1]
        end = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        print(f"{written}: {end}", file=sys.stderr, flush=True)


def _befallen(written: str) -> NoReturn:
    """The command with a fault; the number of changes is said in the end."""
    fault = Fault(written)
    fault.arm()
    try:
        _main()
    finally:
        print(f"{fault.changes} changes", file=sys.stderr, flush=True)


def _serve() -> None:
    """Run what each line asks for: ``[ARGUMENTS, FAULT, FILE FOR STDERR]``; say its number, then its end."""
    _warm()
    for line in sys.stdin:
        arguments, fault, errors = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.argv[1:] = arguments
            _befallen(fault)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _main() -> NoReturn:
    from roomfold.cli import main

    main(prog_name="roomfold")
    raise AssertionError("it ends the process")


if __name__ in ("__main__", "__mp_main__"):  # the workers of a pool import this file too
    _prepare()

if __name__ == "__main__":
    import roomfold.reports.tables
    import roomfold.sim.study

    if os.environ.get("ROOMFOLD_TEST_WHOLE"):
        import roomfold.reports.charts
        import roomfold.reports.forms
    if os.environ.get("ROOMFOLD_TEST_SERVE"):
        _serve()
        sys.exit()
    _first_to_children(os.environ.get("ROOMFOLD_TEST_FAULTS", "").split())
    if own := os.environ.get("ROOMFOLD_TEST_FAULT"):
        _befallen(own)
    _main()
