"""The files that a scenario names: where they lie, what was in them, and which may be used.

Workload models, functions of policies, traces and the tables of a listed estate are written as seen from the
scenario's folder (from the working folder on the command line). When a scenario is read they become absolute,
and the hash of a file of code or of a table is noted beside it: what a run used is then part of its scenario,
and a scenario that was written out finds its files again or says that one has changed.

A scenario may come from anybody: what it names must lie below its own folder, and code that it names is
refused, unless whoever loads it allows more (``trust``). What stands on the command line is the user's own
word, and may lie anywhere; code must be allowed there too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from .confined import leading_out, relative
from .errors import Problem, one_line
from .listed.columns import TABLES
from .tree import Entry, Key, Mapping, Node, at, one_match
from .tree import Path as KeyPath
from .trust import NOTHING_MORE, Trust

SUFFIX = ".py"
LIBRARY_MODELS = frozenset({"roomfold.sim.trace_demand:TraceDemand"})  # code that comes with roomfold
ALLOW_CODE, ALLOW_FILES = "--allow-code", "--allow-files"
MOST_CODE_BYTES = 1 << 24
_CLASS = "FILE.py:CLASS or MODULE:CLASS"
_FUNCTIONS = ("detector", "selector", "placement")

Edit = Callable[[Mapping, KeyPath], Mapping]


@dataclass(frozen=True)
class Code:
    """Code of the user's own that a scenario names.

    Attributes:
        field: where in the scenario.
        name: ``FILE.py:NAME``, its file absolute, or ``MODULE:NAME``.
        digest: SHA-256 of the file; None for a module.
    """

    field: str
    name: str
    digest: str | None

    def __str__(self) -> str:
        return one_line(
            f"{self.field}: {self.name} ({f'SHA-256 {self.digest}' if self.digest else 'a module'})"
        )


def is_own_code(name: str | None) -> bool:
    """Whether a text in the place of a model or a function names code that does not come with roomfold."""
    return name is not None and ":" in name and name not in LIBRARY_MODELS


def files_placed(tree: Node, problems: list[Problem], trust: Trust = NOTHING_MORE) -> Node:
    """The tree with all files in their places; faults are added to the list."""
    placing = _Placing(problems, trust, _trace_is_options(tree, trust))
    edits: tuple[tuple[KeyPath, Edit], ...] = (
        (("estate", "listed"), placing.tables),
        (("demand",), placing.model),
        (("demand", "model_options"), placing.options),
        (("trace",), placing.data),
        (("policies", "*"), placing.functions),
    )
    for path, edit in edits:
        tree = _edited(tree, path, (), edit)
    return tree


def _trace_is_options(tree: Node, trust: Trust) -> bool:
    """Whether ``model_options`` go to code of the user's own that will run, which may do as it likes."""
    model = one_match(tree, "demand.model")
    named = model is not None and isinstance(model.value, str) and is_own_code(model.value)
    return named and trust.code == "run"


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


