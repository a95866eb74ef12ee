"""How every chart looks: font, colours with hatches, title above, source below."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from numpy.typing import NDArray

from .words import wrap

FAMILY = "Roomfold Sans SC"
WIDTH_IN = 8.0
HEIGHT_IN = 4.5
DPI = 100

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

SETTINGS: dict[str, Any] = {
    "font.family": [FAMILY],
    "font.size": 9.0,
    "axes.unicode_minus": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": BLACK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "axes.axisbelow": True,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.dpi": DPI,
    "svg.fonttype": "none",
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


@cache
def font_path() -> Path:
    """The font file; known to matplotlib from the first call on."""
    path = Path(str(files("roomfold.reports") / "fonts" / "RoomfoldSansSC-Regular.ttf"))
    fontManager.addfont(path)
    return path


@contextmanager
def styled(salt: str) -> Iterator[None]:
    """Charts built and saved inside look alike; ``salt`` makes ids in the SVG unique and repeatable."""
    font_path()
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in (SETTINGS | {"svg.hashsalt": salt}).items():
            mpl.rcParams[name] = value  # type: ignore[index]  # typed with literal keys
        yield


def panel(height_in: float = HEIGHT_IN) -> tuple[Figure, Axes]:
    """A figure with one set of axes."""
    figure = Figure(figsize=(WIDTH_IN, height_in))
    return figure, figure.add_subplot()


def panels(
    rows: int, columns: int, height_in: float = HEIGHT_IN, **grid: Any
) -> tuple[Figure, NDArray[np.object_]]:
    """A figure with a grid of axes, shape (rows, columns)."""
    figure = Figure(figsize=(WIDTH_IN, height_in))
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    return figure, np.asarray(axes, dtype=object)


def dress(figure: Figure, title: str, source: str) -> None:
    """Put the finding above a chart and the source below it."""
    figure.suptitle(wrap(title, 88), x=0.012, ha="left", fontsize=12, linespacing=1.25)
    figure.supxlabel(wrap(source, 150), x=0.012, ha="left", fontsize=7.5, color=GREY)


def only(axes: Axes, *sides: str) -> None:
    """Keep only the named spines."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)


def beside(axes: Axes, y: float, text: str) -> None:
    """Text in a column right of the axes, level with ``y``."""
    axes.text(
        1.02, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, linespacing=1.25
    )


def above(axes: Axes, x: float, y: float, text: str, color: str = BLACK) -> None:
    """Text centred just above a point of the data."""
    axes.annotate(
        text, (x, y), xytext=(0, 6), textcoords="offset points", ha="center", va="bottom", color=color
    )


def legend_above(axes: Axes, columns: int, **options: Any) -> None:
    """A legend in one line above the axes, from the left edge."""
    settings: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0.0, 1.0),
        "ncols": columns,
        "borderaxespad": 0.1,
        "handlelength": 1.6,
        "columnspacing": 1.4,
    }
    axes.legend(**(settings | options))


def numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Plain floats for a table."""
    return tuple(float(v) for v in values)
