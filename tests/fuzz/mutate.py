"""Damage to files: to their bytes, to their words, lines and cells, and to the parts of archives.

Every choice is drawn from the generator it is given, so an input is known by its seed, and hypothesis can
shrink it.
"""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

Files = dict[str, bytes]

MOST_BYTES = 4_000_000
# Values where programs that read files have gone wrong.
JUNK = (
    *(
        "",
        "0",
        "-0",
        "-1",
        "1",
        "2",
        "1e999",
        "-1e999",
        "1e-320",
        "1e308",
        "nan",
        ".nan",
        ".inf",
        "inf",
        "NaN",
    ),
    *(
        "9" * 30,
        "9" * 400,
        "9" * 5000,
        "1" + "0" * 12,
        str(2**31),
        str(2**53 + 1),
        str(2**63),
        str(2**64 - 1),
    ),
    *(
        "0.1",
        "58099.99999999999",
        "1_000",
        "1,5",
        "1，5",
        "１２",
        "50%",
        "½",
        "٣",
        "0x1f",
        "0o17",
        "1:30",
        "+5",
    ),
    *(
        "null",
        "~",
        "true",
        "yes",
        "[]",
        "{}",
        "[[]]",
        "{a: 1}",
        "'",
        '"',
        '""',
        "\\",
        "`",
        "@",
        "%",
        "&a",
        "*a",
    ),
    *("!!int 3", "!!python/object:os.system", "<<: *a", "? x", "- 1", "---", "...", "|", ">", "#", ":", ": "),
    *("2014-01-01", "2016-02-29", "2015-02-29", "0000-00-00", "9999-12-31", "1900-01-00", "43831", "-43831"),
    *("=1+1", "<script>", "../../etc/passwd", "/dev/zero", "library:", "a\0b", "\x07", "\x1b[31m", "\u202e"),
    *(
        "\ufeff",
        "\u2028",
        "\ud7ff",
        "�",
        "：",
        "，",
        "；",
        "一",
        "三级",
        "是",
        "\t",
        "\r",
        "\n",
        " ",
        "\u3000",
    ),
    *(
        "A1:XFD1048576",
        "XFD1048576",
        "keep",
        "consolidate",
        "{low: 1, mode: 0, high: 2}",
        "{value: 1, unit: x}",
    ),
)
_BYTES = (
    b"\0",
    b"\xff",
    b"\x80",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"PK\x03\x04",
    b"\x7f\xff\xff\xff",
    b"\xff" * 8,
)
_WORD = re.compile(rb"[^\s:,;\t{}\[\]\"'<>=/|]+")
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5", "latin-1", "cp437", "utf-7")
_LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9)
)

Change = Callable[[bytes, Random, Sequence[str]], bytes]


def mutated(files: Files, rng: Random, words: Sequence[str] = ()) -> Files:
    """The same files, one of them damaged in one to four places.

    Args:
        words: texts that mean something to what reads the files.
    """
    name = rng.choice(sorted(files))
    data = files[name]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = _changed(data, rng, words)[:MOST_BYTES]
    return {**files, name: data}


def _changed(data: bytes, rng: Random, words: Sequence[str]) -> bytes:
    if data.startswith(b"PK\x03\x04") and rng.random() < 0.8:
        return _in_archive(data, rng, words)
    if data.startswith(b"\x1f\x8b") and rng.random() < 0.7:
        return _in_gzip(data, rng, words)
    textual = b"\0" not in data[:2000] or data[:2] in (b"\xff\xfe", b"\xfe\xff")
    changes = TEXT_CHANGES if textual and rng.random() < 0.8 else BYTE_CHANGES
    return rng.choice(changes)(data, rng, words)


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    first = rng.randint(0, len(data))
    return first, min(len(data), first + rng.choice((0, 1, 1, 2, 4, 8, 16, 64, 400)))


