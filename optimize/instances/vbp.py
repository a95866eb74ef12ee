"""Vector bin packing in the format of VPSolver: one bin type, as few bins as can be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .text import Numbers, fault, members, text_of

Ints = NDArray[np.int64]

MOST_ITEMS = 1_000_000
MOST_DIMENSIONS = 1000


@dataclass(frozen=True)
class Vbp:
    """An instance.

    Attributes:
        name: of its file, without ending.
        sizes: of each kind of item, shape (kinds, dimensions); a few published ones lie below zero.
        counts: items of each kind, shape (kinds,).
        capacity: of a bin, shape (dimensions,).
    """

    name: str
    sizes: Ints
    counts: Ints
    capacity: Ints


def parse(file: str, text: str) -> Vbp:
    """Read: dimensions, capacities, kinds of item, then each one's sizes and demand.

    Raises:
        InputError: a number is missing, out of range or too many.
    """
    numbers = Numbers(file, text)
    dims = numbers.take("dimensions", 1, MOST_DIMENSIONS)
    capacity = np.array([numbers.take(f"capacity {d + 1}", 1) for d in range(dims)], dtype=np.int64)
    kinds = numbers.take("items", 1, MOST_ITEMS)
    sizes, counts, total = [], [], 0
    for i in range(kinds):
        sizes.append([numbers.take(f"item {i + 1}, size {d + 1}", -int(capacity[d])) for d in range(dims)])
        counts.append(numbers.take(f"item {i + 1}, demand", 0, MOST_ITEMS))
        total += counts[-1]
    numbers.end()
    if total > MOST_ITEMS:
        raise fault(file, 0, "", f"{total} items; at most {MOST_ITEMS} are packed")
    if total and not (np.array(counts) @ np.array(sizes) > 0).any():
        raise fault(file, 0, "", "its items need nothing: all their sizes sum to 0 or less")
    name = Path(file.rsplit(":", 1)[-1]).stem
    return Vbp(name, np.array(sizes, dtype=np.int64), np.array(counts, dtype=np.int64), capacity)


def read(path: Path) -> list[Vbp]:
    """The instance of a ``.vbp`` file, or all of an archive by name."""
    if path.suffix == ".vbp":
        return [parse(str(path), text_of(path))]
    return [parse(f"{path}:{name}", text) for name, text in members(path, ".vbp")]
