"""What decides a run's bytes beside its scenario and seed: versions, and the code itself."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from .. import __version__

LIBRARIES = (
    "numpy",
    "scipy",
    "pulp",
    "highspy",
    "simpy",
    "numba",
    "matplotlib",
    "pillow",
    "pyarrow",
    "jinja2",
    "fonttools",
    "python-docx",
    "lxml",
    "xlsxwriter",
)
CODE = ("scenarios", "optimize", "sim")
CODE_DIGITS = 12


@cache
def stamp() -> dict[str, str]:
    """Name and version of everything here that can change a byte of a world's results.

    ``code`` is a hash of the package's own modules, since a clone changes without its version.
    """
    return {
        "roomfold": __version__,
        "code": _code(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **libraries(),
    }


def libraries() -> dict[str, str]:
    """Versions of the libraries that make results and reports."""
    return {name: version(name) for name in LIBRARIES}


def difference(there: Mapping[str, str], here: Mapping[str, str]) -> str | None:
    """The first thing that differs between two stamps in words, None if nothing does."""
    for name in here:
        if there.get(name) != here[name]:
            return f"{name} {there.get(name, 'unknown')}, here {here[name]}"
    return None


def _code() -> str:
    root = Path(__file__).parent.parent
    digest = sha256()
    for path in sorted(path for part in CODE for path in (root / part).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:CODE_DIGITS]
