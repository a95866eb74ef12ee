"""A scenario from the lists that a planner holds, and the empty template of such a list."""

from __future__ import annotations

import gc
import math
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .language import chosen
from .options import json_option, quiet_option, telling
from .printing import print_json, tell

if TYPE_CHECKING:
    from ..reports.messages import Lang
    from ..scenarios.assessment.terms import Basis
    from ..scenarios.inventory import Reading

_LANG = click.Choice(["zh", "en"])
_TEMPLATES = {"zh": "台账模板.xlsx", "en": "inventory-template.xlsx"}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("more", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A list of machines, systems or rooms; give it again for more, the most trusted first.",
)
@click.option(
    "--year", type=click.IntRange(1990, 2100), help="First year; default that after the newest purchase."
)
@click.option(
    "--place", metavar="PROVINCE", help="Whose tariff and grid factor to take; default the country's."
)
@click.option(
    "--basis",
    type=click.Choice(["avg", "p95", "max"]),
    default="p95",
    show_default=True,
    help="Use that the assessment sizes machines for.",
)
@click.option(
    "--comfort",
    type=click.FloatRange(1, 5),
    default=1.3,
    show_default=True,
    help="Headroom of the assessment over that use.",
)
@click.option("--anonymise", is_flag=True, help="Replace names, addresses and owners by stable codes.")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    help="File that leads from codes back to names; default DIR.key.json. Keep it to yourself.",
)
@click.option(
    "--template", type=_LANG, help="Write the empty template of a list instead, or with what --from holds."
)
@click.option(
    "--lang", type=_LANG, callback=chosen, help="Language of comments and names; default the system's."
)
@quiet_option
@json_option
def new(
    folder: Path,
    more: tuple[Path, ...],
    files: tuple[Path, ...],
    year: int | None,
    place: str | None,
    basis: Basis,
    comfort: float,
    anonymise: bool,
    key: Path | None,
    template: str | None,
    lang: Lang,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make a scenario that runs at once from lists of machines, systems and rooms.

    Reads exports of RVTools, lists of migration services, Chinese ledgers and surveys, and any table with
    usual names. Says what was recognised, mapped, assumed and left out.
    """
    files += more  # --from takes one, a shell's *.csv gives many
    if not (files or template):
        raise click.UsageError("Missing option '--from' (or '--template').")
    if math.isnan(comfort):  # in no range, and click lets it pass
        raise click.BadParameter(f"{comfort} is not in the range 1<=x<=5.", param_hint="'--comfort'")
    if key is not None and not anonymise:
        raise click.UsageError("--key goes with --anonymise.")
    from ..reports.folder import check_place

    where = _place(place)
    _check_empty(folder)
    check_place(folder, _nothing_ours)
    show = telling(lang, quiet=quiet)
    with _no_collector():
        reading = _read(files, anonymise, key or folder.with_name(f"{folder.name}.key.json"), show)
        if template is not None:
            told = _write_template(folder, template, reading, lang)
            _tell(folder / _TEMPLATES[template], *told, as_json)
            return
        assert reading is not None
        found, text = _adopt(folder, reading, year, where, (basis, comfort), lang, show)
    _tell(folder / "scenario.yaml", found, text, as_json)


def _tell(file: Path, found: dict[str, Any], text: str, as_json: bool) -> None:
    """Print what was found, and the file that was written."""
    if as_json:
        print_json({"scenario" if file.name == "scenario.yaml" else "template": str(file), **found})
        return
    tell(f"{text}\n\n{file}" if text else file)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of values and no cycles among them: the collector would look through all again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(files: tuple[Path, ...], hide: bool, key: Path, told: Lang | None) -> Reading | None:
    """The lists, with codes for names if asked for."""
    from ..reports import Step
    from ..scenarios.inventory import read_inventory

    if not files:
        return None
    with Step("reading", told, count=len(files)):
        reading = read_inventory(files)
    if not hide:
        return reading
    from ..scenarios.inventory.anonymise import anonymise
    from ..scenarios.inventory.key_file import new_key, read_keys, write_keys

    hidden, keys = anonymise(reading, read_keys(key).key if key.exists() else new_key())
    write_keys(key, keys)  # before anything is written that it must lead back from
    return hidden


def _adopt(
    folder: Path,
    reading: Reading,
    year: int | None,
    place: str | None,
    sizing: tuple[Basis, float],
    lang: Lang,
    told: Lang | None,
) -> tuple[dict[str, Any], str]:
    """Make the scenario and write it; what was found as JSON and as lines."""
    from ..reports import Step
    from ..reports.folder import write_folder
    from ..scenarios.adopting import (
        Start,
        adopt,
        first_year,
        lines,
        scenario_name,
        summed_up,
        write,
    )
    from ..scenarios.assessment import Terms

    with Step("scenario", told):
        first, year_from = first_year(reading.records, year)
        start = Start.of(first, place)
        basis, comfort = sizing
        terms = Terms(basis=basis, comfort_factor=comfort, largest=start.largest_host())
        adopted = adopt(reading, start, year_from, lang, terms)
        found: dict[str, Any] = {}
        shown: list[str] = []

        def fill(output: Path) -> None:
            blank, account = write(adopted, start, output, scenario_name(folder.absolute().name))
            found.update(summed_up(account))
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
            shown.extend(lines(adopted, blank, lang, width))

        write_folder(folder, fill, None, _nothing_ours)
    return found, "\n".join(shown)


def _place(text: str | None) -> str | None:
    """Key of a place."""
    from ..scenarios.era import place_named, places

    if text is None:
        return None
    found = place_named(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is none of {', '.join(places())}.", param_hint="--place")
    return found


def _write_template(
    folder: Path, template: str, reading: Reading | None, lang: Lang
) -> tuple[dict[str, Any], str]:
    """Write a template; what was read for it as JSON and as lines."""
    from ..reports.folder import write_folder
    from ..scenarios.adopting import read_lines
    from ..scenarios.inventory.template import write_template

    def fill(output: Path) -> None:
        kinds = ("room", "system", "server", "host")
        held = {f"{kind}s": reading.of_kind(kind) for kind in kinds} if reading else {}
        write_template(output / _TEMPLATES[template], "zh" if template == "zh" else "en", **held)

    write_folder(folder, fill, None, _nothing_ours)
    if reading is None:
        return {}, ""
    return {"reading": reading.to_json(records=False)}, "\n".join(read_lines(reading, lang))


def _nothing_ours(_folder: Path) -> None:
    """No former result gives way to a new scenario."""


def _check_empty(folder: Path) -> None:
    """A scenario is never written over another file: people edit it."""
    from ..reports.folder import FolderError

    if folder.is_dir() and any(folder.iterdir()):
        raise FolderError(f"{folder}: holds files; give a folder that is new or empty")
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder}: is a file; give a folder that is new or empty")
    if folder.exists() and folder.samefile(Path.cwd()):  # another is put in its place
        raise FolderError(f"{folder}: is the folder you are in; give one in it or beside it")
