"""The template of an inventory as a spreadsheet, empty with an example or filled from records.

``columns`` says what each column takes, ``example`` and ``guide`` hold the words, ``write`` draws the sheets.
What is read back is in ``formats/own.py``.
"""

from __future__ import annotations

from .example import Lang
from .write import template, write_template

__all__ = ["Lang", "template", "write_template"]
