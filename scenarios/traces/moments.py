"""Times as traces write them: numbers in some unit, or texts in some form; always as seconds.

Texts are local times: a zone offset is dropped, so that hours of the day stay what was written.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A number above the limit counts since 1970 in the unit; no trace is from after the year 5138.
UNITS_S = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
FIRST_EPOCH_S = 1e8  # March 1973; smaller numbers of seconds count from the start of the trace

FORMS = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
MONTH_FIRST = (
    "%m/%d/%Y, %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
)
ZONE = r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})$"


def unit_s(value: float) -> float:
    """Seconds per unit of a time since 1970, by its size; 1 for smaller numbers."""
    return next((unit for limit, unit in UNITS_S if abs(value) >= limit), 1.0)


def form_of(text: str, forms: tuple[str, ...]) -> str | None:
    """How a time is written: "" for ISO 8601, one of ``forms``, or None if in no known form."""
    text = text.strip()
    try:
        datetime.fromisoformat(text)
        return ""
    except ValueError:
        pass
    for form in forms:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return form
    return None


def seconds(texts: pa.Array, form: str) -> Floats:
    """Seconds since 1970 of local times; nan where a text is not in the form.

    Args:
        texts: strings.
        form: see ``form_of``.
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    if form:
        parsed = pc.strptime(trimmed, format=form, unit="us", error_is_null=True)
    else:
        parsed = _iso(pc.replace_substring_regex(trimmed, ZONE, ""))
    microseconds = pc.cast(pc.cast(parsed, pa.int64()), pa.float64(), safe=False)  # of the year 9999, rounded
    return np.asarray(pc.divide(microseconds, 1e6).to_numpy(False))


def _iso(texts: pa.Array) -> pa.Array:
    try:
        return pc.cast(texts, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pa.array([_moment(text) for text in texts.to_pylist()], pa.timestamp("us"))


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
