"""Lists written to the published columns of each format give the records they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomfold.scenarios.inventory import Reading, Record, read_inventory

from .writers import (
    AZURE,
    CARBON,
    MIGRATION_EVALUATOR,
    MIGRATION_HUB,
    RVTOOLS_VHOST,
    RVTOOLS_VINFO,
    VM_INFO,
    book,
    row,
    text,
)


def only(reading: Reading, kind: str = "server") -> Record:
    """The one record of a kind."""
    (record,) = reading.of_kind(kind)
    return record


def formats(reading: Reading) -> list[str]:
    """Of the tables."""
    return [table.format for table in reading.tables]


def accounted(reading: Reading) -> None:
    """Every row in is used or set aside."""
    for table in reading.tables:
        aside = sum(1 for each in reading.asides if each.origin == table.origin)
        assert table.rows_in == table.rows_used + table.rows_aside
        assert table.rows_aside == aside
    assert reading.rows_in == reading.rows_used + len(reading.asides)


@pytest.mark.parametrize("unit", ["MiB", "MB"])
def test_rvtools_workbook(tmp_path: Path, unit: str) -> None:
    vinfo = RVTOOLS_VINFO.replace("MiB", unit)
    disk, used = f"Totaldiskcapacity{unit}", f"InUse{unit}"
    one = {
        "VM": "fin01",
        "Powerstate": "poweredOn",
        "Template": False,
        "CPUs": 4,
        "Memory": 16384,
        "PrimaryIPAddress": "10.0.0.7",
        "Host": "esx1",
        "Datacenter": "Hohhot",
        "VMUUID": "4201-aa",
        disk: 102400,
        used: 51200,
    }
    sheets = {
        "vInfo": [
            vinfo.split(","),
            row(vinfo, **one),
            row(vinfo, VM="golden", Powerstate="poweredOff", Template=True, CPUs=2, Memory=2048),
        ],
        "vCPU": [
            ["VM", "Powerstate", "Template", "CPUs", "Sockets", "Cores p/s", "Overall", "VM UUID"],
            ["fin01", "poweredOn", False, 4, 2, 2, 2500, "4201-aa"],
        ],
        "vMemory": [
            ["VM", f"Size {unit}", "Consumed", "Active", "Reservation", "VM UUID"],
            ["fin01", 16384, 12000, 4000, 0, "4201-aa"],
        ],
        "vPartition": [
            ["VM", "VM UUID", "Disk", f"Capacity {unit}", f"Consumed {unit}", "Free %"],
            ["fin01", "4201-aa", "/", 51200, 10000, 80],
            ["fin01", "4201-aa", "/data", 51200, 20000, 60],
            ["nobody", "4201-zz", "/", 51200, 20000, 60],
        ],
        "vHost": [
            RVTOOLS_VHOST.split(","),
            ["esx1", "Hohhot", "Intel(R) Xeon(R) E5-2620 v4", 2500, 2, 16, 37, 262144, 61, "RH2288 V3"],
        ],
        "vTools": [["VM", "Tools", "Tools Version"], ["fin01", "toolsOk", 11333]],
    }  # fmt: skip
    reading = read_inventory([book(tmp_path / "export.xlsx", sheets)])
    accounted(reading)
    vm, host = only(reading), only(reading, "host")
    assert (vm.server, vm.vcpu, vm.mem_gb, vm.sockets, vm.site) == ("fin01", 4, 16, 2, "Hohhot")
    assert vm.disk_gb == pytest.approx(102400 * 2**20 / 1e9)
    assert vm.disk_used_gb == pytest.approx(51200 * 2**20 / 1e9)
    assert vm.cpu_avg == pytest.approx(2500 / (4 * 2500))
    assert vm.power_state == "on"
    assert vm.cells["mem_gb"].place == "export.xlsx[vInfo]!F2"
    assert vm.cells["cpu_avg"].place == "export.xlsx[vCPU]!G2"
    assert (host.vcpu, host.mem_gb, host.cpu_avg, host.mem_avg) == (16, 256, 0.37, 0.61)
    assert host.cpu_model == "Intel(R) Xeon(R) E5-2620 v4"
    reasons = sorted((aside.origin.sheet, aside.row, aside.reason) for aside in reading.asides)
    assert reasons == [
        ("vInfo", 3, "template"),
        ("vPartition", 4, "no_owner"),
        ("vTools", 1, "sheet"),
        ("vTools", 2, "sheet"),
    ]


def test_rvtools_of_another_locale(tmp_path: Path) -> None:
    """Semicolons, decimal commas, only the columns that Azure Migrate demands."""
    header = ["VM", "Powerstate", "CPUs", "Memory", "Provisioned MiB", "In use MiB", "VM UUID"]
    rows = [header, ["a", "poweredOn", "2", "4.096", "10.240,5", "512,25", "u1"]]
    reading = read_inventory([text(tmp_path / "RVTools_tabvInfo.csv", rows, "utf-16", ";")])
    assert formats(reading) == ["rvtools-vinfo"]
    assert only(reading).mem_gb == 4
    assert only(reading).disk_gb == pytest.approx(10240.5 * 2**20 / 1e9)


def test_azure_migrate(tmp_path: Path) -> None:
    full = {
        "ServerName": "web1",
        "IPaddresses": "10.0.0.1;10.0.0.2",
        "Cores": 4,
        "MemoryInMB": 8192,
        "OSname": "Windows Server 2012 R2",
        "CPUutilizationpercentage": 0.5,
        "Disk1sizeInGB": 100,
        "Disk2sizeInGB": 50.5,
    }
    bare = ["Server name", "Cores", "Memory (MB)", "OS name"], ["db1", "8", "65536", "Oracle Linux 7"]
    first = text(tmp_path / "a.csv", [AZURE.split(","), row(AZURE, **full)], "utf-8-sig")
    reading = read_inventory([first, text(tmp_path / "b.csv", bare)])
    accounted(reading)
    assert formats(reading) == ["azure-migrate", "azure-migrate"]
    web, db = reading.of_kind("server")
    assert (web.vcpu, web.mem_gb, web.disk_gb, web.cpu_avg) == (4, 8, 150.5, 0.005)
    assert web.addresses == ("10.0.0.1", "10.0.0.2")
    assert (db.server, db.mem_gb, db.disk_gb) == ("db1", 64, None)
    ignored = [each.header for each in reading.tables[0].columns if each.column is None]
    assert "Boot type" in ignored
    assert "Disk 1 read throughput (MB per second)" in ignored


def test_migration_hub(tmp_path: Path) -> None:
    full = row(
        MIGRATION_HUB,
        ExternalId="x1",
        HostName="h1",
        CPUNumberOfLogicalCores=16,
        CPUNumberOfCores=8,
        RAMTotalSizeInMB=32768,
        CPUUsagePctAvg=12.5,
        CPUUsagePctMax=80,
        Applications="oa",
    )
    nameless = row(MIGRATION_HUB, CPUNumberOfCores=8)
    only_address = ["IPAddress", "RAM.TotalSizeInMB", "CPU.NumberOfCores"], ["10.1.1.1", 2048, 2]
    reading = read_inventory(
        [
            text(tmp_path / "ads.csv", [MIGRATION_HUB.split(","), full, nameless]),
            text(tmp_path / "few.csv", only_address),
        ]
    )
    accounted(reading)
    assert formats(reading) == ["aws-migration-hub"] * 2
    machine, other = reading.of_kind("server")
    assert (machine.vcpu, machine.mem_gb, machine.cpu_avg, machine.cpu_max) == (16, 32, 0.125, 0.8)
    assert (machine.uuid, machine.system) == ("x1", "oa")
    assert other.addresses == ("10.1.1.1",)
    assert [aside.reason for aside in reading.asides] == ["no_identity"]


@pytest.mark.parametrize("factor", [1, 100])
def test_migration_evaluator(tmp_path: Path, factor: int) -> None:
    """Percentages as fractions, which the template asks for, or as percent."""
    rows = [MIGRATION_EVALUATOR.split(",")]
    for name, peak in (("a", 0.25), ("b", 0.75)):
        known = {
            "ServerName": name,
            "CPUCores": 8,
            "MemoryMB": 16384,
            "ProvisionedStorageGB": 500,
            "IsVirtual": "No",
            "CpuString": "Intel Xeon E5-2660 v3 @ 2.60GHz",
            "CpuUtilizationPeak": peak * factor,
        }
        rows.append(row(MIGRATION_EVALUATOR, **known))  # type: ignore[arg-type]  # cells by name
    reading = read_inventory([book(tmp_path / "me.xlsx", {"Template": rows})])
    assert formats(reading) == ["aws-migration-evaluator"]
    assert [record.cpu_max for record in reading.of_kind("server")] == [0.25, 0.75]
    one = reading.of_kind("server")[0]
    assert (one.mem_gb, one.disk_gb, one.virtual) == (16, 500, False)
    assert one.cpu_model == "Intel Xeon E5-2660 v3 @ 2.60GHz"


def test_google_migration_center(tmp_path: Path) -> None:
    machine = row(
        VM_INFO,
        MachineId="m1",
        MachineName="app1",
        TotalDiskAllocatedGiB=100,
        AllocatedProcessorCoreCount=4,
        MemoryGiB=16,
        HostingLocation="Chengdu",
        IsPhysical="FALSE",
    )
    uses = list(range(1, 101))
    disks, tags = (
        "MachineId,DiskLabel,SizeInGib,UsedInGib",
        [["m1", "Department", "财政局"], ["m1", "tier", "1"]],
    )
    files = [
        text(
            tmp_path / "perfInfo.csv",
            [
                ["MachineId", "TimeStamp", "CpuUtilizationPercentage", "MemoryUtilizationPercentage"],
                *(["m1", f"03/31/2026, 14:{n % 60:02}:00", use, 50] for n, use in enumerate(uses)),
                ["m9", "03/31/2026, 14:00:00", 1, 1],
            ],
        ),
        text(tmp_path / "vmInfo.csv", [VM_INFO.split(","), machine]),
        text(tmp_path / "diskInfo.csv", [disks.split(","), ["m1", "a", 60, 10], ["m1", "b", 40, 20]]),
        text(tmp_path / "tagInfo.csv", [["MachineId", "Key", "Value"], *tags]),
    ]  # fmt: skip
    reading = read_inventory(files)
    accounted(reading)
    assert formats(reading) == ["google-perfinfo", "google-vminfo", "google-diskinfo", "google-taginfo"]
    vm = only(reading)
    assert (vm.cpu_avg, vm.cpu_p95, vm.cpu_max, vm.mem_avg) == (pytest.approx(0.505), 0.95, 1.0, 0.5)
    assert (vm.mem_gb, vm.site, vm.virtual, vm.department) == (16, "Chengdu", True, "财政局")
    assert vm.tags == ("Department=财政局", "tier=1")
    assert vm.disk_gb == pytest.approx(100 * 2**30 / 1e9)
    assert vm.disk_used_gb == pytest.approx(30 * 2**30 / 1e9)
    assert [(aside.row, aside.reason) for aside in reading.asides] == [(102, "no_owner")]


def test_cloud_carbon_footprint(tmp_path: Path) -> None:
    known = {
        "cpuDescription": "Intel Xeon Silver 4114",
        "memory": 64,
        "machineType": "server",
        "country": "China",
        "region": "Sichuan",
        "powerUsageEffectiveness": 1.8,
    }
    few = "cpuDescription,memory,machineType,startTime,endTime,country,region,dailyUptime"
    reading = read_inventory(
        [
            text(tmp_path / "full.csv", [CARBON.split(","), row(CARBON, **known), row(CARBON, **known)]),
            text(tmp_path / "few.csv", [few.split(","), row(few, cpuDescription="AMD EPYC", memory="32 GB")]),
        ]
    )
    accounted(reading)
    assert formats(reading) == ["ccf-on-premise"] * 2
    assert [record.mem_gb for record in reading.of_kind("server")] == [64, 64, 32]
    assert reading.records[0].pue == 1.8
