"""Writes inventories in the forms that tools and offices do, to their published columns."""

from __future__ import annotations

import csv
import io
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
