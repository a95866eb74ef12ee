"""The study of a finished run, kept in its folder: every report can be made again from it without simulating.

``study.bin`` holds the results of all worlds, and plans and runs of the one that is kept in full, each value
to the bit. The scenario stands beside it, and the estate is drawn again: its hash tells whether it is the
same. Times that solvers took are left out, for they are other ones in every run.

One line names the format and the SHA-256 of the rest; one line of JSON lists the blocks; then come a tree of
plain values (``sim.codec``) and every array, compressed by the library that compresses the tables, so that
its version decides on the bytes of both. Which code reads the file is in the manifest.
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

from ..optimize.plan import Plan, Proof, ScheduleProof, SitingProof
from ..scenarios.clock import Clock
from ..scenarios.draw_estate import draw_estate
from ..scenarios.errors import RoomfoldError
from ..scenarios.fleet import FleetScenario
from ..scenarios.loader import fingerprint, load_any
from ..scenarios.world import World
from ..sim import stamp
from ..sim.codec import plain, typed
from ..sim.outcome import Study, WorldResult
from ..sim.run import Run
from . import manifest

NAME, SCENARIO = "study.bin", "scenario.yaml"
FORMAT = b"roomfold study 1"
LEVEL = 6  # of zstd; 9 gains half a per cent

Array = np.ndarray[Any, Any]
Timed = TypeVar("Timed", Proof, SitingProof, ScheduleProof)


class KeptError(RoomfoldError):
    """A folder from which no report can be made again."""


@dataclass(frozen=True)
class _Content:
    """What the file holds of a study.

    Attributes:
        world: number of the world that is kept in full.
        estate: hash of its estate.
    """

    scenario: str
    seed: int
    world: int
    estate: str
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
        estate=_digest(study.world.estate),
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
        file.write(b"%s %s\n" % (FORMAT, digest.hexdigest().encode()))
        file.writelines(parts)


def kept(folder: Path) -> Study:
    """The study of the run in a folder.

    Raises:
        KeptError: if the folder holds no run over worlds, one of another version, or a damaged one.
    """
    made = _of_this_version(folder)
    changed = KeptError(f"{folder / SCENARIO}: was changed since the run; run it anew")
    if not manifest.unchanged(folder, SCENARIO, made):
        raise changed
    scenario = load_any(folder / SCENARIO)
    if isinstance(scenario, FleetScenario):
        raise KeptError(f"{folder}: is the run of a fleet, which keeps no study; run it anew for its report")
    content = _content(folder / NAME)
    if content.scenario != fingerprint(scenario):  # code of the user's own, say
        raise changed
    values = next(result.draws for result in content.results if result.world == content.world)
    clock = Clock.of(scenario.time, scenario.calendar)
    world = World(
        content.seed,
        content.world,
        values,
        clock,
        draw_estate(scenario, content.seed, content.world, values, clock),
    )
    if _digest(world.estate) != content.estate:
        raise KeptError(
            f"{folder}: {manifest.elsewhere(made)}, where the estate is drawn otherwise; run it anew"
        )
    return Study(scenario, content.seed, content.results, world, content.plans, content.runs)


def _of_this_version(folder: Path) -> Mapping[str, object]:
    """The manifest of a run whose study this code can read."""
    made = manifest.read(folder)
    if made is None:
        raise KeptError(f"{folder}: holds no run (no readable {manifest.NAME})")
    here = stamp.stamp()
    for name in ("roomfold", "code"):
        there = made.get(name, "of an earlier version")
        if there != here[name]:
            what = f"roomfold {there}" if name == "roomfold" else f"roomfold {here['roomfold']}, code {there}"
            raise KeptError(
                f"{folder}: was made by {what}; here is {here[name]}: use that version, or run it anew"
            )
    return made


def _content(path: Path) -> _Content:
    """What a file holds, if it is whole."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise KeptError(f"{path}: is not there; run it anew") from error
    head, _, rest = data.partition(b"\n")
    if head != b"%s %s" % (FORMAT, sha256(rest).hexdigest().encode()):
        raise KeptError(f"{path}: is damaged; run it anew")
    listed, _, rest = rest.partition(b"\n")
    arrays, at = [], 0
    for fields in json.loads(listed):
        block = _Block(*fields)
        arrays.append(_unpacked(block, rest[at : at + block.size]))
        at += block.size
    found: _Content = typed(_Content, json.loads(arrays[0].tobytes()), arrays[1:])
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


def _unpacked(block: _Block, data: bytes) -> Array:
    """The array that was packed; it can be written to, as it could be then."""
    dtype = np.dtype(block.dtype)
    size = math.prod(block.shape) * dtype.itemsize
    raw = np.frombuffer(_codec().decompress(data, size, asbytes=True), dtype=np.uint8)
    numbers = raw.reshape(dtype.itemsize, -1).T if block.split else raw
    return numbers.copy().view(dtype).reshape(block.shape, order=block.order)


@cache
def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=LEVEL)


def _digest(value: object) -> str:
    """Hash of a dataclass of arrays."""
    arrays: list[Array] = []
    digest = sha256(json.dumps(plain(value, arrays)).encode())
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


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
