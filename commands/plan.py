"""Plans without simulation, and packing of public instances."""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .language import spoken, user_language
from .options import (
    a_number,
    allow_code_option,
    allow_files_option,
    jobs_option,
    json_option,
    lang_option,
    quiet_option,
    seed_option,
    sets_option,
    tell_code,
    telling,
    trust,
)
from .printing import print_found, print_json, tell

if TYPE_CHECKING:
    from ..scenarios import Scenario


@click.command()
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
    callback=a_number,
    help="Seconds after which the search ends with the best plan so far.",
)
@click.option("--alternative", help="Of the frontier; default the first that builds a cloud.")
@click.option("--points", type=click.IntRange(1, 100), help="Plans tried for the frontier; default 12.")
@click.option("--worlds", type=click.IntRange(1, 1000), help="For each of them; default 1.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default out/NAME-frontier.")
@jobs_option
@quiet_option
@lang_option
@seed_option
@sets_option
@allow_code_option
@allow_files_option
@json_option
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
    allow_code: bool,
    allow_files: tuple[Path, ...],
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
    from ..scenarios import load

    loaded = load(scenario, overrides, trust(allow_code, allow_files))
    tell_code(loaded, quiet)
    if aims is not None:
        ask = {"points": points, "worlds": worlds, "seed": seed, "jobs": jobs}
        _frontier(loaded, aims, alternative, out, ask, lang, quiet=quiet, as_json=as_json)
        return
    from ..optimize.check import RULES, assured
    from ..optimize.conflict import ConflictError
    from ..optimize.endings import time_limit
    from ..optimize.explain import plan_or_explain
    from ..optimize.summary import summary
    from ..scenarios.draw import draw_world

    world = draw_world(loaded, index or 0, seed)
    began = time.monotonic()
    try:
        with _slow("planning", quiet), time_limit(seconds):
            plans = [plan_or_explain(loaded, name, world) for name in loaded.alternatives]
    except ConflictError as error:
        if not as_json:
            raise
        print_json(error.conflict.to_json())
        sys.exit(error.exit_code)
    stopped = seconds is not None and time.monotonic() - began >= seconds
    entries = [summary(loaded, world, assured(loaded, world, made)) for made in plans]
    if seconds is not None:
        entries = [entry | {"time_limit_reached": stopped} for entry in entries]
    if as_json:
        print_json(entries)
        return
    wide = max(len(key) for entry in entries for key in entry)
    for entry in entries:
        for key, value in entry.items():
            text = f"{value:,.4f}" if isinstance(value, float) else value
            tell(f"{key:<{wide}}  {', '.join(text) if isinstance(text, list) else text}")
        click.echo()
    if stopped:
        reached = f"the time limit of {seconds:g} s was reached; the gap says what is open"
        click.echo(spoken(reached, user_language()))
    click.echo(spoken(f"checked: {len(RULES)} rules, no violation", user_language()))


def _frontier(
    loaded: Scenario,
    aims: str,
    alternative: str | None,
    out: Path | None,
    ask: dict[str, int | None],
    lang: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from ..reports import Step, check_place
    from ..reports.frontier import frontier_table, publish_frontier, to_json, written
    from ..reports.watch import watched_frontier

    folder = out or Path("out") / f"{loaded.name}-frontier"
    check_place(folder, written)
    found = watched_frontier(loaded, alternative, aims.split(","), told=telling(lang, quiet=quiet), **ask)
    with Step("page", telling(lang, quiet=quiet)):
        page = publish_frontier(found, folder)
    print_found(as_json, lang, lambda: to_json(found), partial(frontier_table, found), page)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    callback=a_number,
    metavar="S",
    help="Seconds for each instance.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Placement to write (CSV).")
@click.option("--json", "_as_json", is_flag=True, help="Print JSON; always so.")
@quiet_option
def pack(
    files: tuple[Path, ...], time_limit: float | None, out: Path | None, _as_json: bool, quiet: bool
) -> None:
    """Pack instances of public formats: .vbp, ROADEF 2012, openb pods and nodes, machines by flavour."""
    from ..optimize.instances import answer, read
    from ..reports.inert import in_csv
    from ..sim.durable import write_asked

    instances = read(files)
    answers = []
    for k, instance in enumerate(instances, 1):
        with _slow(f"packing {instance.name} ({k} of {len(instances)})", quiet):
            answers.append(answer(instance, time_limit))
    if out is not None:
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(("instance", "item", "host", "type"))
        for made in answers:
            rows = ((made.summary["instance"], *place) for place in made.placement)
            table.writerows([in_csv(cell) for cell in row] for row in rows)
        write_asked(out, text.getvalue().encode("utf-8-sig"))
    found = [made.summary for made in answers]
    print_json(found[0] if len(found) == 1 else found)


@contextmanager
def _slow(what: str, quiet: bool) -> Iterator[None]:
    """Say what is being done once it has taken two seconds."""
    from threading import Timer

    timer = Timer(2.0, click.echo, (spoken(what, user_language()),), {"err": True})
    timer.daemon = True
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
