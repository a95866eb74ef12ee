"""How the move goes: systems on the cloud and rooms still open, month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ...scenarios.schema import Claim
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR
from ..messages import Lang, number, say
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import BLACK, BLUE, GREY, ORANGE, PALE, RED, Chart, legend_above, numbers, panels
from .worlds import Pair

COLUMNS = ("month_end", "alternative", "series", "p10", "p50", "p90")
HOURS_PER_MONTH = 8766 / 12


def migration(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Systems moved and rooms open at each month's end, with the deadline and the claim."""
    pair = Pair.of(statement, study)
    moved = pair.books.each(pair.alternative, lambda o: by_month(o.moved_h, pair))
    planned = pair.books.each(pair.alternative, lambda o: by_month(o.planned_h, pair))
    rooms = {name: pair.books.each(name, lambda o: o.rooms_open) for name in pair.names}
    figure, axes = panels(2, 1, 4.8, sharex=True, height_ratios=(1.35, 1))
    claim = next((c for c in study.scenario.claims if c.metric == "systems_moved" and c.by), None)
    _systems(axes[0, 0], pair, moved, planned, claim, lang)
    _rooms(axes[1, 0], pair, rooms, lang)
    rows: list[tuple[str | float, ...]] = []
    series = [
        (pair.alternative, "systems_moved", moved),
        (pair.alternative, "systems_planned", planned),
        *((n, "rooms_open", rooms[n]) for n in rooms),
    ]
    for name, what, values in series:
        band = quantiles(values)
        rows += [(pair.month(m), name, what, *numbers(band[:, m])) for m in range(values.shape[1])]
    title = _title(pair, moved, rooms[pair.alternative], claim, lang)
    return Chart(figure, title, say(lang, "migration.caption"), COLUMNS, tuple(rows))


def by_month(hours: NDArray[np.int32], pair: Pair) -> Floats:
    """How many of some hours, sorted, lie before each month's end, shape (months,)."""
    ends = pair.books.clock.month_edges_h[1:]
    return np.searchsorted(hours, ends, side="left").astype(np.float64)


def _months_at(pair: Pair, when: date) -> float:
    """Months from the start to the end of a day."""
    return (pair.books.clock.hour_of(when) + 24) / HOURS_PER_MONTH


def _title(pair: Pair, moved: Floats, rooms: Floats, claim: Claim | None, lang: Lang) -> str:
    until = claim.by if claim and claim.by else pair.books.scenario.alternatives[pair.alternative].deadline
    hour = pair.books.clock.hours if until is None else pair.books.clock.hour_of(until) + 24
    month = int(np.clip(pair.books.clock.month_of_hour(hour) - 1, 0, moved.shape[1] - 1))
    low, mid, high = quantiles(moved[:, month])
    first, last = quantiles(rooms[:, [0, -1]])[1]
    when = say(
        lang,
        "month",
        year=pair.books.clock.year_of_month(month),
        month=pair.books.clock.calendar_month(month) + 1,
        name=say(lang, f"month.{pair.books.clock.calendar_month(month) + 1}"),
    )
    return say(
        lang,
        "migration.title",
        when=when,
        moved=number(lang, mid),
        low=number(lang, low),
        high=number(lang, high),
        first=number(lang, first),
        last=number(lang, last),
    )


def _systems(axes: Axes, pair: Pair, moved: Floats, planned: Floats, claim: Claim | None, lang: Lang) -> None:
    x = np.arange(moved.shape[1] + 1)
    low, mid, high = quantiles(np.pad(moved, ((0, 0), (1, 0))))
    axes.fill_between(x, low, high, color=BLUE, alpha=0.25, linewidth=0, label=say(lang, "band"))
    axes.plot(x, mid, color=BLUE, linewidth=2.2, label=say(lang, "migration.systems"))
    expected = quantiles(np.pad(planned, ((0, 0), (1, 0))))[1]
    axes.plot(x, expected, ":", color=BLACK, linewidth=1.6, label=say(lang, "migration.planned"))
    deadline = pair.books.scenario.alternatives[pair.alternative].deadline
    if deadline is not None:
        axes.axvline(
            _months_at(pair, deadline),
            color=BLACK,
            linewidth=1.1,
            linestyle="--",
            label=say(lang, "migration.deadline"),
        )
    top = float(high.max())
    if claim is not None and claim.by is not None:
        top = max(top, claim.published)
        what = say(lang, f"relation.{claim.relation}", number=number(lang, claim.published))
        axes.plot(
            [_months_at(pair, claim.by)],
            [claim.published],
            marker="D",
            markersize=8,
            color=ORANGE,
            markeredgecolor=BLACK,
            linestyle="none",
            zorder=5,
            label=say(lang, "migration.claim", id=claim.id, what=what),
        )
    axes.set_ylim(0, top * 1.1)
    axes.set_ylabel(say(lang, "migration.systems_axis"))
    axes.grid()
    legend_above(axes, 4, columnspacing=1.0)


def _rooms(axes: Axes, pair: Pair, rooms: dict[str, Floats], lang: Lang) -> None:
    ends = np.arange(1, rooms[pair.books.baseline].shape[1] + 1)
    for name, colour, style in zip(rooms, (GREY, RED), ("--", "-"), strict=True):
        low, mid, high = quantiles(rooms[name])
        axes.fill_between(ends, low, high, color=PALE if colour == GREY else colour, alpha=0.25, linewidth=0)
        axes.plot(
            ends,
            mid,
            style,
            color=colour,
            linewidth=2.0,
            label=pair.title(name, lang),
        )
    axes.set_xlim(0, len(ends))
    axes.set_xticks(
        range(0, len(ends), MONTHS_PER_YEAR),
        [f"{pair.books.clock.year_of_month(m)}" for m in range(0, len(ends), MONTHS_PER_YEAR)],
    )
    axes.set_ylim(bottom=0)
    axes.set_xlabel(say(lang, "axis.year_start"))
    axes.set_ylabel(say(lang, "migration.rooms_axis"))
    axes.grid()
    legend_above(axes, 2)
