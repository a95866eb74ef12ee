"""What is made of a finished run: its reports again, a page to explore it, a citation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from .language import chosen
from .options import quiet_option, telling
from .printing import tell

FORMS = ("html", "docx", "xlsx", "pdf", "charts")
LANGUAGES = ("zh", "en", "both")

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.command()
@_folder
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="both", show_default=True, help="Of what is made."
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=click.Choice(FORMS),
    help="What to make, may be repeated; default all that a run makes: html, docx, xlsx, charts.",
)
@click.option("--chart", metavar="NAME", help="One chart alone.")
@click.option(
    "--format", "chart_format", type=click.Choice(["svg", "png", "pdf"]), help="Of that chart; default svg."
)
@click.option("--width", help="Of that chart: 8.5cm, 90mm, 3.3in or 600px.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; default DIR-report.")
@quiet_option
def report(
    folder: Path,
    lang: Literal["zh", "en", "both"],
    forms: tuple[Literal["html", "docx", "xlsx", "pdf", "charts"], ...],
    chart: str | None,
    chart_format: Literal["svg", "png", "pdf"] | None,
    width: str | None,
    out: Path | None,
    quiet: bool,
) -> None:
    """Make reports of a finished run again from its folder, without simulating."""
    for option, given in {"--format": chart_format, "--width": width}.items():
        if given is not None and chart is None:
            raise click.UsageError(f"{option} goes only with --chart.")
    if chart is not None and forms:
        raise click.UsageError("--chart makes one chart alone: leave --form out.")
    from ..reports import Step, languages, manifest
    from ..reports.forms import OF_A_RUN
    from ..reports.remake import OneChart, Wish, remake

    one = None if chart is None else OneChart(chart, chart_format or "svg", width)
    wish = Wish(languages(lang), forms or OF_A_RUN, one)
    wish.check()
    manifest.made(folder)
    with Step("reports", telling(lang, quiet=quiet)):
        made = remake(folder, out, wish)
    tell("\n".join(str(path) for path in made))


@click.command()
@_folder
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; default DIR-explore.html beside the run."
)
@quiet_option
def explore(folder: Path, out: Path | None, quiet: bool) -> None:
    """Write a page with sliders over what matters most: what if it were otherwise?"""
    from ..reports import Step, manifest
    from ..reports.explore import explore as explored

    manifest.made(folder)
    with Step("sliders", telling(None, quiet=quiet)):
        page = explored(folder, out)
    tell(page)


@click.command()
@_folder
@click.argument("item", required=False)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    callback=chosen,
    help="Of the citation; default the system's.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["gb", "bibtex", "both"]),
    default="both",
    show_default=True,
    help="GB/T 7714, BibTeX, or both.",
)
@click.option("--url", help="Where the run was published.")
@click.option("--accessed", type=click.DateTime(["%Y-%m-%d"]), help="Day on which it was seen there.")
def cite(
    folder: Path,
    item: str | None,
    lang: str | None,
    form: Literal["gb", "bibtex", "both"],
    url: str | None,
    accessed: datetime | None,
) -> None:
    """Print a citation of a run, or of one ITEM of it: a figure, a table, a published figure, a file."""
    if (url is None) != (accessed is None):
        raise click.UsageError("--url and --accessed go together.")
    from ..reports import languages
    from ..reports.cite import Place
    from ..reports.cite import cite as cited

    place = None if url is None or accessed is None else Place(url, accessed.date())
    for language in languages(lang):
        tell(cited(folder, item, lang=language, form=form, place=place))
