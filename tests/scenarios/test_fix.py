"""Renamed fields are rewritten; nothing else is touched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from roomfold.cli import main
from roomfold.scenarios import load_any
from roomfold.scenarios.fix import fixes
from roomfold.scenarios.renamed import new_name

SMALL = Path(__file__).with_name("minimal.yaml")
RENAMED = {"estate.mixed_share": "classified_mixed_share", "alternatives.*.sort": "kind"}


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, str]:
    """A scenario with old names, comments and odd layout, and its text as it should become."""
    now = SMALL.read_text(encoding="utf-8")
    assert now.count("classified_mixed_share:") == 1
    now = now.replace("classified_mixed_share: 0.5", '"classified_mixed_share"   :  0.5  # 涉密')
    was = now.replace("classified_mixed_share", "mixed_share")
    was = re.sub(r"(    )kind:", r"\1sort:", was)
    path = tmp_path / "old.yaml"
    path.write_bytes(was.replace("\n", "\r\n").encode("utf-8-sig"))
    return path, now


def test_names_change_and_all_else_stays(old: tuple[Path, str]) -> None:
    """Byte by byte: BOM, line ends, quotes, comments; the result loads and needs no more."""
    path, now = old
    found = fixes(path, RENAMED)
    assert found.files[path] == now.replace("\n", "\r\n").encode("utf-8-sig")
    assert not found.left
    assert {fix.new for fix in found.made} == {"classified_mixed_share", "kind"}
    line = found.made[0].line
    assert found.made[0].old in path.read_text(encoding="utf-8-sig").splitlines()[line - 1]
    path.write_bytes(found.files[path])
    assert load_any(path) == load_any(SMALL)
    assert fixes(path, RENAMED).files == {}


def test_fields_are_found_in_included_files_overrides_and_behind_anchors(tmp_path: Path) -> None:
    """Each file is rewritten once, wherever a field stands; one that is given twice is left."""
    (tmp_path / "parts").mkdir()
    part, own = tmp_path / "parts" / "estate.yaml", tmp_path / "own.yaml"
    part.write_text("estate: { mixed_share: 0.5 }\n", encoding="utf-8")
    text = SMALL.read_text(encoding="utf-8").replace("include:\n", "include:\n  - parts/estate.yaml\n")
    text = text.replace("  classified_mixed_share: 0.5\n", "")
    dear = "overrides:\n  dear: { estate: &e { mixed_share: 0.2 } }\n  again: { estate: *e }\n"
    own.write_text(text + dear, encoding="utf-8")
    found = fixes(own, RENAMED)
    assert found.files[part] == b"estate: { classified_mixed_share: 0.5 }\n"
    assert found.files[own].decode() == text + dear.replace("mixed_share", "classified_mixed_share")
    assert len(found.made) == 2
    own.write_text(text + "  # end\n", encoding="utf-8")
    part.write_text("estate: { mixed_share: 0.5, classified_mixed_share: 0.4 }\n", encoding="utf-8")
    twice = fixes(own, RENAMED)
    assert not twice.made
    assert "remove one of them" in twice.left[0].message


@pytest.mark.parametrize(
    ("old_name", "name"),
    [
        ("Electricity-CNY-per-kWh", "electricity_cny_per_kwh"),
        ("Discount-Rate", "discount_rate"),
        ("discountRate", "discount_rate"),
        ("ｄｉｓｃｏｕｎｔ＿ｒａｔｅ", "discount_rate"),
        ("cpu_utilization", "cpu_utilisation"),
        ("aging_per_year", "ageing_per_year"),
        ("discont_rate", None),
    ],
)
def test_another_spelling_is_the_same_name_and_a_near_name_is_not(old_name: str, name: str | None) -> None:
    """Only what differs in case, separators, width of letters or American English is certain."""
    known = ["discount_rate", "cpu_utilisation", "ageing_per_year", "electricity_cny_per_kwh"]
    assert new_name(("prices", old_name), known) == name


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_is_two_names(text: str) -> None:
    """A name that could be two fields is left alone."""
    found = new_name(("x", text), ["a_b", "a-b", "c"])
    assert found in (None, "c")


def test_what_an_included_file_gives_is_no_second_name(tmp_path: Path) -> None:
    """The field under its new name, in the library, is what the old name was to change."""
    own = tmp_path / "own.yaml"
    own.write_text("include: [library:inner-mongolia.yaml]\nprices: { Discount-Rate: 0.05 }\n", "utf-8")
    found = fixes(own)
    assert not found.left
    assert found.files[own].endswith(b"prices: { discount_rate: 0.05 }\n")


def test_the_command_rewrites_the_file_and_says_so(tmp_path: Path) -> None:
    """Near names are suggested and stay; a field that is no more is explained; JSON names every change."""
    text = SMALL.read_text(encoding="utf-8").replace("zombie_share:", "Zombie-Share:")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "--fix", "--json", str(path)])
    assert done.exit_code == 0, done.stdout
    assert [fix["new"] for fix in json.loads(done.stdout)["fixed"]] == ["zombie_share"]
    assert path.read_text(encoding="utf-8") == SMALL.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]
    worse = text.replace("Zombie-Share:", "zombi_share:") + "prices: { electricity_cloud_cny_per_kwh: 1 }\n"
    path.write_text(worse, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "--fix", str(path)])
    assert done.exit_code == 3
    assert "did you mean 'zombie_share'?" in done.stderr
    assert "is no more; write electricity_cloud_ratio" in done.stderr
    assert path.read_text(encoding="utf-8") == worse
    assert CliRunner().invoke(main, ["check", "--fix", "inner-mongolia"]).exit_code == 2
