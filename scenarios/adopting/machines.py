"""Which records are machines that do work, which run others, and which are switched off.

A virtual machine takes up a part of its host. A host is no system: it stands in the rows of the machines
that it runs. One that runs none is a machine of its own, and idle where its list shows that the others do
run some.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import InputError, Problem
from ..inventory import Reading
from ..inventory.record import Origin, Record
from .account import Account, place_of
from .names import alike

MOST_OF_A_ROW = 10_000
MOST_MACHINES = 1_000_000
_HYPERVISORS = (
    "vmware",
    "virtual",
    "kvm",
    "hyper-v",
    "openstack",
    "qemu",
    "xen",
    "虚拟",
    "云主机",
    "云服务器",
)
_OF_VMWARE = ("rvtools-vinfo", "rvtools-vcpu", "rvtools-vmemory")
_OF_SERVICES = ("azure-migrate", "aws-migration-hub", "aws-migration-evaluator", "google-vminfo")
_REQUESTS = "zh-requests"
_PHYSICAL = ("zh-assets", "roomfold-servers")  # where nothing else is said


@dataclass(slots=True)
class Host:
    """A machine that runs others.

    Attributes:
        records: what the lists say of it, the list of hosts first; none where it is known by name alone.
        name: as one of its machines first names it.
        vcpu: of the virtual machines that are on.
        machines: how many there are.
    """

    records: list[Record] = field(default_factory=list)
    name: str = ""
    vcpu: float = 0.0
    machines: int = 0

    def get(self, name: str) -> object:
        """The first value that its records give."""
        return next((v for r in self.records if (v := getattr(r, name)) is not None), None)


@dataclass(slots=True)
class Machine:
    """A machine that is on.

    Attributes:
        number: of its record.
        host: that it runs on; of a host that runs nothing, itself.
        copies: machines that the record stands for.
        idle: does no work, by what it runs.
        room: row of the rooms; -1 until it is placed.
    """

    number: int
    record: Record
    virtual: bool
    host: Host | None = None
    copies: int = 1
    requested: bool = False
    idle: bool = False
    room: int = -1


@dataclass(frozen=True)
class Stock:
    """Machines that are on in the order of their records, and records of those that are not."""

    machines: list[Machine]
    off: list[Record]


def sort_out(reading: Reading, account: Account) -> Stock:
    """The machines that are on, each with its host.

    Raises:
        InputError: a row stands for more than ``MOST_OF_A_ROW`` machines, all for over ``MOST_MACHINES``.
    """
    formats = {table.origin: table.format for table in reading.tables}
    hosts = _listed_hosts(reading.records)
    runners = _runners(reading.records, hosts)
    machines: list[Machine] = []
    off: list[Record] = []
    spare: list[tuple[int, Record, Host]] = []
    total = 0
    for number, record in enumerate(reading.records):
        if record.kind not in ("server", "host"):
            continue
        if record.power_state in ("off", "suspended"):
            account.aside(number, record.power_state)
            off.append(record)
            continue
        host = hosts.get(id(record)) or runners.get(id(record))
        if host is not None:
            spare.append((number, record, host))
            continue
        copies = _copies(record)
        total += copies
        if total > MOST_MACHINES:
            raise _too_many(record, total, MOST_MACHINES)
        if copies == 0:
            account.aside(number, "none")
            continue
        origin = record.reads[0].shape.origin
        machine = Machine(number, record, False, None, copies, formats.get(origin) == _REQUESTS)
        machine.virtual = _is_virtual(record, formats, account)
        machines.append(machine)
    by_name = _by_name(hosts, runners)
    _put_on_hosts(machines, by_name, account)
    machines += _idle_hosts(spare, account)
    machines.sort(key=lambda machine: machine.number)
    return Stock(machines, off)


def _listed_hosts(records: Iterable[Record]) -> dict[int, Host]:
    """Hosts by the identity of their record in a list of hosts."""
    return {id(record): Host([record]) for record in records if record.kind == "host"}


def _runners(records: Iterable[Record], hosts: dict[int, Host]) -> dict[int, Host]:
    """Machines of other lists that a list of hosts names too, or that machines name as their host."""
    listed = {alike(host.records[0].server): host for host in hosts.values() if host.records[0].server}
    named = {alike(r.host) for r in records if r.kind == "server" and r.host and r.virtual is not False}
    named.update(listed)
    if not named:
        return {}
    of_name: dict[str, list[Record]] = {}
    for record in records:
        alone = record.quantity in (None, 1.0)
        if record.kind == "server" and record.server and alone and not record.virtual and not record.host:
            key = alike(record.server)
            if key in named:
                of_name.setdefault(key, []).append(record)
    found = {}
    for key, those in of_name.items():
        if len(those) == 1 and those[0].power_state not in ("off", "suspended"):
            host = listed.get(key) or Host()
            host.records.append(those[0])
            found[id(those[0])] = host
    return found


def _by_name(*groups: dict[int, Host]) -> dict[str, Host]:
    found: dict[str, Host] = {}
    for group in groups:
        for host in group.values():
            for record in host.records:
                if record.server and record.power_state not in ("off", "suspended"):
                    found.setdefault(alike(record.server), host)
    return found


def _put_on_hosts(machines: list[Machine], by_name: dict[str, Host], account: Account) -> None:
    """Each virtual machine on its host; hosts that are in no list are known by name."""
    memo: dict[str, Host] = {}
    unlisted = 0
    for machine in machines:
        name = machine.record.host
        if not (machine.virtual and name):
            continue
        host = memo.get(name)
        if host is None:
            key = alike(name)
            if key not in by_name:
                by_name[key] = Host()
            host = memo[name] = by_name[key]
        unlisted += not host.records
        host.name = host.name or name
        host.machines += machine.copies
        machine.host = host
    if unlisted:
        account.assume("host_by_name", rows=unlisted)


def _idle_hosts(spare: list[tuple[int, Record, Host]], account: Account) -> list[Machine]:
    """Hosts that run nothing listed are machines of their own; others stand in the rows of what they run."""
    shown = {record.reads[0].shape.origin for _, record, host in spare if host.machines}
    kept: dict[int, Machine] = {}
    for number, record, host in spare:
        if host.machines or id(host) in kept:
            account.used(number, "hosts")
            continue
        machine = kept[id(host)] = Machine(number, record, False, host)
        runs_some = (record.servers or 0) > 0
        machine.idle = not runs_some and (record.servers == 0 or record.reads[0].shape.origin in shown)
        if machine.idle:
            account.assume("host_idle", record)
    return list(kept.values())


def _copies(record: Record) -> int:
    """Machines that a record stands for."""
    if record.quantity is None:
        return 1
    if record.quantity > MOST_OF_A_ROW:
        raise _too_many(record, record.quantity, MOST_OF_A_ROW)
    return round(record.quantity)


def _too_many(record: Record, quantity: float, most: int) -> InputError:
    message = f"got a quantity of {quantity:g}, must be at most {most}"
    return InputError([Problem(place_of(record), 0, 0, "", message)])


def _is_virtual(record: Record, formats: dict[Origin, str], account: Account) -> bool:
    """Whether a machine is virtual: as its list says, else by what names it, else by the kind of list."""
    if record.virtual is not None:
        return record.virtual
    if any(formats.get(read.shape.origin) in _OF_VMWARE for read in record.reads):
        return True
    code = _guess(record, formats.get(record.reads[0].shape.origin, ""))
    if code:
        account.assume(code, record)
    return code not in ("", "physical")


def _guess(record: Record, form: str) -> str:
    """A code of ``words.ASSUMPTIONS``; "" where a machine is physical by the kind of list."""
    if form == _REQUESTS:
        return "requested"
    if record.host:
        return "virtual_by_host"
    named = f"{record.model or ''} {record.category or ''}".casefold()
    if named != " " and any(word in named for word in _HYPERVISORS):
        return "virtual_by_name"
    if record.machine_id and record.machine_id.startswith("vm-"):
        return "virtual_by_name"
    if form in _OF_SERVICES:
        return "virtual_by_service"
    return "" if form in _PHYSICAL else "physical"
