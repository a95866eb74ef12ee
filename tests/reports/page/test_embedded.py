"""What the page carries inside: packed numbers, the tree of bookings, the marks of charts."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roomfold.reports.books import Books
from roomfold.reports.charts import ChartFiles
from roomfold.reports.charts.style import Chart, panel, styled
from roomfold.reports.embedded import drill as drilled
from roomfold.reports.embedded.chart_values import chart_values
from roomfold.reports.embedded.draws import draws
from roomfold.reports.embedded.drill import drill
from roomfold.reports.embedded.marks import Mark, marks
from roomfold.reports.embedded.packing import pack
from roomfold.reports.messages import LANGS
from roomfold.reports.page import environment
from roomfold.reports.statement import state
from roomfold.scenarios.loader import load
from roomfold.sim.ledger import ANNUAL, ITEMS, ONE_OFF

from .hostile import hostile_study

Cells = list[list[int]]


def unpacked(text: str, length: int) -> list[int]:
    """The numbers again, as the format is described."""
    found: list[int] = []
    step = shift = value = 0
    for byte in b64decode(text):
        step |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            value = (0 if len(found) % length == 0 else value) + (-(step + 1) // 2 if step % 2 else step // 2)
            found.append(value)
            step = shift = 0
    return found


def test_packed_numbers_come_back() -> None:
    values = np.array(
        [[0, 1, -1, 63, 64, -64, -65], [2**51, -(2**51), 0, 0, 5, 5, 1_000_000_007]], dtype=float
    )
    assert unpacked(pack(values), 7) == values.ravel().tolist()
    assert unpacked(pack(np.array([[0.6, -0.6]])), 2) == [1, -1]


def sums(cells: Cells, categories: tuple[str, ...]) -> int:
    return sum(before - after for item, before, after in cells if ITEMS[item].category in categories)


def leaves(tree: dict[str, Any]) -> Cells:
    found: Cells = []
    for level in tree["levels"]:
        for _, rooms, rest, office in level["units"]:
            found += [cell for room in rooms for cell in room[1]] + rest[1] + office
        found += level["rest"][2]
    return found + [cell for site in tree["cloud"] for cell in site[1]]


@pytest.mark.parametrize(("rooms", "units"), [(400, 300), (2, 300), (2, 1)])
def test_bookings_of_the_middle_world_add_up_to_its_saving(
    rooms: int, units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = hostile_study()
    monkeypatch.setattr(drilled, "MOST_ROOMS", rooms)
    monkeypatch.setattr(drilled, "MOST_UNITS", units)
    books = Books.of(study.scenario, study.results)
    middle = [result.world for result in study.results].index(study.world.index)
    tree = drill(study)["consolidate"]
    found = leaves(tree)
    assert sums(found, ANNUAL) == pytest.approx(books.annual_saving("consolidate")[middle], abs=len(found))
    assert sums(found, ONE_OFF) == pytest.approx(books.one_off_saving("consolidate")[middle], abs=len(found))
    shown = sum(len(unit[1]) for level in tree["levels"] for unit in level["units"])
    rest = sum(unit[2][0] for level in tree["levels"] for unit in level["units"])
    rest += sum(level["rest"][1] for level in tree["levels"])
    assert shown <= rooms
    assert shown + rest == len(study.world.estate.rooms.id)


def test_too_many_worlds_are_cut_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    study = hostile_study()
    statement = state(study)
    books = Books.of(study.scenario, study.results)
    levels = list(statement.savings["consolidate"].by_level)
    every = draws(books, statement.claims, levels)
    monkeypatch.setattr("roomfold.reports.embedded.draws.MOST_NUMBERS", 500)
    some = draws(books, statement.claims, levels)
    assert (every["worlds"], every["all"]) == (5, 5)
    assert 1 <= some["worlds"] < 5
    assert some["all"] == 5
    assert len(some["weights"][0]) == len(some["rate"]) == some["worlds"]


def test_marks_are_found_by_the_numbers_that_are_drawn() -> None:
    rows = (("a", 1.5e6, 3.0), ("b", -2.5e6, 3.0), ("c", 9.5, 8.0), ("d", 6.0, 1.0), ("e", 5.0, 5.0))
    with styled("test"):
        figure, axes = panel()
        axes.barh([0, 1], [1.5, -2.5])  # in millions
        axes.plot([7.0, 8.0], [4.0, 1.0], linestyle="none", marker="o")
        axes.set_xlim(-3, 9)
        figure.set_layout_engine("none")
        found = marks(Chart(figure, "", "", ("name", "x", "y"), rows))
        (left, low), (right, high) = axes.transData.transform([(0, 0.4), (1.5, -0.4)]) * 72 / figure.dpi
    top = figure.get_figheight() * 72 - max(low, high)
    assert [mark.row for mark in found] == [0, 1, 2, 3]  # 8 and 1 are drawn; 7, 4 and 5 in no row or no mark
    assert found[0][:4] == pytest.approx((left, top, right - left, abs(high - low)), abs=0.11)


def test_names_stand_in_the_order_of_the_cells_and_not_of_hashes(tmp_path: Path) -> None:
    ids = [
        "staff",
        "electricity",
        "leased_lines",
        "platform",
        "room_operations",
        "hardware_refresh",
        "migration",
    ]
    table = tmp_path / "waterfall.csv"
    table.write_text("\n".join(["category", *ids]), encoding="utf-8")
    seen = tuple(Mark(0.0, 0.0, 1.0, 1.0, row) for row in range(len(ids)))
    drawn = ChartFiles(table, table, table, "", "", seen)
    found = chart_values(load("inner-mongolia"), {("waterfall", lang): drawn for lang in LANGS})
    assert list(found["names"]) == ids


def test_no_name_turns_the_direction_of_what_follows() -> None:
    written = environment().from_string("{{ name }}: 12 to 34").render(name="\u202eroom\x07 <b>")
    assert written == "room &lt;b&gt;: 12 to 34"
