"""Replaces what names people, places and machines by stable codes, so that an inventory can be shared.

A code is a keyed hash of the name: the same name gets the same code in every file that is read with the same
key, and without the key nobody can find a name by trying. What planning needs stays as it is: levels, sizes,
models, processors, operating systems, dates, numbers, network zones. Where a name stands within such a text,
it is replaced there too. Free texts are not carried: a cell keeps what was written in it only where that is
a number, a date, a unit or yes and no.

This hides names. Whoever knows an estate may still recognise it by its numbers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import PurePath
from typing import Any

from .codes import ENVIRONMENTS, NAMES, Codes
from .draft import Aside, Conflict, Unread
from .formats import FORMATS, header_key
from .headers import Mapped
from .reading import File, Reading, Table
from .record import FIELDS, Cell, Origin, Read, Record, Scalar, Shape
from .values import UNITS, folded, text

# Fields whose texts planning needs: names within them are replaced, the rest stays.
KEPT = (
    "os",
    "model",
    "cpu_model",
    "curve",
    "category",
    "zone",
    "demand_class",
    "size_class",
    "admin_level",
    "power_state",
    "country",
)
_MORE = """
是 否 有 无 涉密 非涉密 yes no true false level 约 第 等保 一 二 三 四 五 级 年 月 日
jan feb mar apr may jun jul aug sep oct nov dec
"""
_WORDS = {unit for units in UNITS.values() for unit in units} | set(_MORE.split())
_PIECE = re.compile(  # of a measure
    r"(?<![a-z])(?:{})(?![a-z])|[\d\s.,:;%+\-/\\()~≈'¥$€]+".format(
        "|".join(re.escape(word) for word in sorted(_WORDS, key=lambda word: (-len(word), word)))
    )
)
# A level of protection alone: a number of more digits, or with a unit, may be the name of something.
_LEVEL = re.compile(r"(?:等保|level|约|第|级|[一二三四五]|[\s,;:()/-]|[0-9](?:\.[0-9])?(?![0-9.]))+")
_VALUES_OF = attrgetter(*FIELDS)
_TEXTS = tuple(at for at, field in enumerate(FIELDS) if field in NAMES or field in KEPT)
_MEMO = 20_000  # texts of a field
_SHEETS = frozenset(folded(name) for form in FORMATS for name in form.sheets)
_QUOTED = re.compile(r"\s*(['\"]).*\1", re.DOTALL)


@dataclass(frozen=True)
class Keys:
    """The secret key, and what each code stands for."""

    key: bytes
    names: dict[str, str]


def anonymise(reading: Reading, key: bytes) -> tuple[Reading, Keys]:
    """A reading with codes for names, and the way back.

    Args:
        key: secret; 16 to 64 bytes.

    Raises:
        InputError: two names have the same code (once in 100,000 keys where a million are named).
    """
    if not 16 <= len(key) <= 64:
        raise ValueError("a key of 16 to 64 bytes")
    codes = Codes(key)
    codes.learn(reading)
    hidden = _Hidden(codes)
    made = Reading(
        tuple(_file(codes, each) for each in reading.files),
        tuple(hidden.table(each) for each in reading.tables),
        tuple(hidden.record(each) for each in reading.records),
        tuple(hidden.aside(each) for each in reading.asides),
        tuple(hidden.unread(each) for each in reading.unread),
        tuple(
            Conflict(each.field, hidden.cell(each.field, each.kept), hidden.cell(each.field, each.other))
            for each in reading.conflicts
        ),
    )
    return made, Keys(key, dict(sorted(codes.names.items())))


class _Hidden:
    """Makes the parts of a reading again without names."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._plans: dict[int, tuple[Shape, tuple[tuple[str, dict[Scalar, Scalar]], ...]]] = {}
        self._known: dict[str, dict[Scalar, Scalar]] = {}  # by field: what was written, and what is shown
        self._origins: dict[Origin, Origin] = {}

    def origin(self, origin: Origin) -> Origin:
        """A file and sheet; what sheets are called in a known format stays."""
        made = self._origins.get(origin)
        if made is None:
            sheet = origin.sheet
            known = folded(sheet) in _SHEETS
            hidden = sheet if not sheet or known else self._codes.code("sheet", sheet)
            made = self._origins[origin] = Origin(_file_name(self._codes, origin.file), hidden)
        return made

    def record(self, record: Record) -> Record:
        """A record with its values and cells."""
        values: list[Any] = list(_VALUES_OF(record))
        for at in _TEXTS:
            value = values[at]
            if isinstance(value, str):
                values[at] = self.value(FIELDS[at], value)
            elif value:
                values[at] = tuple([self.value(FIELDS[at], each) for each in value])
        return Record(record.kind, tuple([self._read(each) for each in record.reads]), *values)

    def value(self, field: str, value: str) -> str:
        """What a field says."""
        if field == "environment" and folded(value) in ENVIRONMENTS:
            return value
        if field in NAMES:
            return self._codes.code(NAMES[field], value)
        return self._codes.scrubbed(value) if field in KEPT else self._codes.free(value)

    def written(self, field: str, written: Scalar) -> Scalar:
        """What stood in a cell."""
        if field not in NAMES and not isinstance(written, str):
            return written
        found = text(written)
        if field in NAMES or field in KEPT:
            return self.value(field, found)
        if (found.isascii() and found.isdigit()) or _measured(found):
            return self._codes.scrubbed(found)
        return self._codes.free(found)

    def cell(self, field: str, cell: Cell) -> Cell:
        """A cell of a field."""
        written = self.written(field, cell.written)
        return cell._replace(origin=self.origin(cell.origin), written=written)

    def _read(self, read: Read) -> Read:
        plan = self._plans.get(id(read.shape))
        if plan is None:
            shape = replace(read.shape, origin=self.origin(read.shape.origin))
            fields = tuple((field, self._known.setdefault(field, {})) for field in shape.fields)
            plan = self._plans[id(read.shape)] = (shape, fields)
        made = []
        for (field, known), written in zip(plan[1], read.written, strict=True):
            hidden = known.get(written) if type(written) is str else None
            if hidden is None:
                hidden = self.written(field, written)
                if type(written) is str and len(known) < _MEMO:
                    known[written] = hidden
            made.append(hidden)
        return Read(plan[0], read.row, (), tuple(made))

    def aside(self, aside: Aside) -> Aside:
        """A row that is not used; what it says is anything."""
        says = self._codes.free(aside.says) if aside.says else ""
        return aside._replace(origin=self.origin(aside.origin), says=says)

    def unread(self, unread: Unread) -> Unread:
        """A cell that makes no sense: it may hold anything but a number."""
        cell = unread.cell
        if isinstance(cell.written, str):
            cell = cell._replace(written=self._codes.free(text(cell.written)))
        cell = cell._replace(origin=self.origin(cell.origin))
        return Unread(unread.field, cell, _QUOTED.sub("", unread.why))

    def table(self, table: Table) -> Table:
        """A table; headers that a format knows are given as that format writes them."""
        return replace(
            table,
            origin=self.origin(table.origin),
            columns=tuple(self._mapped(each) for each in table.columns),
        )

    def _mapped(self, mapped: Mapped) -> Mapped:
        if mapped.column is None:
            return replace(mapped, header=self._codes.code("col", mapped.header))
        key = header_key(mapped.header)[0]
        known = next(each for each in mapped.column.headers if header_key(each)[0] == key)
        return replace(mapped, header=known)


def _measured(found: str) -> bool:
    """Whether a text says how much, when, which level of protection, or yes and no, and nothing else."""
    text, at = unicodedata.normalize("NFKC", found).casefold(), 0
    if any(word in text for word in ("级", "等保", "level")):
        return _LEVEL.fullmatch(text) is not None
    while at < len(text):  # piece by piece, so that no text makes it try again
        piece = _PIECE.match(text, at)
        if piece is None:
            return False
        at = piece.end()
    return True


def _file_name(codes: Codes, name: str) -> str:
    ending = PurePath(name).suffix.casefold()
    known = ending in (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt", ".tsv")
    return codes.code("file", name) + (ending if known else "")


def _file(codes: Codes, file: File) -> File:
    """Its hash is keyed: of a short list the plain one would tell who guessed right."""
    return File(_file_name(codes, file.name), file.size_bytes, codes.sign(file.sha256))
