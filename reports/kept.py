"""The study of a finished run, kept in its folder: every report can be made again from it without simulating.

``study.bin`` holds the results of all worlds, and estate, plans and runs of the one that is kept in full,
each value to the bit; the scenario stands beside it. So a later version of roomfold, whose model draws and
simulates otherwise, can report on what was simulated then, as long as results are made of the same fields.
Times that solvers took are left out, for they are other ones in every run.

One line names the format and the SHA-256 of the rest; one line of JSON lists the blocks; then come a tree of
plain values (``sim.codec``) and every array, compressed by the library that compresses the tables, so that
its version decides on the bytes of both.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pyarrow as pa

from .. import __version__
from ..optimize.plan import Plan, Proof, ScheduleProof, SitingProof
from ..scenarios.clock import Clock
from ..scenarios.errors import InputError, RoomfoldError
from ..scenarios.estate import Estate
from ..scenarios.fleet import FleetScenario
from ..scenarios.loader import fingerprint, load_any
from ..scenarios.trust import RECORD
from ..scenarios.world import World
from ..sim.codec import plain, typed
from ..sim.outcome import Study, WorldResult
from ..sim.run import Run
from . import manifest
from .unpacked import check_unpacked

NAME, SCENARIO = "study.bin", "scenario.yaml"
KIND, NUMBER = (
    b"roomfold study",
    b"2",
)  # one more whenever a field of the results comes to mean something else
NEEDED = {"command", "scenario_fingerprint", "sha256"}  # of the manifest
LEVEL = 6  # of zstd; 9 gains half a per cent

Array = np.ndarray[Any, Any]
Timed = TypeVar("Timed", Proof, SitingProof, ScheduleProof)


class KeptError(RoomfoldError):
    """A folder from which no report can be made again."""

    exit_code = 3


@dataclass(frozen=True)
class Kept:
    """A study as it was kept, and the manifest beside it."""

    study: Study
    manifest: Mapping[str, object]


@dataclass(frozen=True)
class _Content:
    """What the file holds of a study.

    Attributes:
        world: number of the world that is kept in full; ``estate`` is its estate.
    """

    scenario: str
    seed: int
    world: int
    estate: Estate
    results: tuple[WorldResult, ...]
    plans: Mapping[str, Plan]
    runs: Mapping[str, Run]


@dataclass(frozen=True)
class _Block:
    """An array in the file.

    Attributes:
        order: "C" or "F", how the array lies in memory: sums may depend on it in their last digit.
        split: first bytes of all numbers come first, then all second ones; else number by number.
        size: of the compressed bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    order: Literal["C", "F"]
    split: bool
    size: int


def keep(study: Study, folder: Path) -> None:
    """Write a study into a run's folder, beside its scenario."""
    content = _Content(
        scenario=fingerprint(study.scenario),
        seed=study.seed,
        world=study.world.index,
        estate=study.world.estate,
        results=tuple(_untimed_result(result) for result in study.results),
        plans={name: _untimed_plan(made) for name, made in study.plans.items()},
        runs=study.runs,
    )
    arrays: list[Array] = []
    tree = json.dumps(plain(content, arrays), separators=(",", ":")).encode()
    packed = [_packed(array) for array in (np.frombuffer(tree, dtype=np.uint8), *arrays)]
    head = json.dumps([astuple(block) for block, _ in packed], separators=(",", ":"))
    parts = [head.encode() + b"\n", *(data for _, data in packed)]
    digest = sha256()
    for part in parts:
        digest.update(part)
    with (folder / NAME).open("wb") as file:
        file.write(b"%s %s %s\n" % (KIND, NUMBER, digest.hexdigest().encode()))
        file.writelines(parts)


