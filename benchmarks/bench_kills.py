"""Kill what writes folders at random moments, continue it, and compare: same bytes, and never half a folder.

Each chain begins a command anew, kills its whole group of processes (SIGKILL), continues it, kills that
again, until one ends by itself. Every second kill comes after a random time, the others before a random
change of the disk: so also between the writing of a file and its renaming, and between that and the moment
at which the name is on the disk. A thread looks every few milliseconds whether what stands in the place of
the results is whole. In the end the bytes are compared with those of a run that nobody disturbed.

    python benchmarks/bench_kills.py --kills 200 --out docs/verification
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from machine import machine

from roomfold.docs.verification.results import Figure, Result, made_with
from roomfold.sim import stamp

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "tests" / "killable.py"
TINY = ROOT / "tests" / "scenarios" / "tiny.yaml"
WORLDS = 4
LOOK_S = 0.02
WRONG = ("differences", "half_written", "left_over", "errors")  # what must stay empty
LOGS = ("run.log",)  # of one run alone, which another need not repeat


@dataclass(frozen=True)
class Kind:
    """A command that is killed.

    Attributes:
        share: of all kills.
        anew: what begins it, given where to write.
        again: what continues it; the same as ``anew`` for most.
        nested: the results are folders in the folder, which is there from the start.
        whole: charts and all forms of the report are written, and every month is kept.
    """

    name: str
    share: float
    anew: Callable[[Path], Sequence[object]]
    again: Callable[[Path], Sequence[object]] | None = None
    nested: bool = False
    whole: bool = False


def kinds(finished: Path) -> list[Kind]:
    """All commands that are killed, the first of which wrote the finished run that others read."""

    def run(jobs: int) -> Callable[[Path], list[object]]:
        return lambda out: ["run", TINY, "--worlds", WORLDS, "--jobs", jobs, "--quiet", "--out", out]

    def resume(jobs: int) -> Callable[[Path], list[object]]:
        return lambda out: ["run", "--resume", out, "--jobs", jobs, "--quiet"]

    few = ["--worlds", 2, "--jobs", 1, "--quiet", "--out"]
    over = ["--over", "estate.systems=8,10"]
    page = ["--form", "html", "--lang", "en", "--quiet", "--out"]
    return [
        Kind("run, 1 process", 0.55, run(1), resume(1)),
        Kind("run, 2 processes", 0.1, run(2), resume(2)),
        Kind("run of many", 0.1, lambda out: ["run", TINY, TINY, *few, out], nested=True),
        Kind("sweep", 0.1, lambda out: ["sweep", TINY, *over, *few, out]),
        Kind("calibrate", 0.05, lambda out: ["calibrate", finished, "--quiet", "--out", out], whole=True),
        Kind("report", 0.05, lambda out: ["report", finished, *page, out], whole=True),
        Kind("run, whole report", 0.05, run(1), resume(1), whole=True),
    ]


@dataclass
class Found:
    """What a campaign counts."""

    commands: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    moments: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    resumes: int = 0
    chains: int = 0
    differences: list[str] = field(default_factory=list)
    half_written: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As plain values; counts in the order of their names."""
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def read(cls, file: Path) -> Self:
        """What a former campaign found with the same code.

        Raises:
            SystemExit: if it was other code.
        """
        content = json.loads(file.read_text("utf-8"))
        if content["made_with"] != made_with((*stamp.MODEL, *stamp.REPORTS)):
            raise SystemExit(f"{file}: is of other code")
        found = content["found"]
        counts = {name: Counter(found.pop(name)) for name in ("kills", "moments", "changes")}
        return cls(**found, **counts)


class Server:
    """A process that has imported everything and starts each command as a child of its own group."""

    def __init__(self, kind: Kind, errors: Path) -> None:
        asked = {"ROOMFOLD_TEST_SERVE": "1", "ROOMFOLD_TEST_WHOLE": "1" if kind.whole else ""}
        self._errors = errors
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **asked},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, command: Sequence[object], fault: str, after_s: float | None = None) -> tuple[int, str]:
        """How a command ends and what it says on stderr; its group is killed after so many seconds."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(
            json.dumps([[*map(str, command)], fault, str(self._errors)]), file=self._process.stdin, flush=True
        )
        group = int(self._process.stdout.readline())
        timer = None if after_s is None else threading.Timer(after_s, kill, (group,))
        if timer is not None:
            timer.start()
        code = int(self._process.stdout.readline())
        if timer is not None:
            timer.cancel()
        kill(group)  # workers that outlive it for a moment
        return code, self._errors.read_text("utf-8", "replace")


def kill(group: int) -> None:
    """Kill what is left of a group of processes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


