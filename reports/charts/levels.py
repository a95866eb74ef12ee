"""Who saves and who pays: a year by level of government, and all cash of the horizon by payer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...sim.ledger import ANNUAL
from ...sim.outcome import Study
from ..books import rows_of
from ..messages import Lang, money, say
from ..money.cash_flows import GROUPS, flows, level_shares
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    CATEGORY_STYLE,
    GREEN,
    ORANGE,
    OUTLINE,
    PALE,
    RANGE,
    Cell,
    Chart,
    beside,
    by_rows,
    labels,
    legend_above,
    narrow,
    numbers,
    panels,
)
from .words import money_scale, ranged, short
from .worlds import NAME_COLUMNS, Pair, in_language

COLUMNS = ("period", "payer", "part", "mean_cny", "p10_cny", "p50_cny", "p90_cny")
TOTAL, CLOUD, NET = "government", "cloud_share", "net"
ROW_IN = 0.42
HEAD_IN = 0.85  # legend and axis of a panel
GROUP_STYLE = {"running": (BLUE, ""), "investment": (ORANGE, "///"), "finance": (GREEN, "xx")}
CLOUD_STYLE = (PALE, "/|")


@dataclass(frozen=True)
class Split:
    """Savings of some payers in parts, CNY, shape (worlds, payers, parts)."""

    payers: tuple[str, ...]
    parts: tuple[str, ...]
    saving: Floats

    @property
    def net(self) -> Floats:
        """Over all parts, shape (worlds, payers)."""
        return np.asarray(self.saving.sum(axis=2))

    @classmethod
    def annual(cls, pair: Pair) -> Self:
        """A year by level and category, rooms and lines apart from the share of the cloud."""
        books, years = pair.books, list(pair.books.years)
        before, after = (books.each(n, lambda o: o.cost_by_level_cny)[:, years] for n in pair.names)
        rooms = (before - after)[:, :, :-1].mean(axis=1)
        own = np.stack([rooms[:, :, rows_of({c})].sum(axis=2) for c in ANNUAL], axis=2)
        cloud = np.zeros(own.shape[:2])
        for cost, name, sign in ((before, pair.names[0], 1.0), (after, pair.names[1], -1.0)):
            borne = cost[:, :, -1][..., rows_of(ANNUAL)].sum(axis=2).mean(axis=1)
            cloud += sign * borne[:, None] * level_shares(books, name)
        levels = tuple(books.scenario.estate.levels)
        found = cls(levels, (*ANNUAL, CLOUD), np.concatenate([own, cloud[:, :, None]], axis=2))
        return found.with_total(len(levels))

    @classmethod
    def horizon(cls, pair: Pair) -> Self:
        """All cash of the horizon by payer and group."""
        found = flows(pair.books, pair.alternative)
        saving = cls(found.payers, GROUPS, np.asarray(found.saving.sum(axis=1)))
        return saving.with_total(len(pair.books.scenario.estate.levels))

    def with_total(self, levels: int) -> Self:
        """With the sum of all levels after them, if there are several."""
        if levels == 1:
            return self
        total = self.saving[:, :levels].sum(axis=1, keepdims=True)
        saving = np.concatenate([self.saving[:, :levels], total, self.saving[:, levels:]], axis=1)
        return type(self)((*self.payers[:levels], TOTAL, *self.payers[levels:]), self.parts, saving)


def levels(statement: Statement, study: Study, lang: Lang) -> Chart:
    """A year by level with its share of the cloud, and the whole horizon by payer."""
    pair = Pair.of(statement, study)
    annual, horizon = Split.annual(pair), Split.horizon(pair)
    counts = [len(annual.payers), len(horizon.payers)]
    row_in = ROW_IN * (1.35 if narrow() else 1.0)
    figure, axes = panels(2, 1, 1.3 + 2 * HEAD_IN + row_in * sum(counts), height_ratios=counts)
    styles = CATEGORY_STYLE | {CLOUD: CLOUD_STYLE}
    unit = _draw(axes[0, 0], annual, styles, pair, lang)
    axes[0, 0].set_xlabel(say(lang, "claims.axis_annual_saving", unit=unit))
    unit = _draw(axes[1, 0], horizon, GROUP_STYLE, pair, lang)
    years = study.scenario.time.years
    axes[1, 0].set_xlabel(say(lang, "levels.horizon_axis", years=years, unit=unit))
    rows = (*_rows("annual", annual), *_rows("horizon", horizon))
    title = _title(annual, horizon, pair, lang)
    return Chart(figure, title, _caption(statement, pair, lang), COLUMNS, rows)


def _rows(period: str, split: Split) -> Iterator[tuple[Cell, ...]]:
    for i, payer in enumerate(split.payers):
        for k, part in enumerate(split.parts):
            values = split.saving[:, i, k]
            if values.any():
                yield period, payer, part, float(values.mean()), *numbers(quantiles(values))
        net = split.net[:, i]
        yield period, payer, NET, float(net.mean()), *numbers(quantiles(net))


def _called(payer: str, pair: Pair, lang: Lang) -> str:
    level = pair.books.scenario.estate.levels.get(payer)
    if level is not None:
        return in_language(level.title, lang)
    return say(lang, "levels.government" if payer == TOTAL else f"money.payer.{payer}")


def _short(payer: str, pair: Pair, lang: Lang) -> str:
    """A payer's name within a sentence."""
    return short(_called(payer, pair, lang), NAME_COLUMNS)


