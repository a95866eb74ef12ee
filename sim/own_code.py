"""Code of the user's own: a file or an installed module that a scenario names.

The only place of the package that runs what a scenario names; it asks for the word of whoever loaded the
scenario each time, in every process, and runs a file only if it is still the one whose hash was told.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from ..scenarios.errors import InputError, Problem
from ..scenarios.fleet import FleetScenario
from ..scenarios.loader import own_code
from ..scenarios.schema import Scenario
from ..scenarios.user_files import ALLOW_CODE, SUFFIX


def check_allowed(scenario: Scenario | FleetScenario) -> None:
    """Make sure that a scenario may run what it names, and open what it names.

    The loader refuses before any work; this holds for a scenario that came otherwise: made in Python, sent
    by another process, or loaded as the record of a finished run.

    Raises:
        InputError: it names code of the user's own and was not loaded with leave to run it, or is a record.
    """
    trust = scenario.trust
    for code in own_code(scenario):
        if trust.code != "run":
            message = f"got {code.name!r}, code of your own, must be allowed by {ALLOW_CODE}"
            raise InputError([Problem(scenario.name, 0, 0, code.field, message)])
    if trust.recorded:
        message = "got the record of a finished run, must be loaded to be run"
        raise InputError([Problem(scenario.name, 0, 0, "", message)])


class _AsWritten(SourceFileLoader):
    """Runs a file as it can be read, and as its hash was told.

    Python would rather take a compiled file from ``__pycache__`` beside it, and believe one that says it
    need not be compared; whoever sends a scenario could send one of those that does something else.
    The bytes whose hash is taken are those that run: the file may change in between.
    """

    def __init__(self, name: str, place: str, digest: str | None) -> None:
        super().__init__(name, place)
        self._digest = digest

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        if self._digest not in (None, sha256(source).hexdigest()):
            raise ImportError(f"was changed after the scenario was read (SHA-256 was {self._digest})")
        return self.source_to_code(source, path)


def module_named(place: str, digest: str | None) -> ModuleType:
    """The module in a file ``FILE.py``, which is run, or the installed one of that name.

    Args:
        digest: SHA-256 that the file must have; None for a module, and for a file of which none was told.

    Raises:
        Exception: whatever the code raises when it is loaded; FileNotFoundError if there is no such file,
            ImportError if it is another than was told.
    """
    if not place.endswith(SUFFIX):
        return importlib.import_module(place)
    path = Path(place)
    if not path.is_file():
        raise FileNotFoundError("no such file")
    name = f"roomfold_own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_AsWritten(name, place, digest))
    assert spec is not None and spec.loader is not None  # a loader was given
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their own module
    spec.loader.exec_module(module)
    return module
