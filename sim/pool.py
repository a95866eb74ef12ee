"""A crew of processes on this machine, which outlives the death of any of them."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from functools import lru_cache
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Self

from ..scenarios.errors import RoomfoldError
from ..scenarios.schema import Scenario
from .crew import Task, run_task
from .outcome import WorldResult

LOOK_S = 5.0  # a silent pool is looked at so often
DEATHS = 3  # this often in a row, with no world finished in between, and the pool gives up
FEWER = "try fewer --jobs"


class WorkerError(RoomfoldError):
    """Workers that have too little memory, or end again and again before a world is finished."""


class Pool:
    """Processes that simulate worlds. If one dies, all are started anew.

    Within ``with`` they stay for the next scenario: starting one takes seconds.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._folder: TemporaryDirectory[str] | None = None
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="roomfold-")
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def results(self, scenario: Scenario, tasks: Sequence[Task]) -> Generator[WorldResult]:
        """See ``Crew``.

        Raises:
            WorkerError: if worker processes keep dying, or have too little memory.
        """
        if self._folder is None:
            with Pool(min(self._jobs, len(tasks))) as pool, closing(pool.results(scenario, tasks)) as found:
                yield from found
            return
        with NamedTemporaryFile(dir=self._folder.name, delete=False) as file:  # each has a name of its own
            pickle.dump(scenario, file)
        yield from self._all(Path(file.name), tasks)

    def _all(self, told: Path, tasks: Sequence[Task]) -> Generator[WorldResult]:
        left = {task.index: task for task in tasks}
        deaths = 0
        while left:
            count = len(left)
            reason: str | None = None
            for found in self._once(told, list(left.values())):
                if isinstance(found, str):
                    reason = found
                    continue
                del left[found.world]
                yield found
            deaths = deaths + 1 if len(left) == count else 1
            if left and deaths == DEATHS:
                raise WorkerError(f"worker processes keep ending before a world is finished ({reason})")

    def _once(self, told: Path, tasks: Sequence[Task]) -> Generator[WorldResult | str]:
        """Results until all are there or a worker dies, then how it died.

        The scenario and the results go by file: what is sent must fit a pipe. Else a pool whose workers
        have all died waits for ever for one of them to read on, or for the rest of what one began to say.
        """
        pool, self._pool = self._pool or self._start(), None
        futures: list[Future[Path]] = []
        processes: list[BaseProcess] = []
        broken = False
        try:
            try:
                with _stopped_later():
                    futures.extend(pool.submit(_run, told, task) for task in tasks)
            except BrokenProcessPool:  # one died while the others started
                broken = True
            processes = list((pool._processes or {}).values())
            for future in _as_done(pool, futures):
                failed = future.exception()
                if isinstance(failed, BrokenProcessPool):
                    broken = True
                elif isinstance(failed, MemoryError):
                    raise WorkerError(f"a worker process had too little memory: {FEWER}") from failed
                else:
                    yield _taken(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            for process in processes:
                wait([process.sentinel])  # or one still writes to the folder that is about to be removed
            raise
        broken = broken or bool(getattr(pool, "_broken", False))
        if not broken:
            self._pool = pool
            return
        pool.shutdown()
        yield _how(processes)

    def _start(self) -> ProcessPoolExecutor:
        assert self._folder is not None, "entered"
        spawn, place = multiprocessing.get_context("spawn"), (self._folder.name,)
        return ProcessPoolExecutor(self._jobs, spawn, initializer=_begin, initargs=place)


def _as_done(pool: ProcessPoolExecutor, futures: Sequence[Future[Path]]) -> Iterator[Future[Path]]:
    """Futures as they are done; in a broken pool, those that ever will be.

    A task handed over at the moment in which a worker dies is answered by nobody.
    """
    done: SimpleQueue[Future[Path]] = SimpleQueue()
    for future in futures:
        future.add_done_callback(done.put)
    for _ in futures:
        while True:
            try:
                yield done.get(timeout=LOOK_S)
                break
            except Empty:
                if getattr(pool, "_broken", False):
                    return


def _how(processes: Sequence[BaseProcess]) -> str:
    """How the first process died, in words; the pool itself ends the others by SIGTERM."""
    codes = [code for process in processes if (code := process.exitcode) not in (None, 0, -signal.SIGTERM)]
    if not codes:
        return "reason unknown"
    code = codes[0]
    assert code is not None
    if code < 0 and -code == getattr(signal, "SIGKILL", None):
        return f"killed by signal 9: probably too little memory, {FEWER}"
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


@contextmanager
def _stopped_later() -> Iterator[None]:
    """Put signals that ask for the end off while processes start; they inherit that Ctrl-C is blocked.

    Else one that has not come to ``_begin``, or not been told what to do, ends with a traceback. Ctrl-C is
    blocked for the children's sake, and handlers replaced because another thread may receive the signal; one
    that Python does not handle ends this process as ever. Nothing is done where neither is possible.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    handlers = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in handlers:
        signal.signal(number, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came and callable(handler := handlers[signal.Signals(came[0])]):
        handler(came[0], None)


def _begin(folder: str) -> None:
    """A worker leaves Ctrl-C to the parent, which ends it, and ends by itself if the parent is killed."""
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_parent(folder: str) -> None:
    """Wait for the parent's death, and clear up after it: a pool's own pipes never tell its workers of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _run(told: Path, task: Task) -> Path:
    """The file that holds the result of a task."""
    result = run_task(_scenario(told), task)
    with NamedTemporaryFile(dir=told.parent, delete=False) as file:
        pickle.dump(result, file)
    return Path(file.name)


def _taken(file: Path) -> WorldResult:
    """The result that a worker left in a file."""
    result = pickle.loads(file.read_bytes())
    assert isinstance(result, WorldResult)
    file.unlink()
    return result


@lru_cache(maxsize=1)
def _scenario(told: Path) -> Scenario:
    """The scenario of the last task, which is mostly that of the next one."""
    scenario = pickle.loads(told.read_bytes())
    assert isinstance(scenario, Scenario)
    return scenario


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
