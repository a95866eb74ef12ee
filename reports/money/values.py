"""Every figure of money, world by world.

Savings are the government's unless they say society's: baseline minus alternative. A figure that does not
exist in a world, such as a rate of return that is not unique, is NaN there; a payback beyond the horizon is
infinite.
"""

from __future__ import annotations

import numpy as np

from ...scenarios.elementary import power
from ...scenarios.finance import VENDORS
from ...sim import vat
from ...sim.ledger import ANNUAL, FINANCE
from ...sim.outcome import Outcome
from ...sim.worth import mid_months
from ..books import Books, rows_of
from ..cash import (
    Returns,
    abatement_cost,
    annuity,
    discounted,
    first_benefit,
    modified_return,
    nominal_rate,
    payback,
    present_value,
    returns,
)
from ..figures import CNY_PER_YEAR, Figure
from ..quantiles import Floats
from ..residual import cloud_left, residual_cny, vendor_owns

KG_PER_T = 1e3
FEES = ("service_systems", "service_hosts", "service_vcpu", "service_unused")
RUNNING = rows_of(set(ANNUAL) - {"hardware_refresh"})
RATES = "1/yr"
# What every world has, for tables of worlds.
STORED = (
    "equivalent_annual_cost",
    "society_npv",
    "npv_with_carbon",
    "npv_without_vat",
    "carbon_avoided",
    "vendor_npv",
)


def own(books: Books, name: str) -> dict[str, Figure]:
    """What an alternative costs by itself, the baseline included."""
    rate, years = _rate(books), books.scenario.time.years
    left = residual_cny(books, name)
    cost = present_value(books.each(name, lambda o: o.cost_cny.sum(axis=1)), rate)
    worth_now = left * power(1.0 + rate, -years)
    society = books.each(name, lambda o: o.society_cny.sum(axis=1))
    return {
        "equivalent_annual_cost": Figure(annuity(cost - worth_now, rate, years), CNY_PER_YEAR),
        "present_cost": Figure(cost, "CNY"),
        "society_present_cost": Figure(present_value(society, rate), "CNY"),
        "residual_value": Figure(left, "CNY"),
    }


def compared(books: Books, name: str) -> dict[str, Figure]:
    """What an alternative saves against the baseline."""
    rate = _rate(books)
    saving = books.saving(name)
    flow = saving.sum(axis=2)
    left = residual_cny(books, name) - residual_cny(books, books.baseline)
    npv = _with_left(books, flow, left, rate)
    found = irr(flow, left, books.scenario.time.years)
    carbon_t = _carbon_saved(books, name)
    figures = {
        "npv": Figure(npv, "CNY"),
        "irr": Figure(found.rate, RATES),
        "irr_kind": Figure(_kind(found), "count"),
        "mirr": Figure(_modified(flow, left, rate, books.scenario.time.years), RATES),
        "payback_years": Figure(payback(flow), "yr"),
        "payback_discounted_years": Figure(payback(discounted(flow, rate)), "yr"),
        "first_benefit_years": Figure(first_benefit(saving[:, :, RUNNING].sum(axis=2)), "yr"),
        "society_npv": Figure(_society_npv(books, name, rate), "CNY"),
        "finance": Figure(present_value(saving[:, :, rows_of({FINANCE})].sum(axis=2), rate), "CNY"),
        "carbon_avoided": Figure(carbon_t.sum(axis=1), "tCO2e"),
        "abatement_cost": Figure(abatement_cost(npv, carbon_t.sum(axis=1)), "CNY/t"),
    }
    figures |= _carbon_priced(books, npv, carbon_t, rate)
    return figures | _untaxed(books, name, saving, rate) | _nominal(books, found.rate)


def vendor(books: Books, name: str) -> dict[str, Figure]:
    """What a vendor makes of it: price, turnover, present value and rate of return; empty without one."""
    financing = books.scenario.alternatives[name].financing
    if financing is None or financing.mode not in VENDORS:
        return {}
    cash = -books.each(name, lambda o: o.vendor_cny.sum(axis=1))
    left = np.where(vendor_owns(books, name), cloud_left(books, name, 1.0 + tax_rates(books)), 0.0)
    fees, rate = rows_of(FEES), _rate(books)
    sold = books.each(name, lambda o: o.amount[:, fees].sum())
    turnover = -books.each(name, lambda o: o.vendor_cny[:, fees].sum())
    unused = books.each(name, lambda o: o.amount[:, rows_of({"service_unused"})].sum())
    found = irr(cash, left, books.scenario.time.years)
    price = np.divide(turnover, sold, out=np.full(len(sold), np.nan), where=sold > 0)
    idle = np.divide(unused, sold, out=np.zeros(len(sold)), where=sold > 0)
    return {
        "price": Figure(price, "CNY/yr"),
        "unused_share": Figure(idle, "1"),
        "turnover": Figure(books.yearly(-_fees(books, name, fees)), CNY_PER_YEAR),
        "vendor_npv": Figure(_with_left(books, cash, left, rate), "CNY"),
        "vendor_irr": Figure(found.rate, RATES),
        "vendor_irr_kind": Figure(_kind(found), "count"),
    }


