"""Hosts and what they hold: types as the scenario has them, room for everything at every hour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from .facts import BUSY_SHARE, Facts
from .violation import ROUNDING, Violation, over, wrong

Floats = NDArray[np.float64]

# Hours of a year that are tried for overload, each with noise of its own.
HOURS_TRIED = 1460
# Beyond so many standard errors an overload is no accident of the hours tried.
STANDARD_ERRORS = 4.0
COMPONENTS_AT_ONCE = 2048


def host_types(facts: Facts) -> Iterator[Violation]:
    """Hosts are what their type says."""
    hosts, of = facts.plan.hosts, facts.world.of
    held = np.stack([hosts.vcpu, hosts.memory_gb, hosts.disk_gb, hosts.capacity_ssj], axis=1)
    kinds, names = facts.cloud.host_types, sorted(facts.scenario.hardware.curves)
    units = np.array([kind.rack_units for kind in kinds])[hosts.type]
    price = of(facts.cloud.host_price_cny) * np.array([kind.price_ratio for kind in kinds])[hosts.type]
    curve = np.array([names.index(kind.curve) for kind in kinds])[hosts.type]
    same = np.isclose(held, facts.capacity, rtol=ROUNDING).all(axis=1) & (curve == hosts.curve)
    same &= np.isclose(units, hosts.rack_units) & np.isclose(price, hosts.price_cny)
    yield from wrong("host types", "host", np.flatnonzero(~same), "is not what its type says")


def flavours(facts: Facts) -> Iterator[Violation]:
    """Each component gets a size, and the memory and disk that it uses today fit in it."""
    plan = facts.plan
    unsized = (plan.placement >= 0) != (plan.flavour >= 0)
    yield from wrong("flavours", "server", np.flatnonzero(unsized), "has a host without a size, or none")
    if unsized.any():
        return
    short = facts.needs_gb - facts.flavour_sizes[:, 1:]
    for column, what in enumerate(("memory", "disk")):
        yield from over(
            "flavours", "component", short[:, column], 0.0, "GB", f"GB of {what} more than its size"
        )


def memory(facts: Facts) -> Iterator[Violation]:
    """Memory of every host at every hour."""
    most = facts.most_at_once(facts.needs_gb[:, 0])
    yield from over("memory", "host", most, facts.capacity[:, 1], "GB", "GB of memory")


def disk(facts: Facts) -> Iterator[Violation]:
    """Disk of every host at every hour."""
    most = facts.most_at_once(facts.needs_gb[:, 1])
    yield from over("disk", "host", most, facts.capacity[:, 2], "GB", "GB of disk")


def sizes(facts: Facts) -> Iterator[Violation]:
    """Where hosts are filled by sizes, the sizes fit: vCPU given out, memory and disk."""
    if facts.cloud.sizing not in ("performance", "as-is"):
        return
    for column, what in enumerate(("vCPU", "GB of memory", "GB of disk")):
        most = facts.most_at_once(facts.flavour_sizes[:, column])
        yield from over("sizes", "host", most, facts.capacity[:, column], what.split()[0], f"{what} given")


def busy_hours(facts: Facts) -> Iterator[Violation]:
    """Where sizes come from measured use, the planned load of a host in the busy hours is kept."""
    if facts.cloud.sizing != "performance":
        return
    most = facts.most_at_once(np.minimum(_busy_ssj(facts), _one_host(facts)))
    limit = facts.capacity[:, 3] * facts.world.of(facts.cloud.busy_hour_load)
    yield from over("busy hours", "host", most, limit, "ssj_ops", "ssj_ops in the busy hours")


def _busy_ssj(facts: Facts) -> Floats:
    """Demand of each component in the busy hours, with the growth planned for, noise aside."""
    busy = np.quantile(facts.profile, 1 - BUSY_SHARE, axis=1)
    mean = facts.world.estate.servers.demand_ssj[facts.placed]
    return np.asarray(mean * facts.growth * busy[facts.demand_class])


def _one_host(facts: Facts) -> float:
    """What outgrows this is not split: one component never asks for more than the largest host."""
    return float(facts.usable[:, 3].max() * facts.world.of(facts.cloud.busy_hour_load))


def overload(facts: Facts) -> Iterator[Violation]:
    """Where hosts are filled by profiles, the share of host-hours over capacity is what was promised.

    Hours spread over a year are tried with all components at the growth planned for, each hour with
    noise drawn as the demand model has it. Not for demand models of the scenario's own.
    """
    if facts.cloud.sizing in ("performance", "as-is") or facts.scenario.demand.model is not None:
        return
    promised = facts.world.of(facts.cloud.overload_share)
    active, held = np.unique(facts.host, return_counts=True)
    active = active[held > 1]  # one component alone is never split
    if not len(active):
        return
    over_hour = (_hourly_ssj(facts)[active] > facts.capacity[active, 3][:, None]).mean(axis=0)
    share, error = float(over_hour.mean()), float(over_hour.std() / np.sqrt(len(over_hour)))
    if share > promised + STANDARD_ERRORS * error + ROUNDING:
        words = f"{share:.3%} of host-hours are over capacity, {promised:.3%} promised"
        yield Violation("overload", words, share - promised, "of host-hours")


def _hourly_ssj(facts: Facts) -> Floats:
    """Demand of each host in the hours tried, shape (hosts, hours)."""
    classes = list(facts.scenario.demand.classes.values())
    hours = np.linspace(0, facts.profile.shape[1], HOURS_TRIED, endpoint=False).astype(np.int64)
    common, day = (
        np.array([facts.world.of(share) for share in shares])
        for shares in ([kind.common_share for kind in classes], [kind.day_share for kind in classes])
    )
    # Uniform of mean 0 and variance 1, as the demand model has it; any seed will do.
    width = np.sqrt(3.0)
    draw = np.random.Generator(np.random.Philox(key=facts.world.index))
    shared = draw.uniform(-width, width, (len(classes), len(hours)))
    servers = facts.world.estate.servers
    mean = servers.demand_ssj[facts.placed] * facts.growth
    noise = servers.noise[facts.placed]
    total = np.zeros((len(facts.plan.hosts.type), len(hours)))
    for first in range(0, len(mean), COMPONENTS_AT_ONCE):
        rows = slice(first, first + COMPONENTS_AT_ONCE)
        kind, spread = facts.demand_class[rows], noise[rows, None]
        lasting, passing = draw.uniform(-width, width, (2, len(kind), len(hours)))
        own = np.sqrt(day[kind])[:, None] * lasting + np.sqrt(1 - day[kind])[:, None] * passing
        z = np.sqrt(common[kind])[:, None] * shared[kind] + np.sqrt(1 - common[kind])[:, None] * own
        factor = (1 + spread * z) ** 2 / (1 + spread**2)
        np.add.at(total, facts.host[rows], mean[rows, None] * facts.profile[kind][:, hours] * factor)
    return total


def mean_day_ssj(facts: Facts) -> Floats:
    """Mean demand of each component by hour of a working day and of a day off, shape (placed, 48)."""
    workday = np.repeat(facts.world.clock.workday[: facts.profile.shape[1] // HOURS_PER_DAY], HOURS_PER_DAY)
    hour = np.tile(np.arange(HOURS_PER_DAY), len(workday) // HOURS_PER_DAY)
    kind = np.where(workday, hour, hour + HOURS_PER_DAY)
    count = np.maximum(np.bincount(kind, minlength=2 * HOURS_PER_DAY), 1)
    by_kind = [np.bincount(kind, row, minlength=2 * HOURS_PER_DAY) / count for row in facts.profile]
    mean = facts.world.estate.servers.demand_ssj[facts.placed] * facts.growth
    return np.asarray(mean[:, None] * np.array(by_kind)[facts.demand_class])
