"""Starts: where each system begins, and when it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.world import World
from .timeline import Ints, hour_of_month


@dataclass(frozen=True)
class Starts:
    """Where everything begins.

    Attributes:
        on_cloud: systems that start on the cloud.
        moves: systems that are planned to move there.
        arrives_h, retires_h: per system.
        server_on_h, server_retires_h: per server.
    """

    on_cloud: NDArray[np.bool_]
    moves: NDArray[np.bool_]
    arrives_h: Ints
    retires_h: Ints
    server_on_h: Ints
    server_retires_h: Ints


def starts_on_cloud(world: World, plan: Plan) -> NDArray[np.bool_]:
    """Systems that are never in a room because they start on the cloud, shape (systems,)."""
    systems = world.estate.systems
    arrives_h = hour_of_month(world.clock, systems.arrives_month)
    return np.asarray((plan.wave_h != NEVER) & (systems.arrives_month > 0) & (plan.wave_h <= arrives_h))


def starts_of(world: World, plan: Plan) -> Starts:
    """Where everything begins in one alternative."""
    systems, servers, clock = world.estate.systems, world.estate.servers, world.clock
    arrives_h = hour_of_month(clock, systems.arrives_month)
    on_cloud = starts_on_cloud(world, plan)
    moves = (plan.wave_h != NEVER) & ~on_cloud & (arrives_h != NEVER)
    return Starts(
        on_cloud,
        moves,
        arrives_h,
        hour_of_month(clock, systems.retires_month),
        np.where(on_cloud[servers.system], NEVER, arrives_h[servers.system]),
        hour_of_month(clock, servers.retires_month),
    )
