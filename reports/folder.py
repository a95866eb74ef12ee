"""A folder of results, written whole or not at all.

Everything is written in a working folder beside it and renamed into place when it is complete and on
the disk; a former result there gives way only then. After an error nothing is left but the working folder
of a run that can be resumed (``sim.store``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from ..scenarios.errors import RoomfoldError
from ..sim.durable import sync_tree
from ..sim.store import FORMER, OUTPUT, Store
from . import manifest


class FolderError(RoomfoldError):
    """A folder that a run must not be written to."""

    exit_code = 2


def holds_run(folder: Path) -> bool:
    """Whether a folder holds a run."""
    return manifest.read(folder) is not None


def check_folder(folder: Path, ours: Callable[[Path], bool] = holds_run) -> None:
    """Make sure that a result may be written to a folder: it is absent, empty, or holds a former one.

    Args:
        ours: tells a former result from other files.

    Raises:
        FolderError: if it is none of these.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderError(f"{folder}: is a file; choose a folder with --out")
    if any(folder.iterdir()) and not ours(folder):
        raise FolderError(f"{folder}: holds other files; choose another folder with --out")


def write_folder(
    folder: Path,
    fill: Callable[[Path], None],
    store: Store | None = None,
    ours: Callable[[Path], bool] = holds_run,
) -> None:
    """Have ``fill`` write everything into an empty folder, then put that in the place of ``folder``.

    Args:
        store: the run's working folder, which goes when the results are in place; a temporary one if
            None.
        ours: see ``check_folder``.

    Raises:
        FolderError: see ``check_folder``.
    """
    check_folder(folder, ours)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _working(folder, store) as working:
        output = working / OUTPUT
        try:
            output.mkdir()
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
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


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
