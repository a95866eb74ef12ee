"""Functions of the user's in a policy: called under guard, compiled or not.

One that fails, or answers what it must not, leaves a fault; the engine is told something harmless instead and
the controller stops at the end of the step. Nothing is raised on the way: compiled code would lose it (it
cannot pass an exception on through a pointer), and SimPy makes exceptions anew.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...optimize.compiled import in_python, pointer, strict
from ...scenarios.errors import Problem
from .arrays import Floats

Plain = bool | int | float


@dataclass(frozen=True)
class Role:
    """What a function is for.

    Attributes:
        field: of the policy.
        signature: of the function, in numba's words.
        arity: number of arguments.
        types: that it may return.
        plain: makes of these what the engine takes.
        harmless: what the engine is told after a fault.
        refusal: why an answer to some arguments cannot be used, or None.
        guard: wraps a compiled function, see ``_guarded_detector``.
    """

    field: str
    signature: str
    arity: int
    types: tuple[type, ...]
    plain: Callable[[Any], Plain]
    harmless: Plain
    refusal: Callable[[Sequence[Any], Any], str | None]
    guard: Callable[[Any, Any], Callable[..., Any]]


class Own:
    """A user's function run by Python; ``compiled`` gives the same as compiled code takes it.

    Args:
        faults: where a fault is left; shared by a policy's functions, and nothing is called any more once
            there is one.
        where: file and line the function is named at.
    """

    def __init__(
        self,
        role: Role,
        name: str,
        function: Callable[..., Any],
        faults: list[Problem],
        where: tuple[str, int],
    ) -> None:
        self.role, self.name, self.function, self.faults, self.where = role, name, function, faults, where

    def __call__(self, *arguments: Any) -> Plain:
        """The function's answer, or what does no harm."""
        if not self.faults:
            numbers = [a.item() if isinstance(a, np.generic) else a for a in arguments]
            try:
                with np.errstate(divide="log", invalid="log", call=_DIVISIONS):
                    answer = self.function(*numbers)
                message = self._refusal(numbers, answer)
                if message is None:
                    return self.role.plain(answer)
            except (Exception, SystemExit) as error:
                message = f"failed: {told(error)}{self._line(error)}"
            self._leave(message)
        return self.role.harmless

    def compiled(self) -> Any:
        """A pointer to the compiled function under the same guard.

        Raises:
            NotCompilableError: numba does not know something the function uses.
        """
        signature = self.role.signature
        guarded = strict(self.role.guard(strict(self.function, signature), self._note), signature)
        return pointer(_handed_on(guarded, self.role.arity), signature, keep=False)

    def _note(self, *arguments: Any) -> None:
        """The compiled function has failed here: let Python tell why."""
        self(*arguments)
        if not self.faults:
            self._leave("fails when compiled, not when run by Python: does it depend on earlier calls?")

    def _refusal(self, arguments: Sequence[Any], answer: Any) -> str | None:
        if not isinstance(answer, self.role.types):
            return f"returns {type(answer).__name__}, not {self.role.types[-1].__name__}"
        return self.role.refusal(arguments, answer)

    def _leave(self, message: str) -> None:
        file, line = self.where
        text = f"{self.name} {message}"
        self.faults.append(Problem(file, line, 1 if line else 0, self.role.field, text))

    def _line(self, error: BaseException) -> str:
        """Where in the function's own file an error arose, in brackets."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
        own = [line for file, line in frames if code is not None and file == code.co_filename]
        return f" ({Path(code.co_filename).name}:{own[-1]})" if code is not None and own else ""


def told(error: BaseException) -> str:
    """Type and message of an error in one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


class _Divisions:
    """Makes numpy's numbers divide like Python's: by zero is an error. Arrays divide as they do compiled."""

    def write(self, message: str) -> None:
        words = message.split()
        if "scalar" in words and words[-1] in ("divide", "floor_divide", "remainder", "divmod"):
            raise ZeroDivisionError("division by zero")


_DIVISIONS = _Divisions()


def _handed_on(call: Any, arity: int) -> Callable[..., Any]:
    """A function that only calls: numba makes no pointer to one that goes back to Python itself."""

    def four(a: Any, b: Any, c: Any, d: Any) -> Any:
        return call(a, b, c, d)

    def five(a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
        return call(a, b, c, d, e)

    return four if arity == 4 else five


def _guarded_detector(call: Any, note: Any) -> Callable[..., Any]:
    """The compiled function ``call`` as compiled code may use it: a failure is shown to ``note``."""

    def guarded(demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float) -> bool:
        answer, good = False, False
        try:
            answer = call(demand_share, history, n, parameter, steps_ahead)
            good = True
        except Exception:
            good = False
        if not good:
            seen = history.copy()
            with in_python():
                note(demand_share, seen, n, parameter, steps_ahead)
            return False
        return answer

    return guarded


def _guarded_selector(call: Any, note: Any) -> Callable[..., Any]:
    def guarded(
        ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
    ) -> int:
        answer: Any = np.int64(0)
        good: Any = False
        try:
            answer = np.int64(call(ram_mb, demand_mips, utilisation, history, uniform))
            good = answer >= 0 and answer < len(ram_mb)
        except Exception:
            good = False
        if not good:
            ram, demand, level, past = ram_mb.copy(), demand_mips.copy(), utilisation.copy(), history.copy()
            with in_python():
                note(ram, demand, level, past, uniform)
            return 0
        return answer  # type: ignore[no-any-return]  # compiled: its type is fixed

    return guarded


def _guarded_placement(call: Any, note: Any) -> Callable[..., Any]:
    def guarded(before_w: float, after_w: float, utilisation_after: float, is_on: bool) -> float:
        answer, good = np.inf, False
        try:
            answer = float(call(before_w, after_w, utilisation_after, is_on))
            good = not np.isnan(answer)
        except Exception:
            good = False
        if not good:
            with in_python():
                note(before_w, after_w, utilisation_after, is_on)
            return np.inf
        return answer

    return guarded


def _no_position(arguments: Sequence[Any], answer: Any) -> str | None:
    count = len(arguments[0])
    return (
        None if 0 <= answer < count else f"returns {answer}, must be 0 to {count - 1} (of {count} components)"
    )


def _no_number(_arguments: Sequence[Any], answer: Any) -> str | None:
    return "returns nan, must be a number" if answer != answer else None


DETECTOR = Role(
    "detector",
    "boolean(float64, float64[::1], int64, float64, float64)",
    5,
    (np.bool_, bool),
    bool,
    False,
    lambda _arguments, _answer: None,
    _guarded_detector,
)
SELECTOR = Role(
    "selector",
    "int64(float64[::1], float64[::1], float64[::1], float64[:, :], float64)",
    5,
    (np.integer, int),
    int,
    0,
    _no_position,
    _guarded_selector,
)
PLACEMENT = Role(
    "placement",
    "float64(float64, float64, float64, boolean)",
    4,
    (int, np.integer, np.floating, float),
    float,
    np.inf,
    _no_number,
    _guarded_placement,
)
