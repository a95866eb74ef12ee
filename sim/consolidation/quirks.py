"""CloudSim 3.0.3's quirks, each one named switch. All off is the right behaviour."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Quirks:
    """What CloudSim 3.0.3's PlanetLab experiment does unlike what one would expect; off means done right.

    Attributes:
        destroy_idle: a component that asks for nothing at an update is destroyed for good.
        unmetered_ends: nothing is booked before the first control step nor after the last event.
        ram_bandwidth_unbound: memory and bandwidth bind at the initial placement only.
        spread_initial_placement: components are placed in id order, and load on a host counts against it
            (the power subtracted stays that of an idle host), so they spread over all hosts.
        wake_at_marginal_cost: a host that is off is costed as if its idle power were paid already.
        stale_power: the power before a placement is that of the last update, so what a host receives in this
            step counts against it.
        drain_receivers: a host that receives components from an overloaded one may be drained in the same
            step, so a component can move twice.
        unweighted_regression: LR and LRR are both plain least squares.
        arrival_counts_as_violation: a component arriving (10 % granted, 100 % asked) makes its target
            violate.
        rounding_counts_as_violation: a shortfall of one rounding unit counts.
        shutdowns_include_never_used: every host counts as in use before the first step.
        pooled_metrics: SLATAH and PDM are pooled over hosts and components, not means.
        average_over_records: the average violation weighs every record alike, not by its time.
        interpolated_demand: demand is read off the line between two samples, at every event; power off the
            line between two events. Otherwise a sample holds for its interval.
        late_steps: control steps come 0.1 s after the samples.
        whole_shares: when a host is full, shares are rounded down to whole MIPS.
        zero_load_is_off: a host whose components all ask for nothing counts as off and draws nothing.
        instant_switching: hosts boot and stop in no time and for no energy.
        hash_order_sums: where many requests are summed, it is in the order of CloudSim's hash map, which
            decides whether a component that would fill a host to the last bit fits.
        trim_idle_history: zeros at the old end of a host's history do not count as known.
        unguarded_drains: hosts are drained whether or not it pays.
    """

    destroy_idle: bool = False
    unmetered_ends: bool = False
    ram_bandwidth_unbound: bool = False
    spread_initial_placement: bool = False
    wake_at_marginal_cost: bool = False
    stale_power: bool = False
    drain_receivers: bool = False
    unweighted_regression: bool = False
    arrival_counts_as_violation: bool = False
    rounding_counts_as_violation: bool = False
    shutdowns_include_never_used: bool = False
    pooled_metrics: bool = False
    average_over_records: bool = False
    interpolated_demand: bool = False
    late_steps: bool = False
    whole_shares: bool = False
    zero_load_is_off: bool = False
    instant_switching: bool = False
    hash_order_sums: bool = False
    trim_idle_history: bool = False
    unguarded_drains: bool = False

    def switch(self, name: str) -> Quirks:
        """The same set with one quirk turned over."""
        return replace(self, **{name: not getattr(self, name)})


QUIRKS: tuple[str, ...] = tuple(field.name for field in fields(Quirks))
CLOUDSIM_3_0_3 = Quirks(**dict.fromkeys(QUIRKS, True))
RIGHT = Quirks()
