"""What ``roomfold doctor`` finds, on this machine and on one where something is amiss."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from roomfold.cli import main
from roomfold.commands import machine
from roomfold.commands.machine import Finding, findings

ROOT = Path(__file__).resolve().parents[1]


def named(check: str) -> Finding:
    """The finding of one check."""
    return next(finding for finding in findings() if finding.check == check)


def test_a_machine_that_works_has_no_problem() -> None:
    """Exit code 0; every package that pyproject.toml asks for is looked at; findings as JSON."""
    done = CliRunner().invoke(main, ["doctor", "--json"])
    found = json.loads(done.stdout)
    assert done.exit_code == 0, done.stdout
    assert {finding["state"] for finding in found["findings"]} <= {"ok", "warning"}
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    by_check = {finding["check"]: finding["found"] for finding in found["findings"]}
    for text in asked:
        name = Requirement(text).name
        assert by_check[name] == metadata.version(name)


@pytest.mark.parametrize(
    ("version", "limits"),
    [
        ("3.3.2", "<5,>=3.3.2"),
        ("3.3.1", ">=3.3.2"),
        ("4.0a1", "<5"),
        ("5.0", "<5"),
        ("0.68.1", "<0.69,>=0.65"),
        ("2.0", ">=2"),
        ("10.1", ">=9.9"),
        ("1.10", ">=1.9,<1.10"),
    ],
)
def test_limits_on_versions_are_read_as_packaging_reads_them(version: str, limits: str) -> None:
    """Another reader: the library that pip uses."""
    mine = all(machine._keeps(version, limit) for limit in limits.split(","))
    assert mine == Requirement(f"x{limits}").specifier.contains(version, prereleases=True)


def _old(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "pulp" else real(name))


def _no_font(monkeypatch: pytest.MonkeyPatch, tmp: Path) -> None:
    monkeypatch.setattr(machine, "FONT", tmp / "none.ttf")


def _other_font(monkeypatch: pytest.MonkeyPatch, tmp: Path) -> None:
    (tmp / "other.ttf").write_bytes(b"no font")
    monkeypatch.setattr(machine, "FONT", tmp / "other.ttf")


def _wrong_solver(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    monkeypatch.setattr("roomfold.optimize.solver.Model", lambda: 1 / 0)


def _ascii(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    monkeypatch.setattr(machine, "_terminal_encoding", lambda: "ANSI_X3.4-1968")


def _little_memory(monkeypatch: pytest.MonkeyPatch, tmp: Path) -> None:
    (tmp / "memory.max").write_text(str(300 << 20))
    (tmp / "memory.current").write_text(str(100 << 20))
    monkeypatch.setattr(machine, "_CGROUP", tmp)


def _half_a_core(monkeypatch: pytest.MonkeyPatch, tmp: Path) -> None:
    (tmp / "cpu.max").write_text("50000 100000\n")
    monkeypatch.setattr(machine, "_CGROUP", tmp)


def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp: Path) -> None:
    (tmp / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp / "file"))
    monkeypatch.setattr(machine, "_takes_files", lambda folder: folder != tmp)


def _read_only(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    monkeypatch.setattr(machine, "_takes_files", lambda folder: folder != Path.cwd())


def _full_disk(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    usage = type("usage", (), {"free": 500 << 20})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)


def _dead_battery(monkeypatch: pytest.MonkeyPatch, _tmp: Path) -> None:
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    early = type("early", (datetime,), {"now": classmethod(lambda _, _zone: long_ago)})
    monkeypatch.setattr(machine, "datetime", early)


@pytest.mark.parametrize(
    ("amiss", "check", "state"),
    [
        (_old, "pulp", "problem"),
        (_no_font, "font", "problem"),
        (_other_font, "font", "problem"),
        (_wrong_solver, "solver", "problem"),
        (_ascii, "terminal", "warning"),
        (_little_memory, "memory", "problem"),
        (_half_a_core, "cores", "warning"),
        (_no_cache, "compiled code", "warning"),
        (_read_only, "working folder", "problem"),
        (_full_disk, "temporary folder", "warning"),
        (_dead_battery, "clock", "warning"),
    ],
)
def test_what_is_amiss_is_named_with_what_to_do(
    amiss: Callable[[pytest.MonkeyPatch, Path], None],
    check: str,
    state: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each fault is found by its own check, with advice; only a problem fails the command."""
    amiss(monkeypatch, tmp_path)
    found = named(check)
    assert found.state == state
    assert found.advice
    done = CliRunner().invoke(main, ["doctor"])
    assert f"{state:<9}{check}: " in done.stdout
    assert done.exit_code == (1 if state == "problem" else 0)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a folder writes nothing that stays; a package that is not there is a problem."""
    monkeypatch.chdir(tmp_path)
    assert findings()
    assert list(tmp_path.iterdir()) == []
    assert machine._package("no-such-package", ">=1").state == "problem"
    assert sys.version_info >= machine.LEAST_PYTHON
