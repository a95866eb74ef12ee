"""What the scenario tests share: the minimal scenario, edits of it, and the problems of a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load
from roomfold.scenarios.schema import Scenario

MINIMAL = Path(__file__).with_name("minimal.yaml")


@pytest.fixture(scope="session")
def minimal_path() -> Path:
    """The file of the minimal scenario."""
    return MINIMAL


@pytest.fixture(scope="session")
def minimal() -> Scenario:
    """The minimal scenario."""
    return load(MINIMAL)


@pytest.fixture
def edit(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the minimal scenario with one text replaced: ``edit(old, new)``."""

    def copy(old: str, new: str, folder: Path = tmp_path) -> Path:
        text = MINIMAL.read_text("utf-8")
        assert text.count(old) == 1, old
        path = folder / "s.yaml"
        path.write_text(text.replace(old, new), "utf-8")
        return path

    return copy


@pytest.fixture
def faults() -> Callable[..., list[str]]:
    """Problems of a scenario, one line each, without the folder: ``faults(path)``."""

    def lines(path: Path | str, overrides: Sequence[str] = ()) -> list[str]:
        with pytest.raises(InputError) as caught:
            load(path, overrides)
        assert caught.value.exit_code == 3
        found = str(caught.value).splitlines()
        assert len(found) == len(caught.value.problems)
        return [line.replace(f"{Path(path).parent}{os.sep}", "") for line in found]

    return lines


def pytest_make_parametrize_id(val: object) -> str | None:
    """Short ids for long texts."""
    return val[:30] if isinstance(val, str) and len(val) > 30 else None
