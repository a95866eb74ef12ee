"""The manifest: what it takes to make the bytes of a run again, and the hash of each file."""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Protocol

from ..scenarios.confined import strays
from ..scenarios.fleet import FleetScenario
from ..scenarios.schema import Scenario
from ..sim import stamp
from .holding import NoRunError, no_run

NAME = "manifest.json"
LOG = "run.log"  # of this run alone, the only file that another run need not repeat
RUN_ID_BYTES = 5
CHUNK_BYTES = 1 << 20
MOST_WORLDS = 100_000  # as in a scenario


class Citable(Protocol):
    """A statement of any kind, as far as the manifest reads it."""

    @property
    def version(self) -> str:
        """That of roomfold."""
        ...

    @property
    def scenario(self) -> Scenario | FleetScenario:
        """What was run."""
        ...

    @property
    def fingerprint(self) -> str:
        """See ``scenarios.loader.fingerprint``."""
        ...

    @property
    def seed(self) -> int:
        """The root of every random stream."""
        ...

    @property
    def worlds(self) -> int:
        """Number of worlds simulated; 1 for a fleet."""
        ...


@dataclass(frozen=True)
class Options:
    """What a run was asked for, beside its scenario."""

    worlds: int
    seed: int


def run_id(statement: Citable) -> str:
    """Ten hexadecimal digits that name a run: of version, scenario, seed and number of worlds."""
    text = f"{statement.version}/{statement.fingerprint}/{statement.seed}/{statement.worlds}"
    return blake2b(text.encode(), digest_size=RUN_ID_BYTES).hexdigest()


def write(statement: Citable, folder: Path, *, command: str, options: Mapping[str, object]) -> None:
    """Write the manifest of the files in a folder."""
    content = {
        "roomfold": statement.version,
        "code": stamp.code(),
        "code_of_reports": stamp.code(stamp.REPORTS),
        "run_id": run_id(statement),
        "command": command,
        "scenario": statement.scenario.name,
        "scenario_fingerprint": statement.fingerprint,
        "seed": statement.seed,
        "worlds": statement.worlds,
        "options": dict(options),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": stamp.libraries(),
        "sha256": {name: hash_of(folder / name) for name in sorted(_files(folder) - {NAME, LOG})},
    }
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def read(folder: Path) -> dict[str, object] | None:
    """The manifest of a run; None if the folder holds no run."""
    if not (folder / NAME).is_file():
        return None
    try:
        found = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and "roomfold" in found else None


def made(folder: Path) -> dict[str, object]:
    """The manifest of a run.

    Raises:
        NoRunError: if the folder holds none, saying what it holds, or if a link or a device lies in it: a run
            may come from anybody, and is read as it is.
    """
    found = read(folder)
    if found is None:
        raise no_run(folder)
    stray = next(strays(folder), None)
    if stray is not None:
        raise NoRunError(f"{stray}: is a link or a device, must be a file of the run")
    return found


def written(folder: Path) -> Collection[str] | None:
    """Files that the run in a folder wrote, as paths below it; None if the folder holds no run."""
    found = read(folder)
    if found is None:
        return None
    hashes = found.get("sha256")
    return {NAME, LOG, *(hashes if isinstance(hashes, dict) else ())}


def options(folder: Path) -> Options:
    """What the run in a folder was asked for.

    Raises:
        NoRunError: if it holds no run, or its manifest is damaged.
    """
    found = made(folder)
    worlds, seed = found.get("worlds"), found.get("seed")
    if not isinstance(worlds, int) or not isinstance(seed, int) or not 0 < worlds <= MOST_WORLDS or seed < 0:
        raise NoRunError(f"{folder / NAME}: names no number of worlds or no seed")
    return Options(worlds, seed)


def unchanged(folder: Path, name: str, found: Mapping[str, object]) -> bool:
    """Whether a file of a run is still that of its manifest."""
    hashes, path = found.get("sha256"), folder / name
    return path.is_file() and isinstance(hashes, dict) and hashes.get(name) == hash_of(path)


def differences(one: Path, other: Path) -> list[str]:
    """Files of two runs that are not the same bytes, one line each; the logs are not compared."""
    first, second = _files(one) - {LOG}, _files(other) - {LOG}
    lines = [f"{name}: only in {one}" for name in first - second]
    lines += [f"{name}: only in {other}" for name in second - first]
    both = first & second
    lines += [f"{name}: differs" for name in both if hash_of(one / name) != hash_of(other / name)]
    return sorted(lines)


def _files(folder: Path) -> set[str]:
    """Files below a folder as paths with forward slashes."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
