"""Rewriting renamed fields in a scenario's own files, letter by letter: comments and layout stay.

Only names are changed, and only to a name that is certain (see ``renamed``); a field that is merely close to
one is left for its author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import Problem
from .fleet import FleetScenario
from .include import gather, variants_of
from .likeness import filled_in
from .renamed import RENAMED, new_name, replacement
from .schema import Scenario
from .tree import at, dotted, one_match
from .validate import Unknown, unknown_fields
from .variants import joined, split

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where YAML begins a new line
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, order=True)
class Fix:
    """One name that is changed.

    Attributes:
        line, column: of its first letter, 1-based.
        path: of the field as it was.
    """

    file: str
    line: int
    column: int
    path: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.path}: is now {self.new!r}"


@dataclass(frozen=True)
class Fixes:
    """What is changed, what is left to the author, and the files as they are to be written.

    Attributes:
        left: fields that are not known and have no certain new name but something to be said of.
        files: contents by path; those without a change are not named.
    """

    made: tuple[Fix, ...]
    left: tuple[Problem, ...]
    files: Mapping[Path, bytes]


def fixes(path: str | Path, renamed: Mapping[str, str] = RENAMED) -> Fixes:
    """What a scenario file and the files of its folder that it includes need; nothing is written.

    Raises:
        InputError: a file cannot be read; see ``gather``.
    """
    made: dict[tuple[str, int, int], Fix] = {}
    left: set[Problem] = set()
    for unknown in _unknown(path):
        mark, name = unknown.mark, new_name(unknown.path, unknown.known, renamed)
        if (said := replacement(unknown.path)) is not None:
            left.add(at(mark, unknown.path, f"is no more; write {said}"))
        elif name in unknown.given:
            left.add(at(mark, unknown.path, f"is now {name!r}, which is given too: remove one of them"))
        elif name is not None:
            fix = Fix(mark.file, mark.line, mark.column, dotted(unknown.path), str(unknown.path[-1]), name)
            made[mark.file, mark.line, mark.column] = fix
    files: dict[Path, bytes] = {}
    done: list[Fix] = []
    for file in sorted({fix.file for fix in made.values()}):
        own = sorted(fix for fix in made.values() if fix.file == file)
        files[Path(file)], changed = _rewritten(Path(file).read_bytes(), own)
        done += changed
        left |= {Problem(f.file, f.line, f.column, f.path, _BY_HAND) for f in own if f not in changed}
    return Fixes(tuple(done), tuple(sorted(left)), files)


_BY_HAND = "is renamed but written in a way that is not changed here: change it by hand"


def _unknown(path: str | Path) -> Iterable[Unknown]:
    """Unknown fields of a scenario and all its variants that stand in files."""
    plain = split(path)[0]
    for asked in (plain, *(joined(plain, [name]) for name in variants_of(path).overrides)):
        tree = filled_in(gather(asked, (), [])[0])
        kind = one_match(tree, "kind")
        fleet = kind is not None and kind.value == "fleet"
        found = unknown_fields(FleetScenario, tree) if fleet else unknown_fields(Scenario, tree)
        yield from (unknown for unknown in found if unknown.mark.line)


def _rewritten(data: bytes, wanted: list[Fix]) -> tuple[bytes, list[Fix]]:
    """A file with names changed, and those that could be: plain names and names in quotes."""
    bom = data.startswith(_BOM)
    text = data.decode("utf-8-sig")
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    changed = []
    for fix in reversed(wanted):  # from the end, so that places before stay where they are
        place = starts[fix.line - 1] + fix.column - 1
        quote = text[place] if text[place] in "'\"" else ""
        written = f"{quote}{fix.old}{quote}"
        if text.startswith(written, place):
            text = f"{text[:place]}{quote}{fix.new}{quote}{text[place + len(written) :]}"
            changed.append(fix)
    return (_BOM if bom else b"") + text.encode(), changed[::-1]
