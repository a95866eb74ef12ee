"""What is told on stderr meanwhile: in one language, or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roomfold.reports import watch
from roomfold.reports.progress import FrontierProgress, Progress, Step
from roomfold.scenarios import load

MINIMAL = load(Path(__file__).parents[1] / "scenarios" / "minimal.yaml")
LETTERS = re.compile(r"[A-Za-z]{2,}")


def test_it_is_told_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        Progress(MINIMAL, lang, before=1, first_use=True).end()
        FrontierProgress(MINIMAL, lang)("plan", 1, 3)
        with Step("reading", lang, count=1):
            pass
    said = capsys.readouterr().err.replace(MINIMAL.title.en, "TITLE").splitlines()
    assert (
        said[0]
        == "TITLE: simulating, 1 world was finished before (its code is compiled first, once on this machine)"
    )
    assert said[1:4] == [
        "TITLE: planning and simulating a frontier",
        "plan 1/3  0 s",
        "reading 1 file ... 0 s",
    ]
    assert not any(LETTERS.search(line.replace(MINIMAL.title.zh, "")) for line in said[4:])
    assert len(said) == 8


def test_in_no_language_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with Step("reading", None, count=1):
        pass
    assert capsys.readouterr().err == ""


def test_a_first_use_is_one_where_code_could_be_kept_and_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(watch, "__file__", str(tmp_path / "reports" / "watch.py"))
    kept = tmp_path / "sim" / "__pycache__"
    kept.mkdir(parents=True)
    assert watch._first_use()
    (kept / "power._fill_rows-94.py311.nbi").touch()
    assert not watch._first_use()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    (kept / "power._fill_rows-94.py311.nbi").unlink()
    assert not watch._first_use()
