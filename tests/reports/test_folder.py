"""Folders that are written whole or not at all, and what killed processes leave beside them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from roomfold.reports.folder import FolderError, check_place, write_folder
from roomfold.scenarios.errors import RoomfoldError
from roomfold.sim.lock import locked

KILLED = """
import os, signal, sys
from pathlib import Path
from roomfold.reports import folder
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "renaming":
    rename = Path.rename
    Path.rename = lambda self, to: die() if self.name == "output" else rename(self, to)
def fill(output):
    (output / "new").write_text("half")
    if sys.argv[2] == "filling": die()
folder.write_folder(Path(sys.argv[1]), fill, written=lambda _: {"old", "new"})
"""


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def write(text: str) -> Callable[[Path], None]:
    def fill(output: Path) -> None:
        (output / "new").write_text(text)

    return fill


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("moment", ["filling", "renaming"])
def test_what_a_killed_process_left_is_cleared_by_the_next(tmp_path: Path, moment: str) -> None:
    """Also where it was killed with the former result moved away: nothing of that is lost."""
    place = tmp_path / "x"
    place.mkdir()
    (place / "old").write_text("former")
    done = subprocess.run([sys.executable, "-c", KILLED, str(place), moment], check=False)
    assert done.returncode == -signal.SIGKILL
    assert ".x.partial" in names(tmp_path)
    assert place.exists() == (moment == "filling")
    check_place(place, lambda _: {"old"})  # as every command begins
    assert (place / "old").read_text() == "former"
    assert names(tmp_path) == {"x", "x/old"}
    write_folder(place, write("whole"), written=lambda _: {"old"})
    assert names(tmp_path) == {"x", "x/new"}


def test_a_process_at_work_is_left_to_it(tmp_path: Path) -> None:
    working = tmp_path / ".x.partial"
    (working / "output").mkdir(parents=True)
    (working / "output" / "new").write_text("half")
    lock = locked(working)
    with pytest.raises(RoomfoldError, match="another process is at work here"):
        write_folder(tmp_path / "x", write("mine"))
    assert (working / "output" / "new").read_text() == "half"
    lock.close()
    write_folder(tmp_path / "x", write("mine"))
    assert names(tmp_path) == {"x", "x/new"}


def test_somebody_elses_folder_of_that_name_stays(tmp_path: Path) -> None:
    thesis = tmp_path / ".x.partial" / "thesis.docx"
    thesis.parent.mkdir()
    thesis.write_text("years of work")
    with pytest.raises(FolderError, match=r"holds other files \(thesis\.docx\)"):
        write_folder(tmp_path / "x", write("mine"))
    assert names(tmp_path) == {".x.partial", ".x.partial/thesis.docx"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, os.strerror(28)), ValueError])
def test_an_error_leaves_nothing(tmp_path: Path, error: BaseException | type[BaseException]) -> None:
    def fill(output: Path) -> None:
        write("half")(output)
        raise error

    with pytest.raises((KeyboardInterrupt, OSError, ValueError)):
        write_folder(tmp_path / "x", fill)
    assert names(tmp_path) == set()
