"""The rules of a scenario that may conflict, in words, and how each is given up.

A rule is given up by changing the scenario (or a quantity drawn for its world) so that it no longer
binds, and planning again: that works for every model that makes a part of a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ..scenarios.cloud import Cloud, HostType
from ..scenarios.estate import NEVER
from ..scenarios.moves import Migration
from ..scenarios.policy import Coverage, DrSite, PurchaseMode, binds
from ..scenarios.policy_words import words
from ..scenarios.quantity import Quantity, Spec
from ..scenarios.schema import Alternative, Scenario
from ..scenarios.sites import round_trip_ms
from ..scenarios.world import World
from .conflict import Family
from .plan import Plan
from .waves import budget_words

UNBOUND_FTE = 1e4
UNBOUND_MBPS = 1e6
FAR_KM = 1e5


@dataclass(frozen=True)
class Case:
    """What is to be planned."""

    scenario: Scenario
    alternative: str
    world: World

    @property
    def chosen(self) -> Alternative:
        """The alternative."""
        return self.scenario.alternatives[self.alternative]

    def with_alternative(self, **changes: object) -> Case:
        """The case with fields of its alternative changed."""
        chosen = self.chosen.model_copy(update=changes)
        alternatives = {**self.scenario.alternatives, self.alternative: chosen}
        return replace(self, scenario=self.scenario.model_copy(update={"alternatives": alternatives}))

    def with_cloud(self, **changes: object) -> Case:
        """The case with fields of its cloud changed."""
        return self.with_alternative(cloud=_changed(self.chosen.cloud, **changes))

    def with_migration(self, **changes: object) -> Case:
        """The case with fields of its migration changed."""
        return self.with_alternative(migration=_changed(self.chosen.migration, **changes))

    def with_siting(self, **changes: object) -> Case:
        """The case with limits on its sites changed."""
        assert self.chosen.cloud is not None
        return self.with_cloud(siting=_changed(self.chosen.cloud.siting, **changes))

    def with_recovery(self, **changes: object) -> Case:
        """The case with terms of recovery changed."""
        assert self.chosen.cloud is not None
        return self.with_cloud(recovery=_changed(self.chosen.cloud.recovery, **changes))

    def with_level(self, quantity: Quantity, level: float) -> Case:
        """The case with another level drawn for a quantity."""
        values = {**self.world.values, quantity.path: level}
        return replace(self, world=replace(self.world, values=values))


def _changed(section: Spec | None, **changes: object) -> Spec:
    assert section is not None
    return section.model_copy(update=changes)


@dataclass(frozen=True)
class Rule:
    """A rule, how it is given up, and what a plan made without it says about how far it must give."""

    family: Family
    given_up: Callable[[Case], Case]
    change: Callable[[Plan], str]


def rules(case: Case) -> Iterator[Rule]:
    """The rules that the case has; those that are easiest to give up first."""
    chosen = case.chosen
    if chosen.cloud is None or chosen.migration is None:
        return
    yield from _of_moving(case, chosen.migration)
    yield from _of_standing(chosen.cloud)
    yield from _limited_types(chosen.cloud)
    yield from _of_sites(chosen.cloud)
    yield _host_size(case, chosen.cloud)


def _of_moving(case: Case, migration: Migration) -> Iterator[Rule]:
    """Only strict rules can conflict: others are kept as far as possible, and what is late is counted."""
    strict = list(_strict_rules(case))
    if not strict:
        return
    people, mbps = (case.world.of(q) for q in (migration.team_fte, migration.ingress_mbps))
    yield Rule(
        Family("staff", f"at most {people:.4g} people at work on the migration"),
        lambda c: c.with_level(migration.team_fte, UNBOUND_FTE),
        lambda plan: f"{plan.team_fte:.4g} people instead of {people:.4g}",
    )
    yield Rule(
        Family("copying", f"a line of {mbps:.4g} Mbit/s for copying data"),
        lambda c: c.with_level(migration.ingress_mbps, UNBOUND_MBPS),
        lambda _: "",
    )
    for name, says, loose in _limits_on_moving(case, migration):
        yield Rule(
            Family(name, says),
            partial(_lifted, fields=loose),
            lambda plan: f"the last system moves on {_last_move(case, plan)}",
        )
    yield from strict


def _strict_rules(case: Case) -> Iterator[Rule]:
    """The rules of policy that must not be missed."""
    for name, rule in case.scenario.policy.items():
        if binds(case.scenario, case.alternative, rule) and getattr(rule, "strict", False):
            yield Rule(
                Family(name, words(case.scenario, name, case.world)),
                partial(_without, name=name),
                partial(_then, case, rule),
            )


def _then(case: Case, rule: object, plan: Plan) -> str:
    """When what the rule asks for is done by a plan without it."""
    if isinstance(rule, Coverage):
        systems = case.world.estate.systems
        first_h = np.full(len(case.world.estate.rooms.id), int(NEVER), dtype=np.int64)
        np.minimum.at(first_h, systems.room, plan.wave_h.astype(np.int64))
        mine = np.isin(np.arange(len(first_h)), systems.room[~systems.stays & (systems.arrives_month == 0)])
        reached = first_h[mine & (first_h < NEVER)]
        day = case.world.clock.day_of_hour(int(reached.max())).isoformat() if len(reached) else "no day"
        return f"the last department is reached on {day}"
    if isinstance(rule, DrSite | PurchaseMode):
        return ""
    return f"the last system moves on {_last_move(case, plan)}"


def _without(case: Case, name: str) -> Case:
    policy = {key: rule for key, rule in case.scenario.policy.items() if key != name}
    return replace(case, scenario=case.scenario.model_copy(update={"policy": policy}))


def _lifted(case: Case, fields: dict[str, object]) -> Case:
    return case.with_migration(**fields)


def _limits_on_moving(case: Case, migration: Migration) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Name of each limit, what it says, and the fields that lift it."""
    if migration.freeze:
        spans = ", ".join(f"{freeze.first} to {freeze.to}" for freeze in migration.freeze)
        yield "freeze", f"nothing moves from {spans}", {"freeze": ()}
    if migration.most_per_month is not None:
        words = f"at most {migration.most_per_month} cut-overs a month"
        yield "rate", words, {"most_per_month": None}
    if budget_words(migration, case.world):
        lifted: dict[str, object] = {"budget_cny_per_year": None, "budget_cny_by_year": {}}
        yield "budget", budget_words(migration, case.world), lifted


