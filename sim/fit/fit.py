"""Fit the synthetic demand model to a trace, and say how well it fits and what the trace cannot tell."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InputError, Problem
from ...scenarios.traces import Description, Trace
from .grid import Grid, grid_of
from .measures import CROSS_EDGES, LEVELS, Measures, distance, measure, probability_gap, rmse
from .model import Model
from .profile import LEAST_MEAN, YEAR_DAYS, Profile, profile_of
from .relations import MOST_NOISE, Shares, noise_of, shares_of
from .variation import LEAST_VARIANCE, Variation, variation_of

Floats = NDArray[np.float64]

LEAST_DAYS_FOR_DAY_SHARE = 5
LEAST_COMPONENTS = 20
NOISE_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
ROUNDS = 20


@dataclass(frozen=True)
class Parameters:
    """Parameters of the demand model; None where the trace does not tell.

    Attributes:
        mean: mean utilisation over all components; ``mean_cv`` its coefficient of variation, and
            ``mean_quantiles`` its 10, 25, 50, 75 and 90 % points over components.
        workday, restday: relative demand by hour (24), mean 1 over the trace.
        months: relative demand by month (12).
        noise: s of the median working component; ``noise_quantiles`` as above.
        noise_capped: share of working components that vary more than the model can (s above 0.5).
        day_share, hour_share, common_share: d, h and c of the model.
    """

    mean: float
    mean_cv: float
    mean_quantiles: tuple[float, ...]
    workday: tuple[float, ...] | None
    restday: tuple[float, ...] | None
    months: tuple[float, ...] | None
    noise: float
    noise_quantiles: tuple[float, ...]
    noise_capped: float
    day_share: float | None
    hour_share: float | None
    common_share: float | None


@dataclass(frozen=True)
class Fit:
    """A fitted model beside its trace.

    Attributes:
        working: components used; ``idle``: those left out because their mean is below 1 %.
        unknown: what the trace cannot tell, as keys: ``calendar``, ``week``, ``restday``, ``workday``,
            ``months``, ``day_share``, ``hour_share``, ``common_share``.
        measured, modelled: the same measures of the trace and of the fitted model.
        goodness: ``quantile_distance`` (largest difference in utilisation over levels),
            ``relative_probability_gap`` (largest difference in probability of relative demand),
            ``acf_rmse``, ``week_rmse``, ``cross_mean_difference`` (model minus trace).
    """

    trace: Description
    seed: int
    working: int
    idle: int
    parameters: Parameters
    unknown: tuple[str, ...]
    measured: Measures
    modelled: Measures
    goodness: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain values; nan becomes None."""
        return {
            "schema": 1,
            "trace": self.trace.to_json(),
            "seed": self.seed,
            "working_components": self.working,
            "idle_components": self.idle,
            "idle_below": LEAST_MEAN,
            "parameters": _plain(asdict(self.parameters)),
            "unknown": list(self.unknown),
            "goodness": _plain(self.goodness),
            "quantile_levels": _plain(LEVELS),
            "cross_edges": _plain(CROSS_EDGES),
            "measured": _plain(asdict(self.measured)),
            "modelled": _plain(asdict(self.modelled)),
        }


def fit(trace: Trace, *, seed: int = 1) -> Fit:
    """Fit the demand model by moments, then run it and compare.

    The trace is read four times in batches; memory does not grow with it, but for some numbers per
    component and per step.

    Raises:
        InputError: if steps do not divide an hour, the trace is shorter than a day, no component works, or
            none of those that do varies.
    """
    path = trace.description.path
    grid = grid_of(trace.steps, trace.step_s, trace.start, path)
    if trace.steps * trace.step_s < 86400 * (1 - 1e-9):
        message = f"got {trace.steps * trace.step_s / 3600:.3g} hours, must be a day at least"
        raise InputError([Problem(path, 0, 0, "", message)])
    profile = profile_of(trace, grid)
    if not profile.working.any():
        message = f"got no component with a mean utilisation of {LEAST_MEAN:.0%} or more for 12 hours"
        raise InputError([Problem(path, 0, 0, "", message)])
    seasonal = grid.month is not None and grid.days >= YEAR_DAYS
    variation = variation_of(trace, grid, profile, seasonal=seasonal)
    day = variation.day if grid.days >= LEAST_DAYS_FOR_DAY_SHARE else np.full(len(variation.step), np.nan)
    variation = replace(variation, day=day)
    if not (variation.total > LEAST_VARIANCE).any():
        message = f"got no variation about the hourly profile in any of {len(day)} components with a mean of "
        message += f"{LEAST_MEAN:.0%} or more, must vary in one at least"
        raise InputError([Problem(path, 0, 0, "", message)])
    parameters, shares = _parameters(grid, profile, variation, seasonal=seasonal)
    model = Model(
        grid, _means(profile), profile.factor(grid, seasonal=seasonal), parameters.noise, shares, seed
    )
    measured = measure(trace, grid, profile, seed, seasonal=seasonal)
    modelled = measure(model, grid, profile, seed, seasonal=seasonal)
    return Fit(
        trace.description,
        seed,
        int(profile.working.sum()),
        int(len(profile.working) - profile.working.sum()),
        parameters,
        _unknown(grid, parameters),
        measured,
        modelled,
        _goodness(measured, modelled),
    )


