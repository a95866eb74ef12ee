"""How many machine rooms are open with every alternative, by level of government, and days that bind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...scenarios.clock import Clock
from ...scenarios.policy import CloseSmall, Coverage, MergeLarge, NoNewRoom
from ...sim.outcome import Study
from ...sim.timeline import stock
from ..books import MONTHS_PER_YEAR, Books
from ..claims import speaks_of
from ..messages import Lang, day_text, number, say
from ..policy import due_day
from ..quantiles import Floats, quantiles
from ..rule_words import rule_words
from ..statement import Statement
from .font import plain
from .style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    OUTLINE,
    PINK,
    POINTS_PER_IN,
    SKY,
    SMALL_PT,
    YELLOW,
    Chart,
    columns_in,
    heading,
    in_rows,
    narrow,
    numbers,
    width_in,
)
from .words import columns, short, wrap
from .worlds import Pair, in_language

COLUMNS = ("month_end", "alternative", "series", "p10", "p50", "p90")
LOOKS = ((SKY, ""), (ORANGE, "////"), (GREEN, "---"), (YELLOW, "xxx"), (PINK, "\\\\\\\\"), (BLUE, "|||"))
ABOUT_ROOMS = (CloseSmall, MergeLarge, NoNewRoom, Coverage)
MOST_MARKS = 4
LEVEL_COLUMNS = 30
KEY_MARK_COLUMNS = 6  # of a key's mark and the gaps beside it
KEY_LINE_IN = 0.2
BESIDE_IN = 0.75  # left and right of a panel
ROUND_IN = 1.05  # heading, years and their label of a panel


@dataclass(frozen=True)
class Mark:
    """A day that rooms are measured against, and what it is."""

    day: date
    words: str


def rooms(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Rooms open at each month's end with every alternative: all worlds as a band, one world by level."""
    pair = Pair.of(statement, study)
    names = pair.shown
    total = {name: pair.books.each(name, lambda o: o.rooms_open) for name in names}
    levels = {name: open_by_level(study, name) for name in names if name in study.runs}
    bound = {name: _marks(study, pair.books, name, lang) for name in names}
    marks = _first({mark for found in bound.values() for mark in found})
    handles, words = _keys(study, bool(levels), lang), _mark_words(marks, lang)
    widest = max(columns(str(handle.get_label())) for handle in handles) + KEY_MARK_COLUMNS
    count = int(np.clip(columns_in(width_in() - BESIDE_IN) // widest, 1, len(handles)))
    lines = -(-len(handles) // count) + (words.count("\n") + 1 if words else 0)
    figure, axes, keys = _axes(len(names), lines)
    for ax, name in zip(axes, names, strict=True):
        mine = {count: mark for count, mark in enumerate(marks, start=1) if mark in bound[name]}
        _draw(ax, pair, name, total[name], levels.get(name), mine, lang)
        leftmost = axes.index(ax) % in_rows(len(axes))[1] == 0
        ax.set_ylabel(say(lang, "rooms.axis") if leftmost or narrow() else "")
    top = max(max(float(quantiles(t).max()) for t in total.values()), 1.0)
    stacked = max((float(found.sum(axis=0).max()) for found in levels.values()), default=0.0)
    axes[0].set_ylim(0, 1.12 * max(top, stacked))
    _write_keys(keys, handles, count, words)
    rows: list[tuple[str | float, ...]] = []
    for name in names:
        band = quantiles(total[name])
        rows += [(pair.month(m), name, "all", *numbers(band[:, m])) for m in range(band.shape[1])]
        for level, counts in zip(study.scenario.estate.levels, levels.get(name, ()), strict=False):
            rows += [(pair.month(m), name, level, n, n, n) for m, n in enumerate(numbers(counts))]
    caption = say(lang, "rooms.caption") + pair.left_out(lang)
    return Chart(figure, _title(pair, total, lang), caption, COLUMNS, tuple(rows))


def open_by_level(study: Study, name: str) -> Floats:
    """Rooms open at each month's end in the world simulated in full, shape (levels, months)."""
    timeline, estate, clock = study.runs[name].timeline, study.world.estate, study.world.clock
    level = estate.units.level[estate.rooms.unit]
    last = clock.month_edges_h[1:] - 1
    found = []
    for row in range(len(study.scenario.estate.levels)):
        mine = level == row
        hourly = stock(clock.hours, timeline.room_open_h[mine], timeline.room_close_h[mine])
        found.append(hourly[last])
    return np.array(found)


def _marks(study: Study, books: Books, alternative: str, lang: Lang) -> list[Mark]:
    """The deadline, and the rules and published figures on rooms that have a day."""
    if alternative == study.scenario.baseline:
        return []
    scenario = study.scenario
    deadline = scenario.alternatives[alternative].deadline
    found = [] if deadline is None else [Mark(deadline, say(lang, "migration.deadline"))]
    bound = study.results[0].outcomes[alternative].policy
    for name in bound:
        rule = scenario.policy[name]
        day = due_day(rule)
        if isinstance(rule, ABOUT_ROOMS) and day is not None:
            found.append(Mark(day, plain(rule_words(scenario, rule, lang))))
    for claim in scenario.claims:
        day = claim.by or claim.since
        if claim.metric == "rooms_built" and day is not None and speaks_of(books, claim, alternative):
            words = say(lang, "migration.claim", id=claim.id, what=in_language(claim.what, lang))
            found.append(Mark(day, plain(words)))
    ends = scenario.time.start.year + scenario.time.years
    return [mark for mark in found if scenario.time.start <= mark.day < date(ends, 12, 31)]


def _first(marks: Collection[Mark]) -> list[Mark]:
    """The earliest ones."""
    return sorted(marks, key=lambda mark: (mark.day, mark.words))[:MOST_MARKS]


def _draw(
    axes: Axes,
    pair: Pair,
    name: str,
    total: Floats,
    levels: Floats | None,
    marks: Mapping[int, Mark],
    lang: Lang,
) -> None:
    ends = np.arange(1, total.shape[1] + 1)
    if levels is not None:
        base = np.zeros(len(ends))
        for row, counts in enumerate(levels):
            colour, hatch = LOOKS[row % len(LOOKS)]
            axes.fill_between(
                ends, base, base + counts, facecolor=colour, hatch=hatch, alpha=0.75, step="mid", **OUTLINE
            )
            base = base + counts
    low, mid, high = quantiles(total)
    axes.plot(ends, mid, color=BLACK, linewidth=2.2)
    for edge in (low, high):
        axes.plot(ends, edge, ":", color=BLACK, linewidth=1.3)
    clock = pair.books.clock
    for count, mark in marks.items():
        x = _month_of(clock, mark.day)
        axes.axvline(x, color=GREY, linewidth=1.1, linestyle="--")
        height = 0.985 - 0.075 * ((count - 1) % 2)
        axes.text(x, height, f" {count}", transform=axes.get_xaxis_transform(), va="top")
    step = MONTHS_PER_YEAR * max(1, -(-len(ends) // MONTHS_PER_YEAR // (4 if narrow() else 6)))
    axes.set_xlim(0, len(ends))
    axes.set_xticks(
        range(0, len(ends), step), [f"{clock.year_of_month(m)}" for m in range(0, len(ends), step)]
    )
    axes.set_xlabel(say(lang, "axis.year_start"))
    first, last = (number(lang, float(mid[end])) for end in (0, -1))
    figures = say(lang, "rooms.panel", first=first, last=last)
    heading(axes, pair.title(name, lang), figures, _panel_in(len(pair.shown)))
    axes.grid(axis="y")


def _month_of(clock: Clock, day: date) -> float:
    """Months from the start to the end of a day, where months are as long as they are."""
    hour = clock.hour_of(day) + 24
    month = clock.month_of_hour(hour) if hour < clock.hours else clock.months - 1
    begin, end = clock.month_edges_h[month : month + 2]
    return float(month + (hour - begin) / (end - begin))


def _keys(study: Study, by_level: bool, lang: Lang) -> list[Patch | Line2D]:
    """What areas and lines mean."""
    handles: list[Patch | Line2D] = []
    if by_level:
        for row, level in enumerate(study.scenario.estate.levels.values()):
            colour, hatch = LOOKS[row % len(LOOKS)]
            name = short(in_language(level.title, lang), LEVEL_COLUMNS)
            handles.append(Patch(facecolor=colour, hatch=hatch, alpha=0.75, label=name, **OUTLINE))
    handles.append(Line2D([], [], color=BLACK, linewidth=2.2, label=say(lang, "rooms.median")))
    handles.append(Line2D([], [], color=BLACK, linewidth=1.3, linestyle=":", label=say(lang, "rooms.band")))
    return handles


def _mark_words(marks: Sequence[Mark], lang: Lang) -> str:
    """The days marked, each from a new line on."""
    room = columns_in(width_in() - BESIDE_IN)
    return "\n".join(
        wrap(f"{count}  {day_text(lang, mark.day)}  {mark.words}", room, 2)
        for count, mark in enumerate(marks, start=1)
    )


def _axes(panel_count: int, key_lines: int) -> tuple[Figure, list[Axes], Axes]:
    """Panels beside each other, or below each other if narrow, and a strip for keys below them."""
    rows, across = (panel_count, 1) if narrow() else in_rows(panel_count)
    strip_in = KEY_LINE_IN * key_lines
    each_in = 2.9 if narrow() else 3.7
    figure = Figure(figsize=(width_in(), rows * each_in + strip_in + 0.2))
    grid = figure.add_gridspec(rows + 1, across, height_ratios=[each_in - ROUND_IN] * rows + [strip_in])
    shown: list[Axes] = []
    for count in range(panel_count):
        place = grid[count // across, count % across]
        shown.append(figure.add_subplot(place, sharey=shown[0] if shown else None))
    keys = figure.add_subplot(grid[rows, :])
    keys.set_axis_off()
    return figure, shown, keys


def _write_keys(axes: Axes, handles: list[Patch | Line2D], count: int, words: str) -> None:
    """Keys in so many columns, from the upper left corner down, and below them the days marked."""
    legend = axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=count,
        borderpad=0.0,
        borderaxespad=0.0,
        columnspacing=1.2,
        handlelength=1.6,
    )
    down = -POINTS_PER_IN * KEY_LINE_IN * -(-len(handles) // count)
    found = axes.annotate(
        words,
        (0.0, 1.0),
        (0.0, down),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        fontsize=SMALL_PT,
        linespacing=1.3,
    )
    for artist in (legend, found):
        artist.set_in_layout(False)


def _panel_in(panel_count: int) -> float:
    """Width that the heading of a panel may take."""
    return width_in() * (0.8 if narrow() else 0.84 / in_rows(panel_count)[1])


def _title(pair: Pair, total: dict[str, Floats], lang: Lang) -> str:
    ends = {name: quantiles(values[:, [0, -1]]) for name, values in total.items()}
    before, *others = ends.values()
    if len(others) != 1 or others[0][1, 1] >= others[0][1, 0]:
        parts = [
            say(lang, "rooms.part", name=pair.called(name, lang), last=number(lang, float(found[1, 1])))
            for name, found in ends.items()
        ]
        words = {"first": number(lang, float(before[1, 0])), "parts": say(lang, "list.clauses").join(parts)}
        return say(lang, "rooms.title_several", **words)
    (after,) = others
    return say(
        lang,
        "rooms.title",
        first=number(lang, float(after[1, 0])),
        last=number(lang, float(after[1, 1])),
        low=number(lang, float(after[0, 1])),
        high=number(lang, float(after[2, 1])),
        kept=number(lang, float(before[1, 1])),
    )
