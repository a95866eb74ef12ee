"""What Excel is strict about in an .xlsx (ECMA-376 Part 1, section 18, and Excel's own limits)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from .package import XML, Package, R, misplaced, package_faults

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
ORDERS = {
    "workbook": """fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups
        externalReferences definedNames calcPr""",
    "worksheet": """sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection
        protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr
        conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter
        rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing picture
        tableParts extLst""",
    "c": "f v is extLst",
    "xf": "alignment protection",
    "font": """b i strike condense extend outline shadow u vertAlign sz color name family charset scheme""",
    "border": "start end left right top bottom diagonal vertical horizontal",
    "styleSheet": """numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors""",
}
REPEATED = frozenset(("conditionalFormatting",))
CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
AREA = re.compile(  # of cells, of whole columns, or of whole rows
    r"(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!(?:\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?"
    r"|\$[A-Z]{1,3}:\$[A-Z]{1,3}|\$\d+:\$\d+)"
)
NAME = re.compile(r"[^\W\d\\][\w.\\]{0,254}|_xlnm\.\w+")
TEXT = re.compile(r'"(?:[^"]|"")*"')
FUNCTION = re.compile(r"([A-Z_][A-Z0-9._]*)\(")
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_IN_FORMULA, MOST_IN_CELL, MOST_IN_NAME, MOST_DEEP, MOST_IN_FOOT = 8192, 32_767, 31, 64, 255
MOST_WIDE, MOST_HIGH = 255, 409.5
# Functions of ECMA-376 that formulas use; a later one must be written with _xlfn. before it.
KNOWN = """ABS AND AVERAGE BETADIST CEILING COLUMN COLUMNS COUNT COUNTA COUNTIF COUNTIFS EXP FLOOR HLOOKUP IF
    IFERROR INDEX INT IRR ISERROR ISNUMBER LARGE LN LOG LOOKUP MATCH MAX MEDIAN MIN MOD NA NOT NPV OFFSET OR
    PERCENTILE PMT POWER PRODUCT PV QUARTILE RANK ROUND ROUNDDOWN ROUNDUP ROW ROWS SIGN SMALL SQRT STDEV
    SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT SUMSQ TEXT VLOOKUP"""


def faults(content: bytes) -> list[str]:
    """Everything in an .xlsx that Excel might refuse or repair."""
    package = Package.of(content)
    (main,) = package.of_kind("sheet.main+xml")
    book, targets = package.trees[main], package.targets(main)
    sheets = {s.get("name", ""): targets[s.get(f"{R}id", "")] for s in book.iter(f"{S}sheet")}
    found = [*package_faults(package), *_book(package, book, sheets)]
    for name, part in sheets.items():
        found += (f"{name}: {fault}" for fault in _sheet(package, package.trees[part], sheets))
    for part, tree in package.trees.items():
        found += (f"{part}: {fault}" for fault in _orders(tree))
    for part in package.of_kind("chart+xml"):
        for f in package.trees[part].iter(f"{C}f"):
            found += (f"{part}: {fault}" for fault in _areas(f.text or "", sheets, needed=True))
    for part in package.of_kind("drawing+xml"):
        found += (f"{part}: {fault}" for fault in _drawing(package.trees[part]))
    return found


def _orders(tree: XML) -> Iterator[str]:
    for element in tree.iter():
        name = element.tag.removeprefix(S)
        if element.tag.startswith(S) and name in ORDERS:
            fault = misplaced(element, tuple(ORDERS[name].split()), S, REPEATED)
            if fault:
                yield f"{name}: {fault}"


def _book(package: Package, book: XML, sheets: dict[str, str]) -> Iterator[str]:
    """Names of sheets and areas."""
    for name, count in Counter(n.lower() for n in sheets).items():
        if count > 1 or not 0 < len(name) <= MOST_IN_NAME or set(name) & set("[]:*?/\\"):
            yield f"sheet name {name!r}, {count} times"
        if name.startswith("'") or name.endswith("'") or name == "history":
            yield f"sheet name {name!r}"
    ids = Counter(s.get("sheetId") for s in book.iter(f"{S}sheet"))
    yield from (f"sheet id {one} {count} times" for one, count in ids.items() if count > 1)
    places = Counter((d.get("name", "").lower(), d.get("localSheetId")) for d in book.iter(f"{S}definedName"))
    for (name, _), count in places.items():
        if count > 1 or not NAME.fullmatch(name) or CELL.fullmatch(name.upper()):
            yield f"defined name {name!r}, {count} times"
    for defined in book.iter(f"{S}definedName"):
        yield from _areas(defined.text or "", sheets, needed=True)
    for part in package.of_kind("sharedStrings+xml"):
        long = [si for si in package.trees[part] if len("".join(si.itertext())) > MOST_IN_CELL]
        yield from (f"a text of more than {MOST_IN_CELL} letters" for _ in long)


def _sheet(package: Package, sheet: XML, sheets: dict[str, str]) -> Iterator[str]:
    """Cells in their order, within limits, of styles and texts that are there."""
    (styles,) = (package.trees[p] for p in package.of_kind("styles+xml"))
    formats, changes = len(styles.find(f"{S}cellXfs") or ()), len(styles.find(f"{S}dxfs") or ())
    texts = [len(package.trees[p]) for p in package.of_kind("sharedStrings+xml")]
    last_row = 0
    for row in sheet.iter(f"{S}row"):
        number, last = int(row.get("r", "0")), 0
        if not last_row < number <= MOST_ROWS or float(row.get("ht", "0")) > MOST_HIGH:
            yield f"row {number} after {last_row}, or too high"
        last_row = number
        for cell in row:
            place = CELL.fullmatch(cell.get("r", ""))
            if place is None or int(place[2]) != number or not last < _column(place[1]) <= MOST_COLUMNS:
                yield f"cell {cell.get('r')} in row {number}"
            last = 0 if place is None else _column(place[1])
            yield from (f"{cell.get('r')}: {fault}" for fault in _cell(cell, formats, sum(texts), sheets))
    yield from (
        f"{c.get('width')} wide" for c in sheet.iter(f"{S}col") if float(c.get("width", "0")) > MOST_WIDE
    )
    areas = [_corners(m.get("ref", "")) for m in sheet.iter(f"{S}mergeCell")]
    yield from (f"{a} and {b} overlap" for a, b in combinations(areas, 2) if _overlap(a, b))
    for link in sheet.iter(f"{S}hyperlink"):
        yield from _areas(link.get("location", ""), sheets, needed=link.get(f"{R}id") is None)
    for rule in sheet.iter(f"{S}cfRule"):
        if not 0 <= int(rule.get("dxfId", "0")) < max(changes, 1):
            yield "a conditional format that is not there"
    for words in sheet.iter(f"{S}headerFooter"):
        yield from (f"{part.text!r} is too long" for part in words if len(part.text or "") > MOST_IN_FOOT)


def _cell(cell: XML, formats: int, texts: int, sheets: dict[str, str]) -> Iterator[str]:
    kind, value, formula = cell.get("t", "n"), cell.findtext(f"{S}v"), cell.find(f"{S}f")
    if int(cell.get("s", "0")) >= formats:
        yield "a style that is not there"
    if kind == "s" and not 0 <= int(value or "-1") < texts:
        yield "a text that is not there"
    if kind == "n" and value is not None and not re.fullmatch(r"-?\d+(\.\d+)?([Ee][+-]?\d+)?", value):
        yield f"{value!r} is no number"
    if kind == "inlineStr" and len("".join(cell.itertext())) > MOST_IN_CELL:
        yield "a text that is too long"
    if formula is None:
        return
    text = formula.text or ""
    bare = TEXT.sub('""', text)
    if not text or len(text) > MOST_IN_FORMULA or text.startswith("=") or bare.count("(") != bare.count(")"):
        yield f"formula {text[:60]!r} of {len(text)} letters"
    if _depth(bare) > MOST_DEEP:
        yield f"formula {text[:60]!r} is nested too deep"
    yield from (
        f"function {f}" for f in FUNCTION.findall(bare) if f not in KNOWN and not f.startswith("_xlfn.")
    )
    yield from _areas(bare, sheets, needed=False)


def _areas(text: str, sheets: dict[str, str], *, needed: bool) -> Iterator[str]:
    """Areas of sheets that are named, all within sheets that are there."""
    found = list(AREA.finditer(text))
    if needed and not found:
        yield f"{text!r} names no area"
    for area in found:
        name = (area[1] or area[2]).replace("''", "'")
        if name not in sheets:
            yield f"{area[0]!r}: no such sheet"
        rows = [int(n) for n in (area[4], area[6]) if n]
        columns = [_column(c) for c in (area[3], area[5]) if c]
        if (
            max(rows, default=0) > MOST_ROWS
            or max(columns, default=0) > MOST_COLUMNS
            or rows != sorted(rows)
            or columns != sorted(columns)
        ):
            yield f"{area[0]!r} is no area"


def _drawing(tree: XML) -> Iterator[str]:
    """Pictures and charts have numbers of their own, and words for whoever cannot see them."""
    about = list(tree.iter(f"{XDR}cNvPr"))
    if len({a.get("id") for a in about}) < len(about):
        yield "two drawings of one number"
    yield from (f"{a.get('name')} says nothing" for a in about if not a.get("descr"))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _corners(area: str) -> tuple[int, int, int, int]:
    first, _, last = area.partition(":")
    a, b = CELL.fullmatch(first), CELL.fullmatch(last or first)
    assert a is not None and b is not None, area
    return _column(a[1]), int(a[2]), _column(b[1]), int(b[2])


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _depth(formula: str) -> int:
    deepest = now = 0
    for letter in formula:
        now += (letter == "(") - (letter == ")")
        deepest = max(deepest, now)
    return deepest
