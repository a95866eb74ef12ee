"""A scenario reads what lies below its own folder and in the library; so does the folder of a run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main
from roomfold.reports.opening import resume
from roomfold.scenarios import RECORD, InputError, Trust, load, load_any
from roomfold.scenarios.confined import relative
from roomfold.sim.store import Asked, Store

from ..scenarios.listed import small

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
OUTSIDE = (
    "../secret.csv",
    "sub/../../secret.csv",
    "sub/../day.csv",
    "/etc/passwd",
    "/dev/zero",
    "/proc/self/environ",
    "C:\\secret.csv",
    "c:secret.csv",
    "\\\\server\\share\\secret.csv",
    "//server/share/secret.csv",
    "..\\secret.csv",
    "sub\\..\\..\\secret.csv",
    "file:///etc/passwd",
    "http://127.0.0.1:9/x.csv",
    "leads-out.csv",
    "leads-out/secret.csv",
    "pipe",
    "mixed",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as it may be unpacked from anywhere, beside a file that is none of its business."""
    (tmp_path / "secret.csv").write_text("time,component,cpu\n0,a,0.5\n300,a,0.5\n", "ascii")
    own = tmp_path / "received"
    (own / "sub").mkdir(parents=True)
    (own / "mixed").mkdir()
    shutil.copy(tmp_path / "secret.csv", own / "day.csv")
    (own / "leads-out.csv").symlink_to(tmp_path / "secret.csv")
    (own / "leads-out").symlink_to(tmp_path)
    (own / "stays.csv").symlink_to("day.csv")
    (own / "mixed" / "one").symlink_to("/etc/passwd")
    os.mkfifo(own / "pipe")
    return own


def scenario(folder: Path, more: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(f"{MINIMAL.read_text('utf-8')}\n{more}\n", "utf-8")
    return path


def replaying(folder: Path, file: str) -> Path:
    options = f"model_options: {{path: {json.dumps(file)}}}"
    return scenario(folder, f"demand: {{model: 'roomfold.sim.trace_demand:TraceDemand', {options}}}")


@pytest.mark.parametrize("file", OUTSIDE)
def test_files_elsewhere_are_refused_in_one_line(folder: Path, file: str) -> None:
    own = replaying(folder, file)
    with pytest.raises(InputError) as caught:
        load(own)
    (problem,) = caught.value.problems
    assert problem.path == "demand.model_options.path" and problem.line
    assert problem.message.startswith(f"got {file!r}") and "--allow-files" in problem.message
    with pytest.raises(InputError):
        load(own, trust=Trust(folders=(folder / "sub",)))


@pytest.mark.parametrize("file", OUTSIDE)
def test_includes_and_tables_and_code_keep_to_the_folder_too(folder: Path, file: str) -> None:
    (folder / "including.yaml").write_text(f"include: [{json.dumps(file)}]\n", "utf-8")
    with pytest.raises(InputError, match=r"including\.yaml:1:\d+: include\.0: got "):
        load_any(folder / "including.yaml")
    listed = small.write(folder)
    text = listed.read_text("utf-8")
    listed.write_text(text.replace("rooms: estate/rooms.csv", f"rooms: {json.dumps(file)}"), "utf-8")
    with pytest.raises(InputError, match=r"estate\.listed\.rooms: got .*--allow-files"):
        load(listed)
    with pytest.raises(
        InputError, match=r"demand\.model: got .*(a file elsewhere.*--allow-code|existing file)"
    ):
        load(scenario(folder, f"demand: {{model: {json.dumps(f'{file}.py:Own')}}}"), trust=Trust("named"))


@pytest.mark.parametrize("file", ["../x.yaml", "..\\x.yaml", "C:/x.yaml", "/x.yaml", "tariffs/../../x.yaml"])
def test_includes_of_the_library_stay_in_it(folder: Path, file: str) -> None:
    (folder / "including.yaml").write_text(f"include: [{json.dumps(f'library:{file}')}]\n", "utf-8")
    with pytest.raises(InputError, match="must stay inside the library"):
        load(folder / "including.yaml")


@pytest.mark.parametrize("file", ["day.csv", "./day.csv", "sub", "stays.csv", "日.csv", "a b..csv", "..a/b"])
def test_files_below_are_allowed(folder: Path, file: str) -> None:
    assert relative(file)
    load(replaying(folder, file))


def test_the_user_may_allow_more(folder: Path) -> None:
    secret, own = folder.parent / "secret.csv", replaying(folder, "../secret.csv")
    for allowed in (secret, folder.parent):
        found = load(own, trust=Trust(folders=(allowed,)))
        assert found.demand.model_options["path"] == str(secret)
    for text in ("../secret.csv", str(secret)):
        load(own, [f"demand.model_options.path={text}"])
    assert asked("check", own).exit_code == 3
    assert asked("check", own, "--allow-files", folder.parent).exit_code == 0


def asked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments])


def test_a_stopped_run_carries_its_tables_and_needs_no_word(tmp_path: Path) -> None:
    """Wherever the lists went meanwhile."""
    own = load(small.write(tmp_path / "mine"))
    store = Store.begin(tmp_path / "out", Asked(own, 1, 1))
    (store.folder / "worlds" / "000000").write_bytes(b"kept")
    store.close()
    shutil.rmtree(tmp_path / "mine")
    again = resume(tmp_path / "out", own)
    assert isinstance(again, Store)
    assert again.asked.text == Asked(own, 1, 1).text
    listed = again.asked.scenario.estate.listed
    assert listed is not None and Path(listed.rooms).parent == store.folder / "estate"
    again.close()


def test_a_stopped_run_from_elsewhere_writes_nowhere_else(tmp_path: Path) -> None:
    """A link in the place of its lock or of a file to be written would lead anywhere."""
    precious = tmp_path / "precious"
    for at in ("lock", "worlds/000000.new", "checkpoints/000000", "output"):
        precious.write_text("mine", "utf-8")
        folder = tmp_path / "out.partial"
        (folder / "worlds").mkdir(parents=True)
        (folder / "checkpoints").mkdir()
        (folder / "study.json").write_text("{}", "utf-8")
        (folder / at).symlink_to(precious)
        for open_it in (
            lambda: resume(tmp_path / "out"),
            lambda: Store.begin(tmp_path / "out", Asked(load(MINIMAL), 1, 1)),
        ):
            with pytest.raises(InputError, match="got a link or a device"):
                open_it()
        assert precious.read_text("utf-8") == "mine"
        shutil.rmtree(folder)


def test_the_record_of_a_run_opens_nothing_it_names(folder: Path) -> None:
    """A report of a run can be made where its trace and code never were, and where they are traps."""
    for model, path in (("/nowhere/own.py:Own", "pipe"), ("os:path", "/dev/zero")):
        own = scenario(folder, f"demand: {{model: {json.dumps(model)}, model_options: {{path: {path}}}}}")
        assert load(own, trust=RECORD).demand.model == model
        with pytest.raises(InputError):
            load(own)
