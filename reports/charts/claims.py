"""Published figures beside the simulated range, one row for each way of counting."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from ...scenarios.schema import Claim
from ...sim.outcome import Study
from ..claims import Check
from ..messages import Lang, money, money_range, say, share
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREY,
    RED,
    SKY,
    SMALL_PT,
    Cell,
    Chart,
    above,
    beside,
    narrow,
    only,
    panels,
)
from .words import money_scale
from .worlds import Pair, in_language

COLUMNS = ("claim", "accounting", "world", "saving_cny", "published_cny")
BINS = 30


def distribution(statement: Statement, study: Study, lang: Lang) -> Chart:
    """The annual saving under each way of counting, with the published figure."""
    return _claim_chart(statement, study, "annual_saving", lang)


def oneoff(statement: Statement, study: Study, lang: Lang) -> Chart:
    """The one-off saving under each way of counting, with the published figure."""
    return _claim_chart(statement, study, "one_off_saving", lang)


def _claim_chart(statement: Statement, study: Study, metric: str, lang: Lang) -> Chart:
    ways = [c for c in statement.claims if c.claim.metric == metric and c.alternative == statement.headline]
    if not ways:
        return _unclaimed(statement, study, metric, lang)
    claim = ways[0].claim
    ways = [way for way in ways if way.claim.id == claim.id]
    figure, axes = panels(len(ways), 1, 1.55 + _row_in() * len(ways), sharex=True)
    names = [accounting(way, lang, "\n") for way in ways]
    verdicts = [_verdict(way, lang) for way in ways]
    unit = _draw(axes[:, 0].tolist(), [way.values for way in ways], names, verdicts, claim, lang)
    axes[-1, 0].set_xlabel(say(lang, f"claims.axis_{metric}", unit=unit))
    rows: list[tuple[Cell, ...]] = [
        (claim.id, way.accounting, result.world, float(value), claim.published)
        for way in ways
        for result, value in zip(study.results, way.values, strict=True)
    ]
    caption = say(lang, f"claims.caption_{metric}")
    what = in_language(claim.what, lang)
    caption += say(lang, "claims.caption_claim", id=claim.id, what=what, source=claim.source)
    return Chart(figure, _title(ways, metric, lang), caption, COLUMNS, tuple(rows))


def _row_in() -> float:
    """Height of a row; higher if its words stand above it."""
    return 1.3 if narrow() else 0.8


def _unclaimed(statement: Statement, study: Study, metric: str, lang: Lang) -> Chart:
    """What to show where nothing is claimed: all categories, net of the cloud's own cost."""
    pair = Pair.of(statement, study)
    annual = metric == "annual_saving"
    values = (pair.books.annual_saving if annual else pair.books.one_off_saving)(pair.alternative)
    low, mid, high = quantiles(values)
    middle, span = money(lang, mid), money_range(lang, low, high)
    figure, axes = panels(1, 1, 1.8 + _row_in())
    names, verdicts = [say(lang, "accounting.net.on")], [say(lang, "claims.range", mid=middle, range=span)]
    unit = _draw([axes[0, 0]], [values], names, verdicts, None, lang)
    axes[0, 0].set_xlabel(say(lang, f"claims.axis_{metric}", unit=unit))
    title = say(lang, "claims.title_none", subject=say(lang, f"claims.{metric}"), mid=middle, range=span)
    rows = tuple((metric, "net", r.world, float(v), "") for r, v in zip(study.results, values, strict=True))
    return Chart(figure, title, say(lang, f"claims.caption_{metric}"), COLUMNS, rows)


def _title(ways: list[Check], metric: str, lang: Lang) -> str:
    claim = ways[0].claim
    inside = [way for way in ways if way.inside]
    said = {"subject": say(lang, f"claims.{metric}"), "published": money(lang, claim.published)}
    if len(inside) == len(ways) or not inside:
        return say(lang, "claims.title_all" if inside else "claims.title_no", count=len(ways), **said)
    comma = say(lang, "list.separator")
    most = 2 * len(inside) > len(ways)
    named = [way for way in ways if way.inside != most]  # the fewer ones
    which = say(lang, "claims.or").join(accounting(way, lang, comma) for way in named)
    key = "claims.title_most" if most else "claims.title_some"
    return say(lang, key, inside=len(inside), count=len(ways), way=which, **said)


