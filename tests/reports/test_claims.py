"""Claims under each accounting switch, against sums made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from roomfold.reports.claims import Check, checks, combinations, figure
from roomfold.reports.rank import weighted_median
from roomfold.scenarios.loader import load

from .hand_study import MONTHS, claim, hand_books

K2 = ("leased_lines", "room_operations", "electricity")
K3 = ("room_construction", "hardware_purchase")

GROSS_YEAR = 9 + 17 + 33
CLOUD_YEAR = 2 + 4 + 8 + 10 + 12 + 13  # without staff
NEW_BUILD = 65 + 73  # room_new, server_new
RENEWAL = 56 + 49  # room_refit, server_refresh
CLOUD_BUILD = 16 + 18 + 19
MOVE = 20 + 21 + 21 - 21  # labour, rollback, disposal, resale


@pytest.mark.parametrize(
    ("switches", "per_month"),
    [
        ((), GROSS_YEAR),
        (("staff",), GROSS_YEAR + 25),
        (("net",), GROSS_YEAR - CLOUD_YEAR),
        (("net", "staff"), GROSS_YEAR + 25 - CLOUD_YEAR - 6),
    ],
)
def test_annual_claims(switches: tuple[str, ...], per_month: float) -> None:
    made = claim(categories=K2, switches=("net", "staff"))
    found = figure(hand_books(1.0, 2.0), "consolidate", made, switches)
    assert found == pytest.approx([12 * per_month, 24 * per_month])


@pytest.mark.parametrize(
    ("switches", "per_month"),
    [
        ((), NEW_BUILD),
        (("all_hardware",), NEW_BUILD + RENEWAL),
        (("net",), NEW_BUILD - CLOUD_BUILD - MOVE),
        (("net", "all_hardware"), NEW_BUILD + RENEWAL - CLOUD_BUILD - MOVE - 12),
    ],
)
def test_one_off_claims(switches: tuple[str, ...], per_month: float) -> None:
    made = claim(metric="one_off_saving", categories=K3, switches=("net", "all_hardware"), unit="CNY")
    found = figure(hand_books(1.0), "consolidate", made, switches)
    assert found == pytest.approx([MONTHS * per_month])


@pytest.mark.parametrize(("by", "moved"), [(date(2014, 12, 31), 2), (date(2015, 1, 1), 3), (None, 4)])
def test_systems_moved_count_until_the_end_of_the_day(by: date | None, moved: int) -> None:
    made = claim(metric="systems_moved", by=by, unit="count")
    assert figure(hand_books(1.0), "consolidate", made, ()) == [moved]
    made = claim(metric="migration_end_share", by=by, unit="1")
    assert figure(hand_books(1.0), "consolidate", made, ()) == pytest.approx([moved / 5])


def test_every_combination_of_switches_is_stated() -> None:
    assert combinations(claim()) == [()]
    assert combinations(claim(switches=("net", "staff"))) == [(), ("staff",), ("net",), ("net", "staff")]


def stated(published: float, *sizes: float, relation: str = "about") -> Check:
    made = claim(categories=("leased_lines",), published=published, relation=relation)  # 108 x size
    scenario = load("inner-mongolia").model_copy(update={"claims": (made,)})
    (check,) = checks(hand_books(*sizes, scenario=scenario))
    return check


SIZES = tuple(float(s) for s in range(1, 22))


def test_verdict_rank_and_distance() -> None:
    inside = stated(108.0 * 11, *SIZES)
    assert inside.inside
    assert inside.distance == 0
    assert inside.below == pytest.approx(0.5)
    low, _, high = inside.stat.span
    above, under = stated(high + 7, *SIZES), stated(low - 7, *SIZES)
    assert not above.inside
    assert not under.inside
    assert above.distance == pytest.approx(7)
    assert under.distance == pytest.approx(-7)


def test_more_than_was_claimed_bears_an_at_least_claim_out() -> None:
    low, _, high = stated(1.0, *SIZES).stat.span
    assert stated(low - 50, *SIZES, relation="at-least").inside
    assert not stated(high + 50, *SIZES, relation="at-least").inside


def test_the_mix_says_what_near_worlds_have_in_common() -> None:
    near = stated(108.0 * 15, *np.linspace(1, 21, 81))
    assert near.mix is not None
    assert near.mix.enough
    (pull,) = near.mix.pulls
    assert pull.path == "estate.rooms"
    assert pull.correlation == pytest.approx(1)
    assert pull.median_all == pytest.approx(11)
    assert pull.median_near == pytest.approx(15, abs=0.3)


def test_too_few_near_worlds_are_said_to_be_few() -> None:
    far = stated(1e9, *SIZES)
    assert far.mix is not None
    assert (far.mix.near, far.mix.enough) == (0, False)
    assert far.mix.highest == pytest.approx(108 * 21)
    assert far.mix.lowest == pytest.approx(108 * 17)


def test_weighted_median_leaves_out_what_weighs_nothing() -> None:
    values = np.array([5.0, 1.0, 3.0, 100.0])
    assert weighted_median(values, np.array([1.0, 1.0, 1.0, 0.0])) == pytest.approx(3)
    assert weighted_median(values, np.ones(4)) == pytest.approx(4)


def test_a_claim_speaks_of_some_alternatives_and_against_another() -> None:
    scenario = load("inner-mongolia")
    base = scenario.alternatives["consolidate"]
    alternatives = {**scenario.alternatives, "lease": base}

    def asked(**fields: object) -> list[Check]:
        made = claim(metric="npv_saving", unit="CNY", **fields)
        changed = scenario.model_copy(update={"alternatives": alternatives, "claims": (made,)})
        books = hand_books(1.0, 3.0, scenario=changed)
        for result in books.results:
            cheaper = replace(
                result.outcomes["consolidate"], cost_cny=result.outcomes["consolidate"].cost_cny / 2
            )
            result.outcomes["lease"] = cheaper  # type: ignore[index]  # a dictionary all the same
        return list(checks(books))

    assert [c.alternative for c in asked()] == ["consolidate", "lease"]
    assert [c.alternative for c in asked(alternatives=("lease",))] == ["lease"]
    (lease,) = asked(against="consolidate")
    by_keep = {c.alternative: c.values for c in asked()}
    assert lease.alternative == "lease"
    assert lease.values == pytest.approx(by_keep["lease"] - by_keep["consolidate"])
    assert lease.values[1] == pytest.approx(3 * lease.values[0]) and lease.values[0] > 0


def test_a_claim_that_inputs_were_fitted_to_is_never_confirmed() -> None:
    books = hand_books(1, 2, 3)
    for calibrated, verdict in ((False, "inside"), (True, "used")):
        fitted = claim(categories=K2, published=12 * GROSS_YEAR * 2.0, calibrated=calibrated)
        checked = checks(replace(books, scenario=books.scenario.model_copy(update={"claims": (fitted,)})))
        assert [check.verdict for check in checked] == [verdict]
        assert checked[0].inside
