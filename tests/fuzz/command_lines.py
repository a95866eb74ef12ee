"""Random command lines: commands, options and values, good ones and junk, in a folder with a few files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from random import Random

import click

from . import seeds
from .folders import check_ended, nothing_simulated, said
from .mutate import JUNK, Files

# Words that stand for something to some option; the files lie in the folder.
WORDS = (
    *(
        "s.yaml",
        "s.yaml@x",
        "inner-mongolia",
        "zhongshan@dear-capital",
        "nation",
        "planetlab",
        "a.vbp",
        "a.csv",
    ),
    *(
        "en",
        "zh",
        "both",
        "auto",
        "html",
        "docx",
        "svg",
        "waterfall",
        "K2",
        "cost,energy,risk",
        "8.5cm",
        "empty",
    ),
    *(
        "estate.rooms=3",
        "time.years=2",
        "estate.rooms={low: 1, mode: 2, high: 3}",
        "study.worlds=0",
        "x=y",
        "=",
    ),
    *(
        "estate.rooms=1,2",
        "0",
        "1",
        "2",
        "-1",
        "64",
        "1e9",
        "nan",
        "inf",
        "keep",
        "consolidate",
        "gross",
        "out",
    ),
    *("tcp://127.0.0.1:1", "s.yaml/", ".", "..", "/dev/null", "-", "--", "a b", "2014-01-01", "bash", "T2"),
)
# These look at the machine or at the network; they have tests of their own.
_LEFT_OUT = {"doctor"}


def whole() -> Sequence[Files]:
    """One good command line."""
    return [{"arguments": b'["check", "s.yaml"]'}]


def make(rng: Random) -> Files:
    """A command line."""
    from roomfold.cli import main

    name = rng.choice([name for name in sorted(main.commands) if name not in _LEFT_OUT])
    arguments = [name if rng.random() < 0.97 else _junk(rng)]
    command = main.commands[name]
    for param in command.params:
        if isinstance(param, click.Argument):
            many = rng.choice((0, 1, 2)) if param.nargs < 0 else int(rng.random() < 0.95)
            arguments += [_value(rng, param) for _ in range(many)]
        elif rng.random() < 1.5 / max(len(command.params), 3):
            arguments.append(rng.choice(param.opts))
            if not getattr(param, "is_flag", False):
                arguments.append(_value(rng, param))
    if rng.random() < 0.1:
        rng.shuffle(arguments)
    return {"arguments": json.dumps([word.replace("\0", "") for word in arguments]).encode()}


def _value(rng: Random, param: click.Parameter) -> str:
    choices = getattr(param.type, "choices", None)
    if choices and rng.random() < 0.7:
        return str(rng.choice(list(choices)))
    return rng.choice(WORDS) if rng.random() < 0.75 else _junk(rng)


def _junk(rng: Random) -> str:
    return rng.choice(JUNK)[:200]


def _laid_out(folder: Path, files: Files) -> list[str]:
    """The arguments; files that they may name."""
    (folder / "arguments").unlink(missing_ok=True)
    (folder / "s.yaml").write_bytes(seeds.MINIMAL.read_bytes())
    (folder / "a.vbp").write_text(seeds.VBP, "utf-8")
    (folder / "a.csv").write_text("server,cores\na,4\n", "utf-8")
    (folder / "empty").mkdir()
    found = json.loads(files["arguments"])
    return [str(word) for word in found] if isinstance(found, list) else []


def run(folder: Path, files: Files) -> None:
    """The command line in this process; what it would simulate is not."""
    arguments = _laid_out(folder, files)
    with chdir(folder), nothing_simulated():
        said(arguments)


def run_process(folder: Path, files: Files) -> None:
    """The command line in a process of its own, with what no simulation follows."""
    arguments = _laid_out(folder, files)
    if arguments[:1] and arguments[0] in ("run", "plan", "sweep", "compare", "calibrate", "fit", "verify"):
        arguments += ["--no-such-option"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "roomfold", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    check_ended(arguments, done.returncode, (done.stderr or done.stdout).decode("utf-8", "replace"))
