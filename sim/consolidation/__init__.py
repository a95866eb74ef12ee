"""Dynamic consolidation: a controller watches a fleet of hosts, moves components, switches hosts on and off.

``consolidate`` runs a demand through a policy; ``Controller`` does the same block by block and can be saved
and restored. Decisions and books are compiled (numba); SimPy orders the events. With ``CLOUDSIM_3_0_3`` the
engine does what CloudSim's PlanetLab experiment does, move by move; with ``RIGHT`` (the default) it does it
right.
"""

from __future__ import annotations

from .controller import Controller, consolidate
from .fleet import FleetArrays
from .policy import DETECTORS, DVFS, NPA, PLACEMENTS, SELECTORS, Policy
from .quirks import CLOUDSIM_3_0_3, QUIRKS, RIGHT, Quirks
from .run import FleetRun, MoveLog, Service, Timeline
from .settings import Settings

__all__ = [
    "CLOUDSIM_3_0_3",
    "DETECTORS",
    "DVFS",
    "NPA",
    "PLACEMENTS",
    "QUIRKS",
    "RIGHT",
    "SELECTORS",
    "Controller",
    "FleetArrays",
    "FleetRun",
    "MoveLog",
    "Policy",
    "Quirks",
    "Service",
    "Settings",
    "Timeline",
    "consolidate",
]
