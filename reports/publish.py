"""Publishing: a run's folder, written whole or not at all.

Everything is written beside the folder under a temporary name, which is renamed when it is complete;
a former run there gives way only then. After an error or Ctrl-C nothing is left.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..scenarios.errors import RoomfoldError
from ..scenarios.loader import resolved_yaml
from ..sim.outcome import Study
from . import manifest
from .statement import Statement


class FolderError(RoomfoldError):
    """A folder that a run must not be written to."""

    exit_code = 2


def check_folder(folder: Path) -> None:
    """Make sure that a run may be written to a folder: it is absent, empty, or holds a former run.

    Raises:
        FolderError: if it is none of these.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderError(f"{folder}: is a file; choose a folder with --out")
    if any(folder.iterdir()) and manifest.read(folder) is None:
        raise FolderError(f"{folder}: holds other files; choose another folder with --out")


def publish(
    statement: Statement,
    study: Study,
    folder: Path,
    *,
    command: str | None = None,
    options: Mapping[str, object] | None = None,
    log: str | None = None,
) -> Path:
    """Write a run's folder: statement, manifest, tables, scenario, charts and report.

    Args:
        command: what makes the same bytes again, without options that change none (``--jobs``,
            ``--out``); a run of the folder's own ``scenario.yaml`` if None.
        options: anything else that was chosen, as plain JSON values.
        log: what is true of this run alone (times, machine); goes to ``run.log``.

    Returns:
        The report's path.

    Raises:
        FolderError: see ``check_folder``.
    """
    check_folder(folder)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    partial.chmod(0o755)
    try:
        _write(statement, study, partial, command or repeat(statement), options or {})
        (partial / manifest.LOG).write_text(_log(statement, log), encoding="utf-8")
        _replace(folder, partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder / "report.html"


def repeat(statement: Statement) -> str:
    """The command that makes a run's bytes again from its own folder."""
    return f"roomfold run scenario.yaml --worlds {statement.worlds} --seed {statement.seed}"


def _write(
    statement: Statement, study: Study, folder: Path, command: str, options: Mapping[str, object]
) -> None:
    from .charts import render_all
    from .page import page
    from .tables import write_tables

    text = json.dumps(statement.to_json(), ensure_ascii=False, indent=2, allow_nan=False)
    _save(folder / "statement.json", text + "\n")
    _save(folder / "scenario.yaml", resolved_yaml(study.scenario))
    write_tables(study, folder)
    charts = render_all(statement, study, folder, manifest.run_id(statement))
    _save(folder / "report.html", page(statement, charts, command))
    manifest.write(statement, folder, command=command, options=options)


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _log(statement: Statement, log: str | None) -> str:
    """Seconds that the plans of the middle world took, and what the caller adds."""
    solved = [f"plan {name}: {proof.seconds:.2f} s\n" for name, proof in statement.proofs.items()]
    return "".join(solved) + (log or "")


def _replace(folder: Path, complete: Path) -> None:
    """Put a complete folder in the place of an absent, empty or former one."""
    if not folder.exists():
        complete.rename(folder)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{folder.name}.former-", dir=folder.parent)) / folder.name
    try:
        folder.rename(former)
        complete.rename(folder)
    except BaseException:
        if former.exists() and not folder.exists():
            former.rename(folder)
        former.parent.rmdir()
        raise
    shutil.rmtree(former.parent, ignore_errors=True)
