"""Files and YAML: encodings, the traps of YAML 1.1, bombs, and the usual slips."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import library, load
from roomfold.scenarios.schema import Scenario
from roomfold.scenarios.tree import UnreadableError, plain
from roomfold.scenarios.yaml_strict import parse, scalar


def tree(text: str) -> object:
    """A YAML text as plain values."""
    return plain(parse(text.encode(), "t.yaml", []))


def test_gb18030_file_names_the_byte(faults: Callable[..., list[str]], tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("schema: 1\nname: 内蒙古\n".encode("gb18030"))
    assert faults(path) == ["s.yaml:2:7: got byte 0xc4 at byte 16 (GB18030?), must be UTF-8: save as UTF-8"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_refused(
    faults: Callable[..., list[str]], minimal_path: Path, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(minimal_path.read_text("utf-8").encode(encoding))
    assert faults(path) == [
        "s.yaml:1:1: got UTF-16 or UTF-32 at byte 0, must be UTF-8: save the file as UTF-8"
    ]


def test_bom_and_windows_line_ends_change_nothing(
    minimal_path: Path, tmp_path: Path, minimal: Scenario
) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + minimal_path.read_text("utf-8").replace("\n", "\r\n").encode())
    assert load(path) == minimal


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "got no such file, must be an existing file"),
        (lambda p: p.mkdir(), "got a folder without a scenario.yaml, must be a file or a folder with one"),
        (lambda p: p.write_text(""), "got nothing, must be a mapping (key: value lines)"),
        (lambda p: p.write_text("- 1\n"), "got a list of 1, must be a mapping (key: value lines)"),
        (
            lambda p: p.write_text("a: 1\n---\nb: 2\n"),
            "got a second document, must be one document in a file",
        ),
        (lambda p: p.write_text("a: !!python/name:os.system\n"), "must be plain YAML without tags"),
        (lambda p: p.write_text("a: b\x07c\n"), "got a control character, must be printable text"),
    ],
)
def test_unusable_files(
    faults: Callable[..., list[str]], tmp_path: Path, make: Callable[[Path], object], message: str
) -> None:
    path = tmp_path / "s.yaml"
    make(path)
    (line,) = faults(path)
    assert line.startswith("s.yaml:") and line.endswith(message)


def test_unknown_bare_name_has_a_hint(faults: Callable[..., list[str]]) -> None:
    assert faults("inner-mongola")[0].endswith(
        "must be a file or a bundled scenario (did you mean 'inner-mongolia'?)"
    )


def test_bundled_scenario_by_name() -> None:
    assert "inner-mongolia" in library()
    assert load("inner-mongolia").name == "inner-mongolia"
    with pytest.raises(InputError, match=r"^library/inner-mongolia\.yaml|^--set: study\.worlds: got 0"):
        load("inner-mongolia", ["study.worlds=0"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1000000), ("1.5e-3", 0.0015), ("-0.5", -0.5), (".5", 0.5), ("0", 0), ("+7", 7), ("0x1f", 31),
        ("0o17", 15), ("no", "no"), ("off", "off"), ("yes", "yes"), ("on", "on"), ("n", "n"),
        ("0755", "0755"),
        ("1:30", "1:30"), ("1_000", "1_000"), ("true", True), ("False", False), ("~", None), ("", None),
        ("2014-12-31", date(2014, 12, 31)), ("2014-13-01", "2014-13-01"), ("1.", 1.0), ("e5", "e5"),
    ],
)  # fmt: skip
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    got = scalar(text)
    assert got == value and type(got) is type(value)


def test_quotes_make_text() -> None:
    assert tree("a: '1e6'\nb: \"true\"\nc: |\n  7\n") == {"a": "1e6", "b": "true", "c": "7\n"}


def test_anchors_work_but_not_recursion_or_bombs() -> None:
    assert tree("a: &x {b: 1}\nc: [*x, *x]\n") == {"a": {"b": 1}, "c": ({"b": 1}, {"b": 1})}
    with pytest.raises(UnreadableError, match="inside itself"):
        tree("a: &x [1, *x]\n")
    with pytest.raises(UnreadableError, match="anchor &y above it"):
        tree("a: *y\n")
    laughs = "a0: &a0 [lol, lol]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    with pytest.raises(UnreadableError, match="more than 1000000 values"):
        tree(laughs)
    ladder = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300))
    with pytest.raises(UnreadableError, match="more than 100 levels"):
        tree(ladder)
    with pytest.raises(UnreadableError, match="more than 100 levels"):
        tree("[" * 50_000)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:\n\tb: 1\n", "t.yaml:2:1: got a tab, must be spaces for indentation"),
        ("a:\n  b：1\n  c: 2\n", "t.yaml:2:4: got a full-width colon ：, must be : and a space"),
        ("名称：x\nb: 1\n", "t.yaml:1:3: got a full-width colon ：, must be : and a space"),
        ('a: "x\\u202Ey"\n', "t.yaml:1:4: a: got a control or direction character, must be printable text"),
        ('a: ["\\a"]\n', "t.yaml:1:5: a.0: got a control or direction character, must be printable text"),
        ("{a: 1}: 2\n", "t.yaml:1:1: got a mapping or list as a key, must be a name"),
        ("true: 2\n", "t.yaml:1:1: got key true, must be a name (quote it to make it text)"),
        ("a: {<<: {b: 1}}\n", "t.yaml:1:5: a: got a merge key <<, must be written out or included"),
    ],
)
def test_usual_slips_get_a_helpful_line(text: str, problem: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        tree(text)
    assert str(caught.value.problem) == problem


def test_full_width_colon_in_a_section(edit: Callable[..., Path], faults: Callable[..., list[str]]) -> None:
    path = edit("study: { worlds: 2, seed: 7 }", "study:\n  worlds：2")
    (line,) = faults(path)
    assert line.endswith(
        "study: got 'worlds：2', must be a mapping (key: value lines); is ： a full-width colon?"
    )
