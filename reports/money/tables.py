"""``money.csv``: the cash of every alternative by year, payer and kind, in both languages."""

from __future__ import annotations

import csv
import io

import numpy as np

from ...sim.ledger import PAYERS
from ...sim.outcome import Study
from ..books import Books
from ..inert import in_csv
from ..messages import LANGS, say
from ..quantiles import quantiles
from .cash_flows import rows

FILE = "money.csv"
COLUMNS = (
    "alternative",
    "year",
    "payer",
    "payer_en",
    "payer_zh",
    "kind",
    "kind_en",
    "kind_zh",
    "cost_mean_cny",
    "saving_mean_cny",
    "saving_p10_cny",
    "saving_p50_cny",
    "saving_p90_cny",
    "saving_nominal_mean_cny",
)


def money_csv(study: Study) -> str:
    """The table as text; column ids in English with the Chinese name in brackets.

    Means add up over payers and kinds, quantiles do not. Sums in money of the day are empty where the
    scenario says nothing of inflation.
    """
    books = Books.of(study.scenario, study.results)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([f"{column} ({say('zh', f'money.column.{column}')})" for column in COLUMNS])
    for name in study.scenario.alternatives:
        for year, payer, kind, cost, saving, day in rows(books, name):
            low, middle, high = (float(q) for q in quantiles(saving))
            figures = (float(cost.mean()), float(saving.mean()), low, middle, high)
            last = "" if day is None else f"{np.mean(day):.6f}"
            texts = [in_csv(payer_name(study, payer, lang)) for lang in ("en", "zh")]
            kinds = [say(lang, f"money.kind.{kind}") for lang in ("en", "zh")]
            numbers = [f"{figure:.6f}" for figure in figures]
            writer.writerow([name, year, payer, *texts, kind, *kinds, *numbers, last])
    return buffer.getvalue()


def payer_name(study: Study, payer: str, lang: str) -> str:
    """A level of government or another payer in words."""
    if payer in PAYERS:
        return say(next(known for known in LANGS if known == lang), f"money.payer.{payer}")
    title = study.scenario.estate.levels[payer].title
    return title.zh if lang == "zh" else title.en
