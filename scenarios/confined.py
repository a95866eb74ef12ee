"""Where a file that somebody's scenario or run names may lie: below the folder that it came with.

Judged by the words first, in the manner of every system, so that a scenario means the same wherever it is
read: no absolute path, drive, share, address or step upwards. Then by what is there: no link that leads out,
and nothing but files and folders, since a device or a pipe may never end.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # file:, http:; a single letter is a drive


def relative(text: str) -> bool:
    """Whether a path, by its words, stays below the folder it starts at."""
    windows = PureWindowsPath(text)
    parts = {*windows.parts, *PurePosixPath(text).parts}
    rooted = bool(windows.drive or windows.root) or PurePosixPath(text).is_absolute()
    return not (not text or "\0" in text or rooted or ".." in parts or _ADDRESS.match(text))


def below(path: Path, folder: Path) -> bool:
    """Whether a file or a folder lies below another once all links are followed."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except (OSError, ValueError):
        return False


def strays(folder: Path) -> Iterator[Path]:
    """What lies in a folder, at any depth, and is neither a file nor a folder of its own; sorted by folder.

    Links are such, wherever they lead.
    """
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path


def leading_out(path: Path, folder: Path) -> Path | None:
    """The first device, pipe, or link out of ``folder`` that is at or below ``path``; None if none is.

    A link that stays within is as good as what it leads to.
    """
    if not below(path, folder):
        return path
    if path.exists() and not (path.is_file() or path.is_dir()):
        return path
    for stray in strays(path) if path.is_dir() else ():
        if not (below(stray, folder) and (stray.is_file() or stray.is_dir())):
            return stray
    return None
