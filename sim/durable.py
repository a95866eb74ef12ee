"""Files that survive a kill or a power cut: whole under their name, or not there at all.

And the places that were asked for: where a link leads, and which cannot be written.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..scenarios.errors import InputError, Problem

# Room may be made on a disk, and the same place be asked for again.
OF_THE_DISK = {errno.ENOSPC, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def within(place: Path) -> Iterator[None]:
    """Count a place that cannot be written as wrong input, as long as nothing was done for it.

    Raises:
        InputError: naming what cannot be written.
        OSError: if it is the disk that is full or broken.
    """
    try:
        yield
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise
        raise unwritable(error.filename or place, error) from error


def unwritable(path: Path | str, error: OSError) -> InputError:
    """That a place cannot be written."""
    return InputError([Problem(str(path), 0, 0, "", f"cannot be written ({error.strerror})")])


def settled(place: Path) -> Path:
    """A place with its whole path; where it is a link, what that leads to.

    Raises:
        InputError: if the link leads in a circle, or nothing can have that name.
    """
    place = place.absolute()
    with within(place):
        if not place.is_symlink():
            return place
    real = Path(os.path.realpath(place))
    if real.is_symlink():
        raise InputError([Problem(str(place), 0, 0, "", "is a link that leads in a circle")])
    return real


def write_durably(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file beside its place, bring it to the disk, then rename it into place.

    Raises:
        OSError: with the file's name; a former file of that name is then as it was.
    """
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        _sync_names(path.parent)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:  # interrupted
        new.unlink(missing_ok=True)
        raise


def write_asked(path: Path, content: bytes) -> None:
    """Write a file that was asked for by name, whole or not at all, where its links lead.

    Raises:
        InputError: if that place cannot be written.
        OSError: if the disk is full or broken.
    """
    path = settled(path)
    with within(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, [content])


def sync_tree(folder: Path) -> None:
    """Bring every file below a folder to the disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_names(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    _sync_names(folder)


def _sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system knows how."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
