"""Flows between nodes in columns, as wide as they are large: a Sankey diagram on given axes.

Nodes stand above each other in their column, the first on top, with a gap between; all columns begin at the
same height. What flows into an inner node flows out of it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from .style import GREY, OUTLINE


@dataclass(frozen=True)
class Flow:
    """An amount from one node to another; its colour is that of the node it ends in."""

    source: str
    target: str
    amount: float


@dataclass(frozen=True)
class Bar:
    """A node on the axes: amounts run downwards from 0 at the top."""

    x: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Sankey:
    """Nodes and flows with their places.

    Attributes:
        bars: where each node with any flow stands.
        ribbons: of each flow its upper edge at either end.
    """

    flows: tuple[Flow, ...]
    bars: Mapping[str, Bar]
    ribbons: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, columns: Sequence[Sequence[str]], flows: Sequence[Flow], gap: float) -> Sankey:
        """Place flows larger than nothing.

        Args:
            columns: nodes from left to right, each column from top to bottom.
            gap: between nodes, in the unit of the flows.
        """
        rank = {node: i for i, node in enumerate(node for column in columns for node in column)}
        kept = sorted((f for f in flows if f.amount > 0), key=lambda f: (rank[f.source], rank[f.target]))
        bars: dict[str, Bar] = {}
        for x, column in enumerate(columns):
            top = 0.0
            for node in column:
                size = max(
                    sum(f.amount for f in kept if f.source == node),
                    sum(f.amount for f in kept if f.target == node),
                )
                if size > 0:
                    bars[node] = Bar(float(x), top, top + size)
                    top += size + gap
        leaves = {node: bar.top for node, bar in bars.items()}
        enters = dict(leaves)
        ribbons = []
        for flow in kept:
            ribbons.append((leaves[flow.source], enters[flow.target]))
            leaves[flow.source] += flow.amount
            enters[flow.target] += flow.amount
        return cls(tuple(kept), bars, tuple(ribbons))

    @property
    def depth(self) -> float:
        """How far down the lowest node reaches."""
        return max((bar.bottom for bar in self.bars.values()), default=0.0)

    def draw(self, axes: Axes, colours: Mapping[str, tuple[str, str]], bar_width: float = 0.1) -> None:
        """Draw ribbons and bars.

        Args:
            colours: colour and hatch of each node.
        """
        for flow, (begin, end) in zip(self.flows, self.ribbons, strict=True):
            left, right = self.bars[flow.source].x + bar_width, self.bars[flow.target].x
            shape = _ribbon(left, right, begin, end, flow.amount)
            axes.add_patch(PathPatch(shape, facecolor=colours[flow.target][0], alpha=0.4, linewidth=0))
            axes.add_patch(PathPatch(shape, fill=False, edgecolor=GREY, linewidth=0.4))
        for node, bar in self.bars.items():
            colour, hatch = colours[node]
            size = bar.bottom - bar.top
            axes.add_patch(
                Rectangle((bar.x, bar.top), bar_width, size, facecolor=colour, hatch=hatch, **OUTLINE)
            )


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Places in rising order moved as little as one pass can, so that they lie ``gap`` apart."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + gap) if found else place)
    return found


def _ribbon(left: float, right: float, begin: float, end: float, size: float) -> Path:
    half = (left + right) / 2
    points = [
        (left, begin), (half, begin), (half, end), (right, end),
        (right, end + size), (half, end + size), (half, begin + size), (left, begin + size), (left, begin),
    ]  # fmt: skip
    curve, line = [Path.CURVE4] * 3, [Path.LINETO]
    return Path(points, [Path.MOVETO, *curve, *line, *curve, Path.CLOSEPOLY])
