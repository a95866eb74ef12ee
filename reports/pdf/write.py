"""A report as PDF, made by typst from a document of blocks.

The template is fixed; the document goes beside it as JSON and reaches typst as strings, which it never
reads as markup. No system font is used and no date is written, so the same document gives the same bytes
wherever the same version of typst makes it. The file is tagged and keeps to PDF/UA-1 (ISO 14289-1).
"""

from __future__ import annotations

import json
import sys
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ...scenarios.errors import RoomfoldError
from ..document.blocks import Document
from .data import data_of

INSTALL = " ".join((sys.executable, "-m", "pip", "install", "typst"))
STANDARD: Literal["ua-1"] = "ua-1"  # tagged, titled, with alternative texts: read aloud by any reader of PDF


def pdf(document: Document) -> bytes:
    """A document as a PDF file.

    Raises:
        RoomfoldError: if the package ``typst`` is not installed, or cannot set the document.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise RoomfoldError(f"a PDF needs the package typst: {INSTALL}") from error
    source = files("roomfold.reports")
    with TemporaryDirectory() as name, as_file(source / "fonts") as fonts:
        folder = Path(name)
        content = json.dumps(data_of(document, folder), ensure_ascii=False)
        (folder / "document.json").write_text(content, encoding="utf-8")
        (folder / "report.typ").write_bytes((source / "pdf" / "report.typ").read_bytes())
        compiler = typst.Compiler(
            folder / "report.typ", root=folder, font_paths=[fonts], ignore_system_fonts=True
        )
        try:
            made = compiler.compile(format="pdf", pdf_standards=STANDARD)
        except typst.TypstError as error:
            raise RoomfoldError(f"typst cannot set this report: {error.message}") from error
    assert isinstance(made, bytes)
    return made
