"""What a finished run says beside its report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import click

from .options import Simulating, json_option, lang_option, simulating, tell_code_of
from .printing import print_found, print_json, tell


@click.command()
@click.argument("source", metavar="SCENARIO|FOLDER")
@click.option("--claims", metavar="ID,ID", help="Claims to take as true; default those on yearly savings.")
@click.option("--alternative", help="Alternative that the claims speak of.")
@click.option(
    "--accounting", metavar="WAY", help="How the source counted: gross, net+staff ...; unknown if not given."
)
@click.option(
    "--within", type=click.IntRange(12), metavar="MONTHS", help="Judge alternatives by net cash by then."
)
@click.option("--refine", type=click.IntRange(0), default=0, metavar="N", help="Simulate N worlds more.")
@click.option(
    "--method", type=click.Choice(["auto", "worlds", "emulator"]), default="auto", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default out/NAME-calibration.")
@simulating(elsewhere=False)
@lang_option
@json_option
def calibrate(
    source: str,
    claims: str | None,
    alternative: str | None,
    accounting: str | None,
    within: int | None,
    refine: int,
    method: Literal["auto", "worlds", "emulator"],
    out: Path | None,
    how: Simulating,
    lang: str | None,
    as_json: bool,
) -> None:
    """Condition the worlds of a run on published claims.

    Says what they narrow, what stays open, and what to measure next. SOURCE is the folder of a run, or a
    scenario, which is run first.
    """
    from ..reports.calibration import Ask, calibration_table, command, run_calibration
    from ..reports.calibration.contract import to_json
    from ..sim.pool import cores

    if refine or not Path(source, "manifest.json").is_file():
        tell_code_of([source], how)
    named = tuple(name.strip() for name in claims.split(",")) if claims else ()
    ask = Ask(named, alternative, accounting, within, method, refine)
    found, page = run_calibration(
        source,
        ask,
        overrides=how.overrides,
        out=out,
        worlds=how.worlds,
        seed=how.seed,
        jobs=how.jobs or cores(),
        told=how.told,
        trust=how.trust,
    )
    again = command(found, source, how.overrides)
    print_found(as_json, lang, lambda: to_json(found, again), partial(calibration_table, found), page)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="NAME",
    help="A column of worlds.parquet, or a part of its name; default saving, NPV and energy.",
)
@lang_option
@json_option
def sensitivity(folder: Path, figures: tuple[str, ...], lang: str | None, as_json: bool) -> None:
    """Say what any figure of a finished run depends on: Sobol indices, tornado, convergence."""
    from ..reports import languages
    from ..reports.uncertainty.answer import ask

    answers = ask(folder, figures)
    if as_json:
        print_json([answer.to_json() for answer in answers])
        return
    for language in languages(lang):
        for answer in answers:
            tell(f"{answer.table(language)}\n")
