"""One run: simulated, continued, made again."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .crews import HINT, crew_at, kept, lasting_crew
from .language import spoken, user_language
from .options import (
    Simulating,
    allow_code_option,
    allow_files_option,
    jobs_option,
    json_option,
    lang_option,
    quiet_option,
    simulating,
    tell_code,
    tell_code_of,
    telling,
    trust,
)
from .printing import print_found, tell

if TYPE_CHECKING:
    from ..scenarios import FleetScenario, Scenario


@click.command()
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write; default out/NAME, of many out."
)
@click.option("--all", "every", is_flag=True, help="Run every estate scenario that comes with roomfold.")
@click.option("--matrix", is_flag=True, help="Run every variant in the matrix of the scenario's file.")
@click.option(
    "--resume", type=click.Path(path_type=Path), help="Continue the run that was to write this folder."
)
@simulating()
@lang_option
@json_option
def run(
    scenarios: tuple[str, ...],
    out: Path | None,
    every: bool,
    matrix: bool,
    resume: Path | None,
    how: Simulating,
    lang: str | None,
    as_json: bool,
) -> None:
    """Simulate every alternative in many worlds and state what is saved.

    SCENARIO is a file or a bundled name, NAME@OVERRIDE a variant of it.
    """
    from ..scenarios import FleetScenario, load_any

    if every or matrix or len(scenarios) > 1:
        if resume:
            raise click.UsageError("--resume continues one run; a run of many continues by itself.")
        _run_many(_asked(scenarios, every=every, matrix=matrix), out, how, lang, as_json=as_json)
        return
    scenario = scenarios[0] if scenarios else None
    loaded = None if scenario is None else load_any(scenario, how.overrides, how.trust)
    if isinstance(loaded, FleetScenario):
        if resume or how.worlds or how.jobs or how.cluster:
            raise click.UsageError("A fleet scenario takes no --resume, --worlds, --jobs or --cluster.")
        _run_fleet(loaded, scenario or loaded.name, out, how, lang, as_json=as_json)
        return
    if resume is not None and loaded is None and how.overrides:
        raise click.UsageError("--set cannot change a run that was begun: leave it out, or run anew.")
    if resume is None and loaded is None:
        raise click.UsageError("Missing argument 'SCENARIO'.")
    _run_one(loaded, out, resume, how, lang, as_json=as_json)


def _run_one(
    scenario: Scenario | None,
    out: Path | None,
    resume: Path | None,
    how: Simulating,
    lang: str | None,
    *,
    as_json: bool,
) -> None:
    from ..reports import Step, begin, publish, state, table, watched_study
    from ..reports import resume as take_up
    from ..sim.pool import cores

    if resume is not None:
        store = take_up(resume, scenario, out, how.worlds, how.seed, how.trust)
    else:
        assert scenario is not None
        store = begin(scenario, out, how.worlds, how.seed)
    if isinstance(store, Path):
        tell(spoken(f"{store}: complete already", user_language()), err=True)
        name = store / "report.html"
        tell((store / "statement.json").read_text("utf-8").rstrip() if as_json else name)
        return
    tell_code(store.asked.scenario, how.quiet)
    with kept(store), crew_at(how.cluster) as crew:
        jobs, began = how.jobs or cores(), time.monotonic()
        study = watched_study(
            store.asked.scenario, jobs=jobs, told=telling(lang, quiet=how.quiet), crew=crew, store=store
        )
        where = "a cluster" if how.cluster else f"{jobs} processes"
        log = f"simulation: {time.monotonic() - began:.1f} s, {where}\n"
        with Step("results", telling(lang, quiet=how.quiet)):
            statement = state(study)
            publish(statement, study, store.target, log=log, store=store)
        click.get_current_context().meta[HINT] = f"the results are in {store.target}"
    print_found(as_json, lang, statement.to_json, partial(table, statement), store.target / "report.html")


def _asked(scenarios: tuple[str, ...], *, every: bool, matrix: bool) -> list[str]:
    """Scenarios to run, with every variant of each if asked for."""
    from ..reports.batch.runs import variants
    from ..scenarios import FleetScenario, library, load_any

    if every and scenarios:
        raise click.UsageError("--all runs every scenario: name none.")
    if matrix and not (every or scenarios):
        raise click.UsageError("Missing argument 'SCENARIO'.")
    names = [n for n in library() if not isinstance(load_any(n), FleetScenario)] if every else scenarios
    return [asked for name in names for asked in (variants(name) if matrix else [name])]


def _run_many(
    asked: list[str], out: Path | None, how: Simulating, lang: str | None, *, as_json: bool
) -> None:
    from ..reports.batch.runs import INDEX, index_table, run_each, to_json

    folder = out or Path("out")
    tell_code_of(asked, how)
    click.get_current_context().meta[HINT] = f"run the same again to continue; finished runs stay in {folder}"
    with lasting_crew(how.cluster, how.jobs) as crew:
        found = run_each(asked, folder, how.ask(crew))
    print_found(as_json, lang, lambda: to_json(found), partial(index_table, found), folder / INDEX)
    sys.exit(max(ran.exit_code for ran in found))


def _run_fleet(
    scenario: FleetScenario, shown: str, out: Path | None, how: Simulating, lang: str | None, *, as_json: bool
) -> None:
    from ..reports import check_place, watched_fleet
    from ..reports.fleet import fleet_table, publish_fleet, state_fleet

    folder = out or Path("out") / scenario.name
    check_place(folder)
    if how.seed is not None:
        scenario = scenario.model_copy(update={"seed": how.seed})
    tell_code(scenario, how.quiet)
    began = time.monotonic()
    study = watched_fleet(scenario, shown, told=telling(lang, quiet=how.quiet))
    statement = state_fleet(study)
    publish_fleet(statement, study, folder, log=f"simulation: {time.monotonic() - began:.1f} s\n")
    print_found(as_json, lang, statement.to_json, partial(fleet_table, statement), folder / "report.html")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@jobs_option
@allow_code_option
@allow_files_option
@quiet_option
def verify(
    folder: Path, jobs: int | None, allow_code: bool, allow_files: tuple[Path, ...], quiet: bool
) -> None:
    """Run again what a folder says it ran, and compare every file byte by byte."""
    import tempfile

    from ..reports import differences, options, publish, state, watched_fleet, watched_study
    from ..reports.fleet import publish_fleet, state_fleet
    from ..scenarios import FleetScenario, load_any
    from ..sim.pool import cores

    made = options(folder)
    loaded = load_any(folder / "scenario.yaml", trust=trust(allow_code, allow_files))
    tell_code(loaded, quiet)
    with tempfile.TemporaryDirectory() as temporary:
        again = Path(temporary) / "again"
        if isinstance(loaded, FleetScenario):
            replayed = watched_fleet(loaded, str(folder / "scenario.yaml"), told=telling(None, quiet=quiet))
            publish_fleet(state_fleet(replayed), replayed, again)
        else:
            study = watched_study(
                loaded,
                jobs=jobs or cores(),
                told=telling(None, quiet=quiet),
                worlds=made.worlds,
                seed=made.seed,
            )
            publish(state(study), study, again)
        found = differences(folder, again)
    if found:
        tell("\n".join(spoken(line, user_language()) for line in found))
        sys.exit(1)
    click.echo(spoken("same bytes", user_language()))
