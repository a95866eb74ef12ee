"""What the library gives a scenario of a year and a place, for what no list says."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..era import Chosen, grid, starting_point, tariff
from ..errors import InputError, Problem
from ..include import gather
from ..tree import Node, one_match, plain

_CLOUD = "alternatives.consolidate.cloud"


def of_library(includes: Sequence[str]) -> Node:
    """What files of the library say together, named as a scenario's ``include`` names them."""
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "start.yaml"
        file.write_text(json.dumps({"include": list(includes)}), encoding="utf-8")
        tree, _ = gather(file, (), problems)
    if problems:
        raise InputError(problems)
    return tree


@dataclass(frozen=True)
class Start:
    """Files of the library to include, and what they say together.

    Attributes:
        chosen: starting point, tariff, grid.
    """

    year: int
    chosen: tuple[Chosen, Chosen, Chosen]
    tree: Node

    @classmethod
    def of(cls, year: int, place: str | None) -> Start:
        """What suits a year and a place (key of ``era.places``; None: the whole country)."""
        chosen = (starting_point(year), tariff(place, year), grid(place, year))
        return cls(year, chosen, of_library([each.include for each in chosen]))

    def section(self, path: str) -> dict[str, Any]:
        """A mapping, as plain values."""
        node = one_match(self.tree, path)
        found = plain(node) if node is not None else None
        assert isinstance(found, dict), path
        return found

    def quantity(self, path: str) -> tuple[str, str]:
        """A quantity as ``low / mode / high`` and its grade; empty texts where it is no single quantity."""
        node = one_match(self.tree, path)
        found = plain(node) if node is not None else None
        if not isinstance(found, dict):
            return (f"{found:.6g}" if isinstance(found, int | float) else ""), ""
        numbers = [found[key] for key in ("value", "low", "mode", "high") if key in found]
        return " / ".join(f"{number:.6g}" for number in numbers), str(found.get("grade", "A"))

    def mode(self, path: str) -> float:
        """The most likely value of a quantity."""
        node = one_match(self.tree, path)
        found = plain(node) if node is not None else None
        if isinstance(found, dict):
            low, high = found.get("low", 0.0), found.get("high", 0.0)
            found = found.get("value", found.get("mode", (low + high) / 2))
        assert isinstance(found, int | float), path
        return float(found)

    def largest_host(self) -> tuple[float, float, float]:
        """vCPU, GB of memory and GB of disk that the largest of the cloud's hosts gives, each for itself."""
        node = one_match(self.tree, f"{_CLOUD}.host_types")
        types = plain(node) if node is not None else ()
        assert isinstance(types, tuple) and types
        curves = [one_match(self.tree, f"hardware.curves.{each['curve']}.cores") for each in types]
        cores = max(float(str(curve.value)) for curve in curves if curve is not None)
        memory = max(each["memory_gb"] for each in types)
        return (
            cores * self.mode(f"{_CLOUD}.vcpu_per_core"),
            memory * (1 - self.mode(f"{_CLOUD}.memory_reserve_share")),
            float(max(each["disk_gb"] for each in types)),
        )
