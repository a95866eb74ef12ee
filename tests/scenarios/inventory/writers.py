"""Writes inventories in the forms that tools and offices do, to their published columns."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

Rows = Sequence[Sequence[object]]

RVTOOLS_VINFO = (
    "VM,Powerstate,Template,DNS Name,CPUs,Memory,Active Memory,NICs,Disks,Total disk capacity MiB,"
    "Provisioned MiB,In Use MiB,Unshared MiB,Primary IP Address,Folder,Resource pool,Annotation,Datacenter,"
    "Cluster,Host,OS according to the configuration file,OS according to the VMware Tools,Creation date,"
    "PowerOn,HW version,Firmware,VM ID,SMBIOS UUID,VM UUID,VI SDK Server"
)
RVTOOLS_VHOST = "Host,Datacenter,CPU Model,Speed,# CPU,# Cores,CPU usage %,# Memory,Memory usage %,Model"
AZURE = (
    "*Server Name,IP addresses,*Cores,*Memory (In MB),*OS name,OS version,OS architecture,"
    "CPU utilization percentage,Memory utilization percentage,Network adapters,Network In throughput,"
    "Network Out throughput,Boot type,Number of disks,Disk 1 size (In GB),"
    "Disk 1 read throughput (MB per second),Disk 2 size (In GB)"
)
MIGRATION_HUB = (
    "ExternalId,SMBiosId,IPAddress,MACAddress,HostName,VMware.MoRefId,VMware.VCenterId,"
    "CPU.NumberOfProcessors,CPU.NumberOfCores,CPU.NumberOfLogicalCores,OS.Name,OS.Version,VMware.VMName,"
    "RAM.TotalSizeInMB,RAM.UsedSizeInMB.Avg,RAM.UsedSizeInMB.Max,CPU.UsagePct.Avg,CPU.UsagePct.Max,"
    "DiskReadsPerSecondInKB.Avg,Applications,ApplicationWave,Tags,ServerId"
)
MIGRATION_EVALUATOR = (
    "Server Name,CPU Cores,Memory (MB),Provisioned Storage (GB),Operating System,Is Virtual?,Hypervisor Name,"
    "Cpu String,Environment,SQL Edition,Application,Cpu Utilization Peak (%),Memory Utilization Peak (%),"
    "Time In-Use (%),Annual Cost (USD),Storage Type"
)
VM_INFO = (
    "MachineId,MachineName,PrimaryIPAddress,PublicIPAddress,IpAddressListSemiColonDelimited,"
    "TotalDiskAllocatedGiB,TotalDiskUsedGiB,MachineTypeLabel,AllocatedProcessorCoreCount,MemoryGiB,"
    "HostingLocation,OsType,OsPublisher,OsName,OsVersion,MachineStatus,ProvisioningState,CreateDate,IsPhysical"
)
CARBON = (
    "cpuDescription,memory,machineType,startTime,endTime,country,region,dailyUptime,weeklyUptime,"
    "monthlyUptime,annualUptime,cpuUtilization,powerUsageEffectiveness,cost,machineName"
)

CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="vInfo">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def row(header: str | Sequence[str], **known: object) -> list[object]:
    """A row under a header, empty but for some columns; their names without what is no letter or digit."""
    names = header.split(",") if isinstance(header, str) else header
    plain = ["".join(filter(str.isalnum, name)) for name in names]
    assert known.keys() <= set(plain), known.keys() - set(plain)
    return [known.get(name, "") for name in plain]


def text(path: Path, rows: Rows, encoding: str = "utf-8", separator: str = ",") -> Path:
    """A text table."""
    made = io.StringIO()
    csv.writer(made, delimiter=separator).writerows(rows)
    path.write_bytes(made.getvalue().encode(encoding))
    return path


def book(path: Path, sheets: dict[str, Rows], merge: Sequence[tuple[str, str, str]] = ()) -> Path:
    """A spreadsheet; ``merge`` has sheet, area and text."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)
            for _, area, what in [each for each in merge if each[0] == name]:
                sheet.merge_range(area, what)
    return path


def ods(folder: Path, rows: str, prefix: str = "") -> Path:
    """An OpenDocument spreadsheet."""
    path = folder / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", prefix + CONTENT.format(rows=rows))
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        made.writestr("META-INF/manifest.xml", manifest)
    return path


def old_book(cells: list[tuple[int, int]], password: bool = False) -> bytes:
    """A compound file whose only stream, of numbers at these places, lies in its short sectors."""
    bof = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0010, 0, 0, 0, 0)
    stream = bof + (struct.pack("<HHHHH", 0x2F, 6, 1, 1, 1) if password else b"")
    stream += b"".join(struct.pack("<HHHHHd", 0x0203, 14, row, column, 15, 1.0) for row, column in cells)
    stream += struct.pack("<HH", 0x0A, 0)
    sectors = -(-len(stream) // 64)

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        title = (name + "\0").encode("utf-16-le")
        head = title.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(title) if name else 0, kind, 1, *[0xFFFFFFFF] * 2, child
        )
        return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)

    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    table = struct.pack("<4I", 0xFFFFFFFD, end, end, end).ljust(512, b"\xff")
    directory = entry("Root Entry", 5, 3, sectors * 64, 1) + entry("Workbook", 2, 0, len(stream), free)
    directory += entry("", 0, 0, 0, free) * 2
    chain = struct.pack(f"<{sectors}I", *range(1, sectors), end).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 2, 1, end, 0)
    header += struct.pack("<I", 0).ljust(436, b"\xff")
    return header + table + directory + chain + stream.ljust(512, b"\0")
