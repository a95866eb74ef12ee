"""Odd places and surroundings: links, names, no home, no temporary folder, closed streams, an old locale."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main

from .. import killable
from ..killable import TINY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, limits and devices of POSIX")
RUN = ("run", TINY, "--worlds", 1, "--jobs", 1, "--quiet", "--out")
LONGEST = 255  # bytes of a name, on most disks


def _run(out: Path) -> Result:
    with killable.here():
        return CliRunner().invoke(main, [*map(str, RUN), str(out)])


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    """To a folder with a former run, and to one that is not there yet."""
    (tmp_path / "disk").mkdir()
    link, there = tmp_path / "run", tmp_path / "disk" / "run"
    link.symlink_to(there)
    for _ in range(2):
        done = _run(link)
        assert done.exit_code == 0, done.stderr
        assert link.is_symlink()
        assert (there / "manifest.json").is_file()
        assert [path.name for path in there.parent.iterdir()] == ["run"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "run"]


@pytest.mark.parametrize("command", [RUN, ("schema", "--out"), ("report", "{whole}", "--quiet", "--out")])
def test_a_place_that_cannot_be_is_wrong_input(command: tuple[object, ...], tmp_path: Path) -> None:
    """A link in a circle, a name too long, a file where a folder must be, a folder that the kernel owns."""
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text('{"roomfold": "1"}')
    given = [str(part).format(whole=tmp_path / "run") for part in command]
    places = [tmp_path / "circle", tmp_path / ("n" * (LONGEST + 1)), tmp_path / "file" / "run"]
    if sys.platform == "linux":
        places.append(Path("/proc/roomfold/run"))
    for place in places:
        done = CliRunner().invoke(main, [*given, str(place)])
        assert done.exit_code == 3, f"{place}: {done.stderr}"
        assert len(done.stderr.splitlines()) == 1
        named = done.stderr.partition(": ")[0]  # the place, its working folder, or what stands in the way
        assert named.startswith(str(place)) or str(place).startswith(named)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle", "file", "run"]


def test_surroundings_without_anything(tmp_path: Path) -> None:
    """No home, no folder for temporary files or caches, an old locale, a long name in Chinese with blanks."""
    place = tmp_path / "out put" / ("机房归集 " * 15).strip()
    nowhere = "/proc/roomfold"  # not even root can make it
    environment = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"), nowhere)
    old = {
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONIOENCODING": "latin-1",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    done = killable.run(*RUN, place, **environment, **old)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "–" in done.stdout  # whatever the locale says
    assert done.stdout.endswith("/report.html\n")
    assert (place / "statement.json").is_file()


def test_streams_that_nobody_reads_make_no_traceback() -> None:
    """`| head`, a full disk behind `>`, both streams closed: the exit code says what it was."""
    program = [sys.executable, "-m", "roomfold"]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        cut = subprocess.run([*program, "schema"], stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (cut.returncode, cut.stderr) == (1, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run([*program, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
            lost = subprocess.run([*program, "check", "nowhere"], stderr=full, check=False)
        assert (done.returncode, done.stderr) == (1, b"roomfold: No space left on device\n")
        assert lost.returncode == 3
    command = f'"{sys.executable}" -m roomfold check nowhere >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 3


def test_ctrl_c_while_python_still_loads_is_no_traceback(tmp_path: Path) -> None:
    """A module that everything imports first sends the signal: the command line does not listen yet."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job has it ignored
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n",
        "utf-8",
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "roomfold", "list"], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
