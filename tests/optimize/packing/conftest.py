"""What tests of packing share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from roomfold.optimize.packing import patterns

from .steps import Script


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Script]:
    """Put a script in the place of a function of ``patterns``, or of a method."""

    def put(name: str, *answers: Any, then: Any = None, of: Any = patterns) -> Script:
        script = Script(*answers, then=then)
        monkeypatch.setattr(of, name, script)
        return script

    return put
