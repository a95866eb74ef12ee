"""Alternatives that are like another: the same but for what they say themselves, on the same draws.

``alternatives.lease: {like: consolidate, title: ...}`` takes every field of ``consolidate`` that it does not
give itself. A quantity that both have in the same words is one quantity, drawn once: it stands under the
path of the other alternative, so that two alternatives differ by what was changed alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .errors import Problem
from .include import merged
from .tree import Entry, Key, Mapping, Node, Path, at, describe, plain

_TABLE = "alternatives"


def filled_in(tree: Node) -> Node:
    """The tree with every ``like`` followed; what cannot be followed is left for ``check_likeness``."""
    table = _alternatives(tree)
    if not table:
        return tree
    filled: Mapping = {}
    for name, entry in table.items():
        node = entry.node
        for base in _chain(table, name):
            node = merged(table[base].node, node)
        filled[name] = Entry(entry.mark, node)
    assert isinstance(tree.value, dict)
    whole = tree.value[_TABLE]
    over = {**tree.value, _TABLE: Entry(whole.mark, replace(whole.node, value=filled))}
    return replace(tree, value=over)


def drawn_as(tree: Node, path: Path) -> Path:
    """The path under which the quantity at ``path`` is drawn: of the alternative it is like, if equal."""
    table = _alternatives(tree)
    if len(path) < 3 or path[0] != _TABLE or path[1] not in table:
        return path
    mine = _below(table[path[1]].node, path[2:])
    drawn = path
    for base in _chain(table, path[1]):
        theirs = table[base].node
        if _below(theirs, path[2:-1]) is None or _below(theirs, path[2:]) != mine:
            break
        drawn = (_TABLE, base, *path[2:])
    return drawn


def check_likeness(tree: Node) -> Iterator[Problem]:
    """Every ``like`` that names no other alternative, or in the end itself."""
    table = _alternatives(tree)
    for name, entry in table.items():
        base = _like(entry.node)
        if not isinstance(base, str):  # the schema reports it
            continue
        assert isinstance(entry.node.value, dict)
        mark, path = entry.node.value["like"].node.mark, (_TABLE, name, "like")
        if base not in table:
            must = f"a name in alternatives ({', '.join(map(str, table))})"
            yield at(mark, path, f"got {describe(base)}, must be {must}")
        elif str(name) in _chain(table, name):
            yield at(mark, path, f"got {describe(base)}, must not lead back to {name}")


def _alternatives(tree: Node) -> Mapping:
    if isinstance(tree.value, dict) and _TABLE in tree.value:
        value = tree.value[_TABLE].node.value
        return value if isinstance(value, dict) else {}
    return {}


def _like(node: Node) -> object:
    return node.value["like"].node.value if isinstance(node.value, dict) and "like" in node.value else None


def _chain(table: Mapping, name: Key) -> list[str]:
    """The alternatives that one is like, nearest first; a ring ends where it closes."""
    chain: list[str] = []
    base = _like(table[name].node)
    while isinstance(base, str) and base in table and base not in chain:
        chain.append(base)
        base = _like(table[base].node)
    return chain


def _below(node: Node, path: Path) -> object:
    """What stands below a node, without marks; None if nothing does."""
    for part in path:
        if isinstance(node.value, dict) and part in node.value:
            node = node.value[part].node
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return plain(node)
