"""Damaged input ends in a message or in work, never in anything else: a sample of what ``campaign`` tries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import TARGETS, attempt

# Those of a folder and of a process take seconds; they are tried by the campaign, and by tests of their own.
QUICK = ("scenario", "set", "listed", "inventory", "trace", "pack", "command")
SLOW = {"listed": 6, "scenario": 12, "inventory": 12, "command": 12}
CASES = Path(__file__).with_name("cases")


@pytest.mark.parametrize("name", QUICK)
def test_a_sample(name: str) -> None:
    """Hypothesis draws every choice of the damage, and makes what fails as small as it can."""
    target = TARGETS[name]

    @settings(
        max_examples=SLOW.get(name, 30),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def sample(rng: Random) -> None:
        with TemporaryDirectory() as folder:
            attempt(target, Path(folder), target.make(rng))

    sample()


@pytest.mark.parametrize("name", [n for n in TARGETS if n not in ("process", "folder", "new")])
def test_good_files_work(name: str, tmp_path: Path) -> None:
    """Else the damage would prove nothing."""
    for number, files in enumerate(TARGETS[name].whole()):
        folder = tmp_path / str(number)
        folder.mkdir()
        if name != "scenario" or number in (0, 8, 9, 20):
            attempt(TARGETS[name], folder, files)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path, tmp_path: Path) -> None:
    """The smallest input that once ended badly, and what is said of it now."""
    case = json.loads(path.read_text("utf-8"))
    files = {
        name: bytes.fromhex(data) if kind == "hex" else data.encode() for name, kind, data in case["files"]
    }
    result = ""
    try:
        result = attempt(TARGETS[case["target"]], tmp_path, files)
    finally:
        assert result == case["result"]


def test_atheris_guides_the_same_targets(tmp_path: Path) -> None:
    """It keeps inputs that reach new code, and finds nothing else either."""
    pytest.importorskip("atheris", reason="atheris, which guides inputs by coverage, is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", "trace", "1", "30"],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"FUZZ_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "INITED cov:" in done.stderr
