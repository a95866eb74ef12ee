"""Loading: includes, overrides, and what comes out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import fingerprint, load, load_any, quantities, resolved_yaml
from roomfold.scenarios.schema import Scenario


def test_error_in_an_included_file_names_that_file(
    edit: Callable[..., Path], faults: Callable[..., list[str]], tmp_path: Path
) -> None:
    path = edit(
        "  - library:demand/government.yaml\n",
        "  - library:demand/government.yaml\n  - more.yaml\n",
    )
    (tmp_path / "more.yaml").write_text("prices:\n  discount_rate: 40 %\n  staff_change: 0.9\n")
    assert faults(path) == [
        "more.yaml:2:18: prices.discount_rate: "
        "got '40 %', must be a number or a distribution (low, mode, high)",
        "more.yaml:3:17: prices.staff_change: got 0.9, must be between -0.3 and 0.5",
    ]


def test_including_file_wins_and_a_quantity_is_replaced_whole(
    edit: Callable[..., Path], minimal: Scenario
) -> None:
    path = edit("baseline: keep\n", "baseline: keep\nprices:\n  discount_rate: { value: 5, unit: '%/yr' }\n")
    prices = load(path).prices
    rate = prices.discount_rate
    assert (rate.dist, rate.value, rate.unit) == ("fixed", 0.05, "1/yr")
    assert prices.staff_change == minimal.prices.staff_change


def test_includes_of_includes_and_cycles(
    edit: Callable[..., Path], faults: Callable[..., list[str]], tmp_path: Path
) -> None:
    path = edit(
        "  - library:demand/government.yaml\n",
        "  - library:demand/government.yaml\n  - sub/a.yaml\n",
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.yaml").write_text("include: [b.yaml]\nprices: {discount_rate: 0.01}\n")
    (tmp_path / "sub/b.yaml").write_text("prices: {discount_rate: 0.02, staff_change: 0.03}\n")
    prices = load(path).prices
    assert (prices.discount_rate.value, prices.staff_change.value) == (0.01, 0.03)
    (tmp_path / "sub/b.yaml").write_text("include: [a.yaml]\n")
    assert faults(path) == [
        f"sub{os.sep}b.yaml:1:11: include.0: got 'a.yaml', must not include itself, "
        "directly or through others"
    ]


@pytest.mark.parametrize("entry", ["../out.yaml", "link.yaml", "library:../loader.py", "/etc/hostname"])
def test_includes_stay_inside(
    edit: Callable[..., Path], faults: Callable[..., list[str]], tmp_path: Path, entry: str
) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "out.yaml").write_text("prices: {}\n")
    (inside / "link.yaml").symlink_to(tmp_path / "out.yaml")
    path = edit("library:demand/government.yaml", entry, inside)
    (line,) = faults(path)
    assert "must stay inside the" in line and "include.6" in line


def test_overrides_win(minimal_path: Path, minimal: Scenario) -> None:
    changes = [
        "time.years=3",
        "prices.discount_rate={low: 0.01, mode: 0.02, high: 0.03}",
        "estate.mlps.2=0.5",
        "alternatives.consolidate.cloud.host_types.0.memory_gb=192",
        "study.seed=1e3",
    ]
    scenario = load(minimal_path, changes)
    assert scenario.time.years == 3 and scenario.study.seed == 1000
    assert scenario.prices.discount_rate.support == (0.01, 0.03)
    assert scenario.estate.mlps == {2: 0.5, 3: 0.3}
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None and cloud.host_types[0].memory_gb == 192
    assert list(quantities(scenario)) == list(quantities(minimal))


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("time.years", "--set: got 'time.years', must be PATH=VALUE, e.g. time.years=3"),
        ("time.years=x", "--set: time.years: got 'x', must be a whole number"),
        (
            "time.yeers=3",
            "--set: time.yeers: got unknown field 'yeers', must be a known field (did you mean 'years'?)",
        ),
        ("prices.discount_rate=9", "--set: prices.discount_rate: got 9, must be between 0 and 0.3"),
        ("time.years.x=3", "--set: time.years.x: got 1 before 'x', must be a mapping or a list"),
        ("claims.9.id=x", "--set: claims.9.id: got '9', must be a position from 0 to 2"),
        ("claims.².id=x", "--set: claims.².id: got '²', must be a position from 0 to 2"),
    ],
)
def test_bad_overrides(
    faults: Callable[..., list[str]], minimal_path: Path, override: str, line: str
) -> None:
    assert faults(minimal_path, [override]) == [line]


def test_quantities_know_their_place_unit_and_range(minimal: Scenario) -> None:
    found = quantities(minimal)
    cloud = minimal.alternatives["consolidate"].cloud
    assert cloud is not None and found["alternatives.consolidate.cloud.pue"] is cloud.pue
    closet = minimal.rooms["closet"].pue
    assert closet.path == "rooms.closet.pue" and closet.bounds == (1.0, 6.0) and closet.unit == "1"
    assert all(quantity.path == path for path, quantity in found.items())
    order = [path.split(".")[0] for path in found]
    sections = list(dict.fromkeys(order))
    assert sections == [name for name in Scenario.model_fields if name in sections]
    assert [p for p in found if p.startswith("rooms")][:2] == ["rooms.closet.area_m2", "rooms.closet.pue"]


def test_units_are_converted(edit: Callable[..., Path]) -> None:
    path = edit("  host_price_cny: { low: 30000, mode: 45000, high: 80000, source: test, grade: W }",
                   "  host_price_cny: { low: 3, mode: 4.5, high: 8, unit: 万元 }")  # fmt: skip
    cloud = load(path).alternatives["consolidate"].cloud
    assert cloud is not None
    price = cloud.host_price_cny
    assert (price.low, price.mode, price.high, price.unit) == (30000, 45000, 80000, "CNY")
    path = edit("  rack_fill: 0.35", "  rack_fill: { value: 35, unit: '%' }")
    cloud = load(path).alternatives["consolidate"].cloud
    assert cloud is not None and cloud.rack_fill.value == 0.35


def test_resolved_text_loads_to_the_same_scenario(minimal_path: Path, tmp_path: Path) -> None:
    for source in (minimal_path, "inner-mongolia"):
        scenario = load(
            source, ["title.en='1e6: no, \"0755\" # x'", "summary.zh='no'", "title.zh='2014-01-01'"]
        )
        path = tmp_path / "resolved.yaml"
        path.write_text(resolved_yaml(scenario), encoding="utf-8")
        again = load(path)
        assert again == scenario
        assert list(quantities(again)) == list(quantities(scenario))
        assert fingerprint(again) == fingerprint(scenario)
        assert resolved_yaml(again) == resolved_yaml(scenario)


def test_fingerprint_follows_numbers_not_texts(minimal_path: Path, minimal: Scenario) -> None:
    assert fingerprint(load(minimal_path, ["title.en=Another"])) == fingerprint(minimal)
    assert fingerprint(load(minimal_path, ["estate.rooms=7"])) != fingerprint(minimal)
    assert len(fingerprint(minimal)) == 64


def test_a_fleet_scenario_is_refused_where_an_estate_is_meant() -> None:
    with pytest.raises(InputError, match=r"planetlab: kind: got a fleet scenario"):
        load("planetlab")


def test_fleet_scenarios_are_checked_like_estates(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("include: [library:planetlab.yaml]\nhosts: {order: [ml110-g6], count: 0}\n", "utf-8")
    with pytest.raises(InputError) as error:
        load_any(path)
    first, second = map(str, error.value.problems)
    assert "s.yaml:2" in first and "ml110-g6" in first and "did you mean 'ml110-g5'" in first
    assert "hosts.count: got 0, must be at least 1" in second


def test_importing_scenarios_is_light() -> None:
    heavy = "('scipy', 'matplotlib', 'pulp')"
    code = f"import sys, roomfold.scenarios; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
