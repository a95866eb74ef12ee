"""Residual values against sums done by hand, and their place in the net present value."""

from __future__ import annotations

import pytest

from roomfold.reports.cash import present_value
from roomfold.reports.figures import total_savings
from roomfold.reports.residual import residual_cny

from .hand_study import hand_books

# Every life is one year here: purchases of the last twelve months keep 11/12, 10/12 ... 0 of their price.
LEFT_MONTHS = sum(k / 12 for k in range(12))
KEPT = 90 + 60 + 80 + 70
MOVED = 17 + 11 + 15 + 14 + 16 + 18 + 12 + 19


def test_what_was_bought_keeps_the_unused_share_of_its_price() -> None:
    """Straight line over the life; money that bought nothing lasting leaves nothing."""
    books = hand_books(1, 4)
    assert residual_cny(books, "keep").tolist() == pytest.approx([LEFT_MONTHS * KEPT, 4 * LEFT_MONTHS * KEPT])
    assert residual_cny(books, "consolidate").tolist()[0] == pytest.approx(LEFT_MONTHS * MOVED)


def test_present_value_counts_what_is_left() -> None:
    """The residual of each future is discounted from the end of the horizon."""
    books = hand_books(1)
    flow = books.saving("consolidate").sum(axis=2)
    left = LEFT_MONTHS * (MOVED - KEPT) / 1.1**5
    npv = total_savings(books, "consolidate")["npv"].values
    assert npv.tolist() == pytest.approx(
        (present_value(flow, books.drawn("prices.discount_rate")) + left).tolist()
    )
