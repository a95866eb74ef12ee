"""Checks between rules and the rest of a scenario: what an alternative must be to be bound by a rule."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import Problem
from .tree import Node, at, children, matches, one_match

# Rules that may bind an alternative that keeps its rooms.
_OF_ANY_KIND = ("no_new_room",)
# Rules that bind every alternative alike.
_OF_ALL = ("demand_step",)


def _kind(tree: Node, name: object) -> object:
    """The kind of a rule; None if there is none of that name."""
    found = one_match(tree, f"policy.{name}.rule")
    return None if found is None else found.value


def check_policy(tree: Node) -> Iterator[Problem]:
    """Rules that bind an alternative in which they have no meaning, or that bind none."""
    table = one_match(tree, "alternatives")
    if table is None:
        return
    kinds = {str(name): one_match(entry.node, "kind") for name, entry in children(table)}
    moving = [name for name, kind in kinds.items() if kind is not None and kind.value == "consolidate"]
    for path, mark, node in matches(tree, "policy.*"):
        chosen = one_match(node, "rule")
        other = one_match(node, "rest_of")
        if other is not None and _kind(tree, other.value) not in ("close_small", None):
            message = f"got {other.value!r}, must be a rule of kind 'close_small'"
            yield at(other.mark, (*path, "rest_of"), message)
        if chosen is None or chosen.value in _OF_ALL:
            continue
        named = list(matches(node, "alternatives.*"))
        if not named and not moving:
            yield at(mark, path, "got no alternative of kind 'consolidate' to bind, must name alternatives")
        for below, place, name in named:
            if chosen.value not in _OF_ANY_KIND and name.value in kinds and name.value not in moving:
                message = f"got {name.value!r}, must be an alternative of kind 'consolidate'"
                yield at(place, (*path, *below), message)
