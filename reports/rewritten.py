"""Reports that other code writes than that which simulated the run: what is said of it, and what it changes.

Whoever has a later version may report on what an earlier one simulated. The figures are then reckoned by the
later one, so the report names both and counts the figures that come out otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from .. import __version__
from ..sim import stamp
from .messages import Lang, say

ROUNDING = 1e-9  # relative; other libraries add in another order


@dataclass(frozen=True)
class Rewritten:
    """By what a run was simulated, and what wrote its report since.

    Attributes:
        model: hash of the modules that simulated it; ``reports`` of those that write the report.
        others: number of figures that come out otherwise than in the run's own statement.
    """

    simulated_by: str
    model: str
    written_by: str
    reports: str
    others: int

    @classmethod
    def of(cls, manifest: Mapping[str, object], then: object, now: object) -> Self | None:
        """How a report made here differs from the run's own; None if it does not.

        Args:
            manifest: of the run.
            then, now: its statement as it stands there, and as it comes out here, as plain values.
        """
        names = ("roomfold", "code", "code_of_reports")
        version, model, reports = (str(manifest.get(name)) for name in names)
        here = (__version__, stamp.code(), stamp.code(stamp.REPORTS))
        others = count_others(then, now)
        return (
            None
            if (version, model, reports) == here and not others
            else cls(version, model, here[0], here[2], others)
        )

    def said(self, lang: Lang) -> str:
        """In words."""
        by = say(
            lang,
            "rewritten.by",
            simulated=self.simulated_by,
            model=self.model,
            written=self.written_by,
            reports=self.reports,
        )
        if not self.others:
            return by
        return by + ("" if lang == "zh" else " ") + say(lang, "rewritten.others", count=self.others)


def count_others(then: object, now: object) -> int:
    """Number of figures that two statements have in common and that are not equal, but for rounding."""
    if isinstance(then, dict) and isinstance(now, dict):
        return sum(count_others(then[key], now[key]) for key in then.keys() & now.keys())
    if isinstance(then, list | tuple) and isinstance(now, list | tuple):
        return sum(map(count_others, then, now))
    if isinstance(then, int | float) and isinstance(now, int | float):
        return not math.isclose(then, now, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return False
