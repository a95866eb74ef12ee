"""Which business systems there are, and which machines each has.

Systems are those of system lists, and the texts of machines that name others; of the same name they are one
within a department. A machine that names none is a system of its own. A system whose machines stand in
several rooms is one part in each, since a room closes only when all in it has left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..inventory.record import Record
from .account import Account
from .machines import Machine, Stock
from .names import alike
from .rooms import Rooms


@dataclass(slots=True)
class System:
    """A system.

    Attributes:
        record: of a list of systems; ``number`` its place among the records, -1 without one.
    """

    name: str
    department: str | None
    record: Record | None = None
    number: int = -1
    machines: list[Machine] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """What a system has in one room; ``first`` tells one part of each system."""

    system: System
    room: int
    machines: list[Machine]
    first: bool


def assign(stock: Stock, account: Account) -> list[System]:
    """The systems with their machines; what was asked for on the cloud gives way to machines of today."""
    found = _Systems(account)
    for machine in stock.machines:
        found.of(machine).machines.append(machine)
    off = {id(found.named(record)) for record in stock.off if record.system}
    kept = []
    for system in found.all:
        there = [machine for machine in system.machines if not machine.requested]
        if there and len(there) < len(system.machines):
            for machine in system.machines:
                if machine.requested:
                    account.aside(machine.number, "asked_for")
            system.machines = there
        if system.record is not None and not system.machines and id(system) in off:
            account.aside(system.number, "system_off")
        elif system.machines or system.record is not None:
            kept.append(system)
    for system in kept:
        for machine in system.machines:
            account.used(machine.number, "servers")
        if system.record is not None:
            account.used(system.number, "systems")
    return kept


def parts(systems: list[System], rooms: Rooms, account: Account) -> list[Part]:
    """Place every machine and every system in a room."""
    found = []
    for system in systems:
        by_room: dict[int, list[Machine]] = {}
        for machine in system.machines:
            record, host = machine.record, machine.host
            asked = [*host.records, record] if host else [record]
            machine.room = rooms.place(record, asked if system.record is None else [*asked, system.record])
            by_room.setdefault(machine.room, []).append(machine)
            if record.department:
                rooms.all[machine.room].units[record.department] += machine.copies
            rooms.vote(record.department, record)
        found += _split(system, by_room, rooms, account)
    return found


def _split(system: System, by_room: dict[int, list[Machine]], rooms: Rooms, account: Account) -> list[Part]:
    record = system.record
    if record is not None:
        rooms.vote(record.department, record)
        if not by_room:
            by_room[rooms.place(record)] = []
        elif (record.room or record.site) and rooms.place(record) not in by_room:
            account.assume("system_room", record)
    if len(by_room) > 1:
        account.assume("system_parts", record or system.machines[0].record, len(by_room))
    department = system.department or (record.department if record else None)
    made = []
    for place, (room, machines) in enumerate(by_room.items()):
        if department and not any(machine.record.department for machine in machines):
            rooms.all[room].units[department] += max(len(machines), 1)
        made.append(Part(system, room, machines, place == 0))
    return made


class _Systems:
    """The systems so far, findable by name and department."""

    def __init__(self, account: Account) -> None:
        self.all: list[System] = []
        self._account = account
        self._by_name: dict[str, list[System]] = {}
        self._said: dict[tuple[str, str | None], System] = {}
        for number, record in enumerate(account.records):
            if record.kind == "system":
                self._add(System(record.system or "", record.department, record, number))

    def of(self, machine: Machine) -> System:
        """The system that a machine serves."""
        if machine.record.system:
            return self.named(machine.record)
        self._account.assume("system_alone", machine.record, machine.copies)
        system = System("", machine.record.department)
        self.all.append(system)
        return system

    def named(self, record: Record) -> System:
        """The system that a machine's record names."""
        said = (record.system or "", record.department)
        found = self._said.get(said)
        if found is None:
            found = self._said[said] = self._find(*said)
        return found

    def _find(self, name: str, department: str | None) -> System:
        there = self._by_name.get(alike(name), [])
        if department and there:
            own = [each for each in there if alike(each.department or department) == alike(department)]
            # A list of systems names their owner, one of machines who keeps these: one of the name is the
            # one.
            there = own or [each for each in there if each.record is not None and len(there) == 1]
        return there[0] if there else self._add(System(name, department))

    def _add(self, system: System) -> System:
        self.all.append(system)
        self._by_name.setdefault(alike(system.name), []).append(system)
        return system
