"""Irregular samples on regular steps, by time-weighted mean.

A sample holds from its own time until the next sample of its component. Where the next one comes
later than 1.5 usual spacings there is a gap: the sample holds for one usual spacing, and after that
nothing is known. A step of which less than half is known counts as unknown.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

GAP_SPACINGS = 1.5
LEAST_KNOWN = 0.5
SNAP_STEPS = 1e-6  # times this close to a step's edge are on it


def durations(time_s: Floats, component: Indices, usual_s: Floats, *, gaps: bool) -> Floats:
    """How long each sample holds, s.

    Args:
        time_s: rising within each component, shape (samples,).
        component: rising, shape (samples,).
        usual_s: usual spacing of each component, shape (components,).
        gaps: whether a long spacing is a gap; if not, a sample holds until the next however late.
    """
    usual = usual_s[component]
    held = usual.copy()
    same = component[1:] == component[:-1]
    spacing = time_s[1:] - time_s[:-1]
    follows = same & (spacing <= GAP_SPACINGS * usual[:-1]) if gaps else same
    held[:-1] = np.where(follows, spacing, held[:-1])
    return held


def on_steps(
    time_s: Floats,
    value: Floats,
    held_s: Floats,
    component: Indices,
    components: int,
    start_s: float,
    step_s: float,
    steps: int,
) -> Float32s:
    """Time-weighted means over steps, shape (components, steps); nan where too little is known.

    Args:
        time_s, value, held_s, component: samples, shape (samples,); a nan value is no knowledge.
    """
    known = np.isfinite(value)
    row, mean = component[known], value[known]
    begin = _snapped((time_s[known] - start_s) / step_s)
    end = np.minimum(_snapped((time_s[known] + held_s[known] - start_s) / step_s), steps)
    first = np.floor(begin).astype(np.int64)
    count = np.maximum(np.ceil(end).astype(np.int64) - first, 0)
    sample = np.repeat(np.arange(len(row)), count)
    within = np.arange(len(sample)) - np.repeat(np.cumsum(count) - count, count)
    step = first[sample] + within
    overlap = np.minimum(end[sample], step + 1) - np.maximum(begin[sample], step)
    cell, cells = row[sample] * steps + step, components * steps
    weight = np.bincount(cell, overlap, cells)
    total = np.bincount(cell, overlap * mean[sample], cells)
    found = np.full(cells, np.nan, dtype=np.float32)
    enough = weight >= LEAST_KNOWN - SNAP_STEPS
    found[enough] = total[enough] / weight[enough]
    return found.reshape(components, steps)


def _snapped(steps: Floats) -> Floats:
    whole = np.rint(steps)
    return np.where(np.abs(steps - whole) < SNAP_STEPS, whole, steps)
