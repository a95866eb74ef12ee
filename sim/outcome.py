"""What a study keeps of each world: sums of its ledgers and monthly or yearly states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan, Proof, ScheduleProof
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .compliance import RuleOutcome
from .ledger import VENDOR
from .run import Run, Service

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stock:
    """What stands at the end of the run.

    Attributes:
        servers, hosts: machines switched on, in rooms and at the cloud's sites.
        components: that run on hosts; ``working_hosts`` are those that may carry them (no standby).
        max_mssj, max_kw: throughput and power of all of them at full load.
    """

    servers: int
    hosts: int
    components: int
    working_hosts: int
    max_mssj: float
    max_kw: float


@dataclass(frozen=True)
class Outcome:
    """One alternative in one world, summed.

    Attributes:
        amount, cost_cny, carbon_kg: ledger sums, shape (months, items), items as in ledger.ITEMS; amount and
            carbon whoever pays, cost the government's.
        cost_by_level_cny: the government's, shape (years, levels + 1, items); levels as in estate.levels, the
            last row is all cloud sites.
        rooms_open, systems_on_cloud, hosts_on: state at the end of each month, shape (months,).
        pue: facility energy over IT energy by year, shape (years,).
        utilisation: load over capacity switched on by year, shape (years,).
        heat: mean utilisation by weekday and hour in the last year, shape (7, 24).
        moved_h: hours of successful cut-overs, sorted.
        planned_h: hours of planned cut-overs, sorted.
        slips_h: hours by which systems moved later than planned, of those that did, sorted; one that has not
            moved when the run ends or it is given up counts up to then.
        moving_cny: labour of moving by year as planned, roll-backs to be expected included, shape (years,).
        over_budget_cny: labour of moving as simulated above the budgets of its calendar years.
        systems_planned: systems that were to move by the deadline.
        others_cny: cost to every other payer, shape (payers - 1, months, items), payers as in ledger.PAYERS
            from the second on; None where the government pays all.
        moved_by_level: systems that the plan has on the cloud, by level, shape (levels,).
        tallies: what each claim that counts something would read, shape (claims,); see tally.
        policy: what became of each rule that binds the alternative, by name.
        goals: where the estate stands at the end, by name; see compliance.
    """

    alternative: str
    kind: str
    amount: Floats
    cost_cny: Floats
    carbon_kg: Floats
    cost_by_level_cny: Floats
    rooms_open: Floats
    systems_on_cloud: Floats
    hosts_on: Floats
    pue: Floats
    utilisation: Floats
    heat: Floats
    service: Service
    moved_h: NDArray[np.int32]
    planned_h: NDArray[np.int32]
    slips_h: NDArray[np.int32]
    moving_cny: Floats
    systems_planned: int
    team_fte: float
    proof: Proof | None
    schedule: ScheduleProof | None
    tallies: Floats = field(default_factory=lambda: np.empty(0))
    others_cny: Floats | None = None
    moved_by_level: Floats | None = None
    stock: Stock | None = None
    policy: Mapping[str, RuleOutcome] = field(default_factory=dict)
    goals: Mapping[str, float] = field(default_factory=dict)
    over_budget_cny: float = 0.0

    @property
    def vendor_cny(self) -> Floats:
        """What the vendor pays, less what it is paid, shape (months, items)."""
        return np.zeros_like(self.cost_cny) if self.others_cny is None else self.others_cny[VENDOR - 1]

    @property
    def society_cny(self) -> Floats:
        """What all payers pay together, shape (months, items)."""
        return self.cost_cny if self.others_cny is None else self.cost_cny + self.others_cny.sum(axis=0)


@dataclass(frozen=True)
class WorldResult:
    """All alternatives in one world, with the draws that made it (path of quantity -> value)."""

    world: int
    draws: Mapping[str, float]
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True)
class Study:
    """All worlds of a scenario, and one of them in full (that with the median net saving)."""

    scenario: Scenario
    seed: int
    results: tuple[WorldResult, ...]
    world: World
    plans: Mapping[str, Plan]
    runs: Mapping[str, Run]
