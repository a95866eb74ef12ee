"""Pack on profiles; print hosts, bounds, processor seconds and overload on days not used to plan, as JSON.

    python benchmarks/bench_profiles.py

Mixes of office, batch, flat and evening systems, 24 classes of hours, one host type of 76.8 vCPU and 768 GB;
and, where ROOMFOLD_REFERENCE_DATA is set, PlanetLab days: plan on one, look at another. Goals: at least 30 %
fewer hosts than packing on peaks, gap at most 0.02, 50,000 components in 2 s, overload at most as promised.
Packing on 95th percentiles is shown as usually done, and scaled until it overloads no more than promised.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "optimize" / "profiles"))

from mixes import mix, simulated_overload  # the tests' mix, found by its path

from roomfold.optimize.profiles import Offer, Profiles, measured_load, pack_profiles

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OFFER = Offer.of(np.array([76.8]), np.array([[768.0]]), np.array([1.0]))
HELD_OUT_DAYS = 20
# Smaller ones for the 220 machines that all PlanetLab days have.
SMALL = Offer.of(np.array([12.8]), np.array([[128.0]]), np.array([1.0]))
SIZES = np.array([1.0, 2, 4, 8, 16])
# Watts of a host: idle, and more at full load.
IDLE_W, SPAN_W = 120.0, 180.0


def main() -> None:
    """All figures."""
    pack_profiles(mix(60), OFFER, 0.01)
    rows: list[dict[str, object]] = []
    for count, allowed in ((1000, 0.01), (6000, 0.001), (6000, 0.01), (6000, 0.05), (50_000, 0.01)):
        profiles = mix(count)
        rows.append({"components": count, **_compared(profiles, allowed, _simulator(profiles))})
    root = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if root:
        rows += [
            row for allowed in (0.001, 0.01, 0.05) for row in _planetlab(Path(root) / "planetlab", allowed)
        ]
    print(json.dumps(rows, indent=1))


def _simulator(profiles: Profiles) -> Callable[[Ints, int], float]:
    def over(host_of: Ints, hosts: int) -> float:
        days = HELD_OUT_DAYS if len(profiles.group) <= 10_000 else 4
        return simulated_overload(profiles, host_of, np.full(hosts, OFFER.capacity[0]), days, seed=77)

    return over


def _compared(
    profiles: Profiles,
    allowed: float,
    over: Callable[[Ints, int], float],
    peak: Floats | None = None,
    offer: Offer = OFFER,
) -> dict[str, object]:
    """Packing on profiles, on peaks and on 95th percentiles."""
    started = process_time()
    packed = pack_profiles(profiles, offer, allowed)
    seconds = process_time() - started
    spread = np.sqrt(profiles.own + profiles.common**2)
    if peak is None:
        peak = (profiles.mean + 3 * spread).max(axis=1)
    p95 = np.quantile(profiles.mean + 1.645 * spread, 0.95, axis=1)
    on_peak = pack_profiles(Profiles.flat(peak, profiles.static), offer, 0.0)
    by_hour = over(packed.host_of, len(packed.types))
    found: dict[str, object] = {
        "promised": allowed,
        "hosts": len(packed.types),
        "bound": round(packed.bound, 2),
        "gap": round(packed.gap, 4),
        "processor_seconds": round(seconds, 2),
        "simulated_overload": round(by_hour, 5),
        "hosts_peak": len(on_peak.types),
        "fewer_than_peak": round(1 - len(packed.types) / len(on_peak.types), 3),
        "kwh_per_day": round(_kwh(profiles, offer, len(packed.types))),
        "kwh_per_day_peak": round(_kwh(profiles, offer, len(on_peak.types))),
    }
    plain = pack_profiles(Profiles.flat(p95, profiles.static), offer, 0.0)
    found["hosts_p95"] = len(plain.types)
    found["simulated_overload_p95"] = round(over(plain.host_of, len(plain.types)), 5)
    for factor in np.arange(0.4, 3.0, 0.05):
        flat = pack_profiles(Profiles.flat(p95 * factor, profiles.static), offer, 0.0)
        if over(flat.host_of, len(flat.types)) <= max(by_hour, allowed):
            found["p95_scaled_by"] = round(float(factor), 2)
            found["hosts_p95_alike"] = len(flat.types)
            found["fewer_than_p95_alike"] = round(1 - len(packed.types) / len(flat.types), 3)
            found["kwh_per_day_p95_alike"] = round(_kwh(profiles, offer, len(flat.types)))
            break
    return found


def _kwh(profiles: Profiles, offer: Offer, hosts: int) -> float:
    load = profiles.mean.sum(axis=0) / (hosts * offer.capacity[0])
    return float((hosts * (IDLE_W + SPAN_W * load)).sum() / 1000)


def _planetlab(folder: Path, allowed: float) -> list[dict[str, object]]:
    """Plan on the first day; count overload on the other days, of the machines that all have."""
    days = {name: np.load(folder / f"{name}.npz") for name in ("20110303", "20110403", "20110420")}
    names = sorted(set.intersection(*(set(day["names"].tolist()) for day in days.values())))
    used = {}
    rng = np.random.Generator(np.random.Philox(key=3))
    size = rng.choice(SIZES[:2], len(names))
    for name, day in days.items():
        row = {vm: i for i, vm in enumerate(day["names"].tolist())}
        used[name] = (
            day["util"][[row[vm] for vm in names]].reshape(len(names), 24, 12) / 100 * size[:, None, None]
        )
    first = used["20110303"]
    load = measured_load(first.transpose(0, 2, 1), np.zeros(len(names), np.int64), np.full(24, 1 / 24))
    # A day says nothing about others: each machine's level varies by half, that of all together by a tenth.
    own = load.own_ssj2 + (0.5 * load.year_mean_ssj[:, None]) ** 2
    common = np.sqrt(load.common_ssj**2 + (0.1 * load.mean_ssj) ** 2)
    profiles = Profiles.of(load.mean_ssj, own, common, load.group, load.weights, size[:, None])
    found = []
    for name in ("20110403", "20110420"):
        later = used[name].reshape(len(names), -1)

        def over(host_of: Ints, hosts: int, later: Floats = later) -> float:
            total = np.zeros((hosts, later.shape[1]))
            np.add.at(total, host_of, later)
            return float((total > SMALL.capacity[0]).mean())

        row = _compared(profiles, allowed, over, first.max(axis=(1, 2)), SMALL)
        found.append({"machines": len(names), "planned_on": "20110303", "seen_on": name, **row})
    return found


if __name__ == "__main__":
    main()
