"""What becomes of every record: the table it went into, or why it is in none; and what was assumed.

A record is used or set aside, never both and never neither: ``Account.closed`` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..inventory.record import Record
from .words import ASIDE, ASSUMPTIONS, UNUSED

MOST_EXAMPLES = 5
USES = ("rooms", "systems", "servers", "hosts")


@dataclass
class Assumed:
    """How often something was assumed, and where first."""

    rows: int = 0
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SetAside:
    """A record that is in no table; ``reason`` is a key of ``words.ASIDE``."""

    record: int
    reason: str


@dataclass(frozen=True)
class Unused:
    """A value that is in no table although its record is; ``reason`` is a key of ``words.UNUSED``."""

    field: str
    place: str
    written: str
    reason: str


class Account:
    """Kept while lists are made.

    Attributes:
        use: of each record, in their order: one of USES, "aside", or "" while it has none.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.use: list[str] = [""] * len(records)
        self.asides: list[SetAside] = []
        self.assumed: dict[str, Assumed] = {}
        self.unused: list[Unused] = []

    def used(self, number: int, table: str) -> None:
        """A record stands in a row of a table (``hosts``: in the rows of the machines that it runs)."""
        assert not self.use[number], (number, self.use[number], table)
        self.use[number] = table

    def aside(self, number: int, reason: str) -> None:
        """A record is in no table."""
        assert not self.use[number] and reason in ASIDE, (number, self.use[number], reason)
        self.use[number] = "aside"
        self.asides.append(SetAside(number, reason))

    def assume(self, code: str, record: Record | None = None, rows: int = 1) -> None:
        """Something was assumed for a row (or several)."""
        found = self.assumed.get(code)
        if found is None:
            assert code in ASSUMPTIONS, code
            found = self.assumed[code] = Assumed()
        found.rows += rows
        if record is not None and len(found.places) < MOST_EXAMPLES:
            found.places.append(place_of(record))

    def leave(self, record: Record, name: str, reason: str) -> None:
        """A value of a record is not used."""
        assert reason in UNUSED, reason
        cell = next((read.cell(name) for read in record.reads if name in read.shape.at), None)
        place, written = (cell.place, str(cell.written)) if cell else (place_of(record), "")
        self.unused.append(Unused(name, place, written[:80], reason))

    @property
    def counts(self) -> Counter[str]:
        """Records by use."""
        return Counter(self.use)

    def closed(self) -> bool:
        """Whether every record was used or set aside."""
        return all(self.use)


def place_of(record: Record) -> str:
    """Where a record was first read, like ``list.xlsx[vInfo]!A7``."""
    return next(places_of(record), "")


def places_of(record: Record) -> Iterator[str]:
    """Where the rows of a record stand; of parts and samples the first in each table."""
    for read in record.reads:
        origin = read.shape.origin
        yield f"{origin.file}[{origin.sheet}]!A{read.row}" if origin.sheet else f"{origin.file}!A{read.row}"
