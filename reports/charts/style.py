"""How every chart looks: font, colours with hatches, title above, source below.

A chart is drawn at one width, that of ``styled``; its texts keep their size. What does not fit beside each
other then is set below each other: see ``narrow``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from .font import FAMILY, font_path
from .words import columns, short, wrap

WIDTH_IN = 8.0
HEIGHT_IN = 4.5
NARROW_IN = 5.5
DPI = 100
POINTS_PER_IN = 72

# Okabe and Ito (2008), https://jfly.uni-koeln.de/color/ : told apart by colour-blind readers.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PINK, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
GREY, PALE = "#595959", "#BFBFBF"

# A colour and a hatch each, so that a black-and-white copy still tells them apart.
CATEGORY_STYLE = {
    "leased_lines": (BLUE, ""),
    "room_operations": (SKY, "//"),
    "staff": (GREEN, "||"),
    "electricity": (YELLOW, "xx"),
    "hardware_maintenance": (PINK, "\\\\"),
    "hardware_refresh": (ORANGE, "--"),
    "platform": (RED, "++"),
}

# A colour, a line and a mark for each alternative, the baseline first.
ALTERNATIVES: tuple[tuple[str, str, str], ...] = (
    (GREY, "--", "s"),
    (BLUE, "-", "o"),
    (ORANGE, "-.", "^"),
    (GREEN, ":", "D"),
    (RED, "--", "v"),
    (PINK, "-.", "P"),
    (SKY, ":", "X"),
)

TEXT_PT, HEADING_PT, SMALL_PT, SOURCE_PT = 9.0, 9.5, 8.5, 7.5
TITLE_PT, TITLE_NARROW_PT = 12.0, 10.0
TITLE_LINES, TITLE_NARROW_LINES, SOURCE_LINES = 4, 8, 6
TITLE_COLUMNS = 80  # of a scenario's title in the line under a chart
EDGE_IN = 0.1  # left and right of title and source
WORDS_PT, WORDS_LINES = 10.0, 8  # of a sentence that stands in place of a drawing
LABEL_COLUMNS, LABEL_NARROW_COLUMNS = 26, 14

SETTINGS: dict[str, Any] = {
    "font.family": [FAMILY],
    "font.size": TEXT_PT,
    "axes.unicode_minus": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": BLACK,
    "axes.labelsize": TEXT_PT,
    "axes.titlesize": HEADING_PT,
    "axes.axisbelow": True,
    "xtick.labelsize": SMALL_PT,
    "ytick.labelsize": SMALL_PT,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": SMALL_PT,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.dpi": DPI,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "text.hinting": "none",  # so that a text is as wide in every format and resolution
    "text.usetex": False,
    "text.parse_math": False,
}

OUTLINE: dict[str, Any] = {"edgecolor": BLACK, "linewidth": 0.6}
RANGE: dict[str, Any] = {"color": BLACK, "linewidth": 1.4, "marker": "|", "markersize": 7}

Cell = str | int | float


@dataclass(frozen=True)
class Chart:
    """One chart in one language: the drawing, what it says, and the figures behind it.

    Attributes:
        title: the finding, in one sentence.
        caption: how to read it and how it was computed.
        columns: column ids of the table, the same in every language.
    """

    figure: Figure
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@contextmanager
def styled(salt: str, width_in: float = WIDTH_IN) -> Iterator[None]:
    """Charts built and saved inside look alike and are so many inches wide.

    Args:
        salt: makes ids in the SVG unique and repeatable.
    """
    font_path()
    with mpl.rc_context():
        mpl.rcdefaults()
        here = {"svg.hashsalt": salt, "figure.figsize": (width_in, HEIGHT_IN)}
        for name, value in (SETTINGS | here).items():
            mpl.rcParams[name] = value  # type: ignore[index]  # typed with literal keys
        yield


def width_in() -> float:
    """Width of the charts drawn now, in inches."""
    return float(mpl.rcParams["figure.figsize"][0])


def narrow() -> bool:
    """Whether charts stand in one column of several, where panels do not fit beside each other."""
    return width_in() < NARROW_IN


def panel(height_in: float = HEIGHT_IN) -> tuple[Figure, Axes]:
    """A figure with one set of axes."""
    figure = Figure(figsize=(width_in(), height_in))
    return figure, figure.add_subplot()


def words_only(text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    words = wrap(text, columns_in(width_in() - 2 * EDGE_IN, WORDS_PT), WORDS_LINES)
    figure, axes = panel(0.8 + WORDS_PT * 1.5 * (words.count("\n") + 1) / POINTS_PER_IN)
    axes.set_axis_off()
    axes.text(0.0, 1.0, words, va="top", fontsize=WORDS_PT, linespacing=1.4)
    return figure


def panels(
    rows: int, columns: int, height_in: float = HEIGHT_IN, **grid: Any
) -> tuple[Figure, NDArray[np.object_]]:
    """A figure with a grid of axes, shape (rows, columns); below each other if narrow, each as high."""
    if narrow() and columns > 1:
        stacked = {name: value for name, value in grid.items() if not name.endswith("_ratios")}
        figure = Figure(figsize=(width_in(), 0.75 * height_in * columns))
        axes = figure.subplots(rows * columns, 1, squeeze=False, **stacked)
        return figure, np.asarray(axes, dtype=object).reshape(rows, columns)
    figure = Figure(figsize=(width_in(), height_in))
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    return figure, np.asarray(axes, dtype=object)


def in_rows(count: int) -> tuple[int, int]:
    """Rows, and panels in each, for so many panels: as few rows as there can be with three in one."""
    rows = -(-count // 3)
    return rows, -(-count // rows)


def dress(figure: Figure, title: str, source: str) -> None:
    """Put the finding above a chart and the source below it; lines beyond the first make it higher."""
    size, most = (TITLE_NARROW_PT, TITLE_NARROW_LINES) if narrow() else (TITLE_PT, TITLE_LINES)
    room = figure.get_figwidth() - 2 * EDGE_IN
    above = wrap(title, columns_in(room, size), most)
    below = wrap(source, columns_in(room, SOURCE_PT), SOURCE_LINES)
    left = EDGE_IN / figure.get_figwidth()
    figure.suptitle(above, x=left, ha="left", fontsize=size, linespacing=1.25)
    figure.supxlabel(below, x=left, ha="left", fontsize=SOURCE_PT, color=GREY)
    lines = size * above.count("\n") + SOURCE_PT * below.count("\n")
    figure.set_figheight(figure.get_figheight() + 1.25 * lines / POINTS_PER_IN)


def columns_in(room_in: float, size_pt: float = SMALL_PT) -> float:
    """Columns of half an em that fit in so many inches."""
    return room_in * POINTS_PER_IN / (size_pt / 2)


def labels(names: Iterable[str], lines: int = 2) -> list[str]:
    """Names as labels of an axis, broken into lines and shortened."""
    return [wrap(name, LABEL_NARROW_COLUMNS if narrow() else LABEL_COLUMNS, lines) for name in names]


def heading(axes: Axes, name: str, figures: str, room_in: float) -> None:
    """A name and figures above a panel, in at most so many inches; a long name is shortened."""
    room = columns_in(room_in, HEADING_PT)
    axes.set_title(f"{short(name, room)}\n{wrap(figures, room, 3)}", loc="left", linespacing=1.3)


def only(axes: Axes, *sides: str) -> None:
    """Keep only the named spines."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)


