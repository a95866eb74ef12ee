"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main

from . import killable
from .killable import TINY, patience

SMALL = str(Path(__file__).parent / "scenarios" / "minimal.yaml")


def roomfold(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "roomfold", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def here(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the small scenario."""
    folder = tmp_path_factory.mktemp("run") / "made"
    with killable.here():
        done = here("run", SMALL, "--out", folder, "--jobs", 1, "--worlds", 2)
    assert done.exit_code == 0, done.stderr
    assert "report.html" in done.stdout
    return folder


def test_list_names_the_scenarios_and_their_claims() -> None:
    """`list --json` keeps its contract."""
    rows = json.loads(roomfold("list", "--json").stdout)
    row = next(row for row in rows if row["name"] == "inner-mongolia")
    assert set(row) == {"name", "title_en", "title_zh", "claims", "overrides"}
    assert row["claims"] == ["K1", "K2", "K3"]


def test_check_ends_with_what_is_assumed() -> None:
    """A valid scenario lists its quantities with grade and source."""
    done = roomfold("check", "inner-mongolia")
    assert done.returncode == 0
    assert "estate.rooms" in done.stdout
    assert "assumed (A)" in done.stdout


@pytest.mark.parametrize("command", ["check", "run", "plan"])
def test_an_unknown_scenario_is_one_line_and_exit_3(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback; a near name is offered; nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = here(command, "inner-mongolai")
    assert done.exit_code == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "inner-mongolia" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_several_faults_are_all_reported_with_their_places(tmp_path: Path) -> None:
    """Each fault is one line of the form file:line:column: path: got ..., must be ..."""
    text = Path(SMALL).read_text(encoding="utf-8")
    text = text.replace("years: 1", "years: -1").replace("baseline: keep", "baseline: kep")
    bad = tmp_path / "bad.yaml"
    bad.write_text(text, encoding="utf-8")
    done = here("run", bad, "--out", tmp_path / "out")
    assert done.exit_code == 3
    lines = done.stderr.strip().splitlines()
    assert any(":" in line and "time.years: got -1, must be" in line for line in lines)
    assert any("baseline: got 'kep', must be" in line and "keep" in line for line in lines)
    assert not (tmp_path / "out").exists()


def test_a_component_larger_than_every_host_is_exit_4_in_words(tmp_path: Path) -> None:
    """What cannot be planned says why."""
    done = here("run", TINY, "--jobs", 1, "--out", tmp_path / "out", "--set", "estate.memory_gb=900")
    assert done.exit_code == 4
    assert "no host type is large enough" in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_field_changes_by_one_option() -> None:
    """`--set` reaches the scenario, and a wrong value is named."""
    done = here("check", SMALL, "--set", "prices.discount_rate=7")
    assert done.exit_code == 3
    assert "prices.discount_rate" in done.stderr


def test_json_prints_the_statement_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` prints what statement.json holds, and nothing else."""
    monkeypatch.setattr("roomfold.reports.forms.write_forms", killable.one_page)
    done = here("run", TINY, "--out", tmp_path / "run", "--jobs", 1, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "run" / "statement.json").read_text("utf-8"))


def test_verify_finds_what_was_changed_and_nothing_else(tmp_path: Path) -> None:
    """A run can be made again, by other processes than those that made it, and is the same bytes."""
    run = tmp_path / "run"
    with killable.here():
        assert here("run", TINY, "--out", run, "--jobs", 1, "--worlds", 3, "--quiet").exit_code == 0
    assert killable.run("verify", run, "--jobs", 2).stdout == "same bytes\n"
    statement = run / "statement.json"
    statement.write_text(statement.read_text(encoding="utf-8").replace("p50", "p51", 1), encoding="utf-8")
    (run / "run.log").unlink()  # times and machine of one run
    with killable.here():
        done = here("verify", run, "--jobs", 1)
    assert (done.exit_code, done.stdout) == (1, "statement.json: differs\n")


def test_the_ledger_on_disk_adds_up_to_the_statement(made: Path) -> None:
    """The annual saving of a category is a sum over ledger.parquet, whoever reads it."""
    statement = json.loads((made / "statement.json").read_text(encoding="utf-8"))
    ledger = pq.read_table(made / "ledger.parquet").to_pylist()
    years = len(statement["annual_years"])
    sign = {statement["baseline"]: 1, "consolidate": -1}
    for category, stat in statement["savings"]["consolidate"]["annual"].items():
        total = sum(
            sign[row["alternative"]] * row["cost_cny"]
            for row in ledger
            if row["category"] == category and row["year"] in statement["annual_years"]
        )
        assert total / years / statement["worlds"] == pytest.approx(stat["mean"], rel=1e-9, abs=1e-6)


def test_check_reports_faults_to_programs_too(tmp_path: Path) -> None:
    """`check --json` says valid or not, with every problem or every assumption as fields."""
    good = json.loads(here("check", SMALL, "--json").stdout)
    assert good["valid"] is True
    assert {row["grade"] for row in good["assumptions"]} == {"S", "W", "A"}
    bad = tmp_path / "bad.yaml"
    bad.write_text(Path(SMALL).read_text(encoding="utf-8").replace("years: 1", "years: -1"), encoding="utf-8")
    done = here("check", bad, "--json")
    assert done.exit_code == 3
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["path"] == "time.years"
    assert problem["line"] > 1


def test_the_plan_of_a_world_states_its_proof() -> None:
    """Hosts by type add up, and no plan beats its bound."""
    done = here("plan", SMALL, "--world", 1, "--json")
    assert done.exit_code == 0, done.stderr
    keep, consolidate = json.loads(done.stdout)
    assert "hosts" not in keep
    assert sum(int(text.split(": ")[1]) for text in consolidate["hosts_by_type"]) == consolidate["hosts"]
    assert consolidate["bound_cny_per_year"] <= consolidate["cost_cny_per_year"] * (1 + 1e-9)


def test_every_command_says_what_it_does_and_wrong_use_is_exit_2() -> None:
    """Help of each command; unknown commands and options end as click ends them."""
    for command in ("list", "check", "schema", "plan", "run", "verify"):
        done = roomfold(command, "--help")
        assert done.returncode == 0
        assert "Usage:" in done.stdout
    assert roomfold("fly").returncode == 2
    assert roomfold("run", SMALL, "--worlds", "0").returncode == 2


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """`run` refuses, before it simulates, a folder that holds something else than a run."""
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    done = here("run", SMALL, "--out", tmp_path)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize(
    "work",
    [
        ["fit", "trace.csv"],
        ["run", "planetlab", "--set", "trace.path=trace.csv"],
    ],
    ids=["fit", "fleet"],
)
@pytest.mark.parametrize(
    ("out", "code", "words"),
    [
        ("file", 2, "is a file"),
        ("full", 2, "other files"),
        ("file/new", 3, "Not a directory"),
    ],
)
def test_a_place_that_cannot_be_written_is_found_before_the_work(
    work: list[str], out: str, code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trace is opened: the one named here does not exist, which would be another error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").touch()
    done = CliRunner().invoke(main, [*work, "--out", out])
    assert done.exit_code == code, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "thesis.docx"]


def test_the_root_of_a_disk_is_no_run() -> None:
    """No folder lies beside it."""
    done = CliRunner().invoke(main, ["run", "--resume", Path.cwd().anchor])
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1


def test_check_finds_the_class_of_a_workload_model(tmp_path: Path) -> None:
    """What `run` would refuse when it starts is not valid."""
    (tmp_path / "own.py").write_text("class Own:\n    def fill(self, components, span, out): ...\n")
    model = f"demand.model={tmp_path / 'own.py'}"
    check = ["check", SMALL, "--allow-code", "--set"]
    assert CliRunner().invoke(main, [*check, f"{model}:Own"]).exit_code == 0
    done = CliRunner().invoke(main, [*check, f"{model}:Nope"])
    assert done.exit_code == 3
    assert "must be a class with a method 'fill'" in done.stderr
    told = json.loads(CliRunner().invoke(main, [*check, f"{model}:Nope", "--json"]).stdout)
    assert told["valid"] is False
    assert len(told["problems"]) == 1


def test_an_error_nobody_foresaw_is_one_line_unless_debugging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Internal errors ask for a report; `--debug` shows the traceback."""

    def fail() -> list[str]:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr("roomfold.scenarios.library", fail)
    quiet = CliRunner().invoke(main, ["list"])
    assert quiet.exit_code == 1
    assert quiet.stderr.startswith("roomfold: internal error: ZeroDivisionError: two lines")
    assert len(quiet.stderr.splitlines()) == 1
    assert isinstance(CliRunner().invoke(main, ["--debug", "list"]).exception, ZeroDivisionError)


def test_output_survives_an_old_console_and_a_closed_pipe() -> None:
    """Chinese text prints where the console speaks ASCII; a reader that leaves early is no error report."""
    command = [sys.executable, "-m", "roomfold", "check", "inner-mongolia"]
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "roomfold", "list"], capture_output=True, check=True, env=ascii_only
    )
    assert "电子政务云" in done.stdout.decode("utf-8")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait(timeout=60)


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """Ctrl-C counts even where the tests run in the background of a shell, which has it ignored.

    Processes inherit that. To change it between fork and exec is not safe: this process has threads.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.usefixtures("hears_interrupts")
@pytest.mark.parametrize(
    ("moment", "later_s"),
    [("simulating", 0.0), ("worlds", 0.03)],
    ids=["workers starting", "results on their way"],
)
def test_an_interrupted_run_leaves_what_is_finished(moment: str, later_s: float, tmp_path: Path) -> None:
    """Ctrl-C ends with 130, one line that says how to continue, if anything is finished, and no process.

    A worker that is just handing over a result, which takes it most of the time here, is no exception.
    """
    process = subprocess.Popen(
        killable.command("run", TINY, "--out", "made", "--jobs", 2, "--worlds", 500),
        cwd=tmp_path,
        env={**os.environ, "ROOMFOLD_TEST_BULK_MB": "64"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    with patience(process):
        while moment not in (line := process.stderr.readline()):
            assert line, "ended too early"
        time.sleep(later_s)
        os.killpg(process.pid, signal.SIGINT)
        errors = process.stderr.read()  # ends when every process that can write to it has ended
    process.stderr.close()
    assert process.wait(timeout=60) == 130
    assert "Traceback" not in errors
    last = errors.splitlines()[-1]
    kept = len(list(tmp_path.glob("made.partial/worlds/*")))
    if kept:
        what = f"{kept} finished world{'s' if kept > 1 else ''}"
        assert last == f"roomfold: interrupted; {what} kept; continue with roomfold run --resume made"
        assert [path.name for path in tmp_path.iterdir()] == ["made.partial"]
    else:
        assert moment == "simulating"
        assert last == "roomfold: interrupted; nothing was written"
        assert list(tmp_path.iterdir()) == []
