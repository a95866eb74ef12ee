"""A PDF as poppler reads it, and texts as they can be looked for in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


def printed(file: Path, *options: str) -> str:
    """The text of a PDF; a form feed ends every page."""
    read = ["pdftotext", *options, str(file), "-"]
    return subprocess.run(read, capture_output=True, check=True).stdout.decode("utf-8")


def joined(text: str) -> str:
    """Text without what breaking it into lines adds."""
    return re.sub(r"[\s\u2060]", "", text)
