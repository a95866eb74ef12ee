"""Where the texts of a figure stand, to see whether any lie over each other or are cut off."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text

Placed = tuple[str, tuple[float, float, float, float]]  # a text and its box

SLACK_PX = 1.5  # boxes of texts have a little air around them


def texts(figure: Figure) -> list[Placed]:
    """Every text drawn and its box in pixels: left, bottom, right, top."""
    figure.draw_without_rendering()
    found, unseen = [], _beyond_the_axes(figure)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        box = text.get_window_extent()
        if text not in unseen and text.get_visible() and text.get_text().strip() and box.width > 0:
            found.append((text.get_text(), (box.x0, box.y0, box.x1, box.y1)))
    return found


def _beyond_the_axes(figure: Figure) -> set[Text]:
    """Labels of ticks that lie outside what an axis shows, and are not drawn."""
    found = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            outside = [tick for tick in ticks if not (axes.axison and low <= tick.get_loc() <= high)]
            found |= {text for tick in outside for text in (tick.label1, tick.label2)}
    return found


def faults(figure: Figure) -> list[tuple[str, ...]]:
    """Pairs of texts that lie over each other, and texts that reach beyond the figure."""
    placed = texts(figure)
    return [*_over_each_other(placed), *_cut_off(placed, figure.bbox.width, figure.bbox.height)]


def _over_each_other(placed: list[Placed]) -> list[tuple[str, ...]]:
    """Pairs of texts whose boxes overlap by more than the air around them."""
    return [
        (one, other)
        for (one, a), (other, b) in combinations(placed, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > SLACK_PX and min(a[3], b[3]) - max(a[1], b[1]) > SLACK_PX
    ]


def _cut_off(placed: list[Placed], width: float, height: float) -> list[tuple[str, ...]]:
    return [
        (text,)
        for text, (left, bottom, right, top) in placed
        if left < -SLACK_PX or bottom < -SLACK_PX or right > width + SLACK_PX or top > height + SLACK_PX
    ]
