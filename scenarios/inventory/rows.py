"""Rows of a table as drafts of records, cell by cell; rows that are none are set aside with their reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from . import dates, values
from .draft import Aside, Draft, Unread
from .formats import Column, header_key, header_text
from .headers import Header, Mapped, preference
from .record import Cell, Origin, Read, Scalar, Shape, Value
from .tables import Row

Reader = Callable[[Scalar], Value]
_Found = dict[str, tuple[Value, int, Scalar]]

_MEMO = 20_000  # texts per column
_LARGE = 1e15
_RECORDS = ("server", "host", "system", "room")

_READERS: dict[str, Reader] = {
    "addresses": values.addresses,
    "admin_level": values.admin_level,
    "power_state": values.power_state,
    "mlps": values.mlps,
    **dict.fromkeys(
        ("virtual", "classified", "pinned", "dedicated", "zombie", "template", "physical"), values.yes
    ),
    **dict.fromkeys(("purchase_date", "upgrade_due"), dates.day),
}
_TOTAL = re.compile(
    r"^(?:(?:本页|全部)?(?:合计|总计|小计|共计|累计|总和)(?:[:(\d共台].*)?|(?:(?:grand|sub)?-?totals?|sum)(?:[:(].*)?)$"
)
_NOTE = re.compile(r"^(?:注(?!册)|备注|说明|填表|制表|审核|填报|联系|单位负责人|note|remark|source|\*|※)")
_EXAMPLE = re.compile(r"^(?:示例|example):")
_MACHINE = re.compile(
    r"服务器|小型机|大型机|刀片|主机|工控机|一体化机|server|poweredge|proliant|blade", re.IGNORECASE
)
_NO_MACHINE = re.compile(
    r"机柜|机架(?!式)|显示器|台式|桌面|笔记本|软件|操作系统|许可|授权|license|desktop|laptop|内存条|硬盘|配件|主机房|"
    r"空调|电源|打印|kvm|切换器|rack(?!ed|-?\s?(?:mount|server))|cabinet|monitor|维保|维护",
    re.IGNORECASE,
)


class Rows:
    """Reads the rows of one table.

    Attributes:
        asides, unread: filled while rows are read.
        rows_in: rows with text under the header.
        filled: number of values read, by column index; those of rows set aside too.
    """

    def __init__(self, origin: Origin, header: Header, decimal_comma: bool) -> None:
        self.origin, self.header, self.form = origin, header, header.format
        self.asides: list[Aside] = []
        self.unread: list[Unread] = []
        self.rows_in = 0
        self._decimal_comma = decimal_comma
        known = [each for each in header.columns if each.column is not None]
        known.sort(key=lambda each: preference(self.form, each))  # the best header of a field is read first
        self._columns = [_Read(each, decimal_comma) for each in known]
        self._auto = [column for column in self._columns if column.auto]
        self.filled = dict.fromkeys((each.index for each in known), 0)
        self._name = self.form.kind if self.form.kind in ("system", "room") else "server"
        self._titles = frozenset(values.folded(each.header) for each in header.columns)
        self._shapes: dict[tuple[tuple[str, ...], tuple[int, ...]], Shape] = {}
        self._autos: dict[int, list[tuple[Read, str]]] = {}
        self._tops: dict[int, float] = {}

    def drafts(self, rows: Iterator[Row]) -> Iterator[Draft]:
        """Drafts of the rows that are records. Shares without a unit are settled by ``settle`` at the end."""
        form = self.form
        for number, row in rows:
            first = _first_text(row)
            if first is None:
                continue
            self.rows_in += 1
            unread = len(self.unread)
            found = self._cells(number, row)
            reason = self._no_record(row, first, found)
            if reason:
                self.asides.append(Aside(self.origin, number, reason, first[:80]))
                del self.unread[unread:]  # a row that is not used has no faults
                continue
            yield Draft(form.kind, form.named, self._made(number, found))

    def settle(self) -> None:
        """Columns of shares that never exceed 1 and name no unit are fractions, not percent."""
        for index, reads in self._autos.items():
            if 0.0 < self._tops[index] <= 1.0:
                for read, field in reads:
                    at = read.shape.at[field]
                    value = read.values[at]
                    if isinstance(value, float):
                        read.values = (*read.values[:at], round(value * 100.0, 12), *read.values[at + 1 :])

    def _cells(self, number: int, row: list[Scalar]) -> _Found:
        """The values of a row by field, each with its column (1-based) and as written."""
        found: _Found = {}
        width = len(row)
        for column in self._columns:
            index, field = column.index, column.field
            raw = row[index] if index < width else ""
            if raw == "" or (field in found and not column.adds):
                continue
            value: Value
            written: Scalar
            if type(raw) is float and 0.0 <= raw < _LARGE and column.factor is not None:  # most cells
                value, written = raw * column.factor, raw
            else:
                try:
                    known = column.memo.get(raw) if type(raw) is str else None
                    value, written = known or column.value(raw)
                except values.UnreadError as error:
                    self.unread.append(
                        Unread(field, Cell(self.origin, number, index + 1, _short(raw)), str(error))
                    )
                    continue
                if value == "" or value == ():
                    continue
            self.filled[index] += 1
            if field in found:
                before = found[field]
                found[field] = (before[0] + value, *before[1:])  # type: ignore[operator] # only amounts add
            else:
                found[field] = (value, index + 1, written)
        return found

    def _made(self, number: int, found: _Found) -> Read:
        """A row with its shape; shares without a unit are noted."""
        key = (tuple(found), tuple([column for _, column, _ in found.values()]))
        shape = self._shapes.get(key)
        if shape is None:
            shape = Shape(self.origin, *key, {field: at for at, field in enumerate(key[0])})
            self._shapes[key] = shape
        each = found.values()
        read = Read(shape, number, tuple([value for value, _, _ in each]), tuple([raw for _, _, raw in each]))
        for column in self._auto:
            if column.field in found and found[column.field][1] == column.index + 1:
                raw = found[column.field][2]
                if not (isinstance(raw, str) and "%" in values.folded(raw)):
                    written = values.amount(raw, "plain", "", self._decimal_comma)
                    self._autos.setdefault(column.index, []).append((read, column.field))
                    self._tops[column.index] = max(self._tops.get(column.index, 0.0), written)
        return read

    def _no_record(self, row: list[Scalar], first: str, found: _Found) -> str:
        """The reason why a row is no record; "" if it is one. Takes out what is of no record."""
        folded = values.folded(first)
        name = found.get(self._name)
        named = folded if name is None or name[2] == first else values.folded(name[2])
        if self.form.kind == "guide":
            return "guide"
        if self.form.examples and name and _EXAMPLE.match(named):
            return "example"
        if _TOTAL.match(folded) or (named is not folded and _TOTAL.match(named)):
            return "total"
        if _NOTE.match(folded) and sum(1 for cell in row if cell != "") <= 2:
            return "note"
        if folded in self._titles and self._is_header(row):
            return "header"
        template = found.pop("template", None)
        if template and template[0] is True:
            return "template"
        if self.form.kind in _RECORDS and not any(field in found for field in self.form.identity):
            return "no_identity"
        if self.form.machines_only and not _computes(found):
            return "no_machine"
        physical = found.pop("physical", None)
        if physical:
            found["virtual"] = (not physical[0], *physical[1:])
        return ""

    def _is_header(self, row: list[Scalar]) -> bool:
        """Printed lists repeat their header on each page."""
        keys = [header_key(header_text(cell))[0] for cell in row if isinstance(cell, str) and cell]
        return len(keys) > 1 and sum(key in self.header.keys for key in keys) > 0.6 * len(self.header.columns)


class _Read:
    """Reads the cells of one column; texts that come again are read once and kept once."""

    __slots__ = ("adds", "auto", "factor", "field", "index", "memo", "plain", "read")

    def __init__(self, mapped: Mapped, decimal_comma: bool) -> None:
        column = mapped.column
        assert column is not None
        self.index, self.field, self.adds, self.auto = mapped.index, column.field, column.adds, column.auto
        unit = "%" if column.auto else mapped.unit
        self.read = _reader(column, unit, decimal_comma)
        self.factor = _factor(column, unit)
        self.plain = self.read is values.text
        self.memo: dict[str, tuple[Value, Scalar]] = {}

    def value(self, raw: Scalar) -> tuple[Value, Scalar]:
        """The value ("" if there is none) and what was written."""
        if isinstance(raw, str) and len(raw) < 12 and raw.strip().casefold() in values.ABSENT:
            return "", ""
        if self.plain and len(self.memo) >= _MEMO and values.is_plain(raw):
            return raw, raw
        if isinstance(raw, float) and math.isnan(raw):
            return "", ""
        made = self.read(raw), _short(raw)
        if isinstance(raw, str) and len(self.memo) < _MEMO:
            self.memo[raw] = made
        return made


def _reader(column: Column, unit: str, decimal_comma: bool) -> Reader:
    """What reads the cells of a column."""
    measure = column.measure
    if column.words:
        meant = {values.folded(word): value for word, value in column.words}
        other = _READERS.get(column.field, values.text)
        return lambda raw: meant.get(values.folded(raw)) or other(raw)
    if not measure:
        return _READERS.get(column.field, values.text)
    if measure == "share":
        return lambda raw: values.share(raw, unit or "%", decimal_comma)
    return lambda raw: values.amount(raw, measure, unit, decimal_comma)


def _factor(column: Column, unit: str) -> float | None:
    """What a column's numbers are multiplied by; None where it is no amount."""
    if column.words or not column.measure or column.measure == "share":
        return None
    return values.UNITS[column.measure].get(unit, 1.0) if unit else 1.0


def _first_text(row: list[Scalar]) -> str | None:
    """The first cell that says something; None in a blank row."""
    for cell in row:
        if cell != "":
            found = values.text(cell)
            if found:
                return found
    return None


def _computes(found: _Found) -> bool:
    """Whether an asset is a machine that computes, by its name, class and model."""
    if "vcpu" in found or "cpu_model" in found:
        return True
    words = [str(found[field][0]) for field in ("server", "category", "model") if field in found]
    return bool(_MACHINE.search(" ".join(words))) and not any(_NO_MACHINE.search(word) for word in words[:1])


def _short(raw: Scalar) -> Scalar:
    """What is kept of a cell as it was written: long or odd texts in one line."""
    return values.text(raw) if isinstance(raw, str) and (len(raw) > 60 or not raw.isprintable()) else raw
