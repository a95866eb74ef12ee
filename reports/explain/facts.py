"""Numbers of a statement that are no quantile of a figure: shares of worlds, statistics, plans, the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...scenarios.schema import Claim
from ...sim.ledger import ANNUAL
from .. import contract
from ..books import MONTHS_PER_YEAR
from ..claims import checks, figure
from ..figures import total_savings
from ..gaps import gaps
from ..money import values as money
from ..money.metrics import DCOI, dcoi, metrics
from ..quantiles import Floats
from ..rank import rank_correlations
from ..uncertainty.answer import uncertainty
from ..uncertainty.contest import AIMS, winners
from .leaves import at
from .opened import SITES, Opened
from .recipe import Recipe, share_of

HOSTS = "hosts.parquet"
# What each kind of missing rate of return is told by, see ``money.values``.
MISSING: Mapping[str, Callable[[Floats], Any]] = {
    "none": lambda kind: kind == 0,
    "several": lambda kind: kind > 1,
    "reversed": lambda kind: kind < 0,
}
SITE_KEYS = {"energy_kwh_per_year": "amount", "cost_cny_per_year": "cost_cny"}


def fact(run: Opened, path: str) -> Recipe:
    """How a number is made that is no figure over worlds."""
    parts = path.split(".")
    found = _share(run, parts) or _statistic(run, parts) or _planned(run, parts) or _of_claim(run, parts)
    return found or _given(run, parts)


def _share(run: Opened, path: list[str]) -> Recipe | None:
    """Shares of worlds."""
    books = run.books
    match path:
        case ["savings", name, "share_paid_back"]:
            years = run.once(("total", name), lambda: total_savings(books, name))["payback_years"]
            return share_of("share_paid_back", np.isfinite(years.values), name)
        case ["money", name, "irr_missing", kind]:
            return share_of(f"irr_missing_{kind}", MISSING[kind](_kind(run, name, "irr_kind")), name)
        case ["money", name, "vendor", "irr_missing", kind]:
            return share_of(f"irr_missing_{kind}", MISSING[kind](_kind(run, name, "vendor_irr_kind")), name)
        case ["money", name, "share_without_abatement"]:
            if name == books.baseline:
                return share_of("share_without_abatement", np.zeros(len(books.results)), name)
            avoided = run.once(("returns", name), lambda: money.compared(books, name))[
                "carbon_avoided"
            ].values
            return share_of("share_without_abatement", avoided <= 0, name)
        case ["metrics", name, "dcoi", key, "share_met"]:
            found = dcoi(run.once(("metrics", name), lambda: metrics(books, name)))[key]
            assert found is not None  # a share is stated
            return share_of("dcoi_met", DCOI[key].met(found.values), name, target=key)
        case ["policy", name, rule, "met_share"]:
            met = [r.outcomes[name].policy[rule].met for r in books.results]
            return share_of("policy_rule_met_share", np.array(met), name, rule=rule)
        case ["uncertainty", "standings", name, "best", aim]:
            return share_of(
                "standing_best",
                run.once("winners", lambda: winners(books))[0][name][AIMS.index(aim)],
                name,
                aim=aim,
            )
        case ["uncertainty", "standings", name, "undominated"]:
            return share_of(
                "standing_undominated", run.once("winners", lambda: winners(books))[1][name], name
            )
        case ["claims", row, "share_of_worlds_below"]:
            values, published = _claimed(run, int(row))
            below = (values < published) + (values == published) / 2
            return share_of(
                "claim_below",
                below,
                run.statement["claims"][int(row)]["alternative"],
                **_named(run, int(row)),
            )
    return None


def _kind(run: Opened, name: str, key: str) -> Floats:
    """Kind of the rate of return in each world; of the baseline, that there is one."""
    if name == run.books.baseline:
        return np.ones(len(run.books.results))
    if key.startswith("vendor"):
        found = run.once(("vendor", name), lambda: money.vendor(run.books, name))
    else:
        found = run.once(("returns", name), lambda: money.compared(run.books, name))
    return found[key].values


def _statistic(run: Opened, path: list[str]) -> Recipe | None:
    """What is found by statistics over the worlds."""
    headline = run.headline
    if headline is None or path[0] not in ("drivers", "spread_by_grade", "uncertainty", "gaps"):
        return None
    made = run.once("statistics", lambda: _statistics(run, headline))
    key = path[1] if path[0] == "uncertainty" else path[0]
    words: dict[str, object] = {"figure": path[2]} if path[:2] == ["uncertainty", "sensitivity"] else {}
    if len(path) > 4 and path[3] == "indices":
        words["quantity"] = at(made, ".".join([*path[:5], "path"]))
    if path[0] == "drivers":
        words["quantity"] = at(made, f"drivers.{path[1]}.path")
    return _again(f"statistic_{key}", "worlds", made, path, headline, words)


def _statistics(run: Opened, headline: str) -> dict[str, Any]:
    """All of them, taken again; they take seconds."""
    drivers = rank_correlations(run.books, run.books.annual_saving(headline))
    blanks = gaps(run.study.scenario, drivers, len(run.books.results))
    sure = uncertainty(run.books, run.study.seed, headline)
    return {
        "uncertainty": contract.uncertainty_json(sure),
        **contract.drivers_json(drivers),
        "gaps": None if blanks is None else contract.gaps_json(blanks),
    }


def _planned(run: Opened, path: list[str]) -> Recipe | None:
    """What the plans of the middle world are proved to be, and what stands at its sites."""
    match path:
        case ["plan", name, *rest]:
            proof = run.study.plans[name].proof
            assert proof is not None  # it is stated
            made = {"plan": {name: contract.plan_json(proof, run.study.plans[name].late)}}
            key = rest[0] if rest[0] in ("cost", "bound", "gap", "systems_late", "sparing") else "other"
            return _again(f"plan_proof_{key}", "plan", made, path, name, {"method": proof.method})
        case ["schedule", name, key]:
            schedule = run.study.plans[name].schedule
            assert schedule is not None  # it is stated
            made = {"schedule": {name: contract.schedule_json(schedule)}}
            return _again(f"schedule_{key}", "plan", made, path, name, {"method": schedule.method})
        case ["sites", name, row, key]:
            title = run.statement["sites"][name][int(row)]["name"]
            value = _at_site(run, name, title, key)
            return Recipe(
                f"cloud_site_{key}", "middle", "1", "none", name, again=value, words={"site": title}
            )
    return None


def _at_site(run: Opened, name: str, site: str, key: str) -> float:
    """A figure of a site of the middle world, from the tables of its hosts and bookings."""
    if key in ("hosts", "recovery_hosts"):
        table = run.table(HOSTS, "alternative", "site", "recovery")
        mine = (table["alternative"] == name) & (table["site"] == site)
        return float((mine & table["recovery"]).sum() if key == "recovery_hosts" else mine.sum())
    columns = ("alternative", "site", "month", "category")
    table = run.table(SITES, *columns, SITE_KEYS[key])
    mine = (table["alternative"] == name) & np.isin(table["site"], [f"cloud {site}", *_only(site)])
    start = run.books.clock.start
    months = table["month"].astype("datetime64[M]") - np.datetime64(f"{start.year:04}-{start.month:02}", "M")
    mine &= np.isin(months.astype(int) // MONTHS_PER_YEAR, run.books.years)
    mine &= np.isin(table["category"], ANNUAL if key.startswith("cost") else ("electricity",))
    return float(table[SITE_KEYS[key]][mine].sum()) / len(run.books.years)


def _only(site: str) -> list[str]:
    """Name of the one site of a cloud that names none."""
    return ["cloud"] if site == "cloud" else []


def _of_claim(run: Opened, path: list[str]) -> Recipe | None:
    """A published figure, and what is said beside it."""
    match path:
        case ["claims", row, "published"]:
            known = claim_of(run, int(row))
            words = {**_named(run, int(row)), "source": known.source}
            return Recipe("claim_published", "scenario", known.unit, again=known.published, words=words)
        case ["claims", row, "distance"]:
            return _said_of_claim(run, path, "claim_distance")
        case ["claims", row, "mix", *_]:
            return _said_of_claim(run, path, "claim_mix")
    return None


def _said_of_claim(run: Opened, path: list[str], key: str) -> Recipe:
    row = int(path[1])
    made = run.once("claims", lambda: {"claims": [contract.claim_json(c) for c in checks(run.books)]})
    name = run.statement["claims"][row]["alternative"]
    return _again(key, "worlds", made, path, name, _named(run, row))


def claim_of(run: Opened, row: int) -> Claim:
    """The claim of the scenario that a row of the statement speaks of."""
    return {claim.id: claim for claim in run.study.scenario.claims}[run.statement["claims"][row]["id"]]


def counted(claim: Claim, stated: Mapping[str, Any]) -> tuple[str, ...]:
    """The switches that are on in a row of the statement."""
    return tuple(switch for switch in claim.switches if switch in stated["accounting"].split("+"))


def _claimed(run: Opened, row: int) -> tuple[Floats, float]:
    """What a claim reads in each world, and what was published."""
    stated = run.statement["claims"][row]
    claim = claim_of(run, row)
    return figure(run.books, stated["alternative"], claim, counted(claim, stated)), claim.published


def _named(run: Opened, row: int) -> dict[str, object]:
    claim = run.statement["claims"][row]
    return {"id": claim["id"], "counting": claim["accounting"], "metric": claim["metric"]}


def _given(run: Opened, path: list[str]) -> Recipe:
    """What a scenario or the run itself says."""
    study, books = run.study, run.books
    made: dict[str, Any] = {
        "schema": contract.SCHEMA,
        "seed": study.seed,
        "worlds": len(study.results),
        "middle_world": study.world.index,
        "price_year": study.scenario.time.price_year,
        "horizon_years": study.scenario.time.years,
        "annual_years": list(books.calendar_years),
    }
    match path:
        case ["metrics", _, "dcoi", key, "least" | "most" as end]:
            return Recipe("dcoi_target", "scenario", again=getattr(DCOI[key], end), words={"target": key})
        case ["money", _, "costs" | "savings", row, "year"]:
            year = float(books.clock.year_of_month(int(row) * MONTHS_PER_YEAR))
            return Recipe("run_fact_year", "run", "year", again=year)
    origin = "scenario" if path[0] in ("price_year", "horizon_years") else "run"
    return _again(f"run_fact_{path[0]}" if path[0] in made else "run_fact_other", origin, made, path, "", {})


def _again(
    key: str,
    origin: Any,
    made: Mapping[str, Any],
    path: Sequence[str],
    name: str,
    words: Mapping[str, object],
) -> Recipe:
    """A number that is made another time whole, with all that stands beside it."""
    value = at(made, ".".join(path))
    again = float(value) if isinstance(value, int | float) else None
    return Recipe(key, origin, "1", "none", name, again=again, words=words)
