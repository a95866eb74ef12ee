"""The tariff by the hour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load
from roomfold.sim.ledger import ITEM
from roomfold.sim.simulate import simulate
from roomfold.sim.tariff import hourly_ratio

from . import small


def terms(text):
    return f"prices.time_of_use={text}"


def cost(run, part="it"):
    chosen = run.ledger.item == ITEM[f"room_{part}"]
    return np.bincount(run.ledger.month[chosen], run.ledger.cost_cny[chosen], 36)


@settings(max_examples=20, deadline=None)
@given(peak=st.floats(1, 5), valley=st.floats(0, 1), month=st.integers(1, 12))
def test_a_constant_load_pays_the_mean_tariff_where_ratios_are_normalised(peak, valley, month):
    text = f"{{periods: {{peak: {{hours: [9, 10, 18], months: [{month}], ratio: {peak}}}, "
    text += f"valley: {{hours: [0, 1, 2], ratio: {valley}}}}}"
    for normalised, mean in ((True, 1.0), (False, None)):
        scenario, world = small.drawn(0, terms(f"{text}, normalised: {str(normalised).lower()}}}"))
        ratio = hourly_ratio(scenario, world)
        hours = ratio[:24] if month == 1 else ratio[24 * 31 * (month > 1) :][:24]
        assert ratio.mean() == pytest.approx(mean) if normalised else hours[5] == 1
        assert hours[1] / hours[5] == pytest.approx(valley)


def test_ratios_stand_at_their_hours_and_months():
    text = "{periods: {summer: {hours: [14], months: [7, 8], ratio: 3}, night: {hours: [0], ratio: 0.5}}, "
    scenario, world = small.drawn(0, terms(text + "normalised: false}"))
    ratio, edges = hourly_ratio(scenario, world), world.clock.month_edges_h
    assert [ratio[edges[m] + 24 * 3 + 14] for m in range(12)] == [1] * 6 + [3, 3] + [1] * 4
    assert (ratio[::24] == 0.5).all()
    assert (ratio[1::24] == 1).all()
    assert ratio.sum() == pytest.approx(len(ratio) + 2 * 62 * 3 - 0.5 * len(ratio) / 24)


@pytest.mark.parametrize("minutes", [60, 15])
def test_energy_is_paid_at_the_price_of_its_hour(minutes):
    text = "{periods: {day: {hours: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17], ratio: 2}}, normalised: false}"
    extra = (f"time.step_minutes={minutes}", "time.years=1") if minutes < 60 else ()
    scenario, world = small.drawn(1, terms(text), *extra)
    plan = small.move(world)
    run = simulate(scenario, plan, world)
    price = world.of(scenario.prices.electricity_cny_per_kwh)
    change = 1 + world.of(scenario.prices.electricity_change)
    day = (np.arange(world.clock.hours) % 24 >= 8) & (np.arange(world.clock.hours) % 24 < 18)
    for place, ratio in (("room", 1.0), ("cloud", world.of(scenario.prices.electricity_cloud_ratio))):
        for part in ("it", "ups", "cooling", "other"):
            kw = run.series[f"{place}_{part}_kw"] * np.where(day, 2.0, 1.0)
            kwh = np.add.reduceat(kw, world.clock.month_edges_h[:-1])
            year = np.arange(world.clock.months) // 12
            chosen = run.ledger.item == ITEM[f"{place}_{part}"]
            paid = np.bincount(run.ledger.month[chosen], run.ledger.cost_cny[chosen], world.clock.months)
            assert paid == pytest.approx(kwh * price * ratio * change**year, rel=1e-9, abs=1e-9)


def test_ratios_of_one_change_nothing():
    scenario, world = small.drawn(2)
    timed = small.scenario(terms("{periods: {all: {hours: [3, 4], ratio: 1}}}"))
    values = {**world.values, "prices.time_of_use.periods.all.ratio": 1.0}
    same = type(world)(world.seed, world.index, values, world.clock, world.estate)
    flat, priced = (simulate(s, small.stay(w), w) for s, w in ((scenario, world), (timed, same)))
    assert np.array_equal(flat.ledger.amount, priced.ledger.amount)
    assert cost(priced) == pytest.approx(cost(flat), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{periods: {a: {hours: [24], ratio: 1}}}", "got hour 24, must be 0 to 23"),
        ("{periods: {a: {hours: [2], months: [0], ratio: 1}}}", "got month 0, must be 1 to 12"),
        (f"{{periods: {{a: {{hours: {list(range(24))}, ratio: 0}}}}}}", "got 0 at every hour"),
        (
            "{periods: {a: {hours: [2], ratio: 1}, b: {hours: [2], months: [5], ratio: 2}}}",
            "got hour 2 of month 5 in both a and b",
        ),
    ],
)
def test_wrong_periods_are_said_in_words(text, message):
    with pytest.raises(InputError, match=message):
        load(small.MINIMAL, [terms(text)])
