"""How every command ends: one JSON document, or tables in the languages asked for and what was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..reports.messages import Lang


def tell(text: object, *, err: bool = False) -> None:
    """Print a line or more that may hold anyone's text: names steer no terminal."""
    from ..scenarios.visible import visible

    click.echo(visible(str(text)), err=err)


def print_json(found: object) -> None:
    """Print plain values as JSON."""
    tell(json.dumps(found, ensure_ascii=False, indent=2))


def print_found(
    as_json: bool, lang: str | None, found: Callable[[], object], table: Callable[[Lang], str], page: Path
) -> None:
    """Print what was found: as JSON, or as a table in each language followed by where the page lies."""
    from ..reports import languages

    if as_json:
        print_json(found())
        return
    for language in languages(lang):
        tell(f"{table(language)}\n")
    tell(page)
