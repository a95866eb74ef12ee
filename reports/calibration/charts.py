"""The charts of a calibration: quantities before and after, pairs after, what is worth knowing.

A chart is a function ``(found, lang) -> Chart``, or None where there is nothing to draw. Before is always
grey and filled, after a blue line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..charts.drivers import label
from ..charts.files import ChartFiles, write
from ..charts.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    Chart,
    beside,
    dress,
    legend_above,
    only,
    panel,
    panels,
    styled,
)
from ..charts.words import money_scale
from ..messages import LANGS, Lang, say, share, significant
from ..quantiles import Floats
from .calibrate import Calibration
from .contract import resampled
from .findings import Narrowing
from .information import Worth
from .words import WORTHS, after_number, unit_words, worth_first
from .worlds import levels

RIDGES, OPEN_RIDGES = 12, 4  # in all, and at least so many quantities that stay open
HEIGHT = 0.9  # of a ridge, where 1 is the distance to the next
REACH = 0.6  # beyond P5 and P95, as a share of the range between
CELLS = 240
SMOOTH = 0.04  # width of the kernel, as a share of that range
PAIRS = 4
DOTS = 600


def ridges(found: Calibration, lang: Lang) -> Chart:
    """Density of quantities before and after, each over its own range before."""
    shown = _shown(found)
    figure, axes = panel(1.2 + 0.42 * len(shown))
    grid = np.linspace(-REACH, 1 + REACH, CELLS)
    for row, narrowing in enumerate(shown):
        words = [say(lang, f"calibration.{name}") if row == 0 else None for name in ("before", "after")]
        _ridge(axes, found, narrowing, grid, -row, words)
        low, middle, high = (significant(lang, value) for value in narrowing.posterior)
        after = say(lang, "ranged", low=low, middle=middle, high=high)
        beside(axes, HEIGHT / 3 - row, f"{after}{after_number(narrowing.unit, lang)}")
    names = [label(found.scenario, n.path, lang) for n in shown]
    axes.set_yticks([HEIGHT / 3 - row for row in range(len(shown))], names)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([0, 1], [say(lang, "calibration.ridges.low"), say(lang, "calibration.ridges.high")])
    axes.set_xlim(grid[0], grid[-1])
    axes.grid(axis="x")
    only(axes, "bottom")
    legend_above(axes, 2)
    rows = tuple(
        (n.path, n.unit, *n.prior, *n.posterior, n.shrink, n.moved, int(n.informed)) for n in found.narrowings
    )
    title = say(lang, "calibration.ridges.title", informed=len(found.informed), all=len(found.narrowings))
    caption = say(lang, "calibration.ridges.caption", shown=len(shown))
    return Chart(figure, title, caption, RIDGE_COLUMNS, rows)


RIDGE_COLUMNS = (
    "quantity",
    "unit",
    "prior_p5",
    "prior_p50",
    "prior_p95",
    "posterior_p5",
    "posterior_p50",
    "posterior_p95",
    "sd_shrink",
    "mean_moved_sd",
    "informed",
)


def _shown(found: Calibration) -> list[Narrowing]:
    """The most narrowed quantities, then some of those that stay open, the leading ones first."""
    rest = [n for n in found.narrowings if not n.informed]
    lead = found.scenario.study.lead
    rest.sort(key=lambda n: lead.index(n.path) if n.path in lead else len(lead))
    first = list(found.informed[: RIDGES - min(OPEN_RIDGES, len(rest))])
    return first + rest[: RIDGES - len(first)]


def _ridge(
    axes: Axes,
    found: Calibration,
    narrowing: Narrowing,
    grid: Floats,
    base: float,
    words: Sequence[str | None],
) -> None:
    quantity = found.worlds.quantities[narrowing.path]
    low, _, high = narrowing.prior
    scaled = quantity.ppf(levels())
    prior = _density((scaled - low) / (high - low), np.full(len(scaled), 1 / len(scaled)), grid)
    weights = found.posterior.weights.share
    posterior = _density((found.posterior.values[narrowing.path] - low) / (high - low), weights, grid)
    top = HEIGHT / max(prior.max(), posterior.max())
    before, after = words
    axes.fill_between(grid, base, base + top * prior, color=PALE, linewidth=0, label=before, zorder=2)
    axes.plot(grid, base + top * posterior, color=BLUE, linewidth=1.6, label=after, zorder=3)
    axes.axhline(base, color=GREY, linewidth=0.5, zorder=1)


def _density(values: Floats, weights: Floats, grid: Floats) -> Floats:
    """Weighted density on an even grid: a histogram, smoothed."""
    step = grid[1] - grid[0]
    edges = np.append(grid - step / 2, grid[-1] + step / 2)
    counts = np.histogram(values, bins=edges, weights=weights)[0] / step
    reach = np.arange(-int(4 * SMOOTH / step), int(4 * SMOOTH / step) + 1) * step
    kernel = np.exp(-0.5 * (reach / SMOOTH) ** 2)
    return np.asarray(np.convolve(counts, kernel / kernel.sum(), mode="same"))


def pairs(found: Calibration, lang: Lang) -> Chart | None:
    """Quantities that are tied to each other, as points of the posterior."""
    shown = found.pairs[:PAIRS]
    if not shown:
        return None
    columns = min(len(shown), 2)
    figure, axes = panels(-(-len(shown) // 2), columns, 3.4 * -(-len(shown) // 2) + 0.6)
    rows = resampled(found.posterior.weights.share, DOTS)
    even = resampled(found.worlds.prior_share, DOTS)
    for ax, pair in zip(axes.ravel(), shown, strict=False):
        for values, chosen, look in (
            (found.worlds.values, even, {"color": PALE, "s": 8, "label": say(lang, "calibration.before")}),
            (found.posterior.values, rows, {"color": BLUE, "s": 5, "label": say(lang, "calibration.after")}),
        ):
            ax.scatter(values[pair.one][chosen], values[pair.other][chosen], linewidths=0, **look)
        ax.set_xlabel(_with_unit(found, pair.one, lang))
        ax.set_ylabel(_with_unit(found, pair.other, lang))
        ax.set_title(say(lang, "calibration.pairs.rank", value=f"{pair.correlation:+.2f}"), loc="right")
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.grid()
    for ax in axes.ravel()[len(shown) :]:
        ax.set_axis_off()
    legend_above(axes[0, 0], 2)
    first = shown[0]
    names = {"one": label(found.scenario, first.one, lang), "other": label(found.scenario, first.other, lang)}
    title = say(lang, f"calibration.pairs.title_{'either' if first.correlation < 0 else 'both'}", **names)
    table = tuple((p.one, p.other, p.correlation) for p in found.pairs)
    caption = say(lang, "calibration.pairs.caption")
    return Chart(figure, title, caption, ("quantity_one", "quantity_other", "rank_correlation"), table)


def _with_unit(found: Calibration, path: str, lang: Lang) -> str:
    unit = unit_words(found.worlds.quantities[path].unit or "1", lang)
    text = label(found.scenario, path, lang)
    return f"{text} ({unit})" if unit else text


def worth(found: Calibration, lang: Lang) -> Chart | None:
    """What each quantity is worth knowing, and how much of the outcome's spread goes with it."""
    decision = found.decision
    if decision is None or not decision.worths:
        return None
    shown = [w for w in decision.worths if w.evppi_cny > 0 or w.explained > 0][:WORTHS]
    if not shown:
        return None
    figure, axes = panels(1, 2, 1.4 + 0.34 * len(shown), sharey=True)
    scale, unit = money_scale(lang, max(decision.evpi_cny, 1.0))
    bars: tuple[tuple[Axes, Callable[[Worth], float], str, str], ...] = (
        (axes[0, 0], lambda w: w.evppi_cny / scale, BLUE, say(lang, "calibration.worth.axis", unit=unit)),
        (axes[0, 1], lambda w: w.explained, ORANGE, say(lang, "calibration.worth.explained")),
    )
    for ax, value, colour, name in bars:
        values = [value(w) for w in shown]
        ax.barh(range(len(shown)), values, 0.62, color=colour, edgecolor=BLACK, linewidth=0.6)
        ax.set_xlabel(name)
        ax.set_xlim(0, max([*values, 1e-9]) * 1.1 if max(values) > 0 else 1)
        ax.grid(axis="x")
        ax.tick_params(axis="y", length=0)
        only(ax, "bottom")
    if decision.evpi_cny > 0 and not any(w.evppi_cny for w in shown):
        axes[0, 0].set_xlim(0, decision.evpi_cny / scale)
    axes[0, 1].xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes[0, 0].set_yticks(range(len(shown)), [label(found.scenario, w.path, lang) for w in shown])
    axes[0, 0].invert_yaxis()
    rows = tuple((w.path, w.evppi_cny, w.explained) for w in decision.worths)
    best = share(decision.best[decision.chosen])
    caption = say(lang, "calibration.worth.caption", best=best)
    return Chart(figure, worth_first(found, lang), caption, ("quantity", "evppi_cny", "explained"), rows)


CHARTS: Mapping[str, Callable[[Calibration, Lang], Chart | None]] = {
    "ridges": ridges,
    "pairs": pairs,
    "worth": worth,
}


def render(found: Calibration, folder: Path, run_id: str) -> dict[tuple[str, str], ChartFiles]:
    """Write every chart in every language into ``folder``/charts; keys (chart, language)."""
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    made: dict[tuple[str, str], ChartFiles] = {}
    for name, chart in CHARTS.items():
        for lang in LANGS:
            with styled(f"calibration-{name}.{lang}"):
                drawn = chart(found, lang)
                if drawn is not None:
                    dress(drawn.figure, drawn.title, _source(found, lang, run_id))
                    made[name, lang] = write(drawn, target, name, lang, run_id)
    return made


def _source(found: Calibration, lang: Lang, run_id: str) -> str:
    scenario = found.scenario
    return say(
        lang,
        "calibration.source",
        title=getattr(scenario.title, lang),
        worlds=found.worlds.count,
        year=scenario.time.price_year,
        run=run_id,
    )
