"""What is said in each language: messages by key, and how amounts and shares are written.

``messages/LANG/*.json`` hold the texts; every key exists in both languages, once.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from math import floor, log10
from string import Formatter
from typing import Literal

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("zh", "en")

MILLION = 1e6
WAN = 1e4
YI = 1e8


@cache
def messages(lang: Lang) -> dict[str, str]:
    """All messages of a language.

    Raises:
        ValueError: if two files define the same key.
    """
    found: dict[str, str] = {}
    folder = files("roomfold.reports") / "messages" / lang
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        texts: dict[str, str] = json.loads(file.read_text("utf-8"))
        if twice := found.keys() & texts.keys():
            raise ValueError(f"{lang}/{file.name}: defined twice: {', '.join(sorted(twice))}")
        found |= texts
    return found


def say(lang: Lang, key: str, **values: object) -> str:
    """A message with its blanks filled in; KeyError if it does not exist.

    ``{worlds:world|worlds}`` is the word that goes with the number in ``worlds``.
    """
    return _FILLED.vformat(messages(lang)[key], (), values)


class _Filled(Formatter):
    """Fills in blanks as ``str.format`` does, and chooses between one and many."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_FILLED = _Filled()


def languages(chosen: str | None) -> tuple[Lang, ...]:
    """Languages to print: ``zh``, ``en`` or ``both``; English if None (commands ask for the user's)."""
    if chosen == "both":
        return LANGS
    return ("zh",) if chosen == "zh" else ("en",)


def number(lang: Lang, value: float, decimals: int = 0) -> str:
    """A number with so many decimals; thousands set apart in English only, as official texts do."""
    text = f"{value:,.{decimals}f}" if lang == "en" else f"{value:.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def significant(lang: Lang, value: float, digits: int = 3) -> str:
    """A number at so many significant digits, without exponent; whole digits are never dropped."""
    if value == 0:
        return "0"
    magnitude = floor(log10(abs(value)))
    return number(lang, value, max(0, digits - 1 - magnitude))


def day_text(lang: Lang, day: date) -> str:
    """A day: 2014-12-31; 2014年12月31日."""
    return say(lang, "day", year=day.year, month=day.month, day=day.day)


def share(value: float, decimals: int = 0) -> str:
    """A share as a percentage."""
    return f"{value:.{decimals}%}"


def money(lang: Lang, cny: float) -> str:
    """An amount as it stands in a sentence: CNY million; 万元 or 亿元."""
    if lang == "en":
        return f"CNY {significant(lang, cny / MILLION)} million"
    if abs(cny) >= YI:
        return f"{significant(lang, cny / YI)}亿元"
    return f"{_three_digits(cny / WAN)}万元"


def money_range(lang: Lang, low_cny: float, high_cny: float) -> str:
    """Two amounts as a range, the unit once where it is the same."""
    if lang == "en":
        return f"{significant(lang, low_cny / MILLION)} to {significant(lang, high_cny / MILLION)} million"
    low, high = money(lang, low_cny), money(lang, high_cny)
    return f"{low[:-2] if low[-2:] == high[-2:] else low}～{high}"


def money_cell(lang: Lang, cny: float) -> str:
    """An amount in a table whose head names the unit: CNY million, or 万元."""
    return number(lang, cny / MILLION, 1) if lang == "en" else number(lang, cny / WAN)


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):.0f}" if abs(value) >= 100 else f"{float(f'{value:.2g}'):g}"
