"""How busy the machines are, by weekday and hour, with every alternative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from ...sim.outcome import Study
from ..messages import Lang, say, share
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import BLACK, Chart, heading, in_rows, narrow, only, panels, width_in
from .worlds import Pair

COLUMNS = ("alternative", "weekday", "hour", "utilisation")
DAYS, HOURS = 7, 24
STRIP_IN = 3.6


def utilisation(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Mean utilisation by weekday and hour in the last year, all alternatives on one scale."""
    pair = Pair.of(statement, study)
    names = pair.shown
    heat = {name: pair.books.each(name, lambda o: o.heat).mean(axis=0) for name in names}
    mean = {n: pair.books.mean_of_years(pair.books.each(n, lambda o: o.utilisation)) for n in names}
    rows_of, across = in_rows(len(names))
    figure, grid = panels(rows_of, across, STRIP_IN * rows_of, sharey=True)
    axes = grid.ravel().tolist()
    top = max(max(float(h.max()) for h in heat.values()), 1e-9)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    for ax, name in zip(axes, names, strict=False):
        image = _strip(ax, heat[name], top)
        low, mid, high = (share(v, 1) for v in quantiles(mean[name]))
        idle = share(1 - heat[name].max())
        figures = say(lang, "utilisation.panel", mid=mid, low=low, high=high, idle=idle)
        heading(ax, pair.title(name, lang), figures, width_in() * (0.6 if narrow() else 0.78 / across))
        ax.set_xlabel(say(lang, "axis.hour"))
        ax.set_yticks(range(DAYS), [say(lang, f"weekday.{d}") for d in range(DAYS)])
    percent = PercentFormatter(1.0, decimals=0)
    bar = figure.colorbar(image, ax=axes, format=percent, pad=0.015, aspect=18)
    bar.set_label(say(lang, "utilisation.axis"))
    bar.outline.set_visible(False)
    rows = tuple(
        (n, d + 1, h, float(heat[n][d, h])) for n in names for d in range(DAYS) for h in range(HOURS)
    )
    caption = say(lang, "utilisation.caption", year=pair.all_years()[-1])
    middle = {n: float(quantiles(mean[n])[1]) for n in names}
    return Chart(figure, _title(pair, middle, lang), caption + pair.left_out(lang), COLUMNS, rows)


def _strip(axes: Axes, heat: Floats, top: float) -> AxesImage:
    """One week as a strip of colours; ``heat`` has shape (7, 24)."""
    extent = (0, HOURS, DAYS - 0.5, -0.5)
    image = axes.imshow(
        heat, "cividis", vmin=0, vmax=top, aspect="auto", interpolation="nearest", extent=extent
    )
    day, hour = np.unravel_index(int(heat.argmax()), heat.shape)
    corner = float(hour), float(day) - 0.5
    for colour, width in (("white", 2.4), (BLACK, 1.2)):
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=colour, linewidth=width))
    axes.set_xticks(range(0, HOURS + 1, 4))
    axes.tick_params(length=2)
    only(axes)
    return image


def _title(pair: Pair, middle: Mapping[str, float], lang: Lang) -> str:
    if len(middle) != 2:
        said = [
            say(lang, "utilisation.part", name=pair.called(name, lang), mean=share(mean, 1))
            for name, mean in middle.items()
        ]
        return say(lang, "utilisation.title_several", parts=say(lang, "list.clauses").join(said))
    before, after = middle.values()
    shown = {"before": share(before, 1), "after": share(after, 1)}
    if after < before:
        return say(lang, "utilisation.title_less", **shown)
    return say(lang, "utilisation.title", factor=f"{after / before:.1f}" if before else "-", **shown)
