"""A policy: how overload is detected, which component leaves, where it goes; names or own functions."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...scenarios.errors import InputError, Problem
from ..compiled import NotCompilableError, pointer
from . import detectors, placements, selectors
from .quirks import Quirks

DETECTORS: Mapping[str, detectors.Detector] = {
    "thr": detectors.static_threshold,
    "iqr": detectors.interquartile_range,
    "mad": detectors.median_absolute_deviation,
    "lr": detectors.local_regression,
    "lrr": detectors.robust_local_regression,
}
SELECTORS: Mapping[str, selectors.Selector] = {
    "mmt": selectors.minimum_migration_time,
    "mc": selectors.maximum_correlation,
    "rs": selectors.random_selection,
    "mu": selectors.minimum_utilisation,
}
PLACEMENTS: Mapping[str, placements.Placement] = {"pabfd": placements.least_power_increase}

# The parameters of the reference runs (Beloglazov and Buyya 2012).
PARAMETERS: Mapping[str, float] = {"thr": 0.8, "iqr": 1.5, "mad": 2.5, "lr": 1.2, "lrr": 1.2}

_DETECTOR = "boolean(float64, float64[::1], int64, float64, float64)"
_SELECTOR = "int64(float64[::1], float64[::1], float64[::1], float64[:, :], float64)"
_PLACEMENT = "float64(float64, float64, float64, boolean)"


@dataclass(frozen=True)
class Policy:
    """What the controller does.

    Attributes:
        detector: key of DETECTORS, or ``module:function``, or ``path/to/file.py:function``; None: nothing
            ever moves, and components start first-fit.
        selector, placement: likewise, of SELECTORS and PLACEMENTS.
        parameter: the detector's number; None takes that of PARAMETERS (1 for a function of the user's).
        power_aware: False charges every host its full power all the time.
        where: file and line a user's function is named at, for messages.
    """

    detector: str | None = "thr"
    selector: str = "mmt"
    placement: str = "pabfd"
    parameter: float | None = None
    power_aware: bool = True
    where: tuple[str, int] = ("policy", 0)

    @property
    def number(self) -> float:
        """The detector's parameter."""
        if self.parameter is not None:
            return self.parameter
        return PARAMETERS.get(self.detector or "", 1.0)


NPA = Policy(detector=None, power_aware=False)
DVFS = Policy(detector=None)


@dataclass(frozen=True)
class Functions:
    """A policy's three functions as the engine calls them.

    Attributes:
        interpreted: why the engine has to run interpreted (a function cannot be compiled), or None.
        draws: whether the selector may look at its random number.
    """

    detector: Any
    selector: Any
    placement: Any
    interpreted: str | None
    draws: bool


def functions_of(policy: Policy, quirks: Quirks) -> Functions:
    """Find, check and compile a policy's functions.

    Raises:
        InputError: a name that is none, a module or file that cannot be loaded, a function that does not
            take or return what it should.
    """
    detector = _find("detector", policy.detector or "thr", DETECTORS, 5, policy.where)
    if quirks.unweighted_regression and policy.detector in ("lr", "lrr"):
        detector = detectors.unweighted_regression
    selector = _find("selector", policy.selector, SELECTORS, 5, policy.where)
    placement = _find("placement", policy.placement, PLACEMENTS, 4, policy.where)
    _try_out(policy, detector, selector, placement)
    draws = policy.selector not in ("mmt", "mc", "mu")
    try:
        return Functions(
            _pointer(detector, _DETECTOR),
            _pointer(selector, _SELECTOR),
            _pointer(placement, _PLACEMENT),
            None,
            draws,
        )
    except NotCompilableError as problem:
        return Functions(detector, selector, placement, str(problem), draws)


@lru_cache(maxsize=64)
def _pointer(function: Callable[..., Any], signature: str) -> Any:
    own = function.__module__.startswith(__package__ or __name__)
    return pointer(function, signature, keep=own)


def _find(
    what: str, name: str, known: Mapping[str, Callable[..., Any]], arity: int, where: tuple[str, int]
) -> Callable[..., Any]:
    if name in known:
        return known[name]
    place, colon, attribute = name.rpartition(":")
    if not colon or not place:
        raise _bad(where, what, f"'{name}' is neither one of {', '.join(known)} nor module:function")
    try:
        module = _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Exception as error:  # whatever the user's file does when it is loaded
        raise _bad(where, what, f"cannot load {place}: {error}") from error
    function = getattr(module, attribute, None)
    if not callable(function):
        raise _bad(where, what, f"{place} has no function '{attribute}'")
    try:
        inspect.signature(function).bind(*range(arity))
    except TypeError as error:
        raise _bad(where, what, f"{name} does not take {arity} arguments: {error}") from error
    found: Callable[..., Any] = function
    return found


def _load_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError("no such file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _try_out(
    policy: Policy, detector: Callable[..., Any], selector: Callable[..., Any], placement: Callable[..., Any]
) -> None:
    """Call each function once, plainly, and look at what it returns."""
    history = np.full(30, 0.5)
    two = np.array([1.0, 2.0])
    trials: tuple[tuple[str, str | None, Callable[..., Any], tuple[Any, ...], tuple[type, ...]], ...] = (
        ("detector", policy.detector, detector, (0.5, history, 30, policy.number, 1.0), (bool, np.bool_)),
        (
            "selector",
            policy.selector,
            selector,
            (two, two, two, np.full((2, 30), 0.5), 0.5),
            (int, np.integer),
        ),
        ("placement", policy.placement, placement, (100.0, 110.0, 0.5, True), (int, float, np.floating)),
    )
    for what, name, function, arguments, wanted in trials:
        if name is None or ":" not in name:
            continue
        try:
            answer = function(*arguments)
        except Exception as error:
            raise _bad(policy.where, what, f"{name} failed: {type(error).__name__}: {error}") from error
        if not isinstance(answer, wanted):
            kind = type(answer).__name__
            raise _bad(policy.where, what, f"{name} returns {kind}, not {wanted[-1].__name__}")


def _bad(where: tuple[str, int], what: str, message: str) -> InputError:
    first_line = message.splitlines()[0]
    return InputError([Problem(where[0], where[1], 1 if where[1] else 0, what, first_line)])
