"""Lanes by hand: which rows of a block each alternative reads, and that no row is made twice."""

from __future__ import annotations

import numpy as np

from roomfold.sim.lanes import NONE, Stay, Window, blank, inside, lay_out

STEPS = 10


def window(*spans: tuple[int, int]) -> Window:
    start, end = zip(*spans, strict=True)
    return Window(np.array(start), np.array(end))


WHOLE, CLOSED = (0, STEPS), (0, 0)


def test_alternatives_share_what_they_have_in_common() -> None:
    """One machine is common, two run through in the others only, the fourth is another one there."""
    first = window(WHOLE, (0, 4), CLOSED, WHOLE)
    kept = Stay(np.array([0, 0, 0, 0]), first, first, window(*[CLOSED] * 4))
    through, moved = window(*[WHOLE] * 4), window(CLOSED, (4, 10), CLOSED, CLOSED)
    other = Stay(np.array([0, 1, 1, 1]), through, through, moved)
    found = lay_out([kept, other, other], STEPS)
    assert found.component.tolist() == [0, 1, 2, 3, 1, 3, 1]
    assert found.curve.tolist() == [0, 1, 1, 0, 0, 1]
    assert found.powered == 6
    assert (found.start.tolist(), found.end.tolist()) == ([0, 0, 4], [4, 10, 10])
    lanes = [[lane.tolist() for lane in reading] for reading in found.readings]
    assert lanes[0] == [[0, 4, NONE, 3], [0, 4, NONE, 3], [NONE] * 4]
    assert lanes[1] == lanes[2] == [[0, 1, 2, 5], [0, 1, 2, 3], [NONE, 6, NONE, NONE]]


def test_rows_are_blank_outside_their_steps() -> None:
    block = np.ones((4, STEPS), dtype=np.float32)
    start, end = np.array([0, 3, 0, 5]), np.array([10, 10, 9, 5])
    blank(block, start, end)
    assert block.astype(bool).tolist() == [
        [a <= step < b for step in range(STEPS)] for a, b in zip(start, end, strict=True)
    ]
    assert inside(Window(start, end), STEPS).tolist() == block.astype(bool).tolist()
