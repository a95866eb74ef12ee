"""A published fit: whole, repeatable, in both languages, and a demand file that a scenario can include."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest

from roomfold.reports.charts.fit_charts import FIT_CHARTS
from roomfold.reports.fit import command, demand_yaml, fit_id, publish_fit, step_note
from roomfold.reports.fit_page import fit_rows, fit_table, unknowns
from roomfold.reports.messages import messages
from roomfold.scenarios import load
from roomfold.scenarios.errors import RoomfoldError
from roomfold.scenarios.schema import Time
from roomfold.scenarios.traces import open_trace
from roomfold.sim.fit import Fit, fit

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"


def fitted(folder: Path, days: int) -> Fit:
    """A fit of 25 components with a noon peak, from a CSV file."""
    rng = np.random.default_rng(days)
    steps = np.arange(days * 24)
    shape = 1 + 0.5 * np.sin((steps % 24 - 6) / 24 * 2 * np.pi)
    path = folder / f"made {days}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "component", "cpu"])
        for c in range(25):
            cpu = 20 * shape * rng.uniform(0.5, 1.5, len(steps))
            times = np.datetime64(datetime(2026, 3, 2), "s") + steps * np.timedelta64(3600, "s")
            writer.writerows(zip(map(str, times), [f"虚机{c}"] * len(steps), cpu.round(3), strict=True))
    with open_trace(path) as trace:
        return fit(trace)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    return fitted(tmp_path_factory.mktemp("trace"), 7)


@pytest.fixture(scope="module")
def folder(week: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "fit"
    publish_fit(week, folder)
    return folder


def test_everything_is_written_and_again_the_same_bytes(week: Fit, folder: Path, tmp_path: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    charts = {
        f"charts/{n}.{lang}.{kind}" for n in FIT_CHARTS for lang in ("en", "zh") for kind in ("svg", "png")
    }
    assert names == charts | {f"charts/{n}.csv" for n in FIT_CHARTS} | {
        "fit.json",
        "demand.yaml",
        "report.html",
    }
    shutil.copytree(folder, tmp_path / "again")
    for name in names:
        (tmp_path / "again" / name).write_bytes(b"")
    publish_fit(week, tmp_path / "again")  # the former fit gives way
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_numbers_of_charts_are_those_of_the_fit(week: Fit, folder: Path) -> None:
    content = json.loads((folder / "fit.json").read_text("utf-8"))
    assert content["trace"]["sha256"] == week.trace.sha256
    assert content["parameters"]["noise"] == week.parameters.noise
    rows = list(csv.reader((folder / "charts" / "memory.csv").read_text("utf-8-sig").splitlines()))
    assert [float(row[1]) for row in rows[1:]] == content["measured"]["acf"]
    rows = list(csv.reader((folder / "charts" / "week.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 7 * 24
    peak = max(rows[1:], key=lambda row: float(row[2]))
    assert abs(int(peak[1]) - 12) <= 2


@pytest.mark.parametrize("days", [1, 7])
def test_the_demand_file_is_a_demand_section(week: Fit, tmp_path: Path, days: int) -> None:
    result = week if days == 7 else fitted(tmp_path, days)
    (tmp_path / "demand.yaml").write_text(demand_yaml(result), encoding="utf-8")
    text = MINIMAL.read_text("utf-8").replace("library:demand/government.yaml", "demand.yaml")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    found = load(tmp_path / "s.yaml").demand
    assert list(found.classes) == ["fitted"]
    made = found.classes["fitted"]
    assert made.noise.mode == pytest.approx(result.parameters.noise, abs=1e-4)
    assert made.workday == pytest.approx(result.parameters.workday, abs=1e-4)
    assert made.day_share.grade == ("W" if days == 7 else "A")
    assert result.trace.sha256[:16] in made.noise.source


def test_page_and_screen_say_the_same_and_fetch_nothing(week: Fit, folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    assert not re.findall(r"(?:href|src)\s*=\s*[\"'](?!#|data:|charts/)", page)
    for lang in ("en", "zh"):
        screen = fit_table(week, lang)
        for name, value in fit_rows(week, lang):
            assert name in page and value in page and name in screen and value in screen
        assert week.unknown == ("months", "hour_share")
        for text in unknowns(week, lang):
            assert text in page and text in screen
        assert step_note(week, lang) in page


def test_the_command_makes_the_same_fit_again(tmp_path: Path) -> None:
    path = tmp_path / "a trace.csv"
    cells = np.random.default_rng(1).uniform(0, 1, (48, 2))
    rows = [f"{1800 * i},{c},{cells[i, c]},{cells[i, c] / 2}\n" for i in range(48) for c in range(2)]
    path.write_text("time,vm,cpu,mem\n" + "".join(rows))
    for options in ({}, {"step_s": 3600, "resource": "mem"}, {"full": 1}):
        with open_trace(path, **options) as trace:
            found = fit(trace, seed=7)
        words = shlex.split(command(found))
        assert words[:3] == ["roomfold", "fit", "a trace.csv"]
        said = dict(zip(words[3::2], words[4::2], strict=True))
        read = {"step_s": float(said["--step"]), "full": int(said["--full"]), "resource": said["--resource"]}
        with open_trace(path, said["--reader"], **read) as trace:
            again = fit(trace, seed=int(said["--seed"]))
        assert json.dumps(again.to_json()) == json.dumps(found.to_json())
    assert fit_id(found) != fit_id(replace(found, trace=replace(found.trace, full=100)))


@pytest.mark.parametrize(
    ("step_s", "says"),
    [
        (
            300,
            "Fitted at steps of 300 s: use with time.step_minutes: 5; for hourly scenarios",
        ),
        (3600, "Fitted at steps of 3600 s: use with time.step_minutes: 60"),
        (450, "Fitted at steps of 450 s, which no scenario has"),
    ],
)
def test_the_step_that_the_noise_belongs_to_is_said(week: Fit, step_s: float, says: str) -> None:
    found = replace(week, trace=replace(week.trace, step_s=step_s))
    assert f"# {says}" in demand_yaml(found)
    assert says in fit_table(found, "en")
    assert step_note(found, "zh") in fit_table(found, "zh")
    allowed = get_args(Time.model_fields["step_minutes"].annotation)
    assert ("time.step_minutes" in says) == (step_s / 60 in allowed)


def test_a_folder_of_other_things_is_left_alone(week: Fit, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RoomfoldError, match="holds other files"):
        publish_fit(week, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_everything_that_may_be_unknown_has_words() -> None:
    keys = (
        "calendar",
        "week",
        "workday",
        "restday",
        "months",
        "day_share",
        "hour_share",
        "common_share",
        "none",
    )
    for lang in ("en", "zh"):
        assert {f"fit.unknown.{key}" for key in keys} <= messages(lang).keys()


def test_nothing_is_left_when_publishing_fails(week: Fit, tmp_path: Path) -> None:
    broken = SimpleNamespace(**{**vars(week), "measured": None})
    broken.to_json = week.to_json
    with pytest.raises(AttributeError):
        publish_fit(broken, tmp_path / "fit")
    assert list(tmp_path.iterdir()) == []