class Chain:
    """One command, killed again and again until it ends."""

    def __init__(self, kind: Kind, server: Server, folder: Path, reference: Path) -> None:
        self.kind, self.server, self.folder, self.reference = kind, server, folder, reference
        self.out = folder / reference.name

    def to_its_end(self, moments: Moments, found: Found, most: int) -> None:
        """Kill and continue; at most so many kills."""
        found.chains += 1
        for number in range(most + 1):
            found.resumes += number > 0
            if not self._once(moments if number < most else None, found):
                break
        found.differences += [f"{self.kind.name}: {line}" for line in unlike(self.reference, self.out)]
        left = sorted(path.name for path in self.folder.iterdir() if path != self.out)
        found.left_over += [f"{self.kind.name}: {name}" for name in left]

    def _once(self, moments: Moments | None, found: Found) -> bool:
        """Run once, to be killed at one of the moments; whether it was killed."""
        begun = (self.out.with_name(f"{self.out.name}.partial") / "study.json").exists() or self.out.exists()
        command = (self.kind.again if self.kind.again and begun else self.kind.anew)(self.out)
        change, after_s = (None, None) if moments is None else moments.next()
        with Watch(self, found):
            fault = "none@1" if change is None else f"kill@{change}"
            code, said = self.server.run(command, fault, after_s)
        if code == 0:
            return False
        if code != -signal.SIGKILL:
            found.errors.append(f"{self.kind.name}: exit {code}: {said.strip()[-500:]}")
            return moments is not None
        found.kills[self.kind.name] += 1
        if change is not None:
            found.changes[said.strip().splitlines()[-1].partition(" of ")[0]] += 1
        found.moments[f"{self.kind.name}: {self.phase()}"] += 1
        return True

    def phase(self) -> str:
        """How far a command is, as it lies on the disk."""
        partial = self.out.with_name(f"{self.out.name}.partial")
        if self.kind.again is None:
            return "results there" if self.out.exists() and not self.kind.nested else "under way"
        if self.out.exists():
            return "clearing up" if partial.exists() else "complete"
        if not (partial / "study.json").exists():
            return "beginning"
        if (partial / "published").exists():
            return "putting results in place"
        if (partial / "output").exists():
            return "writing results"
        worlds = sum(not path.suffix for path in (partial / "worlds").iterdir())
        return "middle world in full" if worlds == WORLDS else "simulating"

    def half(self) -> list[str]:
        """What is half written in the place of the results, as it is seen at one moment."""
        pairs = [(self.reference, self.out)]
        if self.kind.nested:
            pairs = [(path, self.out / path.name) for path in self.reference.iterdir() if path.is_dir()]
        return [line for whole, seen in pairs if seen.exists() for line in other_sizes(whole, seen)]


