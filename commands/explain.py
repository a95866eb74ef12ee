"""From a number in the report of a run to its bookings, rules, quantities and sources."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import json_option, lang_option
from .printing import print_json, tell

if TYPE_CHECKING:
    from ..reports.explain.opened import Opened
    from ..reports.messages import Lang


class _Numbers(click.Command):
    """A command whose argument may be a number below zero, which is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Arguments as click takes them: a hyphen before a digit becomes a minus sign."""
        before = ["", *args]
        minus = [
            re.sub(r"^-(?=\d)", "\N{MINUS SIGN}", arg) if not last.startswith("--") else arg
            for last, arg in zip(before, args, strict=False)
        ]
        return super().parse_args(ctx, minus)


@click.command(cls=_Numbers)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("number", required=False)
@click.option("--list", "listing", is_flag=True, help="List the figures that can be explained.")
@click.option("--world", type=click.IntRange(0), help="Whose bookings to show; default the nearest.")
@click.option(
    "--depth",
    type=click.IntRange(1, 4),
    default=3,
    show_default=True,
    help="1 formula, 2 bookings, 3 rules and sources, 4 every year and booking.",
)
@lang_option
@json_option
def explain(
    folder: Path,
    number: str | None,
    listing: bool,
    world: int | None,
    depth: int,
    lang: str | None,
    as_json: bool,
) -> None:
    """Trace a number of a report to its bookings, formula, quantities and sources.

    NUMBER is a path in statement.json, a short name (--list), the id of a published figure, or a number as
    printed, such as "CNY 97 million", "0.97 亿元" or "61–138". Nothing is simulated.
    """
    if listing == (number is not None):
        raise click.UsageError("Give either a NUMBER or --list.")
    from ..reports import languages
    from ..reports.explain.find import find, same_number
    from ..reports.explain.opened import fitting, open_run

    run = open_run(folder)
    with fitting(folder):
        if number is None:
            _list(run, languages(lang), as_json)
            return
        paths = find(run, number)
        if len(paths) > 1 and not same_number(run, paths):
            _candidates(run, paths, languages(lang), as_json)
            return
        _one(run, paths, languages(lang), as_json, world, depth)


def _one(
    run: Opened, paths: list[str], langs: tuple[Lang, ...], as_json: bool, world: int | None, depth: int
) -> None:
    """The chain of a number, and where else it stands."""
    from ..reports.explain.chain import chain
    from ..reports.explain.fleets import fleet_chain
    from ..reports.explain.plain import to_json
    from ..reports.explain.show import one_line, shown
    from ..reports.messages import say

    found = fleet_chain(run, paths[0]) if run.is_fleet else chain(run, paths[0], world=world, depth=depth)
    if as_json:
        print_json({**to_json(found), "same": paths[1:]})
        return
    for lang in langs:
        also = [one_line(say(lang, "explain.same", paths=", ".join(paths[1:])))] if paths[1:] else []
        tell("\n".join([shown(found, lang), *also, ""]))


def _list(run: Opened, langs: tuple[Lang, ...], as_json: bool) -> None:
    """Every figure with its name."""
    from ..reports.explain.listing import listed, rows

    if as_json:
        print_json(rows(run))
        return
    for lang in langs:
        tell(f"{listed(run, lang)}\n")


def _candidates(run: Opened, paths: list[str], langs: tuple[Lang, ...], as_json: bool) -> None:
    """What a text may mean."""
    from ..reports.explain.listing import candidates, meant

    if as_json:
        print_json({"candidates": meant(run, paths)})
        return
    for lang in langs:
        tell(f"{candidates(run, paths, lang)}\n")
