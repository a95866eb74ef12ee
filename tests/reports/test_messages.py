"""Messages: the same keys and blanks in both languages, each used, none in code, Chinese set as Chinese."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from roomfold.reports.charts.drivers import _parts
from roomfold.reports.messages import LANGS, Lang, messages, money, money_cell, number, significant
from roomfold.scenarios.loader import library, load, load_any, quantities
from roomfold.scenarios.schema import Scenario

from .message_uses import python_sources, tree, uses

REPORTS = Path(str(files("roomfold.reports")))
CATALOGUES = sorted(file.name for file in (REPORTS / "messages" / "en").glob("*.json"))
HAN = "一-鿿"
# Chinese in the code that is no text: signs of numbers and lists, samples, names of files and fonts.
CHINESE_IN_CODE = {
    "messages.py": {"万元", "亿元"},
    "word/numbers.py": {"零一二三四五六七八九", "十"},
    "group.py": {"用法："},
    "language.py": {"和", "或", " 或 "},
    "machine.py": {"机房"},
    "new.py": {"台账模板.xlsx"},
}
CHINESE_IN_SCRIPTS = re.compile(
    "亿元|万元|中文|语言|字"
)  # the same, the names of languages, a sample of a font
FONTS = {"宋体", "黑体", "仿宋", "楷体", "等线", "方正小标宋简体"}
# What a user reads in either language; errors are raised in English, and put into Chinese by commands.
SHOWN = ("charts", "document", "word", "workbook", "pdf", "embedded", "money", "fleet")
SHOWN_MODULES = ("page", "sections", "sentences", "lines", "rule_words", "sure", "screen", "cite", "progress")
SENTENCE = re.compile(r"\b[A-Za-z][a-z]*(?:,? [a-z]+){3,}")

# Each a fault that a reader sees, by GB/T 15834-2011 and the catalogues' own way.
FAULTS = {
    "half-width punctuation beside Chinese": re.compile(
        f"[{HAN}][,;:?!]|[,;:?!][{HAN}]|[{HAN}]\\.(?![a-z0-9])"
    ),
    "half-width brackets around Chinese": re.compile(f"\\([^()]*[{HAN}][^()]*\\)"),
    "ASCII quotes": re.compile("[\"']"),
    "a space beside Chinese": re.compile(f"[{HAN}，。；：、（）] [\\w{{{HAN}]|[\\w}}%] [{HAN}（]"),
    "a hyphen, dash or tilde for a range": re.compile(r"P\d+[-–~]P\d+|[}\d][-–~][{]|~"),
    "dots for an ellipsis": re.compile(r"\.\.\."),
    "two marks in a row": re.compile("[，。；：、]{2}"),
    "a letter for CO2": re.compile(f"[{HAN}]CO2"),
}


def catalogue(lang: str, name: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((REPORTS / "messages" / lang / name).read_text("utf-8"))
    return texts


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", CATALOGUES)
def test_languages_have_the_same_keys_and_blanks(name: str) -> None:
    english, chinese = (catalogue(lang, name) for lang in ("en", "zh"))
    assert list(english) == list(chinese)
    assert {k for k in english if blanks(english[k]) != blanks(chinese[k])} == set()
    assert not [k for k, text in english.items() if re.search(f"[{HAN}，。；：、（）～]", text)]


def test_no_catalogue_is_of_one_language_only() -> None:
    assert [file.name for file in sorted((REPORTS / "messages" / "zh").glob("*.json"))] == CATALOGUES


@pytest.mark.parametrize("name", CATALOGUES)
def test_chinese_is_set_as_chinese(name: str) -> None:
    found = [
        f"{key}: {fault}: {text}"
        for key, text in catalogue("zh", name).items()
        for fault, pattern in FAULTS.items()
        if re.search(f"[{HAN}]", text) and pattern.search(text)
    ]
    assert not found, "\n".join(found)


def test_chinese_uses_the_words_of_the_glossary() -> None:
    words = (REPORTS.parent / "docs" / "glossary.md").read_text("utf-8").split("\n## ")[1]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in words.splitlines() if "| " in line
    ]
    texts = messages("zh")
    said = "\n".join(texts.values())
    assert len(rows) > 30
    assert [word for row in rows[2:] for word in row[1].split("；") if word not in said] == []
    avoided = re.compile("|".join(f"(?<!平台){row[2]}" for row in rows[2:] if row[2]))
    assert {key: text for key, text in texts.items() if avoided.search(text)} == {}


def test_every_message_is_used() -> None:
    assert [key for key in messages("en") if not uses().use(key)] == []


def test_every_message_asked_for_is_there_and_its_blanks_are_filled() -> None:
    asked = uses().asked
    assert [key for key in asked if key not in messages("en")] == []
    for lang in LANGS:
        given = {key: filled for key, filled in asked.items() if filled is not None}
        assert {key for key, filled in given.items() if blanks(messages(lang)[key]) - filled} == set()


def test_no_text_stands_in_code() -> None:
    found = []
    for path in python_sources():
        name = path.relative_to(REPORTS).as_posix() if path.is_relative_to(REPORTS) else path.name
        shown = name.split("/")[0] in SHOWN or name.removesuffix(".py") in SHOWN_MODULES
        allowed = CHINESE_IN_CODE.get(name, set()) | FONTS
        for line, text in texts_in(path):
            chinese = re.search(f"[{HAN}]", text) and "鿿" not in text  # which only ranges of letters name
            if (chinese and text not in allowed) or (shown and SENTENCE.search(text)):
                found.append(f"{name}:{line}: {text}")
    for path in sorted([*REPORTS.rglob("*.j2"), *REPORTS.rglob("*.js")]):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(f"[{HAN}]", CHINESE_IN_SCRIPTS.sub("", text)):
                found.append(f"{path.name}:{line}: {text}")
    assert not found, "\n".join(found)


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module with their lines, but docstrings, errors, assertions and keys of dictionaries."""
    skipped: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Raise | ast.Assert) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            skipped |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Dict):
            skipped |= {id(key) for key in node.keys}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


