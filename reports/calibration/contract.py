"""``calibration.json``: a calibration as other programs read it. Keys may be added, never dropped."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import blake2b
from math import isfinite

from ... import __version__
from ...scenarios.loader import fingerprint
from ..quantiles import Floats
from .calibrate import Calibration
from .findings import Reading, Span
from .information import Decision
from .weights import Weights

SCHEMA = 1
DIGITS = 12
RUN_ID_BYTES = 5
USED = "used"

Json = dict[str, object]


def calibration_id(found: Calibration) -> str:
    """Ten hexadecimal digits that name a calibration: of version, scenario, worlds and what was asked."""
    parts = (__version__, fingerprint(found.scenario), found.seed, found.worlds.count, found.ask)
    return blake2b("/".join(map(str, parts)).encode(), digest_size=RUN_ID_BYTES).hexdigest()


def to_json(found: Calibration, command: str) -> Json:
    """The whole calibration."""
    posterior = found.posterior
    emulator = posterior.emulator
    return {
        "schema": SCHEMA,
        "kind": "calibration",
        "roomfold": __version__,
        "id": calibration_id(found),
        "command": command,
        "scenario": found.scenario.name,
        "fingerprint": fingerprint(found.scenario),
        "seed": found.seed,
        "alternative": found.alternative,
        "worlds": found.worlds.count,
        "worlds_near_posterior": int(found.worlds.near.sum()),
        "method": posterior.method,
        "simulated": _weights(posterior.simulated),
        "posterior": {"points": len(posterior.weights.share), **_weights(posterior.weights)},
        "emulator_q2": None if emulator is None else {k: _round(v) for k, v in emulator.q2.items()},
        "accounting": {way: _round(share) for way, share in posterior.ways.items()},
        "plausible": [limit.model_dump(exclude_none=True) for limit in found.evidence.limits],
        "quantities": [
            {
                "path": n.path,
                "unit": n.unit,
                "grade": n.grade,
                "prior": _span(n.prior),
                "posterior": _span(n.posterior),
                "sd_shrink": _round(n.shrink),
                "mean_moved_in_sd": _round(n.moved),
                "rank_correlation": {key: _round(r) for key, r in n.correlation.items()},
                "informed": n.informed,
            }
            for n in found.narrowings
        ],
        "pairs": [asdict(pair) | {"correlation": _round(pair.correlation)} for pair in found.pairs],
        "claims_used": [_reading(r) | {"verdict": USED} for r in found.used],
        "claims_left_out": [
            _reading(r) | {"verdict": "inside" if r.inside else "outside"} for r in found.left_out
        ],
        "decision": None if found.decision is None else _decision(found, found.decision),
    }


def _reading(read: Reading) -> Json:
    claim = read.claim
    return {
        "id": claim.id,
        "accounting": read.way,
        "published": claim.published,
        "relation": claim.relation,
        "reporting_error": claim.reporting_error,
        "unit": claim.unit,
        "prior": _span(read.prior),
        "posterior": _span(read.posterior),
        "below": _round(read.below),
        "source": claim.source,
    }


def _decision(found: Calibration, decision: Decision) -> Json:
    return {
        "worth": "npv" if found.ask.within is None else f"cash after {found.ask.within} months",
        "unit": "CNY",
        "mean_gain": {name: _round(value) for name, value in decision.gains.items()},
        "probability_best": {name: _round(value) for name, value in decision.best.items()},
        "chosen": decision.chosen,
        "leading": decision.leading,
        "leading_sd": _round(decision.spread_cny),
        "evpi": _round(decision.evpi_cny),
        "quantities": [
            {"path": w.path, "evppi": _round(w.evppi_cny), "explained": _round(w.explained)}
            for w in decision.worths
        ],
    }


def _weights(weights: Weights) -> Json:
    shape = _round(weights.shape) if isfinite(weights.shape) else None
    return {"effective": _round(weights.effective), "pareto_shape": shape}


def _span(span: Span) -> Json:
    return dict(zip(("p5", "p50", "p95"), map(_round, span), strict=True))


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def resampled(share: Floats, count: int) -> list[int]:
    """Rows of points, as often as their weights say, the same every time."""
    import numpy as np

    steps = (np.arange(count) + 0.5) / count
    rows = np.searchsorted(np.cumsum(share) / share.sum(), steps)
    return [int(row) for row in np.minimum(rows, len(share) - 1)]
