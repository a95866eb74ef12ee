"""Alternatives that are like another share its fields and its draws, but for what they say themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from roomfold.scenarios.check import assumptions
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.loader import load, quantities, resolved_yaml

LEASE = """
  lease:
    like: consolidate
    title: { en: Leased, zh: 租用 }
    cloud:
      pue: { low: 1.2, mode: 1.3, high: 1.5, source: test, grade: A }
  third:
    like: lease
    title: { en: Third, zh: 第三 }

claims:"""


@pytest.fixture
def like_path(edit: Callable[..., Path]) -> Path:
    return edit("\nclaims:", LEASE)


def test_what_is_not_said_is_shared(like_path: Path) -> None:
    scenario = load(like_path)
    base, lease, third = (scenario.alternatives[n] for n in ("consolidate", "lease", "third"))
    assert base.cloud and lease.cloud and third.cloud and base.migration
    assert lease.kind == base.kind and lease.migration == base.migration
    assert lease.cloud.host_price_cny.path == base.cloud.host_price_cny.path
    # A default that neither gives is one quantity too.
    assert lease.cloud.overload_share.path == base.cloud.overload_share.path
    assert lease.cloud.pue.path == third.cloud.pue.path == "alternatives.lease.cloud.pue"
    own = [path for path in quantities(scenario) if path.startswith(("alternatives.l", "alternatives.t"))]
    assert own == ["alternatives.lease.cloud.pue"]
    assumed = [row.path for row in assumptions(scenario)]
    assert len(assumed) == len(set(assumed))


def test_draws_of_the_others_stay(like_path: Path, minimal_path: Path) -> None:
    alone = draw_world(load(minimal_path), 3).values
    assert alone.items() <= draw_world(load(like_path), 3).values.items()


def test_the_resolved_file_draws_the_same(like_path: Path, tmp_path: Path) -> None:
    written = tmp_path / "written.yaml"
    written.write_text(resolved_yaml(load(like_path)), "utf-8")
    assert draw_world(load(written), 1).values == draw_world(load(like_path), 1).values


def test_overrides_of_the_first_reach_the_second(like_path: Path) -> None:
    changed = load(like_path, ["alternatives.consolidate.cloud.standby_hosts=4"]).alternatives
    assert changed["third"].cloud and changed["third"].cloud.standby_hosts == 4
    changed = load(like_path, ["alternatives.third.cloud.standby_hosts=4"]).alternatives
    assert changed["lease"].cloud and changed["lease"].cloud.standby_hosts != 4


def test_what_cannot_be_followed(like_path: Path, faults: Callable[..., list[str]]) -> None:
    lines = faults(like_path, ["alternatives.third.like=leas"])
    assert any(
        "alternatives.third.like: got 'leas', must be a name in alternatives" in line for line in lines
    )
    lines = faults(like_path, ["alternatives.lease.like=third"])
    assert any("must not lead back to lease" in line for line in lines)
    assert any(
        "like: got a list of 0, must be text" in line
        for line in faults(like_path, ["alternatives.lease.like=[]"])
    )
    assert any(
        "alternatives.7: got 7, must be text" in line
        for line in faults(like_path, ["alternatives.7.like=keep"])
    )


def test_a_mistake_that_is_shared_is_told_once(like_path: Path, faults: Callable[..., list[str]]) -> None:
    """Of the alternative that makes it, however many are like that one."""
    late = like_path.read_text("utf-8").replace("opens: 2014-03-01", "opens: 2016-01-01")
    like_path.write_text(late.replace("    deadline: 2014-10-31\n", ""), "utf-8")
    (line,) = faults(like_path)
    assert "alternatives.consolidate.cloud.opens: got 2016-01-01, must be from 2014-01-01 until" in line
