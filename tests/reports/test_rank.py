"""What drives the spread: found where it was put in, and nothing where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roomfold.reports.books import Books
from roomfold.reports.rank import rank_correlations
from roomfold.scenarios.design import probabilities
from roomfold.scenarios.loader import quantities

from .hand_study import hand_books

WORLDS = 64
STRONG, WEAKER = "estate.rooms", "prices.staff_cny_per_fte"


def drawn_books() -> Books:
    """Books whose quantities all vary, each by itself."""
    books = hand_books(*range(1, WORLDS + 1))
    paths = list(quantities(books.scenario))
    points = probabilities(paths, books.scenario.study.lead, 1, WORLDS)
    results = [
        replace(result, draws=dict(zip(paths, row, strict=True)))
        for result, row in zip(books.results, points.tolist(), strict=True)
    ]
    return Books.of(books.scenario, results)


def test_a_lesser_driver_is_found_behind_a_greater_one() -> None:
    """Its simple correlation is lost among a hundred others; given the greater one it stands out."""
    books = drawn_books()
    found = rank_correlations(books, books.drawn(STRONG) * 3 + books.drawn(WEAKER))
    assert [d.path for d in found if d.share > 0] == [STRONG, WEAKER]
    assert found[0].share > found[1].share > 0
    assert sum(d.share for d in found) <= 1


def test_a_figure_of_its_own_has_no_driver() -> None:
    """A figure that no quantity makes has no driver among a hundred quantities."""
    books = drawn_books()
    other = probabilities(["something else"], (), 1, WORLDS)[:, 0]
    assert not any(d.share > 0 for d in rank_correlations(books, np.asarray(other)))
