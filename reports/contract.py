"""``statement.json``: the statement as other programs read it.

Keys may be added, never dropped. Numbers carry twelve significant digits. ``plan.*.seconds`` is always
null: solving takes another time each run, and the file must be the same bytes again; see ``run.log``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..optimize.plan import Proof, ScheduleProof
from ..scenarios.terms import Text
from .claims import Check, Mix
from .figures import PARTS
from .messages import LANGS, say
from .money.contract import metrics_json, money_json
from .quantiles import Stat
from .rank import Driver, by_grade

if TYPE_CHECKING:
    from .gaps import Gaps
    from .policy import RuleFigures
    from .sites import RecoveryFigures, SiteFigures
    from .statement import Conduct, Savings, Statement
    from .uncertainty.answer import Uncertainty

SCHEMA = 1
DIGITS = 12
DEFINITIONS = ("annual", "one_off", "quantiles", "npv", "payback", "gross", "pue", "staff", "seconds")

Json = dict[str, object]


def to_json(statement: Statement) -> Json:
    """The whole statement."""
    return {
        **_asked(statement),
        **_saved(statement),
        **_conduct(statement),
        "recovery": {name: _recovery(found) for name, found in statement.recovery.items()},
        "sites": {name: _sites(found) for name, found in statement.sites.items() if found},
        "money": {name: _rounded(money_json(found, _stat)) for name, found in statement.money.items()},
        "metrics": {name: _rounded(metrics_json(found, _stat)) for name, found in statement.metrics.items()},
        "policy": {
            name: {rule: _rule(figures) for rule, figures in found.items()}
            for name, found in statement.policy.items()
        },
        "goals": {name: _stats(found) for name, found in statement.goals.items()},
        "claims": [claim_json(check) for check in statement.claims],
        "plan": {name: plan_json(proof, statement.late[name]) for name, proof in statement.proofs.items()},
        "schedule": {name: schedule_json(proof) for name, proof in statement.schedules.items()},
        **drivers_json(statement.drivers),
        "uncertainty": None if statement.uncertainty is None else uncertainty_json(statement.uncertainty),
        **({} if statement.gaps is None else {"gaps": gaps_json(statement.gaps)}),
        "definitions": {key: {lang: say(lang, f"define.{key}") for lang in LANGS} for key in DEFINITIONS},
    }


def _asked(statement: Statement) -> Json:
    """What was asked: the scenario, and how many worlds of it."""
    scenario = statement.scenario
    return {
        "schema": SCHEMA,
        "version": statement.version,
        "scenario": scenario.name,
        "title": _text(scenario.title),
        "fingerprint": statement.fingerprint,
        "seed": statement.seed,
        "baseline": scenario.baseline,
        "alternatives": list(scenario.alternatives),
        "titles": {name: _text(alternative.title) for name, alternative in scenario.alternatives.items()},
        "currency": "CNY",
        "price_year": scenario.time.price_year,
        "horizon_years": scenario.time.years,
        "annual_years": list(statement.years),
        "worlds": statement.worlds,
        "middle_world": statement.middle_world,
    }


def _saved(statement: Statement) -> Json:
    """What each alternative saves against the baseline."""
    savings = statement.savings.items()
    return {
        "savings": {name: _savings(found) for name, found in savings},
        "by_level": {name: _stats(found.by_level) for name, found in savings},
        "staff_fte_freed": {
            name: {"net": _stat(found.staff_fte), "rooms": _stat(found.staff_fte_rooms)}
            for name, found in savings
        },
        "energy_saved_kwh_per_year": {name: _stat(found.energy_saved) for name, found in savings},
        "rooms_closed": {name: _stat(found.rooms_closed) for name, found in savings},
    }


def _conduct(statement: Statement) -> Json:
    """What each alternative uses and does, the baseline among them."""
    conduct = statement.conduct

    def of_all(name: str) -> Json:
        return {key: _stat(getattr(found, name)) for key, found in conduct.items()}

    return {
        "energy_kwh_per_year": of_all("energy"),
        "energy_parts_kwh_per_year": {part: of_all(f"energy_{part}") for part in PARTS},
        "carbon_t_per_year": of_all("carbon"),
        "embodied_carbon_t": of_all("embodied_carbon"),
        "pue": of_all("pue"),
        "utilisation": of_all("utilisation"),
        "hosts": of_all("hosts"),
        "hosts_bought": of_all("hosts_bought"),
        "rooms_open": of_all("rooms_open"),
        "migration_team_fte": of_all("team_fte"),
        "migration_slips": {name: _slips(found) for name, found in conduct.items()},
        "service": {name: _service(found) for name, found in conduct.items()},
    }


def _slips(conduct: Conduct) -> Json:
    return {
        "systems": _stat(conduct.systems_slipped),
        "mean_days": _stat(conduct.slip_days),
        "worst_days": _stat(conduct.worst_slip_days),
        "labour_planned": _stat(conduct.moving_planned),
        "labour_simulated": _stat(conduct.moving_cost),
        "labour_over_budget": _stat(conduct.moving_over_budget),
    }


def _savings(savings: Savings) -> Json:
    return {
        "annual": _stats(savings.annual),
        "one_off": _stats(savings.one_off),
        "annual_total": _stat(savings.annual_total),
        "annual_without_staff": _stat(savings.annual_without_staff),
        "annual_with_capital": _stat(savings.annual_with_capital),
        "one_off_total": _stat(savings.one_off_total),
        "npv": _stat(savings.npv),
        "payback_years": _stat(savings.payback_years),
        "share_paid_back": _round(savings.share_paid_back),
    }


def _service(conduct: Conduct) -> Json:
    return {
        "availability": _stat(conduct.availability),
        "unserved_share": _stat(conduct.unserved_share),
        "overload_share": _stat(conduct.overload_share),
        "system_hours_lost": _stat(conduct.system_hours_lost),
        "worst_down": _stat(conduct.worst_down),
    }


def _recovery(recovery: RecoveryFigures) -> Json:
    return {
        "takeovers_per_year": _stat(recovery.takeovers),
        "data_lost_minutes_per_year": _stat(recovery.data_lost_minutes),
        "worst_day_hours": _stat(recovery.worst_day_hours),
        "system_hours_lost_without": _stat(recovery.system_hours_lost_without),
        "worst_down_without": _stat(recovery.worst_down_without),
        "worst_day_hours_without": _stat(recovery.worst_day_hours_without),
    }


def _sites(sites: Sequence[SiteFigures]) -> list[Json]:
    return [
        {
            "name": site.name,
            "title": _text(site.title),
            "hosts": site.hosts,
            "recovery_hosts": site.recovery_hosts,
            "energy_kwh_per_year": _round(site.energy_kwh),
            "cost_cny_per_year": _round(site.cost_cny),
        }
        for site in sites
    ]


def _rule(figures: RuleFigures) -> Json:
    return {
        "rule": figures.rule,
        "due": None if figures.due is None else figures.due.isoformat(),
        "met_share": _round(figures.met_share),
        "met_on": _stat(figures.met_on),
        "first_on": _stat(figures.first_on),
        "shortfall": _stat(figures.shortfall),
        "unit": figures.shortfall.unit,
        "source": figures.source,
    }


def claim_json(check: Check) -> Json:
    """A claim under one way of counting."""
    claim = check.claim
    return {
        "id": claim.id,
        "alternative": check.alternative,
        "what": _text(claim.what),
        "metric": claim.metric,
        "published": _round(claim.published),
        "relation": claim.relation,
        "unit": claim.unit,
        "stat": _stat(check.stat),
        "verdict": check.verdict,
        "share_of_worlds_below": _round(check.below),
        "distance": _round(check.distance),
        "accounting": check.accounting,
        "calibrated": claim.calibrated,
        "source": claim.source,
        "mix": _mix(check.mix) if check.mix else None,
    }


def _mix(mix: Mix) -> Json:
    return {
        "worlds_near": mix.near,
        "enough": mix.enough,
        "lowest": _round(mix.lowest),
        "highest": _round(mix.highest),
        "quantities": [
            {
                "path": p.path,
                "unit": p.unit,
                "grade": p.grade,
                "rank_correlation": _round(p.correlation),
                "median_all": _round(p.median_all),
                "median_near": _round(p.median_near),
            }
            for p in mix.pulls
        ],
    }


def plan_json(proof: Proof, late: int) -> Json:
    """The proof of a plan."""
    return {
        "cost": _round(proof.cost_cny_per_year),
        "bound": _round(proof.bound_cny_per_year),
        "gap": _round(proof.gap),
        "method": proof.method,
        "solver": proof.solver,
        "seconds": None,
        "unit": "CNY/yr",
        "standby_cost": _round(proof.standby_cost_cny_per_year),
        "hosts": proof.hosts,
        "baselines": {
            plain.rule: {"hosts": plain.hosts, "cost": _round(plain.cost_cny_per_year)}
            for plain in proof.baselines
        },
        "hosts_as_is_at_least": proof.hosts_as_is_at_least,
        "hosts_performance_at_least": proof.hosts_performance_at_least,
        "systems_late": late,
        "sparing": None if proof.sparing is None else asdict(proof.sparing),
    }


def schedule_json(proof: ScheduleProof) -> Json:
    """The proof of an order of moves."""
    return {
        "cost": _round(proof.cost_cny),
        "bound": _round(proof.bound_cny),
        "gap": _round(proof.gap),
        "method": proof.method,
        "room_after_room_cost": _round(proof.in_turn_cny),
        "unit": "CNY",
    }


def drivers_json(drivers: Sequence[Driver]) -> Json:
    """What goes with the headline's net annual saving, and how sure it is."""
    return {
        "drivers": [
            {"path": d.path, "grade": d.grade, "unit": d.unit, "rank_correlation": _round(d.correlation)}
            for d in drivers
        ],
        "spread_by_grade": {grade: _round(share) for grade, share in by_grade(drivers).items()},
    }


