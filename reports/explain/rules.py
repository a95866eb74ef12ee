"""Which rule makes each booking, and each figure that is none: module, section of the docs, quantities.

Quantities are named by patterns of paths; those that begin with ``cloud``, ``migration`` or ``financing``
belong to the alternative. What every amount rests on (the estate as drawn, its demand) is named where it
matters most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ...scenarios.loader import quantities
from ...scenarios.quantity import Quantity
from ...scenarios.schema import Scenario

RUN, STATEMENT, PLAN, WAVES = (
    "docs/model.md#a-run",
    "docs/model.md#a-statement",
    "docs/model.md#a-plan",
    "docs/model.md#waves",
)
FINANCING, RETURNS, TAX = "docs/money.md#financing", "docs/money.md#returns", "docs/money.md#tax"
FILLING = "docs/model.md#filling-hosts-by-the-hour"

# Groups of quantities that several rules share.
_TARIFF = ("prices.electricity_cny_per_kwh", "prices.electricity_change", "prices.time_of_use.*", "grid.*")
_CLOUD_TARIFF = (*_TARIFF, "prices.electricity_cloud_ratio", "cloud.sites.*.tariff_ratio")
_LOAD = ("servers.config_factor", "estate.cpu_utilisation", "demand.*", "rooms.*.overhead_*")
_FACILITY = (
    "rooms.*.pue",
    "rooms.*.cooling_fixed_share",
    "rooms.*.ups_*",
    "rooms.*.lighting_w_per_m2",
    "rooms.*.area_m2",
)
_CLOUD_LOAD = (
    "cloud.pue",
    "cloud.cooling_fixed_share",
    "cloud.overhead_it",
    "cloud.sites.*.pue_ratio",
    "demand.*",
)
_WAGE = ("prices.staff_cny_per_fte", "prices.staff_change")
_ROOMS = ("estate.rooms", "estate.levels.*.large_room_share", "estate.new_room_per_new_system")
_SERVERS = ("estate.systems", "estate.servers_per_system", "estate.zombie_share", "servers.life_years")
_SIZING = ("cloud.comfort_factor", "cloud.overload_share", "cloud.vcpu_per_core", "cloud.busy_hour_load")
_HOSTS = ("cloud.host_price_cny", "cloud.host_life_years", "prices.hardware_change", *_SIZING)
_RENT = ("lines.*.price_cny_per_year", "lines.*.price_cny_per_km_year", "prices.line_change")
_MOVES = ("migration.effort_days", "migration.team_fte", "migration.failure_share", "migration.ingress_mbps")
_OUTAGES = ("reliability.*", "rooms.*.outage*", "cloud.outage*")


@dataclass(frozen=True)
class Rule:
    """What makes a booking or a figure.

    Attributes:
        module: below the package.
        section: of the documentation.
        patterns: of the quantities that it depends on.
    """

    module: str
    section: str
    patterns: tuple[str, ...] = ()


def _power(place: str) -> dict[str, Rule]:
    load = (*_TARIFF, *_LOAD, *_FACILITY) if place == "room" else (*_CLOUD_TARIFF, *_CLOUD_LOAD)
    return {
        f"{place}_{part}": Rule("sim/bookings.py", RUN, load) for part in ("it", "ups", "cooling", "other")
    }


def _several(module: str, section: str, patterns: tuple[str, ...], *items: str) -> dict[str, Rule]:
    return {item: Rule(module, section, patterns) for item in items}


BOOKED: Mapping[str, Rule] = {
    "vertical_line": Rule("sim/bookings_rooms.py", RUN, (*_RENT, "estate.vertical_lines", "estate.systems")),
    "shared_line": Rule(
        "sim/bookings_cloud.py", RUN, (*_RENT, "estate.system_traffic_mbps", "migration.line_notice_days")
    ),
    "interim_line": Rule("sim/interim.py", WAVES, (*_RENT, "estate.links_per_system")),
    "replication_line": Rule("sim/bookings_cloud.py", RUN, (*_RENT, "cloud.recovery.*")),
    "room_operations": Rule("sim/bookings_rooms.py", RUN, ("rooms.*.operations_cny_per_year", *_ROOMS)),
    "cloud_space": Rule("sim/bookings_cloud.py", RUN, ("cloud.space_cny_per_rack_year", *_SIZING)),
    "site_fixed": Rule("sim/bookings_cloud.py", RUN, ("cloud.sites.*.fixed_cny_per_year",)),
    "room_staff": Rule("sim/bookings_rooms.py", RUN, (*_WAGE, "rooms.*.staff_fte", *_ROOMS)),
    "cloud_staff": Rule("sim/bookings_cloud.py", RUN, (*_WAGE, "cloud.staff_fte", "cloud.sites.*.staff_fte")),
    **_power("room"),
    **_power("cloud"),
    "server_maintenance": Rule(
        "sim/machines.py",
        RUN,
        (
            "servers.maintenance_share",
            "servers.warranty_years",
            "servers.price_cny",
            "prices.hardware_change",
            *_SERVERS,
        ),
    ),
    "host_maintenance": Rule(
        "sim/machines.py", RUN, ("servers.maintenance_share", "servers.warranty_years", *_HOSTS)
    ),
    **_several(
        "sim/machines.py",
        RUN,
        ("servers.price_cny", "prices.hardware_change", "servers.embodied_kgco2e", *_SERVERS),
        "server_refresh",
        "server_new",
    ),
    **_several("sim/machines.py", RUN, (*_HOSTS, "servers.embodied_kgco2e"), "host_refresh", "host_new"),
    "network_new": Rule("sim/bookings_cloud.py", RUN, ("cloud.network_share", *_HOSTS)),
    "platform_hosts": Rule("sim/bookings_cloud.py", RUN, ("cloud.platform_cny_per_host_year", *_SIZING)),
    "platform_base": Rule("sim/bookings_cloud.py", RUN, ("cloud.platform_cny_per_year",)),
    **_several(
        "sim/bookings_rooms.py",
        RUN,
        ("rooms.*.fitout_cny_per_m2", "rooms.*.area_m2", "rooms.*.fitout_life_years", *_ROOMS),
        "room_refit",
        "room_new",
    ),
    "cloud_fitout": Rule(
        "sim/bookings_cloud.py",
        RUN,
        (
            "cloud.fitout_cny_per_rack",
            "cloud.rack_fill",
            "cloud.sites.*.fitout_ratio",
            "cloud.sites.*.expansion*",
            *_SIZING,
        ),
    ),
    "site_opening": Rule("sim/bookings_cloud.py", RUN, ("cloud.sites.*.opening_cny",)),
    "migration_labour": Rule(
        "sim/bookings.py",
        RUN,
        ("migration.day_rate_cny", "migration.effort_days", "prices.staff_change", "estate.systems"),
    ),
    "rollback_labour": Rule(
        "sim/bookings.py",
        RUN,
        ("migration.day_rate_cny", "migration.effort_days", "migration.failure_share", "prices.staff_change"),
    ),
    "disposal": Rule("sim/machines.py", RUN, ("servers.disposal_cny", *_SERVERS)),
    "resale": Rule(
        "sim/machines.py",
        RUN,
        ("servers.resale_share", "servers.price_cny", "prices.hardware_change", *_SERVERS),
    ),
    **_several(
        "sim/finance.py",
        FINANCING,
        (
            "financing.price_cny_per_unit_year",
            "financing.vendor_irr",
            "financing.commitment_share",
            "financing.term_years",
        ),
        "service_systems",
        "service_hosts",
        "service_vcpu",
        "service_unused",
    ),
    **_several(
        "sim/finance.py",
        FINANCING,
        ("financing.price_uplift",),
        "premium_construction",
        "premium_hardware",
        "premium_refresh",
        "premium_platform",
    ),
    **_several(
        "sim/finance.py",
        FINANCING,
        ("financing.*", "prices.inflation"),
        "equity",
        "grant",
        "loan",
        "interest",
    ),
    "vat_settled": Rule("sim/finance.py", TAX, ("prices.vat.*",)),
}

_SERVICE = Rule("sim/service.py", RUN, _OUTAGES)
_POLICY = Rule("sim/compliance.py", "docs/policy.md", ("policy.*", *_MOVES))
_RECOVERED = Rule("sim/recovery.py", RUN, ("cloud.recovery.*", *_OUTAGES))
_COUNT = Rule("sim/tally.py", STATEMENT, (*_MOVES, "estate.systems", "estate.classified_share"))
_PROVED = Rule("optimize/packing/", PLAN, _HOSTS)
_ORDERED = Rule("optimize/waves/", WAVES, _MOVES)
_WORLDS = Rule("reports/uncertainty/", "docs/uncertainty.md")
_RANKED = Rule("reports/rank.py", STATEMENT)
_CLAIMED = Rule("reports/claims.py", STATEMENT)
_STOCK = Rule("sim/standing.py", "docs/money.md#metrics", _SIZING)

# By the key of a recipe; the first whose name the key begins with.
MADE: Mapping[str, Rule] = {
    "utilisation": Rule("sim/summarise.py", RUN, ("estate.cpu_utilisation", "demand.*", *_SIZING)),
    "rooms_": Rule("sim/timeline.py", RUN, (*_ROOMS, "migration.room_clearing_days", *_MOVES)),
    "hosts": Rule("sim/simulate.py", FILLING, _SIZING),
    "team_fte": _ORDERED,
    "systems_slipped": Rule("sim/summarise.py", WAVES, _MOVES),
    "slip_days": Rule("sim/summarise.py", WAVES, _MOVES),
    "worst_slip_days": Rule("sim/summarise.py", WAVES, _MOVES),
    "moving_": Rule("sim/summarise.py", WAVES, ("migration.day_rate_cny", *_MOVES)),
    "availability": _SERVICE,
    "unserved_share": _SERVICE,
    "overload_share": Rule("sim/service.py", FILLING, _SIZING),
    "system_hours_lost": _SERVICE,
    "worst_down": _SERVICE,
    "recovery_": _RECOVERED,
    "metric_of_": _STOCK,
    "policy_": _POLICY,
    "claim_count": _COUNT,
    "claim_": _CLAIMED,
    "plan_proof_": _PROVED,
    "schedule_": _ORDERED,
    "cloud_site_": Rule("reports/sites.py", RUN),
    "statistic_drivers": _RANKED,
    "statistic_spread": _RANKED,
    "statistic_gaps": Rule("reports/gaps.py", "docs/assessment.md"),
    "statistic_": _WORLDS,
    "standing_": _WORLDS,
    "irr_missing": Rule("reports/cash.py", RETURNS),
    "share_": Rule("reports/figures.py", RETURNS),
    "dcoi_": Rule("reports/money/metrics.py", "docs/money.md#metrics"),
    "run_fact_": Rule("reports/statement.py", STATEMENT),
    "fleet": Rule("sim/consolidation/", "docs/consolidation.md"),
}


def rule_of(key: str) -> Rule:
    """The rule of a recipe that no bookings tell."""
    return next(rule for begins, rule in MADE.items() if key.startswith(begins))


def of_carbon(path: str) -> bool:
    """Whether a quantity bears on carbon alone, so that no money and no amount follows from it."""
    return path.startswith("grid.") or path.endswith("embodied_kgco2e")


def depends(scenario: Scenario, patterns: Iterable[str], alternative: str) -> Iterator[Quantity]:
    """Quantities of a scenario that patterns name, each once, in the scenario's order.

    Args:
        alternative: whose ``cloud``, ``migration`` and ``financing`` are meant; what it shares with another
            stands where that one says it.
    """
    wanted = tuple(patterns)
    for path, quantity in quantities(scenario).items():
        if any(fnmatchcase(path, pattern) for pattern in wanted):
            yield quantity
    if alternative in scenario.alternatives:
        for quantity in quantities(scenario.alternatives[alternative]).values():
            below = quantity.path.split(".", 2)[-1]
            if any(fnmatchcase(below, pattern) for pattern in wanted):
                yield quantity
