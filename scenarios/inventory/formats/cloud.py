"""Lists that the migration services of cloud providers read and write."""

from __future__ import annotations

from .form import Column, Format, columns

_DISKS = 20  # the template has eight; exports have more

AZURE = Format(
    "azure-migrate",
    "Azure Migrate CSV",
    "server",
    columns(
        Column("server", ("Server name", "*Server Name")),
        Column("addresses", ("IP addresses", "IP address", "IPv4/IPv6 addresses")),
        Column("vcpu", ("*Cores", "Cores")),
        Column("mem_gb", ("*Memory (In MB)", "Memory"), unit="mb"),
        Column("os", ("*OS name", "OS name")),
        Column("cpu_avg", ("CPU utilization percentage",), unit="%"),
        Column("mem_avg", ("Memory utilization percentage",), unit="%"),
        tuple(
            Column("disk_gb", (f"Disk {n} size (In GB)",), unit="gb", adds=True) for n in range(1, _DISKS + 1)
        ),
    ),
    (("Server name",), ("Cores",), ("Memory (In MB)",), ("OS name",)),
    ("azuremigrate", "azure"),
    source="R55, R65",
)
MIGRATION_HUB = Format(
    "aws-migration-hub",
    "AWS Application Discovery Service, Migration Hub",
    "server",
    (
        Column("uuid", ("ExternalId",)),
        Column("smbios_uuid", ("SMBiosId",)),
        Column("machine_id", ("ServerId", "VMware.MoRefId")),
        Column("addresses", ("IPAddress",)),
        Column("server", ("HostName", "VMware.VMName")),
        Column("vcpu", ("CPU.NumberOfLogicalCores", "CPU.NumberOfCores")),
        Column("sockets", ("CPU.NumberOfProcessors",)),
        Column("os", ("OS.Name",)),
        Column("mem_gb", ("RAM.TotalSizeInMB",), unit="mb"),
        Column("mem_used_gb", ("RAM.UsedSizeInMB.Avg",), unit="mb"),
        Column("cpu_avg", ("CPU.UsagePct.Avg",), unit="%"),
        Column("cpu_max", ("CPU.UsagePct.Max",), unit="%"),
        Column("system", ("Applications", "Application")),
        Column("tags", ("Tags",)),
    ),
    (
        ("ExternalId", "SMBiosId", "IPAddress", "MACAddress", "HostName", "VMware.MoRefId", "VMware.VMName"),
        ("CPU.NumberOfProcessors", "CPU.NumberOfCores", "CPU.NumberOfLogicalCores", "RAM.TotalSizeInMB"),
    ),
    ("migrationhub", "import_template", "awsads"),
    source="R58",
)
MIGRATION_EVALUATOR = Format(
    "aws-migration-evaluator",
    "AWS Migration Evaluator",
    "server",
    (
        Column("server", ("Server Name",)),
        Column("vcpu", ("CPU Cores",)),
        Column("mem_gb", ("Memory (MB)",), unit="mb"),
        Column("disk_gb", ("Provisioned Storage (GB)",), unit="gb"),
        Column("os", ("Operating System",)),
        Column("virtual", ("Is Virtual?",)),
        Column("host", ("Hypervisor Name",)),
        Column("cpu_model", ("Cpu String",)),
        Column("environment", ("Environment",)),
        Column("system", ("Application",)),
        Column("cpu_max", ("Cpu Utilization Peak (%)",), auto=True),
        Column("mem_max", ("Memory Utilization Peak (%)",), auto=True),
        Column("time_in_use", ("Time In-Use (%)",), auto=True),
    ),
    (
        ("Server Name",),
        ("CPU Cores", "Cpu String"),
        ("Provisioned Storage (GB)", "Is Virtual?", "Cpu String"),
    ),
    ("template", "migrationevaluator"),
    source="R57",
)
_MACHINE = Column("machine_id", ("MachineId",))
VM_INFO = Format(
    "google-vminfo",
    "Google Migration Center vmInfo",
    "server",
    (
        _MACHINE,
        Column("server", ("MachineName",)),
        Column("addresses", ("PrimaryIPAddress", "IpAddressListSemiColonDelimited")),
        Column("disk_gb", ("TotalDiskAllocatedGiB",), unit="gib", binary=True),
        Column("disk_used_gb", ("TotalDiskUsedGiB",), unit="gib", binary=True),
        Column("vcpu", ("AllocatedProcessorCoreCount",)),
        Column("mem_gb", ("MemoryGiB",), unit="gib"),
        Column("site", ("HostingLocation",)),
        Column("os", ("OsName", "OsType")),
        Column("power_state", ("MachineStatus",)),
        Column("physical", ("IsPhysical",)),
    ),
    (("MachineId",), ("MachineName", "AllocatedProcessorCoreCount", "MemoryGiB")),
    ("vminfo",),
    source="R59",
)
DISK_INFO = Format(
    "google-diskinfo",
    "Google Migration Center diskInfo",
    "part",
    (
        _MACHINE,
        Column("disk_gb", ("SizeInGib",), unit="gib", binary=True),
        Column("disk_used_gb", ("UsedInGib",), unit="gib", binary=True),
    ),
    (("MachineId",), ("SizeInGib",)),
    ("diskinfo",),
    source="R59",
)
PERF_INFO = Format(
    "google-perfinfo",
    "Google Migration Center perfInfo",
    "sample",
    (
        _MACHINE,
        Column("cpu_avg", ("CpuUtilizationPercentage",), unit="%"),
        Column("mem_avg", ("MemoryUtilizationPercentage",), unit="%"),
    ),
    (("MachineId",), ("TimeStamp",), ("CpuUtilizationPercentage", "MemoryUtilizationPercentage")),
    ("perfinfo",),
    source="R59",
)
TAG_INFO = Format(
    "google-taginfo",
    "Google Migration Center tagInfo",
    "tag",
    (_MACHINE, Column("key", ("Key",)), Column("value", ("Value",))),
    (("MachineId",), ("Key",), ("Value",)),
    ("taginfo",),
    source="R59",
)
CARBON = Format(
    "ccf-on-premise",
    "Cloud Carbon Footprint on-premise",
    "server",
    (
        Column("server", ("machineName",)),
        Column("cpu_model", ("cpuDescription",)),
        Column("mem_gb", ("memory",), unit="gb"),
        Column("category", ("machineType",)),
        Column("country", ("country",)),
        Column("region", ("region",)),
        Column("cpu_avg", ("cpuUtilization",), auto=True),
        Column("pue", ("powerUsageEffectiveness",)),
    ),
    (("cpuDescription",), ("memory",), ("machineType", "dailyUptime", "annualUptime")),
    ("onpremise", "on_premise"),
    identity=("server", "cpu_model"),
    named=False,
    source="R60",
)
FORMATS = (
    AZURE,
    MIGRATION_HUB,
    MIGRATION_EVALUATOR,
    VM_INFO,
    DISK_INFO,
    PERF_INFO,
    TAG_INFO,
    CARBON,
)
