"""A workload model that replays a trace of real components.

    D[i, t] = mean_i (1 + growth)^(m / 12) u[r(i), t] / mean(u[r(i)])

u[r] is the use of the trace's row r, r(i) the row that component i replays. Rows are dealt to
components by a seeded permutation, again from the front when they are used up, and a trace that ends
begins anew. A component keeps the mean demand that was drawn for it, and takes shape and coincidence
from the trace. Where nothing was measured a row is at its mean; rows that were never busy are left out.

In a scenario: ``demand: {model: "roomfold.sim.trace_demand:TraceDemand", model_options: {path: FILE}}``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from ..scenarios.errors import InputError, Problem
from ..scenarios.schema import Scenario
from ..scenarios.traces import Trace, open_trace
from ..scenarios.world import World

_S_PER_HOUR = 3600
_S_PER_MINUTE = 60


class TraceDemand:
    """Replays a trace; a step of the trace that is longer than one of the scenario is held."""

    def __init__(self, scenario: Scenario, world: World, path: str, reader: str | None = None) -> None:
        """``path`` and ``reader`` as in ``scenarios.traces.open_trace``; the trace must fit in memory.

        Raises:
            InputError: the trace cannot be read, or holds nothing.
        """
        step_s = scenario.time.step_minutes * _S_PER_MINUTE
        trace = open_trace(path, reader)
        if trace.step_s < step_s:
            trace.close()
            trace = open_trace(path, reader, step_s=step_s)
        self._shape, self._step_s = _shapes(trace), trace.step_s
        trace.close()
        if not self._shape.size:
            raise InputError([Problem(str(path), 0, 0, "", "got no component that is ever busy")])
        dealt = np.argsort(world.uniforms("trace-demand", np.arange(len(self._shape))), kind="stable")
        servers = world.estate.servers
        self._row = dealt[servers.id % len(dealt)]
        self._mean_ssj = servers.demand_ssj
        self._growth = world.of(scenario.demand.growth_per_year)

    def fill(self, components: NDArray[np.int64], span: Span, out: NDArray[np.float32]) -> None:
        """Write demand in ssj_ops into ``out``, shape (components, steps)."""
        time_s = (span.first_step + np.arange(span.steps)) * (_S_PER_HOUR / span.steps_per_hour)
        column = (time_s / self._step_s).astype(np.int64) % self._shape.shape[1]
        grown = self._mean_ssj[components] * (1 + self._growth) ** (span.month / 12)
        np.multiply(
            self._shape[self._row[components][:, None], column], grown[:, None].astype(np.float32), out=out
        )


def _shapes(trace: Trace) -> NDArray[np.float32]:
    """Use over its mean of every row that is ever busy, shape (rows, steps)."""
    use = trace.whole().astype(np.float32)
    known = np.isfinite(use)
    total = np.where(known, use, 0).sum(axis=1, dtype=np.float64)
    busy = total > 0
    use, known, mean = use[busy], known[busy], total[busy] / known[busy].sum(axis=1)
    shape: NDArray[np.float32] = np.where(known, use / mean[:, None], 1.0).astype(np.float32)
    return shape