@pytest.mark.parametrize("name", library())
def test_every_quantity_of_a_bundled_scenario_is_called_something(name: str) -> None:
    scenario = load_any(name)
    if not isinstance(scenario, Scenario):
        return
    for lang in LANGS:
        spoken = {path: _parts(scenario, path, lang)[0] for path in quantities(scenario)}
        assert not [path for path, called in spoken.items() if f"quantity.{called}" not in messages(lang)]


def test_every_unit_of_a_quantity_has_a_name() -> None:
    units = {quantity.unit for quantity in quantities(load("inner-mongolia")).values()}
    for lang in LANGS:
        assert {f"quantity_unit.{unit}" for unit in units} <= messages(lang).keys()


@pytest.mark.parametrize(
    ("lang", "cny", "sentence", "cell"),
    [
        ("en", 65e6, "CNY 65.0 million", "65.0"),
        ("en", -1.234e9, "CNY -1,234 million", "-1,234.0"),
        ("en", 0.0, "CNY 0 million", "0.0"),
        ("zh", 65e6, "6500万元", "6500"),
        ("zh", 1.234e8, "1.23亿元", "12340"),
        ("zh", -25_300, "-2.5万元", "-3"),
    ],
)
def test_money_is_written_as_each_language_writes_it(
    lang: Lang, cny: float, sentence: str, cell: str
) -> None:
    assert money(lang, cny) == sentence
    assert money_cell(lang, cny) == cell


def test_numbers() -> None:
    assert number("en", 12345.6, 1) == "12,345.6"
    assert number("zh", 12345.6, 1) == "12345.6"
    assert number("en", -0.04, 1) == "0.0"
    assert significant("en", 0.012345) == "0.0123"
    assert significant("en", 123456.0) == "123,456"
