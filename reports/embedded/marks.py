"""Which row of its table each mark of a chart shows, found by the numbers that are drawn.

A bar, a point of a line or a cell of a picture belongs to the row of the chart's table that holds the number
it draws, in one of the units that axes have. So charts need not say anything but their tables, and a mark
that draws no number of the table answers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..charts.style import Chart

SCALES = (1.0, 1e6, 1e4, 1e8, 1e3, 0.01, 1.0 / 12)  # of one unit of an axis in that of the table
DIGITS = 9
POINTS_PER_INCH = 72.0
LEAST = 4.0  # points; nothing smaller can be pointed at
MOST_ALIKE = 50  # rows; a number that more of them hold says nothing


class Mark(NamedTuple):
    """A box in the drawing, in points from the upper left corner, and the row of the table behind it."""

    left: float
    top: float
    width: float
    height: float
    row: int


Floats = NDArray[np.float64]
Rows = dict[str, set[int]]
Drawn = tuple[tuple[float, ...], Bbox]


def marks(chart: Chart) -> tuple[Mark, ...]:
    """Marks of a chart that has been drawn, row by row; one for each row and set of axes."""
    known = _numbers(chart)
    if not known:
        return ()
    found: list[Mark] = []
    for axes in chart.figure.axes:
        boxes: defaultdict[int, list[Bbox]] = defaultdict(list)
        for numbers, box in _drawn(axes):
            row = _row(known, numbers)
            if row is not None:
                boxes[row].append(box)
        frame = axes.get_window_extent()
        found += [_mark(chart, Bbox.union(mine), frame, row) for row, mine in sorted(boxes.items())]
    return tuple(found)


def _numbers(chart: Chart) -> Rows:
    """Rows that hold each number."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row, cells in enumerate(chart.rows):
        for cell in cells:
            if isinstance(cell, int | float) and cell and np.isfinite(cell):
                found[_key(float(cell))].add(row)
    return {key: rows for key, rows in found.items() if len(rows) <= MOST_ALIKE}


def _key(number: float) -> str:
    return f"{abs(number):.{DIGITS}g}"


def _row(known: Rows, numbers: Sequence[float]) -> int | None:
    """The only row that a mark's numbers point at."""
    for scale in SCALES:
        rows = [known[key] for n in numbers if n and (key := _key(n * scale)) in known]
        both = set.intersection(*rows) if rows else set()
        if len(both) == 1:
            return next(iter(both))
    return None


def _drawn(axes: Axes) -> Iterator[Drawn]:
    """Numbers drawn by each mark, and where."""
    for patch in axes.patches:
        if isinstance(patch, Rectangle):
            ends = (patch.get_width(), patch.get_height())
            yield ends, patch.get_window_extent()
    for line in axes.lines:
        if line.get_transform() == axes.transData:
            yield from _at(axes, np.asarray(line.get_xydata(), dtype=np.float64))
    for collection in axes.collections:
        if isinstance(collection, PathCollection):
            places = np.asarray(collection.get_offsets(), dtype=np.float64)
            yield from _at(axes, places)
    for image in axes.images:
        yield from _cells(axes, image)


def _at(axes: Axes, places: Floats) -> Iterator[Drawn]:
    """Points in the units of the axes."""
    for x, y in places:
        if np.isfinite(x) and np.isfinite(y):
            at = axes.transData.transform((x, y))
            for number in (x, y):
                yield (float(number),), Bbox([at, at])


def _cells(axes: Axes, image: AxesImage) -> Iterator[Drawn]:
    """Cells of a picture."""
    values = np.ma.filled(np.ma.asarray(image.get_array(), dtype=np.float64), np.nan)
    if values.ndim != 2:
        return
    left, right, bottom, top = image.get_extent()
    wide, high = (right - left) / values.shape[1], (top - bottom) / values.shape[0]
    for (row, column), value in np.ndenumerate(values):
        y = row if image.origin == "lower" else values.shape[0] - 1 - row
        corner = (left + wide * column, bottom + high * y)
        ends = axes.transData.transform([corner, (corner[0] + wide, corner[1] + high)])
        if np.isfinite(value):
            yield (float(value),), Bbox(ends)


def _mark(chart: Chart, box: Bbox, frame: Bbox, row: int) -> Mark:
    """A box in points of the drawing, within its axes."""
    figure = chart.figure
    scale = POINTS_PER_INCH / figure.dpi
    height = figure.get_figheight() * POINTS_PER_INCH
    x0, x1 = sorted(np.clip([box.x0, box.x1], frame.x0, frame.x1) * scale)
    y0, y1 = sorted(height - np.clip([box.y0, box.y1], frame.y0, frame.y1) * scale)
    x0, x1 = _at_least(x0, x1)
    y0, y1 = _at_least(y0, y1)
    left, top, width, height = (round(float(v), 1) for v in (x0, y0, x1 - x0, y1 - y0))
    return Mark(left, top, width, height, row)


def _at_least(low: float, high: float) -> tuple[float, float]:
    spare = max(0.0, LEAST - (high - low)) / 2
    return low - spare, high + spare
