"""A policy: how overload is detected, which component leaves, where it goes; names or own functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...optimize.compiled import NotCompilableError, pointer
from ...scenarios.errors import InputError, Problem
from ..own_code import module_named
from . import detectors, placements, selectors
from .own import DETECTOR, PLACEMENT, SELECTOR, Own, Role, told
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
        digests: SHA-256 that the file of a user's function must have, by the field that names it.
    """

    detector: str | None = "thr"
    selector: str = "mmt"
    placement: str = "pabfd"
    parameter: float | None = None
    power_aware: bool = True
    where: tuple[str, int] = ("policy", 0)
    digests: Mapping[str, str | None] = field(default_factory=dict)

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
        faults: what went wrong in one of the user's functions: empty, or the one that ends the run.
    """

    detector: Any
    selector: Any
    placement: Any
    interpreted: str | None
    draws: bool
    faults: list[Problem]

    def check(self) -> None:
        """Stop if one of the user's functions has failed.

        Raises:
            InputError: it has.
        """
        if self.faults:
            raise InputError(self.faults)


def functions_of(policy: Policy, quirks: Quirks) -> Functions:
    """Find, check and compile a policy's functions.

    Raises:
        InputError: a name that is none, a module or file that cannot be loaded, a function that does not
            take or return what it should, or fails when it is tried out.
    """
    faults: list[Problem] = []
    detector = _find(DETECTOR, policy.detector or "thr", DETECTORS, policy, faults)
    if quirks.unweighted_regression and policy.detector in ("lr", "lrr"):
        detector = detectors.unweighted_regression
    selector = _find(SELECTOR, policy.selector, SELECTORS, policy, faults)
    placement = _find(PLACEMENT, policy.placement, PLACEMENTS, policy, faults)
    draws = policy.selector not in ("mmt", "mc", "mu")
    try:
        return Functions(
            _pointer(detector, DETECTOR.signature),
            _pointer(selector, SELECTOR.signature),
            _pointer(placement, PLACEMENT.signature),
            None,
            draws,
            faults,
        )
    except NotCompilableError as problem:
        return Functions(detector, selector, placement, str(problem), draws, faults)


def _pointer(function: Callable[..., Any], signature: str) -> Any:
    return function.compiled() if isinstance(function, Own) else _kept(function, signature)


@lru_cache(maxsize=64)
def _kept(function: Callable[..., Any], signature: str) -> Any:
    return pointer(function, signature, keep=True)


def _find(
    role: Role,
    name: str,
    known: Mapping[str, Callable[..., Any]],
    policy: Policy,
    faults: list[Problem],
) -> Callable[..., Any]:
    """A function of ours, or one of the user's that has stood its trial."""
    if name in known:
        return known[name]
    place, colon, attribute = name.rpartition(":")
    if not colon or not place:
        raise _bad(policy, role, f"'{name}' is neither one of {', '.join(known)} nor module:function")
    try:
        module = module_named(place, policy.digests.get(role.field))
        function = getattr(module, attribute, None)
    except (Exception, SystemExit) as error:  # whatever the user's file does when it is loaded
        raise _bad(policy, role, f"cannot load {place}: {told(error)}") from error
    if not callable(function):
        raise _bad(policy, role, f"{place} has no function '{attribute}'")
    shown = f"{Path(place).name}:{attribute}" if place.endswith(".py") else name
    try:
        inspect.signature(function).bind(*range(role.arity))
    except (TypeError, ValueError) as error:
        raise _bad(policy, role, f"{shown} does not take {role.arity} arguments: {error}") from error
    own = Own(role, shown, function, faults, policy.where)
    own(*_trial(role, policy.number))
    if faults:
        raise InputError(faults)
    return own


def _trial(role: Role, number: float) -> tuple[Any, ...]:
    """Arguments to try a function out with."""
    if role is DETECTOR:
        return (0.5, np.full(30, 0.5), 30, number, 1.0)
    if role is SELECTOR:
        two = np.array([1.0, 2.0])
        return (two, two.copy(), two.copy(), np.full((2, 30), 0.5), 0.5)
    return (100.0, 110.0, 0.5, True)


def _bad(policy: Policy, role: Role, message: str) -> InputError:
    file, line = policy.where
    text = " ".join(message.split())
    return InputError([Problem(file, line, 1 if line else 0, role.field, text)])
