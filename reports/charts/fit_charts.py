"""The charts of a fit: a trace beside the model fitted to it.

A chart is a function ``(fit, lang) -> Chart``, listed in ``FIT_CHARTS``. The trace is always drawn
solid in blue, the model dashed in orange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from ...sim.fit import CROSS_EDGES, LEVELS, Fit
from ..messages import LANGS, Lang, number, say, share
from .files import ChartFiles, write
from .style import BLACK, BLUE, GREY, ORANGE, PALE, Chart, dress, legend_above, panel, panels, styled

TRACE: dict[str, Any] = {"color": BLUE, "linewidth": 1.8}
MODEL: dict[str, Any] = {"color": ORANGE, "linewidth": 1.8, "linestyle": (0, (5, 2))}
HOURS, DAYS = 24, 7
HOUR_TICKS = 4
TICKS = (0, 0.25, 1, 2, 4, 6, 9, 12, 16, 20)
FEW = 0.0005  # pairs too few to be seen
NEAR_ZERO = 0.25  # half width of the correlations shown where all pairs lie within it


def marginal(fit: Fit, lang: Lang) -> Chart:
    """Quantiles of utilisation, and of demand over the component's own mean."""
    figure, axes = panels(1, 2, 3.9)
    pairs = (
        ("utilisation", fit.measured.utilisation, fit.modelled.utilisation),
        ("relative", fit.measured.relative, fit.modelled.relative),
    )
    for ax, (name, trace, model) in zip(axes[0], pairs, strict=True):
        _both(ax, LEVELS, trace, model, lang, marker="o", markersize=3.5)
        ax.set_title(say(lang, f"fit.marginal.{name}"), loc="left")
        ax.set_xlabel(say(lang, "fit.marginal.level"))
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes[0, 1].set_yscale("function", functions=(_root, np.square))
    axes[0, 1].set_yticks([n for n in TICKS if n <= max(pairs[1][1].max(), pairs[1][2].max())])
    axes[0, 1].yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    legend_above(axes[0, 0], 2, bbox_to_anchor=(0.0, 1.09))
    rows = tuple(
        (name, float(level), float(a), float(b))
        for name, trace, model in pairs
        for level, a, b in zip(LEVELS, trace, model, strict=True)
    )
    gap = share(fit.goodness["relative_probability_gap"], 1)
    title = say(lang, "fit.marginal.title", gap=gap)
    capped = share(fit.parameters.noise_capped)
    caption = say(lang, "fit.marginal.caption", idle=fit.idle, capped=capped)
    return Chart(figure, title, caption, ("measure", "quantile", "trace", "model"), rows)


def _root(values: Any) -> Any:
    return np.sqrt(np.maximum(values, 0))


def memory(fit: Fit, lang: Lang) -> Chart:
    """Mean autocorrelation by lag."""
    figure, axes = panel(3.9)
    lag_h, trace, model = fit.measured.lag_h, fit.measured.acf, fit.modelled.acf
    _both(axes, lag_h, trace, model, lang)
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.set_xlim(0, float(lag_h[-1]))
    _hour_ticks(axes, float(lag_h[-1]))
    axes.set_xlabel(say(lang, "fit.memory.lag"))
    axes.set_ylabel(say(lang, "fit.memory.axis"))
    legend_above(axes, 2)
    rows = tuple((float(h), float(a), float(b)) for h, a, b in zip(lag_h, trace, model, strict=True))
    at = int(np.argmin(np.abs(lag_h - 1)))
    shown = {"trace": number(lang, float(trace[at]), 2), "model": number(lang, float(model[at]), 2)}
    hours = f"{float(lag_h[at]):g}"
    title = say(lang, "fit.memory.title", hours=hours, **shown)
    return Chart(figure, title, say(lang, "fit.memory.caption"), ("lag_h", "trace", "model"), rows)


def week(fit: Fit, lang: Lang) -> Chart:
    """Relative demand over the hours of the week, or of the day where there is no calendar."""
    figure, axes = panel(3.9)
    days = [d for d in range(DAYS) if np.isfinite(fit.measured.week[d]).any()]
    rows = []
    for at, day in enumerate(days):
        hours = at * HOURS + np.arange(HOURS + 1)
        for line, values, name in (
            (TRACE, fit.measured.week[day], "fit.trace"),
            (MODEL, fit.modelled.week[day], "fit.model"),
        ):
            label = say(lang, name) if at == 0 else None
            axes.stairs(values, hours, baseline=None, label=label, **line)
        axes.axvline(at * HOURS, color=PALE, linewidth=0.8)
        both = zip(fit.measured.week[day], fit.modelled.week[day], strict=True)
        rows += [(day + 1, h, float(a), float(b)) for h, (a, b) in enumerate(both)]
    axes.axhline(1, color=GREY, linewidth=0.9)
    axes.set_xlim(0, len(days) * HOURS)
    axes.set_ylim(bottom=0)
    known = "calendar" not in fit.unknown
    if len(days) > 1:
        axes.set_xticks(np.arange(len(days)) * HOURS + HOURS / 2, [say(lang, f"weekday.{d}") for d in days])
        axes.tick_params(axis="x", length=0)
    else:
        axes.set_xticks(range(0, HOURS + 1, HOUR_TICKS))
        axes.set_xlabel(say(lang, "axis.hour") + (f" ({say(lang, f'weekday.{days[0]}')})" if known else ""))
    axes.set_ylabel(say(lang, "fit.week.axis"))
    legend_above(axes, 2)
    title = _week_title(fit, days, lang)
    caption = say(lang, "fit.week.caption", unknown=_unknown(fit, lang))
    return Chart(figure, title, caption, ("weekday", "hour", "trace", "model"), tuple(rows))


