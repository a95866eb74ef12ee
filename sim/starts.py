"""Starts: where each system begins, and when it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .provisioning import requests_of
from .timeline import Ints, Requests, hour_of_month


@dataclass(frozen=True)
class Starts:
    """Where everything begins.

    Attributes:
        on_cloud: systems that start on the cloud.
        moves: systems that are planned to move there.
        arrives_h, retires_h: per system.
        cloud_h: hour at which a system starts on the cloud, NEVER if it does not.
        server_on_h, server_retires_h: per server.
        requests: of the systems that were to start on the cloud.
        stands_h: hour from which each server's component would stand in its room without a cloud, per server.
    """

    on_cloud: NDArray[np.bool_]
    moves: NDArray[np.bool_]
    arrives_h: Ints
    retires_h: Ints
    cloud_h: Ints
    server_on_h: Ints
    server_retires_h: Ints
    requests: Requests
    stands_h: Ints

    def as_if_kept(self) -> Starts:
        """The same for what does not matter whether a system runs on a server or a host in its room."""
        nothing = np.zeros_like(self.moves)
        return replace(
            self,
            on_cloud=nothing,
            moves=nothing,
            cloud_h=np.full_like(self.cloud_h, NEVER),
            server_on_h=self.stands_h,
        )


def starts_on_cloud(world: World, plan: Plan) -> NDArray[np.bool_]:
    """Systems that are planned never to be in a room because they start on the cloud, shape (systems,)."""
    systems = world.estate.systems
    arrives_h = hour_of_month(world.clock, systems.arrives_month)
    return np.asarray((plan.wave_h != NEVER) & (systems.arrives_month > 0) & (plan.wave_h <= arrives_h))


def starts_of(scenario: Scenario, world: World, plan: Plan) -> Starts:
    """Where everything begins in one alternative."""
    systems, servers, clock = world.estate.systems, world.estate.servers, world.clock
    arrives_h, retires_h = (hour_of_month(clock, m) for m in (systems.arrives_month, systems.retires_month))
    planned = starts_on_cloud(world, plan)
    requests = requests_of(scenario, world, plan, planned, arrives_h, retires_h)
    on_cloud = planned.copy()
    on_cloud[requests.system[requests.turned_away]] = False
    ready_h = np.zeros(len(systems.id))
    ready_h[requests.system] = np.minimum(np.ceil(requests.ready_h), NEVER)
    cloud_h = np.where(on_cloud, np.maximum(ready_h, arrives_h), NEVER)
    return Starts(
        on_cloud=on_cloud,
        moves=(plan.wave_h != NEVER) & ~planned,
        arrives_h=arrives_h,
        retires_h=retires_h,
        cloud_h=np.where(cloud_h < clock.hours, cloud_h, NEVER).astype(np.int32),
        server_on_h=np.where(on_cloud[servers.system], NEVER, arrives_h[servers.system]),
        server_retires_h=hour_of_month(clock, servers.retires_month),
        requests=requests,
        stands_h=arrives_h[servers.system],
    )
