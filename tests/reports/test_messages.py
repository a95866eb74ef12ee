"""Messages: the same keys and blanks in both languages, each of them used."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from roomfold.reports.charts.drivers import _parts
from roomfold.reports.messages import LANGS, Lang, messages, money, money_cell, number, significant
from roomfold.scenarios.loader import library, load, load_any, quantities
from roomfold.scenarios.schema import Scenario

REPORTS = Path(str(files("roomfold.reports")))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", ["page.json", "screen.json", "sites.json", "money.json"])
def test_languages_have_the_same_keys_and_blanks(name: str) -> None:
    english, chinese = (
        json.loads((REPORTS / "messages" / lang / name).read_text("utf-8")) for lang in ("en", "zh")
    )
    assert list(english) == list(chinese)
    assert {k for k in english if blanks(english[k]) != blanks(chinese[k])} == set()
    assert not [k for k, text in english.items() if re.search(r"[一-鿿]", text)]


@pytest.mark.parametrize("name", ["page.json", "screen.json", "sites.json"])
def test_every_message_is_used(name: str) -> None:
    sources = [*REPORTS.glob("*.py"), *REPORTS.glob("charts/*.py"), *REPORTS.glob("templates/*.j2")]
    sources.append(REPORTS.parent / "sim" / "ledger.py")  # names of categories
    text = "\n".join(path.read_text("utf-8") for path in sources)
    keys = json.loads((REPORTS / "messages" / "en" / name).read_text("utf-8"))
    unused = []
    for key in keys:
        prefix, last = key.rsplit(".", 1)
        built = f'"{prefix}.{{' in text and (f'"{last}"' in text or prefix == "quantity_unit")
        switch = re.fullmatch(r"(screen|accounting)\.\w+\.(on|off)", key) is not None
        if f'"{key}"' not in text and not built and not switch:
            unused.append(key)
    assert unused == []


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
