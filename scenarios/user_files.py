"""The files that a scenario names: where they lie, and what was in them.

Workload models, functions of policies, traces and the tables of a listed estate are written as seen from the
scenario's folder (from the working folder on the command line). When a scenario is read they become absolute,
and the hash of a file of code or of a table is noted beside it: what a run used is then part of its scenario,
and a scenario that was written out finds its files again or says that one has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from .errors import Problem
from .listed.columns import TABLES
from .tree import Entry, Key, Mapping, Node, at
from .tree import Path as KeyPath

SUFFIX = ".py"
_CLASS = "FILE.py:CLASS or MODULE:CLASS"
_FUNCTIONS = ("detector", "selector", "placement")

Edit = Callable[[Mapping, KeyPath], Mapping]


def files_placed(tree: Node, problems: list[Problem]) -> Node:
    """The tree with all files in their places; faults are added to the list."""

    def model(section: Mapping, path: KeyPath) -> Mapping:
        return _code(section, path, "model", problems, must_be=_CLASS)

    def functions(section: Mapping, path: KeyPath) -> Mapping:
        for name in _FUNCTIONS:
            section = _code(section, path, name, problems, must_be=None)
        return section

    def tables(section: Mapping, path: KeyPath) -> Mapping:
        for name in TABLES:
            section = _table(section, path, name, problems)
        return section

    edits: tuple[tuple[KeyPath, Edit], ...] = (
        (("estate", "listed"), tables),
        (("demand",), model),
        (("demand", "model_options"), _data),
        (("trace",), _data),
        (("policies", "*"), functions),
    )
    for path, edit in edits:
        tree = _edited(tree, path, (), edit)
    return tree


def _edited(node: Node, path: KeyPath, done: KeyPath, edit: Edit) -> Node:
    """The tree with the mappings at a path (* is any key) edited."""
    if not isinstance(node.value, dict):
        return node
    if not path:
        return replace(node, value=edit(node.value, done))
    value = dict(node.value)
    keys: list[Key] = list(value) if path[0] == "*" else [path[0]] if path[0] in value else []
    for key in keys:
        entry = value[key]
        value[key] = replace(entry, node=_edited(entry.node, path[1:], (*done, key), edit))
    return replace(node, value=value)


def _data(section: Mapping, _path: KeyPath) -> Mapping:
    """A section whose ``path`` is absolute."""
    entry = section.get("path")
    if entry is None or not (entry.node.written or isinstance(entry.node.value, str)):
        return section
    node = entry.node
    placed = replace(node, value=str(_absolute(node, node.written or str(node.value))), written="")
    return {**section, "path": replace(entry, node=placed)}


def _code(
    section: Mapping, path: KeyPath, name: str, problems: list[Problem], must_be: str | None
) -> Mapping:
    """A section whose file of code, if it names one, is absolute and has its hash beside it.

    Args:
        must_be: what a text that names neither a file nor a module must be; None if it may be a name.
    """
    entry = section.get(name)
    if entry is None or not isinstance(entry.node.value, str):
        return section
    node, where = entry.node, (*path, name)
    file, colon, attribute = entry.node.value.rpartition(":")
    if must_be and (not colon or not file or not attribute.isidentifier()):
        problems.append(at(node.mark, where, f"got {node.value!r}, must be {must_be}"))
        return section
    if not file.endswith(SUFFIX):
        return section
    found = _absolute(node, file)
    return _noted(section, name, where, file, f"{found}:{attribute}", found, problems)


def _table(section: Mapping, path: KeyPath, name: str, problems: list[Problem]) -> Mapping:
    """A section whose file of that name is absolute and has its hash beside it."""
    entry = section.get(name)
    if entry is None or not (entry.node.written or isinstance(entry.node.value, str)):
        return section
    file = entry.node.written or str(entry.node.value)
    found = _absolute(entry.node, file)
    return _noted(section, name, (*path, name), file, str(found), found, problems)


def _noted(
    section: Mapping, name: str, where: KeyPath, file: str, value: str, found: Path, problems: list[Problem]
) -> Mapping:
    """A section with a field of a file changed to ``value``, and the hash of the file found beside it."""
    entry = section[name]
    node = entry.node
    try:
        digest = sha256(found.read_bytes()).hexdigest() if found.is_file() else None
    except (OSError, ValueError):
        digest = None
    if digest is None:
        problems.append(at(node.mark, where, f"got {file!r}, must be an existing file"))
        return section
    noted = section.get(f"{name}_sha256")
    if noted is not None and noted.node.value not in (None, digest):
        message = f"got {file!r}, must be the file it was (SHA-256 {noted.node.value})"
        problems.append(at(node.mark, where, message))
    return {
        **section,
        name: replace(entry, node=replace(node, value=value, written="")),
        f"{name}_sha256": Entry(node.mark, Node(digest, node.mark)),
    }


def _absolute(node: Node, file: str) -> Path:
    """A path as seen from the folder of the file it stands in; of the working folder on the command line."""
    return (Path(node.mark.file).parent if node.mark.line else Path()).joinpath(file).resolve()
