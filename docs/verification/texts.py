"""The words of the dossier (``texts.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from .results import HERE


class Text(NamedTuple):
    """A part's words: its name, what it shows and what it does not, in both languages."""

    title: str
    title_zh: str
    shown: str
    not_shown: str
    shown_zh: str
    not_shown_zh: str


_READ = tomllib.loads((HERE / "texts.toml").read_text("utf-8"))
PARTS: Mapping[str, Text] = {name: Text(**words) for name, words in _READ["parts"].items()}
FIGURES_ZH: Mapping[str, str] = _READ["figures"]
