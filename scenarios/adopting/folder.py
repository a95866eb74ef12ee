"""Writes a scenario and all that belongs to it into a folder: tables, assessment, account."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from ..assessment import assessment_rows
from ..assessment import to_json as assessment_json
from ..listed import write_tables
from .adopt import Adopted
from .blanks import Blank, blanks
from .names import inert, is_formula
from .scenario_text import FOLDER, scenario_text
from .start import Start
from .told import import_json

SCENARIO, ACCOUNT, ASSESSMENT = "scenario.yaml", "import.json", "assessment.csv"
_NOT_OF_NAMES = re.compile(r"[^a-z0-9_-]+")


def write(adopted: Adopted, start: Start, folder: Path, name: str) -> tuple[list[Blank], dict[str, Any]]:
    """Write everything into a folder that exists and is empty.

    Args:
        name: of the scenario; see ``scenario_name``.

    Returns:
        What is drawn, and the account as JSON.
    """
    tables = {"rooms": adopted.rooms, "systems": adopted.systems, "servers": adopted.servers}
    (folder / FOLDER).mkdir()
    write_tables(folder / FOLDER, **tables)
    blank = blanks(tables, start)
    assessed = assessment_json(adopted.assessment)
    text = scenario_text(adopted, start, name, blank, assessed)
    (folder / SCENARIO).write_text(text, encoding="utf-8", newline="\n")
    account = import_json(adopted, start, blank, assessed)
    written = json.dumps(account, ensure_ascii=False, indent=1) + "\n"
    (folder / ACCOUNT).write_text(written, encoding="utf-8", newline="\n")
    with (folder / ASSESSMENT).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in assessment_rows(adopted.assessment, adopted.lang):
            writer.writerow([inert(cell) if is_formula(cell) else cell for cell in row])
    return blank, account


def scenario_name(folder: str) -> str:
    """A name for a scenario after its folder: letters, digits and hyphens."""
    found = _NOT_OF_NAMES.sub("-", folder.casefold()).strip("-_")
    return found if found[:1].isalpha() and found.isascii() else f"estate-{found}".rstrip("-")
