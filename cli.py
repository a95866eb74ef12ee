"""The command line: `roomfold run SCENARIO` and the commands around it.

Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 failed, 2 usage, 3 invalid input,
4 infeasible plan, 130 interrupted. Everything heavy is imported inside the commands, so that
``roomfold --help`` answers at once.
"""

from __future__ import annotations

import csv
import json
import math
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from . import __version__

if TYPE_CHECKING:
    from .scenarios import FleetScenario, Scenario
    from .sim.crew import Crew
    from .sim.store import Store

INTERRUPTED = 130
HINT = "roomfold.hint"  # in a context: how to continue what an error stopped
MOST_NAMES = 6

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
_worlds = click.option(
    "--worlds", type=click.IntRange(1, 100_000), help="Number of worlds; default the scenario's."
)
_cluster = click.option(
    "--cluster", metavar="ADDRESS", help="Simulate on a Dask cluster: tcp://HOST:PORT, or its file."
)


def _a_number(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """Refuse nan, which no range does."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


class _Group(click.Group):
    """A group whose commands end in one line for every error a user can meet."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn errors into a line and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click itself ends these as it should
        except KeyboardInterrupt:
            click.echo(f"roomfold: interrupted; {ctx.meta.get(HINT) or 'nothing was written'}", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            if ctx.obj:
                raise
            from .scenarios.errors import InputError, explained

            text, code = explained(error)
            hint = None if isinstance(error, InputError) else ctx.meta.get(HINT)  # wrong again if repeated
            click.echo(f"{text}; {hint}" if hint else text, err=True)
            ctx.exit(code)


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
    from .scenarios import library, load_any, variants_of

    scenarios = {name: load_any(name) for name in library()}
    overrides = {name: list(variants_of(name).overrides) for name in scenarios}
    claims = {name: [claim.id for claim in scenario.claims] for name, scenario in scenarios.items()}
    if as_json:
        rows = [
            {
                "name": name,
                "title_en": s.title.en,
                "title_zh": s.title.zh,
                "claims": claims[name],
                "overrides": overrides[name],
            }
            for name, s in scenarios.items()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for name, s in scenarios.items():
        variants = f"  @{' @'.join(overrides[name])}" if overrides[name] else ""
        click.echo(f"{name:<20} {s.title.en}  {s.title.zh}  [{_few(claims[name])}]{variants}")


def _few(names: list[str]) -> str:
    """The names, or how many there are if that is shorter to read."""
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} claims"


@main.command()
@click.argument("scenario")
@_sets
@_json
def check(scenario: str, overrides: tuple[str, ...], as_json: bool) -> None:
    """Check a scenario: every problem at once, else what it assumes rather than knows."""
    from .scenarios import InputError, Scenario, assumptions, load_any, variants_of
    from .scenarios.check import table
    from .scenarios.variants import joined, split

    try:
        for variant in variants_of(scenario).overrides:
            load_any(joined(split(scenario)[0], [variant]), overrides)
        loaded = load_any(scenario, overrides)
        if isinstance(loaded, Scenario) and loaded.demand.model is not None:
            from .sim.workload import named_class

            named_class(loaded.demand.model)
        rows = assumptions(loaded)
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
@click.option("--world", "index", type=click.IntRange(0, 99_999), help="Which world; default 0.")
@click.option(
    "--frontier",
    "aims",
    metavar="AIMS",
    help="Plan with many leanings, simulate each, and keep what is best in some aim: cost,energy,risk.",
)
@click.option(
    "--time-limit",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    callback=_a_number,
    help="Seconds after which the search ends with the best plan so far.",
)
@click.option("--alternative", help="Of the frontier; default the first that builds a cloud.")
@click.option("--points", type=click.IntRange(1, 100), help="Plans tried for the frontier; default 12.")
@click.option("--worlds", type=click.IntRange(1, 1000), help="For each of them; default 1.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default out/NAME-frontier.")
@_jobs
@_quiet
@_lang
@_seed
@_sets
@_json
def plan(
    scenario: str,
    index: int | None,
    aims: str | None,
    seconds: float | None,
    alternative: str | None,
    points: int | None,
    worlds: int | None,
    out: Path | None,
    jobs: int | None,
    quiet: bool,
    lang: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Plan one world: hosts, proof of the packing, migration waves; every plan is checked.

    With --frontier the plans of many leanings are simulated and drawn against each other.
    """
    of_frontier = {"--alternative": alternative, "--points": points, "--worlds": worlds, "--out": out}
    of_one = {"--world": index, "--time-limit": seconds}
    for option, given in (of_frontier if aims is None else of_one).items():
        if given is not None:
            raise click.UsageError(f"{option} goes {'only' if aims is None else 'not'} with --frontier.")
    if aims is not None:
        ask = {"points": points, "worlds": worlds, "seed": seed, "jobs": jobs}
        _frontier(scenario, overrides, aims, alternative, out, ask, lang, quiet=quiet, as_json=as_json)
        return
    from .optimize.check import RULES, assured
    from .optimize.conflict import ConflictError
    from .optimize.explain import plan_or_explain
    from .optimize.solver import time_limit
    from .optimize.summary import summary
    from .scenarios import load
    from .scenarios.draw import draw_world

    loaded = load(scenario, overrides)
    world = draw_world(loaded, index or 0, seed)
    began = time.monotonic()
    try:
        with time_limit(seconds):
            plans = [plan_or_explain(loaded, name, world) for name in loaded.alternatives]
    except ConflictError as error:
        if not as_json:
            raise
        click.echo(json.dumps(error.conflict.to_json(), ensure_ascii=False, indent=2))
        sys.exit(error.exit_code)
    stopped = seconds is not None and time.monotonic() - began >= seconds
    entries = [summary(loaded, world, assured(loaded, world, made)) for made in plans]
    if seconds is not None:
        entries = [entry | {"time_limit_reached": stopped} for entry in entries]
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        for key, value in entry.items():
            text = f"{value:,.4f}" if isinstance(value, float) else value
            click.echo(f"{key:<28}{', '.join(text) if isinstance(text, list) else text}")
        click.echo()
    if stopped:
        click.echo(f"the time limit of {seconds:g} s was reached; the gap says what is open")
    click.echo(f"checked: {len(RULES)} rules, no violation")


def _frontier(
    scenario: str,
    overrides: tuple[str, ...],
    aims: str,
    alternative: str | None,
    out: Path | None,
    ask: dict[str, int | None],
    lang: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from .reports import Step, check_place, languages
    from .reports.frontier import frontier_table, publish_frontier, to_json, written
    from .reports.watch import watched_frontier
    from .scenarios import load

    loaded = load(scenario, overrides)
    folder = out or Path("out") / f"{loaded.name}-frontier"
    check_place(folder, written)
    found = watched_frontier(loaded, alternative, aims.split(","), quiet=quiet, **ask)
    with Step("writing chart and page", quiet):
        page = publish_frontier(found, folder)
    if as_json:
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{frontier_table(found, language)}\n")
    click.echo(page)


@main.command()
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write; default out/NAME, of many out."
)
@click.option("--all", "every", is_flag=True, help="Run every estate scenario that comes with roomfold.")
@click.option("--matrix", is_flag=True, help="Run every variant in the matrix of the scenario's file.")
@click.option(
    "--resume", type=click.Path(path_type=Path), help="Continue the run that was to write this folder."
)
@_worlds
@_jobs
@_cluster
@_quiet
@_seed
@_lang
@_sets
@_json
def run(
    scenarios: tuple[str, ...],
    out: Path | None,
    every: bool,
    matrix: bool,
    resume: Path | None,
    worlds: int | None,
    jobs: int | None,
    cluster: str | None,
    quiet: bool,
    seed: int | None,
    lang: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Simulate every alternative in many worlds and state what is saved.

    SCENARIO is a file or a bundled name, NAME@OVERRIDE a variant of it.
    """
    from .scenarios import FleetScenario, load_any

    if cluster and jobs:
        raise click.UsageError("--jobs is for this machine and --cluster for others: give one of them.")
    if every or matrix or len(scenarios) > 1:
        if resume:
            raise click.UsageError("--resume continues one run; a run of many continues by itself.")
        asked = _asked(scenarios, every=every, matrix=matrix)
        _run_many(asked, out, overrides, worlds, seed, jobs, cluster, lang, quiet=quiet, as_json=as_json)
        return
    scenario = scenarios[0] if scenarios else None
    loaded = None if scenario is None else load_any(scenario, overrides)
    if isinstance(loaded, FleetScenario):
        if resume or worlds or jobs or cluster:
            raise click.UsageError("A fleet scenario takes no --resume, --worlds, --jobs or --cluster.")
        _run_fleet(loaded, scenario or loaded.name, out, seed, lang, quiet=quiet, as_json=as_json)
        return
    if resume is not None and loaded is None and overrides:
        raise click.UsageError("--set cannot change a run that was begun: leave it out, or run anew.")
    if resume is None and loaded is None:
        raise click.UsageError("Missing argument 'SCENARIO'.")
    _run_one(loaded, out, resume, worlds, seed, jobs, cluster, lang, quiet=quiet, as_json=as_json)


def _run_one(
    scenario: Scenario | None,
    out: Path | None,
    resume: Path | None,
    worlds: int | None,
    seed: int | None,
    jobs: int | None,
    cluster: str | None,
    lang: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from .reports import Step, begin, languages, publish, state, table, watched_study
    from .reports import resume as take_up
    from .sim.pool import cores

    if resume is not None:
        store = take_up(resume, scenario, out, worlds, seed)
    else:
        assert scenario is not None
        store = begin(scenario, out, worlds, seed)
    if isinstance(store, Path):
        click.echo(f"{store}: complete already", err=True)
        name = store / "report.html"
        click.echo((store / "statement.json").read_text("utf-8").rstrip() if as_json else name)
        return
    with _kept(store), _crew(cluster) as crew:
        jobs, began = jobs or cores(), time.monotonic()
        study = watched_study(store.asked.scenario, jobs=jobs, quiet=quiet, crew=crew, store=store)
        where = "a cluster" if cluster else f"{jobs} processes"
        log = f"simulation: {time.monotonic() - began:.1f} s, {where}\n"
        with Step("writing charts and report", quiet):
            statement = state(study)
            publish(statement, study, store.target, log=log, store=store)
    if as_json:
        click.echo(json.dumps(statement.to_json(), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{table(statement, language)}\n")
    click.echo(store.target / "report.html")


def _asked(scenarios: tuple[str, ...], *, every: bool, matrix: bool) -> list[str]:
    """Scenarios to run, with every variant of each if asked for."""
    from .reports.batch.runs import variants
    from .scenarios import FleetScenario, library, load_any

    if every and scenarios:
        raise click.UsageError("--all runs every scenario: name none.")
    if matrix and not (every or scenarios):
        raise click.UsageError("Missing argument 'SCENARIO'.")
    names = [n for n in library() if not isinstance(load_any(n), FleetScenario)] if every else scenarios
    return [asked for name in names for asked in (variants(name) if matrix else [name])]


def _run_many(
    asked: list[str],
    out: Path | None,
    overrides: tuple[str, ...],
    worlds: int | None,
    seed: int | None,
    jobs: int | None,
    cluster: str | None,
    lang: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from .reports import languages
    from .reports.batch.runs import INDEX, Ask, index_table, run_each, to_json
    from .sim.pool import cores

    folder = out or Path("out")
    click.get_current_context().meta[HINT] = f"run the same again to continue; finished runs stay in {folder}"
    with _lasting(cluster, jobs) as crew:
        found = run_each(asked, folder, Ask(overrides, worlds, seed, jobs or cores(), quiet, crew))
    if as_json:
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    else:
        for language in languages(lang):
            click.echo(f"{index_table(found, language)}\n")
        click.echo(folder / INDEX)
    sys.exit(max(ran.exit_code for ran in found))


@main.command()
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
@_worlds
@_jobs
@_cluster
@_quiet
@_seed
@_lang
@_sets
@_json
def sweep(
    scenario: str,
    over: tuple[str, ...],
    paired: bool,
    out: Path | None,
    worlds: int | None,
    jobs: int | None,
    cluster: str | None,
    quiet: bool,
    seed: int | None,
    lang: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run a scenario with fields at many values, in the same worlds each."""
    from .reports import Step, check_place, languages
    from .reports.batch.runs import Ask
    from .reports.batch.sweep import on_one_screen, publish_sweep, run_sweep, to_json, written
    from .scenarios import load
    from .sim.pool import cores

    folder = out or Path("out") / f"{load(scenario, overrides).name}-sweep"
    check_place(folder, written)
    with _lasting(cluster, jobs) as crew:
        ask = Ask(overrides, worlds, seed, jobs or cores(), quiet, crew)
        found = run_sweep(scenario, over, ask, paired=paired)
    with Step("writing chart and page", quiet):
        page = publish_sweep(found, folder)
    if as_json:
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{on_one_screen(found, language)}\n")
    click.echo(page)


@main.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), default="out", help="Folder for runs and page.")
@_worlds
@_jobs
@_cluster
@_quiet
@_seed
@_lang
@_sets
@_json
def compare(
    runs: tuple[str, ...],
    out: Path,
    worlds: int | None,
    jobs: int | None,
    cluster: str | None,
    quiet: bool,
    seed: int | None,
    lang: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Set runs beside each other: folders that runs wrote, or scenarios (NAME@OVERRIDE), run first."""
    from .reports import languages
    from .reports.batch.compare import compare as compared
    from .reports.batch.compare import compare_table, to_json, write_page
    from .reports.batch.runs import Ask
    from .sim.pool import cores

    click.get_current_context().meta[HINT] = f"run the same again to continue; finished runs stay in {out}"
    with _lasting(cluster, jobs) as crew:
        found = compared(runs, out, Ask(overrides, worlds, seed, jobs or cores(), quiet, crew))
    page = write_page(found, runs, out)
    if as_json:
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{compare_table(found, language)}\n")
    click.echo(page)


@main.command()
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
@_worlds
@_jobs
@_quiet
@_seed
@_lang
@_sets
@_json
def calibrate(
    source: str,
    claims: str | None,
    alternative: str | None,
    accounting: str | None,
    within: int | None,
    refine: int,
    method: Literal["auto", "worlds", "emulator"],
    out: Path | None,
    worlds: int | None,
    jobs: int | None,
    quiet: bool,
    seed: int | None,
    lang: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Condition the worlds of a run on published claims.

    Says what they narrow, what stays open, and what to measure next. SOURCE is the folder of a run, or a
    scenario, which is run first.
    """
    from .reports import languages
    from .reports.calibration import Ask, calibration_table, command, run_calibration
    from .reports.calibration.contract import to_json
    from .sim.pool import cores

    named = tuple(name.strip() for name in claims.split(",")) if claims else ()
    ask = Ask(named, alternative, accounting, within, method, refine)
    found, page = run_calibration(
        source,
        ask,
        overrides=overrides,
        out=out,
        worlds=worlds,
        seed=seed,
        jobs=jobs or cores(),
        quiet=quiet,
    )
    if as_json:
        again = to_json(found, command(found, source, overrides))
        click.echo(json.dumps(again, ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{calibration_table(found, language)}\n")
    click.echo(page)


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="NAME",
    help="A column of worlds.parquet, or a part of its name; default saving, NPV and energy.",
)
@_json
def sensitivity(folder: Path, figures: tuple[str, ...], as_json: bool) -> None:
    """Say what any figure of a finished run depends on: Sobol indices, tornado, convergence."""
    from .reports.uncertainty.answer import ask

    answers = ask(folder, figures)
    if as_json:
        click.echo(json.dumps([answer.to_json() for answer in answers], ensure_ascii=False, indent=2))
        return
    for answer in answers:
        click.echo(f"{answer.table()}\n")


def _run_fleet(
    scenario: FleetScenario,
    shown: str,
    out: Path | None,
    seed: int | None,
    lang: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from .reports import check_place, languages, watched_fleet
    from .reports.fleet import fleet_table, publish_fleet, state_fleet

    folder = out or Path("out") / scenario.name
    check_place(folder)
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": seed})
    began = time.monotonic()
    study = watched_fleet(scenario, shown, quiet=quiet)
    statement = state_fleet(study)
    publish_fleet(statement, study, folder, log=f"simulation: {time.monotonic() - began:.1f} s\n")
    if as_json:
        click.echo(json.dumps(statement.to_json(), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{fleet_table(statement, language)}\n")
    click.echo(folder / "report.html")


@contextmanager
def _kept(store: Store) -> Iterator[None]:
    """Leave what is finished for a later ``--resume``, and have every error say how."""
    from .scenarios.errors import InfeasibleError

    try:
        yield
    except InfeasibleError:  # whoever continues meets it again
        store.discard()
        raise
    except BaseException:
        click.get_current_context().meta[HINT] = store.hint()
        raise
    finally:
        store.close()


@contextmanager
def _crew(address: str | None) -> Iterator[Crew | None]:
    """The cluster at an address."""
    if address is None:
        yield None
        return
    from .sim.cluster import Cluster

    with Cluster(address) as cluster:
        yield cluster


@contextmanager
def _lasting(address: str | None, jobs: int | None) -> Iterator[Crew]:
    """The cluster at an address, or processes of this machine that stay for many studies."""
    if address is not None:
        with _crew(address) as crew:
            assert crew is not None
            yield crew
        return
    from .sim.pool import Pool, cores

    with Pool(jobs or cores()) as pool:
        yield pool


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    callback=_a_number,
    metavar="S",
    help="Seconds for each instance.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Placement to write (CSV).")
@click.option("--json", "_as_json", is_flag=True, help="Print JSON; always so.")
@_quiet
def pack(
    files: tuple[Path, ...], time_limit: float | None, out: Path | None, _as_json: bool, quiet: bool
) -> None:
    """Pack instances of public formats: .vbp, ROADEF 2012, openb pods and nodes, machines by flavour."""
    from .optimize.instances import answer, read

    instances = read(files)
    answers = []
    for k, instance in enumerate(instances, 1):
        with _slow(f"packing {instance.name} ({k} of {len(instances)})", quiet):
            answers.append(answer(instance, time_limit))
    if out is not None:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(("instance", "item", "host", "type"))
            for made in answers:
                table.writerows((made.summary["instance"], *place) for place in made.placement)
    found = [made.summary for made in answers]
    click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))


@contextmanager
def _slow(what: str, quiet: bool) -> Iterator[None]:
    """Say what is being done once it has taken two seconds."""
    from threading import Timer

    timer = Timer(2.0, click.echo, (what,), {"err": True})
    timer.daemon = True
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_jobs
@_quiet
def verify(folder: Path, jobs: int | None, quiet: bool) -> None:
    """Run again what a folder says it ran, and compare every file byte by byte."""
    import tempfile

    from .reports import differences, options, publish, state, watched_fleet, watched_study
    from .reports.fleet import publish_fleet, state_fleet
    from .scenarios import FleetScenario, load_any
    from .sim.pool import cores

    made = options(folder)
    loaded = load_any(folder / "scenario.yaml")
    with tempfile.TemporaryDirectory() as temporary:
        again = Path(temporary) / "again"
        if isinstance(loaded, FleetScenario):
            replayed = watched_fleet(loaded, str(folder / "scenario.yaml"), quiet=quiet)
            publish_fleet(state_fleet(replayed), replayed, again)
        else:
            study = watched_study(
                loaded, jobs=jobs or cores(), quiet=quiet, worlds=made.worlds, seed=made.seed
            )
            publish(state(study), study, again)
        found = differences(folder, again)
    if found:
        click.echo("\n".join(found))
        sys.exit(1)
    click.echo("same bytes")


@main.command()
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; default out/fit-NAME.")
@click.option("--reader", help="Format of the trace; found out if not given (docs/traces.md).")
@click.option(
    "--step",
    "step_s",
    type=click.FloatRange(min=0, min_open=True),
    help="Step in seconds; that of the trace.",
)
@click.option("--resource", type=click.Choice(["cpu", "mem"]), default="cpu", show_default=True)
@click.option(
    "--full", type=click.Choice(["1", "100"]), help="Value at full use, where the format leaves it open."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the model's draws."
)
@_quiet
@_lang
@_json
def fit(
    trace: Path,
    out: Path | None,
    reader: str | None,
    step_s: float | None,
    resource: str,
    full: str | None,
    seed: int,
    quiet: bool,
    lang: str | None,
    as_json: bool,
) -> None:
    """Fit the demand model to a trace: a demand file for scenarios, and charts of how well it fits."""
    from .reports import Step, check_place, languages
    from .reports.fit import publish_fit, written
    from .reports.fit_page import fit_table
    from .scenarios.traces import open_trace
    from .sim.fit import fit as fitted

    folder = out or Path("out") / f"fit-{trace.name}"
    check_place(folder, written)
    options = {"step_s": step_s, "resource": resource, "full": int(full) if full else None}
    with (
        Step("reading and fitting", quiet),
        open_trace(trace, reader, **{k: v for k, v in options.items() if v is not None}) as opened,
    ):
        found = fitted(opened, seed=seed)
    with Step("writing charts and page", quiet):
        page = publish_fit(found, folder)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    for language in languages(lang):
        click.echo(f"{fit_table(found, language)}\n")
    click.echo(page)
