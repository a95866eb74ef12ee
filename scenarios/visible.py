"""Anyone's text on a terminal: what would steer it, or turn how the rest is read, is shown and not done."""

from __future__ import annotations

import re

# All controls but tabs and ends of lines, marks of direction, what ends a line for some programs, and
# the bytes of a name that is no text.
_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def visible(text: str) -> str:
    """Text with what would steer a terminal as escapes such as ``\\u001b``, which JSON reads as well.

    Lines stay lines: whoever prints what must be one line folds it first.
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
