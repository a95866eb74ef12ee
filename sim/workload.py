"""Workload models: what the demand of every component is at every step.

A model is a class with one method, ``fill``. The built-in one is ``demand.Synthetic``, and
``trace_demand.TraceDemand`` replays a trace; a scenario may name any other class in ``demand.model``.
What such a class says is looked at before it is used, since it comes from outside.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from ..scenarios.errors import InputError, Problem, RoomfoldError
from ..scenarios.model_file import SUFFIX
from ..scenarios.schema import Scenario
from ..scenarios.world import World


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
        InputError: there is no such file, module or class, or it cannot be made.
    """
    demand = scenario.demand
    if demand.model is None:
        return None
    place, _, name = demand.model.rpartition(":")
    try:
        module = _from_file(Path(place)) if place.endswith(SUFFIX) else importlib.import_module(place)
    except Exception as error:  # whatever the file does when it is loaded
        raise _bad(demand.model, f"cannot be loaded: {_said(error)}") from error
    kind = getattr(module, name, None)
    if not isinstance(kind, type) or not callable(getattr(kind, "fill", None)):
        raise _bad(demand.model, f"must be a class with a method 'fill', {place} has none of that name")
    try:
        model = kind(scenario, world, **demand.model_options)
    except RoomfoldError:
        raise
    except Exception as error:
        raise _bad(demand.model, f"cannot be made: {_said(error)}") from error
    key = f"{demand.model} {demand.model_sha256} {sorted(demand.model_options.items())}"
    return _Checked(model, demand.model, key)


class _Checked:
    """A model from outside, with every answer looked at.

    Attributes:
        key: what tells it from other models.
    """

    def __init__(self, model: Workload, name: str, key: str) -> None:
        self._model, self._name, self.key = model, name, key

    def fill(self, components: NDArray[np.int64], span: Span, out: NDArray[np.float32]) -> None:
        """As the model does; InputError if it fails or leaves what is no demand."""
        if not len(components):
            return
        out.fill(np.nan)
        try:
            self._model.fill(components, span, out)
        except RoomfoldError:
            raise
        except Exception as error:
            raise _bad(self._name, f"failed: {_said(error)}") from error
        if not (out.min() >= 0 and np.isfinite(out.max())):
            row, step = np.argwhere(~(np.isfinite(out) & (out >= 0)))[0]
            what = f"component {components[row]} at hour {span.first_h + step // span.steps_per_hour}"
            raise _bad(self._name, f"got a demand of {out[row, step]:g} ({what}), must be 0 or more")


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"roomfold_model_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError("no such file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _said(error: Exception) -> str:
    """What an exception says, on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _bad(name: str, message: Any) -> InputError:
    return InputError([Problem("demand.model", 0, 0, name, message)])
