"""Machines as rows of servers.csv: sizes, use, dates, the machine's curve, the part of its host.

Rows are plain dictionaries with the columns that are known (see ``listed.columns``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from ..inventory.record import Origin, Record
from ..listed.columns import SERVERS
from ..listed.write import Value
from .account import Account
from .curves import Curves
from .machines import Host, Machine
from .names import Names, inert
from .systems import Part

Row = dict[str, Value]

_LIMITS = {column.name: (column.low, column.high) for column in SERVERS}
_USUAL_VCPU = 4
WORKS_FROM = 0.05  # a machine that is busier than this at one moment does some work


class Judged(NamedTuple):
    """What an assessment says of a machine.

    Attributes:
        idle: None if it cannot say.
        snapshot: its use is one moment's.
        tied: it stays for technical reasons.
    """

    idle: bool | None
    snapshot: bool
    tied: bool


@dataclass
class ServerRows:
    """Makes rows of machines.

    Attributes:
        start: first day of the scenario: machines were bought before it.
        judged: by number of the record.
    """

    account: Account
    curves: Curves
    start: date
    judged: Callable[[int], Judged]

    def __post_init__(self) -> None:
        self._names, self._host_names = Names(), Names()
        self._hosts: dict[int, str] = {}  # by identity: two hosts never share a name
        self._prefixes: dict[Origin, str] = {}
        self._usual_vcpu = float(_USUAL_VCPU)

    def of_parts(self, parts: list[Part], keys: list[list[str]]) -> list[Row]:
        """Rows of all machines, in the order of the parts of systems.

        Args:
            keys: of each part in systems.csv; several where each copy of a machine is a system of its own.
        """
        known = [m.record.vcpu for part in parts for m in part.machines if m.virtual and m.record.vcpu]
        self._usual_vcpu = float(round(median(known))) if known else float(_USUAL_VCPU)
        for part in parts:
            for machine in part.machines:
                if machine.virtual and machine.host is not None:
                    machine.host.vcpu += (machine.record.vcpu or self._usual_vcpu) * machine.copies
        rows: list[Row] = []
        for part, its in zip(parts, keys, strict=True):
            of_system = part.system.record
            shared = of_system.data_gb if of_system else None
            if shared is not None:
                shared /= sum(machine.copies for machine in part.system.machines) or 1
            for machine in part.machines:
                rows += self._rows(machine, its, of_system, shared)
        return rows

    def name(self, machine: Machine) -> str:
        """What a machine is called where it is not yet a row: the name of its system, if it has none."""
        record = machine.record
        name = record.server or record.asset_id or record.machine_id or record.uuid
        name = name or (record.addresses[0] if record.addresses else None) or record.system
        return inert(name or record.model or record.cpu_model or self.place(record))

    def place(self, record: Record) -> str:
        """Where a record was read: its rows in all tables."""
        places = []
        for read in record.reads:
            origin = read.shape.origin
            prefix = self._prefixes.get(origin)
            if prefix is None:
                sheet = f"[{origin.sheet}]" if origin.sheet else ""
                prefix = self._prefixes[origin] = inert(f"{origin.file}{sheet}") + "!A"
            places.append(f"{prefix}{read.row}")
        return places[0] if len(places) == 1 else "; ".join(dict.fromkeys(places))

    def _rows(
        self, machine: Machine, keys: list[str], of_system: Record | None, shared_gb: float | None
    ) -> list[Row]:
        record = machine.record
        row = self._row(machine, of_system, shared_gb)
        hint = record.asset_id or record.machine_id or (record.addresses[0] if record.addresses else None)
        name, made = self.name(machine), []
        for copy in range(1, machine.copies + 1):
            told = name if machine.copies == 1 else f"{name} ({copy} of {machine.copies})"
            key = keys[copy - 1] if len(keys) > 1 else keys[0]
            made.append({"server": self._names.take(told, hint), "system": key, **row})
        return made

    def _row(self, machine: Machine, of_system: Record | None, shared_gb: float | None) -> Row:
        """The columns that all copies of a machine have in common."""
        record, row = machine.record, Row()
        self._size(machine, row)
        self._use(machine, row)
        self._machine(machine, of_system, row)
        if record.disk_used_gb is not None:
            self._fit(row, "disk_used_gb", record.disk_used_gb, record, "disk_used_gb")
        elif shared_gb is not None:
            self._fit(row, "disk_used_gb", shared_gb, record, "disk_used_gb")
            self.account.assume("disk_of_system", record, machine.copies)
        row["from"] = self.place(record)
        return row

    def _size(self, machine: Machine, row: Row) -> None:
        record, host = machine.record, machine.host
        vcpu = record.vcpu
        if machine.virtual:
            row["virtual"] = True
            if host is not None:
                row["host"] = self._host(host)
            if record.machine_share is not None:
                self._fit(row, "machine_share", record.machine_share, record, "machine_share")
            elif host is not None:
                row["machine_share"] = min(max((vcpu or self._usual_vcpu) / host.vcpu, 1e-6), 1.0)
                code = "share_by_vcpu" if vcpu else "vcpu_usual"
                self.account.assume(code, record, machine.copies)
        if vcpu:
            self._fit(row, "vcpu", max(round(vcpu), 1), record, "vcpu")
        if record.mem_gb:
            self._fit(row, "memory_gb", record.mem_gb, record, "mem_gb")
            if record.mem_avg and record.mem_used_gb is None:
                self._fit(row, "memory_used_gb", record.mem_avg * record.mem_gb, record, "mem_avg")
        if record.mem_used_gb is not None:
            self._fit(row, "memory_used_gb", record.mem_used_gb, record, "mem_used_gb")

    def _host(self, host: Host) -> str:
        """What a host is called, the same in the rows of all its machines."""
        name = self._hosts.get(id(host))
        if name is None:
            listed = host.records[0].server if host.records else None
            name = self._hosts[id(host)] = self._host_names.take(inert(listed or host.name))
        return name

    def _use(self, machine: Machine, row: Row) -> None:
        """Mean and 95th percentile of CPU use, and whether it does any work."""
        record, host = machine.record, machine.host
        judged = self.judged(machine.number)
        mean = record.cpu_avg
        if mean is not None and judged.snapshot:
            self.account.assume("use_snapshot", record, machine.copies)
        elif mean is None and host is not None and machine.virtual:
            share, cores = host.get("cpu_avg"), host.get("vcpu")
            if isinstance(share, float) and isinstance(cores, float) and record.cpu_p95 is None and host.vcpu:
                mean = min(share * cores / host.vcpu, 1.0)
                self.account.assume("use_of_host", record, machine.copies)
        if mean is not None:
            row["cpu_mean"] = mean
        if record.cpu_p95 is not None:
            row["cpu_p95"] = max(record.cpu_p95, mean or 0.0)
        elif mean is None and record.cpu_max is not None:
            row["cpu_p95"] = record.cpu_max
            self.account.assume("p95_by_maximum", record, machine.copies)
        if record.zombie is not None:
            row["zombie"] = record.zombie
        elif machine.idle or judged.idle:
            row["zombie"] = True
            if not machine.idle:
                self.account.assume("idle_by_rule", record, machine.copies)
        elif judged.idle is False or (mean is not None and mean >= WORKS_FROM):
            row["zombie"] = False

    def _machine(self, machine: Machine, of_system: Record | None, row: Row) -> None:
        """What is true of the physical machine: its curve, age, price, and when it is due."""
        record = machine.record
        hosts = machine.host.records if machine.host else []
        sources = hosts if record in hosts else [*hosts, record]
        self._curve(machine, sources, row)
        for each in sources:
            if each.purchase_date is not None and "bought" not in row:
                self._day(row, "bought", each.purchase_date, each, "purchase_date")
            if each.price_cny is not None and "price_cny" not in row:
                price = each.price_cny / (machine.copies if each is record else max(each.quantity or 1, 1))
                self._fit(row, "price_cny", round(price, 2), each, "price_cny")  # 5.81 万元 are 58,100 yuan
                self.account.assume("price_of_purchase", record, machine.copies)
            if each.upgrade_due is not None and "refresh_due" not in row:
                self._day(row, "refresh_due", each.upgrade_due, each, "upgrade_due")
        if "refresh_due" not in row and of_system is not None and of_system.upgrade_due is not None:
            self._day(row, "refresh_due", of_system.upgrade_due, of_system, "upgrade_due")
            self.account.assume("due_of_system", record, machine.copies)

    def _curve(self, machine: Machine, sources: list[Record], row: Row) -> None:
        """The power curve that the lists name, else that of the processor or model."""
        for each in sources:
            if each.curve in self.curves.names:
                row["curve"] = each.curve
                return
            if each.curve is not None:
                self.account.leave(each, "curve", "unknown_curve")
        physical = [each for each in sources if each is not machine.record or not machine.virtual]
        cpu = next((each.cpu_model for each in sources if each.cpu_model), None)
        model = next((each.model for each in physical if each.model), None)
        choice = self.curves.choose(cpu, model)
        if choice is not None:
            row["curve"] = choice.curve
            self.account.assume(f"curve_{choice.why}", machine.record, machine.copies)

    def _day(self, row: Row, column: str, day: date, record: Record, name: str) -> None:
        if column == "bought" and day >= self.start:
            self.account.leave(record, name, "late")
        elif not 1980 <= day.year < 2100:
            self.account.leave(record, name, "out_of_range")
        else:
            row[column] = day

    def _fit(self, row: Row, column: str, value: float, record: Record, name: str) -> None:
        """A number if the column may hold it."""
        low, high = _LIMITS[column]
        if low <= value <= high:
            row[column] = value
        else:
            self.account.leave(record, name, "out_of_range")
