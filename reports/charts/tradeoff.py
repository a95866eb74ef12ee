"""Cost, carbon and risk of every alternative against each other, and which of them are beaten on all three.

An alternative is dominated if another is at least as good in every aim and better in one, by the medians;
in how many worlds it is not, where all see the same draws, is said beside it (see ``uncertainty.contest``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ...sim.outcome import Study
from ..books import Books
from ..figures import conduct
from ..messages import Lang, money, number, say, share
from ..money.values import own
from ..quantiles import Floats, quantiles
from ..statement import Statement
from ..uncertainty.contest import AIMS
from .style import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Cell, Chart, columns_in, panels, width_in
from .words import money_scale, short, wrap
from .worlds import in_language

COLUMNS = ("alternative", "aim", "p10", "p50", "p90", "dominated")
MOST_NAMED = 10
NAME = 40  # half-width columns
KEY_MARGIN_IN, KEY_LINE_IN = 1.3, 0.185
POINTS_PER_IN = 72
LOOKS = (
    (GREY, "s"),
    (BLUE, "o"),
    (ORANGE, "^"),
    (GREEN, "D"),
    (RED, "v"),
    (PINK, "P"),
    (SKY, "X"),
)


@dataclass(frozen=True)
class Aims:
    """One alternative.

    Attributes:
        spans: P10, P50 and P90 by aim as in AIMS (CNY a year, t a year, system-hours a year), shape (3, 3).
        dominated: whether another beats it by the medians.
        undominated: share of worlds in which none does; None where nothing is compared.
    """

    name: str
    spans: Floats
    dominated: bool
    undominated: float | None

    @property
    def middle(self) -> tuple[float, float, float]:
        """Medians of cost, carbon and risk."""
        cost, carbon, risk = (float(v) for v in self.spans[:, 1])
        return cost, carbon, risk


def tradeoff(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Carbon and hours lost over cost, a point with its ranges for each alternative."""
    found = _aims(statement, study)
    figure, axes = panels(1, 2, 3.5)
    _draw(axes[0, 0], axes[0, 1], found, lang)
    _key(axes[0, 0], [(_words(a, study, lang), _look(a, row)) for row, a in enumerate(found[:MOST_NAMED])])
    rows: list[tuple[Cell, ...]] = [
        (aims.name, aim, *(float(v) for v in span), int(aims.dominated))
        for aims in found
        for aim, span in zip(AIMS, aims.spans, strict=True)
    ]
    caption = say(lang, "tradeoff.caption", year=study.scenario.time.price_year)
    return Chart(figure, _title(found, study, lang), caption, COLUMNS, tuple(rows))


def dominated(medians: Floats) -> NDArray[np.bool_]:
    """Which rows another row beats: no worse in any column, better in one; less is better.

    Args:
        medians: shape (alternatives, aims).
    """
    no_worse = np.asarray((medians[None, :] <= medians[:, None]).all(axis=2))
    better = np.asarray((medians[None, :] < medians[:, None]).any(axis=2))
    return np.asarray(np.any(no_worse & better, axis=1))


def _aims(statement: Statement, study: Study) -> list[Aims]:
    """All alternatives, the baseline first."""
    books = Books.of(study.scenario, study.results)
    names = [books.baseline, *books.others]
    spans = np.stack([_spans(books, name) for name in names])
    beaten = dominated(spans[:, :, 1])
    standings = {} if statement.uncertainty is None else statement.uncertainty.standings
    return [
        Aims(name, span, bool(is_beaten), standings[name].undominated if name in standings else None)
        for name, span, is_beaten in zip(names, spans, beaten, strict=True)
    ]


def _spans(books: Books, name: str) -> Floats:
    """Quantiles of cost, carbon and risk, shape (aims, 3)."""
    figures = conduct(books, name)
    embodied = figures["embodied_carbon"].values / books.scenario.time.years
    cost = own(books, name)["equivalent_annual_cost"].values
    carbon = figures["carbon"].values + embodied
    return quantiles(np.stack([cost, carbon, figures["system_hours_lost"].values], axis=1)).T


def _title(found: list[Aims], study: Study, lang: Lang) -> str:
    if len(found) == 1:
        return say(lang, "tradeoff.title_one")
    if len(found) == 2:
        return _difference(found[0], found[1], study, lang)
    left = [aims.name for aims in found if not aims.dominated]
    names = say(lang, "list.separator").join(_name(name, study, lang, NAME) for name in left[:3])
    key = "tradeoff.title" if len(left) <= 3 else "tradeoff.title_many"
    return say(lang, key, left=len(left), all=len(found), names=names)


