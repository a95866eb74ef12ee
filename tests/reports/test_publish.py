"""A run's folder: whole or not at all, the same bytes twice, safe to open."""

from __future__ import annotations

import dataclasses
import errno
import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from roomfold.optimize.plan import Plan
from roomfold.reports import check_folder, check_place, differences, options, publish, state
from roomfold.reports.fit import written as written_fit
from roomfold.reports.folder import FolderError
from roomfold.reports.remake import remake
from roomfold.scenarios.errors import InputError, RoomfoldError, explained
from roomfold.scenarios.loader import fingerprint, load
from roomfold.sim.ledger import CATEGORIES, ITEMS
from roomfold.sim.outcome import Study

from .small_study import WORLDS, renamed

ENERGY = [row for row, item in enumerate(ITEMS) if item.unit == "kWh"]
HOSTILE = "<script>alert('&\"x')</script>"
DOCUMENTS = {"report": "docx", "tables": "xlsx"}
pytestmark = pytest.mark.usefixtures("few_charts")
FETCHING = {"src", "srcset", "data", "poster", "action", "background", "xlink:href"}


@pytest.fixture(scope="module")
def study() -> Study:
    return renamed(
        f"alternatives.consolidate.title.en={json.dumps(HOSTILE)}",
        f"alternatives.consolidate.title.zh={json.dumps(HOSTILE)}",
        f"title.zh={json.dumps(HOSTILE)}",
    )


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "run"
    assert publish(state(study), study, target) == target / "report.html"
    return target


def test_every_promised_file_is_there(folder: Path, few_charts: tuple[str, ...]) -> None:
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    tables = ("ledger", "ledger_levels", "ledger_sites", "series", "plan", "hosts", "worlds")
    promised = {"statement.json", "manifest.json", "report.html", "scenario.yaml", "run.log", "money.csv"}
    promised |= {"study.bin"} | {
        f"{name}.{lang}.{kind}" for name, kind in DOCUMENTS.items() for lang in ("en", "zh")
    }
    promised |= {f"{table}.parquet" for table in tables}
    promised |= {f"charts/{name}.csv" for name in few_charts}
    promised |= {
        f"charts/{n}.{lang}.{kind}" for n in few_charts for lang in ("en", "zh") for kind in ("svg", "png")
    }
    assert found == promised
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


def test_the_manifest_knows_every_byte(folder: Path, study: Study) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["scenario_fingerprint"] == fingerprint(study.scenario)
    assert set(manifest["sha256"]) == {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "run.log")
    }
    for name, digest in manifest["sha256"].items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (options(folder).worlds, options(folder).seed) == (WORLDS, study.seed)


