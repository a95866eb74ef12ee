"""The file that leads from codes back to names: it stays with the planner."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from pathlib import Path

from .anonymise import Keys
from .faults import fault

VERSION = 1
KEY_BYTES = 32
_MOST_BYTES = 500 << 20


def new_key() -> bytes:
    """A key that nobody can guess."""
    return secrets.token_bytes(KEY_BYTES)


def read_keys(path: Path) -> Keys:
    """The key and the names of a key file.

    Raises:
        InputError: it is no key file. One line.
    """
    name = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode) or path.stat().st_size > _MOST_BYTES:
            raise fault(name, "not a key file")
        made = json.loads(path.read_bytes())
    except OSError as error:
        raise fault(name, f"cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise fault(name, "not a key file: no JSON") from None
    key = made.get("key") if isinstance(made, dict) else None
    names = made.get("names") if isinstance(made, dict) else None
    if not isinstance(key, str) or not re.fullmatch(r"(?:[0-9a-f]{2}){16,64}", key):
        raise fault(name, "not a key file: key must be 32 to 128 hexadecimal digits")
    if not isinstance(names, dict) or not all(isinstance(each, str) for each in names.values()):
        raise fault(name, "not a key file: names must be texts by code")
    return Keys(bytes.fromhex(key), names)


def write_keys(path: Path, keys: Keys) -> None:
    """Write a key file that only its owner can read, whole or not at all; names already in it stay.

    Raises:
        InputError: there is such a file with another key, or something else, or it cannot be written.
    """
    names = keys.names
    if path.exists():
        before = read_keys(path)
        if before.key != keys.key:
            raise fault(str(path), "holds another key: give it with --key, or move it away")
        names = {**names, **before.names}
    made = {
        "version": VERSION,
        "note": "Do not share this file: with it, codes can be turned back into names.",
        "key": keys.key.hex(),
        "names": dict(sorted(names.items())),
    }
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    draft = path.with_name(path.name + ".part")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise fault(str(path), f"cannot be written ({error.strerror})") from None
