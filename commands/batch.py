"""Many runs of one question, and runs side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from .crews import HINT, lasting_crew
from .options import Simulating, json_option, lang_option, simulating, tell_code, tell_code_of
from .printing import print_found


@click.command()
@click.argument("scenario")
@click.option(
    "--over",
    "over",
    multiple=True,
    required=True,
    metavar="PATH=V,V,...",
    help="A field and its values; ; parts values with commas in them. Several make a grid.",
)
@click.option("--list", "paired", is_flag=True, help="Take the values of all fields in step, not as a grid.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; default out/NAME-sweep.")
@simulating()
@lang_option
@json_option
def sweep(
    scenario: str,
    over: tuple[str, ...],
    paired: bool,
    out: Path | None,
    how: Simulating,
    lang: str | None,
    as_json: bool,
) -> None:
    """Run a scenario with fields at many values, in the same worlds each."""
    from ..reports import Step, check_place
    from ..reports.batch.sweep import on_one_screen, publish_sweep, run_sweep, to_json, written
    from ..scenarios import load

    loaded = load(scenario, how.overrides, how.trust)
    folder = out or Path("out") / f"{loaded.name}-sweep"
    check_place(folder, written)
    tell_code(loaded, how.quiet)
    click.get_current_context().meta[HINT] = "run the same again to continue; finished points are kept"
    with lasting_crew(how.cluster, how.jobs) as crew:
        ask = how.ask(crew)
        found = run_sweep(scenario, over, ask, folder, paired=paired)
    with Step("page", how.told):
        page = publish_sweep(found, folder)
    print_found(as_json, lang, lambda: to_json(found), partial(on_one_screen, found), page)


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), default="out", help="Folder for runs and page.")
@simulating()
@lang_option
@json_option
def compare(
    runs: tuple[str, ...],
    out: Path,
    how: Simulating,
    lang: str | None,
    as_json: bool,
) -> None:
    """Set runs beside each other: folders that runs wrote, or scenarios (NAME@OVERRIDE), run first."""
    from ..reports.batch.compare import compare as compared
    from ..reports.batch.compare import compare_table, to_json, write_page

    tell_code_of([text for text in runs if not Path(text, "manifest.json").is_file()], how)
    click.get_current_context().meta[HINT] = f"run the same again to continue; finished runs stay in {out}"
    with lasting_crew(how.cluster, how.jobs) as crew:
        found = compared(runs, out, how.ask(crew))
    page = write_page(found, runs, out)
    print_found(as_json, lang, lambda: to_json(found), partial(compare_table, found), page)
