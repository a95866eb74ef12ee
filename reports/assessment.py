"""What the lists behind an estate say of its machines, in words: three tables and what is said about them."""

from __future__ import annotations

from dataclasses import dataclass

from ..scenarios.assessed import Assessed
from ..scenarios.assessment import READINESS, REASONS, SOURCES, readiness_text, reason, stars
from ..scenarios.schema import Scenario
from .lines import NOTHING
from .messages import Lang, day_text, number, say, share

KINDS = ("stays", "care", "note")
AMOUNTS = ("vcpu", "memory_gb", "disk_gb")


@dataclass(frozen=True)
class Judged:
    """A table of the assessment.

    Attributes:
        id: for citing.
        lead: what stands before it.
        texts: columns that hold words.
    """

    id: str
    lead: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...]


@dataclass(frozen=True)
class AssessmentWords:
    """The tables, and what stands before and after them."""

    lead: str
    tables: tuple[Judged, ...]
    notes: tuple[str, ...]


def assessment_words(scenario: Scenario, lang: Lang) -> AssessmentWords | None:
    """The assessment in a language; None if the scenario keeps none."""
    found = scenario.assessment
    if found is None:
        return None
    lead = say(
        lang,
        "assessment.lead",
        machines=number(lang, found.machines),
        day=day_text(lang, found.day),
        day_from=say(lang, f"assessment.day.{found.date_from}"),
    )
    sources = ("" if lang == "zh" else " ").join(
        say(lang, f"assessment.source.{topic}", source=source[lang == "zh"])
        for topic, source in SOURCES.items()
    )
    tables = (_readiness(found, lang), _reasons(found, lang), _sizes(found, lang))
    rating = say(
        lang,
        "assessment.rating",
        known=share(found.use_known_share),
        stars=stars(found.use_known_share),
    )
    return AssessmentWords(
        lead,
        tuple(table for table in tables if table.rows),
        (rating, say(lang, "assessment.sources", sources=sources)),
    )


def readiness_counts(found: Assessed) -> list[int]:
    """Machines of each class, in the order of READINESS."""
    counts = {str(kind): n for kind, n in found.readiness.items()}
    return [counts.get(kind, 0) for kind in READINESS]


def reason_counts(found: Assessed) -> list[tuple[str, int]]:
    """Codes of reasons with their machines: by what they lead to, then the most common first."""
    known = [(code, n) for code, n in found.reasons.items() if code in REASONS]
    return sorted(known, key=lambda item: (KINDS.index(REASONS[item[0]].kind), -item[1]))


def size_counts(found: Assessed, amount: str) -> tuple[int, int, int, int]:
    """An amount as configured and by use; machines of which both are known, and those of them by use."""
    sums = (found.as_is, found.by_use, found.sized, found.sized_by_use)
    as_is, by_use, sized, measured = (int(getattr(each, amount)) for each in sums)
    return as_is, by_use, sized, measured


def _readiness(found: Assessed, lang: Lang) -> Judged:
    rows = tuple(
        (readiness_text(kind, lang), number(lang, n), _part(n, found.machines))
        for kind, n in zip(READINESS, readiness_counts(found), strict=True)
    )
    states = {str(state): n for state, n in found.idle.items()}
    idle = {kind: number(lang, states.get(kind, 0)) for kind in ("yes", "suspected", "unknown")}
    machines, low = number(lang, found.machines), share(found.idle_cpu)
    return Judged(
        "assessment-readiness",
        say(lang, "assessment.idle", machines=machines, low=low, **idle),
        say(lang, "assessment.readiness.caption"),
        tuple(say(lang, f"assessment.{key}") for key in ("readiness", "machines", "share")),
        rows,
        (0,),
    )


def _reasons(found: Assessed, lang: Lang) -> Judged:
    effects = {
        "stays": readiness_text("stays", lang),
        "care": readiness_text("needs-care", lang),
        "note": say(lang, "assessment.note"),
    }
    rows = tuple(
        (reason(code, lang), effects[REASONS[code].kind], number(lang, n), _part(n, found.machines))
        for code, n in reason_counts(found)
    )
    return Judged(
        "assessment-reasons",
        say(lang, "assessment.reasons.lead"),
        say(lang, "assessment.reasons.caption"),
        tuple(say(lang, f"assessment.{key}") for key in ("reason", "readiness", "machines", "share")),
        rows,
        (0, 1),
    )


def _sizes(found: Assessed, lang: Lang) -> Judged:
    rows = []
    for name in AMOUNTS:
        as_is, by_use, *machines = size_counts(found, name)
        saved = share(1 - by_use / as_is) if as_is else NOTHING
        counts = [number(lang, count) for count in (as_is, by_use, *machines)]
        rows.append((say(lang, f"assessment.{name}"), *counts[:2], saved, *counts[2:]))
    columns = ("amount", "as_is", "by_use", "saved", "sized", "sized_by_use")
    return Judged(
        "assessment-sizes",
        say(
            lang,
            "assessment.sizes.lead",
            basis=say(lang, f"assessment.basis.{found.basis}"),
            factor=f"{found.comfort_factor:g}",
        ),
        say(lang, "assessment.sizes.caption"),
        tuple(say(lang, f"assessment.{key}") for key in columns),
        tuple(rows),
        (0,),
    )


def _part(count: int, machines: int) -> str:
    return share(count / machines, 1) if machines else share(0.0, 1)
