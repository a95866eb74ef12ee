"""How the move goes: waves or units against their plan, the limits it runs into, and systems moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ...scenarios.estate import NEVER
from ...scenarios.schema import Claim
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR
from ..claims import speaks_of
from ..messages import Lang, number, say
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREY,
    LABEL_COLUMNS,
    LABEL_NARROW_COLUMNS,
    ORANGE,
    OUTLINE,
    PALE,
    RED,
    Cell,
    Chart,
    beside,
    legend_above,
    narrow,
    numbers,
    only,
    panels,
    width_in,
)
from .waves import Limits, Moves, Row
from .words import short
from .worlds import Pair, in_language

COLUMNS = ("series", "group", "month_end", "middle_world", "p10", "p50", "p90")
ROW_IN, USE_IN, SYSTEMS_IN = 0.23, 1.25, 1.7
HEAD_IN = 0.5  # legend above each panel
LEGEND_MARGIN_IN = 1.9
SHORTEST = 0.25  # months that a bar is long at least
QUARTERLY, MONTHLY = 48, 14  # months up to which ticks stand so close
SERIES = ("staff", "line", "cutovers")
LOOKS = {"staff": (BLUE, "-"), "line": (ORANGE, "-"), "cutovers": (GREY, "-")}


def migration(statement: Statement, study: Study, lang: Lang) -> Chart:
    """A Gantt chart of the middle world, its use of staff and line, and systems moved in all worlds."""
    pair = Pair.of(statement, study)
    moved = pair.books.each(pair.alternative, lambda o: by_month(o.moved_h, pair))
    planned = pair.books.each(pair.alternative, lambda o: by_month(o.planned_h, pair))
    claim = next((c for c in _claims(pair) if c.metric == "systems_moved" and c.by), None)
    moves = Moves.of(study, pair.alternative)
    shown = [] if moves is None else moves.rows()
    heights = [SYSTEMS_IN]
    if moves is not None:
        row_in = ROW_IN * (1.8 if narrow() else 1.0)
        heights = [0.1 + row_in * len(shown), USE_IN, SYSTEMS_IN]
    figure, grid = panels(
        len(heights), 1, 0.7 + sum(heights) + HEAD_IN * len(heights), sharex=True, height_ratios=heights
    )
    axes: list[Axes] = grid[:, 0].tolist()
    first, last = _span(statement, pair, moved, planned, claim)
    if moves is not None:
        _gantt(axes[0], moves, shown, lang)
        _use(axes[1], moves, moves.limits(), lang)
    _systems(axes[-1], moved, planned, claim, statement, pair, lang)
    for ax in axes:
        _days(ax, statement, pair)
        ax.set_xlim(first, last)
    _months(axes[-1], pair, first, last)
    axes[-1].set_xlabel(say(lang, "book.month"))
    rows = [*_bands(pair, moved, planned), *(_single(pair, moves, shown) if moves else ())]
    title = _title(pair, moved, moves, claim, lang)
    return Chart(figure, title, _caption(moves, statement, lang), COLUMNS, tuple(rows))


def _claims(pair: Pair) -> Iterator[Claim]:
    """Published figures that speak of the alternative."""
    return (c for c in pair.books.scenario.claims if speaks_of(pair.books, c, pair.alternative))


def by_month(hours: NDArray[np.int32], pair: Pair) -> Floats:
    """How many of some hours, sorted, lie before each month's end, shape (months,)."""
    ends = pair.books.clock.month_edges_h[1:]
    return np.searchsorted(hours, ends, side="left").astype(np.float64)


def _months_at(pair: Pair, when: date, end: bool = True) -> float:
    """Months from the start to the beginning or the end of a day."""
    edges_h = pair.books.clock.month_edges_h
    hour = pair.books.clock.hour_of(when) + 24 * end
    return float(np.interp(hour, edges_h, np.arange(len(edges_h), dtype=np.float64)))


def _due(statement: Statement, pair: Pair) -> list[date]:
    """Days of rules that bind the alternative, its deadline apart."""
    deadline = pair.books.scenario.alternatives[pair.alternative].deadline
    found = {rule.due for rule in statement.policy[pair.alternative].values()}
    return sorted(day for day in found if day is not None and day != deadline)


