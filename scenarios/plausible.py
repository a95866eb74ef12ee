"""Limits of what is plausible: relations that hold in every world that a calibration counts."""

from __future__ import annotations

from collections.abc import Iterator, Set
from difflib import get_close_matches

from pydantic import Field

from .errors import Problem
from .quantity import Spec
from .terms import Text
from .tree import Node, at, matches, one_match

FIGURE_MARK = ":"  # between alternative and figure; no path of a quantity has one


class Plausible(Spec):
    """A quantity or figure lies within multiples of another one.

    A term is the path of a quantity (``estate.rooms``), or a figure of the table of worlds by its name
    without unit (``consolidate:saving electricity``, ``consolidate:claim K2 gross``).
    """

    id: str = Field(description="Short id", min_length=1)
    what: Text = Field(description="What holds")
    term: str = Field(description="Path of a quantity, or ALTERNATIVE:FIGURE", min_length=1)
    at_least: float | None = Field(default=None, description="It is at least so many times 'of'")
    at_most: float | None = Field(default=None, description="It is at most so many times 'of'")
    of: str | None = Field(default=None, description="What it is compared with, likewise; 1 if absent")


def check_plausible(tree: Node, quantities: Set[str]) -> Iterator[Problem]:
    """Terms are quantities of the scenario or figures of its alternatives, and every limit limits."""
    table = one_match(tree, "alternatives")
    names = (
        {str(key) for key in table.value} if table is not None and isinstance(table.value, dict) else set()
    )
    for name in ("term", "of"):
        for path, mark, node in matches(tree, f"plausible.*.{name}"):
            term = node.value
            if not isinstance(term, str) or term in quantities:
                continue
            alternative, figure, _ = term.partition(FIGURE_MARK)
            if figure and alternative in names:
                continue
            close = get_close_matches(term, quantities, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            yield at(mark, path, f"got {term!r}, must be the path of a quantity or ALTERNATIVE:FIGURE{hint}")
    for path, mark, node in matches(tree, "plausible.*"):
        if isinstance(node.value, dict) and not {"at_least", "at_most"} & set(node.value):
            yield at(mark, path, "got no limit, must have at_least, at_most or both")