def _last_move(case: Case, plan: Plan) -> str:
    moves = plan.wave_h[(plan.wave_h != NEVER) & (case.world.estate.systems.arrives_month == 0)]
    return case.world.clock.day_of_hour(int(moves.max())).isoformat() if len(moves) else "no day"


def _of_standing(cloud: Cloud) -> Iterator[Rule]:
    if cloud.apart != "none":
        yield Rule(
            Family("apart", f"replicas of one system on different {cloud.apart}s"),
            lambda c: c.with_cloud(apart="none"),
            lambda _: "",
        )
    if cloud.standby_hosts:
        yield Rule(
            Family("N+k", f"{cloud.standby_hosts} standby hosts in each pool"),
            lambda c: c.with_cloud(standby_hosts=0),
            lambda _: "no standby hosts",
        )


def _limited_types(cloud: Cloud) -> Iterator[Rule]:
    if any(kind.limit is not None for kind in cloud.host_types):
        free = tuple(kind.model_copy(update={"limit": None}) for kind in cloud.host_types)
        most = ", ".join(
            f"{kind.limit} of {kind.name}" for kind in cloud.host_types if kind.limit is not None
        )
        yield Rule(
            Family("host limits", f"no more hosts than {most}"),
            lambda c: c.with_cloud(host_types=free),
            lambda plan: ", ".join(
                f"{int((plan.hosts.type == row).sum())} of {kind.name}"
                for row, kind in enumerate(cloud.host_types)
                if kind.limit is not None
            ),
        )


