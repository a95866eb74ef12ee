"""Calibration: the worlds of a study conditioned on claims, and everything that is said of it.

A claim that was used is no evidence any more: it has no verdict here, and a scenario whose inputs follow
from it must carry ``calibrated: true`` there. Claims left out are, and are read against the posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...scenarios.errors import RoomfoldError
from ...scenarios.schema import Claim, Scenario
from ..claims import accounting, combinations
from .evidence import GROSS, Evidence, ways_of_counting
from .findings import Narrowing, Pair, Reading, narrowings, pairs, reading
from .information import Decision, decide
from .posterior import Method, Posterior, condition
from .refine import refined
from .stored import Stored
from .worlds import Worlds

MOST_PAIRED = 8
YEARLY = "annual_saving"


class AskError(RoomfoldError):
    """A calibration that cannot be asked for."""

    exit_code = 2


@dataclass(frozen=True)
class Ask:
    """What to condition on, and how.

    Attributes:
        claims: ids; those about yearly savings if empty.
        alternative: that the claims are read in; the first one they speak of if None.
        accounting: the way in which the source counted (``gross``, ``net+staff`` ...); unknown if None.
        within: months by whose end an alternative is to have paid back, the measure of its worth; its net
            present value if None.
        method: see ``posterior.condition``.
        refine: worlds to simulate near the posterior.
    """

    claims: tuple[str, ...] = ()
    alternative: str | None = None
    accounting: str | None = None
    within: int | None = None
    method: Method = "auto"
    refine: int = 0


@dataclass(frozen=True)
class Calibration:
    """Worlds before and after.

    Attributes:
        used: readings of the claims used, for each way of counting; ``left_out`` those of all others.
        narrowings: of every quantity that differs, the most narrowed first.
        pairs: quantities that the evidence ties to each other.
        decision: None where nothing is compared with the baseline.
    """

    scenario: Scenario
    seed: int
    ask: Ask
    alternative: str
    worlds: Worlds
    evidence: Evidence
    posterior: Posterior
    narrowings: tuple[Narrowing, ...]
    pairs: tuple[Pair, ...]
    used: tuple[Reading, ...]
    left_out: tuple[Reading, ...]
    decision: Decision | None

    @property
    def informed(self) -> tuple[Narrowing, ...]:
        """Quantities that the evidence says something about."""
        return tuple(n for n in self.narrowings if n.informed)


def calibrate(stored: Stored, ask: Ask | None = None, *, jobs: int = 1) -> Calibration:
    """Condition stored worlds on claims.

    Raises:
        AskError: if there is no such claim, alternative or way of counting.
        CalibrationError: if no world agrees with the claims.
    """
    ask = ask or Ask()
    scenario = stored.scenario
    claims = _chosen(scenario, ask)
    alternative = _alternative(stored, claims, ask)
    evidence = _evidence(stored, claims, alternative, ask)
    if ask.refine:
        stored = refined(stored, evidence, ask.refine, jobs=jobs)
    worlds = stored.worlds
    others = [claim for claim in scenario.claims if claim not in claims]
    left_out = {
        (claim.id, way): name
        for claim in others
        for way, name in _readings(worlds, claim, alternative, evidence, ask).items()
    }
    worth = _worth(stored, ask)
    finite = {n for n in (*left_out.values(), *worth.values()) if np.isfinite(worlds.values[n]).all()}
    posterior = condition(worlds, evidence, tuple(sorted(finite)), ask.method, stored.seed)
    first = next(iter(evidence.figures.values()))
    narrowed = narrowings(worlds, posterior, first)
    informed = [n.path for n in narrowed if n.informed][:MOST_PAIRED]
    by_id = {claim.id: claim for claim in scenario.claims}
    used = [
        reading(worlds, posterior, by_id[key], way, name)
        for way, figures in evidence.figures.items()
        for key, name in figures.items()
    ]
    read = [
        reading(worlds, posterior, by_id[key], way, n) for (key, way), n in left_out.items() if n in finite
    ]
    worth = {name: figure for name, figure in worth.items() if figure in finite}
    return Calibration(
        scenario,
        stored.seed,
        ask,
        alternative,
        worlds,
        evidence,
        posterior,
        narrowed,
        pairs(posterior, informed),
        tuple(used),
        tuple(read),
        decide(worlds, posterior, scenario.baseline, worth) if worth else None,
    )


def _chosen(scenario: Scenario, ask: Ask) -> tuple[Claim, ...]:
    known = [claim.id for claim in scenario.claims]
    for key in ask.claims:
        if key not in known:
            raise AskError(
                f"--claims: got {key!r}, must be of {', '.join(known) or 'none: it has no claims'}"
            )
    if ask.claims:
        return tuple(claim for claim in scenario.claims if claim.id in ask.claims)
    yearly = tuple(claim for claim in scenario.claims if claim.metric == YEARLY)
    if not yearly:
        raise AskError(f"{scenario.name}: has no claim about a yearly saving; name others with --claims")
    return yearly


def _alternative(stored: Stored, claims: Sequence[Claim], ask: Ask) -> str:
    """The alternative that all the claims can be read in."""
    names = [name for name in stored.scenario.alternatives if name != stored.scenario.baseline]
    fitting = [n for n in names if all(_figure(n, c, ()) in stored.worlds.values for c in claims)]
    if ask.alternative is None and fitting:
        return fitting[0]
    if ask.alternative in fitting:
        return str(ask.alternative)
    what = ", ".join(claim.id for claim in claims)
    if ask.alternative is None or not fitting:
        raise AskError(f"no alternative has figures of {what} in these worlds; run the scenario anew")
    raise AskError(
        f"--alternative: got {ask.alternative!r}, must be of {', '.join(fitting)}, that {what} is of"
    )


def _evidence(stored: Stored, claims: tuple[Claim, ...], alternative: str, ask: Ask) -> Evidence:
    ways = ways_of_counting(claims)
    if ask.accounting is not None:
        wanted = set(ask.accounting.split("+")) - {GROSS}
        chosen = {way: switches for way, switches in ways.items() if set(switches) == wanted}
        if not chosen:
            raise AskError(f"--accounting: got {ask.accounting!r}, must be of {', '.join(ways)}")
        ways = chosen
    figures = {
        way: {claim.id: _figure(alternative, claim, switches) for claim in claims}
        for way, switches in ways.items()
    }
    evidence = Evidence(claims, figures, stored.scenario.plausible)
    for name in evidence.needed:
        if name not in stored.worlds.values:
            raise AskError(f"plausible: got {name!r}, these worlds have no such figure")
    return evidence


def _readings(worlds: Worlds, claim: Claim, alternative: str, evidence: Evidence, ask: Ask) -> dict[str, str]:
    """Figures of a claim left out, by way of counting; those that contradict a given way are not asked."""
    if ask.accounting is None:
        given: dict[str, bool] = {}
    else:
        on = ask.accounting.split("+")
        given = {s: s in on for used in evidence.claims for s in used.switches}
    found = {}
    for switches in combinations(claim):
        if all(given.get(s, s in switches) == (s in switches) for s in claim.switches):
            name = _figure(alternative, claim, switches)
            if name in worlds.values:
                found[accounting(claim, switches)] = name
    return found


def _worth(stored: Stored, ask: Ask) -> dict[str, str]:
    """The figure that says what each alternative is worth, by alternative."""
    key = "saving npv" if ask.within is None else f"cash {ask.within} months"
    names = [name for name in stored.scenario.alternatives if name != stored.scenario.baseline]
    found = {name: f"{name}:{key}" for name in names if f"{name}:{key}" in stored.worlds.values}
    if names and not found and ask.within is not None:
        most = 12 * stored.scenario.time.years
        raise AskError(f"--within: got {ask.within} months, must be whole years up to {most} months")
    return found


def _figure(alternative: str, claim: Claim, switches: Sequence[str]) -> str:
    return f"{alternative}:claim {claim.id} {accounting(claim, switches)}"
