"""Here the search for waves is the matter."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def waves_searched(searched: None) -> None:
    """For every file of this folder."""