def _of_sites(cloud: Cloud) -> Iterator[Rule]:
    siting, terms = cloud.siting, cloud.recovery
    if any(site.racks is not None for site in cloud.sites.values()):
        free = {name: site.model_copy(update={"racks": None}) for name, site in cloud.sites.items()}
        yield Rule(
            Family("racks", "the racks of the sites"),
            lambda c: c.with_cloud(sites=free),
            lambda plan: f"up to {_racks(cloud, plan):.4g} racks at a site",
        )
    if siting is not None:
        most = "any number of" if siting.most_sites is None else f"at most {siting.most_sites}"
        kind = "" if siting.new_sites else ", none of them new"
        yield Rule(
            Family("number of sites", f"at least {siting.least_sites} and {most} sites{kind}"),
            lambda c: c.with_siting(most_sites=None, least_sites=1, new_sites=True),
            lambda plan: f"{len(plan.sites)} sites",
        )
    if siting is not None and siting.pinned:
        names = ", ".join(dict.fromkeys(pinned.site for pinned in siting.pinned))
        yield Rule(
            Family("pinned units", f"units that {names} must serve"),
            lambda c: c.with_siting(pinned=()),
            lambda _: "",
        )
    if siting is not None and siting.latency_ms is not None:
        limit_ms = siting.latency_ms
        yield Rule(
            Family("latency", f"at most {limit_ms:.4g} ms from a unit to its site and back"),
            lambda c: c.with_siting(latency_ms=None),
            lambda plan: f"{_longest_trip_ms(plan):.4g} ms instead of {limit_ms:.4g}",
        )
    if terms is not None:
        most_km = terms.farthest_km()
        within = f" and at most {most_km:.4g}" if most_km < np.inf else ""
        yield Rule(
            Family("recovery distance", f"a recovery site at least {terms.min_km:.4g}{within} km away"),
            lambda c: c.with_recovery(min_km=0.0, max_km=FAR_KM),
            lambda plan: f"recovery sites {_recovery_km(plan)} km away",
        )


def _racks(cloud: Cloud, plan: Plan) -> float:
    units = np.zeros(max(len(plan.sites), 1))
    np.add.at(units, plan.pool_site[plan.hosts.pool], plan.hosts.rack_units)
    return float(units.max() / cloud.rack_units_usable)


def _longest_trip_ms(plan: Plan) -> float:
    km = np.zeros(1) if plan.siting is None else plan.siting.distance_km
    return float(np.nanmax(round_trip_ms(km)))


def _recovery_km(plan: Plan) -> str:
    km = np.empty(0) if plan.recovery is None else plan.recovery.distance_km
    return ", ".join(f"{d:.4g}" for d in np.unique(km[np.isfinite(km)]))


def _host_size(case: Case, cloud: Cloud) -> Rule:
    """Given up by one more type that holds the largest component, with the fastest of the processors."""
    curves = case.scenario.hardware.curves
    fastest = max(cloud.host_types, key=lambda kind: (curves[kind.curve].ssj_ops, kind.name))
    reserve = 1 - case.world.of(cloud.memory_reserve_share)
    memory, disk = (max(getattr(kind, f) for kind in cloud.host_types) for f in ("memory_gb", "disk_gb"))
    servers = case.world.estate.servers
    # Sizes are whole multiples of 4 GB of memory and 100 GB of disk.
    usable_gb = float(np.ceil(servers.memory_gb.max(initial=0) / 4)) * 4
    wanted_gb = max(memory, float(np.ceil(usable_gb / reserve)))
    wanted_disk_gb = max(disk, float(np.ceil(servers.disk_gb.max(initial=0) / 100)) * 100)
    larger = HostType(
        name="larger",
        curve=fastest.curve,
        memory_gb=wanted_gb,
        disk_gb=wanted_disk_gb,
        rack_units=fastest.rack_units,
        price_ratio=min(fastest.price_ratio * max(wanted_gb / memory, wanted_disk_gb / disk), 20.0),
    )
    return Rule(
        Family("host size", f"no host larger than {memory:,.0f} GB of memory and {disk:,.0f} GB of disk"),
        lambda c: c.with_cloud(host_types=(*cloud.host_types, larger)),
        lambda _: f"a host of {wanted_gb:,.0f} GB of memory and {wanted_disk_gb:,.0f} GB of disk",
    )
