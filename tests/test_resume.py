"""Runs that are killed, starved or cut off, and what is left of them."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("signals and limits of POSIX", allow_module_level=True)

from click.testing import CliRunner, Result

from roomfold.cli import main
from roomfold.reports import differences
from roomfold.scenarios import load
from roomfold.scenarios.draw import design
from roomfold.sim.crew import Task, run_task
from roomfold.sim.store import Asked, Store

from . import killable
from .killable import TINY, simulated

WORLDS = 5
SEED = 7


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with killable.here():
        done = roomfold("run", TINY, "--worlds", WORLDS, "--jobs", 1, "--out", folder)
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which all worlds but the last are finished, to be copied."""
    folder = tmp_path_factory.mktemp("half") / "run"
    scenario = load(TINY)
    points = design(scenario, SEED, WORLDS)
    store = Store.begin(folder, Asked(scenario, SEED, WORLDS))
    for index in range(WORLDS - 1):
        store.save(run_task(scenario, Task(SEED, index, points[index])))
    store.close()
    return folder.parent


@pytest.fixture
def begun(half: Path, tmp_path: Path) -> Path:
    """Where a run of which all worlds but the last are finished is to write."""
    shutil.copytree(half, tmp_path / "begun")
    return tmp_path / "begun" / "run"


@pytest.fixture
def here() -> Iterator[list[int]]:
    """Runs in this process; the worlds that they simulate."""
    with killable.here() as worlds:
        yield worlds


def roomfold(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file can grow larger, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def partial(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial")


def finished(target: Path) -> set[int]:
    """Worlds that lie whole in the working folder."""
    worlds = partial(target) / "worlds"
    return {int(path.name) for path in worlds.iterdir() if not path.suffix} if worlds.exists() else set()


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_again_and_again_it_ends_with_the_same_bytes(whole: Path, tmp_path: Path, jobs: int) -> None:
    """SIGKILL at random moments; no world is simulated twice once it is on the disk."""
    target, log = tmp_path / "runs" / "run", tmp_path / "log"
    target.parent.mkdir()
    env = {**os.environ, "ROOMFOLD_TEST_SLOW_S": "0.1", "ROOMFOLD_TEST_LOG": str(log)}
    moments = random.Random(jobs)
    anew = ["run", TINY, "--worlds", WORLDS, "--out", target]
    for _ in range(2):
        kept, before = finished(target), len(simulated(log))
        what = ["run", "--resume", target] if (partial(target) / "study.json").exists() else anew
        process = subprocess.Popen(killable.command(*what, "--jobs", jobs, "--quiet"), env=env)
        time.sleep(moments.uniform(0.9, 1.6))
        process.kill()
        if process.wait() == 0:
            break
        assert not target.exists() or differences(whole, target) == []
        assert not kept & set(simulated(log)[before:-1])  # the last may be the one kept in full
    what = ["run", "--resume", target] if kept or target.exists() else anew
    done = killable.run(*what, "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert differences(whole, target) == []
    assert [path.name for path in target.parent.iterdir()] == ["run"]


def test_killed_while_publishing_it_ends_with_the_same_bytes(whole: Path, begun: Path) -> None:
    """SIGKILL before one change of the disk after the other, to the last; a former run is in the way."""
    shutil.copytree(whole, begun)
    (begun / "statement.json").unlink()
    numbers = range(1, 60, 6)
    done = killable.run(
        "run", "--resume", begun, "--jobs", 1, "--quiet", ROOMFOLD_TEST_CHANGES=" ".join(map(str, numbers))
    )
    assert done.returncode == 0, done.stderr
    assert "killed at 1\n" in done.stderr
    assert "killed at 25\n" in done.stderr
    assert "complete already" in done.stderr
    assert differences(whole, begun) == []
    assert not partial(begun).exists()


def test_only_what_is_missing_or_damaged_is_simulated(whole: Path, begun: Path, here: list[int]) -> None:
    """A cut file and one with a flipped bit count as none."""
    worlds = partial(begun) / "worlds"
    cut, flipped = worlds / "000000", worlds / "000002"
    cut.write_bytes(cut.read_bytes()[:-1])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(bytes(content))
    (worlds / "000001.new").write_bytes(b"torn")
    done = roomfold("run", "--resume", begun, "--jobs", 1)
    assert done.exit_code == 0, done.stderr
    assert here[:-1] == [0, 2, WORLDS - 1]  # and the one kept in full
    assert differences(whole, begun) == []
    assert not partial(begun).exists()


def test_a_finished_run_says_so(whole: Path) -> None:
    """There is nothing to resume, and nothing wrong."""
    done = roomfold("run", "--resume", str(whole))
    assert done.exit_code == 0
    assert "complete already" in done.stderr
    assert done.stdout.strip() == str(whole / "report.html")


def test_set_cannot_change_a_run_that_was_begun(begun: Path) -> None:
    """Said in words, whether or not the run is finished."""
    done = roomfold("run", "--resume", begun, "--set", "time.years=2")
    assert done.exit_code == 2
    assert "--set cannot change a run that was begun" in done.stderr
    assert len(finished(begun)) == WORLDS - 1


def test_files_added_to_a_former_run_are_seen_before_anything_is_simulated(
    whole: Path, begun: Path, here: list[int]
) -> None:
    """The finished worlds wait until they are moved."""
    shutil.copytree(whole, begun)
    (begun / "notes.txt").write_text("mine")
    (partial(begun) / "former").mkdir()  # as if killed between two renames
    done = roomfold("run", "--resume", begun, "--jobs", 1)
    assert done.exit_code == 2
    assert "notes.txt" in done.stderr
    assert here == []
    assert len(finished(begun)) == WORLDS - 1


def test_a_folder_that_is_no_run_is_one_line_and_exit_3(tmp_path: Path) -> None:
    """Neither finished nor begun."""
    for folder in (tmp_path, tmp_path / "absent"):
        done = roomfold("run", "--resume", str(folder))
        assert done.exit_code == 3
        assert done.stderr == f"{folder}: holds no run, neither finished nor begun\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--worlds", "6"], "--worlds"),
        (["--seed", "8"], "--seed"),
        ([str(TINY), "--set", "estate.systems=11"], "scenario"),
        (["--out", "elsewhere"], "--out"),
        (["--worlds", "6", "--seed", "8"], "--worlds and --seed"),
    ],
)
def test_another_run_is_refused(whole: Path, begun: Path, options: list[str], named: str) -> None:
    """Options that contradict the folder, begun or finished, are wrong use; the folder stays."""
    for target, what in ((begun, f"{partial(begun)}: was begun"), (whole, f"{whole}: was run")):
        done = roomfold("run", "--resume", target, *options)
        assert done.exit_code == 2
        assert done.stderr == f"{what} with another {named}\n"
        assert done.stdout == ""
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.usefixtures("here")
def test_the_same_options_may_be_given_again(whole: Path, begun: Path) -> None:
    """The first command with --resume added works, and works again."""
    options = ("--worlds", WORLDS, "--seed", SEED, "--jobs", 1)
    for _ in range(2):
        done = roomfold("run", TINY, *options, "--out", begun, "--resume", begun)
        assert done.exit_code == 0, done.stderr
        assert differences(whole, begun) == []
    assert "complete already" in done.stderr