def accounting(way: Check, lang: Lang, separator: str) -> str:
    """A way of counting in words: each switch of the claim, on or off."""
    states = ((s, "on" if s in way.switches else "off") for s in way.claim.switches)
    return separator.join(say(lang, f"accounting.{switch}.{state}") for switch, state in states)


def _verdict(way: Check, lang: Lang) -> str:
    """Range over worlds, and where the published figure lies in it."""
    low, mid, high = way.stat.span
    text = say(lang, "claims.range", mid=money(lang, mid), range=money_range(lang, low, high)) + "\n"
    if way.verdict == "used":
        return text + say(lang, "claims.used")
    if way.inside:
        return text + say(lang, "claims.inside", share=share(way.below))
    side = "above" if way.distance > 0 else "below"
    return text + say(lang, f"claims.{side}", gap=money(lang, abs(way.distance)))


def _draw(
    axes: list[Axes],
    rows: list[Floats],
    names: list[str],
    verdicts: list[str],
    claim: Claim | None,
    lang: Lang,
) -> str:
    """One row a way of counting, values in CNY; returns the unit of the axis."""
    values = np.concatenate([*rows, *([[claim.published]] if claim else [])])
    low, high = float(values.min()), float(values.max())
    scale, unit = money_scale(lang, max(-low, high))
    margin = 0.03 * (high - low) or max(0.1 * abs(high), 1.0)  # of one value, an axis that can be read
    bins = (np.linspace(low - margin, high + margin, BINS + 1) / scale).tolist()
    tallest = max(int(np.histogram(row / scale, bins)[0].max()) for row in rows)
    for ax, row, name, verdict in zip(axes, rows, names, verdicts, strict=True):
        _row(ax, row / scale, bins, tallest)
        if narrow():
            words = [" ".join(name.split("\n")) if lang == "en" else name.replace("\n", "，"), verdict]
            ax.set_title("\n".join(words), loc="left", fontsize=SMALL_PT, linespacing=1.25)
        else:
            ax.set_ylabel(name, rotation=0, ha="right", va="center", linespacing=1.25)
            beside(ax, 0.4 * tallest, verdict)
        if claim:
            ax.axvline(claim.published / scale, color=RED, linewidth=1.8, linestyle="--")
        if low < 0 < high:
            ax.axvline(0, color=GREY, linewidth=0.8)
        ax.tick_params(axis="x", length=2 if ax is axes[-1] else 0)
        only(ax, *(["bottom"] if ax is axes[-1] else []))
    if claim:
        text = say(lang, "claims.published", id=claim.id, published=money(lang, claim.published))
        if narrow():
            first = axes[0].get_title(loc="left")
            axes[0].set_title(f"{text}\n{first}", loc="left", fontsize=SMALL_PT, linespacing=1.25)
        else:
            above(axes[0], claim.published / scale, 1.08 * tallest, text, RED)
    return unit


def _row(axes: Axes, values: Floats, bins: list[float], tallest: int) -> None:
    """How many worlds fall in each bin; below it the median and P10-P90."""
    low, mid, high = quantiles(values)
    axes.hist(values, bins, histtype="stepfilled", color=SKY, alpha=0.55, edgecolor=BLUE, linewidth=1.0)
    y = -0.13 * tallest
    axes.plot([low, high], [y, y], color=BLACK, linewidth=2.4, solid_capstyle="butt")
    axes.plot([mid], [y], marker="o", color=BLUE, markeredgecolor=BLACK, markersize=6)
    axes.set_ylim(-0.26 * tallest, 1.08 * tallest)
    axes.set_yticks([])
