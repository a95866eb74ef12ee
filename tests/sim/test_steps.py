"""Steps shorter than an hour: the same world, seen more finely."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.scenarios.clock import Clock
from roomfold.sim import integrate as pass_over
from roomfold.sim.demand import demand_span
from roomfold.sim.integrate import COLUMNS, integrate

from . import build
from .test_flow import MEAN, moving


def machines(steps_per_hour: int, hour_share: list[float], noise: float = 0.25, months: int = 2):
    """Five servers in two rooms, as in ``test_flow.lively``."""
    wanted = build.demand(
        MEAN,
        months=months,
        noise=noise,
        growth=0.3,
        flat=False,
        steps_per_hour=steps_per_hour,
        hour_share=hour_share,
    )
    return build.fleet(wanted, curve=[0, 1, 2, 0, 2], room=[0, 1, 1, 0, 1], later_curve=[1, 1, 1, 2, 0])


@pytest.mark.parametrize("steps_per_hour", [2, 12, 60])
def test_demand_constant_within_the_hour_gives_the_same_at_any_step(steps_per_hour: int) -> None:
    # All noise lasts a day or an hour, and nothing fails: steps of an hour must say the same.
    fails = {"server_fails": [], "room_fails": [], "host_fails": []}
    flows = []
    for steps in (1, steps_per_hour):
        fleet = machines(steps, [0.7, 0.5], months=1)
        story = moving()
        for name, rows in fails.items():
            setattr(story, name, rows)
        (flow,) = integrate(fleet, build.sites(2), [story.future(fleet)])
        flows.append(flow)
    hourly, fine = flows
    np.testing.assert_allclose(fine.room_kwh, hourly.room_kwh, rtol=2e-6)
    np.testing.assert_allclose(fine.cloud_kwh, hourly.cloud_kwh, rtol=2e-6)
    for column in COLUMNS:
        expected = hourly.series[column]
        np.testing.assert_allclose(fine.series[column], expected, rtol=2e-5, atol=2e-6 * expected.max())


def test_results_do_not_depend_on_the_length_of_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = machines(4, [0.2, 0.1])
    future = moving().future(fleet)
    (long,) = integrate(fleet, build.sites(2), [future])
    monkeypatch.setattr(pass_over, "SPAN_STEPS", 1)
    (short,) = integrate(fleet, build.sites(2), [future])
    np.testing.assert_allclose(short.room_kwh, long.room_kwh, rtol=1e-6)
    for column in COLUMNS:
        expected = long.series[column]
        np.testing.assert_allclose(short.series[column], expected, rtol=1e-5, atol=1e-6 * expected.max())


def test_shares_of_noise_are_those_asked_for() -> None:
    wanted = build.demand(np.full(900, 1.0), months=1, noise=0.1, steps_per_hour=12, hour_share=[0.4, 0.2])
    blocks = [demand_span(wanted, span, np.arange(0, 900, 2)) for span in wanted.clock.spans(0, 768)]
    noise = np.sqrt(np.concatenate(blocks, axis=1))
    common = noise.mean(axis=0)
    own = noise - common
    assert common.var() / noise.var() == pytest.approx(0.4, abs=0.03)
    # Of what is a component's own: 0.3 lasts a day, 0.4 an hour, 0.3 a step.
    by_day, by_hour = (own.reshape(len(own), -1, n).mean(axis=2).var() / own.var() for n in (288, 12))
    assert by_day == pytest.approx(0.3 + 0.4 / 24 + 0.3 / 288, abs=0.02)
    assert by_hour == pytest.approx(0.3 + 0.4 + 0.3 / 12, abs=0.02)
    # Of what a class shares, 4 parts of 7 last an hour.
    hours = common.reshape(-1, 12).mean(axis=1).var() / common.var()
    assert hours == pytest.approx(4 / 7 + 3 / 7 / 12, abs=0.04)


def test_any_day_alone_is_the_same_bit_for_bit() -> None:
    wanted = build.demand(
        np.linspace(1, 50, 9), noise=0.25, growth=0.1, flat=False, steps_per_hour=12, hour_share=[0.2, 0.1]
    )
    days = wanted.clock.spans(1, 1)
    (month,) = wanted.clock.spans(1, 10**6)
    everything = demand_span(wanted, month, np.arange(9))
    third = demand_span(wanted, days[3], np.array([7, 2]))
    assert np.array_equal(third, everything[[7, 2], 3 * 288 : 4 * 288])
    fewer = build.without(wanted, 4)
    assert np.array_equal(demand_span(fewer, days[3], np.array([6])), third[:1])


def test_hourly_steps_know_no_hour_share() -> None:
    assert np.array_equal(
        *(demand_span(fleet.demand, fleet.demand.clock.spans(0, 744)[0], np.arange(5))
          for fleet in (machines(1, [0.0, 0.0]), machines(1, [0.7, 0.2])))
    )  # fmt: skip


@pytest.mark.parametrize("steps_per_hour", [1, 4, 12, 60])
@pytest.mark.parametrize("most", [1, 768, 10**6])
def test_spans_cover_each_month_once_in_whole_days(steps_per_hour: int, most: int) -> None:
    clock: Clock = build.clock(3, steps_per_hour=steps_per_hour)
    spans = [span for month in range(3) for span in clock.spans(month, most)]
    assert [span.first_h for span in spans[1:]] == [span.first_h + span.hours for span in spans[:-1]]
    assert spans[0].first_h == 0 and spans[-1].first_h + spans[-1].hours == clock.hours
    for span in spans:
        assert clock.month_edges_h[span.month] == span.month_h <= span.first_h
        assert span.first_h + span.hours <= clock.month_edges_h[span.month + 1]
        assert span.hours % 24 == 0 and (span.steps <= most or span.hours == 24)
