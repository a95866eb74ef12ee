"""Which files of the library suit a year and a place: what a scenario starts from, its tariff and its grid.

Files of the library are called ``NAME-YEAR.yaml``; what there is, is what stands there. All three follow one
rule: the file of the place that is nearest in year, the later of two as near, and the country's where the
place has none. What was chosen is said in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .include import LIBRARY_PREFIX
from .terms import Text

_STARTS, _TARIFFS, _GRIDS = "starting-points", "tariffs", "grid"
_COUNTRY = {_STARTS: "province", _TARIFFS: "china", _GRIDS: "national"}
_WHAT = {
    _STARTS: Text(en="prices and machines", zh="价格与设备参数"),
    _TARIFFS: Text(en="electricity tariff", zh="电价"),
    _GRIDS: Text(en="grid emission factor", zh="电网排放因子"),
}
# Names in Chinese and in English of what files are called. A name may stand here without a file.
_NAMES = {
    "beijing": ("北京", "Beijing"),
    "tianjin": ("天津", "Tianjin"),
    "hebei": ("河北", "Hebei"),
    "shanxi": ("山西", "Shanxi"),
    "inner-mongolia": ("内蒙古", "Inner Mongolia"),
    "liaoning": ("辽宁", "Liaoning"),
    "jilin": ("吉林", "Jilin"),
    "heilongjiang": ("黑龙江", "Heilongjiang"),
    "shanghai": ("上海", "Shanghai"),
    "jiangsu": ("江苏", "Jiangsu"),
    "zhejiang": ("浙江", "Zhejiang"),
    "anhui": ("安徽", "Anhui"),
    "fujian": ("福建", "Fujian"),
    "jiangxi": ("江西", "Jiangxi"),
    "shandong": ("山东", "Shandong"),
    "henan": ("河南", "Henan"),
    "hubei": ("湖北", "Hubei"),
    "hunan": ("湖南", "Hunan"),
    "guangdong": ("广东", "Guangdong"),
    "guangxi": ("广西", "Guangxi"),
    "hainan": ("海南", "Hainan"),
    "chongqing": ("重庆", "Chongqing"),
    "sichuan": ("四川", "Sichuan"),
    "guizhou": ("贵州", "Guizhou"),
    "yunnan": ("云南", "Yunnan"),
    "shaanxi": ("陕西", "Shaanxi"),
    "gansu": ("甘肃", "Gansu"),
    "qinghai": ("青海", "Qinghai"),
    "ningxia": ("宁夏", "Ningxia"),
    "xinjiang": ("新疆", "Xinjiang"),
    "north-china": ("华北", "North China"),
}


@dataclass(frozen=True)
class Chosen:
    """A file of the library to include.

    Attributes:
        include: as an include of a scenario names it, e.g. ``library:tariffs/guangdong-2024.yaml``.
        place: key of the place whose file it is; None for one of the whole country.
        year: that the file speaks of.
        why: what was chosen for what was asked, one sentence without its full stop.
    """

    include: str
    place: str | None
    year: int
    why: Text


def starting_point(year: int) -> Chosen:
    """Hardware, prices, demand, departments and a cloud of the era nearest to a year."""
    return _nearest(_STARTS, None, year)


def tariff(place: str | None, year: int) -> Chosen:
    """The tariff for a place (key of ``places``; None: the whole country) and a year."""
    return _nearest(_TARIFFS, place, year)


def grid(place: str | None, year: int) -> Chosen:
    """The carbon of electricity for a place (key of ``places``; None: the whole country) and a year."""
    return _nearest(_GRIDS, place, year)


def places() -> list[str]:
    """Keys of the places of which the library has a tariff or a grid factor, sorted."""
    named = {name for folder in (_TARIFFS, _GRIDS) for name in _years(folder)}
    return sorted(named - set(_COUNTRY.values()))


def place_named(text: str) -> str | None:
    """The place that a text means: its key, or a text that begins with its name (广东省广州市, Guangdong)."""
    asked = " ".join(text.split()).casefold()
    for key in places():
        chinese, english = _NAMES.get(key, (key, key))
        if asked == key or asked.startswith(chinese) or _begins(asked, english.casefold()):
            return key
    return None


def title(place: str | None) -> Text:
    """A place in words."""
    if place is None:
        return Text(en="China", zh="全国")
    chinese, english = _NAMES.get(place, (place, place))
    return Text(en=english, zh=chinese)


def _begins(text: str, name: str) -> bool:
    """Whether a text begins with a name as a whole word."""
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _nearest(folder: str, place: str | None, year: int) -> Chosen:
    """The file of a folder that suits, by the rule of this module."""
    known = _years(folder)
    own = place if place in known and place not in _COUNTRY.values() else None
    found = min(known[own or _COUNTRY[folder]], key=lambda each: (abs(each - year), -each))
    include = f"{LIBRARY_PREFIX}{folder}/{own or _COUNTRY[folder]}-{found}.yaml"
    return Chosen(include, own, found, _why(folder, place, own, year, found))


def _why(folder: str, asked: str | None, own: str | None, year: int, found: int) -> Text:
    what, where, wanted = _WHAT[folder], title(own), title(asked)
    en, zh = f"{what.en} of {where.en}, {found}", f"{where.zh}{found}年{what.zh}"
    if asked != own:
        en += f", since there is none of {wanted.en}"
        zh += f"，库中没有{wanted.zh}的数据"
    if found != year:
        en += f", the year nearest to {year}"
        zh += f"，为最接近{year}年的年份"
    return Text(en=en, zh=zh)


@cache
def _years(folder: str) -> dict[str, list[int]]:
    """Years of the files of a folder of the library, by the name before the year."""
    found: dict[str, list[int]] = {}
    for item in files(__package__).joinpath("library", folder).iterdir():
        name, _, year = item.name.removesuffix(".yaml").rpartition("-")
        if item.name.endswith(".yaml") and name and year.isdecimal():
            found.setdefault(name, []).append(int(year))
    return {name: sorted(years) for name, years in sorted(found.items())}
