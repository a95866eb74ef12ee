"""Strict YAML: text to a tree of values that remember where they stand.

Scalars follow the YAML 1.2 core schema (``1e6`` is a number; ``no``, ``1:30`` and ``0755`` are
text), plus ISO dates. Duplicate keys, tags, merge keys, self-references, exploding aliases and
anything but UTF-8 are faults. The tree is built from parser events, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import yaml

from .errors import Problem
from .tree import Entry, Key, Mapping, Mark, Node, Path, UnreadableError, at, describe, dotted

MOST_NODES = 1_000_000
MOST_LEVELS = 100
MOST_BYTES = 64 * 2**20

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MOST_DIGITS = 30
_KEYS_END = 2**63
_TOO_DEEP = f"got more than {MOST_LEVELS} levels, must be nested less deeply"
# Controls, and marks that turn the direction of all text after them, written as they are or as escapes.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# A key followed by a full-width colon where a plain one was meant.
_WIDE_COLON = re.compile(r"\s*(- )*[^\s:\"'#]+：")


def scalar(text: str) -> object:
    """The value of a plain scalar: None, bool, int, float, date or str.

    A number in exponent notation that is whole, such as ``1e6``, is an int.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _MOST_DIGITS else float(text)
    if _OTHER_BASE.fullmatch(text) and len(text) <= _MOST_DIGITS:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        whole = "." not in text and abs(number) < 2**53 and number.is_integer()
        return int(number) if whole else number
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def decode(data: bytes, file: str) -> str:
    """The text of a file; refuses anything but UTF-8 (with or without BOM)."""
    if len(data) > MOST_BYTES:
        raise UnreadableError(
            Mark(file, 0, 0), f"got more than {MOST_BYTES >> 20} MB, must be a smaller file"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        raise UnreadableError(
            Mark(file, 1, 1), "got UTF-16 or UTF-32 at byte 0, must be UTF-8: save the file as UTF-8"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
    guess = "GB18030" if _is_gb18030(data) else "another encoding"
    before = data[:start]
    line_start = before.rfind(b"\n") + 1
    mark = Mark(file, before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1)
    raise UnreadableError(
        mark, f"got byte 0x{data[start]:02x} at byte {start} ({guess}?), must be UTF-8: save as UTF-8"
    )


def _is_gb18030(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def parse(data: bytes, file: str, problems: list[Problem]) -> Node:
    """The tree of a YAML file.

    Args:
        file: name shown in problems.
        problems: duplicate and unusable keys are added here; the first of duplicates counts.

    Raises:
        UnreadableError: the text is not UTF-8, not YAML, or uses what is not allowed.
    """
    text = decode(data, file)
    return _build(text, lambda line, column: Mark(file, line, column), problems)


def parse_value(text: str, file: str, problems: list[Problem]) -> Node:
    """The tree of a value on the command line; its marks have no line."""
    return _build(text, lambda _line, _column: Mark(file, 0, 0), problems)


@dataclass
class _Frame:
    """A collection under construction."""

    mark: Mark
    anchor: str | None
    value: Mapping | list[Node]
    key: tuple[Key, Mark] | None = None
    skip: bool = False
    size: int = 1
    depth: int = 1


@dataclass
class _Builder:
    place: Callable[[int, int], Mark]
    problems: list[Problem]
    frames: list[_Frame] = field(default_factory=list)
    anchors: dict[str, Node | None] = field(default_factory=dict)
    documents: int = 0
    root: Node | None = None

    def path(self) -> Path:
        """Where the value being read stands."""
        parts: list[Key] = []
        for frame in self.frames:
            if isinstance(frame.value, list):
                parts.append(len(frame.value))
            elif frame.key:
                parts.append(frame.key[0])
        return tuple(parts)

    def fail(self, mark: Mark, message: str) -> UnreadableError:
        return UnreadableError(mark, message, dotted(self.path()))

    def on(self, event: yaml.Event) -> None:
        start = event.start_mark
        mark = self.place(start.line + 1, start.column + 1) if start else self.place(1, 1)
        if tag := getattr(event, "tag", None):
            raise self.fail(mark, f"got tag {tag}, must be plain YAML without tags")
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise UnreadableError(mark, "got a second document, must be one document in a file")
        elif isinstance(event, yaml.AliasEvent):
            self.put(self.alias(event.anchor or "", mark), mark)
        elif isinstance(event, yaml.ScalarEvent):
            if _UNSEEN.search(event.value):
                raise self.fail(mark, "got a control or direction character, must be printable text")
            value = scalar(event.value) if event.implicit[0] else event.value
            self.scalar(Node(value, mark), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.open(event, mark)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self.frames.pop()
            node = Node(frame.value, frame.mark, frame.size, frame.depth)
            if frame.anchor:
                self.anchors[frame.anchor] = node
            self.put(node, frame.mark)

    def alias(self, anchor: str, mark: Mark) -> Node:
        if anchor not in self.anchors:
            raise self.fail(mark, f"got alias *{anchor}, must refer to an anchor &{anchor} above it")
        node = self.anchors[anchor]
        if node is None:
            raise self.fail(mark, f"got alias *{anchor} inside itself, must not refer to itself")
        return node

    def scalar(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        self.put(node, node.mark)

    def open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, mark: Mark) -> None:
        if len(self.frames) >= MOST_LEVELS:
            raise self.fail(mark, _TOO_DEEP)
        if self.frames and isinstance(self.frames[-1].value, dict) and self.frames[-1].key is None:
            raise self.fail(mark, "got a mapping or list as a key, must be a name")
        if event.anchor:
            self.anchors[event.anchor] = None
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.frames.append(_Frame(mark, event.anchor, {} if is_mapping else []))

    def put(self, node: Node, mark: Mark) -> None:
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        if isinstance(frame.value, dict) and frame.key is None:
            self.name(frame, node, mark)
            return
        frame.size += node.size
        frame.depth = max(frame.depth, node.depth + 1)
        if frame.depth > MOST_LEVELS:
            raise self.fail(mark, _TOO_DEEP)
        if frame.size > MOST_NODES:
            raise self.fail(
                mark, f"got more than {MOST_NODES} values with aliases written out, must be fewer"
            )
        if isinstance(frame.value, list):
            frame.value.append(node)
            return
        assert frame.key is not None
        if not frame.skip:
            frame.value[frame.key[0]] = Entry(frame.key[1], node)
        frame.key, frame.skip = None, False

    def name(self, frame: _Frame, node: Node, mark: Mark) -> None:
        assert isinstance(frame.value, dict)
        key = node.value
        usable = isinstance(key, str) or (type(key) is int and abs(key) < _KEYS_END)
        if not usable or not isinstance(key, str | int):
            raise self.fail(mark, f"got key {describe(key)}, must be a name (quote it to make it text)")
        if key == "<<":
            raise self.fail(mark, "got a merge key <<, must be written out or included")
        path = (*self.path(), key)
        if first := frame.value.get(key):
            before = f" (first on line {first.mark.line})" if first.mark.line else ""
            self.problems.append(at(mark, path, f"got {key!r} a second time{before}, must be given once"))
            frame.skip = True
        frame.key = (key, mark)


def _build(text: str, place: Callable[[int, int], Mark], problems: list[Problem]) -> Node:
    builder = _Builder(place, problems)
    try:
        for event in _events(text):
            builder.on(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, place) from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode("utf-8", "ignore")
        mark = place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise UnreadableError(mark, "got a control character, must be printable text") from None
    return builder.root or Node(None, place(1, 1))


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


def _syntax(error: yaml.MarkedYAMLError, text: str, place: Callable[[int, int], Mark]) -> UnreadableError:
    """Say what is wrong with text that is not YAML, first of all the usual slips."""
    lines = text.splitlines()
    mark = error.problem_mark or error.context_mark
    row = min(mark.line, len(lines) - 1) if mark else 0
    rows = [row, row - 1]
    if error.context_mark:
        rows.append(error.context_mark.line)
    for candidate in rows:
        line = lines[candidate] if 0 <= candidate < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return UnreadableError(
                place(candidate + 1, line.index("\t") + 1), "got a tab, must be spaces for indentation"
            )
        if _WIDE_COLON.match(line):
            column = line.index("：") + 1
            return UnreadableError(
                place(candidate + 1, column), "got a full-width colon ：, must be : and a space"
            )
    reason = " ".join(filter(None, (error.problem, error.context)))
    column = mark.column + 1 if mark else 1
    return UnreadableError(place(row + 1, column), f"got text that is not YAML ({reason}), must be YAML")
