"""A scenario made of an inventory of 200,000 machines: processor seconds and peak memory, from xlsx and CSV.

The list is an RVTools ``vInfo`` with the columns that are read and as many that are not. Writing it is not
counted. Each form is read, and made a scenario of by ``roomfold new``, in processes of their own. Run
``python benchmarks/bench_inventory.py [rows]``.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from roomfold.scenarios.inventory import read_inventory

_NAMES = (
    "VM,Powerstate,Template,DNS Name,CPUs,Memory,Active Memory,NICs,Disks,Total disk capacity MiB,"
    "Provisioned MiB,In Use MiB,Unshared MiB,Primary IP Address,Folder,Resource pool,Annotation,Datacenter,"
    "Cluster,Host,OS according to the configuration file,OS according to the VMware Tools,Creation date,"
    "PowerOn,HW version,Firmware,VM ID,SMBIOS UUID,VM UUID,VI SDK Server"
)
HEADER = _NAMES.split(",")


def rows(count: int) -> Iterator[list[str | int]]:
    """Rows of a list, all different."""
    for n in range(count):
        disk = 40_960 * (1 + n % 20)
        place = [
            f"/dc/vm/{n % 300}",
            "Resources",
            "",
            f"dc{n % 9}",
            f"cluster{n % 40}",
            f"esx{n % 4000}.example",
        ]
        system = ["Red Hat Enterprise Linux 7 (64-bit)", "", "2019/03/04 10:00:00", "2024/01/01 00:00:00"]
        identity = [f"vm-{n}", f"4201{n:028x}", f"5001{n:028x}", "vcenter.example"]
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        size: list[str | int] = [
            2 + n % 15,
            4096 * (1 + n % 16),
            512,
            1,
            2,
            disk,
            disk + 200,
            disk // 2,
            disk // 3,
        ]
        yield [
            f"vm{n}",
            "poweredOn",
            "False",
            f"vm{n}.example",
            *size,
            address,
            *place,
            *system,
            "vmx-15",
            "bios",
            *identity,
        ]


def write(folder: Path, count: int) -> list[Path]:
    """The list in both forms."""
    text, sheet = folder / "vInfo.csv", folder / "export.xlsx"
    with text.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count))
    with xlsxwriter.Workbook(str(sheet), {"constant_memory": True}) as book:
        page = book.add_worksheet("vInfo")
        page.write_row(0, 0, HEADER)
        for number, row in enumerate(rows(count), start=1):
            page.write_row(number, 0, row)
    return [text, sheet]


def one(path: Path) -> dict[str, object]:
    """Read a file and measure."""
    began = time.process_time()
    reading = read_inventory([path])
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"records": len(reading.records), "cpu_s": round(seconds, 2), "peak_mb": peak}


def new(path: Path) -> dict[str, object]:
    """Make a scenario of a file, as the command line does, and measure."""
    folder = path.with_name(f"new-{path.suffix[1:]}")
    command = [sys.executable, "-m", "roomfold", "new", str(folder), "--from", str(path), "--quiet"]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after, wall_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    written = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    found = {"cpu_s": round(seconds, 2), "wall_s": round(wall_s, 2), "peak_mb": after.ru_maxrss // 1024}
    return {**found, "written_mb": written >> 20}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=200_000)
    parser.add_argument("--one", type=Path)
    parser.add_argument("--new", type=Path)
    options = parser.parse_args()
    if options.one or options.new:
        print(json.dumps(one(options.one) if options.one else new(options.new)))
        return
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, object] = {"rows": options.rows, "columns": len(HEADER)}
        for path in write(Path(folder), options.rows):
            measured: dict[str, object] = {"file_mb": path.stat().st_size >> 20}
            for what in ("one", "new"):
                command = [sys.executable, __file__, f"--{what}", str(path)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                measured["read" if what == "one" else "new"] = json.loads(done.stdout)
            found[path.suffix[1:]] = measured
    print(json.dumps({**found, "python": platform.python_version()}))


if __name__ == "__main__":
    main()
