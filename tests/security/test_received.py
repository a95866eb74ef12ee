"""The folder of a run that came from somebody else: read as it is, never a door to the rest of the disk."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.reports import manifest
from roomfold.reports.arrow import opened
from roomfold.reports.kept import KIND, NAME, NUMBER, KeptError, kept
from roomfold.reports.remake import LIST, written
from roomfold.scenarios import InputError, RoomfoldError, load, resolved_yaml

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
READING = ("report", "explore", "cite", "sensitivity", "calibrate", "verify", "explain")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What looks like a run, so far as it is looked at here."""
    (tmp_path / "precious").write_text("mine", "utf-8")
    made = tmp_path / "out"
    made.mkdir()
    text = resolved_yaml(load(MINIMAL))
    (made / "scenario.yaml").write_text(text, "utf-8")
    content = {"roomfold": "1.0.0", "command": "x", "scenario_fingerprint": "x", "worlds": 1, "seed": 1}
    content |= {"run_id": "x", "sha256": {"scenario.yaml": sha256(text.encode()).hexdigest()}}
    (made / manifest.NAME).write_text(json.dumps(content), "utf-8")
    return made


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("at", ["statement.json", "worlds.parquet", "charts/deep"])
def test_links_in_a_run_are_refused(folder: Path, command: str, at: str) -> None:
    (folder / at).parent.mkdir(exist_ok=True)
    (folder / at).symlink_to(folder.parent / "precious")
    more = ["annual_total"] if command == "explain" else []
    done = CliRunner().invoke(main, [command, str(folder), *more])
    assert (done.exit_code, "is a link or a device" in done.stderr) == (3, True), done.output
    assert "mine" not in done.output and len(done.stderr.splitlines()) == 1
    assert sorted(p.name for p in folder.parent.iterdir()) == ["out", "precious"]


def test_names_in_a_manifest_reach_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by what a new run replaces, nor by what a report carries over."""
    monkeypatch.chdir(folder.parent)
    names = ["../precious", str(folder.parent / "precious"), "..\\precious"]
    content = json.loads((folder / manifest.NAME).read_text("utf-8"))
    content["sha256"] |= dict.fromkeys(names, "0" * 64)
    (folder / manifest.NAME).write_text(json.dumps(content), "utf-8")
    reports = folder.parent / "out-report"
    reports.mkdir()
    listed = {"roomfold": "1", "run_id": "x", "manifest_sha256": "x", "files": names}
    (reports / LIST).write_text(json.dumps(listed), "utf-8")
    assert set(written(reports) or ()) == {LIST, *names}
    for command in (["run", str(MINIMAL), "--out", "out", "--set", "time.years=0"], ["report", "out"]):
        assert CliRunner().invoke(main, command).exit_code != 0
    assert (folder.parent / "precious").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "block",
    [
        ["|O", [1], "C", False, 17],  # an array of objects is pickled, or pointers from a file
        ["V8", [10**15], "C", False, 17],
        ["<f8", [-1], "C", False, 17],
        ["<f8", [1], "C", False, -5],
        ["nonsense", [1], "C", False, 17],
        [1, 2, 3],
        "text",
    ],
)
def test_results_hold_numbers_and_nothing_else(folder: Path, block: object) -> None:
    """Whoever writes the file can write its hash as well."""
    packed = pa.Codec("zstd").compress(bytes(8), asbytes=True)
    body = json.dumps([block]).encode() + b"\n" + packed
    head = b"%s %s %s\n" % (KIND, NUMBER, sha256(body).hexdigest().encode())
    (folder / NAME).write_bytes(head + body)
    with pytest.raises((KeptError, InputError)) as caught:
        kept(folder)
    assert caught.value.exit_code == 3


def test_what_would_fill_the_memory_is_refused_before(folder: Path) -> None:
    """A study and a table of a few kilobytes that would unpack to hundreds of megabytes."""
    packed = pa.Codec("zstd").compress(bytes(8), asbytes=True)
    body = json.dumps([["<f8", [1 << 27], "C", False, len(packed)]]).encode() + b"\n" + packed
    (folder / NAME).write_bytes(b"%s %s %s\n" % (KIND, NUMBER, sha256(body).hexdigest().encode()) + body)
    with pytest.raises(InputError, match=rf"study\.bin: would unpack from \d+ bytes to {1 << 30}, more than"):
        kept(folder)
    table = folder / "worlds.parquet"
    pq.write_table(pa.table({"nothing": pa.nulls(1 << 26)}), table)
    assert table.stat().st_size < 1 << 17
    with pytest.raises(InputError, match=rf"worlds\.parquet: would unpack from \d+ bytes to {1 << 29}"):
        opened(table)


@pytest.mark.parametrize("name", ["big.csv.xz", "big.vbp", "model_a.txt"])
def test_packed_instances_are_held_to_a_size(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("instances.text", "reassign.read"):
        monkeypatch.setattr(import_module(f"roomfold.optimize.{module}"), "MOST_BYTES", 1 << 20)
    big, path = bytes(1 << 21), tmp_path / name
    if path.suffix == ".xz":
        path.write_bytes(lzma.compress(big))
    else:
        path = tmp_path / "big.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(big)
            archive.addfile(member, io.BytesIO(big))
    done = CliRunner().invoke(main, ["pack", str(path)])
    assert (done.exit_code, len(done.stderr.splitlines())) == (3, 1), done.output
    assert done.stderr.startswith(str(path)) and done.stderr.endswith("unpacks to more than 1 MB\n")


def test_what_the_tab_key_offers_is_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell puts it on the line as it stands, where the next key may run it."""
    monkeypatch.chdir(tmp_path)
    names = [
        "sure.yaml",
        "情景（一）.yaml",
        "$(touch x).yaml",
        "`x`.yaml",
        "a b.yaml",
        "a;b.yaml",
        "a\u202eb.yaml",
    ]
    for name in names:
        (tmp_path / name).touch()
    shell = ShellComplete(main, {}, "roomfold", "_ROOMFOLD_COMPLETE")
    offered = {item.value for item in shell.get_completions(["check"], "")}
    assert offered & set(names) == {"sure.yaml", "情景（一）.yaml"}
    statement = {"a": {"$(x)": 1, "x": 2, "y\nz": 3}, "b": [1, 2]}
    (tmp_path / "statement.json").write_text(json.dumps(statement), "utf-8")
    assert [item.value for item in shell.get_completions(["explain", "."], "a.")] == ["a.x"]
    assert [item.value for item in shell.get_completions(["explain", "."], "b.²")] == []


def test_a_run_of_more_worlds_than_can_be_is_damaged(folder: Path) -> None:
    content = json.loads((folder / manifest.NAME).read_text("utf-8"))
    for worlds, seed in ((10**12, 1), (0, 1), (1, -1), (1.5, 1)):
        (folder / manifest.NAME).write_text(json.dumps(content | {"worlds": worlds, "seed": seed}), "utf-8")
        with pytest.raises(RoomfoldError, match="names no number of worlds or no seed"):
            manifest.options(folder)
