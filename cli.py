"""The command line: `roomfold run SCENARIO` and the commands around it.

Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 failed, 2 usage, 3 invalid input,
4 infeasible plan or failed solver, 130 stopped by Ctrl-C, 143 by SIGTERM. Everything heavy is imported
inside the commands, so that ``roomfold --help`` answers at once.
"""

from __future__ import annotations

import sys

import click

from . import __version__
from .commands.answers import calibrate, sensitivity
from .commands.batch import compare, sweep
from .commands.completion import completion
from .commands.doctor import doctor
from .commands.explain import explain
from .commands.fit import fit
from .commands.group import Group
from .commands.new import new
from .commands.plan import pack, plan
from .commands.reports import cite, explore, report
from .commands.run import run, verify
from .commands.scenarios import check, list_scenarios, schema


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="roomfold")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Fold many small machine rooms into a few cloud sites, and state what that saves."""
    ctx.obj = debug
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


for command in (
    new,
    list_scenarios,
    check,
    schema,
    plan,
    run,
    sweep,
    compare,
    calibrate,
    sensitivity,
    report,
    explore,
    explain,
    cite,
    pack,
    verify,
    fit,
    completion,
    doctor,
):
    main.add_command(command)
