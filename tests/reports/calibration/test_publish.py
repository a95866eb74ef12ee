"""A calibration from stored worlds to its folder: what is stored, said, refused, and repeated."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from roomfold.reports.books import Books
from roomfold.reports.calibration import (
    Ask,
    AskError,
    Calibration,
    Stored,
    StoredError,
    calibrate,
    calibration_table,
    command,
    of_table,
    open_worlds,
    publish_calibration,
)
from roomfold.reports.claims import checks
from roomfold.reports.folder import FolderError
from roomfold.reports.messages import LANGS
from roomfold.reports.tables import worlds as table_of
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load, resolved_yaml

from ..made_study import made_study

WORLDS = 48


@cache
def stored() -> Stored:
    """Made worlds of inner-mongolia, as a run's table has them."""
    study = made_study(WORLDS)
    return Stored(study.scenario, study.seed, of_table(study.scenario, table_of(study)), None)


@cache
def found() -> Calibration:
    """K2 used, the others left out."""
    return calibrate(stored(), Ask(claims=("K2",), method="worlds"))


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a calibration reads of a run's folder."""
    study = made_study(WORLDS)
    folder = tmp_path_factory.mktemp("run")
    (folder / "scenario.yaml").write_text(resolved_yaml(study.scenario), "utf-8")
    asked = {"roomfold": "0", "worlds": WORLDS, "seed": study.seed, "sha256": {}}
    (folder / "manifest.json").write_text(json.dumps(asked), "utf-8")
    pq.write_table(table_of(study), folder / "worlds.parquet")
    return folder


def test_worlds_hold_every_claim_under_every_switch() -> None:
    study = made_study(WORLDS)
    for check in checks(Books.of(study.scenario, study.results)):
        column = stored().worlds.values[f"{check.alternative}:claim {check.claim.id} {check.accounting}"]
        assert column == pytest.approx(check.values)


def test_cash_of_the_last_year_is_all_that_was_saved() -> None:
    study = made_study(WORLDS)
    total = Books.of(study.scenario, study.results).saving("consolidate").sum(axis=(1, 2))
    assert stored().worlds.values["consolidate:cash 60 months"] == pytest.approx(total)


def test_a_folder_reads_as_it_was_written(run_folder: Path) -> None:
    read = open_worlds(str(run_folder))
    assert read.folder == run_folder
    assert read.worlds.values.keys() == stored().worlds.values.keys()
    first = open_worlds(str(run_folder), worlds=16).worlds
    assert first.count == 16
    np.testing.assert_array_equal(first.values["estate.rooms"], stored().worlds.values["estate.rooms"][:16])


def test_what_was_published_may_be_read_otherwise_but_not_what_was_simulated(run_folder: Path) -> None:
    wider = open_worlds(str(run_folder), ["claims.1.reporting_error=0.2"])
    assert wider.scenario.claims[1].reporting_error == 0.2
    with pytest.raises(StoredError, match="--set changes more"):
        open_worlds(str(run_folder), ["claims.1.switches=[net]"])
    with pytest.raises(StoredError, match="--set changes more"):
        open_worlds(str(run_folder), ["time.years=4"])
    with pytest.raises(StoredError, match="holds 48 worlds, not 49"):
        open_worlds(str(run_folder), worlds=49)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (Ask(claims=("K9",)), "--claims: got 'K9', must be of K1, K2, K3"),
        (Ask(accounting="half"), "--accounting: got 'half', must be of gross, staff, net, net+staff"),
        (Ask(alternative="keep"), "--alternative: got 'keep', must be of consolidate"),
        (Ask(within=18), "--within: got 18 months, must be whole years up to 60 months"),
    ],
)
def test_what_cannot_be_asked(ask: Ask, said: str) -> None:
    with pytest.raises(AskError) as error:
        calibrate(stored(), ask)
    assert str(error.value).startswith(said)


def test_a_claim_used_is_never_confirmed() -> None:
    answer = json.loads(json.dumps(_json()))
    assert {entry["verdict"] for entry in answer["claims_used"]} == {"used"}
    assert {entry["id"] for entry in answer["claims_used"]} == {"K2"}
    assert {entry["id"] for entry in answer["claims_left_out"]} == {"K1", "K3"}
    assert {entry["verdict"] for entry in answer["claims_left_out"]} <= {"inside", "outside"}
    assert sum(answer["accounting"].values()) == pytest.approx(1)
    assert len(answer["quantities"]) == len(stored().worlds.quantities)
    assert answer["decision"]["evpi"] >= max(w["evppi"] for w in answer["decision"]["quantities"])


def test_a_given_way_of_counting_binds_claims_left_out() -> None:
    one = calibrate(stored(), Ask(claims=("K2",), accounting="net", method="worlds"))
    assert one.posterior.ways == {"net": 1.0}
    assert {read.way for read in one.left_out if read.claim.id == "K3"} == {"net", "net+all_hardware"}


def test_the_folder(tmp_path: Path) -> None:
    page = publish_calibration(found(), tmp_path / "out", "somewhere", ["claims.1.published=1"])
    text = page.read_text("utf-8")
    assert 'lang="zh"' in text
    assert "http://" not in text.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    written = json.loads((tmp_path / "out" / "calibration.json").read_text("utf-8"))
    assert written["command"] == command(found(), "somewhere", ["claims.1.published=1"])
    rows = list(csv.reader((tmp_path / "out" / "posterior.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1001
    low, _, high = found().narrowings[0].posterior
    column = [float(row[rows[0].index(found().narrowings[0].path)]) for row in rows[1:]]
    assert low <= np.quantile(column, 0.5) <= high
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("x")
    with pytest.raises(FolderError):
        publish_calibration(found(), tmp_path / "other", "somewhere")


@pytest.mark.parametrize("lang", LANGS)
def test_the_table(lang: str) -> None:
    text = calibration_table(found(), lang)  # type: ignore[arg-type]  # one of LANGS
    assert "K2" in text
    assert "{" not in text


def test_limits_name_what_is_there() -> None:
    def problems(limit: str) -> str:
        with pytest.raises(InputError) as error:
            load("inner-mongolia", [f"plausible=[{limit}]"])
        return str(error.value)

    what = "id: a, what: {en: x, zh: y}"
    assert "path of a quantity or ALTERNATIVE:FIGURE" in problems(
        f"{{{what}, term: estate.room, at_most: 1}}"
    )
    assert "did you mean 'estate.rooms'?" in problems(f"{{{what}, term: estate.room, at_most: 1}}")
    assert "must have at_least, at_most or both" in problems(f"{{{what}, term: estate.rooms}}")


def _json() -> dict[str, object]:
    from roomfold.reports.calibration.contract import to_json

    return to_json(found(), "again")
