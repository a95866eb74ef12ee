"""Pack an instance of a public format and say what was found, with its proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import reassign
from ..endings import time_limit
from ..packing import pack
from ..packing.distinct import Distinct, pack_distinct
from ..packing.rules import Hosts, Items, pack_items
from . import openb, synthetic, vbp

Ints = NDArray[np.int64]

# Fewer kinds of item than this share of all: items repeat, and are packed by kind.
REPEATS = 1 / 3
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        summary: as ``roomfold pack`` prints it.
        placement: item, host, type of host, in words.
    """

    summary: dict[str, Any]
    placement: list[tuple[str, str, str]]


def answer(
    instance: vbp.Vbp | synthetic.Zones | openb.Pods | reassign.Instance, seconds: float | None
) -> Answer:
    """Pack one instance.

    Args:
        seconds: begin nothing new after so many, where the method can be stopped; None for limits that
            are the same on every machine.

    Raises:
        InfeasibleError: something fits on no host.
    """
    began = perf_counter()
    with time_limit(seconds):
        made = _made(instance, seconds)
    made.summary["seconds"] = round(perf_counter() - began, 3)
    return made


def _made(
    instance: vbp.Vbp | synthetic.Zones | openb.Pods | reassign.Instance, seconds: float | None
) -> Answer:
    if isinstance(instance, vbp.Vbp):
        return _bins(instance, seconds)
    if isinstance(instance, synthetic.Zones):
        return _zones(instance)
    if isinstance(instance, openb.Pods):
        return _pods(instance, seconds)
    return _reassigned(instance, seconds)


def _proof(cost: float, bound: float) -> dict[str, Any]:
    gap = cost / bound - 1 if bound > 0 else None if cost > 0 else 0.0
    return {
        "bound": _plain(bound),
        "gap": None if gap is None else max(gap, 0.0),
        "optimal": bool(cost <= bound * (1 + TOLERANCE)),
    }


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _bins(instance: vbp.Vbp, seconds: float | None) -> Answer:
    n = int(instance.counts.sum())
    kind = np.repeat(np.arange(len(instance.counts)), instance.counts)
    alike = len(np.unique(instance.sizes[instance.counts > 0], axis=0)) < REPEATS * n
    capacities = instance.capacity[None, :].astype(np.float64)
    if alike and (instance.sizes >= 0).all():
        packed = pack(instance.sizes.astype(np.float64), instance.counts, capacities, np.ones(1))
        found = Distinct(
            packed.types,
            _dealt(packed.copies, kind),
            packed.cost,
            float(np.ceil(packed.bound - 1e-6)),
            packed.method,
        )
    else:
        found = pack_distinct(
            instance.sizes[kind].astype(np.float64), capacities, np.ones(1), seconds=seconds
        )
    summary = {
        "instance": instance.name,
        "format": "vbp",
        "items": n,
        "dims": len(instance.capacity),
        "bins": len(found.types),
        **_proof(found.cost, found.bound),
        "method": found.method,
    }
    names = _numbered(kind, instance.counts)
    return Answer(summary, [(i, str(h), "bin") for i, h in zip(names, found.host_of.tolist(), strict=True)])


def _numbered(kind: Ints, counts: Ints) -> list[str]:
    """Items by the number of their line, from 1; copies of one line carry a second number."""
    first = np.cumsum(counts) - counts
    copy = np.arange(len(kind)) - first[kind]
    return [
        f"{k + 1}" if counts[k] == 1 else f"{k + 1}.{c + 1}"
        for k, c in zip(kind.tolist(), copy.tolist(), strict=True)
    ]


def _dealt(copies: Ints, kind: Ints) -> Ints:
    """Host of each item, kinds in ascending order, where hosts hold so many copies of each kind."""
    order = np.argsort(kind, kind="stable")
    hosts = np.arange(len(copies))
    slots = [
        np.repeat(hosts, copies[:, k])[:n] for k, n in enumerate(np.bincount(kind, minlength=copies.shape[1]))
    ]
    host_of = np.empty(len(kind), dtype=np.int64)
    host_of[order] = np.concatenate(slots)
    return host_of


def _zones(instance: synthetic.Zones) -> Answer:
    parts: list[dict[str, Any]] = []
    placement: list[tuple[str, str, str]] = []
    for zone in np.unique(instance.zone).tolist():
        chosen = np.flatnonzero(instance.zone == zone)
        part, host_of, types = _zone(instance, chosen)
        parts.append({"zone": zone, **part})
        placement += [
            (instance.machines[i], f"{zone}.{h}", str(types[h]))
            for i, h in zip(chosen.tolist(), host_of.tolist(), strict=True)
        ]
    cost, bound = (fsum(part[key] for part in parts) for key in ("cost", "bound"))
    summary = {
        "instance": instance.name,
        "format": "zones",
        "items": len(instance.machines),
        "dims": instance.sizes.shape[1],
        "cost": _plain(cost),
        "hosts": sum(part["hosts"] for part in parts),
        **_proof(cost, bound),
        "method": ", ".join(sorted({part["method"] for part in parts})),
        "apart_kept": all(part["apart_kept"] for part in parts),
        "zones": parts,
    }
    return Answer(summary, placement)


def _zone(instance: synthetic.Zones, chosen: Ints) -> tuple[dict[str, Any], Ints, Ints]:
    """Pack one zone: what was found, the host of each machine, the type of each host."""
    apart = instance.apart[chosen]
    items = replace(Items.free(instance.sizes[instance.flavour[chosen]]), apart=apart)
    no_limits = np.full(len(instance.costs), -1, dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    packed = pack_items(items, Hosts(instance.capacities, instance.costs, no_limits, none))
    grouped = apart >= 0
    places = np.stack([apart[grouped], packed.host_of[grouped]], axis=1)
    part = {
        "items": len(chosen),
        "cost": _plain(packed.cost),
        "hosts": len(packed.types),
        **_proof(packed.cost, packed.bound),
        "method": packed.method,
        "apart_kept": len(np.unique(places, axis=0)) == len(places),
    }
    return part, packed.host_of, packed.types


def _pods(instance: openb.Pods, seconds: float | None) -> Answer:
    costs = np.ones(len(instance.limits))
    found = pack_distinct(instance.rounded, instance.capacities, costs, instance.limits, seconds)
    bound = found.bound
    if (instance.rounded != instance.asked).any():
        bound = min(
            bound, pack_distinct(instance.asked, instance.capacities, costs, instance.limits, seconds).bound
        )
    summary = {
        "instance": instance.name,
        "format": "openb",
        "items": len(instance.pods),
        "dims": instance.asked.shape[1],
        "moment_s": instance.moment_s,
        "nodes": len(found.types),
        "cost": _plain(found.cost),
        **_proof(found.cost, bound),
        "method": found.method,
    }
    hosts = found.host_of.tolist()
    kinds = [instance.kinds[found.types[h]] for h in hosts]
    return Answer(summary, list(zip(instance.pods, map(str, hosts), kinds, strict=True)))


def _reassigned(instance: reassign.Instance, seconds: float | None) -> Answer:
    found = reassign.improve(instance, seconds=seconds)
    summary = {
        "instance": instance.name,
        "format": "roadef",
        "items": len(found.assignment),
        "dims": instance.requirements.shape[1],
        "start_cost": int(found.start_cost),
        "cost": int(found.cost),
        **_proof(float(found.cost), float(found.bound)),
        "method": found.method,
    }
    places = enumerate(found.assignment.tolist())
    return Answer(summary, [(str(p), str(m), "machine") for p, m in places])
