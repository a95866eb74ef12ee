"""Answers against closed forms: planted worlds, fixed inputs, chance that no law can know."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from roomfold.reports.explore.inputs import inputs, total_indices
from roomfold.reports.explore.surrogate import Surrogate, payback_by_year
from roomfold.reports.quantiles import quantiles

from .planted import RATE, ROOMS, STAFF, TARIFF, annual, planted, worth


@cache
def exact() -> Surrogate:
    return Surrogate(planted())


def values(surrogate: Surrogate, path: str) -> np.ndarray:
    return surrogate.stored.drawn[:, list(surrogate.stored.inputs).index(path)]


def test_with_nothing_fixed_the_answer_is_the_run() -> None:
    surrogate = Surrogate(planted(noise=0.3))
    for name, found in surrogate.figures(surrogate.fixed({})).items():
        assert found == pytest.approx(surrogate.stored.figures[name], rel=1e-12)
    answer = surrogate.answer({})["annual_total"]
    expected = quantiles(surrogate.stored.figures["annual_total"])
    assert (answer.low, answer.middle, answer.high) == pytest.approx(tuple(expected), rel=1e-12)
    assert answer.error == 0


def test_fixed_inputs_give_the_distribution_of_the_closed_form() -> None:
    fixed = {TARIFF: 0.6, ROOMS: 400.0}
    found = exact().figures(exact().fixed(fixed))
    everywhere = np.ones(exact().stored.worlds)
    truth = annual(0.6 * everywhere, 400.0 * everywhere, values(exact(), STAFF))
    assert found["annual_total"] == pytest.approx(truth, rel=1e-6)
    assert found["npv"] == pytest.approx(worth(truth, values(exact(), RATE)), rel=1e-6)
    answer = exact().answer(fixed)
    assert answer["annual_total"].middle == pytest.approx(quantiles(truth)[1], rel=1e-6)
    assert answer["annual_without_staff"].high == pytest.approx(400 * 4e4 * 0.6, rel=1e-6)
    assert answer["annual_total"].error < 1e-6 * answer["annual_total"].middle


def test_the_discount_rate_is_reckoned_not_fitted() -> None:
    total = exact().stored.figures["annual_total"]
    found = exact().figures(exact().fixed({RATE: 0.05}))
    assert found["npv"] == pytest.approx(worth(total, np.full(len(total), 0.05)), rel=1e-12)
    assert found["annual_total"] == pytest.approx(total, rel=1e-12)


def test_the_error_on_worlds_left_out_is_that_of_the_chance() -> None:
    noise = 0.2
    surrogate = Surrogate(planted(noise=noise))
    staff = surrogate.stored.figures["annual_total"] - surrogate.stored.figures["annual_without_staff"]
    chance = noise * np.sqrt((staff**2).mean())
    assert 0.7 * chance < surrogate.fits["annual_total"].rmse < 1.5 * chance
    assert surrogate.fits["annual_without_staff"].q2 > 1 - 1e-9
    assert surrogate.answer({ROOMS: 400.0})["annual_total"].error > 0


def test_the_error_grows_away_from_the_middle() -> None:
    surrogate = Surrogate(planted(noise=0.3))
    drawn = values(surrogate, STAFF)
    middle = float(np.exp(np.log(drawn).mean()))
    near, far = (surrogate.answer({STAFF: v})["annual_total"].error for v in (middle, float(drawn.max())))
    assert far > 1.5 * near


def test_a_poor_fit_is_never_narrower_than_the_run() -> None:
    surrogate = Surrogate(planted(noise=2.5))
    assert surrogate.poor("annual_total") and not surrogate.poor("energy_saved")
    run, now = (surrogate.answer(fixed)["annual_total"] for fixed in ({}, {STAFF: 0.4}))
    assert now.high - now.low >= run.high - run.low - 1


def test_what_sways_a_figure_is_offered_and_ranked() -> None:
    found = [one.path for one in inputs(exact())]
    assert set(found) == {TARIFF, ROOMS, STAFF, RATE}
    assert found[0] in (ROOMS, STAFF)
    column = list(exact().stored.inputs).index(ROOMS)
    index = total_indices(exact(), column)
    assert index["energy_saved"] == pytest.approx(1.0, abs=0.25)  # the only input of it
    assert index["annual_total"] < index["energy_saved"]
    one = next(one for one in inputs(exact()) if one.path == TARIFF)
    assert values(exact(), TARIFF).min() <= one.low < one.usual[0] < one.usual[1] < one.high
    assert one.high <= values(exact(), TARIFF).max()


def test_payback_between_ends_of_years() -> None:
    flows = np.array([[-3.0, 1.0, 4.0], [1.0, 1.0, 1.0], [-3.0, 1.0, 1.0], [-1.0, 4.0, -2.0]])
    assert payback_by_year(flows) == pytest.approx([2.5, 0.0, np.inf, 1.25])
