"""The command line: `roomfold run SCENARIO` and the commands around it.

Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 failed, 2 usage, 3 invalid input,
4 infeasible plan, 130 interrupted. Everything heavy is imported inside the commands, so that
``roomfold --help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from . import __version__
from .commands.answers import calibrate, sensitivity
from .commands.batch import compare, sweep
from .commands.crews import HINT
from .commands.fit import fit
from .commands.plan import pack, plan
from .commands.reports import cite, explore, report
from .commands.run import run, verify
from .commands.scenarios import check, list_scenarios, schema

INTERRUPTED = 130


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


for command in (
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
    cite,
    pack,
    verify,
    fit,
):
    main.add_command(command)
