"""The statement: what each alternative saved, how sure that is, and how published figures compare.

``state`` makes it from a study; ``to_json`` is the contract that other programs read. It depends on
the scenario, the seed and the number of worlds alone, so the same run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import __version__
from ..optimize.plan import Proof, ScheduleProof
from ..scenarios.loader import fingerprint
from ..scenarios.schema import Scenario
from ..sim.outcome import Study
from .books import Books
from .claims import Check, checks
from .figures import Figure, annual_savings, conduct, level_savings, one_off_savings, total_savings
from .gaps import Gaps, gaps
from .money.statement import Metrics, Money, metrics_of, money_of
from .policy import RuleFigures, goals_of, policy_of
from .quantiles import Stat
from .rank import Driver, by_grade, rank_correlations
from .rewritten import Rewritten
from .sites import RecoveryFigures, SiteFigures, recovery_of, sites_of
from .uncertainty.answer import Uncertainty, uncertainty


@dataclass(frozen=True)
class Savings:
    """Baseline minus alternative, world by world; what the alternative adds is negative.

    Attributes:
        annual: per year in the annual years, by category; ``one_off`` over the whole horizon.
        npv: all cash flows of the horizon, discounted to the start.
        payback_years: None where the move does not pay for itself within the horizon.
        share_paid_back: share of worlds in which it does.
        by_level: annual saving by level of government that owns the room or line, last the cloud site.
        rooms_closed: rooms open in the baseline's first month, less those at the end.
        staff_fte: people freed, net of the cloud's own staff; ``staff_fte_rooms`` those in rooms.
        energy_saved: electricity, per year in the annual years.
    """

    annual: Mapping[str, Stat]
    one_off: Mapping[str, Stat]
    by_level: Mapping[str, Stat]
    annual_total: Stat
    annual_without_staff: Stat
    annual_with_capital: Stat
    one_off_total: Stat
    npv: Stat
    payback_years: Stat
    share_paid_back: float
    rooms_closed: Stat
    staff_fte: Stat
    staff_fte_rooms: Stat
    energy_saved: Stat


@dataclass(frozen=True)
class Conduct:
    """How one alternative behaves: energy, carbon, machines and service, baseline included.

    Attributes:
        energy, carbon: in the annual years, carbon of electricity alone.
        embodied_carbon: of hardware bought over the horizon.
        hosts, rooms_open: at the end of the horizon.
        systems_slipped: systems that moved later than planned; ``slip_days`` is their mean slip.
        moving_planned, moving_cost: labour of moving over the horizon, planned and simulated;
            ``moving_over_budget`` is what is simulated above the budgets of calendar years.
    """

    energy: Stat
    energy_it: Stat
    energy_ups: Stat
    energy_cooling: Stat
    energy_other: Stat
    carbon: Stat
    embodied_carbon: Stat
    pue: Stat
    utilisation: Stat
    hosts: Stat
    hosts_bought: Stat
    rooms_open: Stat
    team_fte: Stat
    systems_slipped: Stat
    slip_days: Stat
    worst_slip_days: Stat
    moving_planned: Stat
    moving_cost: Stat
    moving_over_budget: Stat
    availability: Stat
    unserved_share: Stat
    overload_share: Stat
    system_hours_lost: Stat
    worst_down: Stat


@dataclass(frozen=True)
class Statement:
    """What a study says.

    Attributes:
        years: calendar years over which annual figures are averaged.
        headline: the alternative that drivers and the first page speak of; None if none is compared.
        proofs, schedules, late: of the plans of the middle world (see ``Study``), by alternative.
        sites: named sites of the plans of the middle world; ``recovery`` only where a recovery site is
            planned.
        money, metrics: of every alternative, the baseline included.
        drivers: rank correlations with the headline's net annual saving, all annual categories.
        spread_by_grade: share of its spread that goes with quantities of each grade.
        policy: what became of the rules that bind each alternative, by name.
        goals: where each alternative stands at the end, by goal.
        uncertainty: None if there is no headline.
        gaps: which blanks of a listed estate cost most; None without a headline, or if it is not listed.
        version: of roomfold, which simulated it; ``rewritten`` if other code wrote the report.
    """

    scenario: Scenario
    fingerprint: str
    version: str
    seed: int
    worlds: int
    middle_world: int
    years: tuple[int, ...]
    headline: str | None
    savings: Mapping[str, Savings]
    conduct: Mapping[str, Conduct]
    claims: tuple[Check, ...]
    proofs: Mapping[str, Proof]
    schedules: Mapping[str, ScheduleProof]
    late: Mapping[str, int]
    sites: Mapping[str, tuple[SiteFigures, ...]]
    recovery: Mapping[str, RecoveryFigures]
    money: Mapping[str, Money]
    metrics: Mapping[str, Metrics]
    drivers: tuple[Driver, ...]
    spread_by_grade: Mapping[str, float]
    policy: Mapping[str, Mapping[str, RuleFigures]]
    goals: Mapping[str, Mapping[str, Stat]]
    uncertainty: Uncertainty | None
    gaps: Gaps | None
    rewritten: Rewritten | None = None

    def to_json(self) -> dict[str, object]:
        """The contract of ``statement.json``."""
        from .contract import to_json

        return to_json(self)


def state(study: Study) -> Statement:
    """The statement of a study."""
    books = Books.of(study.scenario, study.results)
    headline = books.others[0] if books.others else None
    drivers = rank_correlations(books, books.annual_saving(headline)) if headline else ()
    plans = {name: plan for name, plan in study.plans.items() if plan.proof is not None}
    recovery = {name: recovery_of(books, name) for name in study.scenario.alternatives}
    return Statement(
        scenario=study.scenario,
        fingerprint=fingerprint(study.scenario),
        version=__version__,
        seed=study.seed,
        worlds=len(study.results),
        middle_world=study.world.index,
        years=books.calendar_years,
        headline=headline,
        savings={name: _savings(books, name) for name in books.others},
        conduct={name: Conduct(**_stats(conduct(books, name))) for name in study.scenario.alternatives},
        claims=checks(books),
        proofs={name: plan.proof for name, plan in plans.items() if plan.proof is not None},
        schedules={name: plan.schedule for name, plan in plans.items() if plan.schedule is not None},
        late={name: plan.late for name, plan in plans.items()},
        sites={name: sites_of(study, name) for name in study.plans},
        recovery={name: found for name, found in recovery.items() if found is not None},
        money={name: money_of(books, name) for name in study.scenario.alternatives},
        metrics={name: metrics_of(books, name) for name in study.scenario.alternatives},
        drivers=drivers,
        spread_by_grade=by_grade(drivers),
        policy={name: policy_of(books, name) for name in study.scenario.alternatives},
        goals={name: goals_of(books, name) for name in study.scenario.alternatives},
        uncertainty=uncertainty(books, study.seed, headline) if headline else None,
        gaps=gaps(study.scenario, drivers, len(study.results)) if headline else None,
    )


def _savings(books: Books, name: str) -> Savings:
    totals = total_savings(books, name)
    years = totals.pop("payback_years")
    return Savings(
        annual=_stats(annual_savings(books, name)),
        one_off=_stats(one_off_savings(books, name)),
        by_level=_stats(level_savings(books, name)),
        payback_years=Stat.of_times(*years),
        share_paid_back=float(np.isfinite(years.values).mean()),
        **_stats(totals),
    )


def _stats(figures: Mapping[str, Figure]) -> dict[str, Stat]:
    return {key: Stat.of(*figure) for key, figure in figures.items()}
