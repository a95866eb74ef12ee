"""Finding the reader of a trace, and opening it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from .azure import AzureReadings
from .azure_requests import AzureRequests
from .gwa import Gwa
from .huawei import Huawei
from .opendc import OpenDc
from .perfinfo import PerfInfo
from .plain import Plain
from .planetlab import PlanetLab
from .reading import Options, Reader, refuse
from .requests import RequestTrace
from .trace import Trace


class RequestReader(Protocol):
    """One format of request traces."""

    def recognises(self, path: Path) -> bool:
        """Whether a file is in this format, from its first line alone."""

    def read(self, path: Path) -> RequestTrace:
        """The requests; InputError where something cannot be read."""


# In the order in which they are tried.
READERS: Mapping[str, Reader] = {
    "opendc": OpenDc(),
    "gwa": Gwa(),
    "perfinfo": PerfInfo(),
    "azure-readings": AzureReadings(),
    "planetlab": PlanetLab(),
    "plain": Plain(),
}
REQUEST_READERS: Mapping[str, RequestReader] = {"huawei": Huawei(), "azure-requests": AzureRequests()}


def open_trace(path: str | Path, reader: str | None = None, **options: Any) -> Trace:
    """Read a trace of utilisation, in any of the formats of ``READERS``.

    Args:
        path: file or folder.
        reader: name of the format; told from the files if None.
        options: ``step_s``, ``resource``, ``full``, see ``Options``.

    Raises:
        InputError: no such file, unknown format, something in it that cannot be read, or nothing in it.
    """
    path = _existing(path)
    requests = None if reader else _recognised(path, REQUEST_READERS)
    if requests:
        raise refuse(path, f"got a request trace ({requests}), must be one of utilisation")
    name = reader or _recognised(path, READERS)
    if name is None:
        raise refuse(path, f"got no known format, must be one of {', '.join(READERS)} (see docs/traces.md)")
    if name not in READERS:
        raise refuse(path, f"got reader {name!r}, must be one of {', '.join(READERS)}")
    chosen = Options(**options)
    trace = READERS[name].read(path, chosen)
    if not len(trace) or not trace.steps:
        trace.close()
        message = f"got {len(trace)} components and {trace.steps} steps, must be one of each at least"
        raise refuse(path, message)
    trace.description = replace(trace.description, resource=chosen.resource)
    return trace


def open_requests(path: str | Path, reader: str | None = None) -> RequestTrace:
    """Read a request trace, in any of the formats of ``REQUEST_READERS``.

    Raises:
        InputError: no such file, unknown format, or something in it that cannot be read.
    """
    path = _existing(path)
    name = reader or _recognised(path, REQUEST_READERS)
    if name is None or name not in REQUEST_READERS:
        got = f"reader {name!r}" if name else "no known format of requests"
        raise refuse(path, f"got {got}, must be one of {', '.join(REQUEST_READERS)} (see docs/traces.md)")
    return REQUEST_READERS[name].read(path)


def _recognised(path: Path, readers: Mapping[str, Any]) -> str | None:
    return next((name for name, each in readers.items() if each.recognises(path)), None)


def _existing(path: str | Path) -> Path:
    found = Path(path)
    if not found.exists():
        raise refuse(found, "got no such file or folder, must exist")
    return found
