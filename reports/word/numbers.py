"""Numbers of chapters and sections: 一、 and （一） in Chinese, 1 and 1.1 in English; and bullets."""

from __future__ import annotations

from ..messages import Lang
from .xml import Element, node

HEADINGS, BULLETS = 1, 2
DIGITS = "零一二三四五六七八九"
# Format, text and what follows it, of headings of level 1, 2 and 3.
LEVELS: dict[Lang, tuple[tuple[str, str, str], ...]] = {
    "zh": (
        ("chineseCountingThousand", "%1、", "nothing"),
        ("chineseCountingThousand", "（%2）", "nothing"),
        ("decimal", "%3．", "nothing"),
    ),
    "en": (("decimal", "%1", "tab"), ("decimal", "%1.%2", "tab"), ("decimal", "%1.%2.%3", "tab")),
}
HANGING = 567  # twips: what follows an English number stands 1 cm from the margin


class Counter:
    """Counts headings as Word does, for tables of contents that are filled before Word opens them."""

    def __init__(self, lang: Lang) -> None:
        self._lang: Lang = lang
        self._counts = [0, 0, 0]

    def next(self, level: int) -> str:
        """The number of the next heading of a level."""
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (len(self._counts) - level)
        kind, text, after = LEVELS[self._lang][level - 1]
        for place, count in enumerate(self._counts, 1):
            text = text.replace(f"%{place}", chinese(count) if kind.startswith("chinese") else str(count))
        return text if after == "nothing" else f"{text}\t"


def chinese(count: int) -> str:
    """A number up to 99 in Chinese characters."""
    tens, ones = divmod(count, 10)
    if tens == 0:
        return DIGITS[ones]
    return (DIGITS[tens] if tens > 1 else "") + "十" + (DIGITS[ones] if ones else "")


def fill(numbering: Element, lang: Lang) -> None:
    """Put both lists into the part that defines them."""
    for child in list(numbering):
        numbering.remove(child)
    numbering.append(_abstract(HEADINGS, "multilevel", [_heading(lang, n) for n in (1, 2, 3)]))
    numbering.append(_abstract(BULLETS, "hybridMultilevel", [_bullet()]))
    for number in (HEADINGS, BULLETS):
        numbering.append(node("num", node("abstractNumId", val=number), numId=number))


def _abstract(number: int, kind: str, levels: list[Element]) -> Element:
    return node("abstractNum", node("multiLevelType", val=kind), *levels, abstractNumId=number)


def _heading(lang: Lang, level: int) -> Element:
    kind, text, after = LEVELS[lang][level - 1]
    indent = (
        node("ind", left=HANGING, hanging=HANGING) if after == "tab" else node("ind", left=0, firstLine=0)
    )
    return node(
        "lvl",
        node("start", val=1),
        node("numFmt", val=kind),
        node("pStyle", val=f"Heading{level}"),
        node("suff", val=after),
        node("lvlText", val=text),
        node("lvlJc", val="left"),
        node("pPr", indent),
        ilvl=level - 1,
    )


def _bullet() -> Element:
    return node(
        "lvl",
        node("start", val=1),
        node("numFmt", val="bullet"),
        node("pStyle", val="ListBullet"),
        node("lvlText", val="•"),
        node("lvlJc", val="left"),
        node("rPr", node("rFonts", ascii="Arial", hAnsi="Arial", eastAsia="Arial", cs="Arial")),
        ilvl=0,
    )
