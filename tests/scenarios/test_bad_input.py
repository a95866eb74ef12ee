"""Bad input gives one plain line per problem, at the right file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load


def place(text: str, of: str) -> str:
    """line:column of the first occurrence of a text."""
    before = text[: text.index(of)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(
    ("old", "new", "at", "path", "message"),
    [
        pytest.param(
            "      units: 1\n",
            "      units: 1\n      unitz: 3\n",
            "unitz",
            "estate.levels.region.unitz",
            "got unknown field 'unitz', must be a known field (did you mean 'units'?)",
            id="unknown field",
        ),
        pytest.param(
            "day_rate_cny: 1300",
            "day_rate_cny: {value: 1300, unit: EUR}",
            "EUR",
            "alternatives.consolidate.migration.day_rate_cny",
            "got unit 'EUR', must be 'CNY/d'",
            id="wrong unit",
        ),
        pytest.param(
            "  systems: 20",
            "  systems: -20",
            "-20\n",
            "estate.systems",
            "got -20, must be between 1 and 1000000",
            id="negative count",
        ),
        pytest.param(
            "      units: 2\n",
            "      units: -2\n",
            "-2\n",
            "estate.levels.banner.units",
            "got -2, must be at least 0",
            id="negative units",
        ),
        pytest.param(
            "library:hardware/ups.yaml",
            "library:hardware/upss.yaml",
            "library:hardware/upss.yaml",
            "include.1",
            "got 'library:hardware/upss.yaml', must be an existing file "
            "(did you mean 'library:hardware/ups.yaml'?)",
            id="missing include",
        ),
        pytest.param(
            "  rooms: 6\n",
            "  rooms: 6\n  rooms: 7\n",
            "rooms: 7",
            "estate.rooms",
            "got 'rooms' a second time (first on line 38), must be given once",
            id="duplicate key",
        ),
        pytest.param(
            "baseline: keep\n",
            "baseline: kep\n",
            "kep\n",
            "baseline",
            "got 'kep', must be a name in alternatives (did you mean 'keep'?)",
            id="unknown alternative",
        ),
        pytest.param(
            "curve: r720-e5-2660",
            "curve: r720-e5-2670",
            "r720-e5-2670",
            "alternatives.consolidate.cloud.host_types.1.curve",
            "got 'r720-e5-2670', must be a name in hardware.curves (did you mean 'r720-e5-2660'?)",
            id="unknown curve",
        ),
        pytest.param(
            "{ sdh-2m: 3, metro: 1 }",
            "{ sdh-3m: 3, metro: 1 }",
            "sdh-3m",
            "estate.levels.banner.vertical_lines.sdh-3m",
            "got 'sdh-3m', must be a name in lines (did you mean 'sdh-2m'?)",
            id="unknown line",
        ),
        pytest.param(
            "[mstp-10m, mstp-100m]",
            "[mstp-10m, mstp-1g]",
            "mstp-1g",
            "alternatives.consolidate.cloud.access_line.1",
            "got 'mstp-1g', must be a name in lines (did you mean 'mstp-10m'?)",
            id="unknown access line",
        ),
        pytest.param(
            "seed: 7 }",
            "seed: 7, lead: [estate.rooms, estate.levels] }",
            "estate.levels]",
            "study.lead.1",
            "got 'estate.levels', must be the path of a quantity (did you mean 'estate.vertical_lines'?)",
            id="leading quantity",
        ),
        pytest.param(
            "start: 2014-01-01",
            "start: 2014-01-02",
            "2014-01-02",
            "time.start",
            "got 2014-01-02, must be the first day of a month",
            id="start in mid-month",
        ),
        pytest.param(
            "deadline: 2014-10-31",
            "deadline: 2015-10-31",
            "2015-10-31",
            "alternatives.consolidate.deadline",
            "got 2015-10-31, must be from 2014-01-01 until before 2015-01-01, "
            "the time simulated (time.start, time.years)",
            id="deadline after the end",
        ),
        pytest.param(
            "deadline: 2014-10-31",
            "deadline: 2014-02-28",
            "2014-02-28",
            "alternatives.consolidate.deadline",
            "got 2014-02-28, must not be before the cloud opens (2014-03-01)",
            id="deadline before opening",
        ),
        pytest.param(
            "zones: { internet: 0.3, extranet-public: 0.7 }",
            "zones: { internet: 0 }",
            "zones",
            "estate.zones",
            "got a sum of 0, must be more than 0",
            id="no shares",
        ),
        pytest.param(
            "  rack_fill: 0.35",
            "  rack_fill: { low: 0.5, mode: 0.4, high: 0.6 }",
            "{ low: 0.5, mode: 0.4",
            "alternatives.consolidate.cloud.rack_fill",
            "got 0.5, 0.4, 0.6, must rise from low to high",
            id="unordered triangle",
        ),
        pytest.param(
            "  rack_fill: 0.35",
            "  rack_fill: { low: 0.5, high: 0.6 }",
            "{ low: 0.5, high",
            "alternatives.consolidate.cloud.rack_fill",
            "got high and low, must be one of value; low, mode and high; dist: uniform with low and high; "
            "dist: lognormal with mode and gsd",
            id="incomplete distribution",
        ),
        pytest.param(
            "pue: { low: 1.4, mode: 1.6, high: 1.9,",
            "pue: { low: 0.5, mode: 1.6, high: 1.9,",
            "0.5, mode: 1.6",
            "alternatives.consolidate.cloud.pue",
            "got 0.5, must be between 1 and 3",
            id="out of range",
        ),
        pytest.param(
            "network_share: 0.3\n",
            "network_share: yes\n",
            "yes",
            "alternatives.consolidate.cloud.network_share",
            "got 'yes', must be a number or a distribution (low, mode, high)",
            id="text for a quantity",
        ),
        pytest.param(
            "network_share: 0.3\n",
            "network_share: true\n",
            "true",
            "alternatives.consolidate.cloud.network_share",
            "got true, must be a number or a distribution",
            id="boolean for a quantity",
        ),
        pytest.param(
            "years: 1,",
            'years: "1",',
            '"1"',
            "time.years",
            "got '1', must be a whole number",
            id="quoted number",
        ),
        pytest.param(
            "kind: keep",
            "kind: kepe",
            "kepe",
            "alternatives.keep.kind",
            "got 'kepe', must be 'keep', 'consolidate' or 'virtualise' (did you mean 'keep'?)",
            id="choice",
        ),
        pytest.param(
            "name: minimal",
            "name: Minimal Test",
            "Minimal Test",
            "name",
            "got 'Minimal Test', must be a name of lower-case letters, digits, - and _ "
            "that starts with a letter",
            id="name",
        ),
        pytest.param(
            "study: { worlds: 2, seed: 7 }",
            "study: 7",
            "7\n\nestate",
            "study",
            "got 7, must be a mapping (key: value lines)",
            id="number for a section",
        ),
        pytest.param(
            "opens: 2014-03-01",
            "opens: 2014-02-30",
            "2014-02-30",
            "alternatives.consolidate.cloud.opens",
            "got '2014-02-30', must be a date such as 2014-12-31, without quotes",
            id="no such day",
        ),
    ],
)
def test_bad_input_gives_one_line(
    edit: Callable[..., Path],
    faults: Callable[..., list[str]],
    minimal_path: Path,
    old: str,
    new: str,
    at: str,
    path: str,
    message: str,
) -> None:
    file = edit(old, new)
    where = place(minimal_path.read_text("utf-8").replace(old, new), at)
    assert faults(file) == [f"s.yaml:{where}: {path}: {message}"]


def test_missing_field_is_reported_at_its_section(
    edit: Callable[..., Path], faults: Callable[..., list[str]]
) -> None:
    path = edit("      dual_run_days: 14\n", "")
    where = place(path.read_text("utf-8"), "migration:")
    assert faults(path) == [
        f"s.yaml:{where}: alternatives.consolidate.migration.dual_run_days: "
        "got nothing, must be given: Days that old and new run in parallel"
    ]


def test_consolidate_needs_a_cloud_and_keep_must_have_none(
    edit: Callable[..., Path], faults: Callable[..., list[str]]
) -> None:
    path = edit("kind: keep", "kind: consolidate")
    where = place(path.read_text("utf-8"), "keep:\n")
    assert faults(path) == [
        f"s.yaml:{where}: alternatives.keep.{name}: got nothing, must be given where kind is 'consolidate'"
        for name in ("cloud", "migration")
    ]
    path = edit("    kind: keep\n", "    kind: keep\n    deadline: 2014-10-31\n")
    (line,) = faults(path)
    assert line.endswith("alternatives.keep.deadline: got a deadline, must be left out where kind is 'keep'")


def test_unknown_kind_of_room_and_missing_class(
    edit: Callable[..., Path], faults: Callable[..., list[str]]
) -> None:
    path = edit("baseline: keep\n", "baseline: keep\nrooms: { hall: {} }\n")
    found = faults(path)
    assert any("got 'hall', must be 'closet' or 'room'" in line for line in found)
    assert all("rooms.hall" in line for line in found)


def test_all_problems_at_once(minimal_path: Path, tmp_path: Path) -> None:
    text = minimal_path.read_text("utf-8")
    for old, new in (
        ("worlds: 2", "worlds: 0"),
        ("systems: 20", "systems: {value: 20, unit: kg}"),
        ("rooms: 6", "rooms: 6\n  rooms: 7"),
        ("deadline: 2014-10-31", "deadlin: 2014-10-31"),
        ("ups: modern", "ups: modren"),
        ("staff_fte: 1", "staff_fte: -1"),
    ):
        text = text.replace(old, new)
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    assert [problem.path for problem in caught.value.problems] == [
        "study.worlds",
        "estate.systems",
        "estate.rooms",
        "alternatives.consolidate.deadlin",
        "alternatives.consolidate.cloud.ups",
        "alternatives.consolidate.cloud.staff_fte",
    ]


def test_whole_section_missing(
    minimal_path: Path, edit: Callable[..., Path], faults: Callable[..., list[str]]
) -> None:
    path = edit("  - library:demand/government.yaml\n", "")
    where = place(minimal_path.read_text("utf-8"), "schema: 1")
    assert faults(path) == [
        f"s.yaml:{where}: demand: got nothing, must be given: Demand of the systems and its growth."
    ]


JUNK = ["null", "[]", "{}", "-1", "1e999", "'x'", "true", "2014-01-01", "：", "\t", "&a", "*a", "!!int 3"]
JUNK += ["? x", "- 1", "{a: [1, {b: 2}]}", "1: 2", "@", "%", "\n---\n", "|", '"', "\x07", "9" * 5000]
JUNK += ["0x" + "f" * 28]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_file_ends_in_anything_but_problems(
    minimal_path: Path, tmp_path: Path, data: st.DataObject
) -> None:
    text = minimal_path.read_text("utf-8")
    words = list(re.finditer(r"[^\s:,{}\[\]]+", text))
    for word in sorted(data.draw(st.sets(st.sampled_from(range(len(words))), max_size=3)), reverse=True):
        junk = data.draw(st.sampled_from(JUNK))
        text = text[: words[word].start()] + junk + text[words[word].end() :]
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    try:
        load(path)
    except InputError as error:
        for problem in error.problems:
            assert re.match(r"got .*, must ", problem.message, re.DOTALL), problem
            assert problem.line > 0, problem
            assert "\n" not in str(problem), problem


def test_no_horizon_ends_after_the_last_year_that_a_date_can_have(minimal_path: Path) -> None:
    with pytest.raises(InputError, match=r"time\.start: got 9999-12-01, must be no later than 9899-12-01"):
        load(minimal_path, ["time.start=9999-12-01"])
