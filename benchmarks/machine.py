"""The machine a benchmark ran on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numba
import numpy as np
import scipy

_KB = 1024


def machine() -> dict[str, object]:
    """Processor, cores, memory and versions, to be kept beside figures."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _KB**3, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "numba": numba.__version__,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return (
        f"{found.get('model name', 'unknown')} (family {found.get('cpu family')}, model {found.get('model')})"
    )
