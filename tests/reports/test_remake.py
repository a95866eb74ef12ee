"""Reports made again from a run's folder: the study to the bit, what was asked for, never over others."""

from __future__ import annotations

import json
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from roomfold import __version__
from roomfold.reports import publish, state
from roomfold.reports.charts import CHARTS
from roomfold.reports.folder import FolderError
from roomfold.reports.holding import NoRunError
from roomfold.reports.kept import KeptError, kept
from roomfold.reports.remake import OneChart, RemakeError, Wish, inches, remake, restated
from roomfold.scenarios.loader import load_any, resolved_yaml
from roomfold.sim.outcome import Study

from .small_study import small_study

WATERFALL = Wish(chart=OneChart("waterfall"))


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


@pytest.fixture(scope="module")
def finished(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without its report."""
    folder = tmp_path_factory.mktemp("out") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
        publish(state(study), study, folder)
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def bits(value: Any, where: str = "study") -> Iterator[tuple[str, object]]:
    """Every value that something holds, with its type and to the bit; not what another machine makes anew."""
    if is_dataclass(value):
        yield where, type(value)
        for field in fields(value):
            if field.name not in ("seconds", "scenario"):
                yield from bits(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, dict | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        yield where, len(value)
        for key, item in items:
            yield from bits(item, f"{where}.{key}")
    elif isinstance(value, np.ndarray):
        yield where, (value.dtype, value.shape, value.flags.fnc, value.tobytes())
    else:
        yield where, repr(value)


def test_the_study_is_kept_to_the_bit(finished: Path, study: Study) -> None:
    again = kept(finished).study
    assert list(bits(again)) == list(bits(study))
    assert again.scenario == study.scenario
    assert json.dumps(state(again).to_json()) == json.dumps(state(study).to_json())


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _manifest(name: str, value: str) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        made = json.loads((run / "manifest.json").read_text("utf-8"))
        (run / "manifest.json").write_text(json.dumps(made | {name: value}), "utf-8")

    return change


def _format(run: Path) -> None:
    data = (run / "study.bin").read_bytes()
    (run / "study.bin").write_bytes(data.replace(b"roomfold study 2", b"roomfold study 1", 1))


def _other_fields(run: Path) -> None:
    """As another version would write it: one field of the kept content is called otherwise."""
    data = (run / "study.bin").read_bytes().partition(b"\n")[2]
    listed, _, blocks = data.partition(b"\n")
    head = json.loads(listed)
    codec = pa.Codec("zstd")
    tree = json.loads(codec.decompress(blocks[: head[0][4]], head[0][1][0], asbytes=True))
    tree["colour"] = tree.pop("estate")
    text = json.dumps(tree).encode()
    packed = codec.compress(text, asbytes=True)
    head[0] = ["|u1", [len(text)], "C", False, len(packed)]
    content = json.dumps(head).encode() + b"\n" + packed + blocks[json.loads(listed)[0][4] :]
    (run / "study.bin").write_bytes(
        b"roomfold study 2 " + sha256(content).hexdigest().encode() + b"\n" + content
    )


def _other_schema(run: Path) -> None:
    """The scenario of a version that knows another field."""
    path = run / "scenario.yaml"
    path.write_text("colour: red\n" + path.read_text("utf-8"), "utf-8")
    _hashed_again(run, path.name)


def _hashed_again(run: Path, name: str) -> None:
    made = json.loads((run / "manifest.json").read_text("utf-8"))
    made["sha256"][name] = sha256((run / name).read_bytes()).hexdigest()
    (run / "manifest.json").write_text(json.dumps(made), "utf-8")


def _append(name: str, text: str) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        with (run / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def _fleet(run: Path) -> None:
    (run / "scenario.yaml").write_text(resolved_yaml(load_any("planetlab")), "utf-8")
    _hashed_again(run, "scenario.yaml")


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "no run": (lambda run: (run / "manifest.json").unlink(), "holds a scenario that was not run here"),
    "manifest": (lambda run: (run / "manifest.json").write_text('{"roomfold": "0.1.0"}'), "json: is damaged"),
    "no study": (lambda run: (run / "study.bin").unlink(), r"study\.bin: is not there"),
    "a byte": (lambda run: _flip(run / "study.bin"), r"study\.bin: is damaged"),
    "cut": (lambda run: (run / "study.bin").write_bytes(b"roomfold study 2 "), r"study\.bin: is damaged"),
    "format": (_format, r"study\.bin has format 1, not 2"),
    "fields": (_other_fields, "its results have other fields: .*'colour'"),
    "schema": (_other_schema, r"cannot be read by .*scenario\.yaml:1:1: colour"),
    "scenario": (_append("scenario.yaml", "\n# mine\n"), r"scenario\.yaml: was changed since the run"),
    "no scenario": (lambda run: (run / "scenario.yaml").unlink(), r"scenario\.yaml: was changed"),
    "fleet": (_fleet, "is the run of a fleet"),
    "statement": (_append("statement.json", "\n"), r"statement\.json: is not as the run wrote it"),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_cannot_be_trusted_is_refused_in_one_line(run: Path, spoil: str) -> None:
    change, said = SPOILT[spoil]
    change(run)
    with pytest.raises((KeptError, NoRunError), match=said) as caught:
        remake(run, wish=WATERFALL)
    assert "\n" not in str(caught.value)
    assert str(run) in str(caught.value)
    assert [path.name for path in run.parent.iterdir()] == ["run"]


def test_a_later_version_reports_and_says_so(run: Path) -> None:
    """On a run of other code and with another statement: the run's own version and id, and what differs."""
    same = restated(run, kept(run))
    assert same.rewritten is None
    for name, value in {"roomfold": "0.0.1", "code": "abc", "scenario_fingerprint": "f" * 64}.items():
        _manifest(name, value)(run)
    path = run / "statement.json"
    then = json.loads(path.read_text("utf-8"))
    (saved,) = then["savings"].values()
    saved["npv"]["p50"] *= 1 + 1e-6
    saved["npv"]["p90"] *= 1 + 1e-12  # rounding
    then["of_old"] = 1  # a figure that is stated no more
    path.write_text(json.dumps(then), "utf-8")
    _hashed_again(run, path.name)
    statement = restated(run, kept(run))
    assert (statement.version, statement.fingerprint) == ("0.0.1", "f" * 64)
    assert statement.rewritten is not None
    assert statement.savings == same.savings
    for lang, words in {
        "en": "Simulated by roomfold 0.0.1 (model abc)",
        "zh": "roomfold 0.0.1（模型代码abc）",
    }.items():
        assert words in statement.rewritten.said(lang)  # type: ignore[arg-type]  # a language all the same
        assert f"roomfold {__version__}" in statement.rewritten.said(lang)  # type: ignore[arg-type]  # as above
    assert "1 figure of" in statement.rewritten.said("en")


def test_one_chart_is_drawn_alone_and_another_is_added(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide as asked for, in the default place; what is there already stays, of the same run."""

    def fail(*_: object) -> None:
        raise AssertionError("drawn")

    for name in CHARTS.keys() - {"waterfall", "utilisation"}:
        monkeypatch.setitem(CHARTS, name, fail)  # type: ignore[arg-type]  # a dictionary all the same
    place = run.with_name("run-report")
    made = remake(run, wish=Wish(chart=OneChart("waterfall", "svg", "8.5cm")))
    assert made == [place / "waterfall.en.svg", place / "waterfall.zh.svg"]
    width = re.search(r'<svg[^>]*? width="([\d.]+)pt"', made[0].read_text("utf-8"))
    assert width is not None
    assert float(width[1]) == pytest.approx(8.5 / 2.54 * 72, abs=0.01)
    (drawn,) = remake(run, wish=Wish(["en"], chart=OneChart("utilisation", "png", "600px")))
    assert struct.unpack(">I", drawn.read_bytes()[16:20]) == (600,)
    there = {"waterfall.en.svg", "waterfall.zh.svg", "utilisation.en.png", "remade.json"}
    assert {path.name for path in place.iterdir()} == there
    made_by = json.loads((place / "remade.json").read_text("utf-8"))
    (place / "remade.json").write_text(json.dumps(made_by | {"run_id": "another"}), "utf-8")
    with pytest.raises(RemakeError, match="holds reports of run another"):
        remake(run, wish=Wish(["en"], chart=OneChart("utilisation")))
    assert {path.name for path in place.iterdir()} == there


def test_files_of_others_are_left_alone(run: Path, tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "waterfall.en.svg").write_text("mine")
    with pytest.raises(FolderError, match="holds other files"):
        remake(run, others, WATERFALL)
    assert (others / "waterfall.en.svg").read_text() == "mine"
    for own in (run, run / "charts" / "new"):
        with pytest.raises((FolderError, RemakeError), match="run's own folder"):
            remake(run, own, WATERFALL)


def test_a_failure_leaves_nothing(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("roomfold.reports.remake.write_forms", fail)
    with pytest.raises(KeyboardInterrupt):
        remake(run)
    assert [path.name for path in run.parent.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("width", "size_in"),
    [("8.5cm", 8.5 / 2.54), ("90mm", 9 / 2.54), (" 3.3 in", 3.3), ("480px", 5.0), ("8cm", 8 / 2.54)],
)
def test_widths(width: str, size_in: float) -> None:
    assert inches(width) == pytest.approx(size_in)


@pytest.mark.parametrize("width", ["", "8.5", "8,5cm", "-3in", "nanin", "1em", "79mm", "900mm", "1e3px"])
def test_what_is_no_width_is_said(width: str) -> None:
    with pytest.raises(RemakeError, match="--width: got"):
        inches(width)


def test_what_is_no_chart_is_said(run: Path) -> None:
    moving = OneChart("waterfall", "gif")  # type: ignore[arg-type]  # what is asked for here
    for chart, said in {OneChart("waterfal"): "waterfall", moving: "svg"}.items():
        with pytest.raises(RemakeError, match=said):
            remake(run, wish=Wish(chart=chart))
