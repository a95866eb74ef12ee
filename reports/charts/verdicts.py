"""Every published figure under every way of counting it: the simulated range over the published value.

Claims differ in unit, so that each is divided by its published figure: 100 % is what was published. With
more rows than a page holds each claim keeps one way of counting, the one that comes nearest; with more
claims still, those farthest off are drawn. The table always has every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Transform, blended_transform_factory

from ...sim.outcome import Study
from ..claims import MONEY, Check
from ..lines import accounting
from ..messages import Lang, money, money_range, number, say, share
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    EDGE_IN,
    GREY,
    PALE,
    RED,
    SMALL_PT,
    Cell,
    Chart,
    beside,
    by_rows,
    columns_in,
    key,
    legend_above,
    narrow,
    panel,
    width_in,
)
from .words import short
from .worlds import in_language

COLUMNS = (
    "claim",
    "alternative",
    "accounting",
    "verdict",
    "published",
    "unit",
    "p10",
    "p50",
    "p90",
    "p50_over_published",
)
MOST_LINES = 44  # of a page, headings included
LINE_IN = 0.19
HEADING_LINES = 2  # if narrow
MARGIN_IN = 0.3
LOWEST, HIGHEST = -1.0, 3.0  # ratios beyond are drawn as arrows at the edge
HEADING, WAY = 82, 48  # half-width columns
MARKS: dict[str, dict[str, Any]] = {
    "inside": {"marker": "o", "color": BLUE, "markeredgecolor": BLACK},
    "outside": {"marker": "D", "color": RED, "markerfacecolor": "white", "markeredgecolor": RED},
    "used": {"marker": "s", "color": GREY, "markeredgecolor": BLACK},
}


@dataclass(frozen=True)
class Group:
    """A claim of one alternative with its ways of counting.

    Attributes:
        off: how far the nearest way is off, over the published figure; 0 where one is inside.
        order: 0 inside in every way, 1 in some, 2 in none, 3 used for calibration.
    """

    ways: tuple[Check, ...]

    @property
    def first(self) -> Check:
        """Any of them, for what they share."""
        return self.ways[0]

    @property
    def off(self) -> float:
        """See the class."""
        return min(_off(way) for way in self.ways)

    @property
    def order(self) -> int:
        """See the class."""
        if self.first.claim.calibrated:
            return 3
        inside = sum(way.inside for way in self.ways)
        return 0 if inside == len(self.ways) else 1 if inside else 2

    def nearest(self) -> Group:
        """With the way of counting that comes nearest alone."""
        return Group((min(self.ways, key=_off),))


def verdicts(statement: Statement, study: Study, lang: Lang) -> Chart:
    """All claims as dots with intervals, inside or outside."""
    groups = _groups(statement.claims)
    shown = _fitting(groups)
    figure, axes = panel(1.35 + LINE_IN * max(2, _lines(shown)))
    _draw(axes, shown, statement, lang)
    rows: list[tuple[Cell, ...]] = [_row(way) for group in groups for way in group.ways]
    caption = say(lang, "verdicts.caption", year=study.scenario.time.price_year)
    if _lines(shown) < _lines(groups):
        caption += say(lang, "verdicts.folded", shown=len(shown), all=len(groups))
    if any(not group.first.claim.published for group in shown):
        caption += say(lang, "verdicts.zero")
    return Chart(figure, _title(statement.claims, lang), caption, COLUMNS, tuple(rows))


def _groups(claims: Sequence[Check]) -> list[Group]:
    """Claims by verdict, the nearest first within each."""
    made = [Group(tuple(ways)) for _, ways in groupby(claims, key=lambda c: (c.alternative, c.claim.id))]
    return sorted(made, key=lambda g: (g.order, g.off))


def _fitting(groups: list[Group]) -> list[Group]:
    """What fits on a page."""
    if _lines(groups) <= MOST_LINES:
        return groups
    nearest = [group.nearest() for group in groups]
    most = MOST_LINES // _lines(nearest[:1])
    worst = sorted(nearest, key=lambda g: -g.off)[:most]
    return nearest if len(nearest) <= most else [group for group in nearest if group in worst]


def _lines(groups: Sequence[Group]) -> int:
    if not narrow():
        return sum(1 + len(group.ways) for group in groups)
    ways = (2 + (way.claim.metric in MONEY) for group in groups for way in group.ways)
    return HEADING_LINES * len(groups) + sum(ways)


def _off(way: Check) -> float:
    return abs(way.distance) / (abs(way.claim.published) or 1.0)


def _ratios(way: Check) -> tuple[float, float, float] | None:
    """P10, P50 and P90 over the published figure; None where that is 0."""
    if not way.claim.published:
        return None
    low, mid, high = (value / way.claim.published for value in way.stat.span)
    return low, mid, high


def _row(way: Check) -> tuple[Cell, ...]:
    ratios = _ratios(way)
    return (
        way.claim.id,
        way.alternative,
        way.accounting,
        way.verdict,
        way.claim.published,
        way.claim.unit,
        *way.stat.span,
        "" if ratios is None else ratios[1],
    )


def _title(claims: Sequence[Check], lang: Lang) -> str:
    """How many claims lie inside in every way of counting, in some, in none."""
    if not claims:
        return say(lang, "verdicts.none")
    ids = dict.fromkeys(way.claim.id for way in claims)
    orders = [Group(tuple(way for way in claims if way.claim.id == i)).order for i in ids]
    counts = [orders.count(order) for order in range(4)]
    parts = [
        say(lang, f"verdicts.title_{name}", count=count)
        for name, count in zip(("all", "some", "no", "used"), counts, strict=True)
        if count
    ]
    return say(lang, "verdicts.title", count=len(ids), parts=say(lang, "list.separator").join(parts))


def _draw(axes: Axes, groups: list[Group], statement: Statement, lang: Lang) -> None:
    if not groups:
        axes.set_axis_off()
        return
    several = len({group.first.alternative for group in groups}) > 1
    low, high = _limits(groups)
    axes.set_xlim(low, high)
    line = 0
    at: list[float] = []
    labels: list[str] = []
    for group in groups:
        line += _heading(axes, line, group.first, statement, several, lang)
        for way in group.ways:
            label = short(accounting(way, lang), WAY) if way.claim.metric in MONEY else ""
            text = say(lang, f"verdicts.{way.verdict}", figures=_figures(way, lang))
            if narrow():  # words on a line of their own
                words = [label, text] if label else [text]
                for word in words:
                    _across(axes, line, word)
                    line += 1
                label = ""
            else:
                beside(axes, line, text)
            _interval(axes, line, way, low, high)
            at.append(line)
            labels.append(label)
            line += 1
    axes.axvline(1.0, color=BLACK, linewidth=1.2, linestyle="--", zorder=1)
    axes.set_yticks(at, labels)
    axes.set_ylim(line - 0.4, -0.6)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel(say(lang, "verdicts.axis"))
    by_rows(axes)
    _legend(axes, groups, lang)


def _limits(groups: list[Group]) -> tuple[float, float]:
    """Ends of the axis."""
    spans = [r for group in groups for way in group.ways if (r := _ratios(way)) is not None]
    low = min([0.0, *(r[0] for r in spans)])
    high = max([1.25, *(r[2] for r in spans)])
    return max(low, LOWEST) - 0.04 * (low < 0), min(high, HIGHEST) + 0.04


def _heading(axes: Axes, y: int, way: Check, statement: Statement, several: bool, lang: Lang) -> int:
    """Id and words of a claim, and its published figure beside them or below; how many lines that takes."""
    room = columns_in(width_in() - MARGIN_IN) if narrow() else HEADING
    text = f"{way.claim.id}  {in_language(way.claim.what, lang)}"
    if several:
        name = in_language(statement.scenario.alternatives[way.alternative].title, lang)
        text = f"{short(text, 0.66 * room)} · {short(name, 0.3 * room)}"
    lines = HEADING_LINES if narrow() else 1
    band = Rectangle(
        (0.006, y - 0.5), 0.988, lines, transform=_wide(axes), clip_on=False, color="#EEEEEE", zorder=1.5
    )
    band.set_in_layout(False)
    axes.add_patch(band)
    _across(axes, y, short(text, room), shaded=True)
    published = _figure(way, way.claim.published, lang)
    if way.claim.relation == "at-least":
        published = say(lang, "claim.at_least", published=published)
    words = say(lang, "verdicts.published", published=published)
    if narrow():
        _across(axes, y + 1, words, shaded=True)
    else:
        beside(axes, y, words)
    return lines


def _across(axes: Axes, y: float, text: str, shaded: bool = False) -> None:
    """A text from the left edge of the figure, over what is drawn."""
    look: dict[str, Any] = {"va": "center", "fontsize": SMALL_PT, "in_layout": False, "zorder": 3}
    paper = None if shaded else {"facecolor": "white", "linewidth": 0, "pad": 0.5}
    axes.text(EDGE_IN / width_in(), y, text, transform=_wide(axes), bbox=paper, **look)


def _wide(axes: Axes) -> Transform:
    """Across in the figure, down in the data."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return blended_transform_factory(figure.transFigure, axes.transData)


