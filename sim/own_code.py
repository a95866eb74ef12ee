"""Code of the user's own: a file or an installed module that a scenario names."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ..scenarios.user_files import SUFFIX


def module_named(place: str) -> ModuleType:
    """The module in a file ``FILE.py``, which is run, or the installed one of that name.

    Raises:
        Exception: whatever the code raises when it is loaded; FileNotFoundError if there is no such file.
    """
    if not place.endswith(SUFFIX):
        return importlib.import_module(place)
    path = Path(place)
    spec = importlib.util.spec_from_file_location(f"roomfold_own_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError("no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their own module
    spec.loader.exec_module(module)
    return module
