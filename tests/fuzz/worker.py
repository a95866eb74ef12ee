"""Runs damaged inputs of one target in this process, with limits, and says on stdout what came of them.

    python -m tests.fuzz.worker TARGET SEED FIRST LAST

The number of each input is written to the file TARGET.at of the folder in FUZZ_STATE before it is tried, so
that whoever started this knows which one killed it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from types import FrameType

from .targets import TARGETS, Target, attempt

MOST_S = 5.0
MOST_BYTES = 2 * 2**30


class HangError(BaseException):
    """An input that took longer than it may."""


def main() -> None:
    """Try inputs of a target and print one line of JSON for each fault, and one at the end."""
    name, seed, first, last = sys.argv[1], *map(int, sys.argv[2:5])
    target, state = TARGETS[name], Path(os.environ["FUZZ_STATE"])
    warnings.simplefilter("error")
    _warm_up(target)
    limit_time()
    limit_memory()
    counts = {"works": 0, "refused": 0, "faults": 0}
    slowest, at = (0.0, first), (state / f"{name}.at")
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    for number in range(first, last):
        at.write_text(str(number), "ascii")
        found, took = tried(target, made(target, seed, number))
        slowest = max(slowest, (took, number))
        if isinstance(found, dict):
            counts["faults"] += 1
            print(json.dumps({"number": number, "seconds": round(took, 2), **found}), flush=True)
        else:
            counts[found] += 1
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = {
        "cpu_s": round(spent, 1),
        "slowest_s": round(slowest[0], 3),
        "slowest": slowest[1],
        "peak_mb": peak >> 10,
        "base_mb": base >> 10,
    }
    print(json.dumps({"done": counts | done}), flush=True)


def made(target: Target, seed: int, number: int) -> dict[str, bytes]:
    """An input by its number."""
    return target.make(Random(f"{seed}/{target.name}/{number}"))


def tried(target: Target, files: dict[str, bytes]) -> tuple[str | dict[str, str], float]:
    """What came of an input, and processor seconds (of this process) that it took."""
    folder = Path(mkdtemp(prefix="fuzz-"))
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, MOST_S)
        found: str | dict[str, str] = attempt(target, folder, files)
    except HangError:
        found = {"error": "hang", "trace": traceback.format_exc(limit=-8)}
    except BaseException as error:  # whatever it is, it is what is looked for
        found = {"error": _signature(error), "trace": traceback.format_exc(limit=-6)[-3000:]}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shutil.rmtree(folder, ignore_errors=True)
    took = time.process_time() - began
    if took > MOST_S and isinstance(found, str):
        found = {"error": "slow", "trace": ""}
    return found, took


def _signature(error: BaseException) -> str:
    """Type and place of an error: what tells faults apart."""
    inner = error.__cause__ or error.__context__ or error if isinstance(error, AssertionError) else error
    frames = traceback.extract_tb(inner.__traceback__) or traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "roomfold" in frame.filename and "tests" not in frame.filename]
    place = f"{Path(own[-1].filename).name}:{own[-1].name}" if own else ""
    return f"{type(inner).__name__} {place} {re.sub(r'[0-9]+', '#', str(inner))[:80]!r}"


def _warm_up(target: Target) -> None:
    """What is imported and compiled at first use does not count for the first input."""
    for files in [*target.whole()][: 6 if target.name == "pack" else 1]:
        folder = Path(mkdtemp(prefix="fuzz-"))
        attempt(target, folder, files)
        shutil.rmtree(folder)


def limit_time() -> None:
    """A signal, when an input's time is over, raises ``HangError``."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    signal.signal(signal.SIGPROF, over)


def limit_memory() -> None:
    """No more address space than two gigabytes beyond what the libraries took."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    most = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
