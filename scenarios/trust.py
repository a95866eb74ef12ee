"""What a scenario may have done on this machine, and by whose word.

A scenario may come from anybody. By itself it may read files below its own folder and those of the library,
and no more. Whoever loads it may allow more, for this time: that code it names is run, that files in other
folders are read. The word goes with the loaded scenario, to other processes too, and is no part of what is
written out, so no file can grant it to itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import PrivateAttr

from .quantity import Spec


@dataclass(frozen=True)
class Trust:
    """What is allowed.

    Attributes:
        code: what becomes of code of the user's own: a scenario that names some is refused; it may be named
            and is not run; it is run.
        folders: absolute; files below them may be read as well.
        recorded: the scenario is the record of a finished run that is only read: no trace or code that it
            names is opened, so these may lie anywhere, or be gone.
    """

    code: Literal["refused", "named", "run"] = "refused"
    folders: tuple[Path, ...] = ()
    recorded: bool = False


NOTHING_MORE = Trust()
RECORD = Trust(code="named", recorded=True)


@dataclass(frozen=True)
class _Word:
    """What was said of a scenario, which is no part of it: two are equal whatever was said of each."""

    trust: Trust = field(default=NOTHING_MORE, compare=False)


class Trusted(Spec):
    """A scenario that remembers what it was allowed when it was loaded; by itself nothing more."""

    _word: _Word = PrivateAttr(default=_Word())

    @property
    def trust(self) -> Trust:
        """What it may have done."""
        return self._word.trust

    def trusted(self, trust: Trust) -> None:
        """Note what it may have done; for the loader."""
        self._word = _Word(trust)
