"""What a run needs to know besides the fleet, the demand, the policy and the quirks."""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Rules
from .quirks import Quirks

LATE_S = 0.1  # quirk late_steps


@dataclass(frozen=True)
class Settings:
    """Times, shares and weights of a run.

    Attributes:
        interval_s: between two control steps, and two samples of demand.
        history_steps: control steps of demand that detectors and selectors see.
        move_bandwidth_share: share of a host's link that a move may use (CloudSim: the other half serves the
            components).
        move_overhead: share of a component's CPU that a move takes from it, and that its target bears
            (0.1; Voorsluys et al. 2009, doi 10.1007/978-3-642-10665-1_23, as used by CloudSim).
        boot_s: a boot takes so long (260 s; Gandhi et al. 2012, AutoScale, doi 10.1145/2382553.2382556).
        boot_utilisation: the point of the power curve at which a host boots (1: near peak, ibid.).
        stop_s: a shutdown takes so long, at idle power (assumed).
        expected_stay_s: a drained host is expected to stay off so long (assumed: six steps of five minutes).
        lost_work_weight: a unit of work lost to a move, in units of the energy of doing it (assumed).
        seed, world: of the random stream of the selector.
    """

    interval_s: float = 300.0
    history_steps: int = 30
    move_bandwidth_share: float = 0.5
    move_overhead: float = 0.1
    boot_s: float = 260.0
    boot_utilisation: float = 1.0
    stop_s: float = 30.0
    expected_stay_s: float = 1800.0
    lost_work_weight: float = 1.0
    seed: int = 0
    world: int = 0


DEFAULT = Settings()


def rules_of(settings: Settings, quirks: Quirks, parameter: float) -> Rules:
    """Settings and quirks as the compiled code reads them."""
    return Rules(
        destroy_idle=quirks.destroy_idle,
        ram_bandwidth_unbound=quirks.ram_bandwidth_unbound,
        wake_at_marginal_cost=quirks.wake_at_marginal_cost,
        stale_power=quirks.stale_power,
        drain_receivers=quirks.drain_receivers,
        arrival_counts_as_violation=quirks.arrival_counts_as_violation,
        rounding_counts_as_violation=quirks.rounding_counts_as_violation,
        average_over_records=quirks.average_over_records,
        interpolated_demand=quirks.interpolated_demand,
        whole_shares=quirks.whole_shares,
        zero_load_is_off=quirks.zero_load_is_off,
        instant_switching=quirks.instant_switching,
        hash_order_sums=quirks.hash_order_sums,
        trim_idle_history=quirks.trim_idle_history,
        unguarded=quirks.unguarded_drains,
        interval_s=settings.interval_s,
        history_steps=settings.history_steps,
        move_overhead=settings.move_overhead,
        boot_s=settings.boot_s,
        stop_s=settings.stop_s,
        boot_utilisation=settings.boot_utilisation,
        expected_stay_s=settings.expected_stay_s,
        lost_work_weight=settings.lost_work_weight,
        parameter=parameter,
    )