def by_rows(axes: Axes) -> None:
    """Dress axes whose rows are named on the left: lines upwards, an axis below and no other."""
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    only(axes, "bottom")


def key(label: str, look: Mapping[str, Any], size: float = 7.0) -> Line2D:
    """A mark in a legend."""
    return Line2D([], [], linestyle="none", markersize=size, label=label, **look)


def beside(axes: Axes, y: float, text: str) -> None:
    """Text in a column right of the axes, level with ``y``; if narrow, brackets on a line of their own."""
    if narrow():
        text = text.replace(" (", "\n(").replace("（", "\n（").replace("\n\n", "\n")
    axes.text(
        1.02, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL_PT, linespacing=1.25
    )


def above(axes: Axes, x: float, y: float, text: str, color: str = BLACK) -> None:
    """Text centred just above a point of the data."""
    axes.annotate(
        text, (x, y), xytext=(0, 6), textcoords="offset points", ha="center", va="bottom", color=color
    )


def legend_above(axes: Axes, columns: int, room_in: float = inf, **options: Any) -> None:
    """A legend above the axes, from their left edge (the figure's if narrow), in as few lines as fit.

    Args:
        columns: at most.
        room_in: width that it may take, in inches; never more than the figure less an axis.
    """
    settings: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0.0, 1.0),
        "borderaxespad": 0.1,
        "handlelength": 1.6,
        "columnspacing": 1.4,
    } | options
    handles: list[Artist] = settings.pop("handles", None) or axes.get_legend_handles_labels()[0]
    room = columns_in(min(room_in, width_in() - (2 * EDGE_IN if narrow() else 0.75)))
    mark = 2 * (settings["handlelength"] + 0.8)  # columns of a mark and the gap behind it
    names = [wrap(str(handle.get_label()), room - mark, 2) for handle in handles]
    for count in range(min(columns, len(names)), 0, -1):
        widest = [max(_wide(n) for n in names[c::count]) + mark for c in range(count)]
        if sum(widest) + 2 * settings["columnspacing"] * (count - 1) <= room:
            break
    shown, texts = _row_by_row(handles, count), _row_by_row(names, count)
    legend = axes.legend(handles=shown, labels=texts, ncols=count, **settings)
    if narrow():
        rows = [names[first : first + count] for first in range(0, len(names), count)]
        _from_the_edge(axes, legend, sum(max(n.count("\n") for n in row) + 1 for row in rows))


def _from_the_edge(axes: Axes, legend: Legend, lines: int) -> None:
    """Let a legend begin at the figure's edge; blank lines keep its place above the axes."""
    place = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
    legend.set_bbox_to_anchor((EDGE_IN / width_in(), 1.0), transform=place)
    legend.set_in_layout(False)
    axes.set_title("\n".join([" "] * lines), fontsize=SMALL_PT, linespacing=1.6, pad=4)


def _wide(text: str) -> float:
    return max(map(columns, text.split("\n")))


def _row_by_row(things: list[Any], count: int) -> list[Any]:
    """Entries in the order in which a legend of so many columns, filled one by one, reads row by row."""
    return [thing for column in range(count) for thing in things[column::count]]


def numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Plain floats for a table."""
    return tuple(float(v) for v in values)
