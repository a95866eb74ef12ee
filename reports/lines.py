"""The lines of a statement in words, shared by the page and the screen: labels, and figures as texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..scenarios.terms import Text
from ..sim.ledger import ANNUAL, ONE_OFF
from .claims import MONEY, Check
from .messages import Lang, money_cell, number, say, share
from .quantiles import Stat
from .statement import Statement

Format = Callable[[Lang, float], str]

KWH_PER_GWH = 1e6
KWH_PER_WAN = 1e4
NOTHING = "–"


@dataclass(frozen=True)
class Span:
    """P10, P50 and P90 of one figure, as texts."""

    low: str
    middle: str
    high: str

    @classmethod
    def of(cls, stat: Stat, lang: Lang, written: Format) -> Span:
        """A figure written in one way; a dash where it does not exist."""
        texts = (NOTHING if v is None else written(lang, v) for v in (stat.p10, stat.p50, stat.p90))
        return cls(*texts)

    def cell(self, lang: Lang) -> str:
        """The median with its range, in one cell of a table on a screen."""
        return say(lang, "screen.cell", low=self.low, middle=self.middle, high=self.high)


@dataclass(frozen=True)
class Line:
    """A label and its figures, e.g. one per alternative."""

    label: str
    spans: tuple[Span, ...]
    total: bool = False

    @property
    def span(self) -> Span:
        """Its only figure."""
        (only,) = self.spans
        return only


@dataclass(frozen=True)
class ClaimLine:
    """A published figure under one way of counting."""

    id: str
    what: str
    accounting: str
    published: str
    span: Span
    below: str
    inside: bool
    verdict: str
    calibrated: bool
    source: str


def text(lang: Lang, both: Text) -> str:
    """A text of the scenario in one language."""
    return both.en if lang == "en" else both.zh


def title(statement: Statement, name: str, lang: Lang) -> str:
    """An alternative's name in words."""
    return text(lang, statement.scenario.alternatives[name].title)


def count(lang: Lang, value: float) -> str:
    """A whole number."""
    return number(lang, value)


def energy(lang: Lang, kwh: float) -> str:
    """Energy in GWh; in 万千瓦时."""
    return number(lang, kwh / KWH_PER_GWH, 2) if lang == "en" else number(lang, kwh / KWH_PER_WAN)


def _decimals(places: int) -> Format:
    return lambda lang, value: number(lang, value, places)


def _share(places: int) -> Format:
    return lambda _, value: share(value, places)


CONDUCT: tuple[tuple[str, Format], ...] = (
    ("rooms_open", count),
    ("hosts_bought", count),
    ("energy", energy),
    ("carbon", count),
    ("embodied_carbon", count),
    ("pue", _decimals(2)),
    ("utilisation", _share(1)),
    ("availability", _share(3)),
    ("unserved_share", _share(2)),
    ("overload_share", _share(2)),
    ("system_hours_lost", count),
    ("worst_down", count),
)
ENERGY = ("energy_it", "energy_ups", "energy_cooling", "energy_other")


def conduct_lines(statement: Statement, lang: Lang, keys: Sequence[str]) -> list[Line]:
    """How the alternatives behave: one line per figure, one span per alternative in file order."""
    formats = dict(CONDUCT) | dict.fromkeys(ENERGY, energy)
    return [
        Line(
            hosts_bought(statement, lang) if key == "hosts_bought" else say(lang, f"figure.{key}"),
            tuple(Span.of(getattr(found, key), lang, formats[key]) for found in statement.conduct.values()),
        )
        for key in keys
    ]


def hosts_bought(statement: Statement, lang: Lang, name: str | None = None) -> str:
    """What the hosts that are bought are called: those of one alternative, or of all that buy any."""
    found = statement.scenario.alternatives
    shown = found.values() if name is None else [found[name]]
    kinds = {alternative.kind == "virtualise" for alternative in shown if alternative.cloud is not None}
    where = "_anywhere" if len(kinds) > 1 else "_rooms" if True in kinds else ""
    return say(lang, f"figure.hosts_bought{where}")


def annual_lines(statement: Statement, name: str, lang: Lang) -> list[Line]:
    """Annual saving by category, and their sum with and without staff."""
    savings = statement.savings[name]
    stats = [(say(lang, f"category.{c}"), savings.annual[c], False) for c in ANNUAL]
    stats.append((say(lang, "figure.annual_total"), savings.annual_total, True))
    stats.append((say(lang, "figure.annual_without_staff"), savings.annual_without_staff, True))
    stats.append((say(lang, "figure.annual_with_capital"), savings.annual_with_capital, True))
    return [Line(label, (Span.of(stat, lang, money_cell),), total) for label, stat, total in stats]


def one_off_lines(statement: Statement, name: str, lang: Lang) -> list[Line]:
    """One-off saving by category, and their sum."""
    savings = statement.savings[name]
    stats = [(say(lang, f"category.{c}"), savings.one_off[c], False) for c in ONE_OFF]
    stats.append((say(lang, "figure.one_off_total"), savings.one_off_total, True))
    return [Line(label, (Span.of(stat, lang, money_cell),), total) for label, stat, total in stats]


def level_lines(statement: Statement, name: str, lang: Lang) -> list[Line]:
    """Annual saving by level of government; last what the cloud site costs."""
    titles = {key: text(lang, level.title) for key, level in statement.scenario.estate.levels.items()}
    return [
        Line(titles.get(key, say(lang, "figure.cloud_site")), (Span.of(stat, lang, money_cell),))
        for key, stat in statement.savings[name].by_level.items()
    ]


def whole_lines(statement: Statement, name: str, lang: Lang) -> list[Line]:
    """Present value, payback, people and rooms freed."""
    savings = statement.savings[name]
    return [
        Line(say(lang, "figure.npv"), (Span.of(savings.npv, lang, money_cell),)),
        Line(say(lang, "figure.payback_years"), (Span.of(savings.payback_years, lang, _decimals(1)),)),
        Line(say(lang, "figure.staff_fte"), (Span.of(savings.staff_fte, lang, count),)),
        Line(say(lang, "figure.rooms_closed"), (Span.of(savings.rooms_closed, lang, count),)),
    ]


def accounting(check: Check, lang: Lang) -> str:
    """A way of counting in words."""
    if check.claim.metric not in MONEY:
        return say(lang, "accounting.count")
    states = [(s, "on" if s in check.switches else "off") for s in check.claim.switches]
    words = [say(lang, f"accounting.{switch}.{state}") for switch, state in states]
    return say(lang, "list.separator").join(words) or say(lang, "accounting.net.off")


def claim_line(check: Check, lang: Lang) -> ClaimLine:
    """A published figure beside its range."""
    claim = check.claim
    written: Format = _share(0) if claim.unit == "1" else count if claim.unit == "count" else money_cell
    published = written(lang, claim.published)
    if claim.relation == "at-least":
        published = say(lang, "claim.at_least", published=published)
    return ClaimLine(
        id=claim.id,
        what=text(lang, claim.what),
        accounting=accounting(check, lang),
        published=published,
        span=Span.of(check.stat, lang, written),
        below=share(check.below),
        inside=check.inside,
        verdict=_verdict(check, lang, written),
        calibrated=claim.calibrated,
        source=claim.source,
    )


def _verdict(check: Check, lang: Lang, written: Format) -> str:
    if check.verdict in ("used", "inside"):
        return say(lang, f"claim.{check.verdict}")
    key = "claim.above" if check.distance > 0 else "claim.under"
    return say(lang, key, distance=written(lang, abs(check.distance)))
