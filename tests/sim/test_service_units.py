"""Units that a cloud service is paid for: three months of 2014, every server and host by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.finance import Financing
from roomfold.sim.service_units import ITEM_OF_UNIT, service_units

from . import small

FEB, MARCH = 31 * 24, (31 + 28) * 24


def paid(unit: str, plan: SimpleNamespace, timeline: SimpleNamespace) -> tuple[list[float], list[float]]:
    """Twelfths of a unit-year used and planned in January, February, March and April."""
    clock = small.drawn(0)[1].clock
    servers = SimpleNamespace(system=np.array([0, 0, 1, 2, 2, 3, 4]))
    estate = SimpleNamespace(servers=servers, systems=SimpleNamespace(id=np.arange(5)))
    world = SimpleNamespace(clock=clock, estate=estate)
    found = service_units(world, plan, timeline, Financing.model_construct(unit=unit))
    for units in found:
        assert units.shape == (36,)
        assert units[4:] == pytest.approx(np.full(32, units[3]))
    return (12 * found.used[:4]).tolist(), (12 * found.planned[:4]).tolist()


def moved() -> tuple[SimpleNamespace, SimpleNamespace]:
    """Five systems of seven servers, of which the second server of the third is not moved.

    The first moves half through February with one server, a week later with the other; the second leaves in
    March, the third is late, the fourth never moves, the fifth moves though nothing was planned, and has no
    flavour.
    """
    hours = [FEB + 14 * 24, FEB + 21 * 24, 0, MARCH, NEVER, NEVER, FEB]
    ends = [NEVER, MARCH, MARCH, NEVER, NEVER, NEVER, NEVER]
    timeline = SimpleNamespace(cloud_on_h=np.array(hours), cloud_off_h=np.array(ends))
    plan = SimpleNamespace(
        placement=np.array([0, 3, 1, 0, -1, 2, 2]),
        wave_h=np.array([FEB, 0, FEB + 14 * 24, MARCH, NEVER]),
        flavour=np.array([1, 0, 0, 1, 1, 0, -1]),
        flavours=SimpleNamespace(vcpu=np.array([2.0, 8.0])),
    )
    return plan, timeline


def test_systems_are_used_from_their_first_server_to_their_last() -> None:
    used, planned = paid("system", *moved())
    # The first from mid-February, the second until March, the third from March, the fifth from February.
    assert used == pytest.approx([1, 0.5 + 1 + 1, 3, 3])
    assert planned == pytest.approx([1, 1 + 1 + 0.5, 4, 4])


def test_vcpu_are_used_server_by_server() -> None:
    used, planned = paid("vcpu", *moved())
    assert used == pytest.approx([2, 8 * 0.5 + 2 * 0.25 + 2, 8 + 8, 16])
    assert planned == pytest.approx([2, 8 + 2 + 2 + 8 * 0.5, 8 + 2 + 2 + 8 + 2, 22])


def test_a_system_that_left_before_it_came_is_not_used() -> None:
    plan, timeline = moved()
    gone = SimpleNamespace(cloud_on_h=timeline.cloud_on_h, cloud_off_h=0 * timeline.cloud_off_h)
    assert paid("system", plan, gone)[0] == [0] * 4


def test_hosts_that_work_are_paid_for_from_the_month_they_were_planned_for() -> None:
    """Standby hosts and those kept for recovery are not; one bought after the run never is."""
    hosts = SimpleNamespace(
        standby=np.array([False, True, False, False, False, False]),
        recovers=np.array([-1, -1, 0, 1, -1, -1]),
        buy_month=np.array([1, 0, 0, 0, 36, -5]),
    )
    on_h = np.array([FEB + 7 * 24, 0, 0, 0, NEVER, -24])
    used, planned = paid("host", SimpleNamespace(hosts=hosts), SimpleNamespace(host_on_h=on_h))
    assert used == pytest.approx([1, 1.75, 2, 2])
    assert planned == pytest.approx([1, 2, 2, 2])


def test_each_unit_has_its_item() -> None:
    assert ITEM_OF_UNIT == {"system": "service_systems", "host": "service_hosts", "vcpu": "service_vcpu"}
