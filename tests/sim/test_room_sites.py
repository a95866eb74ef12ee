"""Rooms of an estate become facilities that show the drawn PUE at their first load."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from roomfold.scenarios.estate import Estate, Lines, Rooms, Servers, Systems, Units
from roomfold.sim.flow import room_sites
from roomfold.sim.integrate import PARTS, integrate
from roomfold.sim.power import power_w

from . import build


def table(kind, rows, **columns):
    """A table of the estate with every column not named set to 0."""
    return kind(**{f.name: columns.get(f.name, np.zeros(rows)) for f in fields(kind)})


def estate(arrives):
    rooms = table(
        Rooms,
        2,
        id=np.arange(2),
        pue=np.array([2.2, 1.8]),
        cooling_fixed_share=np.array([0.5, 0.3]),
        ups_curve=np.array([0, 0]),
        ups_rated_w=np.array([900.0, 600.0]),
        ups_count=np.array([1, 2]),
        overhead_it=np.array([0.3, 0.1]),
        overhead_fixed_share=np.array([0.5, 1.0]),
        lighting_w=np.array([20.0, 10.0]),
    )
    generations = np.stack([arrives, np.full(len(arrives), 99)], axis=1)
    servers = table(Servers, len(arrives), generation_month=generations)
    empty = [table(kind, 0) for kind in (Units, Systems, Lines)]
    return Estate(empty[0], rooms, empty[1], servers, empty[2], ())


@pytest.mark.parametrize("growth", [0.0, 0.9])
def test_pue_in_the_first_month_in_service_is_the_one_drawn(growth):
    # The second room opens with a later system; the third server joins the first room later.
    arrives = np.array([0, 0, 1, 1])
    wanted = build.demand(np.full(4, 2e5), growth=growth)
    machines = build.fleet(wanted, curve=[0, 1, 0, 1], room=[0, 0, 0, 1], later_curve=[2, 2, 2, 2])
    sites = room_sites(build.UPS[None], estate(arrives), machines)
    assert sites.facility.rated_w.tolist() == [900, 1200]
    hours = machines.demand.clock.hours
    story = build.Story(4, 2, hours, server_on={2: 744, 3: 744}, room_open={1: 744})
    (flow,) = integrate(machines, sites, [story.future(machines)])
    pue = flow.room_kwh.sum(axis=2) / np.maximum(flow.room_kwh[:, :, 0], 1e-12)
    assert pue[0, 0] == pytest.approx(2.2, rel=1e-6)
    assert pue[1, 1] == pytest.approx(1.8, rel=1e-6)
    assert pue[0, 1] < 2.2
    it_w = flow.room_kwh[0, 0, PARTS.index("it")] / 744 * 1e3
    servers = 1.5 * power_w(build.WATTS[0], 2e5 / build.SSJ_OPS[0])
    servers += 1.6 * power_w(build.WATTS[1], 2e5 / build.SSJ_OPS[1])
    assert it_w == pytest.approx(1.3 * servers, rel=1e-6)
