"""Good answers fast: which sites are open is searched, who serves whom follows by rule.

Units go to their cheapest open site, those with the most to lose first where racks run short, and are then
shifted and swapped while that saves. Sites are opened, closed and exchanged while that saves.
"""

from __future__ import annotations

import numpy as np

from .instance import Bools, Instance
from .serving import Terms, answer

ENOUGH = 1e-9
# With so few units every answer is polished, not only the best.
FEW_UNITS = 400
STARTS = 4


class Search:
    """Answers to one instance; the best seen so far is kept.

    Attributes:
        cost_cny: of the best answer, infinite if there is none.
        site, open, way: the best answer, as in ``Choice``.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance, self._terms = instance, Terms.of(instance)
        self._seen: dict[bytes, float] = {}
        self.cost_cny = np.inf
        self.site = np.empty(0, dtype=np.int64)
        self.open = np.zeros(len(instance.names), dtype=np.bool_)
        self.way = np.full(len(instance.names), -1, dtype=np.int64)

    def look(self, is_open: Bools, polish: bool = False) -> float:
        """Cost of the answer with these sites open, infinite if none is found."""
        it, key = self._instance, is_open.tobytes()
        if not polish and key in self._seen:
            return self._seen[key]
        if not it.least <= int(is_open.sum()) <= it.most or (it.must_open & ~is_open).any():
            return np.inf
        cost, site, way = answer(self._terms, is_open, polish or len(it.ids) <= FEW_UNITS)
        self._seen[key] = min(cost, self._seen.get(key, np.inf))
        if cost < self.cost_cny:
            self.cost_cny, self.site, self.open, self.way = cost, site, is_open.copy(), way
        return cost

    def improve(self, starts: list[Bools], looks: int) -> None:
        """Close, open and exchange sites while that saves, from the best start, then from the next ones.

        Args:
            starts: sets of open sites beside the best answer known.
            looks: answers tried from each start.
        """
        ranked = sorted((self.look(start), k) for k, start in enumerate(starts))
        chosen = [starts[k] for cost, k in ranked if np.isfinite(cost)][:STARTS]
        for start in [self.open, *chosen] if np.isfinite(self.cost_cny) else []:
            self._descend(start, looks)
        if np.isfinite(self.cost_cny):
            self.look(self.open, polish=True)

    def _descend(self, start: Bools, looks: int) -> None:
        """Take each step that saves; after one, go on with the steps not tried yet rather than begin anew."""
        here, cost = start, self.look(start)
        steps, place, failed = _steps(here), 0, 0
        while failed < len(steps) and looks > 0:
            is_open = here.copy()
            step = steps[place % len(steps)]
            is_open[step] = ~is_open[step]
            found = self.look(is_open)
            looks, place, failed = looks - 1, place + 1, failed + 1
            if found < cost * (1 - ENOUGH):
                here, cost, failed = is_open, found, 0
                steps = _steps(here)


def _steps(here: Bools) -> list[list[int]]:
    """Sites to close or open in one step: one, or one of each."""
    inside, outside = np.flatnonzero(here).tolist(), np.flatnonzero(~here).tolist()
    single = [[i] for i in (*inside, *outside)]
    return [*single, *([away, come] for away in inside for come in outside)]
