"""Folders that runs wrote, damaged, and scenarios that ``new`` makes of damaged lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

import click
from click.testing import CliRunner, Result

from roomfold.scenarios.errors import RoomfoldError
from roomfold.scenarios.visible import visible

from . import seeds
from .mutate import Files, mutated

COMMANDS = (
    ("cite", "DIR"),
    ("cite", "DIR", "waterfall", "--lang", "en"),
    ("sensitivity", "DIR", "--json"),
    ("compare", "DIR", "DIR", "--quiet", "--out", "compared"),
    ("calibrate", "DIR", "--claims", "T2", "--quiet", "--out", "calibrated"),
    ("report", "DIR", "--chart", "waterfall", "--lang", "en", "--quiet", "--out", "chart"),
    ("report", "DIR", "--form", "xlsx", "--lang", "en", "--quiet", "--out", "tables"),
    ("explore", "DIR", "--quiet", "--out", "explore.html"),
    ("run", "--resume", "DIR", "--quiet"),
    ("verify", "DIR", "--quiet", "--jobs", "1"),
)
DAMAGED = ("manifest.json", "statement.json", "scenario.yaml", "study.bin", "worlds.parquet")


class ReachedError(RoomfoldError):
    """A command that would simulate now: what it read was good enough."""


@contextmanager
def nothing_simulated() -> Iterator[None]:
    """Whatever would simulate, pack or fit raises ``ReachedError``, since good input may take long."""

    def stop(*_: object, **__: object) -> None:
        raise ReachedError("would be simulated")

    names = ("sim.study.run_study", "sim.frontier.run_frontier", "sim.fleet.run_fleet", "sim.fit.fit")
    names += ("optimize.explain.plan_or_explain", "optimize.instances.answer", "sim.cluster.connected")
    patches = [patch(f"roomfold.{name}", stop) for name in names if _exists(name)]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


@cache
def _exists(name: str) -> bool:
    module, _, attribute = f"roomfold.{name}".rpartition(".")
    return hasattr(__import__(module, fromlist=[attribute]), attribute)


@cache
def whole() -> list[Files]:
    """The folder of a run of three worlds, without its reports."""
    from roomfold.reports import publish, state
    from roomfold.scenarios.loader import load
    from roomfold.sim.study import run_study

    study = run_study(load(seeds.MINIMAL, seeds.TINY_SETS), worlds=3)
    with TemporaryDirectory() as scratch, patch("roomfold.reports.forms.write_forms"):
        folder = Path(scratch) / "run"
        publish(state(study), study, folder)
        return [{p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}]


def make(rng: Random) -> Files:
    """A run with one file damaged, half the time with the manifest made to agree; and a command."""
    (good,) = whole()
    name = rng.choice(DAMAGED)
    files = {**good, **mutated({name: good[name]}, rng, ("run_id", "sha256", "worlds", "seed"))}
    if name != "manifest.json" and rng.random() < 0.7:
        made = json.loads(good["manifest.json"])
        made["sha256"][name] = sha256(files[name]).hexdigest()
        files["manifest.json"] = json.dumps(made).encode()
    if rng.random() < 0.05:
        del files[name]
    return files | {"command": json.dumps(rng.choice(COMMANDS)).encode()}


def run(folder: Path, files: Files) -> None:
    """A command on a damaged run."""
    (folder / "command").unlink(missing_ok=True)
    place = folder / "run"
    place.mkdir()
    for path in [path for path in folder.iterdir() if path != place]:
        path.rename(place / path.name)
    with chdir(folder), nothing_simulated():
        said(
            [
                "run" if word == "DIR" else word
                for word in json.loads(files.get("command", b'["cite", "DIR"]'))
            ]
        )


def adopt(folder: Path, files: Files) -> None:
    """What ``new`` makes of lists can be read, and run so far as a world is drawn."""
    from roomfold.scenarios.draw import draw_world
    from roomfold.scenarios.loader import load

    with chdir(folder):
        done = said(["new", "made", "--quiet", *sorted(files)])
        if done.exit_code == 0:
            draw_world(load("made"), 0)


def said(arguments: list[str]) -> Result:
    """The command in this process.

    Raises:
        AssertionError: it ended in anything but a plain message and an exit code.
        RoomfoldError: it was refused in one.
    """
    from roomfold.cli import main

    done = CliRunner().invoke(main, arguments)
    check_ended(arguments, done.exit_code, done.stderr or done.stdout, done.exception)
    if done.exit_code:
        raise RoomfoldError("refused, in a message that was checked")
    return done


def check_ended(arguments: list[str], code: int, stderr: str, exception: BaseException | None = None) -> None:
    """A command ended as it may."""
    told = f"{click.format_filename(' '.join(arguments))!r}: exit code {code}: {stderr[-1500:]}"
    unexpected = exception is not None and not isinstance(exception, SystemExit)
    if unexpected or code not in (0, 1, 2, 3, 4) or "Traceback" in stderr or "internal error" in stderr:
        raise AssertionError(told) from exception
    last = stderr.rstrip("\n").rpartition("\n")[2]
    if code in (2, 3, 4) and not last.strip():
        raise AssertionError(f"no message: {told}")
    if visible(last) != last:
        raise AssertionError(f"steers a terminal: {told}")
