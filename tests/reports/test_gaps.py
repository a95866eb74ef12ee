"""Which data of a listed estate would help most: against models that can be solved by hand, and the draws."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from roomfold.reports.books import Books
from roomfold.reports.document.blocks import Table
from roomfold.reports.document.compose import compose
from roomfold.reports.gap_lines import gap_words
from roomfold.reports.gaps import BEHIND, Gap, Gaps, gaps
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.page import page
from roomfold.reports.rank import rank_correlations
from roomfold.reports.statement import state
from roomfold.reports.workbook.build import workbook
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.draw import design
from roomfold.scenarios.draw_estate import draw_estate
from roomfold.scenarios.estate import Estate
from roomfold.scenarios.loader import load, quantities
from roomfold.scenarios.schema import Scenario

from ..scenarios.listed.small import ROOMS, SERVERS, SYSTEMS, write
from .small_study import tiny_study

WORLDS = 256
# A saving made of a few quantities, in CNY per unit of probability: its variance is known by heart.
WEIGHTS = {
    "rooms.closet.pue": 3.0,
    "rooms.room.pue": 4.0,
    "servers.life_years": 2.0,
    "prices.discount_rate": 2.0,
    "rooms.closet.staff_fte": 1.0,
}
WHOLE = sum(weight**2 for weight in WEIGHTS.values())


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load(write(tmp_path_factory.mktemp("listed")))


def points(scenario: Scenario) -> Mapping[str, np.ndarray]:
    """Probabilities of every quantity in every world."""
    drawn = design(scenario, 7, WORLDS)
    return {path: drawn[:, column] for column, path in enumerate(quantities(scenario))}


def made_up(scenario: Scenario, weights: Mapping[str, float], fixed: tuple[str, ...] = ()) -> np.ndarray:
    """The made-up saving in every world, some quantities held at their median."""
    at = points(scenario)
    return np.sum(
        [
            weight * (at[path] if path not in fixed else np.full(WORLDS, 0.5))
            for path, weight in weights.items()
        ],
        axis=0,
    )


def ranked(scenario: Scenario, weights: Mapping[str, float]) -> dict[tuple[str, str], Gap]:
    """Gaps of the made-up saving by column, in their order."""
    books = cast("Books", SimpleNamespace(scenario=scenario, drawn=points(scenario).__getitem__))
    answer = gaps(scenario, rank_correlations(books, made_up(scenario, weights)), WORLDS)
    assert answer is not None
    return {(gap.table, gap.column): gap for gap in answer.ranked}


def filled(table: str, column: str, value: str) -> str:
    """A table of the small estate with one column filled in."""
    head, *rows = table.splitlines()
    place = head.split(",").index(column)
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[place] = row[place] or value
    return "\n".join([head, *map(",".join, cells)]) + "\n"


def test_the_share_is_what_the_variance_falls_by(listed: Scenario) -> None:
    found = ranked(listed, WEIGHTS)
    assert next(iter(found)) == ("rooms", "pue")  # 9 + 16 of 34
    variance = made_up(listed, WEIGHTS).var()
    for column in (("rooms", "pue"), ("servers", "refresh_due"), ("rooms", "staff_fte")):
        gap = found[column]
        behind = sum(WEIGHTS.get(path, 0.0) ** 2 for path in gap.quantities) / WHOLE
        again = 1 - made_up(listed, WEIGHTS, gap.quantities).var() / variance
        assert gap.share == pytest.approx(behind, abs=0.08)
        assert gap.share == pytest.approx(again, abs=0.1)
        assert gap.share_range[0] <= gap.share <= gap.share_range[1]
        assert gap.narrower == pytest.approx(1 - np.sqrt(1 - behind), abs=0.08)
    assert found["servers", "refresh_due"].quantities == found["servers", "bought"].quantities


def test_another_quantity_brings_another_column_to_the_top(listed: Scenario) -> None:
    assert next(iter(ranked(listed, {**WEIGHTS, "servers.life_years": 9.0}))) == ("servers", "bought")
    found = ranked(listed, {**WEIGHTS, "lines.metro.price_cny_per_year": 9.0})
    assert next(iter(found)) == ("systems", "line_cny_per_year")
    # What no column of the tables holds is not among them.
    shares = [gap.share for gap in ranked(listed, {"prices.discount_rate": 1.0}).values()]
    assert shares and max(shares) < 0.1


def test_a_column_without_blanks_never_appears(tmp_path: Path) -> None:
    rooms = filled(filled(ROOMS, "pue", "2"), "size_class", "room")
    servers = filled(SERVERS, "cpu_p95", "0.3")
    scenario = load(write(tmp_path, rooms, SYSTEMS, servers))
    found = ranked(scenario, {**WEIGHTS, "estate.cpu_utilisation": 9.0})
    assert not found.keys() & {("rooms", "pue"), ("rooms", "size_class"), ("servers", "cpu_mean")}
    # The second room is a closet, the third a room: blanks of both are drawn from both.
    assert set(found["rooms", "operations_cny_per_year"].quantities) == {
        "rooms.closet.operations_cny_per_year",
        "rooms.room.operations_cny_per_year",
    }
    assert found["rooms", "staff_fte"].quantities == ("rooms.closet.staff_fte",)


def test_blanks_are_counted_where_the_column_says_something(listed: Scenario) -> None:
    answer = gaps(listed, (), WORLDS)
    assert answer is not None and not any(gap.share for gap in answer.ranked)
    counted = {(gap.table, gap.column): (gap.blank, gap.rows) for gap in answer.ranked}
    assert counted["rooms", "pue"] == (2, 3)
    assert counted["servers", "machine_share"] == (1, 4)  # of the virtual machines
    assert counted["servers", "cpu_mean"] == (3, 8)  # one is idle, of one the peak was measured
    assert counted["systems", "line_cny_per_year"] == (1, 2)  # no other line is drawn here
    assert ("systems", "servers") not in counted  # of the only one that lists none, the number is known
    assert ("systems", "pinned") not in counted  # the scenario has no share of them: blank is no
    grades = {gap.column: gap.grade for gap in answer.ranked}
    assert (grades["pue"], grades["cpu_mean"], grades["it_kw"]) == ("W", "S", "A")
    assert ("systems", "zone") in answer.weighted and ("servers", "curve") in answer.weighted


def listed_part(scenario: Scenario, path: str, probability: float) -> dict[str, bytes]:
    """The rooms, systems, servers and lines of today, all but one quantity at their medians."""
    values = {
        name: float(quantity.ppf(np.array(probability if name == path else 0.5)))
        for name, quantity in quantities(scenario).items()
    }
    estate: Estate = draw_estate(scenario, 7, 0, values, Clock.of(scenario.time, scenario.calendar))
    today = estate.systems.arrives_month == 0
    parts = {
        "rooms": (estate.rooms, estate.rooms.opens_month == 0),
        "systems": (estate.systems, today),
        "servers": (estate.servers, today[estate.servers.system]),
        "lines": (estate.lines, today[estate.lines.system]),
    }
    return {
        f"{part}.{name}": np.asarray(getattr(found, name))[there].tobytes()
        for part, (found, there) in parts.items()
        for name in found.__dataclass_fields__
    }


def test_each_quantity_does_fill_the_blanks_of_its_column(tmp_path: Path) -> None:
    path = write(tmp_path, systems=SYSTEMS.replace("Archive,R3,,,,,,,2", "Archive,R3,,,,,,,"))
    shares = [f"estate.{name}_share={{low: 0.05, mode: 0.5, high: 0.95}}" for name in ("pinned", "dedicated")]
    wide = [
        "estate.levels.banner.large_room_share={low: 0, mode: 0.5, high: 1}",
        "estate.classified_share={low: 0, mode: 0.5, high: 0.9}",
        "estate.zombie_share={low: 0, mode: 0.5, high: 0.9}",
        "estate.memory_gb={low: 1, mode: 2, high: 3}",
        "estate.vertical_lines={low: 1, mode: 3, high: 9}",
        "estate.servers_per_system={low: 1, mode: 2, high: 9}",
    ]
    scenario = load(path, [*shares, *wide])
    answer = gaps(scenario, (), WORLDS)
    assert answer is not None
    assert {(gap.table, gap.column) for gap in answer.ranked} == BEHIND.keys()
    moves: dict[str, bool] = {}
    for gap in answer.ranked:
        for name in gap.quantities:
            if name not in moves:
                low, high = (listed_part(scenario, name, probability) for probability in (0.02, 0.98))
                moves[name] = low != high
        assert any(moves[name] for name in gap.quantities), gap
    still = {name for name, moved in moves.items() if not moved}
    assert still <= {"estate.levels.region.large_room_share"}, "fills no blank here, its only room is listed"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("rooms", "area_m2", "40"),
        ("rooms", "pue", "2"),
        ("rooms", "ups_kw", "10"),
        ("rooms", "staff_fte", "1"),
        ("rooms", "operations_cny_per_year", "30000"),
        ("servers", "disk_used_gb", "90"),
        ("servers", "price_cny", "30000"),
        ("servers", "cpu_mean", "0.1"),
    ],
)
def test_a_column_filled_in_is_drawn_no_more(table: str, column: str, value: str, tmp_path: Path) -> None:
    more = "".join(f"{name},Archive{',' * 13}\n" for name in ("first", "second"))  # else they are drawn
    texts = {"rooms": ROOMS, "systems": SYSTEMS, "servers": SERVERS + more}
    texts[table] = filled(texts[table], column, value)
    scenario = load(write(tmp_path, **texts))
    for name in quantities(scenario):
        if any(fnmatchcase(name, pattern) for pattern in BEHIND[table, column]):
            low, high = (listed_part(scenario, name, probability) for probability in (0.02, 0.98))
            assert low == high, name


HOSTILE = "=HYPERLINK(1)<b>‮" + "x" * 200 + ".csv"


@pytest.fixture(scope="module")
def gap_found() -> Gaps:
    quantity = ("rooms.closet.pue", "rooms.room.pue")
    first = Gap("rooms", "pue", HOSTILE, 3, 4, quantity, 0.36, (0.2, 0.5), "W")
    return Gaps(
        (first, Gap("servers", "bought", "servers.csv", 2, 9, ("servers.life_years",), 0.0, (0.0, 0.0), "W")),
        (),
    )


def test_every_form_has_the_table_and_only_for_listed_estates(gap_found: Gaps) -> None:
    study = tiny_study(worlds=2)
    plain = state(study)
    assert plain.gaps is None and "gaps" not in plain.to_json()
    assert gap_words(plain, "en") is None
    told = replace(plain, gaps=gap_found)
    written = json.loads(json.dumps(told.to_json()["gaps"]))
    assert [column["column"] for column in written["columns"]] == ["pue", "bought"]
    assert written["columns"][0]["share_of_spread_at_most"] == 0.36
    assert written["columns"][0]["narrower_at_most"] == pytest.approx(0.2)
    after = page(told, study, {}, "run")
    assert 'id="en-table-gaps"' in after and "<b>x" not in after and "\u202e" not in after
    titles: dict[Lang, str] = {"en": "Which data would help most", "zh": "补充哪些数据最能缩小误差"}
    for lang in LANGS:
        assert titles[lang] in after
        words = gap_words(told, lang)
        assert words is not None and "36%" in words.first and "20%" in words.first
        (table,) = (
            block
            for block in compose(told, {}, "run", lang).blocks
            if isinstance(block, Table) and block.id == "gaps"
        )
        assert [row.cells[2] for row in table.rows] == [line.share for line in words.lines]
        assert table.rows[0].cells[1] == ("3 of 4" if lang == "en" else "3/4")
        assert not any(
            isinstance(b, Table) and b.id == "gaps" for b in compose(plain, {}, "run", lang).blocks
        )
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(told, study, "zh", "run")))
    sheet = book.get_sheet_by_name("待补数据").to_python(skip_empty_area=False)
    rows = [row for row in sheet if "HYPERLINK" in str(row[1])]
    assert len(rows) == 1 and rows[0][3] == 0.36 and rows[0][4] == pytest.approx(0.2)
