"""Anyone's text on a terminal: what would steer it, or turn how the rest is read, is shown in place of done."""

from __future__ import annotations

import re

# All controls but the end of a line, marks of direction, and what ends a line for some programs.
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def visible(text: str) -> str:
    """Text with every character that would steer a terminal as its escape, such as ``\\x1b``.

    Lines stay lines: whoever prints what must be one line folds it first.
    """
    return _STEERING.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
