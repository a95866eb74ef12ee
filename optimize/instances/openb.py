"""Pods and nodes of the Alibaba GPU cluster trace of 2023: all pods alive at the busiest moment.

Every pod keeps what it asked for, on the cluster's own nodes, and as few nodes as possible are used.
Dimensions are CPU, memory, GPU, and one for each set of GPU models that some pod insists on. A share
of a GPU must lie on one device: it is rounded up to a half, a quarter and so on of a GPU, since such
shares fit on the devices whenever their sum does. The bound is that of the shares as asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .text import fault, rows, text_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PODS = (
    "name",
    "cpu_milli",
    "memory_mib",
    "num_gpu",
    "gpu_milli",
    "gpu_spec",
    "creation_time",
    "deletion_time",
)
NODES = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
WHOLE_GPU = 1000
FINEST = 16
# A node without what a pod needs has so little of it, not nothing: capacities are above zero.
NOTHING = 0.5
ANY = 1e6


@dataclass(frozen=True)
class Pods:
    """Pods alive together, and the kinds of node.

    Attributes:
        name: of the pods' file.
        pods: names, in file order.
        asked: what each asks for, shape (pods, dimensions).
        rounded: the same with GPU shares rounded up.
        capacities: of each kind of node, shape (kinds, dimensions).
        limits: nodes of each kind, shape (kinds,).
        kinds: in words.
        moment_s: the busiest one, seconds of the trace.
    """

    name: str
    pods: tuple[str, ...]
    asked: Floats
    rounded: Floats
    capacities: Floats
    limits: Ints
    kinds: tuple[str, ...]
    moment_s: int


def read(pods: Path, nodes: Path) -> Pods:
    """Read both files.

    Raises:
        InputError: with file, line and field of the first fault.
    """
    table = rows(str(pods), text_of(pods), PODS)
    begins, ends, asks, specs = [], [], [], []
    for row in table:
        begins.append(row.number("creation_time"))
        ends.append(row.number("deletion_time") if row.fields["deletion_time"].strip() else 2**60)
        count, share = row.number("num_gpu"), row.number("gpu_milli", 0, WHOLE_GPU)
        if count > 1 and share not in (0, WHOLE_GPU):
            raise fault(str(pods), row.line, "gpu_milli", "several GPUs are asked for whole")
        asks.append([row.number("cpu_milli"), row.number("memory_mib"), count * (share or WHOLE_GPU)])
        specs.append(frozenset(filter(None, row.fields["gpu_spec"].strip().split("|"))))
    moment, alive = _busiest(np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64))
    asked = np.array(asks, dtype=np.float64)[alive]
    wishes = [specs[i] for i in alive.tolist()]
    distinct = sorted({wish for wish in wishes if wish}, key=sorted)
    insists = np.array([[wish == other for other in distinct] for wish in wishes], dtype=np.float64)
    asked = np.hstack([asked, insists.reshape(len(wishes), len(distinct))])
    rounded = asked.copy()
    rounded[:, 2] = [_on_one_device(share) for share in asked[:, 2].tolist()]
    kinds, limits = _kinds(nodes)
    capacities = [
        [cpu, memory, gpu * WHOLE_GPU or NOTHING, *(ANY if model in wish else NOTHING for wish in distinct)]
        for cpu, memory, gpu, model in kinds
    ]
    words = tuple(
        f"{cpu} mCPU, {memory} MiB, {gpu} x {model or 'no GPU'}" for cpu, memory, gpu, model in kinds
    )
    names = tuple(table[i].fields["name"] for i in alive.tolist())
    name = pods.name.split(".", 1)[0]
    return Pods(name, names, asked, rounded, np.array(capacities), limits, words, moment)


def _busiest(begins: Ints, ends: Ints) -> tuple[int, Ints]:
    """The first moment with most pods alive, and these pods."""
    moments = np.unique(begins)
    count = np.searchsorted(np.sort(begins), moments, side="right") - np.searchsorted(
        np.sort(ends), moments, side="right"
    )
    moment = int(moments[int(count.argmax())])
    return moment, np.flatnonzero((begins <= moment) & (ends > moment))


def _on_one_device(share: float) -> float:
    """A share of one GPU, rounded up to one over a power of two."""
    if share >= WHOLE_GPU or share <= 0:
        return share
    part = 1
    while part < FINEST and share * part * 2 <= WHOLE_GPU:
        part *= 2
    return WHOLE_GPU / part


def _kinds(nodes: Path) -> tuple[list[tuple[int, int, int, str]], Ints]:
    """Kinds of node with cpu, memory, GPUs and model, and how many there are of each."""
    count: dict[tuple[int, int, int, str], int] = {}
    for row in rows(str(nodes), text_of(nodes), NODES):
        key = (
            row.number("cpu_milli", 1),
            row.number("memory_mib", 1),
            row.number("gpu"),
            row.fields["model"],
        )
        count[key] = count.get(key, 0) + 1
    kinds = sorted(count)
    return kinds, np.array([count[kind] for kind in kinds], dtype=np.int64)
