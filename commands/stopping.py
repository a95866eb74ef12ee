"""Signals that ask a command to stop: it puts away what it is at, says how to continue, and ends.

Ctrl-C, SIGTERM (``kill``, a shutdown) and SIGHUP (a terminal that closes) are one thing here. Whatever is
sent within a few seconds after the first is passed over, since that time goes into putting away.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_S = 5.0
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last is of Windows


class Stopped(KeyboardInterrupt):
    """A signal asked for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """As a shell has it for a program that a signal ended."""
        return 128 + self.number

    def __str__(self) -> str:
        if self.number == signal.SIGINT:
            return "interrupted"
        return f"stopped by {signal.Signals(self.number).name}"


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise ``Stopped`` where a signal asks for the end; one that is ignored, as under nohup, stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    first_s: list[float] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if first_s and time.monotonic() - first_s[-1] < PATIENCE_S:
            return
        first_s.append(time.monotonic())
        raise Stopped(number)

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    ours = {number: signal.getsignal(number) for number in numbers}
    ours = {n: was for n, was in ours.items() if was in (signal.SIG_DFL, signal.default_int_handler)}
    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, was in ours.items():
            signal.signal(number, was)
