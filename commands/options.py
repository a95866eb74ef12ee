"""Options that many commands share, so that each is called and explained the same everywhere."""

from __future__ import annotations

import math

import click

sets_option = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change one field of the scenario."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
seed_option = click.option("--seed", type=click.IntRange(0), help="Seed of every random stream.")
lang_option = click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), help="Language of the table; default the system's."
)
jobs_option = click.option("--jobs", type=click.IntRange(1), help="Processes; default one per core.")
quiet_option = click.option("--quiet", is_flag=True, help="No progress.")
worlds_option = click.option(
    "--worlds", type=click.IntRange(1, 100_000), help="Number of worlds; default the scenario's."
)
cluster_option = click.option(
    "--cluster", metavar="ADDRESS", help="Simulate on a Dask cluster: tcp://HOST:PORT, or its file."
)


def a_number(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """Refuse nan, which no range does."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value
