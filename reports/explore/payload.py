"""What the script of a page of what-ifs reads: numbers, names and texts as plain values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...scenarios.schema import Claim
from ..calibration.words import unit_words
from ..charts.drivers import label
from ..messages import LANGS, Lang, messages
from ..quantiles import LEVELS, Floats, quantiles
from .inputs import Input
from .stored import FIGURES, Part, Stored
from .surrogate import NORMAL_P90, POOR, Laws, Surrogate

KEYS = "explore."
FEW_WORLDS = 32
CLAIMED = {
    "annual_saving": ("annual_total", "annual_without_staff", "annual_with_capital"),
    "one_off_saving": ("one_off_total",),
    "npv_saving": ("npv",),
}


def payload(surrogate: Surrogate, offered: Sequence[Input], first: int) -> dict[str, Any]:
    """Everything but the script.

    Args:
        offered: the inputs that may be fixed.
        first: how many of them are shown at once.
    """
    stored = surrogate.stored
    scenario = stored.scenario
    columns = [list(stored.inputs).index(one.path) for one in offered]
    paths = [one.path for one in offered]
    rate = scenario.prices.discount_rate.path
    return {
        "run": stored.run,
        "seed": stored.seed,
        "worlds": stored.worlds,
        "few": stored.worlds < FEW_WORLDS,
        "poor": POOR,
        "p90": NORMAL_P90,
        "first": first,
        "years": scenario.time.years,
        "weights": [_floats(row) for row in _weights(stored.worlds)],
        "order": [
            int(k) for k in np.quantile(np.arange(stored.worlds), LEVELS, method="inverted_cdf").astype(int)
        ],
        "figures": [_figure(surrogate, name) for name in FIGURES],
        "pairs": [_pair(surrogate, row, columns) for row in _pairs(surrogate, columns)],
        "inputs": [_input(surrogate, one, column) for one, column in zip(offered, columns, strict=True)],
        "rate": {"input": paths.index(rate) if rate in paths else -1, "values": _floats(stored.rate)},
        "within": _floats(surrogate.within),
        "parts": [_part(part) for part in stored.parts],
        "laws": _terms(surrogate, surrogate.laws, columns),
        "groups": [_terms(surrogate, laws, columns) for laws in surrogate.groups],
        "claims": [_claim(claim) for claim in _claims(stored)],
        "names": {lang: _names(stored, lang) for lang in LANGS},
        "words": {
            lang: {key: text for key, text in messages(lang).items() if key.startswith(KEYS)}
            for lang in LANGS
        },
    }


def _floats(values: Floats) -> str:
    """Doubles, little-endian, in base64: no digit is lost."""
    return b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")


def _weights(worlds: int) -> Floats:
    """Weights of the order statistics in P10, P50 and P90, shape (3, worlds)."""
    tails = quantiles(np.tri(worlds))  # the last k of so many ordered values are 1
    return np.asarray(tails - np.concatenate([tails[:, 1:], np.zeros((len(tails), 1))], axis=1))


def _figure(surrogate: Surrogate, name: str) -> dict[str, Any]:
    fit = surrogate.fits.get(name)
    return {
        "name": name,
        "unit": FIGURES[name],
        "q2": None if fit is None else fit.q2,
        "rmse": None if fit is None else fit.rmse,
        "values": _floats(surrogate.stored.figures[name]),
    }


def _input(surrogate: Surrogate, one: Input, column: int) -> dict[str, Any]:
    scenario, drawn = surrogate.stored.scenario, surrogate.stored.drawn[:, column]
    return {
        "path": one.path,
        "label": {lang: label(scenario, one.path, lang) for lang in LANGS},
        "unit": {lang: unit_words(one.quantity.unit or "1", lang) for lang in LANGS},
        "grade": one.quantity.grade,
        "spread": one.quantity.spread,
        "log": bool(surrogate.logs[column]),
        "low": one.low,
        "high": one.high,
        "decimals": one.decimals,
        "usual": list(one.usual),
        "inner": quantiles(drawn)[[0, 2]].tolist(),
        "middle": float(one.text(float(np.median(drawn)))),
        "totals": [one.totals[name] for name in FIGURES],
        "values": _floats(drawn),
    }


def _part(part: Part) -> dict[str, Any]:
    names = list(FIGURES)
    return {
        "figures": [names.index(name) for name in part.figures],
        "values": _floats(part.values),
        "yearly": None if part.yearly is None else _floats(part.yearly),
        "left": part.left,
    }


def _pairs(surrogate: Surrogate, columns: Sequence[int]) -> list[int]:
    """Rows of pairs of inputs that some law reads and that change with an offered one."""
    every = (surrogate.laws, *surrogate.groups)
    read = np.sum([laws.exponents[:, len(surrogate.logs) :] != 0 for laws in every], axis=(0, 1)) > 0
    return [row for row, pair in enumerate(surrogate.pairs) if read[row] and set(pair[:2]) & set(columns)]


def _pair(surrogate: Surrogate, row: int, columns: Sequence[int]) -> dict[str, Any]:
    """Offered inputs of a pair by number, -1 for one that is not, and how far each is off the centre."""
    one, two, part = surrogate.pairs[row]
    off = surrogate.features[:, [one, two]] - surrogate.centre[[one, two]]
    return {
        "inputs": [columns.index(k) if k in columns else -1 for k in (one, two)],
        "centre": [float(surrogate.centre[k]) for k in (one, two)],
        "part": part,
        "off": [_floats(off[:, side]) for side in range(2)],
    }


def _terms(surrogate: Surrogate, laws: Laws, columns: Sequence[int]) -> list[float]:
    """Part, feature and exponent of every term that an offered input has, one after the other.

    Features are the offered inputs, then the pairs.
    """
    first = len(surrogate.logs)
    rows = [*columns, *(first + row for row in _pairs(surrogate, columns))]
    exponents = laws.exponents[:, rows]
    parts, features = np.nonzero(exponents)
    return [
        number
        for part, one in zip(parts.tolist(), features.tolist(), strict=True)
        for number in (part, one, float(exponents[part, one]))
    ]


def _claims(stored: Stored) -> list[Claim]:
    """Published figures that can be held against one on the page."""
    scenario = stored.scenario
    return [
        claim
        for claim in scenario.claims
        if claim.metric in CLAIMED
        and claim.against in (None, scenario.baseline)
        and stored.alternative in (claim.alternatives or (stored.alternative,))
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    names = list(FIGURES)
    return {
        "id": claim.id,
        "figures": [names.index(name) for name in CLAIMED[claim.metric]],
        "published": claim.published,
        "what": {"zh": claim.what.zh, "en": claim.what.en},
    }


def _names(stored: Stored, lang: Lang) -> dict[str, str]:
    scenario = stored.scenario
    titles = {name: getattr(a.title, lang) for name, a in scenario.alternatives.items()}
    return {
        "title": getattr(scenario.title, lang),
        "baseline": titles[scenario.baseline],
        "alternative": titles[stored.alternative],
        "year": str(scenario.time.price_year),
    }
