"""What is installed is what was pinned: each requirement has version and hashes, and comes from an index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[\w,.-]+\])?==(?P<version>[0-9][\w.+!-]*)"
    r"(?P<marker>\s*;[^\\]*?)?(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(file: str) -> None:
    text = re.sub(r"^\s*#.*$", "", (ROOT / file).read_text("utf-8"), flags=re.MULTILINE)
    entries = [" ".join(e.split()) for e in re.split(r"\n(?=\S)", text.replace("\\\n", " ")) if e.strip()]
    assert entries
    for entry in entries:
        assert PIN.fullmatch(entry), entry
    asked = [entry.partition(" --hash")[0] for entry in entries]  # a name twice only for unlike machines
    assert len({re.sub(r"==[^ ;]*", "", text).lower() for text in asked}) == len(asked)


def test_nothing_comes_from_elsewhere() -> None:
    """No address, no other index, no file: not in the pins, and not in what the pins are made of."""
    for file in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        lines = (ROOT / file).read_text("utf-8").splitlines()
        wrong = [
            line
            for line in lines
            if re.search(r"git\+|@\s*(https?|file):|--(extra-)?index-url|^\s*-[ef] ", line)
        ]
        assert not wrong, f"{file}: {wrong}"


def test_the_set_up_insists_on_hashes() -> None:
    for file in ("go.py", ".ci/run"):
        text = (ROOT / file).read_text("utf-8")
        assert text.count("--require-hashes") >= 1, file
