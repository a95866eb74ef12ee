"""Opening a run: a new one, or one that was stopped."""

from __future__ import annotations

from pathlib import Path

from ..scenarios.schema import Scenario
from ..sim.store import Asked, BegunError, Store, beside, named
from . import manifest
from .folder import check_folder


def begin(scenario: Scenario, out: Path | None, worlds: int | None, seed: int | None) -> Store:
    """The working folder of a new run.

    Args:
        out: folder to write; ``out/NAME`` if None.
        worlds, seed: the scenario's own if None.

    Raises:
        FolderError: if the folder holds something else than a run.
        BegunError: if a run that is to write it was stopped and can be continued.
    """
    target = out or Path("out") / scenario.name
    check_folder(target)
    study = scenario.study
    return Store.begin(
        target,
        Asked(scenario, study.seed if seed is None else seed, study.worlds if worlds is None else worlds),
    )


def resume(
    folder: Path,
    scenario: Scenario | None = None,
    out: Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
) -> Store | Path:
    """The working folder of the run that was to write ``folder``; that folder if the run is complete.

    Args:
        scenario, out, worlds, seed: what the run must have been asked for; anything if None.

    Raises:
        BegunError: if it was asked for something else.
        InputError: if there is no run, or it cannot be continued here.
    """
    target = named(folder)
    store = Store.resume(target, finished=manifest.read(target) is not None)
    if store is None:
        return target
    asked = store.asked
    compared = {
        "scenario": (scenario and Asked(scenario, 0, 1).text, asked.text),
        "--worlds": (worlds, asked.worlds),
        "--seed": (seed, asked.seed),
        "--out": (out and beside(out), store.folder),
    }
    other = [name for name, (given, was) in compared.items() if given is not None and given != was]
    if other:
        store.close()
        raise BegunError(f"{store.folder}: was begun with another {' and '.join(other)}")
    return store
