"""Likelihood of what was published, plausible limits, and ways of counting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from roomfold.reports.calibration.evidence import (
    Evidence,
    kept,
    log_likelihood,
    log_weights,
    ways_of_counting,
)
from roomfold.scenarios.plausible import Plausible

from .recipe import claim

VALUES = np.array([65e6, 65e6 * math.exp(0.075), 65e6 * math.exp(-0.15), 0.0, -65e6])


def test_one_error_off_costs_half() -> None:
    found = log_likelihood(claim(), VALUES)
    assert found[:3] == pytest.approx([0.0, -0.5, -2.0])
    assert np.isneginf(found[3:]).all(), "a loss cannot be published as a saving"


def test_more_than_was_claimed_bears_a_minimum_out() -> None:
    found = np.exp(log_likelihood(claim(relation="at-least"), VALUES))
    assert found[:3] == pytest.approx([0.5, 0.841345, 0.022750], rel=1e-5)
    assert log_likelihood(claim(relation="at-least"), np.array([1e9])) == pytest.approx([0.0])


def test_a_wider_error_is_a_field_of_the_claim() -> None:
    assert log_likelihood(claim(reporting_error=0.15), VALUES)[1] == pytest.approx(-0.125)


def test_switches_of_all_claims_make_the_ways() -> None:
    claims = [claim(switches=("net", "staff")), claim(id="S", switches=("net", "all_hardware"))]
    ways = ways_of_counting(claims)
    assert len(ways) == 8
    assert ways["gross"] == ()
    assert ways["net+staff+all_hardware"] == ("net", "staff", "all_hardware")
    assert list(ways_of_counting([claim()])) == ["gross"]


def test_ways_are_hypotheses() -> None:
    evidence = Evidence((claim(),), {"gross": {"R": "a"}, "net": {"R": "b"}})
    found = log_weights(evidence, {"a": np.full(3, 65e6), "b": np.full(3, 65e6 * math.exp(0.075))})
    assert found[0] - found[1] == pytest.approx([0.5] * 3)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"term": "rooms", "at_most": 1, "of": "systems"}, [True, True, False]),
        ({"term": "rooms", "at_least": 0.5, "of": "systems"}, [False, True, True]),
        ({"term": "rooms", "at_most": 25}, [True, True, False]),
    ],
)
def test_limits(limit: dict[str, object], expected: list[bool]) -> None:
    texts = {"id": "l", "what": {"en": "limit", "zh": "限制"}}
    worlds = {"rooms": np.array([5.0, 20.0, 30.0]), "systems": np.array([20.0, 20.0, 20.0])}
    assert kept([Plausible.model_validate(texts | limit)], worlds).tolist() == expected
