"""A folder of results, written whole or not at all.

Everything is written in a working folder beside it and renamed into place when it is complete and on
the disk; a former result there gives way only then. After an error nothing is left but the working folder
of a run that can be resumed (``sim.store``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from ..scenarios.errors import RoomfoldError
from ..sim.durable import sync_tree
from ..sim.store import FORMER, OUTPUT, Store
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
    """
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
        OSError: with the name of the folder that cannot be written to.
    """
    check_folder(folder, written)
    place = folder.absolute().parent
    while not place.exists():
        place = place.parent
    try:
        _temporary(folder, place).rmdir()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(place)) from error


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
        OSError: with a file's name, or that of the folder: the disk is full, say.
    """
    check_folder(folder, written)
    folder = folder.absolute()
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
        temporary = _temporary(folder, folder.parent)
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _files(folder: Path) -> set[str]:
    """Files below a folder as paths with forward slashes; links are files."""
    there = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in there}


def _temporary(folder: Path, place: Path) -> Path:
    """A new folder to work in."""
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=place))


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
