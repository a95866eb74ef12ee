"""Published figures beside the simulated ones, under every way of counting them.

Money is counted gross first: what the claim's categories cost less on the rooms' side. Switches add

- ``net``: what the cloud costs, in every category of the same kind (annual or one-off), and the move;
- ``staff``: the category staff, that of the cloud only together with ``net``;
- ``all_hardware``: renewal of rooms and hardware avoided over the horizon, beside the new build avoided;
  without it, only what would have been built or bought anew counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import numpy as np

from ..scenarios.schema import Claim
from ..sim.ledger import ANNUAL, ONE_OFF
from ..sim.tally import COUNTED
from .books import Books, rows_of
from .figures import total_savings
from .quantiles import Floats, Stat
from .rank import rank_correlations, weighted_median

NEAR = 0.1  # of the published figure
FEWEST_NEAR = 5  # worlds, below which a median of them says little
MIX_SIZE = 6
ROOM_RENEWAL = ("room_refit",)
MONEY = ("annual_saving", "one_off_saving", "npv_saving")


@dataclass(frozen=True)
class Pull:
    """One quantity of a mix: its median in all worlds and in those near the published figure."""

    path: str
    unit: str
    grade: str
    correlation: float
    median_all: float
    median_near: float


@dataclass(frozen=True)
class Mix:
    """What the worlds nearest the published figure have in common, in quantities that sway it beyond chance.

    Attributes:
        near: worlds within ``NEAR`` of it.
        enough: whether these were used; if not, the nearest ``FEWEST_NEAR`` worlds were.
        lowest, highest: simulated figure among the worlds used.
    """

    near: int
    enough: bool
    lowest: float
    highest: float
    pulls: tuple[Pull, ...]


@dataclass(frozen=True)
class Check:
    """A claim under one way of counting.

    Attributes:
        values: the simulated figure in each world, shape (worlds,).
        below: share of worlds that lie below the published figure, ties counting half.
        distance: published minus the nearer end of P10-P90, 0 inside, in the claim's unit.
    """

    claim: Claim
    alternative: str
    switches: tuple[str, ...]
    values: Floats
    stat: Stat
    inside: bool
    below: float
    distance: float
    mix: Mix | None

    @property
    def verdict(self) -> str:
        """``inside`` or ``outside``; ``used`` where inputs were fitted to it, so that it is no evidence."""
        if self.claim.calibrated:
            return "used"
        return "inside" if self.inside else "outside"

    @property
    def accounting(self) -> str:
        """See ``accounting``."""
        return accounting(self.claim, self.switches)


def accounting(claim: Claim, switches: Collection[str]) -> str:
    """The way of counting, as programs read it: ``gross``, ``net+staff`` ...; ``count`` if no money.

    Args:
        switches: those that are on; others than the claim's own are left out.
    """
    if claim.metric not in MONEY:
        return "count"
    return "+".join(switch for switch in claim.switches if switch in switches) or "gross"


def checks(books: Books) -> tuple[Check, ...]:
    """Every claim of the scenario, for each alternative it speaks of and every combination of switches."""
    return tuple(
        _check(books, name, claim, switches)
        for name in books.others
        for claim in books.scenario.claims
        if speaks_of(books, claim, name)
        for switches in combinations(claim)
    )


def speaks_of(books: Books, claim: Claim, name: str) -> bool:
    """Whether a claim is about an alternative."""
    if claim.alternatives:
        return name in claim.alternatives
    return books.scenario.alternatives[name].kind == "consolidate" and name != claim.against


def combinations(claim: Claim) -> list[tuple[str, ...]]:
    """All combinations of the claim's switches, none first."""
    flags = product((False, True), repeat=len(claim.switches))
    return [tuple(s for s, on in zip(claim.switches, row, strict=True) if on) for row in flags]