class Watch(threading.Thread):
    """Looks at the place of the results while a command runs, and once when it has ended."""

    def __init__(self, chain: Chain, found: Found) -> None:
        super().__init__(daemon=True)
        self._chain, self._found, self._over = chain, found, threading.Event()

    def run(self) -> None:
        """Look until it is over."""
        over = False
        while not over:
            over = self._over.wait(LOOK_S)
            if lines := self._chain.half():
                self._found.half_written += [f"{self._chain.kind.name}: {line}" for line in lines]
                return

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def files(folder: Path) -> dict[str, Path]:
    """Files of a result by their path, without logs."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path for name, path in found.items() if path.name not in LOGS}


def unlike(one: Path, other: Path) -> list[str]:
    """Files that are not the same bytes in both."""
    first, second = files(one), files(other)
    names = first.keys() | second.keys()
    return [
        name
        for name in sorted(names)
        if name not in first or name not in second or first[name].read_bytes() != second[name].read_bytes()
    ]


def other_sizes(whole: Path, seen: Path) -> list[str]:
    """Files that are missing, or not as long as in the whole folder."""
    lines = []
    for name, path in files(whole).items():
        try:
            size = (seen / name).stat().st_size
        except FileNotFoundError:
            size = -1
        if size != path.stat().st_size:
            lines.append(f"{seen.name}/{name} has {size} bytes")
    return lines if seen.exists() else []  # it may have been exchanged meanwhile


@dataclass
class Moments:
    """When to kill: in turn after a random time and before a random change of the disk, both rather early.

    What is continued has less to do than what is begun, and would mostly end unharmed otherwise.
    """

    source: random.Random
    seconds: float
    changes: int
    by_time: bool = False

    def next(self) -> tuple[int | None, float | None]:
        """The number of a change, or seconds."""
        self.by_time = not self.by_time
        if self.by_time:
            return None, self.seconds * self.source.random() ** 2
        return round(self.changes ** self.source.random()), None


def undisturbed(kind: Kind, server: Server, out: Path, source: random.Random) -> Moments:
    """Make the results once, and learn how long that takes and how many changes of the disk."""
    began = time.monotonic()
    code, said = server.run(kind.anew(out), "none@1")
    if code:
        raise RuntimeError(f"{kind.name}: exit {code}: {said.strip()[-500:]}")
    return Moments(source, time.monotonic() - began, int(said.split()[-2]))


def campaign(found: Found, kills: int, seed: int, only: Sequence[str]) -> Iterator[None]:
    """Kill so often, shared out among the kinds; stops after each of them."""
    source = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="roomfold-kills-"))
    try:
        for number, kind in enumerate(kinds(folder / "0" / "made")):
            wanted = round(kills * kind.share) if not only or kind.name in only else 0
            if not number or wanted:  # the first makes the run that others read
                _killed(kind, wanted, folder, folder / str(number) / "made", source, found)
            print(f"{kind.name}: {found.kills[kind.name]} kills", file=sys.stderr, flush=True)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _killed(
    kind: Kind, wanted: int, folder: Path, reference: Path, source: random.Random, found: Found
) -> None:
    """Kill one kind of command so often."""
    reference.parent.mkdir()
    with Server(kind, folder / "errors") as server:
        try:
            moments = undisturbed(kind, server, reference, source)
        except RuntimeError as error:
            found.errors.append(str(error))
            return
        most = found.kills[kind.name] + wanted
        while (left := most - found.kills[kind.name]) > 0:
            place = folder / "chain"
            place.mkdir()
            Chain(kind, server, place, reference).to_its_end(moments, found, left)
            shutil.rmtree(place)


def main() -> None:
    """Run a campaign and print or write what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="a kind of command; may be repeated")
    parser.add_argument("--out", type=Path, help="folder in which faults.json is written")
    parser.add_argument("--onto", type=Path, help="a former result with the same code, to be added to")
    asked = parser.parse_args()
    found = Found()
    if asked.onto is not None:
        found = Found.read(asked.onto)
    found.commands.append(f"python benchmarks/bench_kills.py {' '.join(sys.argv[1:])}")
    for _ in campaign(found, asked.kills, asked.seed, asked.only):
        if asked.out:
            result(found).save(asked.out)
    print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    sys.exit(any(getattr(found, name) for name in WRONG))


def result(found: Found) -> Result:
    """What was found, as the dossier has it."""
    figures = [
        Figure("kills", sum(found.kills.values()), ">= 200"),
        Figure("killed before a chosen change of the disk", sum(found.changes.values())),
        Figure("chains of kills, each to its end", found.chains),
        Figure("resumes", found.resumes),
        Figure("files with other bytes than undisturbed", len(found.differences), "= 0"),
        Figure("results seen half written", len(found.half_written), "= 0"),
        Figure("files left over", len(found.left_over), "= 0"),
        Figure("resumes that ended in an error", len(found.errors), "= 0"),
    ]
    rows = [
        {"command": command, "moment": moment, "kills": kills}
        for (command, _, moment), kills in sorted((k.partition(": "), n) for k, n in found.moments.items())
    ]
    more = {"command": "; ".join(found.commands), "found": found.to_json(), "machine": machine()}
    return Result("faults", figures, rows, (*stamp.MODEL, *stamp.REPORTS), more)


if __name__ == "__main__":
    main()
