"""What charts add to the words of a report: signed figures, units of axes, line breaks.

Widths are in columns of half an em, measured by the font: a Chinese character is two wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ..messages import MILLION, WAN, YI, Lang, say, significant
from .font import width_em

PAUSES = ("，", "；", ",", ";")
FIRST_WIDE = 0x2E80  # first East Asian character
NOT_AT_LINE_START = "，。、；：！？）》」』”’％%…,.;:!?)]"
NOT_AT_LINE_END = "（《“‘「『(["
ELLIPSIS = "…"


def signed(lang: Lang, value: float) -> str:
    """Three significant digits with a sign; zero without."""
    text = significant(lang, value)
    return f"+{text}" if value > 0 and text != "0" else text


def ranged(lang: Lang, middle: float, low: float, high: float) -> str:
    """A signed figure with its range in brackets."""
    low_high = {"low": signed(lang, low), "high": signed(lang, high)}
    return say(lang, "ranged", middle=signed(lang, middle), **low_high)


def money_scale(lang: Lang, largest_cny: float) -> tuple[float, str]:
    """CNY per unit of an axis, and the unit's name."""
    if lang == "en":
        return MILLION, say(lang, "unit.million")
    return (YI, say(lang, "unit.yi")) if largest_cny >= 5 * YI else (WAN, say(lang, "unit.wan"))


def columns(text: str) -> float:
    """Width of a text on one line, in columns."""
    return 2 * sum(map(width_em, text))


def short(text: str, width: float) -> str:
    """A text of at most so many columns, its end left off where it is longer."""
    if columns(text) <= width:
        return text
    kept, used = "", columns(ELLIPSIS)
    for c in text:
        used += 2 * width_em(c)
        if used > width:
            break
        kept += c
    return kept.rstrip() + ELLIPSIS


@cache
def wrap(text: str, width: float, most: int | None = None) -> str:
    """As few lines of at most so many columns as will do, the last one shortened if there are too many.

    English breaks at spaces, Chinese anywhere but before punctuation; after a comma where possible. A word
    longer than a line is broken.
    """
    if columns(text) <= width:
        return text
    pieces = [(piece, columns(piece)) for piece in _pieces(text, width)]
    first = _lines(pieces, width)
    tries = (_lines(pieces, width * part / 20) for part in range(20, 11, -1))
    fitting = [lines for lines in tries if len(lines) == len(first)]

    def merit(lines: list[str]) -> tuple[int, float]:
        pauses = sum(line.endswith(PAUSES) for line in lines[:-1])
        return pauses, -abs(columns(lines[0]) - 0.75 * width)

    best = max(fitting, key=merit)
    if most is not None and len(best) > most:
        rest = text
        for line in first[: most - 1]:
            rest = rest[len(line) :].lstrip()
        best = [*first[: most - 1], short(rest, width)]
    return "\n".join(best)


def _lines(pieces: list[tuple[str, float]], width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece, wide in pieces:
        hangs = piece[0] in NOT_AT_LINE_START and used <= width
        if line and used + wide > width and not hangs:
            lines.append(line.rstrip())
            line = piece.lstrip()
            used = columns(line)
        else:
            line += piece
            used += wide
    return [*lines, line.rstrip()]


def _pieces(text: str, width: float) -> Iterator[str]:
    """Words with the space before them, in parts where longer than a line; single Chinese characters.

    What opens a bracket goes with what follows it.
    """
    word, used = "", 0.0
    for c in text:
        wide = ord(c) >= FIRST_WIDE
        size = 2 * width_em(c)
        breaks = wide or c == " " or ord(word[-1:] or " ") >= FIRST_WIDE
        if word and (used + size > width or (breaks and word[-1] not in NOT_AT_LINE_END)):
            yield word
            word, used = "", 0.0
        word += c
        used += size
    yield word
