"""Workload models: what the demand of every component is at every step.

A model is a class with one method, ``fill``. The built-in one is ``demand.Synthetic``, and
``trace_demand.TraceDemand`` replays a trace; a scenario may name any other class in ``demand.model``.
What such a class says is looked at before it is used, since it comes from outside.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from ..scenarios.errors import InputError, Problem, RoomfoldError
from ..scenarios.estate import Rises
from ..scenarios.schema import Scenario
from ..scenarios.user_files import SUFFIX
from ..scenarios.world import World
from .own_code import check_allowed, module_named

MOST_SSJ = 1e15  # of one component, far above any machine, and sums of many stay finite in float32


class Workload(Protocol):
    """What demand is.

    A model that a scenario names is made once for each world, with the scenario, the world and the
    scenario's ``demand.model_options`` as arguments by name.
    """

    def fill(self, components: NDArray[np.int64], span: Span, out: NDArray[np.float32]) -> None:
        """Write the demand of some components over a span of time.

        The same numbers whatever else has been asked for before: a run that was stopped goes on with
        any month, and blocks of components differ between versions.

        Args:
            components: rows of ``world.estate.servers``, shape (components,); each does some work.
            span: the steps wanted: whole days of one month.
            out: to be filled with demand in ssj_ops, >= 0, shape (components, steps); nan before.
        """


def named_workload(scenario: Scenario, world: World) -> Workload | None:
    """The model that a scenario names; None if it names none.

    Raises:
        InputError: there is no such file, module or class, it cannot be made, or is not allowed.
    """
    demand = scenario.demand
    if demand.model is None:
        return None
    check_allowed(scenario)
    kind = named_class(demand.model, demand.model_sha256)
    try:
        model = kind(scenario, world, **demand.model_options)
    except RoomfoldError:
        raise
    except (Exception, SystemExit) as error:
        raise _bad(demand.model, f"cannot be made: {_said(error, demand.model)}") from error
    key = f"{demand.model} {demand.model_sha256} {sorted(demand.model_options.items())}"
    return _Checked(model, demand.model, key, world.estate.rises)


def named_class(model: str, digest: str | None = None) -> type[Any]:
    """The class that ``demand.model`` names, ``FILE.py:CLASS`` or ``MODULE:CLASS``; its file is run.

    Args:
        digest: SHA-256 that the file must have; None for a module.

    Raises:
        InputError: there is no such file, module or class, it is another file, or it fails.
    """
    place, _, name = model.rpartition(":")
    try:
        module = module_named(place, digest)
    except (Exception, SystemExit) as error:  # whatever the file does when it is loaded
        raise _bad(model, f"cannot be loaded: {_said(error, model)}") from error
    kind = getattr(module, name, None)
    if not isinstance(kind, type) or not callable(getattr(kind, "fill", None)):
        raise _bad(model, f"must be a class with a method 'fill', {place} has none of that name")
    return kind


class _Checked:
    """A model from outside, with every answer looked at.

    Attributes:
        key: what tells it from other models.
    """

    def __init__(self, model: Workload, name: str, key: str, rises: Rises) -> None:
        """``rises``: steps of demand, of which the model knows nothing."""
        self._model, self._name, self.key, self._rises = model, name, key, rises

    def fill(self, components: NDArray[np.int64], span: Span, out: NDArray[np.float32]) -> None:
        """As the model does; InputError if it fails or leaves what is no demand."""
        if not len(components):
            return
        out.fill(np.nan)
        try:
            self._model.fill(components, span, out)
        except RoomfoldError:
            raise
        except (Exception, SystemExit) as error:
            raise _bad(self._name, f"failed: {_said(error, self._name)}") from error
        if len(self._rises.month):
            out *= self._rises.by(span.month, components)[:, None].astype(np.float32)
        if not (out.min() >= 0 and out.max() <= MOST_SSJ):
            row, step = np.argwhere(~((out >= 0) & (out <= MOST_SSJ)))[0]
            what = f"component {components[row]} at hour {span.first_h + step // span.steps_per_hour}"
            raise _bad(self._name, f"got a demand of {out[row, step]:g} ({what}), must be 0 to {MOST_SSJ:g}")


def _said(error: BaseException, model: str) -> str:
    """What an exception says, on one line, after the line of the model's file that it comes from."""
    place = model.rpartition(":")[0]
    file = place if place.endswith(SUFFIX) else getattr(sys.modules.get(place), "__file__", None) or ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    text = str(error)
    if isinstance(error, SyntaxError) and error.filename == file:
        lines, text = [error.lineno], error.msg
    where = f"{Path(file).name}:{lines[-1]}: " if lines else ""
    return " ".join(f"{where}{type(error).__name__}: {text}".split()).removesuffix(":")


def _bad(name: str, message: Any) -> InputError:
    return InputError([Problem("demand.model", 0, 0, name, message)])
