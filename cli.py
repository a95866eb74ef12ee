"""The command line: `roomfold run SCENARIO` and the commands around it.

Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 failed, 2 usage, 3 invalid input,
4 infeasible plan, 130 interrupted. Everything heavy is imported inside the commands, so that
``roomfold --help`` answers at once.
"""

from __future__ import annotations

import json
import locale
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from . import __version__

if TYPE_CHECKING:
    from .scenarios import Scenario
    from .sim.outcome import Study, WorldResult

INTERRUPTED = 130
BAR_WIDTH = 24
REDRAW_S = 0.2

_sets = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change one field of the scenario."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_seed = click.option("--seed", type=click.IntRange(0), help="Seed of every random stream.")
_lang = click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), help="Language of the table; default the system's."
)
_jobs = click.option("--jobs", type=click.IntRange(1), help="Processes; default one per core.")
_quiet = click.option("--quiet", is_flag=True, help="No progress.")


class _Group(click.Group):
    """A group whose commands end in one line for every error a user can meet."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn errors into a line and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click itself ends these as it should
        except KeyboardInterrupt:
            click.echo("roomfold: interrupted; nothing was written", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            if ctx.obj:
                raise
            ctx.exit(_explain(error))


def _explain(error: Exception) -> int:
    """Print an error as a user reads it; return the exit code."""
    from .scenarios.errors import RoomfoldError

    if isinstance(error, RoomfoldError):
        click.echo(str(error), err=True)
        return error.exit_code
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        click.echo(f"roomfold: {name}{error.strerror or error}", err=True)
        return 1
    what = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(f"roomfold: internal error: {what}; please report it with what --debug shows", err=True)
    return 1


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="roomfold")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Fold many small machine rooms into a few cloud sites, and state what that saves."""
    ctx.obj = debug
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@main.command("list")
@_json
def list_scenarios(as_json: bool) -> None:
    """List the scenarios that come with roomfold."""
    from .scenarios import library, load

    rows = []
    for name in library():
        scenario = load(name)
        claims = [claim.id for claim in scenario.claims]
        title = scenario.title
        rows.append({"name": name, "title_en": title.en, "title_zh": title.zh, "claims": claims})
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']:<20} {row['title_en']}  {row['title_zh']}  [{', '.join(row['claims'])}]")


@main.command()
@click.argument("scenario")
@_sets
@_json
def check(scenario: str, overrides: tuple[str, ...], as_json: bool) -> None:
    """Check a scenario: every problem at once, else what it assumes rather than knows."""
    from .scenarios import InputError, assumptions, load
    from .scenarios.check import table

    try:
        rows = assumptions(load(scenario, overrides))
    except InputError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.problems]
        click.echo(json.dumps({"valid": False, "problems": problems}, ensure_ascii=False, indent=2))
        sys.exit(error.exit_code)
    if as_json:
        found = {"valid": True, "assumptions": [asdict(row) for row in rows]}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(table(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else 0))
    click.echo(f"{scenario}: valid")


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from .scenarios.attributes import schema_json

    click.echo(json.dumps(schema_json(), ensure_ascii=False, indent=2))


@main.command()
@click.argument("scenario")
@click.option("--world", "index", type=click.IntRange(0), default=0, show_default=True, help="Which world.")
@_seed
@_sets
@_json
def plan(scenario: str, index: int, seed: int | None, overrides: tuple[str, ...], as_json: bool) -> None:
    """Plan one world: hosts, proof of the packing, migration waves."""
    from .optimize import make_plan
    from .optimize.summary import summary
    from .scenarios import load
    from .scenarios.draw import draw_world

    loaded = load(scenario, overrides)
    world = draw_world(loaded, index, seed)
    plans = [summary(loaded, world, make_plan(loaded, name, world)) for name in loaded.alternatives]
    if as_json:
        click.echo(json.dumps(plans, ensure_ascii=False, indent=2))
        return
    for entry in plans:
        for key, value in entry.items():
            text = f"{value:,.4f}" if isinstance(value, float) else value
            click.echo(f"{key:<28}{', '.join(text) if isinstance(text, list) else text}")
        click.echo()


