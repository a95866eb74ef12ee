"""Which machine rooms there are, which machine stands in which, and whose they are.

Rooms are those of room lists; else the texts of machines and systems; else sites (a data centre of
RVTools); else one for each department; else one. The same name at one site is one room, however it is
written; names that any room may have (机房, server room) are the room of their department.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..inventory.record import Record
from .account import Account
from .names import Names, alike, inert
from .terms import LEVELS, level

_ANYBODYS = frozenset(
    [
        *("机房", "服务器机房", "本单位机房", "单位机房", "信息机房", "办公室", "弱电间", "机柜"),
        *("room", "serverroom", "machineroom", "computerroom", "datacenter", "datacentre"),
    ]
)
_TEXTS = {
    "en": ("machine room", "machine room (assumed)", "unit not named"),
    "zh": ("机房", "机房（推定）", "未注明单位"),
}

_Said = tuple[str | None, str | None, str | None]


@dataclass(slots=True)
class Room:
    """A machine room.

    Attributes:
        site, unit: as written; None where not known.
        record: of a list of rooms; ``first`` the record by which it became known.
        units: departments of what stands in it, with how many machines of each.
    """

    name: str
    site: str | None
    unit: str | None
    first: Record
    record: Record | None = None
    key: str = ""
    level: str = ""
    units: Counter[str] = field(default_factory=Counter)


class Rooms:
    """The rooms so far, findable by what lists say of a place."""

    def __init__(self, account: Account, lang: str) -> None:
        self.all: list[Room] = []
        self._account, self._texts = account, _TEXTS[lang]
        self._by_name: dict[str, list[int]] = {}
        self._by_site: dict[str, list[int]] = {}
        self._by_unit: dict[str, list[int]] = {}
        self._said: dict[_Said, tuple[int, str]] = {}
        self._votes: dict[str, Counter[str]] = {}
        for number, record in enumerate(account.records):
            if record.kind == "room":
                name = record.room or record.site or ""
                self._add(Room(name, record.site, record.department, record, record))
                account.used(number, "rooms")
                self.vote(record.department, record)

    def place(self, record: Record, asked: Sequence[Record] = ()) -> int:
        """The room of a machine or system.

        Args:
            asked: what speaks of where it is, the first first: its host, itself, its system; itself if empty.
        """
        asked = asked or (record,)
        said: _Said | None = None
        for each in asked:
            if each.room or each.site:
                said = (each.room, each.site, record.department or each.department)
                break
        else:
            unit = next((each.department for each in asked if each.department), None)
            said = (None, None, unit)
        found = self._said.get(said)
        if found is None:
            found = self._said[said] = self._placed(*said, record)
        if found[1]:
            self._account.assume(found[1], record)
        return found[0]

    def vote(self, department: str | None, record: Record) -> None:
        """What a record says of the level of its department."""
        if record.admin_level is None:
            return
        found = level(record.admin_level)
        if found is None:
            self._account.leave(record, "admin_level", "unknown_level")
            return
        key = alike(department) if department else ""
        self._votes.setdefault(key, Counter())[found] += 1

    def settle(self) -> dict[str, int]:
        """Give every room its name, unit and level.

        Returns:
            Number of units of each level, in the order of ``terms.LEVELS``.
        """
        self._settle_units()
        self._settle_levels()
        names = Names()
        for room in self.all:
            room.unit = inert(room.unit or "") or self._texts[2]
            room.key = names.take(inert(room.name) or self._texts[1], room.site or room.unit)
        units = {(room.level, room.unit) for room in self.all}
        return {key: count for key in LEVELS if (count := sum(1 for its, _ in units if its == key))}

    def _add(self, room: Room) -> int:
        at = len(self.all)
        self.all.append(room)
        self._by_name.setdefault(alike(room.name), []).append(at)
        if room.site:
            self._by_site.setdefault(alike(room.site), []).append(at)
        if room.unit:
            self._by_unit.setdefault(alike(room.unit), []).append(at)
        return at

    def _placed(
        self, room: str | None, site: str | None, unit: str | None, record: Record
    ) -> tuple[int, str]:
        """The room that a text means, and what was assumed for that ("" if nothing)."""
        if room:
            return self._named(room, site, unit, record)
        if site:
            there = self._by_site.get(alike(site)) or self._by_name.get(alike(site))
            return (
                self._best(there, unit)
                if there
                else (self._add(Room(site, site, None, record)), "room_of_site")
            )
        if unit:
            there = self._by_unit.get(alike(unit))
            if there:
                return there[0], "room_of_department"
            space = "" if self._texts[0] == "机房" else " "
            found = self._add(Room(f"{unit}{space}{self._texts[0]}", None, unit, record))
            return found, "room_of_unit"
        listed = next((at for at, each in enumerate(self.all) if each.record), None)
        if listed is not None:
            return listed, "room_first"
        return self._add(Room(self._texts[1], None, None, record)), "room_only"

    def _named(self, room: str, site: str | None, unit: str | None, record: Record) -> tuple[int, str]:
        """The room of a name, at a site and of a department where these tell rooms apart."""
        key, anybodys = alike(room), alike(room) in _ANYBODYS
        there = self._by_name.get(key, [])
        if site:
            there = [at for at in there if alike(self.all[at].site or site) == alike(site)]
        if anybodys and unit:
            there = [at for at in there if alike(self.all[at].unit or unit) == alike(unit)]
        if not there:
            return self._add(Room(room, site, unit if anybodys else None, record)), ""
        found, code = self._best(there, unit)
        if not code and self.all[found].name != room:
            code = "room_spelling"
        return found, code

    def _best(self, there: list[int], unit: str | None) -> tuple[int, str]:
        """One of some rooms: that of the department, else the first."""
        own = [at for at in there if unit and alike(self.all[at].unit or "") == alike(unit)]
        return (own or there)[0], "" if len(there) == 1 or len(own) == 1 else "room_first"

    def _settle_units(self) -> None:
        """The unit of each room; one that is written in several ways as it is first."""
        spelled: dict[str, str] = {}
        for room in self.all:
            if room.unit is None and room.units:
                room.unit = max(room.units, key=lambda name: room.units[name])
                self._account.assume("unit_by_count", room.first)
            elif room.unit is None:
                room.unit = self._texts[2]
                self._account.assume("unit_unknown", room.first)
            room.unit = spelled.setdefault(alike(room.unit), room.unit)

    def _settle_levels(self) -> None:
        """The level of each unit: what most of its records say, else what most of all do."""
        whole: Counter[str] = Counter()
        for votes in self._votes.values():
            whole.update(votes)
        usual = max(whole, key=lambda name: whole[name]) if whole else "departments"
        done: set[str] = set()
        for room in self.all:
            assert room.unit is not None
            votes = self._votes.get(alike(room.unit), Counter())
            room.level = max(votes, key=lambda name: votes[name]) if votes else usual
            if whole and room.unit not in done and len(votes) != 1:
                self._account.assume("level_most" if votes else "level_unknown", room.first)
            done.add(room.unit)
        if not whole and self.all:
            self._account.assume("level_none", rows=len(self.all))

    def __iter__(self) -> Iterator[Room]:
        return iter(self.all)
