"""A crew of Dask workers, on one machine or many.

A world is one task of a second or more, so that a few milliseconds of the scheduler's do not count. A
worker that is lost loses only the worlds that it was at; the scheduler hands them to others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from ..scenarios.errors import InputError, Problem, RoomfoldError
from ..scenarios.schema import Scenario
from . import stamp
from .crew import Task, run_task
from .outcome import WorldResult

CONNECT_S = 5.0
LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
WORKERS_S = 8.0
SCHEMES = ("tcp", "tls", "ucx", "ws", "wss", "inproc")
PROTECTED = ("tls", "wss", "inproc")  # by certificates, or not to be reached from outside
HERE = ("localhost", "127.0.0.1", "[::1]")
HOST_PORT = re.compile(r"([\w.-]+|\[[\da-fA-F:.]+\]):\d+")


class ClusterError(RoomfoldError):
    """A cluster that cannot be used, or is gone."""


class Cluster:
    """Workers of a Dask scheduler.

    Args:
        address: ``tcp://host:port`` (or another of Dask's protocols; ``host:port`` is TCP), or the path
            of a scheduler file.

    Raises:
        InputError: if the address is none, or its protocol is not set up here.
        ClusterError: if there is no such scheduler, it has no worker, or a worker holds another
            version of roomfold or of what it computes with.
    """

    def __init__(self, address: str) -> None:
        self._distributed = _import()
        self._address = _address(address)
        # Made in two steps: a client that finds no scheduler is half open and must be closed, else it
        # says so itself when Python ends.
        kind = self._distributed.Client
        self._client = kind.__new__(kind)
        try:
            self._connect()
            self._greet()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster; scheduler and workers stay."""
        self._client.close()

    @property
    def unprotected(self) -> bool:
        """Whether anybody who reaches it by the network can run code on it, and here: Dask sends pickles."""
        scheme, _, rest = self._address.partition("://")
        return scheme not in PROTECTED and rest.rpartition(":")[0] not in HERE

    def results(self, scenario: Scenario, tasks: Sequence[Task]) -> Generator[WorldResult]:
        """See ``Crew``. Checkpoints are not kept: workers may see no common disk."""
        submit, here = self._client.submit, stamp.stamp()
        # As a task's result, not as scattered data, it can be made again if its worker is lost.
        sent = submit(_same, scenario, pure=False)
        futures = [submit(_run_here, sent, replace(t, checkpoint=None), here, pure=False) for t in tasks]
        try:
            for future in self._distributed.as_completed(futures, loop=self._client.loop):
                with self._in_words():
                    result: WorldResult = future.result()
                future.release()
                yield result
        finally:
            if self._client.status == "running":
                self._client.cancel(futures)

    def _connect(self) -> None:
        """Find the scheduler."""
        try:
            self._client.__init__(self._address, timeout=CONNECT_S, set_as_default=False, name="roomfold")
        except OSError as error:
            raise ClusterError(f"{self._address}: no Dask scheduler answers") from error
        except (ValueError, TypeError, ImportError, RuntimeError) as error:
            raise _unusable(
                self._address, f"cannot be connected to: {' '.join(str(error).split())}"
            ) from error

    def _greet(self) -> None:
        """Make sure that a worker is there, and that all hold what is here."""
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as error:
            raise ClusterError(f"{self._address}: the scheduler has no worker") from error
        with self._in_words():
            answers: Mapping[str, Any] = self._client.run(stamp.stamp, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, BaseException):
                raise ClusterError(f"{worker}: the worker cannot load roomfold: {answer}")
            _compare(worker, answer, stamp.stamp())

    @contextmanager
    def _in_words(self) -> Generator[None]:
        """Turn what Dask raises into a line."""
        killed = self._distributed.scheduler.KilledWorker
        lost = (self._distributed.client.FutureCancelledError, self._distributed.comm.CommClosedError)
        try:
            yield
        except killed as error:
            text = "workers keep ending before a world is finished: probably too little memory"
            raise ClusterError(f"{self._address}: {text}") from error
        except (*lost, TimeoutError) as error:
            raise ClusterError(f"{self._address}: the scheduler is gone") from error


def _import() -> Any:
    """Dask's ``distributed``, made silent: what goes wrong is said in one line."""
    try:
        import_module("dask").config.set(logging=dict.fromkeys(LOGGERS, "critical"))
        return import_module("distributed")
    except ModuleNotFoundError as error:
        text = 'a cluster needs one more package: pip install "roomfold[cluster]"'
        raise ClusterError(text) from error


def _address(text: str) -> str:
    """The address itself, or that in a scheduler file, with its protocol."""
    if "://" not in text:
        text = f"tcp://{text}" if HOST_PORT.fullmatch(text) else _in_file(text)
    if text.partition("://")[0] not in SCHEMES:
        raise _unusable(text, f"must begin with one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}")
    return text


def _in_file(name: str) -> str:
    """The address that a scheduler file holds."""
    try:
        return str(json.loads(Path(name).read_text("utf-8"))["address"])
    except FileNotFoundError as error:
        raise _unusable(name, "no such file; an address is written tcp://HOST:PORT") from error
    except OSError as error:
        raise _unusable(name, f"cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _unusable(name, "is no scheduler file: must be JSON with an 'address'") from error


def _unusable(address: str, message: str) -> InputError:
    return InputError([Problem(address or "--cluster ''", 0, 0, "", message)])


def _compare(worker: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    found = stamp.difference(there, here)
    if found:
        raise ClusterError(f"{worker}: the worker has {found}; a cluster must be the same everywhere")


def _same(scenario: Scenario) -> Scenario:
    return scenario


def _run_here(scenario: Scenario, task: Task, stamp_there: Mapping[str, str]) -> WorldResult:
    """Simulate a world in a worker, which may have joined after the greeting."""
    _compare("a worker", stamp.stamp(), stamp_there)
    return run_task(scenario, task)
