"""Which file is what: by ending, and tables by their columns."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from pathlib import Path

from .. import reassign
from . import openb, synthetic, vbp
from .text import BROKEN, fault, header, text_of

Instance = vbp.Vbp | synthetic.Zones | openb.Pods | reassign.Instance

ARCHIVES = (".tar", ".gz", ".tgz", ".xz", ".bz2")
KNOWN = (
    "a .vbp file, an archive of such or of ROADEF models, model_X.txt with assignment_X.txt, pods with nodes \
(CSV), or machines (CSV) with flavours and hosts (JSON)"
)


def read(paths: Sequence[Path]) -> list[Instance]:
    """Read instances; files that belong together may come in any order.

    A table of machines finds the JSON file of its name beside it, a ROADEF model its assignment.

    Raises:
        InputError: a file is of no known format, has a fault, or lacks its partner.
        OSError: a file cannot be read.
    """
    found: list[Instance] = []
    pods: list[Path] = []
    nodes: list[Path] = []
    machines: list[Path] = []
    menus = [path for path in paths if path.suffix == ".json"]
    running = [path for path in paths if path.suffix == ".txt" and path.name.startswith("assignment_")]
    for path in paths:
        if path in menus or path in running:
            continue
        if path.suffix == ".vbp":
            found += vbp.read(path)
        elif ".csv" in path.suffixes:
            names = header(text_of(path))
            kind = pods if "num_gpu" in names else nodes if "sn" in names else machines
            kind.append(path)
        elif path.name.startswith("model_") and path.suffix == ".txt":
            found.append(reassign.read(path, _assignment(path, running)))
        elif path.suffix in ARCHIVES:
            found += _archive(path)
        else:
            raise fault(str(path), 0, "", f"no known format; known are {KNOWN}")
    for path in machines:
        found.append(synthetic.read(path, _menu(path, menus)))
    for path in pods:
        if len(nodes) != 1:
            raise fault(str(path), 0, "", "pods need one table of nodes beside them")
        found.append(openb.read(path, nodes[0]))
    if not found:
        raise fault(str(paths[0]), 0, "", f"nothing to pack by itself; known are {KNOWN}")
    return found


def _archive(path: Path) -> list[Instance]:
    try:
        with tarfile.open(path) as archive:
            names = archive.getnames()
    except BROKEN as error:
        raise fault(str(path), 0, "", f"no readable archive: {error}") from error
    if any(name.endswith(".vbp") for name in names):
        return [*vbp.read(path)]
    if any(name.rsplit("/", 1)[-1].startswith("model_") for name in names):
        return [*reassign.read_all(path)]
    raise fault(str(path), 0, "", "holds neither .vbp files nor model_*.txt")


def _assignment(model: Path, given: Sequence[Path]) -> Path:
    name = model.name.replace("model_", "assignment_", 1)
    for path in (*given, model.with_name(name)):
        if path.name == name and path.exists():
            return path
    raise fault(str(model), 0, "", f"no {name} beside it")


def _menu(table: Path, given: Sequence[Path]) -> Path:
    name = table.name.split(".", 1)[0] + ".json"
    for path in (*given, table.with_name(name)):
        if path.name == name and path.exists():
            return path
    if len(given) == 1:
        return given[0]
    raise fault(str(table), 0, "", f"no {name} with flavours and host types beside it")
