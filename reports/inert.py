"""Names in scenarios are anyone's text: what no file can hold, or turns how the rest is read, goes."""

from __future__ import annotations

import re

# What XML 1.0 cannot hold, C1 controls, and marks that turn the direction of all text after them: one of
# those in a name would show the amounts of its sentence backwards.
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def inert(text: str) -> str:
    """Text without characters that a file cannot hold or that hide what it says."""
    return _HARMFUL.sub("", text)
