"""Rules on the statement, the page and the screen, in both languages."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from roomfold.reports.messages import LANGS
from roomfold.reports.policy import day_of
from roomfold.reports.rule_words import goal_lines, rule_rows, rule_words
from roomfold.reports.screen import table
from roomfold.reports.statement import state
from roomfold.scenarios.loader import load

from ..scenarios.test_policy import EVERY_KIND
from .small_study import MINIMAL, tiny_study

RULES = (
    "policy.covered={rule: coverage, by: 2014-12-31, source: a plan of 2014}",
    "policy.paid={rule: payback_max, months: 3, source: a newspaper}",
)


def test_shares_dates_and_shortfalls_are_those_of_the_worlds() -> None:
    study = tiny_study(*RULES, worlds=3)
    found = state(study).to_json()["policy"]
    assert isinstance(found, dict) and found["keep"] == {}
    covered, paid = found["consolidate"]["covered"], found["consolidate"]["paid"]
    each = [result.outcomes["consolidate"].policy for result in study.results]
    assert covered["due"] == "2014-12-31" and paid["due"] is None
    assert paid["met_share"] == pytest.approx(np.mean([world["paid"].met for world in each]))
    assert paid["shortfall"]["mean"] == pytest.approx(np.mean([world["paid"].shortfall for world in each]))
    hours = sorted(world["covered"].met_h for world in each if world["covered"].met_h is not None)
    middle = day_of(covered["met_on"]["p50"])
    assert middle == study.world.clock.day_of_hour(hours[len(hours) // 2])
    assert (paid["unit"], paid["rule"], paid["source"]) == ("months", "payback_max", "a newspaper")


def test_rules_stand_on_screen_in_a_hundred_columns() -> None:
    statement = state(tiny_study(*RULES, worlds=3))
    english, chinese = (table(statement, lang) for lang in ("en", "zh"))
    assert "Rules of One cloud" in english and "“统一云平台”的规则" in chinese
    assert "Paid back within 3 months" in english and "3个月内收回投入" in chinese
    assert max(map(len, english.splitlines())) <= 100
    assert [row.name for row in rule_rows(statement, "consolidate", "en")] == ["covered", "paid"]
    assert len(goal_lines(statement, "zh")) == 6


def test_every_kind_of_rule_has_words() -> None:
    texts = [f"policy.{name}={{{rule}, source: s}}" for name, rule in EVERY_KIND.items()]
    scenario = load(MINIMAL, texts)
    for lang in LANGS:
        said = [rule_words(scenario, rule, lang) for rule in scenario.policy.values()]
        assert len(set(said)) == len(said) == 12
        assert not [words for words in said if "{" in words or words.startswith((",", "，"))]
    titled = load(MINIMAL, [*texts, "policy.new.title={en: As told, zh: 如文}"])
    assert rule_words(titled, titled.policy["new"], "zh") == "如文"


def test_years_with_decimals_are_days_again() -> None:
    for day in (date(2014, 1, 1), date(2014, 12, 31), date(2016, 2, 29), date(2018, 7, 1)):
        year = 2014 + (day - date(2014, 1, 1)).days / 365.2425
        assert abs((day_of(year) - day).days) <= 1
