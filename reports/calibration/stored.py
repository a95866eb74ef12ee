"""Worlds that were simulated already: the folder of a run, or a scenario that is run for the purpose.

Whatever a calibration compares stands in ``worlds.parquet``, so nothing is simulated again: other claims of
the run, another reporting error, another published figure or limit take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...scenarios.errors import RoomfoldError
from ...scenarios.listed.carried import as_kept
from ...scenarios.loader import load, quantities, resolved_yaml
from ...scenarios.schema import Claim, Scenario
from ...scenarios.trust import NOTHING_MORE, RECORD, Trust
from .. import manifest
from ..messages import Lang
from ..quantiles import Floats
from .worlds import Worlds

if TYPE_CHECKING:
    import pyarrow as pa

TABLE, SCENARIO = "worlds.parquet", "scenario.yaml"
_FIGURE = re.compile(r"^(?P<name>.+:.+) \([^()]*\)$")
# What a claim may say otherwise than when its worlds were simulated: nothing that its figure depends on.
_FREE = ("what", "published", "relation", "reporting_error", "calibrated", "source")


class StoredError(RoomfoldError):
    """Stored worlds that do not serve."""

    exit_code = 2


@dataclass(frozen=True)
class Stored:
    """Worlds of a scenario.

    Attributes:
        folder: of the run that they come from; None if they were simulated for the purpose.
    """

    scenario: Scenario
    seed: int
    worlds: Worlds
    folder: Path | None


def open_worlds(
    source: str,
    overrides: Sequence[str] = (),
    *,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    told: Lang | None = None,
    trust: Trust = NOTHING_MORE,
    of_record: Trust = RECORD,
) -> Stored:
    """The worlds of a run's folder; of a scenario those in out/NAME if it was run there, else simulated now.

    Args:
        overrides: changes of the scenario; of a run's folder only of claims and plausible limits.
        worlds: how many, the first of those there are; all of them (or the scenario's own number) if None.
        seed: that the worlds must have been drawn with.
        told: language to tell progress in; None tells nothing.
        trust: what a scenario may do, which is simulated.
        of_record: the same of a run's, which is simulated only where more worlds are asked for.

    Raises:
        StoredError: if a folder's worlds do not serve.
        InputError: if the scenario is wrong.
    """
    if (Path(source) / manifest.NAME).is_file():
        return of_folder(Path(source), overrides, worlds, seed, of_record)
    scenario = load(source, overrides, trust)
    folder = Path("out") / scenario.name
    if _serves(folder, scenario, worlds, seed):
        return of_folder(folder, (), worlds, seed, of_record)
    from ..tables import worlds as table_of
    from ..watch import watched_study

    study = watched_study(scenario, jobs=jobs, told=told, worlds=worlds, seed=seed)
    return Stored(scenario, study.seed, of_table(scenario, table_of(study)), None)


def of_folder(
    folder: Path,
    overrides: Sequence[str] = (),
    worlds: int | None = None,
    seed: int | None = None,
    trust: Trust = RECORD,
) -> Stored:
    """The worlds of a run's folder; see ``open_worlds``."""
    from ..arrow import opened

    asked = manifest.options(folder)
    run, scenario = load(folder / SCENARIO, (), trust), load(folder / SCENARIO, overrides, trust)
    if _definition(run) != _definition(scenario):
        raise StoredError(
            f"{folder}: --set changes more than its worlds were simulated for (of claims, these may "
            f"change: {', '.join(_FREE)}; and plausible); run the scenario anew"
        )
    if worlds is not None and worlds > asked.worlds:
        raise StoredError(f"{folder}: holds {asked.worlds} worlds, not {worlds}")
    if seed is not None and seed != asked.seed:
        raise StoredError(f"{folder}: was drawn with seed {asked.seed}, not {seed}")
    table = opened(folder / TABLE)
    return Stored(scenario, asked.seed, of_table(scenario, table.slice(0, worlds)), folder)


def of_table(scenario: Scenario, table: pa.Table) -> Worlds:
    """Worlds of a table as ``tables.world_table`` makes it."""
    values: dict[str, Floats] = {}
    known = quantities(scenario)
    for name in table.column_names:
        found = _FIGURE.match(name)
        if name in known or found:
            values[found["name"] if found else name] = np.asarray(table[name].to_numpy(), dtype=np.float64)
    missing = sorted(known.keys() - values.keys())
    if missing:
        raise StoredError(f"{TABLE}: has no column {missing[0]}: was made by another version; run again")
    return Worlds.of(known, values)


def _serves(folder: Path, scenario: Scenario, worlds: int | None, seed: int | None) -> bool:
    """Whether a folder holds the run of just this scenario, with enough worlds."""
    path = folder / SCENARIO
    if manifest.read(folder) is None or not path.is_file():
        return False
    asked = manifest.options(folder)
    same = path.read_text("utf-8") == resolved_yaml(as_kept(scenario))
    fitting = (worlds is None or worlds <= asked.worlds) and seed in (None, asked.seed)
    return same and fitting


def _definition(scenario: Scenario) -> tuple[object, ...]:
    """Everything that the worlds and their figures depend on."""
    rest = as_kept(scenario).model_copy(update={"claims": (), "plausible": ()})
    return (resolved_yaml(rest), tuple(_of_claim(claim) for claim in scenario.claims))


def _of_claim(claim: Claim) -> str:
    return claim.model_dump_json(exclude=set(_FREE))
