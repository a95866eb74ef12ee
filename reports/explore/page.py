"""``roomfold explore``: one page that answers what-ifs at once from a run's stored worlds, offline."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from ... import __version__
from ...sim.durable import write_asked
from ..charts.font import font_subset
from ..inert import inert
from ..messages import LANGS, messages
from ..page import environment
from .inputs import FIRST, inputs
from .payload import payload
from .stored import ExploreError, read
from .surrogate import Surrogate

FONT = "roomfold-fallback"
FIRST_WIDE = 0x2E80  # first East Asian character
MARK = '<meta name="generator" content="roomfold explore">'
SCRIPTS = ("explore-answer.js", "explore-words.js", "explore-charts.js", "explore.js")


def explore(folder: Path, out: Path | None = None) -> Path:
    """Write the page of a finished run.

    Args:
        folder: that the run wrote.
        out: file to write, or a folder that exists; ``FOLDER-explore.html`` beside the run's if None.

    Returns:
        The file written.

    Raises:
        ExploreError: if the run holds too few worlds, or ``out`` is a file that is none of ours.
        InputError: if a file of the run is missing or damaged.
        RoomfoldError: if the folder holds no run.
    """
    target = _target(folder, out)
    text = page(Surrogate(read(folder)))
    write_asked(target, text.encode())
    return target


def page(surrogate: Surrogate) -> str:
    """The whole page; the same worlds give the same bytes."""
    stored = surrogate.stored
    offered = inputs(surrogate)
    if not offered:
        raise ExploreError("no quantity is seen to sway any figure of this run; run it with more worlds")
    tariff = stored.scenario.prices.electricity_cny_per_kwh.path
    first = FIRST + any(one.path == tariff for one in offered[FIRST : FIRST + 1])
    data = _inert(json.dumps(payload(surrogate, offered, first), ensure_ascii=False, separators=(",", ":")))
    script = "".join(_file(name) for name in SCRIPTS)
    style = _font_face(data + script) + _file("explore.css")
    title = stored.scenario.title
    return (
        environment()
        .get_template("explore.html.j2")
        .render(
            titles={"zh": title.zh, "en": title.en},
            run=stored.run,
            version=__version__,
            words={lang: messages(lang) for lang in LANGS},
            mark=Markup(MARK),
            style=Markup(style),
            script=Markup(script),
            data=Markup(data),
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def _target(folder: Path, out: Path | None) -> Path:
    """The file to write."""
    absolute = Path(os.path.normpath(folder.absolute()))
    target = absolute.with_name(f"{absolute.name}-explore.html") if out is None else out
    if target.is_dir():
        target = target / "explore.html"
    if target.exists() and MARK not in target.read_bytes()[:4096].decode("utf-8", "replace"):
        raise ExploreError(f"{target}: is a file that explore did not write; choose another with --out")
    return target


def _file(name: str) -> str:
    return (files("roomfold.reports") / "templates" / name).read_text("utf-8")


def _inert(text: str) -> str:
    """JSON that can end no script and open no comment."""
    text = inert(text)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def _font_face(texts: str) -> str:
    """A font with the page's Chinese characters, for machines that have none."""
    wide = "".join(sorted({c for c in texts if ord(c) >= FIRST_WIDE}))
    woff = b64encode(font_subset(wide)).decode("ascii")
    return f"@font-face{{font-family:{FONT};src:url(data:font/woff;base64,{woff}) format('woff')}}\n"
