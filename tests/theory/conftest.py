"""The record of what the tests here compare."""

from __future__ import annotations

import pytest

from .record import Record


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """See ``record``."""
    return Record(f"{request.path.name}::{request.node.name}")
