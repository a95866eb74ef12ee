"""Names in scenarios are anyone's text: what no file can hold, or hides or turns what is read, goes."""

from __future__ import annotations

import re

# What XML 1.0 cannot hold, C1 controls, marks that turn the direction of the text after them (one of those
# in a name would show the amounts of its sentence backwards), and what is not to be seen at all: two names
# that look alike would be two, and a reader that is a program would read more than one who looks.
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069"
    r"\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠﹢﹣﹦﹫]")  # spreadsheets of East Asia take wide ones as well


def inert(text: str) -> str:
    """Text without characters that a file cannot hold or that hide what it says."""
    return _HARMFUL.sub("", text)


def in_csv(cell: object) -> object:
    """A cell of a CSV as a spreadsheet will show it: text that it would run begins with an apostrophe."""
    if not isinstance(cell, str):
        return cell
    text = inert(cell)
    return f"'{text}" if _FORMULA.match(text) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
