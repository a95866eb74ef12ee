"""Demand models from traces."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from .options import json_option, lang_option, quiet_option, telling
from .printing import print_found


@click.command()
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
@quiet_option
@lang_option
@json_option
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
    from ..reports import Step, check_place
    from ..reports.fit import publish_fit, written
    from ..reports.fit_page import fit_table
    from ..scenarios.traces import open_trace
    from ..sim.fit import fit as fitted

    folder = out or Path("out") / f"fit-{trace.name}"
    check_place(folder, written)
    options = {"step_s": step_s, "resource": resource, "full": int(full) if full else None}
    with (
        Step("fit", telling(lang, quiet=quiet)),
        open_trace(trace, reader, **{k: v for k, v in options.items() if v is not None}) as opened,
    ):
        found = fitted(opened, seed=seed)
    with Step("page", telling(lang, quiet=quiet)):
        page = publish_fit(found, folder)
    print_found(as_json, lang, found.to_json, partial(fit_table, found), page)
