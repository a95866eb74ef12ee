"""A pass over many months, kept on disk month by month, so that a run that is killed can go on.

The file is whole or not there (see durable), names the SHA-256 of its content, and says of which pass
it is: the key is a hash of everything that goes into the pass and of what computes it (see stamp).
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..scenarios.errors import RoomfoldError
from .durable import write_durably
from .stamp import stamp

Floats = NDArray[np.float64]

FORMAT = b"roomfold months 1"
# Months are kept when this time has passed since the last: short passes write nothing.
EVERY_S = 1.0


class Checkpoint:
    """The file in which one pass keeps what it has finished."""

    def __init__(self, path: Path, inputs: object) -> None:
        """``inputs``: all that the pass depends on; arrays, numbers, texts, and sections of them."""
        digest = blake2b(json.dumps(stamp(), sort_keys=True).encode(), digest_size=16)
        _feed(digest.update, inputs)
        self._path, self._key = path, digest.hexdigest()
        self._kept_s = time.monotonic()

    def keep(self, months: int, parts: Sequence[Floats]) -> None:
        """Write what the first ``months`` made, unless the last such file is very young.

        Raises:
            OSError: with the file's name.
        """
        if time.monotonic() - self._kept_s < EVERY_S:
            return
        body = io.BytesIO()
        body.write(json.dumps({"key": self._key, "months": months}).encode() + b"\n")
        for part in parts:
            np.lib.format.write_array(body, np.ascontiguousarray(part), allow_pickle=False)
        content = body.getvalue()
        write_durably(self._path, (b"%s %s\n" % (FORMAT, sha256(content).hexdigest().encode()), content))
        self._kept_s = time.monotonic()

    def restore(self, parts_of: Callable[[int], Sequence[Floats]]) -> int:
        """Fill in what was kept; the number of months it covers, 0 if there is no file.

        Args:
            parts_of: where the parts of so many months belong.

        Raises:
            RoomfoldError: if the file is damaged or of another pass.
        """
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return 0
        head, _, content = data.partition(b"\n")
        if head != b"%s %s" % (FORMAT, sha256(content).hexdigest().encode()):
            raise RoomfoldError(f"{self._path}: is damaged; remove it to start this world anew")
        body = io.BytesIO(content)
        kept = json.loads(body.readline())
        if kept["key"] != self._key:
            message = "was left by another run or another version; remove it to start this world anew"
            raise RoomfoldError(f"{self._path}: {message}")
        months = int(kept["months"])
        for part in parts_of(months):
            part[...] = np.lib.format.read_array(body, allow_pickle=False)
        return months


def _feed(update: Callable[[bytes], object], value: Any) -> None:
    """Pass a value and all that it holds to a hash."""
    if isinstance(value, np.ndarray):
        update(f"{value.dtype.str}{value.shape}".encode())
        update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value):
        for field in fields(value):
            update(field.name.encode())
            _feed(update, getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            _feed(update, item)
    elif isinstance(value, Mapping):
        _feed(update, tuple(value.items()))
    else:
        update(f"{type(value).__name__}:{getattr(value, 'key', value)}".encode())
