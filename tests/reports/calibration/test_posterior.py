"""The posterior against closed forms: log-normal priors and errors multiply to a log-normal posterior."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import Generator, Philox

from roomfold.reports.calibration.evidence import Evidence
from roomfold.reports.calibration.findings import narrowings, reading, span
from roomfold.reports.calibration.posterior import CalibrationError, condition
from roomfold.reports.calibration.refine import joined, proposal
from roomfold.reports.calibration.weights import deviation, mean, rank_correlation
from roomfold.reports.calibration.worlds import Worlds
from roomfold.scenarios.quantity import Quantity

from .recipe import claim

SPREADS = {"a": 0.4, "b": 0.3}
ERROR = 0.2
PUBLISHED = 2.0
# of ln(a b), and of ln a given it
TOTAL = sum(s**2 for s in SPREADS.values())
KNOWN = TOTAL / (TOTAL + ERROR**2)
QUANTITIES = {n: Quantity(dist="lognormal", mode=1.0, gsd=math.exp(s)) for n, s in SPREADS.items()}
EVIDENCE = Evidence(
    (claim(published=PUBLISHED, reporting_error=ERROR, unit="count", metric="systems_moved"),),
    {"gross": {"R": "product"}},
)


def drawn(count: int, seed: int = 1) -> Worlds:
    """Worlds of a product of two log-normal quantities, and a third one that has no part in it."""
    quantities = QUANTITIES | {"idle": Quantity(dist="uniform", low=1.0, high=3.0)}
    points = Generator(Philox(key=seed)).random((count, 3))
    values = {name: q.ppf(points[:, i]) for i, (name, q) in enumerate(quantities.items())}
    return Worlds.of(quantities, values | {"product": values["a"] * values["b"]})


def expected(name: str) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a quantity in the posterior."""
    part = SPREADS[name] ** 2 / TOTAL
    middle = part * KNOWN * math.log(PUBLISHED)
    variance = SPREADS[name] ** 2 * (1 - part * KNOWN)
    return middle, math.sqrt(variance)


@pytest.mark.parametrize(("count", "method"), [(40_000, "worlds"), (128, "emulator")])
def test_closed_form(count: int, method: str) -> None:
    posterior = condition(drawn(count), EVIDENCE, method=method)  # type: ignore[arg-type]  # one of the two
    share = posterior.weights.share
    for name in SPREADS:
        middle, spread = expected(name)
        logs = np.log(posterior.values[name])
        assert mean(logs, share) == pytest.approx(middle, abs=0.02)
        assert deviation(logs, share) == pytest.approx(spread, rel=0.05)
    total = np.log(posterior.values["product"])
    assert mean(total, share) == pytest.approx(KNOWN * math.log(PUBLISHED), abs=0.02)
    assert rank_correlation(posterior.values["a"], posterior.values["b"], share) < -0.4


def test_enough_worlds_are_weighted_and_too_few_emulated() -> None:
    assert condition(drawn(2000), EVIDENCE).method == "worlds"
    few = condition(drawn(100), EVIDENCE)
    assert few.method == "emulator"
    assert few.emulator is not None
    assert few.emulator.q2["product"] > 0.9


def test_points_do_not_depend_on_anything_but_the_seed() -> None:
    one, same, other = (condition(drawn(64), EVIDENCE, seed=s).values["a"][:50] for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_an_emulator_that_knows_nothing_leaves_the_priors_alone() -> None:
    for key in range(6):
        noise = drawn(64)
        values = dict(noise.values) | {"product": np.exp(Generator(Philox(key=key)).normal(size=64))}
        blind = Worlds.of(noise.quantities, values)
        posterior = condition(blind, EVIDENCE, method="emulator")
        assert not any(n.informed for n in narrowings(blind, posterior, {"R": "product"}))


def test_what_cannot_be_is_said() -> None:
    far = Evidence((claim(published=1e9, reporting_error=0.01),), {"gross": {"R": "product"}})
    with pytest.raises(CalibrationError, match=r"no world agrees with R 1e\+09 \(worlds 0\.\d+ to"):
        condition(drawn(64), far)


def test_a_truth_is_covered() -> None:
    worlds = drawn(4000)
    held = 0
    for truth in range(200):
        reported = float(worlds.values["product"][truth]) * math.exp(
            ERROR * Generator(Philox(key=truth)).normal()
        )
        evidence = Evidence((claim(published=reported, reporting_error=ERROR),), {"gross": {"R": "product"}})
        others = worlds.take(np.delete(np.arange(4000), truth))
        posterior = condition(others, evidence, method="worlds")
        below = posterior.weights.share[posterior.values["a"] < worlds.values["a"][truth]].sum()
        held += 0.025 <= below <= 0.975
    assert 0.91 <= held / 200 <= 0.985


def test_refined_worlds_say_the_same_with_more_weight() -> None:
    sharp = Evidence(
        (claim(published=3.0, reporting_error=0.075, unit="count", metric="systems_moved"),),
        {"gross": {"R": "product"}},
    )
    first = drawn(256)
    emulator, points, mean_likelihood = proposal(first, sharp, 512, seed=3)
    values = {name: q.ppf(points[:, i]) for i, (name, q) in enumerate(first.quantities.items())}
    new = Worlds.of(first.quantities, values | {"product": values["a"] * values["b"]})
    both = joined(first, new, sharp, emulator, mean_likelihood)
    alone = condition(first, sharp, method="worlds")
    refined = condition(both, sharp, method="worlds")
    assert alone.weights.effective < 10
    assert refined.weights.effective > 150
    known = TOTAL / (TOTAL + 0.075**2)
    share = refined.weights.share
    assert mean(np.log(refined.values["product"]), share) == pytest.approx(known * math.log(3.0), abs=0.02)
    part = SPREADS["a"] ** 2 / TOTAL
    assert mean(np.log(refined.values["a"]), share) == pytest.approx(part * known * math.log(3.0), abs=0.05)
    # under their own weights all worlds together still stand for the priors
    assert mean(both.values["idle"], both.prior_share) == pytest.approx(2.0, abs=0.1)
    assert mean(np.log(both.values["a"]), both.prior_share) == pytest.approx(0.0, abs=0.06)


def test_a_claim_left_out() -> None:
    worlds = drawn(20_000)
    posterior = condition(worlds, EVIDENCE)
    fair = claim(id="F", published=mean(posterior.values["a"], posterior.weights.share))
    high = claim(id="H", published=20.0)
    low = claim(id="L", published=0.1)
    at_least = claim(id="M", published=0.1, relation="at-least")
    read = {c.id: reading(worlds, posterior, c, "count", "a") for c in (fair, high, low, at_least)}
    assert [read[key].inside for key in "FHLM"] == [True, False, False, True]
    assert read["F"].below == pytest.approx(0.5, abs=0.1)
    assert read["H"].below == pytest.approx(1.0, abs=1e-3)
    assert read["F"].posterior == span(posterior.values["a"], posterior.weights.share)
    assert read["F"].prior[1] == pytest.approx(1.0, rel=0.02)
