"""Opening a run: a new one, or one that was stopped."""

from __future__ import annotations

from pathlib import Path

from ..scenarios.schema import Scenario
from ..scenarios.trust import NOTHING_MORE, Trust
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
    trust: Trust = NOTHING_MORE,
) -> Store | Path:
    """The working folder of the run that was to write ``folder``; that folder if the run is complete.

    Args:
        scenario, out, worlds, seed: what the run must have been asked for; anything if None.
        trust: what the run's scenario may do.

    Raises:
        BegunError: if it was asked for something else.
        FolderError: if files were added to a former result that it is to replace.
        InputError: if there is no run, or it cannot be continued here.
    """
    target = named(folder)
    store = Store.resume(target, finished=manifest.read(target) is not None, trust=trust)
    try:
        compared = {
            **(_finished(target) if store is None else _begun(store)),
            "--out": beside(target),
        }
        given = {
            "scenario": scenario and Asked(scenario, 0, 1).text,
            "--worlds": worlds,
            "--seed": seed,
            "--out": out and beside(out),
        }
        other = [name for name, value in given.items() if value not in (None, compared[name])]
        if other:
            place, done = (target, "run") if store is None else (store.folder, "begun")
            raise BegunError(f"{place}: was {done} with another {' and '.join(other)}")
        if store is not None:
            check_folder(target)
    except BaseException:
        if store is not None:
            store.close()
        raise
    return target if store is None else store


def _begun(store: Store) -> dict[str, object]:
    """What a run that was stopped was asked for."""
    asked = store.asked
    return {"scenario": asked.text, "--worlds": asked.worlds, "--seed": asked.seed}


def _finished(folder: Path) -> dict[str, object]:
    """What the run in a folder was asked for; a scenario that cannot be read is no other's."""
    options = manifest.options(folder)
    try:
        text = (folder / "scenario.yaml").read_text("utf-8")
    except (OSError, ValueError):
        text = ""
    return {"scenario": text, "--worlds": options.worlds, "--seed": options.seed}
