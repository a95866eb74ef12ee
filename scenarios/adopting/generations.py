"""The year in which a processor or a line of servers came on the market, by its name.

Names are matched in lower case without spaces, hyphens and marks. Years are those of the makers'
announcements, from memory: good enough to choose a median over three years, which is all they are used for.
"""

from __future__ import annotations

import re

_E_FAMILY = re.compile(r"e([357])(\d{4})[a-uw-z]?(?:v(\d))?")
_SCALABLE = re.compile(r"(?:platinum|gold|silver|bronze)([3-9])(\d)\d\d")
_OLD_XEON = re.compile(r"(?:xeon|至强|^\d?(?=[elwx]))([elwx]?([357]\d)\d\d)(?!\d)")
_EPYC = re.compile(r"epyc([79])[\da-z]\d?[\da-z]?([1-5])")
_HYGON = re.compile(r"(?:hygon|海光|c86)[a-z]*(?:c86)?g?([357])([1-5])\d\d")

_E_YEARS = {
    ("3", ""): 2011,
    ("5", ""): 2012,
    ("7", ""): 2011,
    ("3", "2"): 2012,
    ("5", "2"): 2013,
    ("7", "2"): 2014,
    ("3", "3"): 2013,
    ("5", "3"): 2014,
    ("7", "3"): 2015,
    ("3", "4"): 2015,
    ("5", "4"): 2016,
    ("7", "4"): 2016,
    ("3", "5"): 2015,
    ("3", "6"): 2017,
}
_SCALABLE_YEARS = {"1": 2017, "2": 2019, "3": 2021, "4": 2023, "5": 2023, "6": 2024}
_OLD_YEARS = {
    **dict.fromkeys(("50", "51", "53", "70", "71", "72"), 2006),
    **dict.fromkeys(("52", "54", "73"), 2007),
    **dict.fromkeys(("31", "33", "74"), 2008),
    **dict.fromkeys(("34", "35", "55"), 2009),
    **dict.fromkeys(("36", "56", "65", "75"), 2010),
}
_EPYC_YEARS = {"71": 2017, "72": 2019, "73": 2021, "94": 2022, "95": 2024}
_HYGON_YEARS = {"1": 2018, "2": 2020, "3": 2021, "4": 2023, "5": 2024}
_OTHER_PROCESSORS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), year)
    for pattern, year in (
        (r"(?:kunpeng|鲲鹏|hi16\d\d).*(?:920|1620)|(?:kunpeng|鲲鹏)$", 2019),
        (r"(?:kunpeng|鲲鹏|hi16\d\d).*(?:916|1616)", 2016),
        (r"ft1500a", 2016),
        (r"ft2000", 2017),
        (r"(?:phytium|飞腾|腾云).*s2500|(?:phytium|飞腾)$", 2020),
        (r"(?:phytium|飞腾|腾云).*s5000", 2023),
        (r"(?:loongson|龙芯).*3[ab][34]000", 2019),
        (r"(?:loongson|龙芯).*3[acd][56]000", 2021),
        (r"(?:zhaoxin|兆芯).*kh2", 2017),
        (r"(?:zhaoxin|兆芯).*kh3", 2019),
        (r"(?:zhaoxin|兆芯).*kh4", 2022),
        # what a virtual machine sees of its host
        (r"nehalem", 2009),
        (r"westmere", 2010),
        (r"sandybridge", 2012),
        (r"ivybridge", 2013),
        (r"haswell", 2014),
        (r"broadwell", 2016),
        (r"skylake", 2017),
        (r"cascadelake", 2019),
        (r"icelake", 2021),
        (r"sapphirerapids", 2023),
        (r"opteron(?:tm)?[12]3\d\d", 2007),
        (r"opteron(?:tm)?24\d\d", 2009),
        (r"opteron(?:tm)?(?:41|61)\d\d", 2010),
        (r"opteron(?:tm)?(?:42|62)\d\d", 2011),
        (r"opteron(?:tm)?(?:43|63)\d\d", 2012),
    )
)

