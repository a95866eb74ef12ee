"""Publishing a fleet's run: statement, tables, charts, report and manifest in one folder."""

from __future__ import annotations

import json
from pathlib import Path

from ...scenarios.loader import resolved_yaml
from ...sim.fleet import FleetStudy
from .. import manifest
from ..folder import write_folder
from .charts import render_all
from .page import fleet_page
from .statement import FleetStatement
from .tables import write_tables

COMMAND = "roomfold run scenario.yaml --set trace.path=TRACE"


def publish_fleet(
    statement: FleetStatement, study: FleetStudy, folder: Path, *, log: str | None = None
) -> Path:
    """Write a fleet run's folder, whole or not at all.

    Args:
        log: what is true of this run alone (times, machine); goes to ``run.log``.

    Returns:
        The report's path.

    Raises:
        FolderError: see ``folder.check_folder``.
    """
    write_folder(folder, lambda output: _write(statement, study, output, log or ""))
    return folder.absolute() / "report.html"


def _write(statement: FleetStatement, study: FleetStudy, folder: Path, log: str) -> None:
    run = manifest.run_id(statement)
    text = json.dumps(statement.to_json(), ensure_ascii=False, indent=2, allow_nan=False)
    _save(folder / "statement.json", text + "\n")
    _save(folder / "scenario.yaml", resolved_yaml(study.scenario))
    write_tables(study, folder)
    charts = render_all(statement, study, folder, run)
    _save(folder / "report.html", fleet_page(statement, charts, COMMAND, run))
    manifest.write(statement, folder, command=COMMAND, options={"trace_sha256": study.trace.sha256})
    (folder / manifest.LOG).write_text(log, encoding="utf-8")


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
