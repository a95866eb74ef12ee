"""How long `roomfold --help` takes against `python -c "import click"`; median of alternating runs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median

ROUNDS = 15


def seconds(*command: str) -> float:
    """Wall time of one process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print medians and their ratio."""
    pairs = [(seconds("-m", "roomfold", "--help"), seconds("-c", "import click")) for _ in range(ROUNDS)]
    ours, click = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(a / b for a, b in pairs)
    print(json.dumps({"help_s": round(ours, 4), "import_click_s": round(click, 4), "ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
