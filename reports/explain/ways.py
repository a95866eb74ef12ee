"""How each figure that bookings make up is reckoned, by its name: a formula in symbols, and what takes it.

What the symbols stand for is said by ``explain.how.KEY``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...sim.ledger import ANNUAL, FINANCE, ONE_OFF
from ..books import rows_of
from ..quantiles import Floats
from . import ratios, reckon
from .account import AMOUNT, CARBON, COST, SOCIETY, VENDOR_COST, Desk, Term
from .reckon import FEES, KG_PER_T, POWER, Way, discount, every, left, saving, whole, yearly


def one(
    key: str,
    formula: str,
    items: Iterable[str],
    column: str,
    span: Callable[[Desk], Floats],
    per: float = 1.0,
) -> Way:
    """A sum of one alternative's bookings."""
    rows = rows_of(items)
    return Way(key, formula, lambda desk, name: desk.sum("own", Term(name, rows, column, span(desk) / per)))


def minus(
    key: str,
    formula: str,
    rows: Sequence[int],
    span: Callable[[Desk], Floats],
    column: str = COST,
) -> Way:
    """Baseline minus alternative."""
    return Way(key, formula, lambda desk, name: saving(desk, name, rows, span(desk), column))


PER_YEAR, ONCE = "S = B - A   (B, A: sum / n)", "S = B - A"
WAYS: dict[str, Way] = {
    "annual_total": minus("annual_total", PER_YEAR, every(ANNUAL), yearly),
    "annual_without_staff": minus("annual_without_staff", PER_YEAR, every(set(ANNUAL) - {"staff"}), yearly),
    "annual_with_capital": Way("annual_with_capital", "S - H - F,   S = B - A", reckon.with_capital),
    "one_off_total": minus("one_off_total", ONCE, every(ONE_OFF), whole),
    "npv": Way("npv", "D + L (1 + r)^-T", reckon.npv),
    "payback_years": Way("payback_years", "min t: sum of cash to u > 0 for all u > t", reckon.payback),
    "staff_fte": minus("staff_fte", PER_YEAR, every({"staff"}), yearly, AMOUNT),
    "staff_fte_rooms": minus("staff_fte_rooms", PER_YEAR, rows_of({"staff"}, "rooms"), yearly, AMOUNT),
    "energy_saved": minus("energy_saved", PER_YEAR, every(POWER), yearly, AMOUNT),
    "energy": one("energy", "E = sum / n", POWER, AMOUNT, yearly),
    **{
        f"energy_{part}": one("energy_part", "E = sum / n", (f"room_{part}", f"cloud_{part}"), AMOUNT, yearly)
        for part in ("it", "ups", "cooling", "other")
    },
    "carbon": one("carbon", "C = sum / n / 1000", POWER, CARBON, yearly, KG_PER_T),
    "embodied_carbon": one(
        "embodied_carbon",
        "C = sum / 1000",
        ("server_new", "server_refresh", "host_new", "host_refresh"),
        CARBON,
        whole,
        KG_PER_T,
    ),
    "hosts_bought": one("hosts_bought", "N = sum", ("host_new",), AMOUNT, whole),
    "moving_cost": one("moving_cost", "C = sum", ("migration",), COST, whole),
    "pue": Way("pue", "sum of E_y / I_y over n years / n", ratios.mean_pue),
    "equivalent_annual_cost": Way(
        "equivalent_annual_cost", "(D - L (1 + r)^-T) r / (1 - (1 + r)^-T)", reckon.annual_cost
    ),
    "present_cost": Way(
        "present_cost",
        "D = sum of C_m (1 + r)^-t",
        lambda desk, name: desk.sum("cash", Term(name, every(), COST, discount(desk))),
    ),
    "society_present_cost": Way(
        "society_present_cost",
        "D = sum of C_m (1 + r)^-t",
        lambda desk, name: desk.sum("cash", Term(name, every(), SOCIETY, discount(desk))),
    ),
    "residual_value": Way(
        "residual_value",
        "L = sum of price (1 - age / life)",
        lambda desk, name: desk.sum("left", *left(desk, name, 1.0)),
    ),
    "irr": Way("irr", "D(R) + L (1 + R)^-T = 0", reckon.irr),
    "irr_nominal": Way("irr_nominal", "(1 + R)(1 + i) - 1", reckon.irr_nominal),
    "mirr": Way("mirr", "(I / O)^(1/T) - 1", reckon.modified),
    "payback_discounted_years": Way(
        "payback_discounted_years",
        "min t: sum of discounted cash from t on > 0",
        lambda desk, name: reckon.payback(desk, name, discount(desk)),
    ),
    "first_benefit_years": Way("first_benefit_years", "min t: saving of month t > 0", reckon.first_benefit),
    "society_npv": Way("society_npv", "D + L (1 + r)^-T", reckon.society_npv),
    "finance": Way(
        "finance",
        "S = B - A",
        lambda desk, name: saving(desk, name, every({FINANCE}), discount(desk), part="cash"),
    ),
    "carbon_avoided": Way("carbon_avoided", "S = B - A", reckon.carbon_avoided),
    "abatement_cost": Way("abatement_cost", "-V / C", reckon.abatement),
    "npv_with_carbon": Way("npv_with_carbon", "V + P", reckon.npv_with_carbon),
    "npv_without_vat": Way("npv_without_vat", "D + L (1 + r)^-T", reckon.untaxed_npv),
    "annual_without_vat": Way("annual_without_vat", PER_YEAR, reckon.untaxed_annual),
    "price": Way("price", "F / U", ratios.price),
    "unused_share": Way("unused_share", "I / U", ratios.unused),
    "turnover": Way(
        "turnover",
        "F = sum / n",
        lambda desk, name: desk.sum("turnover", Term(name, rows_of(FEES), VENDOR_COST, -yearly(desk))),
    ),
    "vendor_npv": Way("vendor_npv", "D + L (1 + r)^-T", reckon.vendor_npv),
    "vendor_irr": Way("vendor_irr", "D(R) + L (1 + R)^-T = 0", reckon.vendor_irr),
    "metric-pue": Way("metric_pue", "E / I", ratios.energy_ratio),
    "metric-dcie": Way("metric_dcie", "I / E", lambda desk, name: 1.0 / ratios.energy_ratio(desk, name)),
    "metric-cue": Way("metric_cue", "C / I", ratios.carbon_ratio),
    "metric-wue": Way("metric_wue", "W / I", ratios.water_ratio),
    "metric-facility_utilisation": Way("racks_in_use", "U / M", ratios.racks_in_use),
    "metric-rack_in_use": Way("racks_in_use", "U / M", ratios.racks_in_use),
}
