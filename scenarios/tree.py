"""A tree of values that remember where they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .errors import Problem

Key = str | int
Path = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, 1-based; line 0 where there is none (command line)."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place. A mapping holds entries, a list holds nodes, else a scalar.

    Attributes:
        size: number of nodes with every alias written out.
        depth: levels of mappings and lists.
        written: a number on the command line as it was written, since it may be meant as text.
    """

    value: object
    mark: Mark
    size: int = 1
    depth: int = 0
    written: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a mapping: the place of its key, and its value."""

    mark: Mark
    node: Node


Mapping = dict[Key, Entry]


class UnreadableError(Exception):
    """A file that cannot be read any further."""

    def __init__(self, mark: Mark, message: str, path: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(mark.file, mark.line, mark.column, path, message)


def dotted(path: Path) -> str:
    """A path as users write it, e.g. ``rooms.closet.pue``."""
    return ".".join(str(part) for part in path)


def at(mark: Mark, path: Path, message: str) -> Problem:
    """A problem at a mark."""
    return Problem(mark.file, mark.line, mark.column, dotted(path), message)


def plain(node: Node) -> object:
    """The tree without marks: dicts, tuples and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(entry.node) for key, entry in node.value.items()}
    if isinstance(node.value, list):
        return tuple(plain(item) for item in node.value)
    return node.value


def children(node: Node) -> Iterator[tuple[Key, Entry]]:
    """Keys or positions directly below a node, and what stands there."""
    if isinstance(node.value, dict):
        yield from node.value.items()
    elif isinstance(node.value, list):
        yield from ((i, Entry(item.mark, item)) for i, item in enumerate(node.value))


def matches(tree: Node, pattern: str) -> Iterator[tuple[Path, Mark, Node]]:
    """Path, key mark and node of everything that a dotted pattern matches; * is any key or position."""

    def walk(entry: Entry, parts: list[str], path: Path) -> Iterator[tuple[Path, Mark, Node]]:
        if not parts:
            yield path, entry.mark, entry.node
            return
        for key, child in children(entry.node):
            if parts[0] in ("*", str(key)):
                yield from walk(child, parts[1:], (*path, key))

    return walk(Entry(tree.mark, tree), pattern.split("."), ())


def one_match(tree: Node, pattern: str) -> Node | None:
    """The first node that a dotted pattern matches, if any."""
    return next((node for _, _, node in matches(tree, pattern)), None)


def describe(value: object) -> str:
    """A value in a few words, for problems."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return f"{value}"
