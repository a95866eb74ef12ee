"""The language of the user, and messages in it.

Errors are written in English where they are raised, and stay so in Python and in JSON. Here, where the
command line prints them, they are put into Chinese for those who read it: ``messages/zh/*.json`` map each
English message, with ``{}`` for what is put in, to the Chinese one (``{}`` in the same order, or ``{0}``,
``{1}`` in another). What is put in may hold words itself and is looked up likewise, unless the Chinese
message says ``{!s}``. A message that is not there comes out in English.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Literal
from unicodedata import east_asian_width

import click

Language = Literal["en", "zh"]
Area = Literal["errors", "help", "doctor"]  # what stands in one file is not looked up for another
VARIABLE = "ROOMFOLD_LANG"
_FOLDER = Path(__file__).parent / "messages" / "zh"
_CHINESE = 0x04  # primary language of Windows' language ids
_LISTS = (("; ", "；"), (", ", "、"), (" and ", "和"), (" or ", "或"))
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_CHOICE = re.compile(r"('[^']*'(, | or ))+'[^']*'")
_WORD = re.compile(r"[A-Za-z]{2,}")
_DEEPEST = 6
_MOST_PARTS = 12
_FEW = 5  # letters; a message of fewer holds single words only, or every other text would be one
_ADDED = r"((?:(?: \(|[,;] | at | of | or | and ).*)?)"
_ONE_WORD = "CNY "  # an amount follows
_LONGEST = 2000  # letters of a message; longer ones hold what somebody else wrote


def user_language() -> Language:
    """Chinese where ``ROOMFOLD_LANG`` or else the system says so, English otherwise."""
    own = os.environ.get(VARIABLE, "").lower()
    if own:
        return "zh" if own.startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        return "zh" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0xFF == _CHINESE else "en"
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next((name for name in named if name), "").lower().startswith("zh") else "en"


def chosen(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    """The language of an option ``--lang``: that of the user if none is given."""
    return value or user_language()


def spoken(message: str, language: Language, area: Area = "errors") -> str:
    """A message of one line, or of several that are messages each, in a language."""
    if language == "en":
        return message
    whole = _chinese(message, area, _DEEPEST)
    return whole or "\n".join(_chinese(line, area, _DEEPEST) or line for line in message.split("\n"))


@cache
def catalogue(area: Area = "errors") -> dict[str, str]:
    """Chinese messages by their English ones.

    Raises:
        ValueError: if two files define the same message.
    """
    found: dict[str, str] = {}
    for file in sorted(_FOLDER.iterdir()):
        if (file.stem if file.stem in ("help", "doctor") else "errors") != area:
            continue
        texts: dict[str, str] = json.loads(file.read_text("utf-8"))
        if twice := found.keys() & texts.keys():
            raise ValueError(f"{file.name}: defined twice: {', '.join(sorted(twice))}")
        found |= texts
    return found


@cache
def _patterns(area: Area) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Messages with something put in, those that say most by themselves first."""
    known = catalogue(area)
    blank = sorted((m for m in known if "{}" in m), key=lambda m: (-len(m.replace("{}", "")), m))
    return tuple((_pattern(message, area), known[message]) for message in blank)


def _pattern(message: str, area: Area) -> re.Pattern[str]:
    parts = message.split("{}")
    few = area == "errors" and len("".join(parts).replace(" ", "")) < _FEW and "(" not in message
    text = re.escape(parts[0])
    for before, after in pairwise(parts):
        if not before and text:  # two blanks in a row: the second one adds to what the first one names
            text += _ADDED
        else:
            text += r"(\S+?)" if few or before.endswith(_ONE_WORD) else "(.*?)"
        text += re.escape(after)
    return re.compile(text, re.DOTALL)


def _chinese(text: str, area: Area, deeper: int) -> str | None:
    """A text in Chinese, after the place it may begin with; None if it is no message that is known."""
    known = catalogue(area).get(text)
    if known is not None or len(text) > _LONGEST:
        return known
    for pattern, chinese in _patterns(area):
        if found := pattern.fullmatch(text):
            return _filled(chinese, found.groups(), area, deeper)
    place, sign, rest = text.partition(": ")
    said = _chinese(rest, area, deeper - 1) if sign and deeper else None  # colons of others may be many
    return None if said is None else f"{place}{sign}{said}"


def _filled(chinese: str, parts: Sequence[str], area: Area, deeper: int) -> str:
    """A message with its blanks filled in; no space between Chinese and Chinese."""
    text, order = "", iter(parts)
    for literal, name, _, conversion in Formatter().parse(chinese):
        text += literal[1:] if _is_chinese(text[-1:]) and literal.startswith(" ") else literal
        if name is None:
            continue
        part = parts[int(name)] if name else next(order)
        part = part if conversion == "s" else _part(part, area, deeper - 1)
        apart = text.endswith(" ") and _is_chinese(text[-2:-1]) and _is_chinese(part[:1])
        text = (text[:-1] if apart else text) + part
    return text


def _is_chinese(letter: str) -> bool:
    return letter != "" and east_asian_width(letter) in "WF"


@lru_cache(maxsize=4096)
def _part(text: str, area: Area, deeper: int) -> str:
    """What is put into a message, in Chinese where it is words: one message, or several in a row.

    Of several readings the one counts that leaves the fewest words as they are.
    """
    if not deeper or not any(c.isalpha() for c in text) or _QUOTED.fullmatch(text):
        return text
    if _CHOICE.fullmatch(text):
        return text.replace(", ", "、").replace(" or ", " 或 ")
    best = _chinese(text, area, deeper) or text
    for sign, own in _LISTS:
        parts = text.split(sign)
        if 1 < len(parts) <= _MOST_PARTS and _words(best):
            row = _row(parts, sign, own, area, deeper - 1)
            best = row if _words(row) < _words(best) else best
    return best


def _row(parts: list[str], sign: str, own: str, area: Area, deeper: int) -> str:
    """Messages in a row; one may hold the sign between them itself, so every way to part them is tried."""
    rows = [(0, 0, "")]  # of the first k parts: words that stay, messages, and the text
    for end in range(1, len(parts) + 1):
        ways = []
        for begin in range(end):
            piece = sign.join(parts[begin:end])
            said = _part(piece, area, deeper) if end - begin == 1 else _chinese(piece, area, deeper) or piece
            left, count, before = rows[begin]
            joint = own if _is_chinese(before[-1:]) or said != piece else sign
            ways.append((left + _words(said), count + 1, f"{before}{joint if begin else ''}{said}"))
        rows.append(min(ways))
    return rows[-1][2]


def _words(text: str) -> int:
    return len(_WORD.findall(text))
