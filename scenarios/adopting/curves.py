"""Which power curve stands for a machine: that of its processor, else the median of its generation.

The library's curves are measured machines and medians over years (``era-2012-13``). A machine of which
neither processor nor model is known has no curve here: it is drawn from what was bought in its year.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from ..terms import Grade
from .generations import machine_year, processor, processor_year

_ERA = re.compile(r"era-(\d{4})-(\d{2})")
_MAKERS = re.compile(
    r"hewlett-?packard|enterprise|\b(?:hpe?|dell|inspur|huawei|sugon|ibm|lenovo|h3c|supermicro|fusion|server|"
    r"fusionserver|poweredge|proliant|system)\b",
    re.IGNORECASE,
)
_SPECIMEN = re.compile(r"\(r\)|\(tm\)|®|™|@.*$|[\d.]+\s*[gm]hz|\bcpu\b|processor|处理器", re.IGNORECASE)
_NOISE = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")


class Choice(NamedTuple):
    """A curve and why it was chosen.

    Attributes:
        curve: key of hardware.curves.
        why: ``machine`` (this model, with this processor if one is named), ``processor`` (another machine
            with this processor), ``generation`` (median of the processor's years) or ``line`` (median of
            the years of this line of servers).
    """

    curve: str
    why: str
    grade: Grade


class _Curve(NamedTuple):
    name: str
    processor: str
    model: str
    year: int


class Curves:
    """The curves of a scenario, findable.

    Args:
        listed: ``hardware.curves`` as plain values.
    """

    def __init__(self, listed: Mapping[str, Mapping[str, object]]) -> None:
        self.names: frozenset[str] = frozenset(listed)
        self._machines: list[_Curve] = []
        self._eras: list[tuple[int, int, str]] = []
        for name, curve in sorted(listed.items()):
            era = _ERA.fullmatch(name)
            if era:
                first = int(era[1])
                self._eras.append((first, first // 100 * 100 + int(era[2]), name))
            else:
                year = curve["year"]
                assert isinstance(year, int)
                cpu = processor(_key(_SPECIMEN.sub(" ", str(curve["cpu"]))))
                self._machines.append(_Curve(name, cpu, _model(str(curve["name"])), year))
        self._eras.sort()
        self._found: dict[tuple[str | None, str | None], Choice | None] = {}

    def choose(self, cpu_model: str | None, model: str | None) -> Choice | None:
        """The curve of a machine by its processor and its maker's name for it; None if both say nothing."""
        key = (cpu_model, model)
        if key not in self._found:
            self._found[key] = self._choose(cpu_model or "", model or "")
        return self._found[key]

    def _choose(self, cpu_model: str, model: str) -> Choice | None:
        cpu, machine = _key(_SPECIMEN.sub(" ", cpu_model)), _key(model)
        exact = processor(cpu)
        same = [each for each in self._machines if exact and each.processor == exact]
        modelled = [each for each in self._machines if machine and _is_model(each.model, machine)]
        both = [each for each in same if each in modelled]
        if both:
            return Choice(both[0].name, "machine", "S")
        if same:
            return Choice(same[0].name, "processor", "W")
        if year := processor_year(cpu):
            return self._median(year, "generation", "W")
        if modelled and not cpu:
            return Choice(modelled[0].name, "machine", "W")
        if year := machine_year(machine) or processor_year(machine):
            return self._median(year, "line", "A")
        return None

    def _median(self, year: int, why: str, grade: Grade) -> Choice | None:
        """The median over the years that hold a year, or are nearest."""
        if not self._eras:
            return None
        *_, name = min(self._eras, key=lambda era: (max(era[0] - year, year - era[1], 0), era[0]))
        return Choice(name, why, grade)


def _is_model(model: str, machine: str) -> bool:
    """Whether a machine's name has that of a model in it: dl380g5, but not in dl380g50."""
    at = machine.find(model) if model else -1
    return at >= 0 and not machine[at + len(model) :][:1].isdigit()


def _key(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


def _model(name: str) -> str:
    return _key(_MAKERS.sub(" ", name)).replace("gen", "g")
