"""Whether this machine can do the work: what is installed, what it has, and what to do about what is amiss.

Nothing is asked of the network, and nothing stays behind: files written to try a folder are removed.
"""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Literal

from .language import VARIABLE, user_language

State = Literal["ok", "warning", "problem"]
ROOT = Path(__file__).parents[1]
FONT = ROOT / "reports" / "fonts" / "RoomfoldSansSC-Regular.ttf"
FONT_SHA256 = "0d10f0764d393e2a399df4663dc5cf5e32bc234f00817e3fa33177fca922c0c6"
EXTRAS = {"pdf": ("typst", "reports as PDF"), "cluster": ("distributed", "runs on a Dask cluster")}
LEAST_PYTHON = (3, 11)
LEAST_MEMORY_GB, GOOD_MEMORY_GB = 0.5, 2.0
LEAST_DISK_GB, GOOD_DISK_GB = 0.1, 1.0
GB = 1 << 30
CHINESE = "机房"
_UTF8_CODE_PAGE = 65001
_CGROUP = Path("/sys/fs/cgroup")
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*([^;]*)(?:;\s*(.*))?")


@dataclass(frozen=True)
class Finding:
    """What one look found.

    Attributes:
        check: what was looked at; stable, for programs.
        found: in a few words.
        advice: what to do; empty where nothing need be done.
    """

    check: str
    state: State
    found: str
    advice: str = ""


