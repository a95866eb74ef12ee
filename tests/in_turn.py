"""Plans that are made quickly, for tests of what is built and what it does, not of the search for waves.

Without pytest, so that programs which tests start can do the same in little time.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

QUICK = {"ROUNDS": (1, 1, 1), "CHANGES": 0, "EXACT_MOVES": 0}


def swap(new: Mapping[str, Any]) -> dict[str, Any]:
    """Names in the module that plans the waves; gives what they stood for."""
    names = vars(import_module("roomfold.optimize.waves.plan_waves"))
    old = {name: names[name] for name in new}
    names.update(new)
    return old


def plan_in_turn() -> dict[str, Any]:
    """From now on, plans keep the first order of moves that holds; gives what ``swap`` puts back.

    The search for a better one is most of a small plan; its tests are in ``optimize/waves``.
    """
    names = vars(import_module("roomfold.optimize.waves.plan_waves"))
    quick = {name: {**names[name], "quick": value} for name, value in QUICK.items()}
    return swap({**quick, "pattern_bound": lambda _: float("-inf")})
