"""The working folder of a run: finished worlds, each on the disk as soon as it is there.

It lies beside the folder that the run will write, and goes when that is written:

    NAME.partial/
        study.json, scenario.yaml   what is run, written before anything else
        estate/                     the tables of a listed estate
        worlds/000012               one finished world each, see ``codec``
        checkpoints/000012          a world under way: its simulated months
        output/, former/            while the results are put in place, see ``reports.folder``
        published                   there from the moment ``output`` is whole
        lock                        held by the process that works here

A run may be killed at any moment. What is here is whole or not here at all, so that whoever comes next
continues. ``study.json`` comes first and goes last: a folder without it holds nothing worth keeping.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO, Self

from ..scenarios.confined import strays
from ..scenarios.errors import InputError, Problem, RoomfoldError
from ..scenarios.listed import carried
from ..scenarios.loader import fingerprint, load, resolved_yaml
from ..scenarios.schema import Scenario
from ..scenarios.trust import NOTHING_MORE, Trust
from . import stamp
from .codec import DamagedError, decode, encode
from .durable import settled, within, write_durably
from .lock import LOCK, locked
from .outcome import WorldResult

SUFFIX = ".partial"
STUDY, SCENARIO, PUBLISHED = "study.json", "scenario.yaml", "published"
WORLDS, CHECKPOINTS, OUTPUT, FORMER = "worlds", "checkpoints", "output", "former"


class BegunError(RoomfoldError):
    """A run was begun there and another one is asked for."""

    exit_code = 2


@dataclass(frozen=True)
class Asked:
    """What a run was asked for, with all that decides its bytes."""

    scenario: Scenario
    seed: int
    worlds: int

    @cached_property
    def text(self) -> str:
        """The scenario as one file, which names tables of a listed estate as a run's folder carries them."""
        return resolved_yaml(carried.as_kept(self.scenario))

    def to_json(self) -> dict[str, object]:
        """As ``study.json`` holds it."""
        return {
            "schema": 1,
            "scenario": self.scenario.name,
            "scenario_fingerprint": fingerprint(self.scenario),
            "scenario_sha256": _sha256(self.text),
            "seed": self.seed,
            "worlds": self.worlds,
            "made_by": stamp.stamp(),
        }