def findings() -> list[Finding]:
    """Every finding, in a fixed order."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _versions, _extras, _font, _solver, _encoding, _memory, _disk, _cache, _clock, _language
    )  # fmt: skip
    return [finding for look in looks for finding in look()]


def _versions() -> Iterator[Finding]:
    """Python, roomfold, and each package it needs."""
    fine = sys.version_info[:2] >= LEAST_PYTHON
    text = f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
    yield Finding("python", "ok" if fine else "problem", text, "" if fine else "install Python 3.11 or later")
    try:
        yield Finding("roomfold", "ok", f"{metadata.version('roomfold')} in {ROOT}")
    except metadata.PackageNotFoundError:
        yield Finding("roomfold", "ok", f"not installed, run from {ROOT}")
    for text in _needed():
        name, limits, marker = _parts(text)
        if not marker:
            yield _package(name, limits)


def _needed() -> list[str]:
    """Requirements: those of the clone that is run, else those of what is installed."""
    clone = ROOT / "pyproject.toml"
    if clone.is_file():
        found: list[str] = tomllib.loads(clone.read_text("utf-8"))["project"]["dependencies"]
        return sorted(found)
    try:
        return sorted(metadata.requires("roomfold") or [])
    except metadata.PackageNotFoundError:
        return []


def _parts(requirement: str) -> tuple[str, str, str]:
    """Name, limits on the version, and marker of a requirement such as ``pulp<5,>=3.3.2; extra == 'x'``."""
    found = _REQUIREMENT.fullmatch(requirement.strip())
    assert found is not None, requirement
    return found[1], found[2].strip(" ()"), found[3] or ""


def _package(name: str, limits: str) -> Finding:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, "problem", f"not installed, needs {limits}", f'pip install "{name}{limits}"')
    if not all(_keeps(version, limit) for limit in limits.split(",") if limit):
        return Finding(name, "problem", f"{version}, needs {limits}", f'pip install "{name}{limits}"')
    return Finding(name, "ok", version)


def _keeps(version: str, limit: str) -> bool:
    """Whether a version keeps a limit such as ``>=3.3.2``; compared by its numbers."""
    sign = limit.strip().rstrip("0123456789.abrc")
    mine, other = _numbers(version), _numbers(limit.strip()[len(sign) :])
    return {">=": mine >= other, "<": mine < other, ">": mine > other, "<=": mine <= other}.get(sign, True)


def _numbers(version: str) -> list[int]:
    plain = re.split(r"[^\d.]", version.strip(), maxsplit=1)[0]
    found = [int(part) for part in plain.split(".") if part]
    while found and found[-1] == 0:
        found.pop()
    return found


def _extras() -> Iterator[Finding]:
    """What can be had beside."""
    for extra, (package, use) in EXTRAS.items():
        try:
            text = f"{package} {metadata.version(package)}, for {use}"
        except metadata.PackageNotFoundError:
            text = f'not installed; for {use}: pip install "roomfold[{extra}]"'
        yield Finding(f"extra {extra}", "ok", text)


def _font() -> Iterator[Finding]:
    """The Chinese font of charts and reports."""
    again = "install roomfold again"
    if not FONT.is_file():
        yield Finding("font", "problem", f"{FONT.name} is missing: charts need it for Chinese", again)
    elif sha256(FONT.read_bytes()).hexdigest() != FONT_SHA256:
        yield Finding("font", "problem", f"{FONT.name} is not as it was shipped", again)
    else:
        yield Finding("font", "ok", f"{FONT.name}, as shipped")


def _solver() -> Iterator[Finding]:
    """HiGHS, with a model whose answer is known: two whole boxes of 3 hold 5."""
    try:
        from ..optimize.solver import Model

        model = Model()
        boxes = model.columns("boxes", 1, cost=1.0, whole=True)
        model.rows("hold", [0], boxes, 3.0, low=5.0)
        cost = model.solve().cost
    except Exception as error:  # whatever keeps it from working is the answer
        text = " ".join(f"{type(error).__name__}: {error}".split())
        yield Finding("solver", "problem", f"HiGHS fails ({text})", "install roomfold again")
        return
    right, version = abs(cost - 2) < 1e-6, metadata.version("highspy")
    text = f"HiGHS {version} solves" if right else f"HiGHS {version} is wrong: {cost:g} where 2 is right"
    yield Finding("solver", "ok" if right else "problem", text, "" if right else "install highspy again")


def _encoding() -> Iterator[Finding]:
    """Whether Chinese can be printed, and can be in the names of files."""
    name = _terminal_encoding()
    if name.lower().replace("-", "").replace("_", "") == "utf8":
        yield Finding("terminal", "ok", f"{name}, prints {CHINESE}")
    else:
        advice = "run chcp 65001" if sys.platform == "win32" else "set LANG to one that ends in .UTF-8"
        yield Finding("terminal", "warning", f"{name}, while roomfold prints UTF-8", advice)
    encoding = sys.getfilesystemencoding()
    try:
        os.fsencode(CHINESE)
        yield Finding("file names", "ok", f"{encoding}, takes {CHINESE}")
    except UnicodeEncodeError:
        yield Finding("file names", "warning", f"{encoding}, takes no Chinese", "set PYTHONUTF8=1")


def _terminal_encoding() -> str:
    if sys.platform == "win32":
        import ctypes

        page = ctypes.windll.kernel32.GetConsoleOutputCP()
        return "UTF-8" if page in (0, _UTF8_CODE_PAGE) else f"cp{page}"
    return locale.getencoding()


def _memory() -> Iterator[Finding]:
    """Cores and memory that this process may use, limits of a container included."""
    from ..sim.pool import cores

    usable, quota = cores(), _core_quota()
    text = f"{usable} usable"
    if quota is not None and quota < usable:
        yield Finding(
            "cores", "warning", f"{text}, limited to {quota:g}", f"give --jobs {max(1, int(quota))}"
        )
    else:
        yield Finding("cores", "ok", text)
    free = _free_memory_gb()
    if free is None:
        yield Finding("memory", "ok", "not known here")
        return
    state, advice = _judged(free, LEAST_MEMORY_GB, GOOD_MEMORY_GB)
    told = "free memory, or give fewer processes with --jobs" if advice else ""
    yield Finding("memory", state, f"{free:.1f} GB free", told)


def _core_quota() -> float | None:
    """Cores that the control group grants; None if it sets no limit."""
    try:
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None


def _free_memory_gb() -> float | None:
    """Memory that can be had, the least of the machine's and the control group's; None if not known."""
    found = []
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        found += [int(line.split()[1]) * 1024 / GB for line in lines if line.startswith("MemAvailable:")]
    except (OSError, ValueError, IndexError):
        pass
    for most, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            found.append((int((_CGROUP / most).read_text()) - int((_CGROUP / used).read_text())) / GB)
        except (OSError, ValueError):
            continue
    return min(found, default=None)


def _judged(value: float, least: float, good: float) -> tuple[State, bool]:
    """The state of a value, and whether advice is due."""
    state: State = "problem" if value < least else "warning" if value < good else "ok"
    return state, state != "ok"


def _disk() -> Iterator[Finding]:
    """The folders that runs are written to and worked in."""
    for check, folder in (("working folder", Path.cwd()), ("temporary folder", Path(tempfile.gettempdir()))):
        if not _takes_files(folder):
            hint = "go to a folder of your own" if check == "working folder" else "set TMPDIR to another"
            yield Finding(check, "problem", f"{folder} cannot be written to", hint)
            continue
        free = shutil.disk_usage(folder).free / GB
        state, advice = _judged(free, LEAST_DISK_GB, GOOD_DISK_GB)
        yield Finding(
            check, state, f"{folder}, {free:.1f} GB free", "make room on this disk" if advice else ""
        )


def _takes_files(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _cache() -> Iterator[Finding]:
    """Where compiled code is kept: the folder asked for, beside the package, or the user's own."""
    asked = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    places = [Path(asked)] if asked else [ROOT / "optimize" / "__pycache__", ROOT / "optimize", user]
    kept = next((place for place in places if _takes_files(_existing(place))), None)
    if kept is not None:
        yield Finding("compiled code", "ok", f"kept in {kept}")
        return
    advice = "set NUMBA_CACHE_DIR to a folder that can be written to"
    yield Finding("compiled code", "warning", "cannot be kept, and is compiled in every run", advice)


def _existing(place: Path) -> Path:
    """A folder, or the nearest above it that is there: a cache is made where it is missing."""
    return next((folder for folder in (place, *place.parents) if folder.is_dir()), place)


def _clock() -> Iterator[Finding]:
    """Whether the clock is later than the package itself, which a dead battery sets back."""
    now = datetime.now(UTC)
    text = f"{now:%Y-%m-%d %H:%M} UTC"
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now.date() < made.date():
        yield Finding("clock", "warning", f"{text}, before roomfold was installed", "set the clock")
    else:
        yield Finding("clock", "ok", text)


def _language() -> Iterator[Finding]:
    """The language of messages, and what sets it."""
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    given = next((f"{name}={value}" for name in names if (value := os.environ.get(name))), "the system")
    language = {"zh": "Chinese", "en": "English"}[user_language()]
    yield Finding("language", "ok", f"{language}, from {given}")
