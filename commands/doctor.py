"""Whether this machine can do the work, as the command line says it; ``machine`` looks."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .language import spoken, user_language
from .options import json_option
from .printing import print_json

if TYPE_CHECKING:
    from .machine import Finding


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look whether this machine can do the work, and say what to do where it cannot.

    Exit code 1 if something is a problem; a warning is none.
    """
    from .machine import findings

    found = findings()
    worst = max(found, key=lambda finding: ("ok", "warning", "problem").index(finding.state)).state
    if as_json:
        print_json({"state": worst, "findings": [asdict(finding) for finding in found]})
    else:
        language = user_language()
        for finding in found:
            state, check, told, advice = (spoken(text, language, "doctor") for text in _texts(finding))
            colon = "：" if language == "zh" else ": "
            click.echo(f"{state:<9}{check}{colon}{told}")
            if advice:
                click.echo(f"{'':<9}-> {advice}")
        click.echo(spoken(_CLOSING[worst], language, "doctor"))
    sys.exit(int(worst == "problem"))


def _texts(finding: Finding) -> tuple[str, str, str, str]:
    return finding.state, finding.check, finding.found, finding.advice


_CLOSING = {
    "ok": "All is well.",
    "warning": "It works; the warnings say what could be better.",
    "problem": "Something is in the way: see the problems above.",
}
