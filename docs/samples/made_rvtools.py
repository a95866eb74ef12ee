"""The virtual machines of Eastmere, a county that does not exist, as RVTools would export them.

A city hall, three larger offices and five district offices, each with hosts of its own bought from 2014 to
2021; machines that do nothing, are switched off, are templates; names in other capitals from sheet to sheet;
sheets that roomfold does not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

Pick = Callable[[Sequence], object]

CENTRE = "vcsa01.eastmere.example"
# Machines on the market, by year: model, processor, sockets, cores of each, MHz, GB of memory.
R720 = ("PowerEdge R720", "Intel(R) Xeon(R) CPU E5-2650 v2 @ 2.60GHz", 2, 8, 2594, 128)
GEN9 = ("ProLiant DL380 Gen9", "Intel(R) Xeon(R) CPU E5-2640 v3 @ 2.60GHz", 2, 8, 2594, 192)
R730 = ("PowerEdge R730", "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", 2, 14, 2394, 256)
GEN10 = ("ProLiant DL380 Gen10", "Intel(R) Xeon(R) Silver 4114 CPU @ 2.20GHz", 2, 10, 2195, 192)
R740 = ("PowerEdge R740", "Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz", 2, 16, 2294, 384)
# Cluster: data centre, and its hosts with the year they were bought.
CLUSTERS = {
    "HALL-PROD": ("City Hall", [(R740, 2018), (R740, 2018), (R740, 2019), (R740, 2019), (R740, 2020)]),
    "HALL-DMZ": ("City Hall", [(GEN10, 2018), (GEN10, 2018)]),
    "DEPOT": ("Works Depot", [(GEN9, 2015), (GEN9, 2015), (R730, 2017)]),
    "HARBOUR": ("Harbour House", [(R730, 2016), (R730, 2016), (GEN10, 2018)]),
    "CENTRAL": ("Central Library", [(R720, 2014), (R730, 2017)]),
    "ASHCOMBE": ("Ashcombe District Office", [(R720, 2014), (GEN10, 2019)]),
    "BRACKMOOR": ("Brackmoor District Office", [(GEN9, 2015), (GEN9, 2015)]),
    "COLLFORD": ("Collford District Office", [(GEN9, 2016), (GEN10, 2018)]),
    "DUNHOLT": ("Dunholt District Office", [(R720, 2014)]),
    "ELSWICK": ("Elswick District Office", [(GEN10, 2019)]),
}
# System: code, department, cluster, and how many machines of which role.
SYSTEMS = [
    ("Council tax", "CTAX", "Revenue", "HALL-PROD", "app:3 db:2 web:2"),
    ("Benefits", "BENF", "Revenue", "HALL-PROD", "app:2 db:2 batch:1"),
    ("General ledger", "FIN", "Finance", "HALL-PROD", "app:2 db:2 rpt:1"),
    ("Procurement", "PROC", "Finance", "HALL-PROD", "app:2 db:1"),
    ("Payroll", "PAY", "Human resources", "HALL-PROD", "app:1 db:1 batch:1"),
    ("Staff records", "HRM", "Human resources", "HALL-PROD", "app:2 db:1"),
    ("Planning applications", "PLAN", "Planning", "HALL-PROD", "app:2 db:1 gis:2"),
    ("Electoral register", "ELEC", "Democratic services", "HALL-PROD", "app:1 db:1"),
    ("Council minutes", "MINS", "Democratic services", "HALL-PROD", "app:1 db:1"),
    ("Licensing", "LICN", "Environment", "HALL-PROD", "app:1 db:1"),
    ("Intranet", "INTR", "Communications", "HALL-PROD", "web:2 db:1"),
    ("Mail", "MAIL", "IT services", "HALL-PROD", "mbx:3 edge:1"),
    ("File shares", "FILE", "IT services", "HALL-PROD", "fs:3"),
    ("Directory", "DIR", "IT services", "HALL-PROD", "dc:3"),
    ("Remote desktops", "RDS", "IT services", "HALL-PROD", "rds:6 gw:2"),
    ("Backup", "BKUP", "IT services", "HALL-PROD", "bk:2"),
    ("Service desk", "DESK", "IT services", "HALL-PROD", "app:1 db:1"),
    ("Telephony", "VOIP", "IT services", "HALL-PROD", "app:3"),
    ("City web site", "WWW", "Communications", "HALL-DMZ", "web:4 db:2 cms:2"),
    ("Online forms", "FORM", "Communications", "HALL-DMZ", "web:2 app:2 db:1"),
    ("Payments gateway", "PAYG", "Finance", "HALL-DMZ", "app:2 db:1"),
    ("Parking permits", "PARK", "Highways", "HALL-DMZ", "app:1 db:1 web:1"),
    ("Highways defects", "HWAY", "Highways", "DEPOT", "app:1 db:1 gis:1"),
    ("Street lighting", "LAMP", "Highways", "DEPOT", "app:1 db:1"),
    ("Traffic counts", "TRAF", "Highways", "DEPOT", "app:2 db:1"),
    ("Waste rounds", "WAST", "Environment", "DEPOT", "app:1 db:1"),
    ("Housing repairs", "REPR", "Highways", "DEPOT", "app:2 db:1"),
    ("Depot files and print", "WKFS", "Highways", "DEPOT", "fs:1 prn:1 dc:2"),
    ("Door access", "DOOR", "Highways", "DEPOT", "app:1 db:1"),
    ("Social care", "CARE", "Social services", "HARBOUR", "app:4 db:2 rpt:1"),
    ("Housing allocation", "HALL", "Social services", "HARBOUR", "app:2 db:1"),
    ("School admissions", "SCHL", "Education", "HARBOUR", "app:2 db:1 web:1"),
    ("Special needs", "SEND", "Education", "HARBOUR", "app:1 db:1"),
    ("Case documents", "DOCS", "Social services", "HARBOUR", "app:2 db:1 fs:1"),
    ("House files and print", "HHFS", "Social services", "HARBOUR", "fs:1 prn:1 dc:2"),
    ("Library catalogue", "LIBR", "Libraries", "CENTRAL", "app:2 db:1 web:1"),
    ("Museum collection", "MUSE", "Libraries", "CENTRAL", "app:1 db:1"),
    ("Record office", "ARCH", "Libraries", "CENTRAL", "app:1 db:1 fs:1"),
    ("Public terminals", "TERM", "Libraries", "CENTRAL", "rds:2 dc:1"),
    ("Dunholt office", "DUN", "Dunholt District", "DUNHOLT", "fs:1 prn:1 dc:1 app:1 db:1"),
    ("Elswick office", "ELS", "Elswick District", "ELSWICK", "fs:1 prn:1 dc:1 app:2 db:1"),
    ("Ashcombe office", "ASH", "Ashcombe District", "ASHCOMBE", "fs:1 prn:1 dc:2"),
    ("Ashcombe planning", "ASPL", "Ashcombe District", "ASHCOMBE", "app:2 db:1 gis:1"),
    ("Ashcombe leisure", "ASLE", "Ashcombe District", "ASHCOMBE", "web:1 app:1 db:1"),
    ("Brackmoor office", "BRK", "Brackmoor District", "BRACKMOOR", "fs:1 prn:1 dc:2"),
    ("Brackmoor planning", "BRPL", "Brackmoor District", "BRACKMOOR", "app:1 db:1 gis:1"),
    ("Brackmoor rents", "BRRE", "Brackmoor District", "BRACKMOOR", "app:2 db:1 rpt:1"),
    ("Collford office", "COL", "Collford District", "COLLFORD", "fs:1 prn:1 dc:2"),
    ("Collford planning", "COPL", "Collford District", "COLLFORD", "app:1 db:1 gis:1"),
    ("Collford markets", "COMA", "Collford District", "COLLFORD", "app:1 db:1"),
    ("Old benefits", "BEN8", "Revenue", "HALL-PROD", "app:2 db:1 batch:1"),
    ("Old general ledger", "FIN9", "Finance", "HALL-PROD", "app:2 db:1 web:1"),
    ("Test and training", "TEST", "IT services", "HALL-PROD", "app:13 db:7"),
]
TEMPLATES = ("TPL-WIN2016", "TPL-WIN2019", "TPL-RHEL7", "TPL-UBUNTU2004")
OFF = 14  # machines that are switched off
IDLE = 11  # that run and do nothing
# Role: vCPU and GB of memory to choose from, GB of disk, share of CPU in use, operating systems.
WINDOWS = (
    "Microsoft Windows Server 2012 (64-bit)",
    "Microsoft Windows Server 2016 (64-bit)",
    "Microsoft Windows Server 2016 (64-bit)",
    "Microsoft Windows Server 2019 (64-bit)",
)
LINUX = (
    "CentOS 7 (64-bit)",
    "Red Hat Enterprise Linux 7 (64-bit)",
    "Red Hat Enterprise Linux 8 (64-bit)",
    "Ubuntu Linux (64-bit)",
)
ROLES = {
    "app": ((2, 4, 4), (8, 8, 16), 100, 0.06, WINDOWS),
    "db": ((4, 4, 8), (16, 16, 32), 300, 0.12, (*WINDOWS, *LINUX)),
    "web": ((2, 2, 4), (4, 8, 8), 60, 0.07, LINUX),
    "cms": ((2, 4), (8, 8), 120, 0.06, LINUX),
    "rpt": ((2, 4), (8, 16), 200, 0.04, WINDOWS),
    "batch": ((4, 4), (8, 16), 120, 0.15, WINDOWS),
    "gis": ((4, 8), (16, 32), 400, 0.08, WINDOWS),
    "mbx": ((8, 8), (64, 96), 800, 0.16, WINDOWS),
    "edge": ((2, 4), (8, 8), 80, 0.05, WINDOWS),
    "fs": ((2, 4), (8, 16), 1200, 0.03, WINDOWS),
    "prn": ((2, 2), (4, 8), 80, 0.02, WINDOWS),
    "dc": ((2, 2), (8, 8), 80, 0.03, WINDOWS),
    "rds": ((8, 8), (32, 48), 150, 0.22, WINDOWS),
    "gw": ((2, 2), (8, 8), 60, 0.05, WINDOWS),
    "bk": ((4, 8), (16, 32), 1500, 0.10, WINDOWS),
}
MOST_BUSY = 0.85


@dataclass(frozen=True)
class Machine:
    """A virtual machine."""

    name: str
    system: str
    department: str
    cluster: str
    host: str
    vcpu: int
    memory_gb: int
    disk_gb: int
    disk_used: float
    busy: float
    os: str
    state: str
    template: bool
    address: str
    uuid: str
    number: int


def pick(random: Random, choices: Sequence) -> object:
    """One of several, by the one method whose results never change."""
    return choices[int(random.random() * len(choices))]


def uuid(random: Random) -> str:
    """Looks like one."""
    digits = "".join("0123456789abcdef"[int(random.random() * 16)] for _ in range(32))
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def hosts() -> list[tuple[str, str, tuple]]:
    """Name and cluster of each host, and its make with the year."""
    return [
        (f"esx-{cluster.split('-')[-1].lower()}{number:02d}.eastmere.example", cluster, (*make, year))
        for cluster, (_, makes) in CLUSTERS.items()
        for number, (make, year) in enumerate(makes, start=1)
    ]


def machines(random: Random) -> list[Machine]:
    """All virtual machines, templates last."""
    named = [
        (f"{code}-{role.upper()}{number:02d}", system, department, cluster, role)
        for system, code, department, cluster, roles in SYSTEMS
        for role, count in (each.split(":") for each in roles.split())
        for number in range(1, int(count) + 1)
    ]
    quiet = {len(named) - 1 - 2 * step for step in range(OFF)}  # most of them among the newest names
    idle = {5 + 13 * step for step in range(IDLE)} - quiet
    made = [
        _machine(random, number, each, number in quiet, number in idle) for number, each in enumerate(named)
    ]
    for name in TEMPLATES:
        each = (name, "", "IT services", "HALL-PROD", "app")
        made.append(_machine(random, len(made), each, True, False, template=True))
    return made


def _machine(
    random: Random, number: int, named: tuple, off: bool, idle: bool, template: bool = False
) -> Machine:
    name, system, department, cluster, role = named
    cores, memory, disk, share, systems = ROLES[role]
    there = [host for host, of, _ in hosts() if of == cluster]
    busy = min(share * (0.4 + 1.6 * random.random()), MOST_BUSY)
    return Machine(
        name,
        system,
        department,
        cluster,
        str(pick(random, there)),
        int(pick(random, cores)),
        int(pick(random, memory)),
        int(disk * (0.6 + 0.8 * random.random()) / 10) * 10,
        0.25 + 0.6 * random.random(),
        0.0 if off else 0.002 if idle else busy,
        str(pick(random, systems)),
        "poweredOff" if off else "poweredOn",
        template,
        "" if template else f"10.{20 + number // 100}.{number % 7 + 1}.{10 + number % 100}",
        uuid(random),
        number,
    )


def sheets(random: Random) -> dict[str, list[list[object]]]:
    """All sheets as rows."""
    found = machines(random)
    return {
        "vInfo": list(_vinfo(random, found)),
        "vCPU": list(_vcpu(found)),
        "vMemory": list(_vmemory(random, found)),
        "vDisk": list(_vdisk(found)),
        "vPartition": list(_vpartition(found)),
        "vNetwork": list(_vnetwork(random, found)),
        "vSnapshot": list(_vsnapshot(found)),
        "vHost": list(_vhost(random, found)),
        "vDatastore": list(_vdatastore()),
        "vHealth": list(_vhealth(found)),
    }


def _tail(each: Machine) -> list[object]:
    """The columns that end most sheets."""
    identity = [f"vm-{1000 + each.number}", each.uuid, CENTRE]
    site = CLUSTERS[each.cluster][0]
    return [site, each.cluster, each.host, f"/{site}/vm/{each.department}", each.os, *identity]


TAIL = [
    "Datacenter",
    "Cluster",
    "Host",
    "Folder",
    "OS according to the configuration file",
    "VM ID",
    "VM UUID",
    "VI SDK Server",
]


def _vinfo(random: Random, found: list[Machine]) -> Iterator[list[object]]:
    yield [
        *("VM", "Powerstate", "Template", "DNS Name", "CPUs", "Memory", "NICs", "Disks"),
        *("Total disk capacity MiB", "Provisioned MiB", "In Use MiB", "Primary IP Address", "Annotation"),
        *("Creation date", "HW version", "Firmware", "SMBIOS UUID"),
        *TAIL,
        *("Application", "Department"),
    ]
    for each in found:
        disk = each.disk_gb * 1024
        used = int(disk * each.disk_used)
        dns = f"{each.name.lower()}.eastmere.example" if each.address else ""
        created = f"{2016 + each.number % 7}/{1 + each.number % 12:02d}/{1 + each.number % 28:02d} 09:14:00"
        note = f"{each.system}: ask {each.department}" if each.number % 5 == 0 and each.system else ""
        yield [
            *(each.name, each.state, each.template, dns, each.vcpu, each.memory_gb * 1024, 1, 1),
            *(disk, disk + 512, used, each.address, note, created, 14, "bios", uuid(random)),
            *_tail(each),
            *("" if each.number % 9 == 4 else each.system, each.department),
        ]


def _other(each: Machine) -> str:
    """The name as other sheets write it."""
    return each.name.lower() if each.number % 11 == 3 else each.name


def _vcpu(found: list[Machine]) -> Iterator[list[object]]:
    speed = {host: make[4] for host, _, make in hosts()}
    yield ["VM", "Powerstate", "Template", "CPUs", "Sockets", "Cores p/s", "Max", "Overall", "Level", *TAIL]
    for each in found:
        most = speed[each.host] * each.vcpu
        start = [_other(each), each.state, each.template, each.vcpu, each.vcpu, 1]
        yield [*start, most, int(most * each.busy), "normal", *_tail(each)]


def _vmemory(random: Random, found: list[Machine]) -> Iterator[list[object]]:
    yield [
        *("VM", "Powerstate", "Template", "Size MiB", "Overhead", "Max", "Consumed", "Active", "Reservation"),
        *TAIL,
    ]
    for each in found:
        size = each.memory_gb * 1024
        used = 0 if each.state == "poweredOff" else int(size * (0.35 + 0.6 * random.random()))
        start = [_other(each), each.state, each.template, size, 60, size]
        yield [*start, used, int(used * 0.15), 0, *_tail(each)]


def _vdisk(found: list[Machine]) -> Iterator[list[object]]:
    yield ["VM", "Powerstate", "Template", "Disk", "Capacity MiB", "Raw", "Disk Mode", "Thin", "Controller"]
    for each in found:
        start = [each.name, each.state, each.template, "Hard disk 1", each.disk_gb * 1024]
        yield [*start, False, "persistent", True, "SCSI controller 0"]


def _vpartition(found: list[Machine]) -> Iterator[list[object]]:
    yield [
        *("VM", "Powerstate", "Template", "Disk", "Capacity MiB", "Consumed MiB", "Free MiB", "Free %"),
        *TAIL,
    ]
    for each in found:
        if each.state == "poweredOff":
            continue  # the tools in the machine tell, and they are not running
        windows = "Windows" in each.os
        parts = [("C:\\" if windows else "/", 60)]
        if each.disk_gb > 60:
            parts.append(("D:\\" if windows else "/srv", each.disk_gb - 60))
        for disk, size in parts:
            used = int(size * 1024 * each.disk_used)
            start = [_other(each), each.state, each.template, disk, size * 1024, used]
            yield [*start, size * 1024 - used, round(100 * (1 - each.disk_used)), *_tail(each)]


def _vnetwork(random: Random, found: list[Machine]) -> Iterator[list[object]]:
    yield ["VM", "Powerstate", "Template", "NIC label", "Adapter", "Network", "Connected", "Mac Address"]
    for each in found:
        mac = "00:50:56:" + ":".join(f"{int(random.random() * 256):02x}" for _ in range(3))
        network = "dmz-public" if each.cluster == "HALL-DMZ" else f"vlan-{20 + each.number % 7}"
        start = [each.name, each.state, each.template, "Network adapter 1", "Vmxnet3", network]
        yield [*start, each.state == "poweredOn", mac]


def _vsnapshot(found: list[Machine]) -> Iterator[list[object]]:
    names = ("before upgrade", "pre-patch 2021-03", "DO NOT DELETE", "vendor visit", "Snapshot 1")
    yield ["VM", "Powerstate", "Name", "Description", "Date / time", "Filename", "Size MiB (total)", *TAIL]
    for each in found[4::17]:
        name = names[each.number % len(names)]
        file = f"[ds-01] {each.name}/{each.name}-Snapshot{each.number}.vmsn"
        yield [each.name, each.state, name, "", "2021/03/14 18:02:11", file, 2048 + each.number, *_tail(each)]


def _vhost(random: Random, found: list[Machine]) -> Iterator[list[object]]:
    yield [
        *("Host", "Datacenter", "Cluster", "Config status", "CPU Model", "Speed", "HT Active", "# CPU"),
        *("Cores per CPU", "# Cores", "CPU usage %", "# Memory", "Memory usage %", "# VMs", "# vCPUs"),
        *("ESX Version", "Vendor", "Model", "Serial number", "BIOS Date", "UUID", "VI SDK Server"),
    ]
    for number, (host, cluster, make) in enumerate(hosts()):
        model, cpu, sockets, cores, mhz, memory, year = make
        mine = [each for each in found if each.host == host and each.state == "poweredOn"]
        busy = sum(each.busy * each.vcpu for each in mine) / (sockets * cores)
        held = sum(each.memory_gb for each in mine) * 0.65 / memory
        version = "VMware ESXi 6.5.0" if year < 2018 else "VMware ESXi 7.0.3"
        maker = "HPE" if model.startswith("ProLiant") else "Dell Inc."
        yield [
            *(host, CLUSTERS[cluster][0], cluster, "green", cpu, mhz, True, sockets, cores, sockets * cores),
            *(round(100 * busy), memory * 1024, round(100 * min(held, 0.97)), len(mine)),
            *(sum(each.vcpu for each in mine), version, maker, model, f"EM{year}{number:03d}"),
            *(f"{year}/05/12 00:00:00", uuid(random), CENTRE),
        ]


def _vdatastore() -> Iterator[list[object]]:
    yield [
        "Name",
        "Config status",
        "Address",
        "Accessible",
        "Type",
        "# VMs total",
        "Capacity MiB",
        "Free MiB",
    ]
    for number in range(1, 7):
        yield [f"ds-{number:02d}", "green", f"naa.6000{number:04d}", True, "VMFS", 30, 16777216, 5242880]


def _vhealth(found: list[Machine]) -> Iterator[list[object]]:
    yield ["Name", "Message", "Message type"]
    for each in found[7::29]:
        yield [each.name, "VM Tools are out of date", "VM tools"]
