"""Metrics with their standards, world by world, in the annual years (stocks: at the end of the horizon).

Energy is measured where the IT takes it in (category 3 of ISO/IEC 30134-2: what the servers, storage and
network draw). What the simulation does not hold, such as meters, is said to be missing rather than guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...sim.outcome import Stock
from ..books import Books, rows_of
from ..figures import Figure
from ..quantiles import Floats

MONTHS_PER_YEAR = 12


class Target(NamedTuple):
    """A metric of the Data Center Optimization Initiative (OMB M-16-19) and what it asks for."""

    metric: str
    least: float | None
    most: float | None

    def met(self, values: Floats) -> Floats:
        """Whether each value meets it, shape (worlds,)."""
        low = values >= (-np.inf if self.least is None else self.least)
        return np.asarray(low & (values <= (np.inf if self.most is None else self.most)))


DCOI = {
    "energy_metering": Target("energy_metering", 1.0, None),
    "pue": Target("pue", None, 1.5),
    "virtualisation": Target("virtualisation", 4.0, None),
    "server_utilisation": Target("server_utilisation", 0.65, None),
    "facility_utilisation": Target("facility_utilisation", 0.8, None),
}
STANDARDS = {
    "pue": "ISO/IEC 30134-2",
    "dcie": "The Green Grid",
    "cue": "ISO/IEC 30134-8",
    "wue": "ISO/IEC 30134-9",
    "iteesv": "ISO/IEC 30134-4",
    "iteusv": "ISO/IEC 30134-5",
    "virtualisation": "OMB M-16-19",
    "facility_utilisation": "OMB M-16-19",
    "rack_in_use": "MIIT",
    "consolidation_ratio": "",
}


def metrics(books: Books, name: str) -> dict[str, Figure]:
    """Every metric that the run can state of an alternative; NaN in worlds where it has no meaning."""
    room, cloud = (books.annual_amount(name, rows_of({f"{place}_it"})) for place in ("room", "cloud"))
    power = rows_of({"electricity"})
    it, whole = room + cloud, books.annual_amount(name, power)
    carbon = books.yearly(books.each(name, lambda o: o.carbon_kg[:, power].sum(axis=1)))
    pue = _ratio(whole, it)
    found = {
        "pue": Figure(pue, "1"),
        "dcie": Figure(1.0 / pue, "1"),
        "cue": Figure(_ratio(carbon, it), "kgCO2/kWh"),
        "iteusv": Figure(books.mean_of_years(books.each(name, lambda o: o.utilisation)), "1"),
        **_stocks(books, name),
    }
    water = books.scenario.water
    if water is not None:
        litres = room * books.drawn(water.rooms_l_per_kwh.path) + cloud * books.drawn(
            water.cloud_l_per_kwh.path
        )
        found["wue"] = Figure(_ratio(litres, it), "L/kWh")
    return found


def _stocks(books: Books, name: str) -> dict[str, Figure]:
    """Metrics of what stands at the end of the horizon."""
    racks = MONTHS_PER_YEAR * books.each(name, lambda o: o.amount[-1, rows_of({"cloud_space"})].sum())
    built = books.each(name, lambda o: o.amount[:, rows_of({"cloud_fitout"})].sum())
    in_use = _ratio(racks, built)
    machines = _stock(books, name, lambda s: s.servers + s.hosts)
    before = _stock(books, books.baseline, lambda s: s.servers + s.hosts)
    most, kw = _stock(books, name, lambda s: s.max_mssj), _stock(books, name, lambda s: s.max_kw)
    components = _stock(books, name, lambda s: s.components)
    hosts = _stock(books, name, lambda s: s.working_hosts)
    return {
        "iteesv": Figure(_ratio(most * 1e6, kw * 1e3), "ssj_ops/W"),
        "virtualisation": Figure(_ratio(components, hosts), "1"),
        "facility_utilisation": Figure(in_use, "1"),
        "rack_in_use": Figure(in_use, "1"),
        "consolidation_ratio": Figure(_ratio(before, machines), "1"),
    }


def dcoi(found: dict[str, Figure]) -> dict[str, Figure | None]:
    """The five metrics of DCOI; None for what the simulation does not hold."""
    return {
        "energy_metering": None,
        "pue": found["pue"],
        "virtualisation": found["virtualisation"],
        "server_utilisation": found["iteusv"],
        "facility_utilisation": found["facility_utilisation"],
    }


def _stock(books: Books, name: str, value: Callable[[Stock], float]) -> Floats:
    found = [r.outcomes[name].stock for r in books.results]
    return np.array([np.nan if stock is None else float(value(stock)) for stock in found])


def _ratio(above: Floats, below: Floats) -> Floats:
    """A quotient, NaN where it has no meaning."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))
