"""``money`` and ``metrics`` of ``statement.json``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from ..quantiles import Stat
from .metrics import DCOI, STANDARDS
from .statement import Metrics, Money, Vendor, YearCash

Json = dict[str, object]
Write = Callable[[Stat], Json]


def money_json(money: Money, write: Write) -> Json:
    """One alternative in money; ``write`` gives a figure its form."""
    return {
        "mode": money.mode,
        **{key: write(stat) for key, stat in money.own.items()},
        **{key: write(stat) for key, stat in money.compared.items()},
        "irr_missing": asdict(money.returns),
        "share_without_abatement": money.share_without_abatement,
        "annual_saving_by_level": {level: write(stat) for level, stat in money.levels.items()},
        "costs": _years(money.costs, write),
        "savings": _years(money.savings, write),
        "vendor": None if money.vendor is None else _vendor(money.vendor, write),
    }


def metrics_json(metrics: Metrics, write: Write) -> Json:
    """The metrics of one alternative."""
    found: Json = {
        key: {**write(stat), "standard": STANDARDS.get(key, "")} for key, stat in metrics.figures.items()
    }
    five: Json = {}
    for key, target in DCOI.items():
        stat = metrics.dcoi[key]
        five[key] = {
            "stat": None if stat is None else write(stat),
            "least": target.least,
            "most": target.most,
            "share_met": metrics.met[key],
        }
    return {**found, "dcoi": five}


def _years(years: Sequence[YearCash], write: Write) -> list[Json]:
    return [
        {
            "year": cash.year,
            "total": write(cash.total),
            "nominal": None if cash.nominal is None else write(cash.nominal),
            "by_payer": {payer: write(stat) for payer, stat in cash.by_payer.items()},
        }
        for cash in years
    ]


def _vendor(vendor: Vendor, write: Write) -> Json:
    return {
        "unit": vendor.unit,
        **{key: write(stat) for key, stat in vendor.figures.items()},
        "irr_missing": asdict(vendor.returns),
    }
