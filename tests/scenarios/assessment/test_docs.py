"""The page on assessments holds every code with its texts, and every date of support."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from roomfold.scenarios.assessment import REASONS
from roomfold.scenarios.assessment.support import ENDS, OPEN

PAGE = Path(str(files("roomfold"))) / "docs" / "assessment.md"


def test_the_page_holds_every_code_and_date() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    kinds = {"stays": "stays", "care": "needs care", "note": "note"}
    listed = [line for line in lines if line.startswith("| `")]
    assert listed == [f"| `{code}` | {kinds[r.kind]} | {r.en} | {r.zh} |" for code, r in REASONS.items()]
    start = lines.index("| system | last day of support |") + 2
    for known, line in zip(ENDS.values(), lines[start : start + len(ENDS)], strict=True):
        days = [day.isoformat() for _, day in known if day != OPEN]
        assert [part[-10:] for part in line.rstrip(" |").split(", ")] == days
