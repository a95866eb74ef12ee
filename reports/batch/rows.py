"""What is shown of one run in a table of many, from its ``statement.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..lines import NOTHING, Span, count, energy
from ..messages import Lang, money_cell, number, say
from ..quantiles import Stat

HEADS = ("annual", "npv", "payback", "energy", "rooms", "hosts", "claims")
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One alternative of one run against its baseline.

    Attributes:
        cells: figures as texts, as ``HEADS``.
    """

    run: str
    alternative: str
    worlds: int
    cells: tuple[str, ...]


def rows(statement: Json, lang: Lang) -> list[Row]:
    """A row for each alternative that is compared with the baseline."""
    return [_row(statement, name, lang) for name in statement["savings"]]


def heads(lang: Lang) -> list[str]:
    """Heads of the columns."""
    return [say(lang, f"batch.{key}") for key in ("run", "alternative", *HEADS)]


def _row(statement: Json, name: str, lang: Lang) -> Row:
    saved = statement["savings"][name]
    payback = saved["payback_years"]["p50"]
    cells = (
        ranged(saved["annual_total"], lang),
        ranged(saved["npv"], lang),
        NOTHING if payback is None else number(lang, payback, 1),
        _middle(statement["energy_saved_kwh_per_year"][name], lang, energy),
        _middle(statement["rooms_closed"][name], lang, count),
        _middle(statement["hosts_bought"][name], lang, count),
        _claims(statement, name),
    )
    return Row(statement["title"][lang], statement["titles"][name][lang], statement["worlds"], cells)


def ranged(stat: Json, lang: Lang) -> str:
    """P50 of an amount of money, with P10 and P90."""
    return Span.of(_stat(stat), lang, money_cell).cell(lang)


def _middle(stat: Json, lang: Lang, written: Any) -> str:
    return Span.of(_stat(stat), lang, written).middle


def _stat(stat: Json) -> Stat:
    return Stat(stat["p10"], stat["p50"], stat["p90"], stat["mean"], stat["unit"])


def _claims(statement: Json, name: str) -> str:
    """Published figures that lie within the range under some way of counting, of all."""
    verdicts: dict[str, bool] = {}
    for claim in statement["claims"]:
        if claim["alternative"] == name:
            verdicts[claim["id"]] = verdicts.get(claim["id"], False) or claim["verdict"] == "inside"
    return f"{sum(verdicts.values())}/{len(verdicts)}" if verdicts else NOTHING