def test_reports_made_again_from_the_folder_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """From the study in the folder alone; so the same study gives the same bytes twice."""
    made = remake(folder, tmp_path / "again")
    documents = {f"{name}.{lang}.{kind}" for name, kind in DOCUMENTS.items() for lang in ("en", "zh")}
    assert {path.name for path in made} == {"report.html", "charts", *documents}
    again = {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*.*")}
    assert again - {Path("remade.json")} == {
        path.relative_to(folder)
        for path in folder.rglob("*.*")
        if path.parent.name == "charts" or path.name in documents | {"report.html"}
    }
    for name in again - {Path("remade.json")}:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_same_study_gives_the_same_bytes_and_differences_are_found(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
    once, again = tmp_path / "once", tmp_path / "again"
    publish(state(study), study, once)
    slower = dataclasses.replace(study, plans={name: _slower(plan) for name, plan in study.plans.items()})
    publish(state(slower), slower, again, log="another machine")
    assert differences(once, again) == []
    (again / "statement.json").write_text("{}")
    (again / "hosts.parquet").unlink()
    assert [line.split(":")[0] for line in differences(once, again)] == ["hosts.parquet", "statement.json"]


def _slower(plan: Plan) -> Plan:
    """The same plan, found in more time."""
    proof = plan.proof and dataclasses.replace(plan.proof, seconds=plan.proof.seconds + 1)
    return dataclasses.replace(plan, proof=proof)


def test_the_scenario_can_be_read_back(folder: Path, study: Study) -> None:
    assert fingerprint(load(folder / "scenario.yaml")) == fingerprint(study.scenario)


def test_tables_reconcile_with_the_outcomes(folder: Path, study: Study) -> None:
    rows = pq.read_table(folder / "ledger.parquet").to_pylist()
    levels = pq.read_table(folder / "ledger_levels.parquet").to_pylist()
    for result in study.results:
        for name, outcome in result.outcomes.items():
            mine = [r for r in rows if r["world"] == result.world and r["alternative"] == name]
            total = outcome.cost_cny.sum()
            assert sum(r["cost_cny"] for r in mine) == pytest.approx(total, rel=1e-9)
            assert {r["category"] for r in mine} <= set(CATEGORIES)
            kwh = sum(r["amount"] for r in mine if r["unit"] == "kWh")
            assert kwh == pytest.approx(outcome.amount[:, ENERGY].sum(), rel=1e-9)
            parts = [r for r in levels if r["world"] == result.world and r["alternative"] == name]
            assert sum(r["cost_cny"] for r in parts) == pytest.approx(total, rel=1e-9)


def test_tables_of_the_middle_world_agree(folder: Path, study: Study) -> None:
    sites = pq.read_table(folder / "ledger_sites.parquet").to_pylist()
    series = pq.read_table(folder / "series.parquet")
    plan = pq.read_table(folder / "plan.parquet").to_pylist()
    for name, run in study.runs.items():
        cost = sum(row["cost_cny"] for row in sites if row["alternative"] == name)
        assert cost == pytest.approx(run.ledger.total(), rel=1e-9)
        placed = [row for row in plan if row["alternative"] == name and row["host"] is not None]
        assert len(placed) == (study.plans[name].placement >= 0).sum()
        assert all((row["flavour_vcpu"] is None) == (row["host"] is None) for row in plan)
    assert series.num_rows == study.world.clock.hours * len(study.runs)
    assert str(series["time"][1]) == "2014-01-01 01:00:00"
    hosts = pq.read_table(folder / "hosts.parquet")
    assert hosts.num_rows == sum(len(made.hosts.pool) for made in study.plans.values())
    worlds = pq.read_table(folder / "worlds.parquet")
    assert worlds["world"].to_pylist() == list(range(WORLDS))
    assert set(study.results[0].draws) <= set(worlds.column_names)


class _Page(HTMLParser):
    """Collects tags, what would be fetched, and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_fetches_nothing(folder: Path) -> None:
    html = (folder / "report.html").read_text("utf-8")
    page = _Page()
    page.feed(html)
    fetched = [value for _, attrs in page.tags for key, value in attrs.items() if key in FETCHING]
    assert all((value or "").startswith(("#", "data:")) for value in fetched)
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "img", "object", "embed", "base"}
    assert all(re.match(r"(#|data:)", url) for url in re.findall(r"url\(['\"]?([^'\")]+)", html))
    assert "@import" not in html
    links = [attrs["href"] or "" for tag, attrs in page.tags if tag == "a"]
    assert links
    assert all(link.startswith("#") or (folder / link).is_file() for link in links)


def test_names_are_escaped(folder: Path) -> None:
    html = (folder / "report.html").read_text("utf-8")
    assert "alert(" in html
    assert "<script>alert" not in html
    page = _Page()
    page.feed(html)
    assert sum(tag == "script" for tag, _ in page.tags) == 2


def test_both_languages_say_the_same_things(folder: Path) -> None:
    html = (folder / "report.html").read_text("utf-8")
    chinese, english = (re.search(rf'<main lang="{lang}".*?</main>', html, re.S) for lang in ("zh", "en"))
    assert chinese is not None
    assert english is not None
    ids = [re.findall(r'<section id="..-(\w+)"', found.group()) for found in (chinese, english)]
    assert ids[0] == ids[1]
    assert len(ids[0]) >= 12
    shown = re.sub(r"<figure.*?</figure>|<[^>]+>", "", english.group(), flags=re.S)
    assert not re.findall(r"[一-鿿]", shown.replace(HOSTILE, ""))
    assert len(re.findall(r"<tr", chinese.group())) == len(re.findall(r"<tr", english.group()))


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError("disk full")])
@pytest.mark.parametrize("stage", ["roomfold.reports.forms.write_forms", "roomfold.reports.manifest.write"])
def test_a_failure_leaves_nothing(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, failure: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
    monkeypatch.setattr(stage, fail)
    with pytest.raises((KeyboardInterrupt, OSError)):
        publish(state(study), study, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
    former = tmp_path / "former"
    former.mkdir()
    (former / "manifest.json").write_text('{"roomfold": "0"}')
    with pytest.raises((KeyboardInterrupt, OSError)):
        publish(state(study), study, former)
    assert [path.name for path in tmp_path.iterdir()] == ["former"]
    assert (former / "manifest.json").read_text() == '{"roomfold": "0"}'


def test_a_failed_exchange_brings_the_former_run_back(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = tmp_path / "run"
    former.mkdir()
    (former / "manifest.json").write_text('{"roomfold": "0"}')
    monkeypatch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
    rename = Path.rename

    def fail_second(self: Path, target: Path) -> Path:
        if self.name == "output":
            raise OSError("in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_second)
    with pytest.raises(OSError, match="in use"):
        publish(state(study), study, former)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (former / "manifest.json").exists()


def test_a_former_run_gives_way_and_other_folders_do_not(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
    run, other, file = tmp_path / "run", tmp_path / "other", tmp_path / "file"
    (run / "charts").mkdir(parents=True)
    (run / "manifest.json").write_text('{"roomfold": "0", "sha256": {"charts/stale.svg": ""}}')
    (run / "charts" / "stale.svg").write_text("")
    publish(state(study), study, run)
    assert not (run / "charts" / "stale.svg").exists()
    assert options(run).worlds == WORLDS
    other.mkdir()
    publish(state(study), study, other)  # empty
    (other / "manifest.json").write_text("not ours")
    file.write_text("")
    for target in (other, file):
        with pytest.raises(FolderError, match="--out"):
            check_folder(target)
    with pytest.raises(RoomfoldError, match="was not run here"):
        options(other)


@pytest.mark.parametrize("name", ["notes.txt", "charts/mine.svg", "link"])
def test_files_that_were_added_to_a_former_run_are_not_deleted(tmp_path: Path, name: str) -> None:
    run = tmp_path / "run"
    (run / "charts").mkdir(parents=True)
    (run / "manifest.json").write_text('{"roomfold": "0", "sha256": {"statement.json": ""}}')
    for own in ("statement.json", "run.log"):
        (run / own).touch()
    check_folder(run)
    if name == "link":
        (run / name).symlink_to(tmp_path, target_is_directory=True)
    else:
        (run / name).touch()
    with pytest.raises(FolderError, match=rf"run: holds files .*\({re.escape(name)}\)"):
        check_folder(run)


def test_files_that_were_added_to_a_former_fit_are_not_deleted(tmp_path: Path) -> None:
    for own in ("fit.json", "demand.yaml", "report.html"):
        (tmp_path / own).touch()
    check_folder(tmp_path, written_fit)
    (tmp_path / "demand-mine.yaml").touch()
    with pytest.raises(FolderError, match=r"\(demand-mine\.yaml\)"):
        check_folder(tmp_path, written_fit)


def test_a_place_is_tried_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check_place(tmp_path / "new" / "and" / "deeper")
    for place in (tmp_path / "file" / "run", tmp_path / "file" / "new" / "run"):
        with pytest.raises(InputError, match=f"^{tmp_path / 'file'}.*Not a directory"):
            check_place(place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_names_the_folder(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")  # as writing to an open file does

    monkeypatch.setattr("roomfold.reports.forms.write_forms", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        publish(state(study), study, tmp_path / "run")
    assert explained(caught.value)[0] == f"roomfold: {tmp_path / 'run'}: No space left on device"
    assert list(tmp_path.iterdir()) == []
