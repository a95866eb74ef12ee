"""Steps of demand: the systems that come at once on a day, and the rise of demand of those there.

They are the same in every alternative. Systems of a step stand after all others, so that they change no
other system's draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .drawing import Draw, Floats, Ints
from .estate import Rises, Servers, Systems, Units
from .policy import DemandStep, level_rows

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Newcomers:
    """Systems that come with steps, shape (systems,) each.

    Attributes:
        parent: a system of today whose unit and room they share.
        month: in which they come.
        demand_class: -1 where it is drawn as for other systems.
        memory_gb, disk_gb: in use per server; NaN where they are drawn as for other servers.
    """

    parent: Ints
    month: Ints
    demand_class: Ints
    memory_gb: Floats
    disk_gb: Floats


def newcomers(draw: Draw, level: Ints, may_move: Bools) -> Newcomers:
    """The systems of all steps, in the order of the rules.

    Args:
        level: of government of each system of today.
        may_move: systems of today that can be parents.
    """
    parts = [_newcomers(draw, name, rule, level, may_move) for name, rule in _steps(draw)]
    columns = zip(*parts, strict=True) if parts else ((np.empty(0),) for _ in range(5))
    parent, month, kind, memory, disk = (np.concatenate(column) for column in columns)
    return Newcomers(parent.astype(np.int32), month.astype(np.int32), kind.astype(np.int32), memory, disk)


def _steps(draw: Draw) -> Iterator[tuple[str, DemandStep]]:
    for name, rule in draw.scenario.policy.items():
        if isinstance(rule, DemandStep):
            yield name, rule


def _newcomers(
    draw: Draw, name: str, rule: DemandStep, level: Ints, may_move: Bools
) -> tuple[NDArray[np.generic], ...]:
    parents = np.flatnonzero(may_move & np.isin(level, level_rows(draw.scenario, rule.levels)))
    count = 0 if rule.systems is None or not len(parents) else round(draw.of(rule.systems))
    numbers = np.arange(count, dtype=np.int32)
    parent = parents[np.floor(draw.u(f"step/{name}", numbers) * len(parents)).astype(np.int64)]
    names = list(draw.scenario.demand.classes)
    turn = np.array([names.index(kind) for kind in rule.classes] or [-1])
    sizes = (np.nan if size is None else draw.of(size) for size in (rule.memory_gb, rule.disk_gb))
    month = np.full(count, _month(draw, rule))
    return parent, month, turn[numbers % len(turn)], *(np.full(count, size) for size in sizes)


def _month(draw: Draw, rule: DemandStep) -> int:
    return max(draw.clock.month_of_hour(draw.clock.hour_of(rule.on)), 0)


def with_sizes(servers: Servers, systems: Systems, found: Newcomers) -> Servers:
    """The servers with memory and disk as the steps say; ``found`` are the last of the systems."""
    columns = {}
    for name in ("memory_gb", "disk_gb"):
        said = np.full(len(systems.id), np.nan)
        said[len(said) - len(found.parent) :] = getattr(found, name)
        wanted = said[servers.system]
        columns[name] = np.where(np.isnan(wanted), getattr(servers, name), wanted)
    return replace(servers, **columns)


def rises(draw: Draw, units: Units, systems: Systems, servers: Servers) -> Rises:
    """By how much the demand of each server rises, and when."""
    months, factors = [], []
    classes = list(draw.scenario.demand.classes)
    for _, rule in _steps(draw):
        if rule.factor is None:
            continue
        mine = np.isin(units.level[systems.unit], level_rows(draw.scenario, rule.levels))
        if rule.classes:
            mine &= np.isin(systems.demand_class, [classes.index(kind) for kind in rule.classes])
        months.append(_month(draw, rule))
        factors.append(np.where(mine, draw.of(rule.factor), 1.0)[servers.system])
    if not months:
        return Rises.none()
    return Rises(np.array(months, dtype=np.int32), np.array(factors))
