"""The statement on one screen, and the estimate while worlds are still being simulated."""

from __future__ import annotations

from collections.abc import Sequence

from ..scenarios.check import columns
from ..scenarios.schema import Scenario
from ..sim.outcome import WorldResult
from .books import Books
from .claims import MONEY, Check
from .lines import (
    Line,
    Span,
    annual_lines,
    claim_line,
    conduct_lines,
    one_off_lines,
    text,
    title,
    whole_lines,
)
from .manifest import run_id
from .messages import Lang, money_cell, say
from .quantiles import Stat
from .rule_words import rule_rows
from .statement import Statement

WIDTH = 100
LABEL = 43
NUMBER = 12
RULE = (7, 12, 17)
CONDUCT = (
    "rooms_open",
    "hosts_bought",
    "energy",
    "carbon",
    "pue",
    "utilisation",
    "availability",
    "unserved_share",
    "worst_down",
)


def table(statement: Statement, lang: Lang = "en") -> str:
    """The statement in at most 100 columns: savings, what is built and used, published figures."""
    lines = _head(statement, lang)
    for name in statement.savings:
        lines += _savings(statement, name, lang)
    lines += _conduct(statement, lang)
    for name in statement.policy:
        lines += _policy(statement, name, lang)
    if statement.claims:
        lines += _claims(statement, lang)
    return "\n".join(line.rstrip() for line in lines)


def estimate(
    results: Sequence[WorldResult], scenario: Scenario, total: int | None = None, lang: Lang = "en"
) -> str:
    """One short line while worlds arrive: how many are done and what they give so far.

    Args:
        results: worlds finished so far, in any order, at least one.
        total: number of worlds asked for; the scenario's own if None.
    """
    books = Books.of(scenario, results)
    done = say(lang, "screen.done", done=len(results), total=total or scenario.study.worlds)
    if not books.others:
        return done
    span = Span.of(Stat.of(books.annual_saving(books.others[0]), "CNY/yr"), lang, money_cell)
    return done + say(lang, "screen.estimate", low=span.low, middle=span.middle, high=span.high)


def _head(statement: Statement, lang: Lang) -> list[str]:
    scenario = statement.scenario
    run = {"run": run_id(statement), "worlds": statement.worlds, "seed": statement.seed}
    line = say(lang, "screen.run", year=scenario.time.price_year, **run)
    return [_cut(text(lang, scenario.title), WIDTH), line]


def _savings(statement: Statement, name: str, lang: Lang) -> list[str]:
    years = statement.years
    baseline = title(statement, statement.scenario.baseline, lang)
    span = {"first": years[0], "last": years[-1], "years": statement.scenario.time.years}
    heads = [say(lang, "page.p10"), say(lang, "page.p50"), say(lang, "page.p90")]
    return [
        _cut(say(lang, "screen.against", name=title(statement, name, lang), baseline=baseline), WIDTH),
        _row(say(lang, "screen.annual", **span), heads),
        *_lines(annual_lines(statement, name, lang)),
        _row(say(lang, "screen.one_off", **span), []),
        *_lines(one_off_lines(statement, name, lang)),
        *_lines(whole_lines(statement, name, lang)),
    ]


def _lines(lines: Sequence[Line]) -> list[str]:
    return [_row(f"  {line.label}", [line.span.low, line.span.middle, line.span.high]) for line in lines]


def _conduct(statement: Statement, lang: Lang) -> list[str]:
    """P50 and range of each alternative; many make the table wider."""
    names = list(statement.scenario.alternatives)
    table = {
        f"  {line.label}": [span.cell(lang) for span in line.spans]
        for line in conduct_lines(statement, lang, CONDUCT)
    }
    widest = max(columns(cell) for cells in table.values() for cell in cells)
    gap = 1 if lang == "zh" else 2  # a wide bracket at the end of a cell has room of its own
    width = max((WIDTH - LABEL) // max(2, len(names)), widest + gap)
    heads = [_cut(title(statement, name, lang), width - 2) for name in names]
    rows = [_row(say(lang, "screen.conduct"), heads, width)]
    rows += [_row(label, cells, width) for label, cells in table.items()]
    return ["", *rows]


def _policy(statement: Statement, name: str, lang: Lang) -> list[str]:
    """The rules that bind an alternative: share of worlds, middle day, and what is missing."""
    found = rule_rows(statement, name, lang)
    if not found:
        return []
    heads = [say(lang, f"screen.policy.{key}") for key in ("met", "on", "short")]
    rows = ["", _rule(say(lang, "screen.policy", name=title(statement, name, lang)), heads)]
    return rows + [_rule(f"  {row.words}", [row.met, row.met_on.middle, row.worst]) for row in found]


def _rule(label: str, cells: Sequence[str]) -> str:
    """A rule, whose words need more room, and three cells."""
    label = _cut(label, WIDTH - sum(RULE))
    padded = (" " * (width - columns(cell)) + cell for cell, width in zip(cells, RULE, strict=True))
    return label + " " * (WIDTH - sum(RULE) - columns(label)) + "".join(padded)


def _claims(statement: Statement, lang: Lang) -> list[str]:
    heads = [say(lang, key) for key in ("page.claims.published", "page.p10", "page.p50", "page.p90")]
    rows = ["", _row(say(lang, "screen.claims"), heads)]
    for check in statement.claims:
        line = claim_line(check, lang)
        cells = [line.published, line.span.low, line.span.middle, line.span.high]
        verdict = say(lang, f"screen.{check.verdict}")
        rows.append(f"{_row(f'  {line.id} {_way(check, lang)}', cells)}  {verdict}")
    return rows


def _way(check: Check, lang: Lang) -> str:
    """A way of counting in few words; what is claimed where there is only one."""
    if check.claim.metric not in MONEY:
        return text(lang, check.claim.what)
    states = [(s, "on" if s in check.switches else "off") for s in check.claim.switches]
    return say(lang, "list.separator").join(say(lang, f"screen.{s}.{state}") for s, state in states)


def _row(label: str, cells: Sequence[str], width: int = NUMBER) -> str:
    """A label to the left and cells to the right of their columns; Chinese characters take two."""
    label = _cut(label, LABEL)
    padded = (" " * (width - columns(cell)) + cell for cell in cells)
    return label + " " * (LABEL - columns(label)) + "".join(padded)


def _cut(words: str, width: int) -> str:
    if columns(words) <= width:
        return words
    while columns(words) > width - 1:
        words = words[:-1]
    return words + "…"