def _week_title(fit: Fit, days: list[int], lang: Lang) -> str:
    values = fit.measured.week[days]
    busy, idle = (
        int(np.unravel_index(pick(values), values.shape)[1]) for pick in (np.nanargmax, np.nanargmin)
    )
    shown = {"most": f"{np.nanmax(values):.2f}", "least": f"{np.nanmin(values):.2f}"}
    return say(lang, "fit.week.title", busy=f"{busy:02d}:00", idle=f"{idle:02d}:00", **shown)


def _unknown(fit: Fit, lang: Lang) -> str:
    if not fit.unknown:
        return say(lang, "fit.unknown.none")
    return ("; " if lang == "en" else "；").join(say(lang, f"fit.unknown.{key}") for key in fit.unknown)


def cross(fit: Fit, lang: Lang) -> Chart:
    """How pairs of components correlate."""
    figure, axes = panel(3.9)
    axes.stairs(fit.measured.cross, CROSS_EDGES, fill=True, color=BLUE, alpha=0.35)
    axes.stairs(fit.measured.cross, CROSS_EDGES, label=say(lang, "fit.trace"), **TRACE)
    axes.stairs(fit.modelled.cross, CROSS_EDGES, label=say(lang, "fit.model"), **MODEL)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    used = (fit.measured.cross > FEW) | (fit.modelled.cross > FEW)
    reach = float(np.max(np.abs(CROSS_EDGES[1:][used]), initial=NEAR_ZERO))
    axes.set_xlim(-min(1.0, reach + 0.02), min(1.0, reach + 0.02))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(say(lang, "fit.cross.axis"))
    axes.set_ylabel(say(lang, "fit.cross.pairs"))
    axes.grid(axis="y")
    legend_above(axes, 2)
    rows = tuple(
        (float(a), float(b), float(t), float(m))
        for a, b, t, m in zip(
            CROSS_EDGES[:-1], CROSS_EDGES[1:], fit.measured.cross, fit.modelled.cross, strict=True
        )
    )
    shown = {"trace": f"{fit.measured.cross_mean:.3f}", "model": f"{fit.modelled.cross_mean:.3f}"}
    title, caption = say(lang, "fit.cross.title", **shown), say(lang, "fit.cross.caption")
    return Chart(figure, title, caption, ("from", "to", "trace", "model"), rows)


FIT_CHARTS: Mapping[str, Callable[[Fit, Lang], Chart]] = {
    "marginal": marginal,
    "memory": memory,
    "week": week,
    "cross": cross,
}


def render_fit(fit: Fit, folder: Path, run_id: str) -> dict[tuple[str, str], ChartFiles]:
    """Write every chart of a fit in every language into ``folder``/charts; keys (chart, language)."""
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    written: dict[tuple[str, str], ChartFiles] = {}
    for name, chart in FIT_CHARTS.items():
        for lang in LANGS:
            with styled(f"fit-{name}.{lang}"):
                drawn = chart(fit, lang)
                dress(drawn.figure, drawn.title, _source(fit, lang, run_id))
                written[name, lang] = write(drawn, target, name, lang, run_id)
    return written


def _source(fit: Fit, lang: Lang, run_id: str) -> str:
    return say(
        lang,
        "fit.source",
        name=Path(fit.trace.path).name,
        components=fit.trace.components,
        days=f"{fit.trace.span_days:.3g}",
        step=f"{fit.trace.step_s:g}",
        run=run_id,
    )


def _both(axes: Axes, x: Any, trace: Any, model: Any, lang: Lang, **options: Any) -> None:
    axes.plot(x, trace, label=say(lang, "fit.trace"), **(TRACE | options))
    axes.plot(x, model, label=say(lang, "fit.model"), **(MODEL | options))
    axes.grid()


def _hour_ticks(axes: Axes, last_h: float) -> None:
    """Ticks every 4 hours, or every day of a longer range."""
    every = HOUR_TICKS if last_h <= 2 * HOURS else HOURS
    axes.set_xticks(np.arange(0, last_h + 1, every))
