"""Cloud sites in the statement: what stands at each, and what the recovery site is good for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..scenarios.terms import Text
from ..sim.daybook import CLOUD_SITE, MONTHS_PER_YEAR
from ..sim.ledger import ANNUAL
from ..sim.outcome import Outcome, Study
from ..sim.run import Recovered
from .books import Books, annual_years, rows_of
from .figures import Figure
from .quantiles import Floats, Stat

ELECTRICITY = rows_of({"electricity"})
COSTS = rows_of(ANNUAL)


@dataclass(frozen=True)
class SiteFigures:
    """A named site of one plan in the middle world.

    Attributes:
        hosts: all that are bought for it in the plan; ``recovery_hosts`` of them stand by for other sites.
        energy_kwh, cost_cny: per year in the annual years; costs of the annual categories.
    """

    name: str
    title: Text
    hosts: int
    recovery_hosts: int
    energy_kwh: float
    cost_cny: float


@dataclass(frozen=True)
class RecoveryFigures:
    """A recovery site over all worlds: take-overs and loss of changes per year, and what would be without."""

    takeovers: Stat
    data_lost_minutes: Stat
    worst_day_hours: Stat
    system_hours_lost_without: Stat
    worst_down_without: Stat
    worst_day_hours_without: Stat


def sites_of(study: Study, alternative: str) -> tuple[SiteFigures, ...]:
    """The sites of an alternative, in the order of its plan; none where the scenario names none."""
    plan, cloud = study.plans[alternative], study.scenario.alternatives[alternative].cloud
    if cloud is None or not cloud.sites:
        return ()
    ledger, site = study.runs[alternative].ledger, plan.pool_site[plan.hosts.pool]
    years = annual_years(study.scenario)
    counts = np.isin(ledger.month // MONTHS_PER_YEAR, years)

    def yearly(row: int, items: Sequence[int], column: Floats) -> float:
        mine = counts & (ledger.site == CLOUD_SITE - row) & np.isin(ledger.item, items)
        return float(column[mine].sum()) / len(years)

    return tuple(
        SiteFigures(
            name=name,
            title=cloud.sites[name].title,
            hosts=int((site == row).sum()),
            recovery_hosts=int(((site == row) & (plan.hosts.recovers >= 0)).sum()),
            energy_kwh=yearly(row, ELECTRICITY, ledger.amount),
            cost_cny=yearly(row, COSTS, ledger.cost_cny),
        )
        for row, name in enumerate(plan.sites)
    )


def recovery_of(books: Books, alternative: str) -> RecoveryFigures | None:
    """What the recovery site of an alternative is good for; None if it plans none."""
    found = [result.outcomes[alternative].service.recovered for result in books.results]
    if all(recovered is None for recovered in found):
        return None
    return RecoveryFigures(
        **{key: Stat.of(*figure) for key, figure in recovery_figures(books, alternative).items()}
    )


def recovery_figures(books: Books, alternative: str) -> dict[str, Figure]:
    """The same in each world, by attribute of RecoveryFigures."""
    years = books.clock.months / MONTHS_PER_YEAR

    def figure(
        unit: str, per: float, value: Callable[[Recovered], float], other: str | None = None
    ) -> Figure:
        def of(outcome: Outcome) -> float:
            service = outcome.service
            if service.recovered is not None:
                return value(service.recovered) / per
            return float(getattr(service, other)) / per if other else 0.0

        return Figure(books.each(alternative, of), unit)

    return {
        "takeovers": figure("1/yr", years, lambda r: r.takeovers),
        "data_lost_minutes": figure("min/yr", years, lambda r: r.data_lost_minutes),
        "worst_day_hours": figure("h", 1, lambda r: r.worst_day_hours),
        "system_hours_lost_without": figure(
            "h/yr", years, lambda r: r.system_hours_lost_without, "system_hours_lost"
        ),
        "worst_down_without": figure("count", 1, lambda r: r.worst_down_without, "worst_down"),
        "worst_day_hours_without": figure("h", 1, lambda r: r.worst_day_hours_without),
    }
