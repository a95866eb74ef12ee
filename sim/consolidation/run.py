"""What a run of the fleet leaves: energy, moves, service, and how they came about step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import ALIVE, MOVES, SHORTFALL, SHORTFALL_WEIGHT, Floats, Ints, State
from .quirks import Quirks

J_PER_KWH = 3.6e6


@dataclass(frozen=True)
class MoveLog:
    """Every move in the order in which they began: step (from 1), component, source and target host."""

    step: Ints
    component: Ints
    source: Ints
    target: Ints


@dataclass(frozen=True)
class Timeline:
    """One row per control step, after its moves have begun; energy is booked up to the step."""

    time_s: Floats
    active_hosts: Ints
    components: Ints
    moves: Ints
    energy_kwh: Floats
    mean_utilisation: Floats


@dataclass(frozen=True)
class Service:
    """Service lost, as shares 0..1.

    Attributes:
        slatah: time in which a host in use grants less than is asked, as a share of its time in use.
        pdm: work lost to moves, as a share of the work asked for.
        slatah_pooled, slatah_mean: over all host time, or the mean of the hosts ever in use.
        pdm_pooled, pdm_mean: over all work, or the mean of the components that asked for any.
        overall: work not granted, as a share of the work asked for.
        average: mean relative shortfall while there is one.
    """

    slatah: float
    pdm: float
    slatah_pooled: float
    slatah_mean: float
    pdm_pooled: float
    pdm_mean: float
    overall: float
    average: float

    @property
    def slav(self) -> float:
        """SLATAH x PDM."""
        return self.slatah * self.pdm


@dataclass(frozen=True)
class FleetRun:
    """A run.

    Attributes:
        energy_kwh: of the whole fleet, boots, shutdowns and moves included.
        move_energy_kwh, switch_energy_kwh: of that, for moves; for boots and shutdowns.
        host_energy_kwh: (hosts,).
        migrations, shutdowns, boots: counts.
        alive: components left at the end.
        initial_host: (components,), where each started.
        interpreted: why the engine ran interpreted, or None.
    """

    energy_kwh: float
    move_energy_kwh: float
    switch_energy_kwh: float
    host_energy_kwh: Floats
    migrations: int
    shutdowns: int
    boots: int
    alive: int
    service: Service
    timeline: Timeline
    moves: MoveLog
    initial_host: Ints
    interpreted: str | None

    @property
    def esv(self) -> float:
        """Energy (kWh) x SLAV."""
        return self.energy_kwh * self.service.slav


def service_of(state: State, quirks: Quirks) -> Service:
    """The service figures of a state at the end of a run."""
    used = state.active_s > 0
    asked = state.asked_mips_s > 0
    total = float(state.asked_mips_s.sum())
    lost = float(state.lost_mips_s.sum())
    slatah_pooled = _ratio(float(state.short_s.sum()), float(state.active_s.sum()))
    slatah_mean = _mean(state.short_s[used] / state.active_s[used])
    pdm_pooled = _ratio(lost, total)
    pdm_mean = _mean(state.lost_mips_s[asked] / state.asked_mips_s[asked])
    granted = float(state.granted_mips_s.sum())
    return Service(
        slatah=slatah_pooled if quirks.pooled_metrics else slatah_mean,
        pdm=pdm_pooled if quirks.pooled_metrics else pdm_mean,
        slatah_pooled=slatah_pooled,
        slatah_mean=slatah_mean,
        pdm_pooled=pdm_pooled,
        pdm_mean=pdm_mean,
        overall=_ratio(total - granted, total),
        average=_ratio(float(state.clock[SHORTFALL]), float(state.clock[SHORTFALL_WEIGHT])),
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def run_of(
    state: State,
    quirks: Quirks,
    timeline: Timeline,
    moves: MoveLog,
    initial_host: Ints,
    interpreted: str | None,
) -> FleetRun:
    """Gather a run from the state at its end and the records kept on the way."""
    return FleetRun(
        energy_kwh=float(state.energy_j.sum()) / J_PER_KWH,
        move_energy_kwh=float(state.move_energy_j.sum()) / J_PER_KWH,
        switch_energy_kwh=float(state.switch_energy_j.sum()) / J_PER_KWH,
        host_energy_kwh=state.energy_j / J_PER_KWH,
        migrations=int(state.counts[MOVES]),
        shutdowns=int(state.shutdowns.sum()),
        boots=int(state.boots.sum()),
        alive=int(state.counts[ALIVE]),
        service=service_of(state, quirks),
        timeline=timeline,
        moves=moves,
        initial_host=initial_host,
        interpreted=interpreted,
    )
