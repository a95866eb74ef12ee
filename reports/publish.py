"""Publishing a run: statement, tables, report, study and manifest in one folder (see ``folder``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..scenarios.listed.carried import as_kept, copy_tables
from ..scenarios.loader import resolved_yaml
from ..sim.outcome import Study
from ..sim.store import Store
from . import manifest
from .folder import write_folder
from .statement import Statement

STATEMENT = "statement.json"


def publish(
    statement: Statement,
    study: Study,
    folder: Path,
    *,
    command: str | None = None,
    options: Mapping[str, object] | None = None,
    log: str | None = None,
    store: Store | None = None,
) -> Path:
    """Write a run's folder: statement, manifest, tables, scenario, study, charts and report.

    Args:
        command: what makes the same bytes again, without options that change none (``--jobs``,
            ``--out``); a run of the folder's own ``scenario.yaml`` if None.
        options: anything else that was chosen, as plain JSON values.
        log: what is true of this run alone (times, machine); goes to ``run.log``.
        store: the run's working folder, which goes when the results are in place; a temporary one if
            None.

    Returns:
        The report's path.

    Raises:
        FolderError: see ``folder.check_folder``.
    """

    def fill(output: Path) -> None:
        _write(statement, study, output, command or repeat(statement), options or {})
        (output / manifest.LOG).write_text(_log(statement, log), encoding="utf-8")

    write_folder(folder, fill, store)
    return folder.absolute() / "report.html"


def repeat(statement: Statement) -> str:
    """The command that makes a run's bytes again from its own folder."""
    return f"roomfold run scenario.yaml --worlds {statement.worlds} --seed {statement.seed}"


def statement_text(statement: Statement) -> str:
    """``statement.json``."""
    return json.dumps(statement.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _write(
    statement: Statement, study: Study, folder: Path, command: str, options: Mapping[str, object]
) -> None:
    from .forms import write_forms
    from .kept import SCENARIO, keep
    from .money.tables import FILE, money_csv
    from .tables import write_tables

    _save(folder / STATEMENT, statement_text(statement))
    _save(folder / SCENARIO, resolved_yaml(as_kept(study.scenario)))
    copy_tables(study.scenario, folder)
    write_tables(study, folder)
    (folder / FILE).write_text(money_csv(study), encoding="utf-8-sig", newline="")
    write_forms(statement, study, folder, command)
    keep(study, folder)
    manifest.write(statement, folder, command=command, options=options)


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _log(statement: Statement, log: str | None) -> str:
    """Seconds that the plans of the middle world took, and what the caller adds."""
    solved = [f"plan {name}: {proof.seconds:.2f} s\n" for name, proof in statement.proofs.items()]
    return "".join(solved) + (log or "")
