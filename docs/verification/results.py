"""A part's result: figures with their targets, rows of a table, and what it was made with."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roomfold import __version__
from roomfold.sim import stamp

HERE = Path(__file__).parent
COMMAND = "python -m roomfold.docs.verification --only"
Row = Mapping[str, Any]
_HOLDS = {
    "<=": lambda value, target: value <= target,
    ">=": lambda value, target: value >= target,
    "=": lambda value, target: value == target,
}


@dataclass(frozen=True)
class Figure:
    """One number.

    Attributes:
        target: ``<= x``, ``>= x`` or ``= x``; another text, or none, where nothing is promised.
    """

    name: str
    value: float | str
    target: str | None = None
    unit: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        sign, _, number = (self.target or "").partition(" ")
        if sign not in _HOLDS or isinstance(self.value, str):
            return None
        return bool(_HOLDS[sign](self.value, float(number.replace(",", ""))))


@dataclass(frozen=True)
class Result:
    """What one part found."""

    part: str
    figures: Sequence[Figure]
    rows: Sequence[Row] = ()
    parts: Sequence[str] = stamp.MODEL
    more: Mapping[str, Any] = field(default_factory=dict)

    def save(self, folder: Path = HERE) -> None:
        """Write ``PART.json``."""
        content = {
            "made_with": made_with(self.parts),
            "command": f"{COMMAND} {self.part}",
            "figures": [
                {"name": f.name, "value": f.value, "target": f.target, "unit": f.unit} for f in self.figures
            ],
            **self.more,
            "rows": list(self.rows),
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        (folder / f"{self.part}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def made_with(parts: Sequence[str] = stamp.MODEL) -> dict[str, Any]:
    """Versions, and the hash of the code whose behaviour a result shows."""
    return {
        "roomfold": __version__,
        "code": stamp.code(tuple(parts)),
        "of": list(parts),
        "python": platform.python_version(),
        "numpy": stamp.libraries()["numpy"],
        "platform": f"{platform.system()} {platform.machine()}",
    }


def load(part: str, folder: Path = HERE) -> dict[str, Any] | None:
    """A part's result as written; None if it has not been made yet."""
    path = folder / f"{part}.json"
    if not path.exists():
        return None
    content = json.loads(path.read_text("utf-8"))
    return content if "figures" in content else _fuzzed(content)


def _fuzzed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The campaign of mutated inputs, which states its own limits."""
    limits = content["limits"]
    figures = [
        {"name": "mutated inputs", "value": content["inputs"], "target": ">= 100000"},
        {"name": "inputs guided by the code they reach", "value": content["guided_inputs"]},
        {"name": "tracebacks, hangs and other faults", "value": content["faults"], "target": "= 0"},
        {
            "name": "slowest input",
            "value": content["slowest_cpu_s"],
            "target": f"<= {limits['cpu_s']}",
            "unit": "s of CPU",
        },
        {
            "name": "most memory",
            "value": content["highest_rss_mb"],
            "target": f"<= {limits['address_space_gb'] * 1024}",
            "unit": "MB",
        },
    ]
    rows = [{"target": name, **found} for name, found in content["targets"].items()]
    made = content.get("made_with", {"code": "unknown", "of": list(stamp.MODEL)})
    return {"made_with": made, "command": content["command"], "figures": figures, "rows": rows}


def figures_of(content: Mapping[str, Any]) -> list[Figure]:
    """The figures of a result as written; a campaign may leave target and unit out."""
    return [
        Figure(row["name"], row["value"], row.get("target"), row.get("unit") or "")
        for row in content["figures"]
    ]