_MACHINES: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), year)
    for pattern, year in (
        # PowerEdge: the second digit is the generation
        (r"(?:poweredge|dell|戴尔).*?[rtm][2-9]?00(?!\d)", 2007),
        (r"(?:poweredge|dell|戴尔).*?(?:[rtmc][2-9]10|[12]950)(?!\d)", 2009),
        (r"(?:poweredge|dell|戴尔).*?[rtmc][2-9]20(?!\d)", 2012),
        (r"(?:poweredge|dell|戴尔).*?[rtmc][2-9]30(?!\d)", 2014),
        (r"(?:poweredge|dell|戴尔).*?[rtmc][2-9]4[05](?!\d)", 2017),
        (r"(?:poweredge|dell|戴尔).*?[rtmc][2-9]5[05](?!\d)", 2021),
        (r"(?:poweredge|dell|戴尔).*?[rtmc][2-9]6[05](?!\d)", 2023),
        (r"[dbms]l\d{3}p?c?(?:g|gen)5(?!\d)", 2006),
        (r"[dbms]l\d{3}p?c?(?:g|gen)6(?!\d)", 2009),
        (r"[dbms]l\d{3}p?c?(?:g|gen)7(?!\d)", 2010),
        (r"[dbms]l\d{3}[pec]?(?:g|gen)8(?!\d)", 2012),
        (r"[dbms]l\d{3}[pec]?(?:g|gen)9(?!\d)", 2014),
        (r"[dbms]l\d{3}[pec]?(?:g|gen)10plus", 2021),
        (r"[dbms]l\d{3}[pec]?(?:g|gen)10(?!\d)", 2017),
        (r"[dbms]l\d{3}[pec]?(?:g|gen)11(?!\d)", 2023),
        (r"x3[0-9]50m2", 2009),
        (r"x3[0-9]50m3", 2010),
        (r"x3[0-9]50m4", 2012),
        (r"x3[0-9]50m5", 2014),
        (r"sr[5-9]\d0v3", 2023),
        (r"sr[5-9]\d0v2", 2021),
        (r"sr[5-9]\d0(?!\d)", 2017),
        (r"(?:rh)?[1258]\d88h?v2", 2012),
        (r"(?:rh)?[1258]\d88h?v3", 2014),
        (r"(?:rh)?[1258]\d88hv5", 2017),
        (r"(?:rh)?[1258]\d88hv6", 2021),
        (r"(?:rh)?[1258]\d88hv7", 2023),
        (r"taishan|泰山", 2019),
        (r"n[fpx]\d{4}[a-z]?m2", 2009),
        (r"n[fpx]\d{4}[a-z]?m3", 2012),
        (r"n[fpx]\d{4}[a-z]?m4", 2014),
        (r"n[fpx]\d{4}[a-z]?m5", 2017),
        (r"n[fpx]\d{4}[a-z]?m6", 2021),
        (r"n[fpx]\d{4}[a-z]?m7", 2023),
        (r"[ia]\d{3}r?g10", 2012),
        (r"[ia]\d{3}r?g15", 2013),
        (r"[ia]\d{3}r?g20", 2014),
        (r"[ia]\d{3}r?g25", 2016),
        (r"[ia]\d{3}r?g30", 2017),
        (r"[ia]\d{3}r?g40", 2021),
        (r"r[2-9][0-9]00g2", 2014),
        (r"r[2-9][0-9]00g3", 2017),
        (r"r[2-9][0-9]00g5", 2021),
        (r"r[2-9][0-9]00g6", 2023),
        (r"ucs[bc][a-z\d]*m1", 2009),
        (r"ucs[bc][a-z\d]*m3", 2012),
        (r"ucs[bc][a-z\d]*m4", 2014),
        (r"ucs[bc][a-z\d]*m5", 2017),
        (r"ucs[bc][a-z\d]*m6", 2021),
    )
)


def processor(key: str) -> str:
    """What tells one processor from another, in a name that is reduced to letters and digits; "" if unknown.

    ``intelxeone52650v2`` gives ``e52650v2``; variants of a processor (``4214r``) count as the processor.
    """
    if found := _E_FAMILY.search(key):
        family, number, version = found.groups()
        return f"e{family}{number}" + (f"v{version}" if version and version != "1" else "")
    if found := _SCALABLE.search(key):
        return found[0]
    if found := _EPYC.search(key):
        return found[0]
    if found := _OLD_XEON.search(key):
        return found[1]
    return ""


def processor_year(key: str) -> int | None:
    """The year of a processor's generation; None if its name says nothing."""
    if found := _E_FAMILY.search(key):
        family, _, version = found.groups()
        return _E_YEARS.get((family, version if version and version != "1" else ""))
    if found := _SCALABLE.search(key):
        return _SCALABLE_YEARS.get(found[2])
    if found := _EPYC.search(key):
        return _EPYC_YEARS.get(f"{found[1]}{found[2]}" if found[1] == "9" else f"7{found[2]}")
    if found := _HYGON.search(key):
        return _HYGON_YEARS[found[2]]
    for pattern, year in _OTHER_PROCESSORS:
        if pattern.search(key):
            return year
    if found := _OLD_XEON.search(key):
        return _OLD_YEARS.get(found[2])
    return None


def machine_year(key: str) -> int | None:
    """The year in which a line of servers came on the market; None if its name says nothing."""
    return next((year for pattern, year in _MACHINES if pattern.search(key)), None)