@main.command()
@click.argument("scenario")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; default out/NAME.")
@click.option("--worlds", type=click.IntRange(1, 100_000), help="Number of worlds; default the scenario's.")
@_jobs
@_quiet
@_seed
@_lang
@_sets
@_json
def run(
    scenario: str,
    out: Path | None,
    worlds: int | None,
    jobs: int | None,
    quiet: bool,
    seed: int | None,
    lang: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Simulate every alternative in many worlds and state what is saved."""
    from .scenarios import load

    loaded = load(scenario, overrides)
    folder = out or Path("out") / loaded.name
    from .reports import check_folder, publish, state, table

    check_folder(folder)
    jobs, began = jobs or _cores(), time.monotonic()
    study = _study(loaded, worlds, seed, jobs, quiet)
    log = f"simulation: {time.monotonic() - began:.1f} s, {jobs} processes\n"
    with _Step("writing charts and report", quiet):
        statement = state(study)
        publish(statement, study, folder, log=log)
    if as_json:
        click.echo(json.dumps(statement.to_json(), ensure_ascii=False, indent=2))
        return
    for language in _languages(lang):
        click.echo(f"{table(statement, language)}\n")
    click.echo(folder / "report.html")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_jobs
@_quiet
def verify(folder: Path, jobs: int | None, quiet: bool) -> None:
    """Run again what a folder says it ran, and compare every file byte by byte."""
    import tempfile

    from .reports import differences, options, publish, state
    from .scenarios import load

    made = options(folder)
    loaded = load(folder / "scenario.yaml")
    study = _study(loaded, made.worlds, made.seed, jobs or _cores(), quiet)
    with tempfile.TemporaryDirectory() as temporary:
        again = Path(temporary) / "again"
        publish(state(study), study, again)
        found = differences(folder, again)
    if found:
        click.echo("\n".join(found))
        sys.exit(1)
    click.echo("same bytes")


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _languages(chosen: str | None) -> tuple[Literal["zh", "en"], ...]:
    """Languages to print, that of the system if none is chosen."""
    if chosen == "both":
        return ("zh", "en")
    chinese = (
        chosen == "zh" if chosen else (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))
    )
    return ("zh",) if chinese else ("en",)


def _study(scenario: Scenario, worlds: int | None, seed: int | None, jobs: int, quiet: bool) -> Study:
    from .sim.study import run_study

    show = None if quiet else _progress(scenario)
    try:
        return run_study(scenario, worlds=worlds, seed=seed, jobs=jobs, on_result=show)
    finally:
        if not quiet and sys.stderr.isatty():
            click.echo(err=True)  # ends the line of the progress bar


def _progress(scenario: Scenario) -> Callable[[WorldResult, int, int], None]:
    """A line on stderr that grows with every world and says what the worlds so far give."""
    from .reports import estimate

    results: list[WorldResult] = []
    began, drawn = time.monotonic(), 0.0
    terminal = sys.stderr.isatty()
    click.echo(f"{scenario.title.en}: simulating", err=True)

    def show(result: WorldResult, done: int, total: int) -> None:
        nonlocal drawn
        results.append(result)
        now = time.monotonic()
        milestone = done == total or (done & (done - 1)) == 0
        if not (milestone or (terminal and now - drawn > REDRAW_S)):
            return
        drawn = now
        filled = BAR_WIDTH * done // total
        bar = "#" * filled + "-" * (BAR_WIDTH - filled)
        text = f"[{bar}] {estimate(results, scenario, total)}  {now - began:.0f} s"
        click.echo(f"\r{text}\x1b[K" if terminal else text, nl=not terminal, err=True)

    return show


class _Step:
    """Says on stderr what takes a while and how long it took."""

    def __init__(self, what: str, quiet: bool) -> None:
        self._what, self._quiet, self._began = what, quiet, time.monotonic()

    def __enter__(self) -> None:
        if not self._quiet:
            click.echo(f"{self._what} ... ", nl=False, err=True)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not self._quiet:
            click.echo(f"{time.monotonic() - self._began:.0f} s" if kind is None else "failed", err=True)
