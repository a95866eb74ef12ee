"""How busy the machines are, by weekday and hour, before and after."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import PercentFormatter

from ...sim.outcome import Study
from ..messages import Lang, say, share
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import Chart, only, panels
from .worlds import Pair

COLUMNS = ("alternative", "weekday", "hour", "utilisation")
DAYS, HOURS = 7, 24


def utilisation(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Mean utilisation by weekday and hour in the last year, both alternatives on one scale."""
    pair = Pair.of(statement, study)
    names = pair.names
    heat = {name: pair.books.each(name, lambda o: o.heat).mean(axis=0) for name in names}
    mean = {n: pair.books.mean_of_years(pair.books.each(n, lambda o: o.utilisation)) for n in names}
    figure, axes = panels(1, 2, 3.6, sharey=True)
    top = max(float(h.max()) for h in heat.values())
    for ax, name in zip(axes[0], names, strict=True):
        image = _strip(ax, heat[name], top)
        low, mid, high = (share(v, 1) for v in quantiles(mean[name]))
        title = say(lang, "utilisation.panel", name=pair.title(name, lang), mid=mid, low=low, high=high)
        ax.set_title(title, loc="left")
        ax.set_xlabel(say(lang, "axis.hour"))
    axes[0, 0].set_yticks(range(DAYS), [say(lang, f"weekday.{d}") for d in range(DAYS)])
    percent = PercentFormatter(1.0, decimals=0)
    bar = figure.colorbar(image, ax=list(axes[0]), format=percent, pad=0.015, aspect=18)
    bar.set_label(say(lang, "utilisation.axis"))
    bar.outline.set_visible(False)
    rows = tuple(
        (n, d + 1, h, float(heat[n][d, h])) for n in names for d in range(DAYS) for h in range(HOURS)
    )
    caption = say(lang, "utilisation.caption", year=pair.all_years()[-1])
    before, after = (float(quantiles(mean[n])[1]) for n in names)
    return Chart(figure, _title(before, after, lang), caption, COLUMNS, rows)


def _strip(axes: Axes, heat: Floats, top: float) -> AxesImage:
    """One week as a strip of colours; ``heat`` has shape (7, 24)."""
    extent = (0, HOURS, DAYS - 0.5, -0.5)
    image = axes.imshow(
        heat, "cividis", vmin=0, vmax=top, aspect="auto", interpolation="nearest", extent=extent
    )
    axes.set_xticks(range(0, HOURS + 1, 4))
    axes.tick_params(length=2)
    only(axes)
    return image


def _title(before: float, after: float, lang: Lang) -> str:
    shown = {"before": share(before, 1), "after": share(after, 1)}
    if after < before:
        return say(lang, "utilisation.title_less", **shown)
    return say(lang, "utilisation.title", factor=f"{after / before:.1f}" if before else "-", **shown)
