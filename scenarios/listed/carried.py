"""The tables of a listed estate in a run's folder, so that the folder alone can be run again or continued."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path, PurePath

from ..errors import RoomfoldError
from ..schema import ListedEstate, Scenario
from .columns import TABLES

FOLDER = "estate"


class ChangedTableError(RoomfoldError):
    """A table that is no longer what was simulated."""


def names(listed: ListedEstate) -> dict[str, str]:
    """What the tables are called in a run's folder: as they were, if no two are called the same."""
    own = {table: PurePath(getattr(listed, table)).name for table in TABLES}
    folded = {name.casefold() for name in own.values()}
    return own if len(folded) == len(own) else {table: f"{table}.csv" for table in TABLES}


def as_kept(scenario: Scenario) -> Scenario:
    """The scenario with its tables where a run's folder has them."""
    listed = scenario.estate.listed
    if listed is None:
        return scenario
    places = {table: f"{FOLDER}/{name}" for table, name in names(listed).items()}
    estate = scenario.estate.model_copy(update={"listed": listed.model_copy(update=places)})
    return scenario.model_copy(update={"estate": estate})


def copy_tables(scenario: Scenario, folder: Path) -> None:
    """Put the tables of a listed estate into a folder; nothing for any other.

    Raises:
        ChangedTableError: if one has changed since it was read.
    """
    listed = scenario.estate.listed
    if listed is None:
        return
    (folder / FOLDER).mkdir()
    for table, name in names(listed).items():
        path = Path(getattr(listed, table))
        content = path.read_bytes()
        if sha256(content).hexdigest() != getattr(listed, f"{table}_sha256"):
            raise ChangedTableError(f"{path}: was changed since it was read; put it back as it was")
        (folder / FOLDER / name).write_bytes(content)
