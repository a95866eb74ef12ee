"""`roomfold plan` as a user meets it: checked plans, conflicts by name, a limit in seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main

SMALL = str(Path(__file__).parent / "scenarios" / "minimal.yaml")
TOO_LARGE = ("--set", "estate.memory_gb=900")


def plan(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["plan", SMALL, *arguments])


def test_a_plan_is_checked_and_says_so() -> None:
    done = plan()
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("checked: ")
    assert done.stdout.splitlines()[-1].endswith("no violation")


def test_a_broken_plan_is_exit_1_and_names_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that finds something: the planner would be wrong."""
    from roomfold.optimize import check
    from roomfold.optimize.check import Violation

    found = [Violation("memory", "host 3: 130 GB of memory, 118 allowed", 12.0, "GB")]
    monkeypatch.setattr(check, "check_plan", lambda *_: found)
    done = plan()
    assert done.exit_code == 1
    assert "memory: host 3: 130 GB of memory, 118 allowed, by 12 GB" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_conflict_is_one_line_and_exit_4() -> None:
    done = plan(*TOO_LARGE)
    assert done.exit_code == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no host larger than 256 GB of memory" in done.stderr
    assert "without host size (a host of 979 GB of memory" in done.stderr


def test_a_conflict_as_json_has_the_rules_and_their_prices() -> None:
    done = plan(*TOO_LARGE, "--json")
    assert done.exit_code == 4
    found = json.loads(done.stdout)
    assert found["feasible"] is False and found["alternative"] == "consolidate"
    assert [rule["name"] for rule in found["rules"]] == ["host size"]
    assert found["relaxed"][0]["costs"]["hosts_cny_per_year"] > 0


def test_a_time_limit_is_no_error_and_is_said() -> None:
    """However short: what was found by then is a plan, with its gap."""
    done = plan("--time-limit", "0.001")
    assert done.exit_code == 0, done.output
    assert "time limit of 0.001 s was reached" in done.stdout
    told = json.loads(plan("--time-limit", "0.001", "--json").stdout)
    assert all(entry["time_limit_reached"] for entry in told)
    assert told[1]["gap"] >= 0
