"""What decides a run's bytes beside its scenario and seed: versions, and the code itself."""

from __future__ import annotations

import platform
import re
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
MODEL, REPORTS = ("scenarios", "optimize", "sim"), ("reports",)  # parts of the package
CODE_DIGITS = 12
MODULE = ".py"
PASSED_OVER = {"__pycache__", "library"}  # a scenario counts by its own fingerprint
# A text, as it stands; or a line's end with comments and empty lines, which mean nothing.
# No possessive quantifiers: Python 3.11 read them wrongly before 3.11.5.
_TEXT_OR_END = re.compile(
    rb'''("""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}'''
    rb"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')"""
    rb"|(?:[ \t\r\f]*(?:#[^\n]*)?\n)+",
    re.DOTALL,
)


@cache
def stamp() -> dict[str, str]:
    """Name and version of everything here that can change a byte of a world's results.

    ``code`` is that of the model, since a clone changes without its version.
    """
    return {
        "roomfold": __version__,
        "code": code(),
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


@cache
def code(parts: tuple[str, ...] = MODEL) -> str:
    """Hash of all modules and other files of parts of the package, comments and empty lines left out."""
    root = Path(__file__).parent.parent
    digest = sha256()
    for path in sorted(path for part in parts for path in (root / part).rglob("*") if path.is_file()):
        name = path.relative_to(root)
        if PASSED_OVER.isdisjoint(name.parts):
            digest.update(name.as_posix().encode() + b"\0")
            digest.update(bare(path.read_bytes()) if path.suffix == MODULE else path.read_bytes())
    return digest.hexdigest()[:CODE_DIGITS]


def bare(source: bytes) -> bytes:
    """A module without comments, empty lines and blanks at the ends of lines; its texts stay to the byte."""
    return _TEXT_OR_END.sub(lambda found: found[1] or b"\n", source + b"\n").lstrip(b"\n")
