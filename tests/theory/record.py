"""What closed forms are compared with, noted where a file is named, for the verification page.

Each comparison says whether it holds, so that a test asserts it; with ``ROOMFOLD_THEORY_FIGURES`` set, it
also adds a line of JSON to that file. ``python -m roomfold.docs.verification`` makes its table of them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from .formulas import CONFIDENCE, Floats, half_width

FILE = "ROOMFOLD_THEORY_FIGURES"


class Record:
    """Comparisons of one test.

    Args:
        test: its name, with parameters.
    """

    def __init__(self, test: str) -> None:
        self._test = test
        self._file = os.environ.get(FILE)

    def near(self, formula: str, samples: Floats, expected: float, within: float) -> bool:
        """Whether the mean of independent samples agrees with what is expected.

        That is, it lies in the interval of CONFIDENCE, and this is narrow enough to tell: no wider than
        ``within`` times the expected value on either side.
        """
        half = half_width(samples)
        kind = f"{CONFIDENCE:.1%} interval, {len(samples)} samples"
        return self.inside(formula, float(samples.mean()), expected, half, kind) and half <= within * abs(
            expected
        )

    def inside(self, formula: str, found: float, expected: float, allowed: float, kind: str) -> bool:
        """Whether two numbers differ by less than is allowed; ``kind`` says where that comes from."""
        self._note(formula, found, expected, allowed, kind)
        return bool(abs(found - expected) < allowed)

    def same(self, formula: str, found: float, expected: float, relative: float = 0.0) -> bool:
        """Whether two numbers are equal, or but for rounding: by at most ``relative`` of what is expected."""
        allowed = relative * abs(expected)
        self._note(formula, found, expected, allowed, "rounding" if relative else "exact")
        return bool(abs(found - expected) <= allowed)

    def all_same(self, formula: str, found: Floats, expected: Floats, relative: float) -> bool:
        """``same`` for arrays, on the scale of the largest expected value; the worst pair is noted."""
        found, expected = np.ravel(found), np.ravel(np.broadcast_to(expected, np.shape(found)))
        scale, worst = float(np.abs(expected).max()), int(np.abs(found - expected).argmax())
        off = float(abs(found[worst] - expected[worst]))
        kind = f"rounding, worst of {len(found)}"
        self._note(formula, float(found[worst]), float(expected[worst]), relative * scale, kind)
        return off <= relative * scale

    def _note(self, formula: str, found: float, expected: float, allowed: float, kind: str) -> None:
        if self._file is None:
            return
        row = {
            "test": self._test,
            "formula": formula,
            "expected": float(expected),
            "simulated": float(found),
            "allowed": float(allowed),
            "kind": kind,
        }
        with Path(self._file).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