class Store:
    """The working folder of one run, held by this process until ``close``."""

    def __init__(self, target: Path, asked: Asked, lock: IO[bytes]) -> None:
        self.target = target
        self.folder = beside(target)
        self.asked = asked
        self._lock = lock

    @classmethod
    def begin(cls, target: Path, asked: Asked) -> Self:
        """A working folder for a new run.

        Raises:
            BegunError: if another run was begun there and some of it is worth keeping, or the folder is
                somebody else's.
            InputError: if no folder can be made there.
        """
        folder = beside(target)
        with within(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_strangers(folder)
            _refuse_links(folder)
            lock = locked(folder)
        if _worth_keeping(folder):
            lock.close()
            raise BegunError(
                f"{folder}: holds {_what(folder)} of a run that was stopped; "
                f"continue it with roomfold run --resume {target}, or delete that folder"
            )
        try:
            _clear(folder)
            carried.copy_tables(asked.scenario, folder)
            write_durably(folder / SCENARIO, [asked.text.encode()])
            text = json.dumps(asked.to_json(), ensure_ascii=False, indent=2)
            for name in (WORLDS, CHECKPOINTS):
                (folder / name).mkdir()
            write_durably(folder / STUDY, [text.encode() + b"\n"])
        except BaseException:
            _leave(folder, lock)
            raise
        return cls(target, asked, lock)

    @classmethod
    def resume(cls, target: Path, *, finished: bool = False, trust: Trust = NOTHING_MORE) -> Self | None:
        """The working folder of a run that was stopped; None if its results are in place already.

        Args:
            finished: whether ``target`` holds a run.
            trust: what the run's scenario may do.

        Raises:
            InputError: if no run was begun there, or what is there cannot be continued here.
        """
        folder = beside(target)
        if not (folder / STUDY).exists() and not finished:
            raise _unusable(target, "holds no run, neither finished nor begun")
        if not folder.exists():
            return None
        _refuse_strangers(folder)
        _refuse_links(folder)
        with within(folder):
            lock = locked(folder)
        try:
            if _in_place(folder) or not (folder / STUDY).exists():
                _leave(folder, lock)
                return None
            asked = _read(folder, trust)
            (folder / PUBLISHED).unlink(missing_ok=True)
            shutil.rmtree(folder / OUTPUT, ignore_errors=True)
            if (folder / FORMER).exists() and not named(folder).exists():
                (folder / FORMER).rename(named(folder))
            for name in (WORLDS, CHECKPOINTS):
                (folder / name).mkdir(exist_ok=True)
        except BaseException:
            lock.close()
            raise
        return cls(target, asked, lock)

    def results(self) -> Iterator[WorldResult]:
        """Worlds finished before, sorted; a damaged file counts as none."""
        for index in range(self.asked.worlds):
            try:
                yield decode(self._world(index).read_bytes())
            except FileNotFoundError:
                continue
            except DamagedError:
                self._world(index).unlink()

    def save(self, result: WorldResult) -> None:
        """Keep a finished world.

        Raises:
            OSError: if it cannot be written; those kept before stay.
        """
        with self.there():
            write_durably(self._world(result.world), encode(result))
        self.checkpoint(result.world).unlink(missing_ok=True)

    def checkpoint(self, index: int) -> Path:
        """The file of a world under way."""
        return self.folder / CHECKPOINTS / f"{index:06}"

    @contextmanager
    def there(self) -> Iterator[None]:
        """Say so plainly if the folder itself is gone."""
        try:
            yield
        except OSError as error:
            if (self.folder / STUDY).exists():
                raise
            text = f"{self.folder}: was removed while a run was at work in it; run it again"
            raise RoomfoldError(text) from error

    @property
    def count(self) -> int:
        """Number of worlds kept."""
        return _count(self.folder)

    def publishing(self) -> None:
        """Note that ``output`` is whole: once it is gone from here, it is in its place."""
        write_durably(self.folder / PUBLISHED, [])

    def hint(self) -> str | None:
        """How to continue, in words, or where the results are; None if there is neither."""
        if _in_place(self.folder):
            return f"the results are in {self.target}"
        if not _worth_keeping(self.folder):
            return None
        return f"{_what(self.folder)} kept; continue with roomfold run --resume {self.target}"

    def discard(self) -> None:
        """Remove the folder and all that is in it."""
        _clear(self.folder)
        self.close()

    def close(self) -> None:
        """Let another process work here; leave no folder that holds nothing."""
        if self._lock.closed:
            return
        if _worth_keeping(self.folder):
            self._lock.close()
        else:
            _leave(self.folder, self._lock)

    def _world(self, index: int) -> Path:
        return self.folder / WORLDS / f"{index:06}"


def named(folder: Path) -> Path:
    """The folder that a run writes, from its own name or that of its working folder."""
    return folder.with_name(folder.name.removesuffix(SUFFIX)) if folder.name.endswith(SUFFIX) else folder


def beside(target: Path) -> Path:
    """The working folder of a run that writes ``target``, beside the folder that a link leads to.

    Raises:
        InputError: if nothing can lie beside that.
    """
    target = settled(target)
    if not target.name:
        raise _unusable(target, "is the root of a disk, where no run can be written")
    return target.with_name(target.name + SUFFIX)


def _read(folder: Path, trust: Trust) -> Asked:
    """What the run in a folder was asked for, if it can be continued here."""
    try:
        text = (folder / SCENARIO).read_bytes().decode()
        found = json.loads((folder / STUDY).read_text("utf-8"))
        made_by: Mapping[str, str] = dict(found["made_by"])
        seed, worlds, hashed = int(found["seed"]), int(found["worlds"]), str(found["scenario_sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(folder / STUDY, "cannot be read; delete the folder and run again") from error
    changed = stamp.difference(made_by, stamp.stamp())
    if changed:
        raise _unusable(
            folder,
            f"was begun with {changed}: continue with that version, or delete the folder and run again",
        )
    if _sha256(text) != hashed:
        raise _unusable(folder / SCENARIO, "was changed since the run began; delete the folder and run again")
    scenario = load(folder / SCENARIO, trust=trust)
    if fingerprint(scenario) != found["scenario_fingerprint"]:
        raise _unusable(folder / SCENARIO, "now means something else; delete the folder and run again")
    return Asked(scenario, seed, worlds)


def _unusable(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, "", message)])


def _count(folder: Path) -> int:
    """Files of finished worlds."""
    worlds = folder / WORLDS
    return sum(path.suffix == "" for path in worlds.iterdir()) if worlds.is_dir() else 0


def _what(folder: Path) -> str:
    """What is kept in a folder, in words."""
    count = _count(folder)
    if count == 0:
        return "simulated months"
    return "1 finished world" if count == 1 else f"{count} finished worlds"


def _worth_keeping(folder: Path) -> bool:
    """Whether a run can be continued here that has got somewhere."""
    if not (folder / STUDY).exists() or _in_place(folder):
        return False
    checkpoints = folder / CHECKPOINTS
    months = checkpoints.is_dir() and any(checkpoints.iterdir())
    return months or _count(folder) > 0 or (folder / FORMER).exists()


def _in_place(folder: Path) -> bool:
    """Whether the results were complete and are no longer here: then they are where they belong."""
    there = (folder / PUBLISHED).exists() and not (folder / OUTPUT).exists()
    return there and named(folder).exists()


def _refuse_strangers(folder: Path) -> None:
    """Make sure that nothing but a run's own files will be cleared away.

    Without ``study.json`` a run has only begun or is nearly gone: nothing else is then in its folders.
    """
    if (folder / STUDY).exists():
        return
    ours = {SCENARIO, PUBLISHED, LOCK, f"{SCENARIO}.new", f"{STUDY}.new"}
    folders = {WORLDS, CHECKPOINTS}
    for path in folder.iterdir():
        if path.name == carried.FOLDER and path.is_dir() and (folder / LOCK).is_file():
            continue  # tables are copied first
        if path.name not in ours and not (path.name in folders and path.is_dir() and not any(path.iterdir())):
            raise BegunError(f"{folder}: holds other files, and a run to {named(folder)} would work there")


def _refuse_links(folder: Path) -> None:
    """Make sure that what is written here is written here: a folder may come from anybody."""
    stray = next(strays(folder), None)
    if stray is not None:
        raise _unusable(stray, "got a link or a device, must be a file of a run")


def _clear(folder: Path) -> None:
    """Empty a folder but for its lock; what names the run goes last."""
    last = (STUDY, SCENARIO, PUBLISHED)
    if folder.is_dir():
        for path in [path for path in folder.iterdir() if path.name not in (*last, LOCK)]:
            _delete(path)
        for name in last:
            (folder / name).unlink(missing_ok=True)


def _leave(folder: Path, lock: IO[bytes]) -> None:
    """Remove a folder that holds nothing worth keeping, its lock at the very end."""
    with suppress(OSError):
        _clear(folder)
        if sys.platform == "win32":
            lock.close()  # no open file can be removed there
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
    lock.close()


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
