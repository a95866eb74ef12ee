"""Names out of inventories: compared without spaces, width and capitals, made unique, and kept inert.

Anyone may have written them. They become keys of tables that people open in a spreadsheet, so a name that
would be taken for a formula there begins with an apostrophe.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ..inventory.values import text

MOST_CHARACTERS = 160  # leaves room for what tells two things of one name apart
_FORMULAS = tuple("=+-@＝＋－＠﹢﹣﹦﹫")  # spreadsheets of East Asia take wide ones as well


@lru_cache(maxsize=200_000)
def alike(name: str) -> str:
    """What two writings of one name have in common: no spaces, one width, no capitals."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return "".join(name.split()).casefold()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text, or try to."""
    return text.startswith(_FORMULAS)


def inert(name: str) -> str:
    """A name as one line that no spreadsheet runs, of at most ``MOST_CHARACTERS``."""
    if not name.isprintable():
        name = text(name).replace("\ufffe", "").replace("\uffff", "")
    if len(name) > MOST_CHARACTERS:
        name = name[: MOST_CHARACTERS - 1] + "…"
    return f"'{name}" if is_formula(name) else name.strip()


class Names:
    """Gives each thing a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._count: dict[str, int] = {}

    def take(self, name: str, hint: str | None = None) -> str:
        """The name if it is free, else with the hint, else with a number.

        Args:
            name: inert.
        """
        if name not in self._taken and name:
            self._taken.add(name)
            return name
        hint = inert(hint or "")
        told = f"{name[: MOST_CHARACTERS // 2]} ({hint[: MOST_CHARACTERS // 2]})"
        if hint and told not in self._taken:
            self._taken.add(told)
            return told
        while True:
            number = self._count[name] = self._count.get(name, 1) + 1
            told = f"{name} #{number}"
            if told not in self._taken:
                self._taken.add(told)
                return told
