"""The bundled data: right figures, and every value with its source and grade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.attributes import attributes, markdown
from roomfold.scenarios.check import assumptions, columns, counts, table
from roomfold.scenarios.loader import library, load, load_any, quantities
from roomfold.scenarios.schema import Scenario
from roomfold.scenarios.tree import Node, plain
from roomfold.scenarios.yaml_strict import parse

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "scenarios" / "library"
FILES = sorted(path.relative_to(LIBRARY).as_posix() for path in LIBRARY.rglob("*.yaml"))
MINIMAL = Path(__file__).with_name("minimal.yaml")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(MINIMAL)


def test_the_eighteen_curves_and_the_era_medians(scenario: Scenario) -> None:
    curves = scenario.hardware.curves
    eras = {name: curve for name, curve in curves.items() if name.startswith("era-")}
    assert len(curves) - len(eras) == 18 and len(eras) == 6
    # Rows of the published table: watts at idle and 10 ... 100 %, throughput.
    r720 = curves["r720-e5-2660"]
    assert list(r720.watts) == [52.3, 75.4, 86.6, 98.3, 112, 124, 140, 161, 178, 201, 231]
    assert [r720.ssj_ops, r720.memory_gb, r720.year, r720.cores] == [1450585, 24, 2012, 16]
    first = curves["dl380-g5-5160"]
    assert (
        list(first.watts) == [172, 177, 182, 187, 195, 205, 218, 229, 242, 252, 258]
        and first.ssj_ops == 159151
    )
    last = curves["dl380-gen10plus-8380"]
    assert (
        list(last.watts) == [127, 198, 226, 253, 281, 314, 354, 405, 464, 576, 619]
        and last.ssj_ops == 8125401
    )
    entry = curves["rh2288h-v2-e5-2609"]
    assert (
        list(entry.watts) == [68.7, 78.3, 84, 88.4, 92.5, 97.3, 104, 111, 121, 131, 137]
        and entry.ssj_ops == 543919
    )
    assert list(eras["era-2012-13"].watts[:4]) == [56.5, 79, 90, 100] and eras["era-2012-13"].watts[10] == 254
    for curve in curves.values():
        assert np.all(np.diff(curve.watts) >= 0) and curve.source


@pytest.mark.parametrize(
    ("name", "loads", "efficiency"),
    [
        ("legacy", (0.1, 0.25, 0.5, 0.75, 1), (65, 81, 87, 89, 89)),
        ("modern", (0.1, 0.25, 0.5, 0.75, 1), (88, 94, 96, 96, 96)),
        ("eco", (0.1, 0.25, 0.5, 0.75, 1), (94, 97, 98, 98, 98)),
    ],
)
def test_ups_models_give_the_stated_efficiency(
    scenario: Scenario, name: str, loads: tuple[float, ...], efficiency: tuple[int, ...]
) -> None:
    ups, x = scenario.hardware.ups[name], np.array(loads)
    loss = ups.a0 + ups.a1 * x + ups.a2 * x**2
    assert (100 * x / (x + loss)).tolist() == pytest.approx(list(efficiency), abs=0.6)


def test_figures_of_the_parameter_table(scenario: Scenario) -> None:
    found = quantities(scenario)
    for path, low, mode, high in (
        ("rooms.closet.pue", 1.6, 2.2, 3.0),
        ("rooms.room.pue", 1.5, 2.0, 2.6),
        ("prices.electricity_cny_per_kwh", 0.55, 0.68, 0.85),
        ("lines.metro.price_cny_per_year", 2000, 3300, 9000),
        ("servers.embodied_kgco2e", 700, 1300, 1900),
        ("grid.carbon_kg_per_kwh", 0.8, 0.88, 0.93),
        ("prices.staff_cny_per_fte", 60000, 95000, 140000),
    ):
        assert (found[path].low, found[path].mode, found[path].high) == (low, mode, high), path


def _quantity_mappings(node: Node, path: str = "") -> list[tuple[str, dict[str, object]]]:
    if isinstance(node.value, list):
        return [pair for i, item in enumerate(node.value) for pair in _quantity_mappings(item, f"{path}.{i}")]
    if not isinstance(node.value, dict):
        return []
    data = plain(node)
    assert isinstance(data, dict)
    if any(not isinstance(data[key], str) for key in {"value", "mode", "high"} & data.keys()):
        return [(path, data)]
    return [p for key, entry in node.value.items() for p in _quantity_mappings(entry.node, f"{path}.{key}")]


@pytest.mark.parametrize("name", FILES)
def test_every_value_has_a_source_and_a_grade(name: str) -> None:
    tree = parse((LIBRARY / name).read_bytes(), name, [])
    for path, data in _quantity_mappings(tree):
        assert data.get("grade") in ("S", "W", "A") and data.get("source"), f"{name}{path}"


@pytest.mark.parametrize("name", library())
def test_bundled_scenarios_have_no_bare_number_where_a_quantity_stands(name: str) -> None:
    for path, quantity in quantities(load_any(name)).items():
        assert quantity.source, path
        if quantity.grade == "A":
            low, high = quantity.support
            assert high > low, f"{path} is assumed and yet a single number"


@pytest.mark.parametrize("folder", ["tariffs", "grid"])
def test_every_tariff_and_grid_file_fits_a_scenario(folder: str, tmp_path: Path) -> None:
    for name in FILES:
        if name.startswith(folder):
            old = "library:tariffs/inner-mongolia-2014.yaml"
            path = tmp_path / "s.yaml"
            text = MINIMAL.read_text("utf-8").replace(old, f"{old}\n  - library:{name}")
            path.write_text(text, "utf-8")
            load(path)


def test_demand_profiles_differ_as_they_should(scenario: Scenario) -> None:
    classes = scenario.demand.classes
    assert set(classes) == {"office", "public", "batch", "filing", "feed"}
    office, batch, filing, feed = (classes[n] for n in ("office", "batch", "filing", "feed"))
    assert (
        sum(office.workday[9:17]) > 0.6 * sum(office.workday)
        and sum(office.restday) < sum(office.workday) / 3
    )
    assert sum(batch.workday[0:6]) > 3 * sum(batch.workday[9:15])
    assert (
        min(filing.months[i] for i in (0, 2, 3, 4, 5))
        > 1.4
        > max(filing.months[i] for i in (1, *range(6, 12)))
    )
    assert max(feed.workday) / min(feed.workday) < 1.3 and len(set(feed.months)) == 1
    for each in classes.values():
        low, high = each.noise.support
        assert 0 < low < high <= 0.35 and each.title.zh and each.title.en


def test_departments_could_buy_something_in_every_year(scenario: Scenario) -> None:
    for year in range(2005, 2020):
        assert any(model.from_year <= year <= model.to_year for model in scenario.servers.models), year


def test_assumptions_come_least_sure_first_and_line_up(scenario: Scenario) -> None:
    rows = assumptions(scenario)
    grades = [row.grade for row in rows]
    assert grades == sorted(grades, key="AWS".index)
    assert sum(counts(rows).values()) == len(rows)
    assert set(quantities(scenario)) <= {row.path for row in rows}
    lines = table(rows[:5], width=0).splitlines()
    start = lines[0].index("source")
    assert all(line[start - 1] == " " and line[start] != " " for line in lines[1:-1])
    assert columns("内蒙古 a") == 8


def test_attribute_page_is_current() -> None:
    assert (ROOT / "docs" / "attributes.md").read_text("utf-8") == markdown()
    for row in attributes():
        assert row.description, row.path
