"""The lock of a folder in which a process works: a file in it, held as long as that process lives."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..scenarios.errors import RoomfoldError

LOCK = "lock"
HOLDER_BYTES = 1000


def locked(folder: Path) -> IO[bytes]:
    """The lock of a folder, which names its holder; it falls with that process, however that ends.

    Raises:
        RoomfoldError: if another process holds it.
        OSError: with a file's name, if there can be no lock.
    """
    while True:
        lock = (folder / LOCK).open("ab+")
        try:
            _take(lock)
            if _is_there(folder / LOCK, lock):
                break
        except BlockingIOError as error:
            held = f"{folder}: another process is at work here ({_holder(lock)})"
            lock.close()
            raise RoomfoldError(held) from error
        except OSError as error:
            lock.close()
            raise OSError(error.errno, error.strerror, str(folder / LOCK)) from error
        lock.close()  # removed by its last holder between opening and locking
    with suppress(OSError):  # on a full disk it goes without a name
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {platform.node()}".encode())
        lock.flush()
    return lock


def _take(lock: IO[bytes]) -> None:
    """Lock an open file.

    Raises:
        BlockingIOError: if another process holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        lock.seek(HOLDER_BYTES)  # what is locked cannot be read
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_there(path: Path, lock: IO[bytes]) -> bool:
    """Whether an open file still has its name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(lock.fileno()))
    except FileNotFoundError:
        return False


def _holder(lock: IO[bytes]) -> str:
    """Who holds a lock, in words."""
    lock.seek(0)
    name = lock.read(HOLDER_BYTES).decode("utf-8", "replace")
    return name or "its number is not known"
