"""What users notice: hours lost a year, and how many systems fail at once on the worst day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ...sim.outcome import Outcome, Study
from ..messages import Lang, number, say, significant
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    ALTERNATIVES,
    BLACK,
    Cell,
    Chart,
    beside,
    by_rows,
    columns_in,
    labels,
    narrow,
    numbers,
    panels,
    width_in,
)
from .words import wrap
from .worlds import Pair

COLUMNS = ("metric", "alternative", "p10", "p50", "p90", "mean")
MARGIN_IN = 1.3  # left of the axes, at least
HEAD_IN, ROW_IN = 2.1, 0.35


def service(statement: Statement, study: Study, lang: Lang) -> Chart:
    """System-hours lost a year, systems down at once and demand not served, as dots with intervals."""
    pair = Pair.of(statement, study)
    names = pair.shown
    years = study.scenario.time.years
    metrics: dict[str, Callable[[Outcome], float]] = {
        "hours_lost": lambda o: o.service.system_hours_lost / years,
        "worst_down": lambda o: float(o.service.worst_down),
        "unserved_ppm": lambda o: o.service.unserved_share * 1e6,
    }
    figure, axes = panels(len(metrics), 1, HEAD_IN + len(metrics) * ROW_IN * len(names))
    middle: dict[tuple[str, str], float] = {}
    rows: list[tuple[Cell, ...]] = []
    for ax, (metric, value) in zip(axes[:, 0], metrics.items(), strict=True):
        spreads = []
        for name in names:
            worlds = pair.books.each(name, value)
            spreads.append(quantiles(worlds))
            middle[metric, name] = float(spreads[-1][1])
            rows.append((metric, name, *numbers(spreads[-1]), float(worlds.mean())))
        _dots(ax, pair, names, spreads, metric, lang)
    clouds = [study.scenario.alternatives[name].cloud for name in names]
    recovered = any(cloud is not None and cloud.recovery is not None for cloud in clouds)
    recovery = say(lang, "service.recovery_some" if recovered else "service.recovery_none")
    caption = say(lang, "service.caption", recovery=recovery) + pair.left_out(lang)
    return Chart(figure, _title(pair, middle, lang), caption, COLUMNS, tuple(rows))


def _title(pair: Pair, middle: Mapping[tuple[str, str], float], lang: Lang) -> str:
    """Hours lost and the worst moment: what changes, or of several alternatives what each comes to."""
    names = pair.shown
    lost = [middle["hours_lost", name] for name in names]
    worst = [middle["worst_down", name] for name in names]
    if len(names) != 2 or _whole(lang, worst[0]) == _whole(lang, worst[1]):
        parts = [
            say(
                lang,
                "service.part",
                name=pair.called(name, lang),
                lost=_whole(lang, hours),
                worst=_whole(lang, most),
            )
            for name, hours, most in zip(names, lost, worst, strict=True)
        ]
        return say(lang, "service.title_several", parts=say(lang, "list.clauses").join(parts))
    hours, day = ("fewer" if lost[1] <= lost[0] else "more"), ("worse" if worst[1] > worst[0] else "better")
    return say(
        lang,
        f"service.title_{hours}_{day}",
        lost_before=_whole(lang, lost[0]),
        lost_after=_whole(lang, lost[1]),
        worst_before=_whole(lang, worst[0]),
        worst_after=_whole(lang, worst[1]),
    )


def _whole(lang: Lang, value: float) -> str:
    """A number in a sentence: two significant digits from a hundred on."""
    return number(lang, float(f"{value:.2g}") if value >= 100 else value)


def _dots(
    axes: Axes, pair: Pair, names: Sequence[str], spreads: list[Floats], metric: str, lang: Lang
) -> None:
    largest = max(float(s[2]) for s in spreads)
    smallest = min(float(s[0]) for s in spreads)
    if smallest > 0 and largest > 8 * smallest:
        axes.set_xscale("log")
        axes.set_xlim(smallest / 1.6, largest * 1.6)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if narrow() else (1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_xlim(0, largest * 1.15 or 1.0)
        axes.xaxis.set_major_locator(MaxNLocator(3 if narrow() else 8))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(lang, v, 2 if 0 < v < 1 else 0)))
    for y, ((low, mid, high), (colour, _, marker)) in enumerate(zip(spreads, ALTERNATIVES, strict=False)):
        axes.plot([low, high], [y, y], color=colour, linewidth=3.2, solid_capstyle="round", alpha=0.55)
        axes.plot([mid], [y], marker=marker, color=colour, markeredgecolor=BLACK, markersize=8)
        text = say(
            lang,
            "service.figures",
            mid=significant(lang, mid, 2),
            low=significant(lang, low, 2),
            high=significant(lang, high, 2),
        )
        beside(axes, y, text)
    axes.set_yticks(range(len(names)), labels(pair.title(n, lang) for n in names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_title(
        wrap(say(lang, f"service.{metric}"), columns_in(width_in() - MARGIN_IN)), loc="left", pad=3
    )
    by_rows(axes)
