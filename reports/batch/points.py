"""Points of a sweep that are finished, each on the disk as soon as it is there.

They wait in NAME.partial beside the folder that the sweep will write: ``sweep.json`` names the sweep and
all that decides its bytes, ``points/000012`` is one point. Asked for again, the same sweep goes on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...scenarios.errors import RoomfoldError
from ...sim import stamp
from ...sim.durable import write_durably
from ...sim.lock import LOCK, locked
from ...sim.store import beside
from ..folder import FolderError

NAME, POINTS = "sweep.json", "points"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class KeptPoints:
    """The folder of finished points."""

    folder: Path

    def of(self, number: int, simulated: Callable[[], Json]) -> Json:
        """What is kept of a point; it is simulated if nothing is."""
        path = self.folder / POINTS / f"{number:06}"
        with suppress(OSError, ValueError):
            found: Json = json.loads(path.read_text("utf-8"))
            return found
        made = simulated()
        text = json.dumps(made, ensure_ascii=False, allow_nan=False)
        write_durably(path, [text.encode()])
        return made


@contextmanager
def kept_points(target: Path, sweep: str) -> Iterator[KeptPoints]:
    """The finished points of a sweep, by its id; those of another sweep to the same folder go.

    Raises:
        FolderError: if the place holds somebody else's files.
    """
    folder = beside(target)
    folder.mkdir(parents=True, exist_ok=True)
    if any(path.name not in (NAME, f"{NAME}.new", POINTS, LOCK) for path in folder.iterdir()):
        raise FolderError(f"{folder}: holds other files, and a sweep to {target} would work there")
    lock = locked(folder)
    try:
        named = json.dumps({"sweep": sweep, "made_by": stamp.stamp()}).encode()
        if not (folder / NAME).is_file() or (folder / NAME).read_bytes() != named:
            shutil.rmtree(folder / POINTS, ignore_errors=True)
            write_durably(folder / NAME, [named])
        (folder / POINTS).mkdir(exist_ok=True)
        yield KeptPoints(folder)
    finally:
        lock.close()
        if not any((folder / POINTS).glob("*")):
            discard(target)


def discard(target: Path) -> None:
    """Remove what is kept of a sweep that is written, or finished no point; not what another works on."""
    folder = beside(target)
    with suppress(OSError, RoomfoldError):
        locked(folder).close()
        shutil.rmtree(folder)