def _check(books: Books, alternative: str, claim: Claim, switches: tuple[str, ...]) -> Check:
    values = figure(books, alternative, claim, switches)
    stat = Stat.of(values, claim.unit)
    low, _, high = stat.span
    published = claim.published
    over, under = max(0.0, published - high), max(0.0, low - published)
    if claim.relation == "at-least":
        under = 0.0  # more than was claimed bears the claim out
    below = float((values < published).mean() + (values == published).mean() / 2)
    mix = _mix(books, claim, values) if claim.metric in MONEY else None
    inside = over == 0 and under == 0
    return Check(claim, alternative, switches, values, stat, inside, below, over - under, mix)


def figure(books: Books, alternative: str, claim: Claim, switches: tuple[str, ...]) -> Floats:
    """The simulated figure a claim speaks of, in the claim's unit, shape (worlds,)."""
    if claim.metric in COUNTED:
        row = books.scenario.claims.index(claim)
        return books.each(alternative, lambda o: o.tallies[row])
    if claim.metric in MONEY:
        against = books if claim.against is None else _against(books, claim.against)
        return _saved(against, alternative, claim, switches)
    moved = _moved(books, alternative, claim)
    if claim.metric == "systems_moved":
        return moved
    planned = books.each(alternative, lambda o: o.systems_planned)
    return np.divide(moved, planned, out=np.zeros_like(moved), where=planned > 0)


def _saved(books: Books, alternative: str, claim: Claim, switches: tuple[str, ...]) -> Floats:
    if claim.metric == "annual_saving":
        return books.annual_saving(alternative, saving_rows(claim, switches))
    if claim.metric == "one_off_saving":
        return books.one_off_saving(alternative, saving_rows(claim, switches), months_until(books, claim))
    return total_savings(books, alternative)["npv"].values


def _against(books: Books, other: str) -> Books:
    """The same books with savings measured against another alternative."""
    return replace(books, scenario=books.scenario.model_copy(update={"baseline": other}))


def saving_rows(claim: Claim, switches: tuple[str, ...]) -> list[int]:
    """Rows of ITEMS that a claim about money sums."""
    extra = {"staff": "staff", "all_hardware": "hardware_refresh"}
    named = {*claim.categories, *(extra[s] for s in switches if s in extra)}
    rows = set(rows_of(named, "rooms"))
    if "all_hardware" in claim.switches and "all_hardware" not in switches:
        rows -= set(rows_of(ROOM_RENEWAL))
    if "net" in switches:
        kind = set(ANNUAL if claim.metric == "annual_saving" else ONE_OFF) - {"staff"}
        rows |= set(rows_of(kind | named, "cloud", "move"))
    return sorted(rows)


def months_until(books: Books, claim: Claim) -> int | None:
    """Months up to the end of the claim's day; None for the whole horizon."""
    return None if claim.by is None else books.clock.month_of_hour(books.clock.hour_of(claim.by)) + 1


def _moved(books: Books, alternative: str, claim: Claim) -> Floats:
    """Systems moved by the end of the claim's day; of the horizon if it names none."""
    until_h = books.clock.hour_of(claim.by + timedelta(days=1)) if claim.by else books.clock.hours
    return books.each(alternative, lambda o: np.searchsorted(o.moved_h, until_h))


def _mix(books: Books, claim: Claim, values: Floats) -> Mix:
    """Compare worlds near the published figure, weighted by nearness, with all worlds."""
    off = np.abs(values - claim.published)
    reach = NEAR * abs(claim.published)
    near = int((off < reach).sum())
    enough = near >= FEWEST_NEAR
    if enough:
        weights = np.maximum(0.0, 1.0 - off / reach)
    else:
        weights = np.zeros(len(values))
        weights[np.argsort(off, kind="stable")[:FEWEST_NEAR]] = 1.0
    used = values[weights > 0]
    pulls = []
    clear = [d for d in rank_correlations(books, values) if d.share > 0]
    for driver in clear[:MIX_SIZE]:
        drawn = books.drawn(driver.path)
        medians = weighted_median(drawn, np.ones(len(drawn))), weighted_median(drawn, weights)
        pulls.append(Pull(driver.path, driver.unit, driver.grade, driver.correlation, *medians))
    return Mix(near, enough, float(used.min()), float(used.max()), tuple(pulls))
