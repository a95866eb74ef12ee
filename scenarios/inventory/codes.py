"""Codes of names: keyed hashes, and the names that stand within other texts."""

from __future__ import annotations

import hashlib
import unicodedata
from operator import attrgetter

from .faults import fault
from .reading import Reading
from .values import text

# Fields that name something, and how their codes begin: a host is called alike wherever it is mentioned.
NAMES = {
    "site": "site",
    "room": "room",
    "department": "dept",
    "system": "sys",
    "server": "srv",
    "host": "srv",
    "cluster": "clu",
    "uuid": "id",
    "smbios_uuid": "id",
    "machine_id": "id",
    "asset_id": "id",
    "addresses": "ip",
    "tags": "tag",
    "region": "reg",
    "environment": "env",
}
_PREFIXES = tuple(NAMES.values())
_NAMES_OF = attrgetter(*NAMES)
_DIGITS = 14  # of a code, hexadecimal: of a million names two are alike once in 100,000 keys
# Words that name nobody: a machine called "Server" does not say whose it is, and without the word no
# operating system and no model could be read.
_GENERIC = """
server servers host hosts windows linux vmware ubuntu centos redhat debian data test prod room system
dell lenovo huawei inspur intel xeon amd epyc hpe poweredge proliant
服务器 机架式服务器 机架服务器 刀片服务器 塔式服务器 小型机 主机 机房 系统 服务 刀片 机架 机架式
设备 存储 网络 虚拟机 物理机 浪潮 华为 联想 戴尔 惠普 新华三 曙光 数据 政务 外网 内网 互联网 政务外网 政务内网
"""
_ENVIRONMENTS = """
prod production live test testing dev development stage staging uat dr backup
生产 正式 测试 开发 灾备 备份 生产环境 测试环境 开发环境 预生产
"""
ENVIRONMENTS = frozenset(_ENVIRONMENTS.split())
GENERIC = frozenset(_GENERIC.split()) | ENVIRONMENTS


class Codes:
    """Codes of names, and the names within other texts.

    Attributes:
        names: code -> the name as it was first met.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._codes: dict[str, dict[str, str]] = {}  # by how they begin, then by name
        self._within: dict[str, str] = {}
        self._lengths: dict[str, list[int]] = {}  # of the names that begin so, the longest first
        self._scrubbed: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def code(self, prefix: str, name: str) -> str:
        """The code of a name; capitals make no difference, as where records are joined."""
        known = self.of(prefix)
        found = known.get(name)
        if found is None:
            fold = _folded(name)
            found = known[name] = f"{prefix}-{self.sign(f'{prefix}:{fold}', _DIGITS)}"
            first = self.names.setdefault(found, name)
            if first is not name and _folded(first) != fold:
                raise fault("--key", "two names have the same code under this key: use another one")
        return found

    def of(self, prefix: str) -> dict[str, str]:
        """All codes that begin so, by name."""
        return self._codes.setdefault(prefix, {})

    def sign(self, what: str, digits: int = 64) -> str:
        """A keyed hash of so many hexadecimal digits."""
        said = what.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, key=self.key, digest_size=digits // 2).hexdigest()

    def free(self, found: str) -> str:
        """The code of any text: of the name that it is, if it is one."""
        return self._within.get(_plain(found).strip()) or self.code("text", found)

    def learn(self, reading: Reading) -> None:
        """Take all names of a reading, so that they are found within other texts."""
        named: dict[int, list[tuple[int, str]]] = {}  # of each shape: where names stand, and their prefixes
        for record in reading.records:
            for prefix, value in zip(_PREFIXES, _NAMES_OF(record), strict=True):
                if isinstance(value, tuple):
                    for each in value:
                        self._note(prefix, each)
                elif value is not None:
                    self._note(prefix, value)
            for read in record.reads:
                places = named.get(id(read.shape))
                if places is None:
                    each_field = enumerate(read.shape.fields)
                    places = [(at, NAMES[field]) for at, field in each_field if field in NAMES]
                    named[id(read.shape)] = places
                for at, prefix in places:
                    written = read.written[at]
                    self._note(prefix, written if type(written) is str else text(written))
        for conflict in reading.conflicts:
            if conflict.field in NAMES:
                for cell in (conflict.kept, conflict.other):
                    self._note(NAMES[conflict.field], text(cell.written))
        begins: dict[str, set[int]] = {}
        for name in self._within:
            begins.setdefault(name[:2], set()).add(len(name))
        self._lengths = {begin: sorted(sizes, reverse=True) for begin, sizes in begins.items()}

    def _note(self, prefix: str, name: str) -> None:
        if name and name not in self.of(prefix):
            code = self.code(prefix, name)
            plain = _plain(name).strip()
            if _tells(plain):
                self._within.setdefault(plain, code)

    def scrubbed(self, found: str) -> str:
        """A text with its names replaced, the longest first."""
        made = self._scrubbed.get(found)
        if made is None:
            made = self._scrubbed[found] = self._scrub(found)
        return made

    def _scrub(self, found: str) -> str:
        parts = [_plain(letter) for letter in found]
        plain = "".join(parts)
        starts = [0]  # where each character of the text begins in its plain form, and where the last one ends
        for part in parts:
            starts.append(starts[-1] + len(part))
        made, at = [], 0
        while at < len(found):
            start = starts[at]
            sizes = self._lengths.get(plain[start : start + 2], ())
            size = next((n for n in sizes if plain[start : start + n] in self._within), 0)
            if not size:
                made.append(found[at])
                at += 1
                continue
            made.append(self._within[plain[start : start + size]])
            while at < len(found) and starts[at] < start + size:
                at += 1
        return "".join(made)


def _tells(plain: str) -> bool:
    """Whether a name is looked for within texts: not if it is short, a bare number or a general word."""
    if plain in GENERIC:
        return False
    if plain.isascii():
        return len(plain) >= (4 if plain.upper() != plain else 8)
    return len(plain) >= (2 if any(letter.isalpha() for letter in plain) else 8)


def _folded(name: str) -> str:
    return name.casefold().strip("{} ")


def _plain(found: str) -> str:
    """A text as it is compared: without case and width, character by character."""
    if found.isascii():
        return found.lower()
    return "".join([unicodedata.normalize("NFKC", letter).casefold() for letter in found])
