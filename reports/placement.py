"""What the plans of the middle world put where and when, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..scenarios.estate import Names
from ..sim.outcome import Study
from .arrow import joined, moments, months, texts
from .inert import inert


def plan(study: Study) -> pa.Table:
    """One row per server and alternative: what it runs, and on which cloud host from when.

    Cloud columns are null for what never runs on the cloud; times outside the horizon are null.
    """
    return joined([pa.table({**_today(study, name), **_on_cloud(study, name)}) for name in study.plans])


def hosts(study: Study) -> pa.Table:
    """Every cloud host of every plan, standby hosts included."""
    tables = []
    for name, made in study.plans.items():
        built = made.hosts
        count = len(built.pool)
        cloud = study.scenario.alternatives[name].cloud
        columns = {
            "alternative": texts([name], np.zeros(count, dtype=np.int32)),
            "host": np.arange(count, dtype=np.int32),
            "type": texts([t.name for t in cloud.host_types] if cloud else [], built.type),
            "site": texts(made.sites, made.pool_site[built.pool]),
            "zone": texts([zone for zone, _ in made.pools], built.pool),
            "mlps_level": np.array([level for _, level in made.pools], dtype=np.int8)[built.pool],
            "standby": built.standby,
            "recovery": built.recovers >= 0,
            "owned": built.owned,
            "bought": months(study.world.clock, built.bought_month),
            "capacity_ssj": built.capacity_ssj,
            "usable_vcpu": built.vcpu,
            "usable_memory_gb": built.memory_gb,
            "usable_disk_gb": built.disk_gb,
            "price_cny": built.price_cny,
            "rack_units": built.rack_units,
            "rack": built.rack,
        }
        tables.append(pa.table(columns))
    return joined(tables)


def _today(study: Study, name: str) -> dict[str, object]:
    """The server in its room: shape (servers,) each."""
    estate, scenario = study.world.estate, study.scenario
    servers, systems = estate.servers, estate.systems
    system = servers.system
    unit = systems.unit[system]
    rows: dict[str, NDArray[np.integer]] = {"server": np.arange(len(system)), "system": system}
    rows |= {"unit": unit, "room": systems.room[system]}
    return {
        "alternative": texts([name], np.zeros_like(system)),
        "server": servers.id,
        "system": systems.id[system],
        "unit": estate.units.id[unit],
        "level": texts(list(scenario.estate.levels), estate.units.level[unit]),
        "room": estate.rooms.id[systems.room[system]],
        "demand_class": texts(list(scenario.demand.classes), systems.demand_class[system]),
        "zone": texts(estate.zones, systems.zone[system]),
        "mlps_level": systems.mlps[system].astype(np.int8),
        "classified": systems.classified[system],
        "zombie": servers.zombie,
        "demand_ssj": servers.demand_ssj,
        "peak_ssj": servers.peak_ssj,
        "cores": servers.vcpu_as_is,
        **_called(estate.names, rows),
    }


def _called(names: Names, rows: Mapping[str, NDArray[np.integer]]) -> dict[str, object]:
    """What a listed estate calls each server, its system, unit and room; nothing without one."""
    columns: dict[str, object] = {}
    if names != Names():
        for what, row in rows.items():
            known = getattr(names, f"{what}s")
            texts_of = pa.array([*(inert(name) or None for name in known), None], pa.string())
            columns[f"{what}_name"] = texts_of.take(pa.array(np.minimum(row, len(known))))
    return columns


def _on_cloud(study: Study, name: str) -> dict[str, object]:
    """Its size, host and hours on the cloud: shape (servers,) each."""
    made, clock = study.plans[name], study.world.clock
    timeline = study.runs[name].timeline
    system = study.world.estate.servers.system
    flavour, host = made.flavour, made.placement
    built, cloud = made.hosts, study.scenario.alternatives[name].cloud
    kind = np.where(host >= 0, np.append(built.type, -1)[host], -1)

    def sized(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pa.Array:
        return pa.array(np.append(column, 0.0)[flavour], mask=flavour < 0)

    return {
        "flavour_vcpu": sized(made.flavours.vcpu),
        "flavour_memory_gb": sized(made.flavours.memory_gb),
        "flavour_disk_gb": sized(made.flavours.disk_gb),
        "host": pa.array(host, mask=host < 0),
        "host_type": texts([t.name for t in cloud.host_types] if cloud else [], kind),
        "planned_cutover": moments(clock, made.wave_h[system]),
        "cutover": moments(clock, timeline.moved_h[system]),
        "cutover_attempts": timeline.cutovers[system],
        "switched_off": moments(clock, timeline.server_off_h),
    }
