"""Errors and help in the user's language, and that nothing is left without Chinese."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import click
import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.commands import language as translation
from roomfold.commands.language import Area, catalogue, spoken, user_language
from roomfold.commands.machine import findings
from roomfold.scenarios import InputError, Problem, load_any

from .raised import ROOT, templates

SMALL = str(Path(__file__).parent / "scenarios" / "minimal.yaml")
PLACE = "commands/messages/zh/*.json"
# Words that only English text holds; names of fields, options and choices hold others.
ENGLISH = re.compile(
    r"\b(the|an|of|is|are|was|must|be|not|with|and|to|from|in|it|for|has|holds|got|nothing|than|at|as|by|or|yes)\b"
)
# Not printed as errors, or in an error only as what somebody else wrote.
OTHERS = {"roomfold run scenario.yaml --worlds {} --seed {}", "{} of {}"}  # the latter: hosts, as 3 of big


def unsaid(template: str) -> bool:
    """Whether a message, with something put into it, comes out with English in it."""
    if template in catalogue():
        return False
    said = spoken(re.sub(r"\{[^{}]*\}", "⟦0⟧", template), "zh")
    return ENGLISH.search(re.sub(r"'[^']*'|--\w+|⟦0⟧", "", said)) is not None or not _chinese(said)


def _chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_message_of_the_package_has_its_chinese() -> None:
    """Found in the source; what is missing is printed as it is to be written."""
    missing = {text: place for text, place in templates().items() if text not in OTHERS and unsaid(text)}
    told = "\n".join(f'  "{text}": "",   ({place})' for text, place in sorted(missing.items()))
    assert not missing, f"give these messages their Chinese in {PLACE}, with {{}} for each value:\n{told}"


def test_every_message_of_click_has_its_chinese() -> None:
    """What click marks for translation where it reads the command line, in the version installed."""
    folder = Path(click.__file__).parent
    found = set()
    for name in ("exceptions", "types", "parser"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                found |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    never = {"Choice({choices})", "Missing {param_type}", "{value!r} is not a valid UUID."}
    never |= {"file", "directory", "path", "Missing argument", "Missing option", "Missing parameter"}
    never |= {text for text in found if "start character" in text}
    missing = {text for text in found - never if unsaid(text)}
    assert not missing, f"give these messages of click their Chinese in {PLACE}: {sorted(missing)}"


def test_every_help_text_has_its_chinese() -> None:
    """Of the program, its commands and their options, paragraph by paragraph."""
    found = set()
    for command in (main, *main.commands.values()):
        found |= {" ".join(part.split()) for part in (command.help or "").split("\n\n")}
        found |= {param.help for param in command.params if isinstance(param, click.Option) and param.help}
    missing = sorted(found - catalogue("help").keys())
    assert not missing, f"give these help texts their Chinese in commands/messages/zh/help.json: {missing}"


@pytest.mark.parametrize("area", ["errors", "help", "doctor"])
def test_chinese_holds_what_the_english_holds(area: Area) -> None:
    """Every blank is filled once, and nothing is only half put into Chinese."""
    for english, chinese in catalogue(area).items():
        blanks = [name for _, name, _, _ in Formatter().parse(chinese) if name is not None]
        assert len(blanks) == english.count("{}"), english
        assert all(blanks) or not any(blanks), english
        assert not any(blanks) or sorted(map(int, blanks)) == list(range(len(blanks))), english
        assert not chinese.endswith("。") or english.endswith((".", "?", "{}")), english
        assert not re.search(r"[\u4e00-\u9fff][,;?!](?!值)", chinese), english


def test_chinese_uses_the_words_of_the_glossary() -> None:
    """None of the words that docs/glossary.md names under "not"; a ledger of assets is called so."""
    table = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split("\n## ")[1]
    rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if "| " in line]
    avoided = re.compile("|".join(f"(?<!平台)(?<!资产){row[3]}" for row in rows[2:] if row[3]))
    areas: tuple[Area, ...] = ("errors", "help", "doctor")
    for area in areas:
        assert [text for text in catalogue(area).values() if avoided.search(text)] == []


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"ROOMFOLD_LANG": "zh"}, "zh"),
        ({"ROOMFOLD_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows has a language of its own")
def test_the_language_is_that_of_the_user(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ROOMFOLD_LANG first, then what POSIX says of messages."""
    for name in ("ROOMFOLD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert user_language() == language


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["check", "inner-mongolai"], 3, "inner-mongolai: 读到 'inner-mongolai'，应为文件或自带情景的名称"),
        (["check", SMALL, "--set", "time.years=-1"], 3, "--set: time.years: 读到 -1，应为不小于 1\n"),
        (["check", SMALL, "--set", "time.yers=1"], 3, "未知字段 'yers'，应为已知字段（是否应为 'years'？）"),
        (["check", SMALL, "--set", "baseline=kep"], 3, "alternatives 中的名称"),
        (["report", "nowhere"], 3, "nowhere: 不存在；请用 roomfold run SCENARIO"),
        (["run"], 2, "错误：缺少参数“SCENARIO”。\n"),
        (["pack"], 2, "错误：缺少参数 'FILES...'。\n"),
        (
            ["run", "x", "--lang", "fr"],
            2,
            "错误：'--lang' 的值无效：'fr' 不是以下之一：'zh'、'en'、'both'。\n",
        ),
        (["run", "x", "--worlds", "many"], 2, "错误：'--worlds' 的值无效：'many' 不是整数。\n"),
        (["--frob"], 2, "用“main --help”查看帮助。\n\n错误：没有选项 '--frob'"),
        (["runn"], 2, "没有命令 'runn'"),
        (["plan", "x", "--points", "3"], 2, "错误：--points 只能与 --frontier 同用。\n"),
    ],
)
def test_errors_come_out_in_chinese(
    arguments: list[str], code: int, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Place, field and exit code as in English; numbers, names and what the user wrote are untouched."""
    monkeypatch.chdir(tmp_path)
    english = CliRunner().invoke(main, arguments)
    monkeypatch.setenv("ROOMFOLD_LANG", "zh")
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, english.exit_code) == (code, code)
    assert text in done.stderr
    assert not _chinese(english.stderr)
    if code == 3:
        start = english.stderr.partition("got ")[0].partition("holds")[0].partition("is ")[0]
        assert done.stderr.startswith(start)


def test_what_a_user_wrote_is_not_put_into_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is a message itself, and one that is thousands of letters, come out as they went in."""
    assert spoken("got 'a mapping', must be a list", "zh") == "读到 'a mapping'，应为列表"
    assert spoken("no word of this is known", "zh") == "no word of this is known"
    assert spoken("got " + "x, must be " * 5000, "zh").startswith("got x")
    monkeypatch.setenv("ROOMFOLD_LANG", "zh")
    with pytest.raises(InputError) as caught:
        load_any("nowhere")
    assert caught.value.problems[0] == Problem("nowhere", 0, 0, "", str(caught.value).partition(": ")[2])
    assert "got 'nowhere', must be" in str(caught.value)  # in Python and JSON errors stay English
    assert '"message": "got' in CliRunner().invoke(main, ["check", "nowhere", "--json"]).stdout


def test_a_conflict_of_rules_is_told_clause_by_clause() -> None:
    """Lists whose members hold commas and "and" themselves are parted where they should be."""
    rule = (
        "existing systems of banner, region move from 2014-03-01, by 2014-06-30, at most 5 a month (rule a)"
    )
    people = "at most 3 people at work on the migration"
    reason = f"no order of moves was found that keeps all of: {rule}, 2 freezes"
    ways = (
        "without a (the last system moves on 2014-08-01) the plan costs CNY 1,000 a year for hosts and CNY "
        "20 a year for sites and lines; without staff another conflict remains"
    )
    told = spoken(f"no plan for c: {rule} and {people} cannot hold together ({reason}); {ways}", "zh")
    assert not ENGLISH.search(told)
    assert told.count("（规则 a）") == 2
    assert "方案费用为主机每年 1,000 元和站点与线路每年 20 元；去掉迁移人员后仍有其他冲突" in told


def test_help_and_the_doctor_speak_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """No English sentence is left, and no line is wider than the terminal."""
    monkeypatch.setenv("ROOMFOLD_LANG", "zh")
    for command in (main, *main.commands.values()):
        arguments = [] if command is main else [str(command.name)]
        text = CliRunner().invoke(main, [*arguments, "--help"], terminal_width=80).stdout
        assert "用法：" in text
        assert "选项：" in text
        wide = [line for line in text.splitlines() if sum(2 if ord(c) > 0x2E7F else 1 for c in line) > 80]
        assert wide == []
        assert not re.search(r"\b(the|is|must|with) ", text), text
    for finding in findings():
        for told in (finding.found, finding.advice):
            assert not ENGLISH.search(spoken(told, "zh", "doctor").replace("-with-glibc", "")), told


def test_a_message_full_of_colons_is_looked_up_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each colon may end a place; they are not all tried."""
    tried = []
    patterns = translation._patterns
    monkeypatch.setattr(translation, "_patterns", lambda area: tried.append(area) or patterns(area))
    assert spoken("x" + ": x" * 500, "zh") == "x" + ": x" * 500
    assert len(tried) < 20