def _flip(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _put(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    first, last = _span(data, rng)
    return data[:first] + rng.choice(_BYTES) + data[last:]


def _cut(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    first, last = _span(data, rng)
    return data[:first] + data[last:]


def _end_early(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    return data[: rng.randint(0, len(data))]


def _again(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    first, last = _span(data, rng)
    return data[:last] + data[first:last] * rng.choice((1, 2, 30)) + data[last:]


def _other_number(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    """Four or eight bytes that a binary format may take for a size."""
    first, _ = _span(data, rng)
    size = rng.choice((2, 4, 8))
    value = rng.choice((0, 1, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), 2 ** (8 * size - 1) - 1, 255, 65535))
    return data[:first] + value.to_bytes(size, "little") + data[first + size :]


def _word(data: bytes, rng: Random, words: Sequence[str]) -> bytes:
    """A word replaced by junk, by a word that means something, or by another of the same file."""
    found = list(_WORD.finditer(data))
    if not found:
        return data + rng.choice(JUNK).encode("utf-8", "surrogatepass")
    old = rng.choice(found)
    choice = rng.random()
    if choice < 0.55 or (choice < 0.8 and not words):
        new = rng.choice(JUNK).encode("utf-8", "surrogatepass")
    elif choice < 0.8:
        new = rng.choice(words).encode()
    else:
        new = rng.choice(found)[0]
    return data[: old.start()] + new + data[old.end() :]


def _number(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    """A number made larger, smaller, negative or odd."""
    found = list(re.finditer(rb"-?\d+(\.\d+)?", data))
    if not found:
        return data
    old = rng.choice(found)
    new = rng.choice(
        (b"-" + old[0], old[0] + b"0" * rng.choice((1, 3, 9)), b"0." + old[0], old[0] + b".5", b"0")
    )
    return data[: old.start()] + new + data[old.end() :]


def _line(data: bytes, rng: Random, words: Sequence[str]) -> bytes:
    """A line doubled, left out, moved, indented, or repeated very often."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = rng.randrange(len(lines))
    what = rng.randrange(7)
    if what == 0:
        lines.insert(at, lines[at])
    elif what == 1:
        del lines[at]
    elif what == 2:
        lines.insert(rng.randint(0, len(lines) - 1), lines.pop(at))
    elif what == 3:
        lines[at] = b" " * rng.choice((1, 2, 4)) + lines[at]
    elif what == 4:
        lines[at] = lines[at].removeprefix(b"  ")
    elif what == 5:
        lines[at] *= rng.choice((10, 200))
    else:
        lines.insert(at, rng.choice(words or JUNK).encode("utf-8", "surrogatepass") + b"\n")
    return b"".join(lines)


def _separator(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    """Cells: one more or one less, a quote left open, another separator."""
    found = [match.start() for match in re.finditer(rb'[,;\t:"\n]', data)]
    if not found:
        return data
    at = rng.choice(found)
    new = rng.choice(
        (b"", data[at : at + 1] * 2, b",", b";", b"\t", b'"', b"\r\n", b"\r", b":", b": ", b"," * 3000)
    )
    return data[:at] + new + data[at + 1 :]


def _whole(data: bytes, rng: Random, _words: Sequence[str]) -> bytes:
    """The whole text in another encoding, with aliases that explode, or nested very deeply."""
    what = rng.randrange(4)
    if what == 0:
        text = data.decode("utf-8", "replace")
        return text.encode(rng.choice(_ENCODINGS), "replace")
    if what == 1:
        return _LAUGHS + data
    depth = rng.choice((90, 110, 5000))
    if what == 2:
        return data + b"\ndeep: " + b"[" * depth + b"]" * rng.choice((depth, 0))
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\0\n")))


def _in_gzip(data: bytes, rng: Random, words: Sequence[str]) -> bytes:
    try:
        inner = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return _flip(data, rng, words)
    return gzip.compress(_changed(inner, rng, words), 1, mtime=0)


def _in_archive(data: bytes, rng: Random, words: Sequence[str]) -> bytes:
    """A part of an archive damaged, left out, doubled, renamed, or one that swells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = [(entry.filename, old.read(entry)) for entry in old.infolist()]
    except Exception:  # an archive that was damaged before: any library may say so in its own way
        return _flip(data, rng, words)
    if not parts:
        return _flip(data, rng, words)
    at = rng.randrange(len(parts))
    name, part = parts[at]
    what = rng.random()
    if what < 0.75:
        # Chosen by the root of their size: sheets more often than what stands beside them.
        at = rng.choices(range(len(parts)), [len(each) ** 0.5 + 1 for _, each in parts])[0]
        name, part = parts[at]
        parts[at] = (
            name,
            rng.choice(TEXT_CHANGES if rng.random() < 0.85 else BYTE_CHANGES)(part, rng, words),
        )
    elif what < 0.82:
        del parts[at]
    elif what < 0.88:
        parts[at] = (rng.choice(("xl/worksheets/sheet9.xml", "content.xml", "../x", "a" * 300)), part)
    elif what < 0.94:
        parts[at] = (name, part + b" " * rng.choice((10_000, 2_000_000)))
    else:
        wide = b'<c r="%s"><v>1</v></c>' % rng.choice(
            (b"XFD1", b"A1048576", b"ZZZZ1", b"A0", b"1A", b"XFD1048576")
        )
        parts[at] = (name, part.replace(b"<row", wide + b"<row", 1).replace(b"</row>", wide + b"</row>", 1))
    made = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(made, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as new,
    ):
        for part_name, content in parts:
            warnings.simplefilter("ignore")  # a name twice is meant
            new.writestr(zipfile.ZipInfo(part_name), content, compresslevel=1)
    return made.getvalue()


TEXT_CHANGES: tuple[Change, ...] = (_word, _word, _word, _number, _number, _line, _line, _separator, _whole)
BYTE_CHANGES: tuple[Change, ...] = (_flip, _put, _cut, _end_early, _again, _other_number)