def _span(
    statement: Statement, pair: Pair, moved: Floats, planned: Floats, claim: Claim | None
) -> tuple[float, float]:
    """First and last month to show: from the first system on, to the last one or day that counts."""
    busy = np.flatnonzero((np.diff(moved + planned, axis=1, prepend=0.0) > 0).any(axis=0))
    months = moved.shape[1]
    first, last = (int(busy[0]), int(busy[-1]) + 1) if len(busy) else (0, months)
    deadline = pair.books.scenario.alternatives[pair.alternative].deadline
    days = [deadline, claim.by if claim else None, *_due(statement, pair)]
    ends = [_months_at(pair, day) for day in days if day is not None]
    return max(0.0, first - 0.5), min(float(months), max([last, *ends]) + 0.7)


def _title(pair: Pair, moved: Floats, moves: Moves | None, claim: Claim | None, lang: Lang) -> str:
    clock = pair.books.clock
    until = claim.by if claim and claim.by else pair.books.scenario.alternatives[pair.alternative].deadline
    hour = clock.hours if until is None else clock.hour_of(until) + 24
    month = int(np.clip(clock.month_of_hour(hour) - 1, 0, moved.shape[1] - 1))
    low, mid, high = quantiles(moved[:, month])
    at = clock.calendar_month(month) + 1
    when = say(lang, "month", year=clock.year_of_month(month), month=at, name=say(lang, f"month.{at}"))
    counts = {"moved": number(lang, mid), "low": number(lang, low), "high": number(lang, high)}
    in_rooms = pair.books.scenario.alternatives[pair.alternative].kind == "virtualise"
    title = say(lang, f"migration.title_{'virtualised' if in_rooms else 'moved'}", when=when, **counts)
    if moves is None:
        return title
    late = int(moves.late.sum())
    if not late:
        return title + say(lang, "migration.title_on_time")
    days = number(lang, float(moves.late_days.max()))
    all_moves = number(lang, len(moves.system))
    return title + say(lang, "migration.title_late", late=number(lang, late), all=all_moves, days=days)


def _caption(moves: Moves | None, statement: Statement, lang: Lang) -> str:
    if moves is None:
        return say(lang, "migration.caption_moved")
    caption = say(lang, "migration.caption_gantt", world=statement.middle_world)
    if moves.migration.freeze:
        comma = say(lang, "list.separator")
        caption += say(
            lang, "migration.caption_freeze", what=comma.join(f.what for f in moves.migration.freeze)
        )
    return caption + say(lang, "migration.caption_moved")


