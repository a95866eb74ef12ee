"""What tests of runs that stopped share: the command in this process, and what lies on the disk."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from roomfold.cli import main

WORLDS = 5
SEED = 7


def roomfold(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file can grow larger, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def partial(target: Path) -> Path:
    """The working folder of a run."""
    return target.with_name(f"{target.name}.partial")


def finished(target: Path) -> set[int]:
    """Worlds that lie whole in the working folder."""
    worlds = partial(target) / "worlds"
    return {int(path.name) for path in worlds.iterdir() if not path.suffix} if worlds.exists() else set()