def kept(folder: Path) -> Kept:
    """The study of the run in a folder, whatever version of roomfold simulated it.

    Raises:
        KeptError: if the folder holds a run of a fleet, one that this version cannot read, or a damaged one.
        InputError: if its study would unpack to more than any run does.
        NoRunError: if it holds no run.
    """
    made = manifest.made(folder)
    if not made.keys() >= NEEDED:
        raise KeptError(f"{folder / manifest.NAME}: is damaged; run it anew")
    if not manifest.unchanged(folder, SCENARIO, made):
        raise KeptError(f"{folder / SCENARIO}: was changed since the run; run it anew")
    try:
        scenario = load_any(folder / SCENARIO, trust=RECORD)
    except InputError as error:
        raise _unreadable(folder, made, str(error.problems[0])) from error
    if isinstance(scenario, FleetScenario):
        raise KeptError(f"{folder}: is the run of a fleet, which keeps no study; run it anew for its report")
    content = _content(folder, made)
    values = next((result.draws for result in content.results if result.world == content.world), None)
    if values is None:
        raise KeptError(f"{folder / NAME}: is damaged; run it anew")
    clock = Clock.of(scenario.time, scenario.calendar)
    world = World(content.seed, content.world, values, clock, content.estate)
    study = Study(scenario, content.seed, content.results, world, content.plans, content.runs)
    return Kept(study, made)


def _unreadable(folder: Path, made: Mapping[str, object], why: str) -> KeptError:
    return KeptError(
        f"{folder}: was made by roomfold {made['roomfold']} and cannot be read by {__version__} ({why}); "
        "report it with that version, or run it anew"
    )


def _content(folder: Path, made: Mapping[str, object]) -> _Content:
    """What a study's file holds, if it is whole, of a size, and made of the fields that are known here."""
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise KeptError(f"{path}: is not there; run it anew") from error
    head, _, rest = data.partition(b"\n")
    kind, _, numbered = head.rpartition(b" ")[0].rpartition(b" ")
    if kind == KIND and numbered != NUMBER and numbered.isdigit():
        raise _unreadable(folder, made, f"{NAME} has format {numbered.decode()}, not {NUMBER.decode()}")
    if head != b"%s %s %s" % (KIND, NUMBER, sha256(rest).hexdigest().encode()):
        raise KeptError(f"{path}: is damaged; run it anew")
    listed, _, rest = rest.partition(b"\n")
    arrays, at = [], 0
    try:
        blocks = [_Block(*fields) for fields in json.loads(listed)]
        check_unpacked(path, len(data), sum(_size(block) for block in blocks))
        for block in blocks:
            arrays.append(_unpacked(block, rest[at : at + block.size]))
            at += block.size
        found: _Content = typed(_Content, json.loads(arrays[0].tobytes()), arrays[1:])
    except (TypeError, KeyError, ValueError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise _unreadable(folder, made, f"its results have other fields: {error}") from error
    return found


def _packed(array: Array) -> tuple[_Block, bytes]:
    """An array compressed: number by number, or split where that is shorter."""
    order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    plain_bytes = array.tobytes(order)
    whole = _codec().compress(plain_bytes, asbytes=True)
    split = whole
    if array.itemsize > 1:
        by_rank = np.frombuffer(plain_bytes, dtype=np.uint8).reshape(-1, array.itemsize).T
        split = _codec().compress(by_rank.tobytes(), asbytes=True)
    data = min(whole, split, key=len)
    return _Block(array.dtype.str, array.shape, order, data is not whole, len(data)), data


def _size(block: _Block) -> int:
    """Bytes of an array when it is unpacked; ValueError if it is none of numbers."""
    dtype = np.dtype(block.dtype)
    if dtype.hasobject or min(block.size, *block.shape, 0) < 0:
        raise ValueError("no array of numbers")
    return math.prod(block.shape) * dtype.itemsize


def _unpacked(block: _Block, data: bytes) -> Array:
    """The array that was packed; it can be written to, as it could be then."""
    dtype = np.dtype(block.dtype)
    raw = np.frombuffer(_codec().decompress(data, _size(block), asbytes=True), dtype=np.uint8)
    numbers = raw.reshape(dtype.itemsize, -1).T if block.split else raw
    return numbers.copy().view(dtype).reshape(block.shape, order=block.order)


@cache
def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=LEVEL)


def _untimed_plan(made: Plan) -> Plan:
    return replace(
        made, proof=_untimed(made.proof), siting=_untimed(made.siting), schedule=_untimed(made.schedule)
    )


def _untimed_result(result: WorldResult) -> WorldResult:
    outcomes = {
        name: replace(found, proof=_untimed(found.proof), schedule=_untimed(found.schedule))
        for name, found in result.outcomes.items()
    }
    return replace(result, outcomes=outcomes)


def _untimed(proof: Timed | None) -> Timed | None:
    """A proof without the time it took."""
    return None if proof is None else replace(proof, seconds=0.0)
