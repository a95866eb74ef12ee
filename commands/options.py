"""Options that many commands share, so that each is called and explained the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from .language import chosen

if TYPE_CHECKING:
    from ..reports.batch.runs import Ask
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
    cluster: str | None = None

    def ask(self, crew: Crew) -> Ask:
        """The same for a run of many, by a crew."""
        from ..reports.batch.runs import Ask
        from ..sim.pool import cores

        return Ask(self.overrides, self.worlds, self.seed, self.jobs or cores(), self.quiet, crew)


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
    }

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**given: Any) -> None:
            how = Simulating(**{name: given.pop(name) for name in options})
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
