"""How much a file of a run that was received may unpack to: a few kilobytes can claim to be terabytes."""

from __future__ import annotations

from pathlib import Path

from ..scenarios.errors import InputError, Problem

FREE_BYTES = 256 << 20
MOST_RATIO = 100  # of what is unpacked to what is packed, over FREE_BYTES; runs reach 10


def check_unpacked(path: Path, packed_bytes: int, unpacked_bytes: int) -> None:
    """Make sure that a file says nothing absurd of its size, before memory is taken.

    Raises:
        InputError: it does.
    """
    if unpacked_bytes > FREE_BYTES + MOST_RATIO * packed_bytes:
        message = f"would unpack from {packed_bytes} bytes to {unpacked_bytes}, more than any run does"
        raise InputError([Problem(str(path), 0, 0, "", message)])
