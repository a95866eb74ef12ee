"""Operating systems as lists write them, and the day on which their maker's general support ends.

The dates are those after which no updates come without an extra contract: end of extended support
(Microsoft), of maintenance support (Red Hat), of general support of the last service pack (SUSE), of standard
support (Ubuntu), of long-term support (Debian), of premier support (Oracle). Sources: docs/assessment.md.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from .reasons import bits

COLLECTED = date(2026, 11, 1)  # the dates below are of pages stored until then

OPEN = date.max  # supported when the dates were collected, and for long after

Version = tuple[int, ...]

# Family -> (version, last day of support), oldest first. Older versions than the first take its date; between
# two, the date of the older; newer ones than the last are supported.
ENDS: dict[str, tuple[tuple[Version, date], ...]] = {
    "windows-server": (
        ((2000,), date(2010, 7, 13)),
        ((2003,), date(2015, 7, 14)),
        ((2008,), date(2020, 1, 14)),
        ((2012,), date(2023, 10, 10)),
        ((2016,), date(2027, 1, 12)),
        ((2019,), date(2029, 1, 9)),
        ((2022,), date(2031, 10, 14)),
        ((2025,), date(2034, 10, 10)),
    ),
    "windows": (
        ((5,), date(2014, 4, 8)),  # XP
        ((6,), date(2017, 4, 11)),  # Vista
        ((7,), date(2020, 1, 14)),
        ((8,), date(2023, 1, 10)),
        ((10,), date(2025, 10, 14)),
        ((11,), OPEN),
    ),
    "rhel": (
        ((4,), date(2012, 2, 29)),
        ((5,), date(2017, 3, 31)),
        ((6,), date(2020, 11, 30)),
        ((7,), date(2024, 6, 30)),
        ((8,), date(2029, 5, 31)),
        ((9,), date(2032, 5, 31)),
        ((10,), OPEN),
    ),
    "centos": (
        ((5,), date(2017, 3, 31)),
        ((6,), date(2020, 11, 30)),
        ((7,), date(2024, 6, 30)),
        ((8,), date(2021, 12, 31)),
        ((9,), OPEN),
    ),
    "centos-stream": (
        ((8,), date(2024, 5, 31)),
        ((9,), date(2027, 5, 31)),
        ((10,), date(2030, 1, 1)),
    ),
    "rocky": (((8,), date(2029, 5, 31)), ((9,), date(2032, 5, 31)), ((10,), OPEN)),
    "alma": (((8,), date(2029, 3, 1)), ((9,), date(2032, 5, 31)), ((10,), date(2035, 5, 31))),
    "oracle-linux": (
        ((6,), date(2021, 3, 1)),
        ((7,), date(2024, 12, 1)),
        ((8,), date(2029, 7, 1)),
        ((9,), date(2032, 6, 30)),
        ((10,), OPEN),
    ),
    "sles": (
        ((10,), date(2013, 7, 31)),
        ((11,), date(2019, 3, 31)),
        ((12,), date(2024, 10, 31)),
        ((15,), OPEN),
    ),
    "ubuntu": (
        ((10, 4), date(2013, 5, 9)),
        ((12, 4), date(2017, 4, 28)),
        ((14, 4), date(2019, 4, 2)),
        ((16, 4), date(2021, 4, 2)),
        ((18, 4), date(2023, 5, 31)),
        ((20, 4), date(2025, 5, 31)),
        ((22, 4), date(2027, 4, 1)),
        ((24, 4), date(2029, 5, 31)),
        ((26, 4), date(2031, 4, 30)),
    ),
    "debian": (
        ((5,), date(2012, 2, 6)),
        ((6,), date(2016, 2, 29)),
        ((7,), date(2018, 5, 31)),
        ((8,), date(2020, 6, 30)),
        ((9,), date(2022, 7, 1)),
        ((10,), date(2024, 6, 30)),
        ((11,), date(2026, 8, 31)),
        ((12,), date(2028, 6, 10)),
        ((13,), OPEN),
    ),
}
_V = r"[ v.]*(\d+)(?:\.(\d+))?(/\d)?"
_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "windows-server",
            r"(?:windows|win|ms)[ .]*(?:server|svr|srv|standard|enterprise|datacenter)?[ .]*(20\d\d|nt)()()",
        ),
        ("windows", r"windows[ .]*(xp|vista|7|8|10|11)(?:\b|[. ])()()"),
        ("centos-stream", rf"centos (?:linux )?stream{_V}"),
        ("centos", rf"centos(?: (?:linux|release|server))*{_V}"),
        ("oracle-linux", rf"oracle (?:enterprise )?linux(?: (?:server|release))*{_V}"),
        (
            "rhel",
            rf"(?:(?:red ?hat|红帽)(?: enterprise)?(?: linux)?|rhel)(?: (?:server|as|es|ws|release))*{_V}",
        ),
        ("rocky", rf"rocky(?: linux)?(?: release)?{_V}"),
        ("alma", rf"alma ?linux(?: release)?{_V}"),
        ("sles", rf"(?:suse linux(?: enterprise)?(?: server)?|sles|sled)(?: release)?{_V}"),
        ("ubuntu", rf"ubuntu(?: (?:linux|server|gnu))*{_V}"),
        ("debian", rf"debian(?: (?:gnu|linux))*{_V}"),
    )
)
_MOST_READ = 120  # characters of a name: those of systems are shorter
_NAMES = {"nt": 4, "xp": 5, "vista": 6}
_DOMESTIC = re.compile(
    r"麒麟|kylin|中标|统信|\buos\b|deepin|深度|openeuler|euleros|欧拉|anolis|龙蜥|红旗|asianux|tencentos|方德|凝思|"
    r"普华|isoft|bclinux|ctyunos|alibaba cloud linux|alios"
)
_LEGACY = re.compile(
    r"\baix\b|hp-?ux|\bz/?os\b|os/?400|\bsolaris\b(?!.*x86)|sunos(?!.*x86)|openvms|tru64|unixware"
)
_KNOWN = re.compile(
    r"windows|centos|red ?hat|rhel|suse|sles|ubuntu|debian|oracle (?:enterprise )?linux|linux"
)
_APPLIANCE = re.compile(
    r"\bios\b|junos|fortios|pan-?os|\bvrp\b|comware|tmos|netscaler|pfsense|opnsense|\basa\b"
)
_BITS = re.compile(r"32[- ]?(?:bit|位)|\bi[3-6]86\b|(?<!\w)x86(?![ -]?64)\b")
_OR_LATER = re.compile(r"or (?:later|newer|above)|及(?:以上|更高)|以上")


class System(NamedTuple):
    """An operating system as read from a text.

    Attributes:
        family: a key of ENDS; "" if none.
        reasons: bits that hold whatever the day is.
        ends: last day of support; None where it is not known.
        or_later: the text names the oldest version that it may be.
    """

    family: str
    reasons: int
    ends: date | None = None
    or_later: bool = False

    def on(self, day: date) -> int:
        """The reasons on a day."""
        if self.ends is None or day <= self.ends:
            return self.reasons
        return self.reasons | bits("os_version_unknown" if self.or_later else "os_unsupported")


def read_system(text: str) -> System:
    """What an operating system's name says."""
    plain = _plain(text[:_MOST_READ])
    narrow = _BITS.search(plain) and "solaris" not in plain  # whose x86 is no width
    reasons = bits("os_32bit") if narrow else 0
    if _DOMESTIC.search(plain):
        return System("domestic", reasons | bits("os_domestic"))
    if _LEGACY.search(plain):
        return System("legacy", reasons | bits("legacy_architecture"))
    if _APPLIANCE.search(plain):
        return System("appliance", reasons | bits("appliance"))
    for family, pattern in _FAMILIES:
        found = pattern.search(plain)
        if found and not found[3]:  # "4/5/6": any of them
            desktop = bits("os_desktop") if family == "windows" else 0
            version = tuple(_NAMES.get(part) or int(part) for part in found.groups()[:2] if part)
            later = _OR_LATER.search(plain) is not None
            return System(family, reasons | desktop, last_day(family, version), later)
    known = _KNOWN.search(plain)
    return System("", reasons | bits("os_version_unknown" if known else "os_unknown"))


def last_day(family: str, version: Version) -> date:
    """The last day of support of a version."""
    ends = ENDS[family]
    if family != "ubuntu":
        version = version[:1]
    place = bisect_right([known for known, _ in ends], version) - 1
    return ends[max(place, 0)][1]


def _plain(text: str) -> str:
    """Lower case, without marks: what patterns are written for."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"\(r\)|\(tm\)|[®™_,]|gnu/", " ", plain).replace("microsoft", " ")
    return " ".join(plain.replace("-linux", " linux").split())
