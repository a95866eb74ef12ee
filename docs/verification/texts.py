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
UNITS_ZH: Mapping[str, str] = _READ["units"]


def chinese(figure: str) -> str:
    """A figure's name in Chinese; those of several groups of modules are named ``GROUP: NAME``.

    Raises:
        KeyError: it has none.
    """
    names, groups = _READ["figures"], _READ["groups"]
    group, _, name = figure.partition(": ")
    return f"{groups[group]}：{names[name]}" if group in groups else str(names[figure])
