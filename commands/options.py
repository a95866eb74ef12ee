"""Options that many commands share, so that each is called and explained the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .language import Language, chosen, spoken, user_language
from .printing import tell

if TYPE_CHECKING:
    from ..reports.batch.runs import Ask
    from ..scenarios import FleetScenario, Scenario, Trust
    from ..sim.crew import Crew

sets_option = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change one field of the scenario."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
seed_option = click.option("--seed", type=click.IntRange(0), help="Seed of every random stream.")
lang_option = click.option(
    "--lang",
    type=click.Choice(["zh", "en", "both"]),
    callback=chosen,
    help="Language of the table; default the system's.",
)
jobs_option = click.option("--jobs", type=click.IntRange(1), help="Processes; default one per core.")
quiet_option = click.option("--quiet", is_flag=True, help="No progress.")
worlds_option = click.option(
    "--worlds", type=click.IntRange(1, 100_000), help="Number of worlds; default the scenario's."
)
allow_code_option = click.option(
    "--allow-code", is_flag=True, help="Run code that the scenario names: do so only if you trust it."
)
allow_files_option = click.option(
    "--allow-files",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Let the scenario read files in this folder as well, or this file.",
)
cluster_option = click.option(
    "--cluster", metavar="ADDRESS", help="Simulate on a Dask cluster: tcp://HOST:PORT, or its file."
)


@dataclass(frozen=True)
class Simulating:
    """How scenarios are to be simulated; what is None is left to the scenario or the machine."""

    overrides: tuple[str, ...]
    worlds: int | None
    seed: int | None
    jobs: int | None
    quiet: bool
    trust: Trust
    cluster: str | None = None

    @property
    def told(self) -> Language | None:
        """The language to tell progress in."""
        return telling(None, quiet=self.quiet)

    def ask(self, crew: Crew) -> Ask:
        """The same for a run of many, by a crew."""
        from ..reports.batch.runs import Ask
        from ..sim.pool import cores

        jobs = self.jobs or cores()
        return Ask(self.overrides, self.worlds, self.seed, jobs, self.told, crew, self.trust)


def trust(allow_code: bool, allow_files: tuple[Path, ...]) -> Trust:
    """What the user allows a scenario."""
    from ..scenarios import Trust

    return Trust("run" if allow_code else "refused", tuple(path.resolve() for path in allow_files))


def telling(lang: str | None, *, quiet: bool) -> Language | None:
    """The language to tell progress in: that asked for, if it is one, else the user's; None for silence."""
    if quiet:
        return None
    return "zh" if lang == "zh" else "en" if lang == "en" else user_language()


def tell_code(scenario: Scenario | FleetScenario, quiet: bool) -> None:
    """Say which code of the user's own is about to be run."""
    from ..scenarios import own_code

    if not quiet:
        for code in own_code(scenario):
            tell(spoken(f"will run {code}", user_language()), err=True)


def tell_code_of(asked: Sequence[str], how: Simulating) -> None:
    """The same for scenarios that are loaded later, one by one; one that cannot be is told of then."""
    from ..scenarios import RoomfoldError, load_any

    for text in asked if how.trust.code == "run" and not how.quiet else ():
        with suppress(RoomfoldError, OSError):
            tell_code(load_any(text, how.overrides, how.trust), how.quiet)


def simulating(*, elsewhere: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options of a command that simulates, which gets them as its argument ``how``.

    Args:
        elsewhere: whether it can simulate on a cluster.
    """
    options = {
        "worlds": worlds_option,
        "jobs": jobs_option,
        **({"cluster": cluster_option} if elsewhere else {}),
        "quiet": quiet_option,
        "seed": seed_option,
        "overrides": sets_option,
        "allow_code": allow_code_option,
        "allow_files": allow_files_option,
    }

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**given: Any) -> None:
            allowed = trust(given.pop("allow_code"), given.pop("allow_files"))
            how = Simulating(trust=allowed, **{name: given.pop(name) for name in options if name in given})
            if how.cluster and how.jobs:
                raise click.UsageError(
                    "--jobs is for this machine and --cluster for others: give one of them."
                )
            command(how=how, **given)

        made: Callable[..., None] = called
        for option in reversed(options.values()):
            made = option(made)
        return made

    return decorated


def a_number(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """Refuse nan, which no range does."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value
