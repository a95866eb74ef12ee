"""Every figure of a statement, world by world, before quantiles are taken."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.elementary import power
from ..sim.ledger import ANNUAL, ONE_OFF
from .books import MONTHS_PER_YEAR, Books, rows_of
from .cash import payback, present_value
from .quantiles import Floats
from .residual import residual_cny

CNY_PER_YEAR = "CNY/yr"
KG_PER_T = 1e3
CLOUD_LEVEL = "cloud"
PARTS = ("it", "ups", "cooling", "other")
_BOUGHT = ("server_new", "server_refresh", "host_new", "host_refresh")


class Figure(NamedTuple):
    """One figure in each world, shape (worlds,)."""

    values: Floats
    unit: str


def annual_savings(books: Books, name: str) -> dict[str, Figure]:
    """Saving per year by annual category."""
    return {c: Figure(books.annual_saving(name, rows_of({c})), CNY_PER_YEAR) for c in ANNUAL}


def one_off_savings(books: Books, name: str) -> dict[str, Figure]:
    """Saving over the horizon by one-off category."""
    return {c: Figure(books.one_off_saving(name, rows_of({c})), "CNY") for c in ONE_OFF}


def level_savings(books: Books, name: str) -> dict[str, Figure]:
    """Saving per year, all annual categories, by who owns the room or line; last the cloud site."""
    baseline = books.each(books.baseline, lambda o: o.cost_by_level_cny)
    saving = baseline - books.each(name, lambda o: o.cost_by_level_cny)
    yearly = saving[:, list(books.years)].mean(axis=1)[:, :, rows_of(ANNUAL)].sum(axis=2)
    levels = [*books.scenario.estate.levels, CLOUD_LEVEL]
    return {level: Figure(yearly[:, i], CNY_PER_YEAR) for i, level in enumerate(levels)}


def total_savings(books: Books, name: str) -> dict[str, Figure]:
    """Sums of categories, present value, payback, and what is saved beside money."""
    flow = books.saving(name).sum(axis=2)
    rate = books.drawn(books.scenario.prices.discount_rate.path)
    without_staff = rows_of(set(ANNUAL) - {"staff"})
    first = books.each(books.baseline, lambda o: o.rooms_open[0])
    left = residual_cny(books, name) - residual_cny(books, books.baseline)
    worth_now = left * power(1.0 + rate, -books.scenario.time.years)

    def amount(unit: str, *where: str, category: str) -> Figure:
        rows = rows_of({category}, *where)
        return Figure(books.annual_amount(books.baseline, rows) - books.annual_amount(name, rows), unit)

    return {
        "annual_total": Figure(books.annual_saving(name), CNY_PER_YEAR),
        "annual_without_staff": Figure(books.annual_saving(name, without_staff), CNY_PER_YEAR),
        "annual_with_capital": Figure(books.annual_saving(name) - site_capital(books, name), CNY_PER_YEAR),
        "one_off_total": Figure(books.one_off_saving(name), "CNY"),
        "npv": Figure(present_value(flow, rate) + worth_now, "CNY"),
        "payback_years": Figure(payback(flow), "yr"),
        "rooms_closed": Figure(first - books.each(name, lambda o: o.rooms_open[-1]), "count"),
        "staff_fte": amount("FTE", category="staff"),
        "staff_fte_rooms": amount("FTE", "rooms", category="staff"),
        "energy_saved": amount("kWh/yr", category="electricity"),
    }


def site_capital(books: Books, name: str) -> Floats:
    """What was bought for the cloud site, spread evenly over its life, in CNY a year, shape (worlds,).

    Hosts outlive a short horizon: without this, renewing servers in rooms would count every year and
    renewing hosts never.
    """
    cloud = books.scenario.alternatives[name].cloud
    if cloud is None:
        return np.zeros(len(books.results))
    hardware = rows_of({"host_new", "network_new", "premium_hardware"})
    building = rows_of({"cloud_fitout", "site_opening", "premium_construction"})
    bought = books.each(name, lambda o: o.cost_cny[:, hardware].sum())
    fitout = books.each(name, lambda o: o.cost_cny[:, building].sum())
    life = books.drawn(books.scenario.rooms["room"].fitout_life_years.path)
    return np.asarray(bought / books.drawn(cloud.host_life_years.path) + fitout / life)


def conduct(books: Books, name: str) -> dict[str, Figure]:
    """How an alternative behaves: energy, carbon, machines and rooms."""
    power = rows_of({"electricity"})
    carbon = books.each(name, lambda o: o.carbon_kg) / KG_PER_T
    bought = rows_of({"host_new"})
    parts = {f"energy_{part}": rows_of({f"room_{part}", f"cloud_{part}"}) for part in PARTS}
    energy = {key: books.annual_amount(name, rows) for key, rows in ({"energy": power} | parts).items()}
    return {
        **{key: Figure(kwh, "kWh/yr") for key, kwh in energy.items()},
        "carbon": Figure(books.yearly(carbon[:, :, power]).sum(axis=1), "tCO2/yr"),
        "embodied_carbon": Figure(carbon[:, :, rows_of(_BOUGHT)].sum(axis=(1, 2)), "tCO2e"),
        "pue": Figure(books.mean_of_years(books.each(name, lambda o: o.pue)), "1"),
        "utilisation": Figure(books.mean_of_years(books.each(name, lambda o: o.utilisation)), "1"),
        "hosts": Figure(books.each(name, lambda o: o.hosts_on[-1]), "count"),
        "hosts_bought": Figure(books.each(name, lambda o: o.amount[:, bought].sum()), "count"),
        "rooms_open": Figure(books.each(name, lambda o: o.rooms_open[-1]), "count"),
        "team_fte": Figure(books.each(name, lambda o: o.team_fte), "FTE"),
        "systems_slipped": Figure(books.each(name, lambda o: float(len(o.slips_h))), "count"),
        "slip_days": Figure(books.each(name, lambda o: _mean(o.slips_h) / HOURS_PER_DAY), "d"),
        "worst_slip_days": Figure(books.each(name, lambda o: o.slips_h.max(initial=0) / HOURS_PER_DAY), "d"),
        "moving_planned": Figure(books.each(name, lambda o: o.moving_cny.sum()), "CNY"),
        "moving_cost": Figure(books.each(name, lambda o: o.cost_cny[:, rows_of({"migration"})].sum()), "CNY"),
        "moving_over_budget": Figure(books.each(name, lambda o: o.over_budget_cny), "CNY"),
        **_service(books, name),
    }


def _mean(slips_h: NDArray[np.int32]) -> float:
    """Mean slip of those that slipped, 0 if none did."""
    return float(slips_h.mean()) if len(slips_h) else 0.0


def _service(books: Books, name: str) -> dict[str, Figure]:
    years = books.clock.months / MONTHS_PER_YEAR
    lost = books.each(name, lambda o: o.service.system_hours_lost) / years
    return {
        "availability": Figure(books.each(name, lambda o: o.service.availability), "1"),
        "unserved_share": Figure(books.each(name, lambda o: o.service.unserved_share), "1"),
        "overload_share": Figure(books.each(name, lambda o: o.service.overload_share), "1"),
        "system_hours_lost": Figure(lost, "h/yr"),
        "worst_down": Figure(books.each(name, lambda o: o.service.worst_down), "count"),
    }