def uncertainty_json(found: Uncertainty) -> Json:
    """How sure the figures are."""
    return {
        "convergence": _rounded(asdict(found.convergence)),
        "sensitivity": {name: _rounded(asdict(part)) for name, part in found.sensitivities.items()},
        "standings": {name: _rounded(asdict(part)) for name, part in found.standings.items()},
    }


def gaps_json(found: Gaps) -> Json:
    """Which blanks cost most."""
    return {
        "figure": "annual_total",
        "columns": [
            {
                "table": gap.table,
                "column": gap.column,
                "file": gap.file,
                "blank": gap.blank,
                "rows": gap.rows,
                "share_of_spread_at_most": _round(gap.share),
                "share_p5_p95": [_round(end) for end in gap.share_range],
                "narrower_at_most": _round(gap.narrower),
                "quantities": list(gap.quantities),
                "grade": gap.grade,
            }
            for gap in found.ranked
        ],
        "not_ranked": [{"table": table, "column": column} for table, column in found.weighted],
    }


def _rounded(value: Any) -> Any:
    """Plain values with every number rounded."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return _round(value) if isinstance(value, float) else value


def _stats(stats: Mapping[str, Stat]) -> Json:
    return {name: _stat(stat) for name, stat in stats.items()}


def _stat(stat: Stat) -> Json:
    numbers = {key: getattr(stat, key) for key in ("p10", "p50", "p90", "mean")}
    return {**{key: None if v is None else _round(v) for key, v in numbers.items()}, "unit": stat.unit}


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0  # no negative zero


def _text(text: Text) -> Json:
    return {"en": text.en, "zh": text.zh}
