"""The forms of a run's report, as files: a run writes most of them, and ``remake`` any of them again.

Each is a function of statement, study and command alone, so that whoever makes it again gets the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from ..sim.outcome import Study
from . import manifest
from .messages import LANGS, Lang
from .statement import Statement

if TYPE_CHECKING:
    from .charts import ChartFiles

Form = Literal["html", "docx", "xlsx", "pdf", "charts"]
FORMS: tuple[Form, ...] = ("html", "docx", "xlsx", "pdf", "charts")
OF_A_RUN: tuple[Form, ...] = ("html", "docx", "xlsx", "charts")
PAGE = "report.html"


def lacking(forms: Collection[Form]) -> str | None:
    """What must be installed for forms to be made, in words; None if all is there."""
    if "pdf" not in forms or find_spec("typst") is not None:
        return None
    from .pdf.write import INSTALL

    return f"a PDF needs the package typst: {INSTALL}"


def write_forms(
    statement: Statement,
    study: Study,
    folder: Path,
    command: str,
    forms: Collection[Form] = OF_A_RUN,
    langs: Sequence[Lang] = LANGS,
) -> None:
    """Write forms of a report into a folder.

    The page holds both languages whatever ``langs`` says, and stands beside its charts, to which it leads.

    Args:
        command: what makes the same bytes of the run again.

    Raises:
        RoomfoldError: if a form needs a package that is not installed.
    """
    if "html" in forms:
        forms, shown = {*forms, "charts"}, LANGS
    else:
        shown = tuple(langs)
    with ExitStack() as stack:
        charts: Mapping[tuple[str, str], ChartFiles] = {}
        if {"charts", "docx", "pdf"} & set(forms):
            from .charts import render_all

            place = folder if "charts" in forms else Path(stack.enter_context(TemporaryDirectory()))
            charts = render_all(statement, study, place, manifest.run_id(statement), shown)
        if "html" in forms:
            from .page import page

            text = page(statement, study, charts, command)
            (folder / PAGE).write_text(text, encoding="utf-8", newline="\n")
        for lang in langs:
            _write_documents(statement, folder, command, forms, charts, lang)
            if "xlsx" in forms:
                from .workbook import workbook

                (folder / f"tables.{lang}.xlsx").write_bytes(workbook(statement, study, lang, command))


def _write_documents(
    statement: Statement,
    folder: Path,
    command: str,
    forms: Collection[Form],
    charts: Mapping[tuple[str, str], ChartFiles],
    lang: Lang,
) -> None:
    """The forms that are made of blocks."""
    if not {"docx", "pdf"} & set(forms):
        return
    from .document.compose import compose

    document = compose(statement, charts, command, lang)
    if "docx" in forms:
        from .word import word

        (folder / f"report.{lang}.docx").write_bytes(word(document))
    if "pdf" in forms:
        from .pdf import pdf

        (folder / f"report.{lang}.pdf").write_bytes(pdf(document))
