"""The package as a whole: what it loads, how it layers, how it is set up."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"numpy", "scipy", "matplotlib", "pyarrow", "pulp", "highspy", "simpy", "pydantic", "yaml", "jinja2"}


@pytest.fixture
def go() -> ModuleType:
    """The bootstrap script as a module."""
    spec = importlib.util.spec_from_file_location("go", ROOT / "go.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_help_loads_nothing_heavy() -> None:
    """`roomfold --help` answers without loading a numerical library."""
    command = [sys.executable, "-X", "importtime", "-m", "roomfold", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert loaded & HEAVY == set()
    assert "run" in done.stdout


def test_set_up_needs_only_the_standard_library_and_stays_short() -> None:
    """go.py runs before anything is installed."""
    text = (ROOT / "go.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, flags=re.MULTILINE))
    assert imported <= sys.stdlib_module_names
    assert len(text.splitlines()) <= 100


def test_an_old_python_is_refused_in_plain_words(go: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.10 ends in one sentence, not in a syntax error."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or later"):
        go.main()


def test_set_up_runs_once_and_again_when_the_pins_change(
    go: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The stamp of the pinned requirements decides whether anything is installed."""
    done: list[str] = []

    def make() -> None:
        done.append("venv")
        go.PYTHON.parent.mkdir(parents=True)
        go.PYTHON.touch()

    pins = _pretend(go, monkeypatch, tmp_path)
    monkeypatch.setattr(go, "make_venv", make)
    monkeypatch.setattr(go, "install", lambda _: done.append("install"))
    go.set_up(pins)
    go.set_up(pins)
    assert done == ["venv", "install"]
    pins.write_text("a==2", encoding="utf-8")
    go.set_up(pins)
    assert done == ["venv", "install", "install"]


def test_a_first_set_up_cut_short_is_made_again(
    go: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a cut-short set-up left is not trusted; nothing of it survives."""
    pins = _pretend(go, monkeypatch, tmp_path)

    def cut_short(_: Path) -> None:
        (go.VENV / "rubbish").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(go, "install", cut_short)
    with pytest.raises(KeyboardInterrupt):
        go.set_up(pins)
    monkeypatch.setattr(go, "install", lambda _: None)
    go.set_up(pins)
    assert go.PYTHON.exists()
    assert not (go.VENV / "rubbish").exists()
    assert not go.HALF_MADE.exists()


def test_an_environment_of_the_user_is_added_to_and_not_deleted(
    go: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A developer's own .venv keeps what is in it."""
    pins = _pretend(go, monkeypatch, tmp_path)
    _make_python(go)
    installed: list[Path] = []
    monkeypatch.setattr(go, "install", installed.append)
    monkeypatch.setattr(go, "make_venv", lambda: pytest.fail("would delete it"))
    go.set_up(pins)
    assert installed == [pins]


def test_a_moved_repository_gets_a_new_environment(
    go: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Environments hold absolute paths, so one that came along with a moved folder is dead."""
    pins = _pretend(go, monkeypatch, tmp_path)
    monkeypatch.setattr(go, "install", lambda _: None)
    go.set_up(pins)
    go.LINK.parent.mkdir()
    go.LINK.symlink_to(tmp_path / "where-it-was")
    monkeypatch.setattr(go, "ROOT", tmp_path)
    go.set_up(pins)
    assert not go.LINK.is_symlink()


def _pretend(go: ModuleType, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Move go.py's paths to an empty folder, and let every command succeed; returns the pins there."""
    for name in ("VENV", "PYTHON", "HALF_MADE", "LINK"):
        monkeypatch.setattr(go, name, folder / getattr(go, name).relative_to(go.ROOT))
    monkeypatch.setattr(go, "link_package", lambda: None)
    monkeypatch.setattr(go, "call", lambda *_, **__: _make_python(go))
    pins = folder / "requirements.txt"
    pins.write_text("a==1", encoding="utf-8")
    return pins


def _make_python(go: ModuleType) -> bool:
    go.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    go.PYTHON.touch()
    return True


def test_pins_carry_hashes_and_no_addresses() -> None:
    """Every pin has a hash; no index or mirror is named."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in pin for pin in pins if not pin.startswith("#"))


def test_the_tests_run_on_the_pins_that_users_get() -> None:
    """Every pin of requirements.txt is in requirements-dev.txt too, version for version."""
    users, developers = (
        set(re.findall(r"^\S+==[^\\]*", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert users
    assert users <= developers
