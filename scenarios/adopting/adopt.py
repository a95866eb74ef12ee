"""From records to the three tables of a listed estate: every record in a row, or set aside and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..assessment import Assessment, Terms, assess
from ..assessment.idle import NO
from ..errors import InputError, Problem
from ..inventory import Reading
from ..inventory.reasons import reason
from ..inventory.record import Record
from .account import Account
from .curves import Curves
from .machines import sort_out
from .place_rows import Row, SystemRows, room_rows
from .rooms import Rooms
from .server_rows import Judged, ServerRows
from .start import Start
from .systems import assign, parts

DEFAULT_YEAR = 2024  # of lists without any date
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Adopted:
    """Tables made of an inventory, and the account.

    Attributes:
        year: of the scenario's first day, 1 January; ``year_from`` is given, "newest date" or "none".
        units: number of units of each level of government.
    """

    reading: Reading
    year: int
    year_from: str
    lang: str
    units: dict[str, int]
    rooms: list[Row]
    systems: list[Row]
    servers: list[Row]
    account: Account
    assessment: Assessment


def first_year(records: Sequence[Record], given: int | None) -> tuple[int, str]:
    """The year that a scenario of these records begins in, and where it is from.

    All that is listed stands there on the first day: it is the year after the newest purchase.
    """
    if given is not None:
        return given, "given"
    newest = max((record.purchase_date for record in records if record.purchase_date), default=None)
    if newest is None:
        return DEFAULT_YEAR, "none"
    return min(max(newest.year + 1, FIRST_YEAR), LAST_YEAR), "newest date"


def adopt(reading: Reading, start: Start, year_from: str, lang: str, terms: Terms) -> Adopted:
    """The tables of an inventory.

    Args:
        start: of the year that ``first_year`` gives, and where that is from.
        lang: of names that the tables need and no list gives: ``en`` or ``zh``.
        terms: of the assessment.

    Raises:
        InputError: there is nothing to make an estate of, or a row stands for too many machines.
    """
    records = reading.records
    account = Account(records)
    assessment = assess(records, terms)
    judged = _judgements(records, assessment)
    stock = sort_out(reading, account)
    rooms = Rooms(account, lang)
    systems = assign(stock, account)
    placed = parts(systems, rooms, account)
    if not rooms.all:
        raise _nothing(reading)
    units = rooms.settle()
    servers = ServerRows(
        account, Curves(start.section("hardware.curves")), date(start.year, 1, 1), judged.__getitem__
    )
    of_systems = SystemRows(
        account,
        lang,
        lambda number: judged[number].tied,
        start.section("demand.classes"),
        lambda part: servers.name(part.machines[0]),
        servers.place,
    )
    of_each = of_systems.of_parts(placed, rooms.all)
    server_rows = servers.of_parts(placed, [[str(row["system"]) for row in rows] for rows in of_each])
    system_rows = [row for rows in of_each for row in rows]
    system_rows += of_systems.of_rooms(rooms.all, system_rows)
    of_systems.lines(rooms.all, system_rows)
    table = room_rows(rooms.all, account, servers.place)
    return Adopted(
        reading, start.year, year_from, lang, units, table, system_rows, server_rows, account, assessment
    )


def _judgements(records: Sequence[Record], assessment: Assessment) -> list[Judged]:
    """What the assessment says of each record; of what is no server, nothing."""
    flags = iter(assessment.flags())
    idle, snapshot = iter(assessment.idle.tolist()), iter(assessment.machines.snapshot.tolist())
    made = []
    for record in records:
        if record.kind == "server":
            its = next(flags)
            works = next(idle) == NO
            made.append(Judged(True if its.zombie else False if works else None, next(snapshot), its.pinned))
        else:
            made.append(Judged(None, snapshot=record.kind == "host", tied=False))
    return made


def _nothing(reading: Reading) -> InputError:
    names = ", ".join(file.name for file in reading.files)
    found = f"{len(reading.records)} records, none of them a machine that is on, a system or a room"
    message = f"got {found}: there is nothing to make an estate of"
    if reading.asides:
        why = "; ".join(dict.fromkeys(reason(each.reason) for each in reading.asides))
        message = f"got {found}: there is nothing to make an estate of (rows set aside: {why})"
    return InputError([Problem(names, 0, 0, "", message)])
