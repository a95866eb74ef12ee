"""The formats that are read, each as data: ``form`` says how, the others list them."""

from __future__ import annotations

from . import cloud, ledgers, own, rvtools
from .form import AUTO, Column, Format, header_key, header_text

FORMATS: tuple[Format, ...] = (*rvtools.FORMATS, *cloud.FORMATS, *ledgers.FORMATS, *own.FORMATS)

__all__ = ["AUTO", "FORMATS", "Column", "Format", "header_key", "header_text"]
