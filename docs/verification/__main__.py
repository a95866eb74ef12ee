"""The command that makes the dossier; see the package."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from roomfold.sim import stamp

from .page import PAGE, codes_in, current_codes, page, results
from .results import Result

OWN = ("theory", "cloudsim", "packing", "ledger", "calibration", "uncertainty", "determinism")


def main() -> int:
    """Measure what is asked, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m roomfold.docs.verification", description=__doc__)
    parser.add_argument("--only", choices=OWN, help="make one part")
    parser.add_argument("--page", action="store_true", help="make no part: write the page from the results")
    parser.add_argument(
        "--status", action="store_true", help="say which parts an earlier code made; 1 if any"
    )
    parser.add_argument(
        "--python", action="append", default=[], metavar="NAME=PATH", help="another interpreter"
    )
    parser.add_argument(
        "--emulator", action="append", default=[], metavar="NAME=COMMAND", help="another machine"
    )
    asked = parser.parse_args()
    if asked.status:
        return _status()
    for name in () if asked.page else (asked.only,) if asked.only else OWN:
        print(f"{name} ...", file=sys.stderr, flush=True)
        _measured(name, asked).save()
    PAGE.write_text(page(current_codes()), encoding="utf-8", newline="\n")
    return 0


def _measured(name: str, asked: argparse.Namespace) -> Result:
    part = import_module(f".{name}", __package__)
    if name != "determinism":
        found: Result = part.measure()
        return found
    others = (dict(pair.split("=", 1) for pair in pairs) for pairs in (asked.python, asked.emulator))
    result: Result = part.measure(*others)
    return result


def _status() -> int:
    """Each part's code beside the code now."""
    now, old = current_codes(), 0
    for name, content in results():
        made = content["made_with"]
        same = made.get("code") == now[" ".join(made.get("of", stamp.MODEL))]
        old += not same
        print(f"{name}: {'this code' if same else 'an earlier code'} ({made.get('code')})")
    if codes_in(PAGE.read_text("utf-8")) != now:
        print("the page was written with an earlier code: --page")
    return int(old > 0)


if __name__ == "__main__":
    sys.exit(main())
