"""Results as a tree of plain values and arrays; a finished world as bytes that show when they are damaged.

There is no pickle, so reading runs no code. Of a world one line names the format and the SHA-256 of the
rest; one line of JSON holds the fields, with the number of an array in the place of each array; the arrays
follow in NumPy's own format. ``reports.kept`` writes a whole study.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import sha256
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from .outcome import WorldResult

FORMAT = b"roomfold world 1"


class DamagedError(ValueError):
    """Bytes that are no finished world, or not all of one."""


def encode(result: WorldResult) -> tuple[bytes, bytes]:
    """A world's results as a head and a body, to be written one after the other."""
    arrays: list[np.ndarray[Any, Any]] = []
    tree = plain(result, arrays)
    body = io.BytesIO()
    body.write(json.dumps(tree, separators=(",", ":")).encode() + b"\n")
    for array in arrays:
        np.lib.format.write_array(body, array, allow_pickle=False)
    content = body.getvalue()
    return b"%s %s\n" % (FORMAT, sha256(content).hexdigest().encode()), content


def decode(data: bytes) -> WorldResult:
    """What ``encode`` wrote.

    Raises:
        DamagedError: if a byte is missing or another than was written.
    """
    head, _, content = data.partition(b"\n")
    if head != b"%s %s" % (FORMAT, sha256(content).hexdigest().encode()):
        raise DamagedError("not a whole world")
    body = io.BytesIO(content)
    tree = json.loads(body.readline())
    arrays = []
    while body.tell() < len(content):
        arrays.append(np.lib.format.read_array(body, allow_pickle=False))
    result: WorldResult = typed(WorldResult, tree, arrays)
    return result


def plain(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    """A value as JSON can hold it; arrays are put aside, and their numbers stand in their places.

    Args:
        value: dataclasses, mappings by text, tuples, arrays, numbers, texts and None.
        arrays: gets every array of the value at its end.
    """
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name), arrays) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item, arrays) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item, arrays) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def typed(hint: Any, tree: Any, arrays: Sequence[np.ndarray[Any, Any]]) -> Any:
    """The value of a declared type that ``plain`` made a tree of."""
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        return hint(**{name: typed(hints[name], item, arrays) for name, item in tree.items()})
    origin, arguments = get_origin(hint), get_args(hint)
    if NoneType in arguments:
        (hint,) = (argument for argument in arguments if argument is not NoneType)
        return None if tree is None else typed(hint, tree, arrays)
    if origin in (np.ndarray, NDArray):  # from NumPy 2.5 on, NDArray is an alias with an origin of its own
        return arrays[tree]
    if origin is Mapping:
        return {key: typed(arguments[1], item, arrays) for key, item in tree.items()}
    if origin is tuple:
        each = [arguments[0]] * len(tree) if arguments[-1] is Ellipsis else arguments
        return tuple(typed(kind, item, arrays) for kind, item in zip(each, tree, strict=True))
    return tree


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Declared types of a dataclass; working them out takes longer than reading it."""
    return get_type_hints(kind)