def _difference(before: Aims, after: Aims, study: Study, lang: Lang) -> str:
    """What one alternative changes, aim by aim."""
    parts = []
    for aim, old, new in zip(AIMS, before.middle, after.middle, strict=True):
        way = "less" if new <= old else "more"
        if aim == "cost":
            change = money(lang, abs(new - old))
        else:
            change = share(abs(new / old - 1)) if old else number(lang, abs(new - old))
        parts.append(say(lang, f"tradeoff.{aim}_{way}", change=change))
    names = {"name": _name(after.name, study, lang, NAME), "baseline": _name(before.name, study, lang, NAME)}
    return say(lang, "tradeoff.title_two", parts=say(lang, "list.separator").join(parts), **names)


def _name(name: str, study: Study, lang: Lang, width: int) -> str:
    return short(in_language(study.scenario.alternatives[name].title, lang), width)


def _draw(left: Axes, right: Axes, found: list[Aims], lang: Lang) -> None:
    scale, unit = money_scale(lang, max(abs(aims.middle[0]) for aims in found))
    for axes, aim in ((left, 1), (right, 2)):
        for row, aims in enumerate(found):
            _cross(axes, aims, aim, row, scale)
        if len(found) == 2:
            _arrow(axes, found[0], found[1], aim, scale)
        axes.margins(0.12)
        bottom, top = min(0.0, axes.get_ylim()[0]), axes.get_ylim()[1]
        axes.set_ylim(bottom, top + 0.06 * (top - bottom))
        axes.set_xlabel(say(lang, "tradeoff.cost", unit=unit))
        axes.set_ylabel(say(lang, f"tradeoff.{AIMS[aim]}"))
        axes.yaxis.set_major_formatter(lambda value, _: number(lang, value, 1 if 0 < abs(value) < 5 else 0))
        axes.grid()


def _key(axes: Axes, entries: list[tuple[str, dict[str, Any]]]) -> None:
    """One entry for each alternative, above the panels and as wide as both."""
    room = columns_in(width_in() - KEY_MARGIN_IN)
    names = [wrap(text, room, 3) for text, _ in entries]
    keys = [Line2D([], [], linestyle="none", **look) for _, look in entries]
    lines = sum(name.count("\n") + 1 for name in names)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.set_figheight(figure.get_figheight() + lines * KEY_LINE_IN)
    legend = axes.legend(keys, names, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.1)
    legend.set_in_layout(False)  # it would widen the first panel
    axes.set_title("\n".join([" "] * lines), fontsize=POINTS_PER_IN * KEY_LINE_IN / 1.2, loc="left")


def _look(aims: Aims, row: int) -> dict[str, Any]:
    """A filled mark; an open one if the alternative is dominated."""
    colour, marker = LOOKS[row % len(LOOKS)]
    face = "white" if aims.dominated else colour
    return {"marker": marker, "color": colour, "markerfacecolor": face, "markersize": 8}


def _cross(axes: Axes, aims: Aims, aim: int, row: int, scale: float) -> None:
    """The medians of cost and another aim, with P10-P90 of each."""
    (x10, x50, x90), (y10, y50, y90) = aims.spans[0] / scale, aims.spans[aim]
    colour = LOOKS[row % len(LOOKS)][0]
    axes.plot([x10, x90], [y50, y50], color=colour, linewidth=1.4)
    axes.plot([x50, x50], [y10, y90], color=colour, linewidth=1.4)
    axes.plot([x50], [y50], linestyle="none", markeredgecolor=BLACK, zorder=3, **_look(aims, row))


def _arrow(axes: Axes, before: Aims, after: Aims, aim: int, scale: float) -> None:
    start, end = ((aims.middle[0] / scale, aims.middle[aim]) for aims in (before, after))
    if start != end:
        look = {"arrowstyle": "-|>", "color": BLACK, "linewidth": 1.1, "shrinkA": 7, "shrinkB": 7}
        axes.annotate("", end, start, arrowprops=look)


def _words(aims: Aims, study: Study, lang: Lang) -> str:
    """An alternative with its medians and whether it is dominated."""
    cost, carbon, risk = aims.middle
    text = say(
        lang,
        "tradeoff.words",
        name=_name(aims.name, study, lang, NAME),
        cost=money(lang, cost),
        carbon=number(lang, carbon),
        risk=number(lang, risk),
    )
    if aims.undominated is None:
        return text
    key = "tradeoff.dominated" if aims.dominated else "tradeoff.undominated"
    return text + say(lang, key, share=share(aims.undominated))