def _interval(axes: Axes, y: float, way: Check, left: float, right: float) -> None:
    """P10 to P90 with the median; arrows at the edge for what lies beyond."""
    ratios = _ratios(way)
    if ratios is None:
        return
    low, mid, high = ratios
    look = MARKS[way.verdict]
    if low < right and high > left:
        ends = [max(low, left), min(high, right)]
        axes.plot(ends, [y, y], color=look["color"], linewidth=2.6, solid_capstyle="butt", zorder=2)
    if left <= mid <= right:
        axes.plot([mid], [y], markersize=6, linestyle="none", zorder=3, **look)
    for beyond, edge, marker in ((low < left, left, "<"), (high > right, right, ">")):
        if beyond:
            axes.plot([edge], [y], marker=marker, color=BLACK, markersize=5, clip_on=False, zorder=4)


def _figure(way: Check, value: float, lang: Lang) -> str:
    if way.claim.metric in MONEY:
        return money(lang, value)
    if way.claim.unit == "1":
        return share(value)
    return number(lang, value, 1 if abs(value) < 100 and value != round(value) else 0)


def _figures(way: Check, lang: Lang) -> str:
    """The median and its range, in the claim's unit."""
    low, mid, high = way.stat.span
    if way.claim.metric in MONEY:
        span = money_range(lang, low, high)
    else:
        span = say(lang, "page.range", low=_figure(way, low, lang), high=_figure(way, high, lang))
    return say(lang, "verdicts.figures", mid=_figure(way, mid, lang), range=span)


def _legend(axes: Axes, groups: list[Group], lang: Lang) -> None:
    there = {way.verdict for group in groups for way in group.ways}
    keys: list[Artist] = [
        key(say(lang, f"verdicts.key_{name}"), look, 6) for name, look in MARKS.items() if name in there
    ]
    keys.append(Line2D([], [], color=PALE, linewidth=2.6, label=say(lang, "band")))
    legend_above(axes, 4, handles=keys)