def _title(annual: Split, horizon: Split, pair: Pair, lang: Lang) -> str:
    """Who saves most a year, who pays; then what the first payer beside the government makes of it."""
    middle = dict(zip(annual.payers, quantiles(annual.net)[1].tolist(), strict=True))
    middle.pop(TOTAL, None)
    best, worst = max(middle, key=middle.__getitem__), min(middle, key=middle.__getitem__)
    said = {"level": _short(best, pair, lang), "saves": money(lang, middle[best])}
    pays = {"payer": _short(worst, pair, lang), "pays": money(lang, abs(middle[worst]))}
    several = "" if len(middle) > 1 else "_one"
    if middle[best] <= 0:
        title = say(lang, f"levels.title_none{several}", **pays)
    elif middle[worst] < 0:
        title = say(lang, "levels.title_some", **said, **pays)
    else:
        title = say(lang, f"levels.title_all{several}", **said)
    levels_too = {*pair.books.scenario.estate.levels, TOTAL}
    others = [i for i, payer in enumerate(horizon.payers) if payer not in levels_too]
    if not others:
        return title
    ends = float(quantiles(horizon.net[:, others[0]])[1])
    key = "levels.title_payer" if ends >= 0 else "levels.title_payer_loss"
    payer = _short(horizon.payers[others[0]], pair, lang)
    years = pair.books.scenario.time.years
    return title + say(lang, key, years=years, payer=payer, amount=money(lang, abs(ends)))


def _caption(statement: Statement, pair: Pair, lang: Lang) -> str:
    financing = pair.books.scenario.alternatives[pair.alternative].financing
    ruled = financing is not None and bool(financing.paid_by)
    return say(
        lang,
        "levels.caption_both",
        first=statement.years[0],
        last=statement.years[-1],
        how=say(lang, f"money.years.{'by_rule' if ruled else 'by_systems'}"),
        years=pair.books.scenario.time.years,
        year=pair.books.scenario.time.price_year,
    )


def _draw(axes: Axes, split: Split, styles: Mapping[str, tuple[str, str]], pair: Pair, lang: Lang) -> str:
    """Stacked bars, savings to the right and what is paid to the left; returns the unit of the axis."""
    scale, unit = money_scale(lang, float(np.abs(split.saving.mean(axis=0)).sum(axis=1).max()))
    mean, net = split.saving.mean(axis=0) / scale, split.net / scale
    for i in range(len(split.payers)):
        _stack(axes, i, mean[i], list(styles.values()))
        low, _, high = quantiles(net[:, i])
        axes.plot([low, high], [i + 0.38, i + 0.38], **RANGE)
        axes.plot([net[:, i].mean()], [i + 0.38], color=BLACK, marker="D", markersize=4)
        beside(axes, i, ranged(lang, float(net[:, i].mean()), low, high))
    axes.axvline(0, color=BLACK, linewidth=0.9)
    names = [_called(payer, pair, lang) for payer in split.payers]
    axes.set_yticks(range(len(names)), labels(names))
    axes.set_ylim(len(names) - 0.35, -0.5)
    by_rows(axes)
    _legend(axes, [part for k, part in enumerate(split.parts) if mean[:, k].any()], styles, lang)
    return unit


def _stack(axes: Axes, y: float, widths: Floats, looks: list[tuple[str, str]]) -> None:
    """One bar of all parts, positive ones right of zero and negative ones left of it."""
    right = left = 0.0
    for (colour, hatch), width in zip(looks, widths.tolist(), strict=True):
        if width:
            start = right if width >= 0 else left
            axes.barh(y, width, 0.52, left=start, color=colour, hatch=hatch, **OUTLINE)
        right += max(width, 0.0)
        left += min(width, 0.0)


def _legend(axes: Axes, parts: Sequence[str], styles: Mapping[str, tuple[str, str]], lang: Lang) -> None:
    keys: list[Artist] = []
    for part in parts:
        colour, hatch = styles[part]
        word = f"category.{part}" if part in ANNUAL else f"levels.{part}"
        look: dict[str, Any] = OUTLINE
        keys.append(Patch(facecolor=colour, hatch=hatch, label=say(lang, word), **look))
    keys.append(Line2D([], [], color=BLACK, marker="D", markersize=4, label=say(lang, "levels.net")))
    legend_above(axes, 4, handles=keys)
