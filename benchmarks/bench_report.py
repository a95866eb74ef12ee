"""Make every form of a finished run's report; print what each costs beside the run itself as JSON.

    python benchmarks/bench_report.py DIR [ROUNDS]

DIR is a folder that ``roomfold run`` wrote with this code. Processor seconds, libraries loaded before; the
run's are its simulation's wall seconds times its processes, from ``run.log``. The goals: at most a tenth of
the run for all forms in both languages, a page under 3 MB, and the same bytes twice.
"""

from __future__ import annotations

import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from roomfold.reports.forms import OF_A_RUN, write_forms
from roomfold.reports.kept import kept
from roomfold.reports.statement import state


def main(folder: Path, rounds: int) -> None:
    """Make the forms once uncounted, then so many times."""
    began = process_time()
    study = kept(folder).study
    read_s = process_time() - began
    began = process_time()
    statement = state(study)
    stated_s = process_time() - began
    seconds: dict[str, list[float]] = {form: [] for form in ("all", "charts", "docx", "xlsx")}
    hashes = set()
    for _ in range(rounds + 1):
        for form, taken in seconds.items():
            with TemporaryDirectory() as place:
                began = process_time()
                write_forms(statement, study, Path(place), "again", OF_A_RUN if form == "all" else (form,))
                taken.append(process_time() - began)
                if form == "all":
                    page_mb = (Path(place) / "report.html").stat().st_size / 1e6
                    made = sorted(path for path in Path(place).rglob("*") if path.is_file())
                    hashes.add(sha256(b"".join(path.read_bytes() for path in made)).hexdigest())
    log = re.search(r"simulation: ([\d.]+) s, (\d+) processes", (folder / "run.log").read_text("utf-8"))
    run_s = float(log[1]) * int(log[2]) if log else None
    forms = {form: round(median(taken[1:]), 2) for form, taken in seconds.items()}
    whole = forms["all"] + stated_s
    found = {
        "worlds": len(study.results),
        "read_s": round(read_s, 2),
        "statement_s": round(stated_s, 2),
        "forms_s": forms,
        "run_s": run_s,
        "ratio": None if run_s is None else round(whole / run_s, 4),
        "page_mb": round(page_mb, 2),
        "same_bytes": len(hashes) == 1,
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2)
