"""The verification dossier: the page says what the results say, and its own checks can fail."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from roomfold.docs.verification import determinism, study
from roomfold.docs.verification.packing import broken
from roomfold.docs.verification.page import PAGE, codes_in, page, results
from roomfold.docs.verification.results import Figure, figures_of, load
from roomfold.docs.verification.texts import PARTS, chinese
from roomfold.sim import stamp

pytestmark = pytest.mark.usefixtures("searched")  # as other processes and the dossier do


def test_the_page_says_what_the_results_say() -> None:
    """Made again from the JSON files, with the hashes it was compared with, it is the same bytes."""
    text = PAGE.read_text("utf-8")
    assert text == page(codes_in(text)), "run: python -m roomfold.docs.verification --page"


def test_each_result_names_its_code_and_command_and_the_page_says_whose_it_is() -> None:
    text = PAGE.read_text("utf-8")
    codes = codes_in(text)
    for name, content in results():
        made = content["made_with"]
        code, now = made["code"], codes[" ".join(made.get("of", stamp.MODEL))]
        assert content["command"]
        said = "this code" if code == now else "an earlier code"
        assert f"{said}, `{code}` |" in next(line for line in text.splitlines() if f"`{name}.json`" in line)
    for name in set(PARTS) - {name for name, _ in results()}:
        assert f"[{PARTS[name].title}]" in text and "Not made yet." in text


def test_every_figure_of_the_page_has_its_chinese() -> None:
    for _, content in results():
        for figure in figures_of(content):
            assert re.search("[\u4e00-\u9fff]", chinese(figure.name))


@pytest.mark.parametrize(
    ("target", "held"),
    [("<= 1", True), (">= 1.5", False), ("= 1", True), (None, None), ("as measured", None)],
)
def test_a_figure_is_judged_by_its_target(target: str | None, held: bool | None) -> None:
    assert Figure("x", 1.0, target).held is held


def test_the_recount_of_a_packing_finds_what_is_wrong() -> None:
    sizes, counts, capacity = np.array([[3, 1], [2, 2]]), np.array([2, 1]), np.array([5, 3])
    assert broken(sizes, counts, capacity, np.array([0, 1, 0]), 2) == 0
    assert broken(sizes, counts, capacity, np.array([0, 0, 1]), 2) == 1
    assert broken(sizes, counts, capacity, np.array([0, 1, 2]), 2) == 1


def test_files_are_compared_number_by_number(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(json.dumps({"a": [1.0, 2.0], "b": "text"}))
    other.write_text(json.dumps({"a": [1.0, 2.0 * (1 + 1e-9)], "b": "text"}))
    assert determinism.apart(one, one) == 0
    assert determinism.apart(one, other) == pytest.approx(1e-9, rel=0.1)
    other.write_text(json.dumps({"a": [1.0, 2.0], "b": "another"}))
    assert determinism.apart(one, other) is None


def test_the_study_is_the_committed_one(tmp_path: Path) -> None:
    """The digests of this machine beside those of the dossier, where its code and libraries are these."""
    committed = load("determinism")
    if committed is None or committed["made_with"]["code"] != stamp.code():
        pytest.skip("the dossier was made with an earlier code: its digests cannot be these")
    machine, theirs = study.machine(), committed["rows"][0]["machine"]
    other = [name for name in ("numpy", "pyarrow", "highspy") if machine[name] != theirs[name]]
    if other:
        pytest.skip(f"the dossier was made with another {other[0]}")
    study.run(tmp_path / "run")
    found, wanted = study.digests(tmp_path / "run"), committed["rows"][0]["digests"]
    differ = [name for name in sorted(wanted) if found.get(name) != wanted[name]]
    assert differ == [], f"not the bytes of {theirs['processor']}, Python {theirs['python']}"
    assert set(found) == set(wanted)


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="masks of x86-64 and the C library of GNU",
)
def test_a_processor_without_avx_and_fma_gives_the_same_bytes(tmp_path: Path) -> None:
    """One world, here and in a process whose NumPy, C library and BLAS must do without."""
    old = tmp_path / "old"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", study.__name__, str(old), "--worlds", "1"],
        env={**os.environ, **determinism.OLD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    study.run(tmp_path / "here", worlds=1)
    there, here = json.loads(done.stdout)["digests"], study.digests(tmp_path / "here")
    assert [name for name in here if here[name] != there.get(name)] == []
