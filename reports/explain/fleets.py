"""Numbers of a run of a fleet: the engine counts them while it replays a trace, nothing adds up to them."""

from __future__ import annotations

import math

from ..messages import messages
from .chain import FIGURE, Chain
from .leaves import at
from .opened import Opened
from .recipe import Recipe

PUBLISHED = "published"


def fleet_chain(run: Opened, path: str) -> Chain:
    """What is known of a number of a fleet's statement."""
    found = at(run.statement, path)
    value = float(found) if isinstance(found, int | float) else math.nan
    published = path.startswith("claims.") and f".{PUBLISHED}" in path
    metric = path.rpartition(".")[2]
    words = {"metric": metric if f"fleet.{metric}" in messages("en") else ""}
    made = Recipe("fleet_published" if published else "fleet", "fleet", again=_again(run, path), words=words)
    return Chain(run, path, "", value, "", {}, made, FIGURE, None, None, (), None, (), ())


def _again(run: Opened, path: str) -> float | None:
    """A share that follows from numbers beside it, and a number that stands alone as it is."""
    parts = path.split(".")
    if parts[0] == "policies" and parts[2] == "energy_saved_share":
        own, base = (
            at(run.statement, f"policies.{name}.energy_kwh") for name in (parts[1], run.statement["baseline"])
        )
        if isinstance(own, int | float) and isinstance(base, int | float):
            return 1 - own / base if base else 0.0
    found = at(run.statement, path)
    return float(found) if isinstance(found, int | float) else None