def _gantt(axes: Axes, moves: Moves, shown: list[Row], lang: Lang) -> None:
    """Planned above, simulated below; what came after the last planned day of a row stands out."""
    for y, row in enumerate(shown):
        planned = moves.months(moves.planned_h[row.chosen])
        low, high = float(planned.min()), float(planned.max())
        high = max(high, low + SHORTEST)
        axes.barh(y - 0.2, high - low, 0.34, left=low, color="white", edgecolor=BLACK, linewidth=0.8)
        here = moves.moved_h[row.chosen]
        if (here < NEVER).any():
            _simulated(axes, y + 0.2, moves.months(here[here < NEVER]), high)
        beside(axes, y, _figures(moves, row, lang))
    wide = LABEL_NARROW_COLUMNS + 2 if narrow() else LABEL_COLUMNS
    axes.set_yticks(range(len(shown)), [short(_label(moves, row, lang), wide) for row in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    levels = sum(row.kind == "level" for row in shown)
    if 0 < levels < len(shown):
        axes.axhline(levels - 0.5, color=GREY, linewidth=0.8)
    axes.tick_params(axis="both", length=0)
    axes.grid(axis="x")
    only(axes)
    keys: list[Artist] = [
        Patch(facecolor="white", edgecolor=BLACK, linewidth=0.8, label=say(lang, "migration.as_planned")),
        Patch(facecolor=BLUE, label=say(lang, "migration.simulated"), **OUTLINE),
        Patch(facecolor=ORANGE, hatch="////", label=say(lang, "migration.late"), **OUTLINE),
    ]
    if moves.migration.freeze:
        keys.append(Patch(facecolor=PALE, alpha=0.6, label=say(lang, "migration.freeze")))
    legend_above(axes, 4, _legend_room_in(), handles=keys)


def _simulated(axes: Axes, y: float, moved: Floats, planned_to: float) -> None:
    """From the first to the last cut-over, in two parts if it goes on after the last planned one."""
    start = float(moved.min())
    stop = max(float(moved.max()), start + SHORTEST)
    between = min(max(planned_to, start), stop)
    if between > start:
        axes.barh(y, between - start, 0.34, left=start, color=BLUE, **OUTLINE)
    if stop > between:
        axes.barh(y, stop - between, 0.34, left=between, color=ORANGE, hatch="////", **OUTLINE)


def _legend_room_in() -> float:
    """Width of a legend between the labels of rows and the column on the right."""
    return width_in() - (0.0 if narrow() else LEGEND_MARGIN_IN)


def _label(moves: Moves, row: Row, lang: Lang) -> str:
    if row.kind == "wave":
        return say(lang, f"migration.wave_{row.number}", first=row.key)
    level = list(moves.scenario.estate.levels.values())[row.level]
    title = in_language(level.title, lang)
    if row.kind == "level" or (row.kind == "unit" and not row.number):
        return title
    return say(lang, f"migration.row_{row.kind}", level=title, number=row.number)


def _figures(moves: Moves, row: Row, lang: Lang) -> str:
    count = number(lang, int(row.chosen.sum()))
    late = int(moves.late[row.chosen].sum())
    if not late:
        return say(lang, "migration.row_on_time", all=count)
    days = number(lang, float(moves.late_days[row.chosen].max()))
    return say(lang, "migration.row_late", all=count, late=number(lang, late), days=days)


def _shares(moves: Moves, limits: Limits) -> Iterator[tuple[str, Floats, Floats]]:
    """Planned and simulated use of each capacity by month, as shares of it; NaN where there is none."""
    most = None if limits.most is None else np.full(len(limits.staff), float(limits.most))
    planned, simulated = moves.use(moves.planned_h, False), moves.use(moves.moved_h, True)
    for name, limit, plan, run in zip(
        SERIES, (limits.staff, limits.line, most), planned, simulated, strict=True
    ):
        if limit is not None:
            over = np.where((limit > 0) & np.isfinite(limit), limit, np.nan)
            yield name, plan / over, run / over


def _use(axes: Axes, moves: Moves, limits: Limits, lang: Lang) -> None:
    """How much of staff and line each month takes."""
    edges = np.arange(len(limits.staff) + 1)
    shown = {
        "staff": {"people": number(lang, limits.people)},
        "line": {"mbps": number(lang, limits.mbps)},
        "cutovers": {"most": number(lang, limits.most or 0)},
    }
    highest = 1.0
    for name, planned, simulated in _shares(moves, limits):
        colour, line = LOOKS[name]
        label = say(lang, f"migration.use_{name}", **shown[name])
        axes.stairs(simulated, edges, baseline=None, color=colour, linewidth=1.6, linestyle=line, label=label)
        axes.stairs(planned, edges, baseline=None, color=colour, linewidth=1.2, linestyle=":")
        highest = max(highest, float(np.nanmax(simulated)), float(np.nanmax(planned)))
    axes.axhline(1.0, color=RED, linewidth=1.4, linestyle="--", label=say(lang, "migration.limit"))
    axes.plot([], [], ":", color=BLACK, linewidth=1.2, label=say(lang, "migration.as_planned"))
    axes.set_ylim(0, 1.12 * min(highest, 2.0))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel(say(lang, "migration.use_axis"))
    axes.tick_params(axis="x", length=0)
    axes.grid()
    legend_above(axes, 5, _legend_room_in(), columnspacing=1.0)


def _systems(
    axes: Axes,
    moved: Floats,
    planned: Floats,
    claim: Claim | None,
    statement: Statement,
    pair: Pair,
    lang: Lang,
) -> None:
    """Systems moved by each month's end, all worlds."""
    x = np.arange(moved.shape[1] + 1)
    low, mid, high = quantiles(np.pad(moved, ((0, 0), (1, 0))))
    axes.fill_between(x, low, high, color=BLUE, alpha=0.25, linewidth=0, label=say(lang, "band"))
    axes.plot(x, mid, color=BLUE, linewidth=2.2, label=say(lang, "migration.systems"))
    expected = quantiles(np.pad(planned, ((0, 0), (1, 0))))[1]
    axes.plot(x, expected, ":", color=BLACK, linewidth=1.6, label=say(lang, "migration.planned"))
    top = max(float(high.max()), float(expected.max()), 1.0)
    if pair.books.scenario.alternatives[pair.alternative].deadline is not None:
        axes.plot([], [], "--", color=BLACK, linewidth=1.1, label=say(lang, "migration.deadline"))
    if _due(statement, pair):
        axes.plot([], [], "-.", color=RED, linewidth=0.9, label=say(lang, "migration.rule"))
    if claim is not None and claim.by is not None:
        top = max(top, claim.published)
        what = say(lang, f"relation.{claim.relation}", number=number(lang, claim.published))
        at, label = _months_at(pair, claim.by), say(lang, "migration.claim", id=claim.id, what=what)
        look: dict[str, Any] = {"marker": "D", "markersize": 7, "color": ORANGE, "markeredgecolor": BLACK}
        axes.plot([at], [claim.published], linestyle="none", zorder=5, label=label, **look)
    axes.set_ylim(0, top * 1.1)
    axes.set_ylabel(say(lang, "migration.systems_axis"))
    axes.grid()
    legend_above(axes, 5, _legend_room_in(), columnspacing=1.0)


def _days(axes: Axes, statement: Statement, pair: Pair) -> None:
    """Freezes shaded, the deadline dashed, days of rules thin."""
    alternative = pair.books.scenario.alternatives[pair.alternative]
    for frozen in alternative.migration.freeze if alternative.migration else ():
        ends = _months_at(pair, frozen.first, end=False), _months_at(pair, frozen.to)
        axes.axvspan(*ends, color=PALE, alpha=0.6, linewidth=0, zorder=0)
    if alternative.deadline is not None:
        axes.axvline(_months_at(pair, alternative.deadline), color=BLACK, linewidth=1.1, linestyle="--")
    for day in _due(statement, pair):
        axes.axvline(_months_at(pair, day), color=RED, linewidth=0.9, linestyle="-.")


def _months(axes: Axes, pair: Pair, first: float, last: float) -> None:
    """Ticks at the first of a month, a quarter or a year."""
    step = 1 if last - first <= MONTHLY else 3 if last - first <= QUARTERLY else MONTHS_PER_YEAR
    if narrow():
        step = min(3 * step, MONTHS_PER_YEAR)
    clock = pair.books.clock
    shown = [
        m for m in range(int(np.ceil(first)), int(last) + 1) if (m + clock.calendar_month(0)) % step == 0
    ]
    axes.set_xticks(shown, [_tick(pair, m, step, m == shown[0]) for m in shown])


def _tick(pair: Pair, month: int, step: int, first: bool) -> str:
    """The month's number, with the year below it in January and at the start."""
    clock = pair.books.clock
    year, at = clock.year_of_month(month), clock.calendar_month(month) + 1
    if step == MONTHS_PER_YEAR:
        return f"{year}"
    return f"{at}\n{year}" if first or at == 1 else f"{at}"


def _bands(pair: Pair, moved: Floats, planned: Floats) -> Iterator[tuple[Cell, ...]]:
    for what, values in (("systems_moved", moved), ("systems_planned", planned)):
        band = quantiles(values)
        for month in range(values.shape[1]):
            yield (what, "", pair.month(month), "", *numbers(band[:, month]))


def _single(pair: Pair, moves: Moves, shown: list[Row]) -> Iterator[tuple[Cell, ...]]:
    """Figures of the middle world: cut-overs of each row of the Gantt chart, and use of capacity."""
    for row in shown:
        for what, hours in (("planned", moves.planned_h), ("moved", moves.moved_h)):
            counts = moves.counted(hours, row.chosen)
            for month in np.flatnonzero(counts):
                yield what, row.key, pair.month(int(month)), int(counts[month]), "", "", ""
    for name, planned, simulated in _shares(moves, moves.limits()):
        for what, values in ((f"{name}_planned", planned), (f"{name}_used", simulated)):
            for month in np.flatnonzero(np.nan_to_num(values)):
                yield what, "", pair.month(int(month)), float(values[month]), "", "", ""
