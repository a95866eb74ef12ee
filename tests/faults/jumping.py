"""A system clock that jumps by years all the time, for every library of a process that is started with it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def jumping_clock(folder: Path) -> Path:
    """A library to preload, compiled into a folder; the test is skipped where there can be none."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        pytest.skip("a clock is replaced as Linux links it, with a C compiler")
    library, source = folder / "clock.so", Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library