def test_running_anew_loses_nothing(begun: Path) -> None:
    """`run` on a begun run says how to continue or discard it."""
    done = roomfold("run", str(TINY), "--out", str(begun))
    assert done.exit_code == 2
    assert "--resume" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("study.json", '"numpy": "', '"numpy": "0.', "numpy 0."),
        ("study.json", '"code": "', '"code": "0', "code 0"),
        ("scenario.yaml", "value: 10.0", "value: 11.0", "was changed"),
        ("study.json", '"seed": 7', '"seed": 7,,', "cannot be read"),
    ],
)
def test_what_cannot_give_the_same_bytes_is_refused(
    begun: Path, file: str, old: str, new: str, words: str
) -> None:
    """Another version, other code, another scenario, a torn file: one line, exit 3, nothing lost."""
    path = partial(begun) / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = roomfold("run", "--resume", str(begun))
    assert done.exit_code == 3
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.parametrize("options", [["--out"], ["--resume"]])
def test_a_folder_that_only_has_the_name_is_left_alone(
    whole: Path, tmp_path: Path, options: list[str]
) -> None:
    """Somebody's files in a folder called like a working folder stay, beside a finished run too."""
    target = tmp_path / "run"
    shutil.copytree(whole, target)
    thesis = partial(target) / "worlds" / "thesis.docx"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("years of work")
    scenario = [TINY] if options == ["--out"] else []
    done = roomfold("run", *scenario, *options, target)
    assert done.exit_code == 2
    assert "other files" in done.stderr
    assert [path.name for path in partial(target).rglob("*")] == ["worlds", "thesis.docx"]


def test_two_processes_do_not_work_in_one_folder(begun: Path) -> None:
    """Whoever comes second is told."""
    store = Store.resume(begun)
    assert store is not None
    for options in (["--resume", str(begun)], [str(TINY), "--out", str(begun)]):
        done = roomfold("run", *options)
        assert done.exit_code == 1
        assert "another process" in done.stderr
    store.close()


