"""The figures of a fleet on one screen."""

from __future__ import annotations

from ...scenarios.check import columns
from ..messages import Lang, say
from .statement import METRICS, FleetStatement
from .words import cell, difference, head, name_of, provenance

SHOWN = (*METRICS[:6], "host_shutdowns")
_GAP = "  "


def fleet_table(statement: FleetStatement, lang: Lang = "en") -> str:
    """Every policy with its figures, then published figures made in the same mode beside ours."""
    title = statement.scenario.title
    lines = [title.en if lang == "en" else title.zh, provenance(statement, lang), ""]
    heads = [say(lang, "fleet.policy"), *(head(lang, metric) for metric in SHOWN)]
    body = [
        [name_of(statement, policy, lang), *(cell(lang, metric, found[metric]) for metric in SHOWN)]
        for policy, found in statement.figures.items()
    ]
    lines += _aligned([heads, *body])
    alike = [c for c in statement.comparisons if c.like]
    if alike:
        heads = [say(lang, "fleet.claims"), *(head(lang, metric) for metric in SHOWN)]
        rows = [
            [c.claim.id, *(difference(lang, c, metric) if metric in c.published else "" for metric in SHOWN)]
            for c in alike
        ]
        lines += ["", *_aligned([heads, *rows])]
    return "\n".join(lines)


def _aligned(rows: list[list[str]]) -> list[str]:
    """First column to the left, the others to the right; Chinese characters take two columns."""
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        padding = [" " * (width - columns(text)) for width, text in zip(widths, row, strict=True)]
        cells = [row[0] + padding[0], *(p + text for p, text in zip(padding[1:], row[1:], strict=True))]
        lines.append(_GAP.join(cells).rstrip())
    return lines