def _means(profile: Profile) -> Floats:
    return np.nan_to_num(profile.mean)


def _parameters(
    grid: Grid, profile: Profile, variation: Variation, *, seasonal: bool
) -> tuple[Parameters, Shares]:
    mean = profile.mean[np.isfinite(profile.mean)]
    day, total = variation.day, variation.total
    varying = total > LEAST_VARIANCE
    of_day, of_hour = (
        float(np.mean(np.nan_to_num(part[varying]) / total[varying])) for part in (day, variation.hour)
    )
    common = variation.common if varying.sum() >= LEAST_COMPONENTS else float("nan")
    noise, shares = _noise(grid, total, (of_day, of_hour, float(np.nan_to_num(common))))
    own = max(1 - shares.common, 1e-12)
    has_kind = [bool(np.isfinite(row).all()) for row in profile.hours]
    found = Parameters(
        float(mean.mean()),
        float(mean.std() / mean.mean()),
        _quantiles(mean),
        _tuple(profile.hours[0]) if has_kind[0] else None,
        _tuple(profile.hours[1]) if has_kind[1] else None,
        _tuple(profile.months) if seasonal and np.isfinite(profile.months).all() else None,
        float(np.median(noise)),
        _quantiles(noise),
        float((noise >= MOST_NOISE).mean()),
        shares.day / own if np.isfinite(day).any() else None,
        shares.hour / own if grid.per_hour > 1 else None,
        shares.common if np.isfinite(common) else None,
    )
    return found, shares


def _noise(grid: Grid, total: Floats, seen: tuple[float, float, float]) -> tuple[Floats, Shares]:
    """s of each component and the shares of z, from variances and from shares of day, hour and class.

    Only part of what is common is seen: the profile, a mean over the days of one kind, takes the rest
    with it, all that lasts an hour if there is but one day. s, the shares and what is lost hang on each
    other, but weakly.
    """
    of_day, of_hour, common = (max(0.0, part) for part in seen)
    days = grid.days / len(set(grid.kinds.tolist()))
    n = grid.per_hour
    shares = Shares(0.0, 0.0, 0.0)
    noise = noise_of(total, shares.fourth)
    for _ in range(ROUNDS):
        lasting, short = shares.common_parts
        lost = min(0.9, (lasting + short / n) / days)
        clustered = shares.lasting * (n - 1) / (days * n - 1) if days * n > 1 else 0.0
        hour = of_hour * (1 - lost) + (lost if n > 1 else 0.0)
        seen_common = common * (1 - lost) / max(1 - clustered, 0.1)
        shares = shares_of(float(np.median(noise)), of_day * (1 - lost), hour, seen_common)
        noise = noise_of(total / (1 - lost), shares.fourth)
    return noise, shares


def _unknown(grid: Grid, found: Parameters) -> tuple[str, ...]:
    missing = {
        "calendar": grid.weekday is None,
        "week": grid.weekday is None or len(set(grid.weekday.tolist())) < 7,
        "workday": found.workday is None,
        "restday": found.restday is None,
        "months": found.months is None,
        "day_share": found.day_share is None,
        "hour_share": found.hour_share is None,
        "common_share": found.common_share is None,
    }
    return tuple(key for key, absent in missing.items() if absent)


def _goodness(measured: Measures, modelled: Measures) -> dict[str, float]:
    return {
        "quantile_distance": distance(measured.utilisation, modelled.utilisation),
        "relative_probability_gap": probability_gap(measured.relative, modelled.relative),
        "acf_rmse": rmse(measured.acf, modelled.acf),
        "week_rmse": rmse(measured.week, modelled.week),
        "cross_mean_difference": modelled.cross_mean - measured.cross_mean,
    }


def _quantiles(values: Floats) -> tuple[float, ...]:
    return _tuple(np.quantile(values, NOISE_LEVELS))


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _plain(value: Any) -> Any:
    """Values that JSON knows."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