@pytest.mark.usefixtures("here")
def test_a_full_disk_keeps_what_is_finished(whole: Path, begun: Path) -> None:
    """Writing the results fails for want of room: one line, exit 1; with room again it ends."""
    with files_up_to(100_000):
        done = roomfold("run", "--resume", begun, "--quiet", "--jobs", 1)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"roomfold: {begun}")
    assert "File too large" in line
    assert f"5 finished worlds kept; continue with roomfold run --resume {begun}" in line
    assert not begun.exists()
    assert not (partial(begun) / "output").exists()
    assert roomfold("run", "--resume", begun, "--quiet", "--jobs", 1).exit_code == 0
    assert differences(whole, begun) == []


def test_no_room_for_the_first_world_leaves_nothing(tmp_path: Path) -> None:
    """Nothing is kept, so nothing is left and nothing is promised."""
    target = tmp_path / "run"
    with files_up_to(10_000):
        done = roomfold("run", TINY, "--quiet", "--out", target)
    assert done.exit_code == 1
    assert done.stderr == f"roomfold: {partial(target) / 'scenario.yaml'}: File too large\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    """Said before anything is simulated."""
    tmp_path.chmod(0o555)
    done = roomfold("run", str(TINY), "--out", str(tmp_path / "run"))
    tmp_path.chmod(0o755)
    assert done.exit_code == 1
    assert done.stderr == f"roomfold: {tmp_path / 'run.partial'}: Permission denied\n"


def test_a_place_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    """As with a read-only one."""
    (tmp_path / "file").touch()
    done = roomfold("run", str(TINY), "--out", str(tmp_path / "file" / "run"))
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Not a directory" in done.stderr


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a slow run puts its temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture
def jobs() -> int:
    """Processes of a slow run."""
    return 2


@pytest.fixture
def slow(tmp_path: Path, temporary: Path, jobs: int) -> Iterator[subprocess.Popen[str]]:
    """A run that has finished its first world."""
    what = ("run", TINY, "--worlds", WORLDS, "--jobs", jobs, "--out", tmp_path / "run")
    env = {**os.environ, "ROOMFOLD_TEST_SLOW_S": "0.5", "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        killable.command(*what), stderr=subprocess.PIPE, text=True, env=env, start_new_session=True
    )
    assert process.stderr is not None
    with killable.patience(process):
        while "worlds" not in (line := process.stderr.readline()):
            assert line, "ended too early"
        yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.stderr.close()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_worker_that_vanishes_is_replaced(whole: Path, slow: subprocess.Popen[str], tmp_path: Path) -> None:
    """kill -9 of one process of the pool: nothing is lost, the bytes are the same."""
    children = Path(f"/proc/{slow.pid}/task/{slow.pid}/children").read_text().split()
    workers = [c for c in children if b"--multiprocessing-fork" in Path(f"/proc/{c}/cmdline").read_bytes()]
    os.kill(int(workers[0]), signal.SIGKILL)
    assert slow.stderr is not None
    errors = slow.stderr.read()
    assert slow.wait(timeout=60) == 0, errors
    assert differences(whole, tmp_path / "run") == []


@pytest.mark.skipif(sys.platform == "win32", reason="another folder for temporary files")
def test_a_killed_run_leaves_nothing_among_temporary_files(
    slow: subprocess.Popen[str], temporary: Path
) -> None:
    """Its workers clear up when they see that it is gone."""
    assert any(temporary.iterdir())
    slow.kill()
    slow.wait()
    until = time.monotonic() + 60
    while any(temporary.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(temporary.iterdir())


def test_workers_that_keep_vanishing_are_an_error(begun: Path) -> None:
    """One line that names what happened; finished worlds are kept."""
    worlds = partial(begun) / "worlds"
    (worlds / "000000").unlink()
    done = killable.run(
        "run", "--resume", begun, "--jobs", 2, "--quiet", ROOMFOLD_TEST_FATAL=0, ROOMFOLD_TEST_SLOW_S=0.1
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "signal 9" in line
    assert "finished worlds kept; continue with roomfold run --resume" in line
    assert finished(begun) >= {1, 2, 3}


@pytest.mark.parametrize("jobs", [1])
def test_a_working_folder_that_vanishes_is_one_line(slow: subprocess.Popen[str], tmp_path: Path) -> None:
    """Somebody removes the folder under the run."""
    shutil.rmtree(tmp_path / "run.partial")
    assert slow.stderr is not None
    errors = slow.stderr.read()
    assert slow.wait(timeout=60) == 1
    assert (
        errors.splitlines()[-1]
        == f"{tmp_path / 'run.partial'}: was removed while a run was at work in it; run it again"
    )
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
