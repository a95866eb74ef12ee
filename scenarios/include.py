"""Gathering a scenario's tree: find the file, read what it includes, merge, apply overrides.

Included files are merged in order, the including file last; it wins key by key. A quantity is
replaced whole. Every value keeps the place where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from .confined import below, relative
from .errors import InputError, Problem
from .tree import Entry, Key, Mapping, Mark, Node, UnreadableError, at, describe
from .variants import Variants, chosen_from, named, split, take
from .yaml_strict import MOST_BYTES, decode, parse, parse_value

LIBRARY_PREFIX = "library:"
OWN_NAME = "scenario.yaml"  # of a scenario in a folder of its own
QUANTITY_KEYS = frozenset({"value", "low", "mode", "high", "dist"})
_SUFFIXES = (".yaml", ".yml")
_LONGEST_PATH = 500


def library_names() -> list[str]:
    """Names of the bundled scenarios, sorted."""
    return sorted(item.name.removesuffix(".yaml") for item in _library().iterdir() if _is_yaml(item))


def library_files() -> list[str]:
    """Every bundled file by its path in the library, sorted; scenarios and parts of them."""
    return sorted(_library_files(_library(), ""))


def gather(path_or_name: str | Path, overrides: Sequence[str], problems: list[Problem]) -> tuple[Node, str]:
    """The merged tree of a scenario and the name its file is shown by.

    Args:
        path_or_name: a file or a bundled name, with ``@override+override`` a variant of it.
        problems: faults that do not stop the reading are added here.

    Raises:
        InputError: a file is missing, unreadable, not YAML, or not a mapping, or has no such variant.
    """
    asked, chosen = split(path_or_name)
    tree, variants, shown = _with_variants(asked, problems)
    laid = chosen_from(variants, chosen, shown)
    titles = []
    for node in laid:
        assert isinstance(node.value, dict)
        titles.append(node.value["title"].node if "title" in node.value else None)
        own = {key: entry for key, entry in node.value.items() if key != "title"}
        tree = merged(tree, replace(node, value=own))
    if chosen:
        tree = named(tree, chosen, titles)
    for text in overrides:
        tree = _override(tree, text, problems)
    return tree, shown


def variants_of(path_or_name: str | Path) -> Variants:
    """The named overrides and the matrix of a scenario's file.

    Raises:
        InputError: see ``gather``.
    """
    problems: list[Problem] = []
    _, variants, _ = _with_variants(split(path_or_name)[0], problems)
    if problems:
        raise InputError(problems)
    return variants


def _with_variants(path_or_name: str | Path, problems: list[Problem]) -> tuple[Node, Variants, str]:
    source = _find(path_or_name)
    tree = _Reader(problems).tree(source, ())
    if tree is None:
        raise InputError(problems)
    own, variants = take(tree, problems)
    return own, variants, source.shown


def merged(base: Node, over: Node) -> Node:
    """``over`` laid on ``base``: mappings key by key, everything else replaced."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    if _is_quantity(base.value) or _is_quantity(over.value):
        return over
    value: Mapping = dict(base.value)
    for key, entry in over.value.items():
        if key in value:
            entry = Entry(entry.mark, merged(value[key].node, entry.node))
        value[key] = entry
    return Node(value, over.mark)


def _is_quantity(value: Mapping) -> bool:
    # A text is no level: a section may have a field of that name, such as the mode of financing.
    return "dist" in value or any(
        not isinstance(value[key].node.value, dict | list | str) for key in QUANTITY_KEYS & value.keys()
    )


def _library() -> Traversable:
    return files(__package__).joinpath("library")


def _is_yaml(item: Traversable) -> bool:
    return item.is_file() and item.name.endswith(".yaml")


@dataclass(frozen=True)
class _Source:
    """A file to read: its shown name, a key that tells files apart, and where includes start."""

    shown: str
    identity: str
    file: Traversable
    folder: Path | PurePosixPath

    @property
    def in_library(self) -> bool:
        return not isinstance(self.folder, Path)


