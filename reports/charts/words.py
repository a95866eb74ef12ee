"""What charts add to the words of a report: signed figures, units of axes, line breaks."""

from __future__ import annotations

from ..messages import MILLION, WAN, YI, Lang, say, significant

PAUSES = "，；,;"
FIRST_WIDE = 0x2E80  # first East Asian character
NOT_AT_LINE_START = "，。、；：！？）》」』”’％%…,.;:!?)]"


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


def short(text: str, width: int) -> str:
    """One line of at most ``width`` half-width columns; what is too long ends in an ellipsis.

    Control characters, which no SVG may hold, become spaces.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if _columns(clean) <= width:
        return clean
    while clean and _columns(clean) > width - 1:
        clean = clean[:-1]
    return clean.rstrip() + "…"


def wrap(text: str, width: int) -> str:
    """As few lines of at most about ``width`` half-width columns as will do.

    English breaks at spaces, Chinese anywhere but before punctuation; after a comma where possible.
    """
    fewest = len(_lines(text, width))
    tries = (_lines(text, w) for w in range(width, width // 2, -1))
    fitting = [lines for lines in tries if len(lines) == fewest]

    def merit(lines: list[str]) -> tuple[int, float]:
        pauses = sum(line[-1] in PAUSES for line in lines[:-1])
        return pauses, -abs(_columns(lines[0]) - 0.75 * width)

    best: list[str] = max(fitting, key=merit)
    return "\n".join(best)


def _columns(text: str) -> int:
    """Width in half-width columns."""
    return sum(2 if ord(c) >= FIRST_WIDE else 1 for c in text)


def _lines(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _columns(line + piece) > width and piece[0] not in NOT_AT_LINE_START:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """Words with the space before them; single Chinese characters."""
    pieces: list[str] = []
    joined = False
    for c in text:
        wide = ord(c) >= FIRST_WIDE
        if wide or c == " " or not joined:
            pieces.append(c)
        else:
            pieces[-1] += c
        joined = not wide
    return pieces
