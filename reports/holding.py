"""What a folder holds that was taken for the folder of a run, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..scenarios.errors import RoomfoldError
from ..sim.store import STUDY, SUFFIX, beside, named

RUN = "manifest.json"
MOST_NAMED = 5
# By a file that only such a folder has: what it is called, and whose folder is wanted in its place.
KINDS: Mapping[str, tuple[str, str]] = {
    "index.json": ("many runs", "one of them"),
    "compare.json": ("a comparison of runs", "one of them"),
    "sweep.json": ("a sweep, of whose points no worlds are kept", "a run of one point (run it with --set)"),
    "calibration.json": ("a calibration", "the run whose worlds it weighs"),
    "frontier.json": ("a frontier of plans", "a run of the scenario"),
    "fit.json": ("a demand model fitted to a trace", "a run of a scenario that includes it"),
    "remade.json": ("reports made again of a run", "that run itself"),
}


class NoRunError(RoomfoldError):
    """A folder that holds no run where one is asked for."""

    exit_code = 3


def no_run(folder: Path) -> NoRunError:
    """That a folder holds no run: what it holds, and what to do, in one line."""
    return NoRunError(f"{folder}: {_what(folder)}")


def _what(folder: Path) -> str:
    if folder.is_file():
        ours = (folder.parent / RUN).is_file()
        return f"is a file; name the folder that {'it lies in' if ours else 'a run wrote'}"
    target = named(folder)
    if target.name and (beside(target) / STUDY).is_file():
        which = "holds a run that was stopped" if folder.name.endswith(SUFFIX) else "its run was stopped"
        return f"{which}; finish it with roomfold run --resume {target}"
    if not folder.exists():
        return f"is not there; write it with roomfold run SCENARIO --out {folder}"
    if not any(folder.iterdir()):
        return f"is empty; write a run with roomfold run SCENARIO --out {folder}"
    for file, (what, wanted) in KINDS.items():
        if (folder / file).is_file():
            return f"holds {what}; name the folder of {wanted}{_runs(folder)}"
    if (folder / "scenario.yaml").is_file():
        return f"holds a scenario that was not run here; run it with roomfold run {folder / 'scenario.yaml'}"
    if found := _runs(folder):
        return f"holds no run itself; name the folder of one{found}"
    return f"holds no run (no readable {RUN})"


def _runs(folder: Path) -> str:
    """Folders of runs that lie in a folder, to be named at the end of a line."""
    found = sorted(path.parent.name for path in folder.glob(f"*/{RUN}"))
    more = ", ..." if len(found) > MOST_NAMED else ""
    return f": {', '.join(str(folder / name) for name in found[:MOST_NAMED])}{more}" if found else ""
