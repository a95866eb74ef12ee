"""Fields that have another name now, and how a name that means a field is told.

A field that is renamed gets an entry in ``RENAMED``; ``roomfold check --fix`` then rewrites it. One whose
meaning changed gets an entry in ``REPLACED``, and is only explained: no program can know the new value.
An entry stays as long as files with the old name may be about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from .tree import Path

# Path of the old field, * for any one name or position -> its name now, in the same section.
RENAMED: Mapping[str, str] = {}

# Path of the old field -> what to write in its place.
REPLACED: Mapping[str, str] = {
    "prices.electricity_cloud_cny_per_kwh": (
        "electricity_cloud_ratio: the tariff of the cloud site over that of the machine rooms"
    ),
    "alternatives.*.migration.mandates": "a rule of kind must_cloud under policy",
    "alternatives.*.migration.coverage": "a rule of kind coverage under policy",
    "alternatives.*.migration.strict": "strict in each rule under policy",
}

_AMERICAN = (("utilization", "utilisation"), ("virtualize", "virtualise"), ("aging", "ageing"))


def new_name(path: Path, known: Collection[str], renamed: Mapping[str, str] = RENAMED) -> str | None:
    """The name that a field has now: the one it was renamed to, or the one it is another spelling of.

    Args:
        path: of the field as it is written.
        known: fields that its section may have.
    """
    for pattern, name in renamed.items():
        if _matches(path, pattern):
            return name
    alike = [name for name in known if _plain(name) == _plain(str(path[-1]))]
    return alike[0] if len(alike) == 1 else None


def replacement(path: Path) -> str | None:
    """What to write in place of a field that is no more."""
    return next((text for pattern, text in REPLACED.items() if _matches(path, pattern)), None)


def _matches(path: Path, pattern: str) -> bool:
    parts = pattern.split(".")
    return len(parts) == len(path) and all(
        fnmatchcase(str(have), want) for have, want in zip(path, parts, strict=True)
    )


def _plain(name: str) -> str:
    """A name without what spellings differ in: width of letters, case, separators, American English."""
    text = re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", name)).lower()
    for american, british in _AMERICAN:
        text = text.replace(american, british)
    return text
