"""What part of a machine each server is: all of it, or what a virtual machine of a listed estate takes up.

A vCPU gives at most what a core of its machine gives at full load. Where the vCPU of a machine outnumber its
cores, a virtual machine's share of the machine is less than all its vCPU could use at once: it may reach
beyond its share as long as the others leave it room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .draw_listed import Said, told
from .drawing import Draw, Floats, Ints

# Of a virtual machine of which neither the vCPU nor the share is known, where none is (project assumption).
USUAL_VCPU = 4.0


@dataclass(frozen=True)
class MachineParts:
    """What each server is of its machine, shape (servers,) each.

    Attributes:
        share: part of the machine that it takes up; 1 unless it is virtual.
        reach: most of the machine that it can use at once; 1 unless it is virtual.
        vcpu: cores, or vCPU.
        memory_gb: installed.
    """

    share: Floats
    reach: Floats
    vcpu: Ints
    memory_gb: Floats


def machine_parts(draw: Draw, said: Said, cores: Ints, memory_gb: Floats, ids: Ints) -> MachineParts:
    """The part of its machine that each server is.

    Args:
        cores, memory_gb: of the whole machine of each server.
    """
    share, reach = np.ones(len(ids)), np.ones(len(ids))
    vcpu = told(cores.astype(np.float64), said.numbers("servers", "vcpu"))
    virtual = np.flatnonzero(said.flags("servers", "virtual") == 1)
    if len(virtual):
        of = cores[virtual].astype(np.float64)
        ratio = draw.scenario.estate.vcpu_per_core
        given = said.numbers("servers", "machine_share")[virtual]
        per_core = 1.0 if ratio is None else draw.of(ratio)
        known = said.numbers("servers", "vcpu")[virtual]
        vcpu[virtual] = _vcpu(draw, known, given * of * per_core, ids[virtual])
        share[virtual] = np.where(np.isnan(given), np.minimum(vcpu[virtual] / (of * per_core), 1.0), given)
        reach[virtual] = np.minimum(vcpu[virtual] / of, 1.0)
    installed = told(memory_gb * share, said.numbers("servers", "memory_gb"))
    return MachineParts(share, reach, vcpu.astype(np.int32), installed)


def _vcpu(draw: Draw, known: Floats, by_share: Floats, ids: Ints) -> Floats:
    """vCPU of virtual machines: as listed, by the share that they take up, or as many as another has."""
    others = known[~np.isnan(known)]
    if not len(others):
        others = np.array([USUAL_VCPU])
    like = others[np.floor(draw.u("vcpu", ids) * len(others)).astype(np.int64)]
    by_share = np.maximum(np.round(by_share), 1.0)
    return np.where(np.isnan(known), np.where(np.isnan(by_share), like, by_share), known)
