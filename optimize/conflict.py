"""When it cannot be done: the rules that conflict, and what giving up each would cost.

A deletion filter: rules are left out one after the other, and whoever is not needed for the conflict
stays out. What is left is irreducible: without any one of them the rest can be satisfied together. It need
not be the smallest set that conflicts, so smaller ones are tried afterwards where they are few.
``explain`` applies it to plans, ``rules`` says which rules a plan has and how each is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from ..scenarios.errors import InfeasibleError

# Sets smaller than the first found are tried as long as there are no more of one size than this.
MOST_TRIED = 30

# What a plan costs, in words, by what it is for.
COSTS = {
    "hosts_cny_per_year": "CNY {:,.0f} a year for hosts",
    "sites_cny_per_year": "CNY {:,.0f} a year for sites and lines",
    "moving_cny": "CNY {:,.0f} over the horizon for what the order of moves decides on",
}


@dataclass(frozen=True)
class Family:
    """A rule or limit, or all of one kind.

    Attributes:
        name: short, for programs.
        words: what it says, as a clause without a full stop.
    """

    name: str
    words: str


@dataclass(frozen=True)
class Relaxed:
    """What giving up one rule of a conflict would mean.

    Attributes:
        change: how far the limit must give, in words; empty if nothing can be said.
        costs: of the plan then, by what it is for (see ``COSTS``); empty if there is no plan even so,
            because of another conflict.
    """

    family: Family
    change: str
    costs: Mapping[str, float]


@dataclass(frozen=True)
class Conflict:
    """Rules of which one at least must be given up.

    Attributes:
        alternative: whose plan it is.
        reason: what the planner met first.
        rules: irreducible; empty if no rule that can be given up is to blame.
        relaxed: what giving up each would mean, in the order of ``rules``.
    """

    alternative: str
    reason: str
    rules: tuple[Family, ...]
    relaxed: tuple[Relaxed, ...]

    def to_json(self) -> dict[str, object]:
        """For ``plan --json``."""
        return {"feasible": False, **asdict(self)}

    def __str__(self) -> str:
        if not self.rules:
            return f"no plan for {self.alternative}: {self.reason}"
        named = " and ".join(family.words for family in self.rules)
        verb = "cannot hold" if len(self.rules) == 1 else "cannot hold together"
        ways = "; ".join(_way(relaxed) for relaxed in self.relaxed)
        reason = self.reason.removeprefix(f"{named}: ")
        return f"no plan for {self.alternative}: {named} {verb} ({reason}); {ways}"


def _way(relaxed: Relaxed) -> str:
    text = f"without {relaxed.family.name}"
    if not relaxed.costs:
        return f"{text} another conflict remains"
    change = f" ({relaxed.change})" if relaxed.change else ""
    costs = " and ".join(COSTS[key].format(value) for key, value in relaxed.costs.items())
    return f"{text}{change} the plan costs {costs}"


class ConflictError(InfeasibleError):
    """A plan that no choice can satisfy, with the smallest set of rules that conflict."""

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        super().__init__(str(conflict))

    def __reduce__(self) -> tuple[type[ConflictError], tuple[Conflict]]:
        """Sent between processes as the conflict, not as its text."""
        return type(self), (self.conflict,)


def smallest(families: Sequence[Family], feasible: Callable[[frozenset[str]], bool]) -> tuple[Family, ...]:
    """Rules that cannot hold together, as few as are found, though all but any one of them can.

    The set of the deletion filter, or a smaller one: single rules are tried, then pairs and larger sets,
    while there are at most ``MOST_TRIED`` of a size.

    Args:
        families, feasible: as for ``irreducible``.

    Returns:
        In the order given; empty if no plan exists even without any of the rules.
    """
    found = irreducible(families, feasible)
    inside = {family.name for family in found}
    for size in range(1, len(found)):
        sets = [some for some in combinations(families, size) if not {f.name for f in some} <= inside]
        if len(sets) > MOST_TRIED:
            break
        for some in sets:
            if not feasible(frozenset(family.name for family in some)):
                return some
    return found


def irreducible(families: Sequence[Family], feasible: Callable[[frozenset[str]], bool]) -> tuple[Family, ...]:
    """Rules that cannot hold together, though all but any one of them can.

    Asks once per rule, and once more with none. What is given first is left out first: put first what
    is easiest to give up, and the answer keeps to what is hardest.

    Args:
        families: all rules; together they cannot hold.
        feasible: whether a plan exists that keeps the named rules; must be monotone.

    Returns:
        In the order given; empty if no plan exists even without any of the rules.
    """
    if not feasible(frozenset()):
        return ()
    kept = list(families)
    for family in families:
        without = [other for other in kept if other is not family]
        if not feasible(frozenset(other.name for other in without)):
            kept = without
    return tuple(kept)
