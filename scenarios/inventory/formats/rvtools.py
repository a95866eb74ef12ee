"""RVTools: sheets of one workbook, or one CSV file per sheet. Older versions wrote MB for what was MiB."""

from __future__ import annotations

from .form import Column, Format

_VM = Column("server", ("VM", "VM Name"))
_UUID = Column("uuid", ("VM UUID",))
_SMBIOS = Column("smbios_uuid", ("SMBIOS UUID", "VM SMBIOS UUID"))
_OS = Column("os", ("OS according to the configuration file", "OS according to the VMware Tools", "OS"))
_POWER = Column("power_state", ("Powerstate", "Power state"))
_TEMPLATE = Column("template", ("Template",))
_PLACE = (
    Column("site", ("Datacenter",)),
    Column("cluster", ("Cluster",)),
    Column("host", ("Host",)),
)
_COMMON = (_VM, _UUID, _SMBIOS, _POWER, _TEMPLATE, _OS, *_PLACE)

VINFO = Format(
    "rvtools-vinfo",
    "RVTools vInfo",
    "server",
    (
        *_COMMON,
        Column("vcpu", ("CPUs", "Num CPU", "# CPUs")),
        Column("mem_gb", ("Memory", "Memory MiB", "Size MiB"), unit="mib"),
        Column(
            "disk_gb",
            ("Total disk capacity MiB", "Provisioned MiB", "Provisioned Space MiB"),
            unit="mib",
            binary=True,
        ),
        Column("disk_used_gb", ("In Use MiB", "Used Space MiB"), unit="mib", binary=True),
        Column("addresses", ("Primary IP Address", "IP Address")),
        Column("machine_id", ("VM ID",)),
        # Attributes that many give their machines; an export has one column for each.
        Column("system", ("Application", "Business application", "System", "应用系统", "业务系统")),
        Column("department", ("Department", "Owner", "Business unit", "使用部门", "部门")),
    ),
    (("VM", "VM Name"), ("Powerstate", "Power state", "CPUs"), ("Memory", "CPUs")),
    ("vinfo", "tabvinfo", "rvtools_tabvinfo"),
    source="R64, R56",
)
VCPU = Format(
    "rvtools-vcpu",
    "RVTools vCPU",
    "server",
    (
        *_COMMON,
        Column("vcpu", ("CPUs",)),
        Column("sockets", ("Sockets",)),
        Column("cpu_used_mhz", ("Overall",)),
    ),
    (("VM",), ("CPUs",), ("Sockets", "Overall", "Cores p/s")),
    ("vcpu", "tabvcpu", "rvtools_tabvcpu"),
    source="R64",
)
VMEMORY = Format(
    "rvtools-vmemory",
    "RVTools vMemory",
    "server",
    (
        *_COMMON,
        Column("mem_gb", ("Size MiB",), unit="mib"),
        Column("mem_used_gb", ("Consumed", "Consumed MiB"), unit="mib"),
    ),
    (("VM",), ("Size MiB",), ("Reservation", "Consumed", "Active", "Ballooned")),
    ("vmemory", "tabvmemory", "rvtools_tabvmemory"),
    source="R64, R56",
)
VPARTITION = Format(
    "rvtools-vpartition",
    "RVTools vPartition",
    "part",
    (
        *_COMMON,
        Column("disk_gb", ("Capacity MiB",), unit="mib", binary=True),
        Column("disk_used_gb", ("Consumed MiB", "Used MiB"), unit="mib", binary=True),
    ),
    (("VM",), ("Capacity MiB",), ("Consumed MiB", "Free MiB", "Free %")),
    ("vpartition", "tabvpartition", "rvtools_tabvpartition"),
    source="R64, R56",
)
VHOST = Format(
    "rvtools-vhost",
    "RVTools vHost",
    "host",
    (
        Column("server", ("Host",)),
        Column("site", ("Datacenter",)),
        Column("cluster", ("Cluster",)),
        Column("uuid", ("UUID",)),
        Column("cpu_model", ("CPU Model",)),
        Column("cpu_speed_mhz", ("Speed",)),
        Column("sockets", ("# CPU",)),
        Column("vcpu", ("# Cores",)),
        Column("cpu_avg", ("CPU usage %",), unit="%"),
        Column("mem_gb", ("# Memory",), unit="mib"),
        Column("mem_avg", ("Memory usage %",), unit="%"),
        Column("servers", ("# VMs",)),
        Column("model", ("Model",)),
        Column("os", ("ESX Version",)),
    ),
    (("Host",), ("# CPU", "# Cores"), ("CPU Model", "# Memory", "# VMs", "CPU usage %")),
    ("vhost", "tabvhost", "rvtools_tabvhost"),
    source="R64",
)
FORMATS = (VINFO, VCPU, VMEMORY, VPARTITION, VHOST)