def _in_library(relative: PurePosixPath) -> _Source:
    item = _library().joinpath(*relative.parts)
    return _Source(f"library/{relative}", f"library:{relative}", item, relative.parent)


def _on_disk(path: Path, shown: str) -> _Source:
    return _Source(shown, os.path.realpath(path), path, path.parent)


def _find(path_or_name: str | Path) -> _Source:
    """A bundled scenario by bare name, else a file, or that of the usual name in a folder."""
    text = str(path_or_name)
    bare = (
        isinstance(path_or_name, str) and not any(c in text for c in "/\\") and not text.endswith(_SUFFIXES)
    )
    if bare and text in library_names():
        return _in_library(PurePosixPath(f"{text}.yaml"))
    if bare and not Path(text).exists():
        message = f"got {text!r}, must be a file or a bundled scenario{_hint(text, library_names())}"
        raise InputError([Problem(text, 0, 0, "", message)])
    path = Path(path_or_name)
    if path.is_dir() and not path.joinpath(OWN_NAME).exists():
        message = f"got a folder without a {OWN_NAME}, must be a file or a folder with one"
        raise InputError([Problem(str(path), 0, 0, "", message)])
    if path.is_dir():
        path = path / OWN_NAME
    return _on_disk(path, str(path))


def _hint(text: str, names: Sequence[str]) -> str:
    close = get_close_matches(text, names, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


@dataclass
class _Reader:
    """Reads each file once, however often it is included."""

    problems: list[Problem]
    trees: dict[str, Node | None] = field(default_factory=dict)

    def tree(self, source: _Source, chain: tuple[str, ...]) -> Node | None:
        """The merged tree of a file; None if it or an include cannot be used."""
        if source.identity not in self.trees:
            self.trees[source.identity] = self._read(source, (*chain, source.identity))
        return self.trees[source.identity]

    def _read(self, source: _Source, chain: tuple[str, ...]) -> Node | None:
        try:
            tree = _parsed(source, self.problems)
            if not isinstance(tree.value, dict):
                raise UnreadableError(
                    tree.mark, f"got {_shown(tree.value)}, must be a mapping (key: value lines)"
                )
        except UnreadableError as fatal:
            self.problems.append(fatal.problem)
            return None
        own = {key: entry for key, entry in tree.value.items() if key != "include"}
        merge: Node | None = Node({}, tree.mark)
        if "include" in tree.value:
            merge = self._includes(tree.value["include"].node, source, chain)
        return merge and merged(merge, replace(tree, value=own))

    def _includes(self, node: Node, source: _Source, chain: tuple[str, ...]) -> Node | None:
        if not isinstance(node.value, list):
            message = f"got {describe(node.value)}, must be a list of files"
            self.problems.append(at(node.mark, ("include",), message))
            return None
        result = Node({}, node.mark)
        complete = True
        for index, item in enumerate(node.value):
            try:
                tree = self.tree(_included(item, source, chain), chain)
            except UnreadableError as fatal:
                self.problems.append(replace(fatal.problem, path=f"include.{index}"))
                tree = None
            complete = complete and tree is not None
            result = merged(result, tree) if tree else result
        return result if complete else None


def _included(item: Node, source: _Source, chain: tuple[str, ...]) -> _Source:
    """The file that an include entry names."""
    text = item.value
    if not isinstance(text, str) or not text:
        raise UnreadableError(item.mark, f"got {describe(text)}, must be a file or library:FILE")
    if text.startswith(LIBRARY_PREFIX):
        found = _library_file(text.removeprefix(LIBRARY_PREFIX), item)
    elif source.in_library:
        found = _library_file(f"{source.folder}/{text}", item)
    else:
        found = _file_below(Path(source.folder), text, source.shown, item)
    if not _exists(found.file):
        hint = _hint(text, _library_files(_library(), LIBRARY_PREFIX))
        raise UnreadableError(item.mark, f"got {describe(text)}, must be an existing file{hint}")
    if found.identity in chain:
        raise UnreadableError(item.mark, f"got {text!r}, must not include itself, directly or through others")
    return found


def _exists(file: Traversable) -> bool:
    try:
        return file.is_file()
    except OSError:  # e.g. a name longer than the file system allows
        return False


def _library_file(path: str, item: Node) -> _Source:
    if not relative(path):
        raise UnreadableError(item.mark, f"got {item.value!r}, must stay inside the library")
    return _in_library(PurePosixPath(path))


def _file_below(folder: Path, text: str, shown: str, item: Node) -> _Source:
    path = folder / text
    if not (relative(text) and below(path, folder)):
        raise UnreadableError(item.mark, f"got {text!r}, must stay inside the folder of the including file")
    return _on_disk(path, str(Path(shown).parent / text))


def _library_files(folder: Traversable, prefix: str) -> list[str]:
    names: list[str] = []
    for item in folder.iterdir():
        if item.is_dir():
            names += _library_files(item, f"{prefix}{item.name}/")
        elif _is_yaml(item):
            names.append(prefix + item.name)
    return names


def _bytes(source: _Source) -> bytes:
    nowhere = Mark(source.shown, 0, 0)
    try:
        if source.file.is_dir():
            raise UnreadableError(nowhere, "got a folder, must be a file")
        if not source.file.is_file():
            raise UnreadableError(nowhere, "got no such file, must be an existing file")
        with source.file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(nowhere, f"got an unreadable file ({reason}), must be readable") from None


def _parsed(source: _Source, problems: list[Problem]) -> Node:
    if not source.in_library:
        return parse(_bytes(source), source.shown, problems)
    tree, found = _parsed_before(_bytes(source), source.shown)
    problems += found
    return tree


@lru_cache
def _parsed_before(data: bytes, shown: str) -> tuple[Node, tuple[Problem, ...]]:
    """A file of the library, which many scenarios include; nobody changes a tree."""
    problems: list[Problem] = []
    return parse(data, shown, problems), tuple(problems)


def _shown(value: object) -> str:
    return (
        f"{describe(value)} (full-width colon ：?)"
        if isinstance(value, str) and "：" in value
        else describe(value)
    )


def _override(tree: Node, text: str, problems: list[Problem]) -> Node:
    """The tree with one ``path=value`` applied."""
    nowhere = Mark("--set", 0, 0)
    name, equals, value = text.partition("=")
    keys = tuple(name.strip().split("."))
    if not equals or not all(keys) or len(name) > _LONGEST_PATH:
        problems.append(at(nowhere, (), f"got {describe(text)}, must be PATH=VALUE, e.g. time.years=3"))
        return tree
    try:
        node = parse_value(decode(value.encode("utf-8", "surrogateescape"), "--set"), "--set", problems)
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node = replace(node, written=value.strip())
        return _set(tree, keys, node, lambda message: UnreadableError(nowhere, message, name))
    except UnreadableError as fatal:
        problems.append(replace(fatal.problem, path=name))
        return tree


def _set(node: Node, keys: tuple[str, ...], value: Node, fail: Callable[[str], UnreadableError]) -> Node:
    """``node`` with the value at ``keys`` replaced; new fields of mappings are added."""
    if not keys:
        return value
    head, rest = keys[0], keys[1:]
    if isinstance(node.value, list):
        if not (head.isascii() and head.isdigit()) or int(head) >= len(node.value):
            raise fail(f"got {head!r}, must be a position from 0 to {len(node.value) - 1}")
        items = list(node.value)
        items[int(head)] = _set(items[int(head)], rest, value, fail)
        return replace(node, value=items)
    if not isinstance(node.value, dict):
        raise fail(f"got {describe(node.value)} before {head!r}, must be a mapping or a list")
    new: Key = int(head) if head.isdecimal() else head  # a year, as a file would have it
    key = next((key for key in node.value if str(key) == head), new)
    old = node.value.get(key)
    child = _set(old.node if old else Node({}, value.mark), rest, value, fail)
    mark = old.mark if old and rest else value.mark
    return replace(node, value={**node.value, key: Entry(mark, child)})