def stored(books: Books, name: str) -> dict[str, Figure]:
    """Figures that every world has, of an alternative or of the baseline."""
    found = own(books, name)
    if name != books.baseline:
        found |= compared(books, name) | vendor(books, name)
    return {key: found[key] for key in STORED if key in found}


def irr(monthly: Floats, left: Floats, years: int) -> Returns:
    """Rates of return of monthly cash and of what is left at the end."""
    cash = np.hstack([monthly, left[:, None]])
    return returns(cash, np.append(mid_months(monthly.shape[1]), years))


def _modified(monthly: Floats, left: Floats, rate: Floats, years: int) -> Floats:
    cash = np.hstack([monthly, left[:, None]])
    return modified_return(cash, np.append(mid_months(monthly.shape[1]), years), rate)


def _kind(found: Returns) -> Floats:
    """Number of rates of return, -1 where the only one is reversed."""
    return np.where(found.reversed, -1.0, found.roots.astype(np.float64))


def tax_rates(books: Books) -> Floats:
    """Value-added tax on each item in each world, shape (worlds, items); 0 where nothing is said of it."""
    terms = books.scenario.prices.vat
    if terms is None:
        return np.zeros((len(books.results), len(vat.kinds())))
    drawn = {k: books.drawn(vat.rate_of(terms, k).path) for k in vat.kinds() if k is not None}
    zero = np.zeros(len(books.results))
    return np.stack([zero if k is None else drawn[k] for k in vat.kinds()], axis=1)


def inflation(books: Books) -> Floats | None:
    """General inflation in each world; None where the scenario says nothing of it."""
    quantity = books.scenario.prices.inflation
    return None if quantity is None else books.drawn(quantity.path)


def _rate(books: Books) -> Floats:
    return books.drawn(books.scenario.prices.discount_rate.path)


def _with_left(books: Books, flow: Floats, left: Floats, rate: Floats) -> Floats:
    """Present value of monthly flows and of what is left at the end."""
    return present_value(flow, rate) + left * power(1.0 + rate, -books.scenario.time.years)


def _fees(books: Books, name: str, fees: list[int]) -> Floats:
    return books.each(name, lambda o: o.vendor_cny[:, fees].sum(axis=1))


def _society_npv(books: Books, name: str, rate: Floats) -> Floats:
    """Saving of all payers together: the same however the same cloud is financed."""

    def cost(outcome: Outcome) -> Floats:
        return np.asarray(outcome.society_cny.sum(axis=1))

    def left(alternative: str) -> Floats:
        owned = np.where(vendor_owns(books, alternative), cloud_left(books, alternative), 0.0)
        return residual_cny(books, alternative) + owned

    flow = books.each(books.baseline, cost) - books.each(name, cost)
    return _with_left(books, flow, left(name) - left(books.baseline), rate)


def _carbon_saved(books: Books, name: str) -> Floats:
    """Tonnes avoided by month, of electricity and of what is bought, shape (worlds, months)."""
    before = books.each(books.baseline, lambda o: o.carbon_kg.sum(axis=1))
    return np.asarray((before - books.each(name, lambda o: o.carbon_kg.sum(axis=1))) / KG_PER_T)


def _carbon_priced(books: Books, npv: Floats, carbon_t: Floats, rate: Floats) -> dict[str, Figure]:
    price = books.scenario.prices.carbon_cny_per_t
    if price is None:
        return {}
    worth = present_value(carbon_t * books.drawn(price.path)[:, None], rate)
    return {"npv_with_carbon": Figure(npv + worth, "CNY")}


def _untaxed(books: Books, name: str, saving: Floats, rate: Floats) -> dict[str, Figure]:
    """The same without the tax that the government pays in its prices and cannot deduct."""
    if books.scenario.prices.vat is None:
        return {}
    over = 1.0 + tax_rates(books)
    bare = saving / over[:, None, :]
    left = residual_cny(books, name, over) - residual_cny(books, books.baseline, over)
    return {
        "annual_without_vat": Figure(books.yearly(bare[:, :, rows_of(ANNUAL)].sum(axis=2)), CNY_PER_YEAR),
        "npv_without_vat": Figure(_with_left(books, bare.sum(axis=2), left, rate), "CNY"),
    }


def _nominal(books: Books, rate: Floats) -> dict[str, Figure]:
    rising = inflation(books)
    return {} if rising is None else {"irr_nominal": Figure(nominal_rate(rate, rising), RATES)}
