"""Good files of every kind that roomfold reads, small: what is damaged.

Each function gives sets of files that are read together, as names and bytes, made in a folder of scratch.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import roomfold
from roomfold.scenarios.inventory.template import write_template

from ..scenarios.adopting.lists import ASSETS, ROOMS
from ..scenarios.inventory import writers
from ..scenarios.inventory.writers import book, ods, old_book, row, text
from ..scenarios.listed import small
from .mutate import Files

LIBRARY = Path(roomfold.__file__).parent / "scenarios" / "library"
MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
TINY_SETS = ("estate.systems=6", "estate.rooms=3", "alternatives.consolidate.cloud.sizing=performance")
VBP = "2\n10 10\n3\n6 4 1\n4 6 1\n5 5 2\n"
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,creation_time,deletion_time\n"
    "p0,1000,100,1,600,,LS,5,90\np1,1000,100,1,600,,LS,5,90\nq,1000,100,1,1000,P100,LS,6,90\n"
)
NODES = "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8000,2,T4\nn1,8000,8000,2,P100\nn2,8000,8000,0,\n"
MACHINES = "vm,flavour,zone,system,apart_group\na,0,0,0,\nb,0,0,0,7\nc,0,0,0,7\nd,0,1,1,\n"
MENU = {
    "flavours": [{"vcpu": 2, "ram_gb": 4, "disk_gb": 10}],
    "host_types": [{"vcpu_eff": 8, "ram_gb": 16, "disk_gb": 100, "cost": 3}],
}
MODEL = "1\n0 1\n2\n0 0 10 5 0 1\n0 1 10 5 1 0\n2\n1 0\n1 0\n2\n0 4 1\n1 4 1\n0\n1 1 1\n"
PLAIN = "time,component,cpu,mem\n" + "".join(
    f"2026-03-01 {8 + k // 12:02}:{k % 12 * 5:02},{name},{k + 10},{k + 5}\n"
    for k in range(14)
    for name in ("虚机", "web")
)
GWA = "Timestamp [ms];\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ]\n1;\t2;\t1\n300001;\t2;\t1\n"
PERF = (
    'MachineId,TimeStamp,CpuUtilizationPercentage\nm,"03/31/2026, 23:30:00",1\nm,"03/31/2026, 23:40:00",1\n'
)


def scenarios(_scratch: Path) -> list[Files]:
    """Every programme that comes with roomfold, and the tests' small scenario, with its parts beside it."""
    own = [{"s.yaml": MINIMAL.read_bytes()}] * 8
    given = [{"s.yaml": path.read_bytes()} for path in sorted(LIBRARY.glob("*.yaml"))]
    parts = {
        "s.yaml": b"include: [a.yaml, b.yaml]\nestate: { systems: 10 }\n"
        b"overrides:\n  more: { title: { en: a, zh: b }, estate: { systems: 30 } }\n"
        b"matrix:\n  - [base, more]\n",
        "a.yaml": MINIMAL.read_bytes(),
        "b.yaml": b"prices: { electricity_cny_per_kwh: 0.7 }\n",
    }
    return [*own, *given, parts]


def listed(scratch: Path) -> list[Files]:
    """A scenario of a listed estate."""
    small.write(scratch / "listed")
    folder = scratch / "listed"
    return [{p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}]


def inventories(scratch: Path) -> list[Files]:
    """Lists of machines, systems and rooms as tools and offices write them."""
    tables = _tables()
    made: list[Files] = []
    for name, rows in tables.items():
        made.append({f"{name}.csv": text(scratch / "a.csv", rows).read_bytes()})
    chinese = tables["台账"]
    for encoding, separator in (("gb18030", ","), ("utf-16", "\t"), ("utf-8-sig", ";")):
        made.append({"台账.csv": text(scratch / "a.csv", chinese, encoding, separator).read_bytes()})
    sheets = {"vInfo": tables["rvtools"], "vHost": tables["hosts"]}
    made.append({"rvtools.xlsx": book(scratch / "a.xlsx", sheets).read_bytes()})
    made.append(
        {"台账.xlsx": book(scratch / "b.xlsx", {"台账": chinese}, [("台账", "A9:C9", "合计")]).read_bytes()}
    )
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in line
        )
        + "</table:table-row>"
        for line in chinese
    )
    made.append({"a.ods": ods(scratch, cells).read_bytes()})
    made.append({"a.xls": old_book([(0, 0), (0, 1), (3, 2)])})
    for lang in ("zh", "en"):
        write_template(scratch / "t.xlsx", lang)
        made.append({"template.xlsx": (scratch / "t.xlsx").read_bytes()})
    return made


