"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("PYTHONFAULTHANDLER", "1")  # processes that tests start say where they hang, if aborted


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of public traces and benchmark instances; tests that need it are skipped without it."""
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        pytest.skip("ROOMFOLD_REFERENCE_DATA is not set")
    return Path(folder)
