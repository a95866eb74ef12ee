"""A calibration in words: its finding, how it was found, and the rows of its tables, in both languages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import isfinite

from ...scenarios.terms import Text
from ..charts.drivers import label
from ..claims import MONEY
from ..messages import Lang, messages, money, money_cell, number, say, share, significant
from .calibrate import Calibration
from .evidence import GROSS
from .findings import Narrowing, Reading, Span

SHOWN = 24  # quantities in the table; the file of quantities has all
WORTHS = 10
EXAMPLES = 2


def unit_words(unit: str, lang: Lang) -> str:
    """A unit as it is called, empty for a mere number."""
    return messages(lang).get(f"quantity_unit.{unit}", unit)


def after_number(unit: str, lang: Lang) -> str:
    """A unit to follow a number."""
    words = unit_words(unit, lang)
    return f" {words}" if words else ""


def lead(found: Calibration, lang: Lang) -> str:
    """The finding in one or two sentences."""
    informed, rest = found.informed, [n for n in found.narrowings if not n.informed]
    claims = _joined([_published(read, lang) for read in _once(found.used)], lang)
    if not informed:
        return say(lang, "calibration.lead_none", claims=claims, all=len(found.narrowings))
    first = informed[0]
    said = {
        "claims": claims,
        "first": label(found.scenario, first.path, lang),
        "after": _range(first.posterior, lang),
        "before": _range(first.prior, lang),
        "unit": after_number(first.unit, lang),
    }
    text = say(lang, "calibration.lead", **said)
    if not rest:
        return text
    leading = [path for path in found.scenario.study.lead if path in {n.path for n in rest}]
    examples = [*leading, *(n.path for n in rest if n.path not in leading)][:EXAMPLES]
    names = _joined([label(found.scenario, path, lang) for path in examples], lang)
    return f"{text}{_space(lang)}" + say(
        lang, "calibration.lead_rest", open=len(rest), all=len(found.narrowings), examples=names
    )


def method(found: Calibration, lang: Lang) -> str:
    """How the posterior was found, and how far it can be relied on."""
    posterior = found.posterior
    shape = posterior.weights.shape
    said = {
        "worlds": number(lang, found.worlds.count),
        "effective": number(lang, posterior.weights.effective),
        "simulated": number(lang, posterior.simulated.effective),
        "points": number(lang, len(posterior.weights.share)),
        "shape": f"{shape:.2f}" if isfinite(shape) else "-",
    }
    if posterior.emulator is not None:
        used = {name for way in found.evidence.figures.values() for name in way.values()}
        known = [q2 for name, q2 in posterior.emulator.q2.items() if name in used]
        said["q2"] = share(min(known)) if known else "-"
    text = say(lang, f"calibration.method.{posterior.method}", **said)
    if not found.worlds.near.any():
        return text
    return f"{text}{_space(lang)}" + say(lang, "calibration.near", near=int(found.worlds.near.sum()))


def quantity_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of the table of quantities: name, path, unit, before, after, shrink, correlations, verdict."""
    return [
        [
            label(found.scenario, n.path, lang),
            n.path,
            unit_words(n.unit, lang),
            *_cells(n.prior, lang),
            *_cells(n.posterior, lang),
            f"{n.shrink:.2f}",
            *(f"{r:+.2f}" for r in n.correlation.values()),
            say(lang, f"calibration.informed.{_verdict(found, n)}"),
        ]
        for n in found.narrowings[:SHOWN]
    ]


def _verdict(found: Calibration, narrowing: Narrowing) -> str:
    if narrowing.informed:
        return "yes"
    emulator = found.posterior.emulator
    if emulator is None:
        return "no"
    column = list(found.worlds.quantities).index(narrowing.path)
    seen = {c for fit in emulator.fits.values() for term in fit.terms for c, _ in term}
    return "no" if column in seen else "unseen"


def pair_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of quantities that are tied to each other."""
    return [
        [label(found.scenario, p.one, lang), label(found.scenario, p.other, lang), f"{p.correlation:+.2f}"]
        for p in found.pairs
    ]


def way_words(found: Calibration, way: str, lang: Lang) -> str:
    """A way of counting in words."""
    switches = dict.fromkeys(s for claim in found.evidence.claims for s in claim.switches)
    return _ways(switches, way, lang)


def way_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of the claims used: way of counting, its probability, claim, published, figure before."""
    return [
        [
            way_words(found, read.way, lang),
            share(found.posterior.ways[read.way]),
            read.claim.id,
            _value(read.claim.published, read, lang),
            *(_value(value, read, lang) for value in read.prior),
        ]
        for read in found.used
    ]