@dataclass
class _Placing:
    """Puts files in their places.

    Attributes:
        own_options: whether the options of the demand model are for code that is allowed to run.
    """

    problems: list[Problem]
    trust: Trust
    own_options: bool

    def model(self, section: Mapping, path: KeyPath) -> Mapping:
        return self._code(section, path, "model", must_be=_CLASS)

    def functions(self, section: Mapping, path: KeyPath) -> Mapping:
        for name in _FUNCTIONS:
            section = self._code(section, path, name, must_be=None)
        return section

    def tables(self, section: Mapping, path: KeyPath) -> Mapping:
        for name in TABLES:
            section = self._table(section, path, name)
        return section

    def options(self, section: Mapping, path: KeyPath) -> Mapping:
        return self.data(section, path, free=self.own_options)

    def data(self, section: Mapping, path: KeyPath, *, free: bool = False) -> Mapping:
        """A section whose ``path`` is absolute, and may be opened."""
        entry = section.get("path")
        if entry is None or not (entry.node.written or isinstance(entry.node.value, str)):
            return section
        node = entry.node
        text = node.written or str(node.value)
        found = _absolute(node, text)
        if not (free or self.trust.recorded):
            self._confine(node, (*path, "path"), text, found)
        placed = replace(node, value=str(found), written="")
        return {**section, "path": replace(entry, node=placed)}

    def _confine(self, node: Node, where: KeyPath, text: str, found: Path) -> bool:
        """Whether a file may be read; if not, that is said."""
        if not node.mark.line:  # the user's own word
            return True
        stray = _stray(node, text, found)
        if stray is None or any(leading_out(found, allowed) is None for allowed in self.trust.folders):
            return True
        via = "" if stray == found else f" ({stray.name} leads out of it)"
        message = (
            f"got {text!r}{via}, must lie below the folder of this file, or be allowed by "
            f"{ALLOW_FILES} {found}"
        )
        self.problems.append(at(node.mark, where, message))
        return False

    def _code(self, section: Mapping, path: KeyPath, name: str, must_be: str | None) -> Mapping:
        """A section whose file of code, if it names one, is absolute and has its hash beside it.

        Args:
            must_be: what a text that names neither a file nor a module must be; None if it may be a name.
        """
        entry = section.get(name)
        if entry is None or not isinstance(entry.node.value, str):
            return section
        node, where = entry.node, (*path, name)
        text = entry.node.value
        file, colon, attribute = text.rpartition(":")
        if must_be and (not colon or not file or not attribute.isidentifier()):
            self.problems.append(at(node.mark, where, f"got {text!r}, must be {must_be}"))
            return section
        if not is_own_code(text) or self.trust.recorded:
            return section
        if not file.endswith(SUFFIX):
            self._allow(node, where, text, "a module")
            return section
        found = _absolute(node, file)
        if self.trust.code != "run" and node.mark.line and _stray(node, file, found) is not None:
            before = section.get(f"{name}_sha256")
            self._allow(node, where, text, "a file elsewhere" if before is None else _hashed(before), True)
            return section
        noted = self._noted(section, name, where, file, f"{found}:{attribute}", found)
        if noted is not section:
            self._allow(node, where, text, _hashed(noted[f"{name}_sha256"]))
        return noted

    def _allow(self, node: Node, where: KeyPath, text: str, what: str, elsewhere: bool = False) -> None:
        """Say that code must be allowed, if it is not."""
        if self.trust.code == "refused" or elsewhere:
            message = f"got {text!r} ({what}), code of your own, must be allowed by {ALLOW_CODE}"
            self.problems.append(at(node.mark, where, message))

    def _table(self, section: Mapping, path: KeyPath, name: str) -> Mapping:
        """A section whose file of that name is absolute and has its hash beside it."""
        entry = section.get(name)
        if entry is None or not (entry.node.written or isinstance(entry.node.value, str)):
            return section
        file = entry.node.written or str(entry.node.value)
        found = _absolute(entry.node, file)
        if not self._confine(entry.node, (*path, name), file, found):
            return {key: held for key, held in section.items() if key != f"{name}_sha256"}
        return self._noted(section, name, (*path, name), file, str(found), found)

    def _noted(
        self, section: Mapping, name: str, where: KeyPath, file: str, value: str, found: Path
    ) -> Mapping:
        """A section with a field of a file changed to ``value``, and the hash of the file found beside it."""
        entry = section[name]
        node = entry.node
        try:
            code = found.suffix == SUFFIX and found.is_file() and found.stat().st_size > MOST_CODE_BYTES
            digest = sha256(found.read_bytes()).hexdigest() if found.is_file() and not code else None
        except (OSError, ValueError):
            digest = None
        if digest is None:
            self.problems.append(at(node.mark, where, f"got {file!r}, must be an existing file"))
            return section
        noted = section.get(f"{name}_sha256")
        if noted is not None and noted.node.value not in (None, digest):
            message = f"got {file!r}, must be the file it was (SHA-256 {noted.node.value})"
            self.problems.append(at(node.mark, where, message))
        return {
            **section,
            name: replace(entry, node=replace(node, value=value, written="")),
            f"{name}_sha256": Entry(node.mark, Node(digest, node.mark)),
        }


def _hashed(entry: Entry) -> str:
    return f"SHA-256 {entry.node.value}"


def _stray(node: Node, text: str, found: Path) -> Path | None:
    """What keeps a file from lying below the folder of the file that names it, None if it does."""
    return leading_out(found, Path(node.mark.file).parent) if relative(text) else found


def _absolute(node: Node, file: str) -> Path:
    """A path as seen from the folder of the file it stands in; of the working folder on the command line."""
    return (Path(node.mark.file).parent if node.mark.line else Path()).joinpath(file).resolve()
