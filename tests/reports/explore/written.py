"""A folder as a run writes it, as far as explore reads it, with books that follow a closed form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from roomfold.scenarios.draw import design
from roomfold.scenarios.loader import load, quantities, resolved_yaml

from .planted import CNY_PER_FTE, KWH_PER_ROOM, MOVE_CNY, RATE, ROOMS, STAFF, T_PER_KWH, TARIFF, worth

HOSTILE = '</script><script>window.harmed=1</script><img src=x onerror="window.harmed=2"> =HYPERLINK("x") '
RUN = "0123456789"
Floats = np.ndarray


def write_run(folder: Path, *overrides: str, worlds: int = 24) -> Path:
    """The folder of a run of ``inner-mongolia`` with its own seed."""
    scenario = load("inner-mongolia", overrides)
    known = quantities(scenario)
    points = design(scenario, scenario.study.seed, worlds)
    drawn = {path: q.ppf(points[:, k]) for k, (path, q) in enumerate(known.items())}
    kwh = drawn[ROOMS] * KWH_PER_ROOM
    fte = drawn[ROOMS] * drawn[STAFF] * np.linspace(0.9, 1.1, worlds)[(np.arange(worlds) * 7) % worlds]
    yearly = {
        "room_it": (kwh, kwh * drawn[TARIFF], kwh * T_PER_KWH * 1000),
        "room_staff": (fte, fte * CNY_PER_FTE, 0 * fte),
    }
    total = yearly["room_it"][1] + yearly["room_staff"][1]
    figures = {
        "annual_total (CNY/yr)": total,
        "annual_without_staff (CNY/yr)": yearly["room_it"][1],
        "annual_with_capital (CNY/yr)": total,
        "npv (CNY)": worth(total, drawn[RATE]),
        "payback_years (yr)": np.where(np.arange(worlds) == 3, np.inf, MOVE_CNY / total),
        "energy_saved (kWh/yr)": kwh,
        "one_off_total (CNY)": np.full(worlds, -MOVE_CNY),
    }
    columns: dict[str, object] = {"world": np.arange(worlds, dtype=np.int32), **drawn}
    columns |= {f"consolidate:saving {name}": values for name, values in figures.items()}
    columns |= {"keep:carbon (tCO2/yr)": kwh * T_PER_KWH, "consolidate:carbon (tCO2/yr)": 0 * kwh}
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "worlds.parquet")
    pq.write_table(
        _ledger(scenario.time.start.year, scenario.time.years, yearly, worlds), folder / "ledger.parquet"
    )
    (folder / "scenario.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
    seed = scenario.study.seed
    manifest = {"roomfold": "0", "run_id": RUN, "worlds": worlds, "seed": seed}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _ledger(
    start: int, years: int, yearly: dict[str, tuple[Floats, Floats, Floats]], worlds: int
) -> pa.Table:
    rows = []
    for world in range(worlds):
        for year in range(years):
            for name, values in yearly.items():
                rows.append(("keep", world, start + year, name, *(float(v[world]) for v in values)))
        rows.append(("consolidate", world, start, "migration_labour", 100.0, MOVE_CNY, 0.0))
    alternative, world_, year_, item, amount, cost, carbon = zip(*rows, strict=True)
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.table(
        {
            "world": pa.array(world_, pa.int32()),
            "alternative": pa.array(alternative).cast(text),
            "year": pa.array(year_, pa.int16()),
            "item": pa.array(item).cast(text),
            "amount": amount,
            "cost_cny": cost,
            "carbon_kg": carbon,
        }
    )