def left_out_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of the claims left out: claim, way, published, figure before and after, verdict."""
    return [
        [
            read.claim.id,
            getattr(read.claim.what, lang),
            _own_way(read, lang),
            _value(read.claim.published, read, lang),
            *(_value(value, read, lang) for value in (*read.prior, *read.posterior)),
            share(read.below),
            say(lang, f"calibration.{'inside' if read.inside else 'outside'}"),
        ]
        for read in found.left_out
    ]


def left_out_lines(found: Calibration, lang: Lang) -> list[str]:
    """The claims left out, a line each: claim, way, published, verdict."""
    return [
        f"{read.claim.id} ({_own_way(read, lang)}): {_worded(read, lang)} "
        + say(lang, f"calibration.{'inside' if read.inside else 'outside'}")
        for read in found.left_out
    ]


def decision_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of the alternatives: name, what each is worth, how often it is best."""
    decision = found.decision
    if decision is None:
        return []
    titles = {name: a.title for name, a in found.scenario.alternatives.items()}
    return [
        [getattr(titles[name], lang), money(lang, gain), share(decision.best[name])]
        for name, gain in decision.gains.items()
    ]


def worth_rows(found: Calibration, lang: Lang) -> list[list[str]]:
    """Cells of what is worth measuring: name, path, value of knowing it, share of the spread."""
    if found.decision is None:
        return []
    worths = sorted(found.decision.worths, key=lambda w: (-w.evppi_cny, -w.explained, w.path))
    return [
        [label(found.scenario, w.path, lang), w.path, money(lang, w.evppi_cny), share(w.explained, 1)]
        for w in worths[:WORTHS]
        if w.evppi_cny > 0 or w.explained > 0
    ]


def worth_lead(found: Calibration, lang: Lang) -> str:
    """The choice between the alternatives, and what to go and measure next."""
    decision = found.decision
    if decision is None:
        return ""
    title: Text = found.scenario.alternatives[decision.chosen].title
    measure = say(lang, "calibration.worth.npv")
    if found.ask.within is not None:
        measure = say(lang, "calibration.worth.within", months=found.ask.within)
    text = say(
        lang,
        "calibration.worth.lead",
        chosen=getattr(title, lang),
        measure=measure,
        best=share(decision.best[decision.chosen]),
        evpi=money(lang, decision.evpi_cny),
    )
    return f"{text}{_space(lang)}{worth_first(found, lang)}".rstrip()


def worth_first(found: Calibration, lang: Lang) -> str:
    """What is most worth measuring; empty if nothing is drawn."""
    worths = found.decision.worths if found.decision is not None else ()
    first = max(worths, key=lambda w: (w.evppi_cny, w.explained), default=None)
    if first is None:
        return ""
    said = {
        "name": label(found.scenario, first.path, lang),
        "evppi": money(lang, first.evppi_cny),
        "explained": share(first.explained),
    }
    return say(lang, f"calibration.worth.{'first' if first.evppi_cny > 0 else 'none'}", **said)


def limits(found: Calibration, lang: Lang) -> list[str]:
    """The plausible limits that were kept."""
    return [getattr(limit.what, lang) for limit in found.evidence.limits]


def published(found: Calibration, lang: Lang) -> list[str]:
    """The claims used, each with what was published, its error and source."""
    return [
        say(
            lang,
            "calibration.used",
            id=read.claim.id,
            what=getattr(read.claim.what, lang),
            error=share(read.claim.reporting_error, 1),
            source=read.claim.source,
        )
        for read in _once(found.used)
    ]


def _published(read: Reading, lang: Lang) -> str:
    return f"{read.claim.id} ({_worded(read, lang)})"


def _worded(read: Reading, lang: Lang) -> str:
    value = read.claim.published
    text = money(lang, value) if read.claim.metric in MONEY else _value(value, read, lang)
    return say(lang, "claim.at_least", published=text) if read.claim.relation == "at-least" else text


def _once(readings: Sequence[Reading]) -> list[Reading]:
    return list({read.claim.id: read for read in readings}.values())


def _own_way(read: Reading, lang: Lang) -> str:
    if read.claim.metric not in MONEY:
        return say(lang, "accounting.count")
    return _ways(dict.fromkeys(read.claim.switches), read.way, lang)


def _ways(switches: Collection[str], way: str, lang: Lang) -> str:
    on = set(way.split("+")) - {GROSS}
    words = [say(lang, f"accounting.{s}.{'on' if s in on else 'off'}") for s in switches]
    return say(lang, "list.separator").join(words) or say(lang, "accounting.net.off")


def _value(value: float, read: Reading, lang: Lang) -> str:
    if read.claim.unit == "1":
        return share(value)
    if read.claim.unit == "count":
        return number(lang, value)
    return money_cell(lang, value)


def _cells(span: Span, lang: Lang) -> list[str]:
    return [significant(lang, value) for value in span]


def _range(span: Span, lang: Lang) -> str:
    low, middle, high = _cells(span, lang)
    return say(lang, "ranged", low=low, middle=middle, high=high)


def _joined(words: Sequence[str], lang: Lang) -> str:
    return say(lang, "list.names").join(words)


def _space(lang: Lang) -> str:
    return " " if lang == "en" else ""
