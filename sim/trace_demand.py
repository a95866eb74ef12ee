"""A workload model that replays a trace of real components.

    D[i, t] = mean_i (1 + growth)^(m / 12) u[r(i), t] / mean(u[r(i)])

u[r] is the use of the trace's row r, r(i) the row that component i replays. Rows are dealt to
components by a seeded permutation, again from the front when they are used up, and a trace that ends
begins anew. A component keeps the mean demand that was drawn for it, and takes shape and coincidence
from the trace. Where nothing was measured a row is at its mean; rows that were never busy are left out.

In a scenario: ``demand: {model: "roomfold.sim.trace_demand:TraceDemand", model_options: {path: FILE}}``.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from ..scenarios.elementary import power
from ..scenarios.errors import InputError, Problem
from ..scenarios.schema import Scenario
from ..scenarios.traces import Trace, open_trace
from ..scenarios.world import World

_S_PER_HOUR = 3600
_S_PER_MINUTE = 60
_ROWS = 256  # components read at once


class TraceDemand:
    """Replays a trace; a step of the trace that is longer than one of the scenario is held."""

    def __init__(self, scenario: Scenario, world: World, path: str, reader: str | None = None) -> None:
        """``path`` and ``reader`` as in ``scenarios.traces.open_trace``; the trace stays on disk.

        Raises:
            InputError: the trace cannot be read, or holds nothing.
        """
        step_s = scenario.time.step_minutes * _S_PER_MINUTE
        trace = open_trace(path, reader)
        if trace.step_s < step_s:
            trace.close()
            trace = open_trace(path, reader, step_s=step_s)
        folder = tempfile.mkdtemp(prefix="roomfold-shapes-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        with trace:
            self._shape, self._step_s = _shapes(trace, Path(folder)), trace.step_s
        dealt = np.argsort(world.uniforms("trace-demand", np.arange(len(self._shape))), kind="stable")
        servers = world.estate.servers
        self._row = dealt[servers.id % len(dealt)]
        self._mean_ssj = servers.demand_ssj
        self._growth = world.of(scenario.demand.growth_per_year)

    def fill(self, components: NDArray[np.int64], span: Span, out: NDArray[np.float32]) -> None:
        """Write demand in ssj_ops into ``out``, shape (components, steps)."""
        time_s = (span.first_step + np.arange(span.steps)) * (_S_PER_HOUR / span.steps_per_hour)
        column = (time_s / self._step_s).astype(np.int64) % self._shape.shape[1]
        grown = self._mean_ssj[components] * power(1 + self._growth, span.month / 12)
        np.multiply(
            self._shape[self._row[components][:, None], column], grown[:, None].astype(np.float32), out=out
        )


def _shapes(trace: Trace, folder: Path) -> NDArray[np.float32]:
    """Use over its mean of every row that is ever busy, mapped from a file; shape (rows, steps)."""
    path, busy = folder / "shapes.f32", 0
    with path.open("wb") as file:
        for first in range(0, len(trace), _ROWS):
            use = trace.rows(first, min(_ROWS, len(trace) - first))
            known = np.isfinite(use)
            total = np.where(known, use, 0).sum(axis=1, dtype=np.float64)
            rows = total > 0
            mean = total[rows] / known[rows].sum(axis=1)
            shape = np.where(known[rows], use[rows] / mean[:, None], 1.0)
            file.write(np.ascontiguousarray(shape, dtype=np.float32).tobytes())
            busy += len(shape)
    if not busy:
        raise InputError([Problem(trace.description.path, 0, 0, "", "got no component that is ever busy")])
    return np.memmap(path, dtype=np.float32, mode="r", shape=(busy, trace.steps))
