"""The file of a scenario's own workload model: where it lies and what it holds.

``demand.model`` and the option ``path`` are written as seen from the scenario's folder. When a scenario
is read they become absolute, and the hash of the model's file is noted: what a run used is then part of
its scenario, and a scenario that was written out finds its model again or says that it has changed.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from .errors import Problem
from .tree import Entry, Node, at

SUFFIX = ".py"


def model_placed(tree: Node, problems: list[Problem]) -> Node:
    """The tree with the files that ``demand`` names in their places; faults are added to the list."""
    demand = _child(tree, "demand")
    if demand is None or not isinstance(demand.value, dict):
        return tree
    fields = dict(demand.value)
    options = _child(demand, "model_options")
    path = options and _child(options, "path")
    if options is not None and isinstance(options.value, dict) and path and isinstance(path.value, str):
        placed = replace(path, value=str(_absolute(path, path.value)))
        entry = Entry(options.value["path"].mark, placed)
        fields["model_options"] = replace(
            fields["model_options"], node=replace(options, value={**options.value, "path": entry})
        )
    _place_model(demand, fields, problems)
    entry = Entry(demand.mark, replace(demand, value=fields))
    assert isinstance(tree.value, dict)
    return replace(tree, value={**tree.value, "demand": entry})


def _place_model(demand: Node, fields: dict[str | int, Entry], problems: list[Problem]) -> None:
    node = _child(demand, "model")
    if node is None or not isinstance(node.value, str):
        return
    where = ("demand", "model")
    file, colon, name = node.value.rpartition(":")
    if not colon or not file or not name.isidentifier():
        problems.append(at(node.mark, where, f"got {node.value!r}, must be FILE.py:CLASS or MODULE:CLASS"))
        return
    if not file.endswith(SUFFIX):
        return
    path = _absolute(node, file)
    try:
        found = sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        problems.append(at(node.mark, where, f"got {file!r}, must be an existing file"))
        return
    noted = _child(demand, "model_sha256")
    if noted is not None and noted.value not in (None, found):
        message = f"got {file!r}, must be the file it was (SHA-256 {noted.value})"
        problems.append(at(node.mark, where, message))
    fields["model"] = replace(fields["model"], node=replace(node, value=f"{path}:{name}"))
    fields["model_sha256"] = Entry(node.mark, Node(found, node.mark))


def _absolute(node: Node, file: str) -> Path:
    """A path as seen from the folder of the file it stands in; of the working folder on the command line."""
    return (Path(node.mark.file).parent if node.mark.line else Path()).joinpath(file).resolve()


def _child(node: Node, key: str) -> Node | None:
    entry = node.value.get(key) if isinstance(node.value, dict) else None
    return entry.node if entry else None
