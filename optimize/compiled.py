"""Compiled code: the one door to numba, typed, with bit order kept and the disk cache optional.

``fastmath`` is never used: sums keep their order, so that two runs, two machines and the interpreted twin
(``interpreted``) give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any, TypeVar, cast

import numba
from numba.core import event, sigutils, types
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

Function = TypeVar("Function", bound=Callable[..., Any])

# Besides its own folder, what compiled code everywhere calls.
SHARED = ("compiled.py", "draws.py")

_INNER = MappingProxyType({"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False})

# ``with in_python():`` in a compiled function hands its block to the interpreter.
in_python: Any = numba.objmode


class NotCompilableError(Exception):
    """A plain Python function uses something that cannot be compiled; the message says what."""


def compiled(function: Function) -> Function:
    """The function, compiled at its first call for the types it meets, and kept on disk when that can be."""
    return _compile(function)


def inner(function: Function) -> Function:
    """As ``compiled``, for functions that only compiled code calls and that make no arrays.

    Without reference counting (every look into a tuple of arrays would count up and down) they are ten times
    faster; numba refuses to compile one that does make an array.
    """
    return _compile(function, _INNER)


def inlined(function: Function) -> Function:
    """As ``inner``, but copied into its callers: handing over many arrays costs more than a small body.

    It is LLVM that copies: numba would work out the types of every copy anew, in twice the time.
    """
    return _compile(function, {**_INNER, "forceinline": True})


def _compile(function: Function, options: Mapping[str, bool] = MappingProxyType({})) -> Function:
    try:
        return cast("Function", _stamped(_njit(cache=True, **options)(function), function))
    except RuntimeError:  # no cache to be had (a read-only installation): compile in every process
        return cast("Function", _njit(**options)(function))


def _njit(**options: Any) -> Any:
    njit: Any = numba.njit  # its stub does not know all options
    return njit(error_model="numpy", **options)


def pointer(function: Callable[..., Any], signature: str, keep: bool) -> Any:
    """The function compiled for one signature, to be handed to compiled code as a value.

    Args:
        signature: in numba's words, e.g. ``boolean(float64, float64[::1], int64)``.
        keep: on disk, for functions of this package; what a user's function calls is not known.

    Raises:
        NotCompilableError: numba does not know something the function uses.
    """
    try:
        if keep:
            try:
                return _stamped(numba.cfunc(signature, cache=True, error_model="numpy")(function), function)
            except RuntimeError:
                pass
        return numba.cfunc(signature, error_model="numpy")(function)
    except NumbaError as error:
        raise NotCompilableError(_reason(error)) from error


def strict(function: Callable[..., Any], signature: str) -> Any:
    """A user's function compiled to fail where it fails in Python: division by zero, an index out of range.

    Args:
        signature: as for ``pointer``.

    Raises:
        NotCompilableError: it is no plain function, numba does not know something it uses, or what it returns
            is not always of the signature's type.
    """
    source = function.py_func if isinstance(function, Dispatcher) else function
    if not isinstance(source, FunctionType):
        raise NotCompilableError("it is no plain function")
    njit: Any = numba.njit  # its stub does not know all options; that of the next has no types
    parse: Any = sigutils.normalize_signature
    arguments, wanted = parse(signature)
    code = njit(error_model="python", boundscheck=True)(source)
    try:
        code.compile(arguments)
    except Exception as error:  # numba trips over unusual code with errors of any kind
        raise NotCompilableError(_reason(error)) from error
    found = code.nopython_signatures[0].return_type
    kind = types.Boolean if isinstance(wanted, types.Boolean) else types.Integer
    kinds = (types.Integer, types.Float) if isinstance(wanted, types.Float) else (kind,)
    if not isinstance(found, kinds):
        raise NotCompilableError(f"what it returns may be {found}")
    return code


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[1] if len(lines) > 1 else lines[0] if lines else type(error).__name__


def _stamped(code: Any, function: Callable[..., Any]) -> Any:
    """Tie the disk cache to the sources of the function's whole folder.

    numba looks at the function's own file alone, and would serve old code when what it calls has changed.
    """
    file: Any = getattr(getattr(code, "_cache", None), "_cache_file", None)
    if not hasattr(file, "_source_stamp"):
        raise RuntimeError("this numba keeps its cache otherwise")
    file._source_stamp = _folder_stamp(Path(function.__code__.co_filename).parent)
    return code


@lru_cache
def _folder_stamp(folder: Path) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in SHARED:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()


def interpreted(function: Function) -> Function:
    """The same source run by Python, with every compiled function it calls run by Python as well."""
    return cast("Function", _plain(function, {}))


def _plain(function: Any, done: dict[int, Any]) -> Any:
    if not isinstance(function, Dispatcher):
        return function
    if id(function) in done:
        return done[id(function)]
    source = function.py_func
    names: dict[str, Any] = {}
    twin = FunctionType(source.__code__, names, source.__name__, source.__defaults__, source.__closure__)
    done[id(function)] = twin
    names.update({name: _plain(value, done) for name, value in source.__globals__.items()})
    return twin


class _FirstCompile(event.Listener):
    def __init__(self, announce: Callable[[], None]) -> None:
        self.announce: Callable[[], None] | None = announce

    def on_start(self, _event: Any) -> None:
        if self.announce is not None:
            announce, self.announce = self.announce, None
            announce()

    def on_end(self, _event: Any) -> None:
        pass


@contextmanager
def announcing(announce: Callable[[], None]) -> Iterator[None]:
    """Call ``announce`` once if anything is compiled inside the block (nothing is when the cache serves)."""
    listener = _FirstCompile(announce)
    with event.install_listener("numba:compile", listener):
        yield
