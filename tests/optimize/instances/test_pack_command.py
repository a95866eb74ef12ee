"""`roomfold pack`: every format, and files with faults."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main

VBP = "2\n10 10\n3\n6 4 1\n4 6 1\n5 5 2\n"
PODS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,creation_time,deletion_time\n"
NODES = "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8000,2,T4\nn1,8000,8000,2,P100\nn2,8000,8000,0,\n"
MACHINES = "vm,flavour,zone,system,apart_group\na,0,0,0,\nb,0,0,0,7\nc,0,0,0,7\nd,0,1,1,\n"
MENU = {
    "flavours": [{"vcpu": 2, "ram_gb": 4, "disk_gb": 10}],
    "host_types": [{"vcpu_eff": 8, "ram_gb": 16, "disk_gb": 100, "cost": 3}],
}
MODEL = "1\n0 1\n2\n0 0 10 5 0 1\n0 1 10 5 1 0\n2\n1 0\n1 0\n2\n0 4 1\n1 4 1\n0\n1 1 1\n"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["pack", *map(str, arguments)])


def _wrote(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        paths.append(folder / name.replace("__", "."))
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def test_vbp(tmp_path: Path) -> None:
    """Bins, proof and placement of one file; copies are numbered."""
    (path,) = _wrote(tmp_path, a__vbp=VBP)
    ran = _run(path, "--out", tmp_path / "placed.csv")
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    wanted = {"instance": "a", "items": 4, "dims": 2, "bins": 2, "bound": 2, "gap": 0, "optimal": True}
    assert {key: found[key] for key in wanted} == wanted
    assert {"method", "seconds"} <= found.keys()
    with (tmp_path / "placed.csv").open(encoding="utf-8-sig", newline="") as file:
        placed = list(csv.DictReader(file))
    assert [row["item"] for row in placed] == ["1", "2", "3.1", "3.2"]
    assert len({row["host"] for row in placed}) == 2


def test_archive(tmp_path: Path) -> None:
    """All .vbp files of an archive, by name."""
    with tarfile.open(tmp_path / "set.tar.gz", "w:gz") as archive:
        for name in ("in/b.vbp", "in/a.vbp"):
            info = tarfile.TarInfo(name)
            info.size = len(VBP)
            archive.addfile(info, io.BytesIO(VBP.encode()))
    found = json.loads(_run(tmp_path / "set.tar.gz").stdout)
    assert [entry["instance"] for entry in found] == ["a", "b"]


def test_openb(tmp_path: Path) -> None:
    """Three shares of 0.6 GPU need three devices: two nodes; a wish for a model is kept."""
    pods = PODS + "".join(f"p{i},1000,100,1,600,,LS,5,90\n" for i in range(3))
    pods += "q,1000,100,1,1000,P100,LS,6,90\nlater,8000,8000,0,0,,LS,95,99\n"
    paths = _wrote(tmp_path, pods__csv=pods, nodes__csv=NODES)
    ran = _run(*paths, "--out", tmp_path / "placed.csv")
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert (found["items"], found["nodes"], found["moment_s"]) == (4, 2, 6)
    assert found["bound"] <= 2
    text = (tmp_path / "placed.csv").read_text(encoding="utf-8-sig")
    placed = {row[1]: row[3] for row in csv.reader(io.StringIO(text))}
    assert "P100" in placed["q"]


def test_zones(tmp_path: Path) -> None:
    """The JSON file is found beside the table; a pair to be kept apart needs two hosts."""
    table, _ = _wrote(tmp_path, gov__csv=MACHINES, gov__json=json.dumps(MENU))
    ran = _run(table)
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert found["apart_kept"]
    assert found["bound"] <= 9 <= found["cost"] == 3 * found["hosts"]
    assert found["zones"][0]["hosts"] >= 2
    assert found["zones"][1]["hosts"] == 1


def test_roadef(tmp_path: Path) -> None:
    """Two processes on one machine move apart: use above the safety level costs more than the move."""
    paths = _wrote(tmp_path, model_x__txt=MODEL, assignment_x__txt="0 0\n")
    ran = _run(*paths)
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert (found["instance"], found["start_cost"]) == ("x", 3)
    assert found["bound"] <= found["cost"] <= 3


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.vbp", "2\n10 10\n1\n3 x 1\n", "a.vbp:4:1: item 1, size 2: 'x' is no whole number"),
        ("a.vbp", "2\n10 10\n2\n3 3 1\n", "item 2, size 1: the file ends here"),
        ("a.vbp", "1\n10\n1\n3 1\n9\n", "a.vbp:5:1: nothing should follow"),
        ("a.vbp", "0\n", "a.vbp:1:1: dimensions: 0 lies outside"),
        ("a.vbp", "", "dimensions: the file ends here"),
        ("a.tar.gz", "no archive", "no readable archive"),
        ("a.csv", "vm,zone\n1,2\n", "flavours and host types"),
        ("a.csv", "sn,model\n", "nothing to pack"),
        ("a.doc", "?", "no known format"),
        ("model_a.txt", "1\n", "no assignment_a.txt beside it"),
    ],
)
def test_faults_are_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    """One line with file, line and field; exit 3."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = _run(tmp_path / name)
    assert ran.exit_code == 3, ran.output
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_faults_of_tables(tmp_path: Path) -> None:
    """Faults of machines and menus name line and field."""
    table, menu = _wrote(tmp_path, g__csv=MACHINES + "e,1,0,0,\n", g__json=json.dumps(MENU))
    assert "g.csv:6:1: flavour: 1 lies outside 0 to 0" in _run(table).stderr
    menu.write_text(json.dumps({**MENU, "flavours": [{"vcpu": True}]}), encoding="utf-8")
    assert "flavours[0].vcpu: a number is needed" in _run(table).stderr
    menu.write_text("{", encoding="utf-8")
    assert "no JSON" in _run(table).stderr


def test_too_large_an_item_is_infeasible(tmp_path: Path) -> None:
    """Exit 4, one line."""
    (path,) = _wrote(tmp_path, a__vbp="1\n10\n1\n11 1\n")
    ran = _run(path)
    assert (ran.exit_code, ran.stderr.count("\n")) == (4, 1)
