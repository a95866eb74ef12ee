"""Machines that do no work, by a stated rule, with the evidence.

Comatose is a machine that has delivered nothing for six months (Anthesis and Koomey); no list says that of
itself. What lists say are shares of CPU and memory. ``YES`` needs low use at the peaks: the maximum, or the
95th percentile (backups and scans of a few minutes are no work), or a low mean of a machine that is hardly
ever on. A low mean alone, or a name, makes it ``SUSPECTED``. Memory in use and short high peaks speak against
it, and a figure of exactly zero may be one that nobody measured. A moment's snapshot is no evidence at all.
What the list itself says of a machine's work goes before the rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import Machines
from .reasons import bits
from .terms import Terms

NO, SUSPECTED, YES, UNKNOWN = range(4)
STATES = ("no", "suspected", "yes", "unknown")
AVG, P95, MAX = range(3)

EVIDENCE: dict[str, tuple[str, str]] = {
    "told": ("the list says so", "清单注明闲置"),
    "max_low": ("peak CPU {cpu_max} below {idle_cpu}", "CPU峰值{cpu_max}，低于{idle_cpu}"),
    "p95_low": ("CPU P95 {cpu_p95} below {idle_cpu}", "CPU第95百分位{cpu_p95}，低于{idle_cpu}"),
    "avg_low": ("mean CPU {cpu_avg} below {idle_cpu}", "CPU均值{cpu_avg}，低于{idle_cpu}"),
    "hardly_on": ("on {time_in_use} of the time", "开机时间仅占{time_in_use}"),
    "name": ("its name says so", "名称表明已停用"),
    "but_peak": ("but peak CPU {cpu_max}", "但CPU峰值达{cpu_max}"),
    "but_memory": ("but {memory} of memory in use", "但内存使用{memory}"),
    "but_zero": ("but exactly 0 %, perhaps not measured", "但数值恰为0，可能未采集"),
}
EVIDENCE_BIT = {code: 1 << place for place, code in enumerate(EVIDENCE)}

Masks = NDArray[np.int64]


def judged(machines: Machines, reasons: Masks, terms: Terms) -> tuple[NDArray[np.int8], Masks]:
    """State of each machine, and the evidence as bits of EVIDENCE, shape (machines,) each."""
    mean, p95, most = machines.cpu.T
    memory = memory_in_use(machines)
    marks = {
        "told": machines.said == 1,
        "max_low": most < terms.idle_cpu,
        "p95_low": p95 < terms.idle_cpu,
        "avg_low": mean < terms.idle_cpu,
        "hardly_on": machines.time_in_use < terms.idle_time,
        "name": (reasons & bits("name_retired")) != 0,
        "but_peak": most >= terms.work_cpu,
        "but_memory": memory > terms.idle_memory,
        "but_zero": np.nan_to_num(np.fmax(np.fmax(mean, p95), most), nan=1.0) == 0.0,
    }
    low = marks["max_low"] | marks["p95_low"]
    enough = low | (marks["avg_low"] & marks["hardly_on"])
    against = marks["but_peak"] | marks["but_memory"] | marks["but_zero"]
    # A low mean under a peak that is known to be higher is a machine with little work, not none.
    some = enough | marks["hardly_on"] | marks["name"] | (marks["avg_low"] & np.isnan(p95) & np.isnan(most))
    seen = ~np.isnan(machines.cpu).all(axis=1)
    state = np.where(seen, NO, UNKNOWN)
    state = np.where(some, SUSPECTED, state)
    state = np.where((enough & ~against) | marks["told"], YES, state)
    state = np.where(machines.said == 0, NO, state)
    evidence = np.zeros(len(state), dtype=np.int64)
    for code, mark in marks.items():
        counts = mark & (state != NO) & (some if code.startswith("but") else True)
        evidence |= np.where(counts, EVIDENCE_BIT[code], 0)
    return state.astype(np.int8), evidence


def memory_in_use(machines: Machines) -> NDArray[np.float64]:
    """Share of memory in use: the mean, else the maximum."""
    mean, _, most = machines.memory.T
    found: NDArray[np.float64] = np.where(np.isnan(mean), most, mean)
    return found
