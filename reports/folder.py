"""A folder of results, written whole or not at all.

Everything is written in a working folder beside it and renamed into place when it is complete and on
the disk; a former result there gives way only then. After an error nothing is left but the working folder
of a run that can be resumed (``sim.store``). What a killed process left, ``.NAME.partial``, is cleared away
by the next that writes there: its lock fell with that process.
"""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

from ..scenarios.errors import RoomfoldError
from ..sim.durable import OF_THE_DISK, settled, sync_tree, unwritable
from ..sim.lock import LOCK, locked
from ..sim.store import FORMER, OUTPUT, SUFFIX, Store, beside
from . import manifest

LEFT_BY_DESKTOPS = (".DS_Store", "Thumbs.db", "desktop.ini")
MOST_NAMED = 3

Written = Callable[[Path], Collection[str] | None]


class FolderError(RoomfoldError):
    """A folder that a run must not be written to."""

    exit_code = 2


def check_folder(folder: Path, written: Written = manifest.written) -> None:
    """Make sure that a result may be written to a folder: it is absent, empty, or holds a former one alone.

    Args:
        written: the files that a former result in a folder wrote; None if there is none.

    Raises:
        FolderError: if it is none of these.
        InputError: if nothing can have that name.
    """
    folder = settled(folder)
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderError(f"{folder}: is a file; choose a folder with --out")
    if not any(folder.iterdir()):
        return
    ours = written(folder)
    if ours is None:
        raise FolderError(f"{folder}: holds other files; choose another folder with --out")
    others = sorted(name for name in _files(folder) - set(ours) if Path(name).name not in LEFT_BY_DESKTOPS)
    if others:
        named = ", ".join(others[:MOST_NAMED]) + (", ..." if len(others) > MOST_NAMED else "")
        raise FolderError(
            f"{folder}: holds files that were added to the former result and would be lost ({named}); "
            "move them, or choose another folder with --out"
        )


def check_place(folder: Path, written: Written = manifest.written) -> None:
    """Check a folder before the work and not after it: see ``check_folder``, and whether it can be made.

    Raises:
        FolderError: see ``check_folder``.
        InputError: with the name of the folder that cannot be written to.
        OSError: the disk is full.
    """
    folder = settled(folder)
    check_folder(folder, written)
    place = folder.parent
    while not place.exists():
        place = place.parent
    try:
        with _temporary(folder, place):
            pass
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise
        raise unwritable(folder if error.errno == errno.ENAMETOOLONG else place, error) from error


def write_folder(
    folder: Path,
    fill: Callable[[Path], None],
    store: Store | None = None,
    written: Written = manifest.written,
) -> None:
    """Have ``fill`` write everything into an empty folder, then put that in the place of ``folder``.

    Args:
        store: the run's working folder, which goes when the results are in place; a temporary one if
            None.
        written: see ``check_folder``.

    Raises:
        FolderError: see ``check_folder``.
        RoomfoldError: if another process writes there.
        OSError: with a file's name, or that of the folder: the disk is full, say.
    """
    folder = settled(folder)
    check_folder(folder, written)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _working(folder, store) as working:
        output = working / OUTPUT
        try:
            output.mkdir()
            with _named(folder):
                fill(output)
                sync_tree(output)
        except BaseException:
            shutil.rmtree(output, ignore_errors=True)
            raise
        if store is not None:
            store.publishing()
        _exchange(folder, output, working / FORMER)
    if store is not None:
        store.discard()


@contextmanager
def _working(folder: Path, store: Store | None) -> Iterator[Path]:
    """The folder to work in, on the disk of the one to write."""
    with nullcontext() if store is None else store.there():
        if store is not None:
            yield store.folder
            return
        with _temporary(folder, folder.parent) as temporary:
            yield temporary


def _files(folder: Path) -> set[str]:
    """Files below a folder as paths with forward slashes; links are files."""
    there = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in there}


@contextmanager
def _temporary(folder: Path, place: Path) -> Iterator[Path]:
    """An empty folder to work in, held by this process, gone in the end; what a dead one left goes first.

    Raises:
        RoomfoldError: if another process works there, or at a run to the same folder.
    """
    if (running := beside(folder) / LOCK).exists():
        locked(running.parent).close()
    temporary = place / f".{folder.name}{SUFFIX}"
    temporary.mkdir(exist_ok=True)
    if others := {path.name for path in temporary.iterdir()} - {LOCK, OUTPUT, FORMER}:
        raise FolderError(
            f"{temporary}: holds other files ({min(others)}), and {folder} is written from there"
        )
    lock = locked(temporary)
    try:
        if (temporary / FORMER).exists() and not folder.exists():  # killed between two renames
            (temporary / FORMER).rename(folder)
        for left in (OUTPUT, FORMER):
            if (temporary / left).exists():
                shutil.rmtree(temporary / left)
        yield temporary
    finally:
        _leave(temporary, lock)


def _leave(temporary: Path, lock: IO[bytes]) -> None:
    """Remove a working folder, its lock at the very end."""
    for left in (OUTPUT, FORMER):
        shutil.rmtree(temporary / left, ignore_errors=True)
    if sys.platform == "win32":
        lock.close()  # no open file can be removed there
    with suppress(OSError):
        (temporary / LOCK).unlink(missing_ok=True)
        temporary.rmdir()
    lock.close()


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Have an error of the disk name a folder, where it names no file: writing to an open file does not."""
    try:
        yield
    except OSError as error:
        if error.filename:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(folder)) from error


def _exchange(folder: Path, complete: Path, former: Path) -> None:
    """Put a complete folder in the place of an absent, empty or former one."""
    if folder.exists():
        folder.rename(former)
    try:
        complete.rename(folder)
    except BaseException:
        with suppress(OSError):
            former.rename(folder)
        raise
