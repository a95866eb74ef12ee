"""The whole command: worlds from a folder or a scenario, conditioned, and written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...scenarios.trust import NOTHING_MORE, RECORD, Trust
from ..folder import check_place
from ..messages import Lang
from .calibrate import Ask, Calibration, calibrate
from .publish import publish_calibration, written
from .stored import open_worlds


def run_calibration(
    source: str,
    ask: Ask | None = None,
    *,
    overrides: Sequence[str] = (),
    out: Path | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    told: Lang | None = None,
    trust: Trust = NOTHING_MORE,
) -> tuple[Calibration, Path]:
    """Calibrate a scenario or the folder of a run, and write the result.

    Args:
        source: folder of a run, or a scenario; see ``stored.open_worlds`` for the other arguments.
        out: folder to write; out/NAME-calibration if None.
        trust: what the scenario may do, where worlds are simulated.

    Returns:
        The calibration, and the path of its page.

    Raises:
        RoomfoldError: see ``stored.open_worlds``, ``calibrate`` and ``publish.publish_calibration``.
    """
    if out is not None:
        check_place(out, written)
    simulated_again = trust if ask is not None and ask.refine else RECORD
    stored = open_worlds(
        source,
        overrides,
        worlds=worlds,
        seed=seed,
        jobs=jobs,
        told=told,
        trust=trust,
        of_record=simulated_again,
    )
    folder = out or Path("out") / f"{stored.scenario.name}-calibration"
    check_place(folder, written)
    found = calibrate(stored, ask, jobs=jobs)
    return found, publish_calibration(found, folder, source, overrides)