def _tables() -> dict[str, Sequence[Sequence[object]]]:
    vm = {"Powerstate": "poweredOn", "Template": "False", "CPUs": 4, "Memory": 8192, "InUseMiB": 9000}
    machines = [
        row(writers.RVTOOLS_VINFO, VM=name, Host=f"esx{n % 2}", Datacenter="DC1", VMUUID=f"u{n}", **vm)
        for n, name in enumerate(("oa-web", "oa-db", "portal"))
    ]
    host = row(
        writers.RVTOOLS_VHOST, Host="esx0", CPUModel="Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz", Cores=16
    )
    azure = row(writers.AZURE, ServerName="a", Cores=4, MemoryInMB=8192, OSname="CentOS 7", Disk1sizeInGB=99)
    hub = row(writers.MIGRATION_HUB, HostName="a", CPUNumberOfProcessors=2, RAMTotalSizeInMB=4096, Tags="a=b")
    google = row(writers.VM_INFO, MachineId="m1", MachineName="a", AllocatedProcessorCoreCount=4, MemoryGiB=8)
    ledger = [
        ASSETS,
        ["1", "服务器", "华为RH2288 V2", "2012-03-01", 5.8, "三楼机房", "财政局", "预算系统", 2],
        ["2", "服务器", "IBM x3650", "2010年5月", "4.2万", "一楼机房", "卫生局", "居民健康档案", 1],
        ["3", "UPS", "APC", 40909, 3, "三楼机房", "财政局", "", 1],
    ]
    systems = [
        [
            "信息系统名称",
            "主管部门",
            "等保级别",
            "是否涉密",
            "部署网络",
            "服务器数量",
            "专线带宽",
            "专线月租",
        ],
        ["预算系统", "财政局", "三级", "否", "政务外网", 2, "10M", "1200元"],
    ]
    rooms = [
        ROOMS,
        ["三楼机房", "财政局", "旗县", 60, 20, 1.5, 1.9, 12],
    ]
    return {
        "rvtools": [writers.RVTOOLS_VINFO.split(","), *machines],
        "hosts": [writers.RVTOOLS_VHOST.split(","), host],
        "azure": [writers.AZURE.split(","), azure],
        "hub": [writers.MIGRATION_HUB.split(","), hub],
        "vmInfo": [writers.VM_INFO.split(","), google],
        "plain": [["server", "system", "room", "cores", "memory gb"], ["a", "b", "c", 4, 16]],
        "台账": ledger,
        "系统": systems,
        "机房": rooms,
    }


def traces(scratch: Path) -> dict[str, Files]:
    """By reader: a good trace."""
    np.savez(scratch / "a.npz", util=np.full((2, 3), 7, dtype=np.uint8), names=np.array(["a", "b"]))
    tasks = pa.table({"id": ["a"], "submission_time": [0], "cpu_capacity": [10.0]})
    fragments = pa.table({"id": ["a"] * 3, "duration": [300_000] * 3, "cpu_usage": [1.0, 2.0, 3.0]})
    long = pa.table({"time": [0, 300, 600], "component": ["a", "a", "a"], "cpu": [0.1, 0.2, 0.3]})
    return {
        "plain": {"t.csv": PLAIN.encode()},
        "plain-parquet": {"t.parquet": _parquet(long)},
        "gwa": {"1.csv": GWA.encode(), "2.csv": GWA.encode()},
        "perfinfo": {"perfInfo.csv": PERF.encode()},
        "azure-readings": {
            "vm_cpu_readings-file-1-of-1.csv.gz": gzip.compress(b"0,a,1,2,3\n300,a,1,2,3\n", mtime=0)
        },
        "planetlab": {"a": b"1\n2\n", "b": b"3\n4\n"},
        "planetlab-array": {"20110303.npz": (scratch / "a.npz").read_bytes()},
        "opendc": {"tasks.parquet": _parquet(tasks), "fragments.parquet": _parquet(fragments)},
        "huawei": {"h.csv": b"vmid,cpu,memory,time,type\n0,1,2,0,0\n0,1,2,5,1\n"},
        "azure-requests": {
            "vmtable.csv": b"a,s,d,0,300,1,1,1,Unknown,2,4\nb,s,d,0,600,1,1,1,Unknown,>24,4\n"
        },
    }


def _parquet(table: pa.Table) -> bytes:
    made = io.BytesIO()
    pq.write_table(table, made)
    return made.getvalue()


def instances(_scratch: Path) -> list[Files]:
    """Packing instances of every format."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("b.vbp", "a.vbp"):
            info = tarfile.TarInfo(name)
            info.size = len(VBP)
            archive.addfile(info, io.BytesIO(VBP.encode()))
    return [
        {"a.vbp": VBP.encode()},
        {"pods.csv": PODS.encode(), "nodes.csv": NODES.encode()},
        {"gov.csv": MACHINES.encode(), "gov.json": json.dumps(MENU).encode()},
        {"model_a.txt": MODEL.encode(), "assignment_a.txt": b"0 1\n"},
        {"set.tar": packed.getvalue()},
        {"set.tar.gz": gzip.compress(packed.getvalue(), mtime=0)},
    ]
