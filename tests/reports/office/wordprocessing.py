"""What Word is strict about in a .docx (ECMA-376 Part 1, section 17), found on the XML itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .package import XML, Package, misplaced, package_faults

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MARK = re.compile(r"[A-Za-z_\w][\w]{0,39}")
SIDES = "top start left bottom end right"
# Children in the order of the schema's sequences; of settings only up to what is ever written.
ORDERS = {
    "pPr": """
        pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd
        tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi
        adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc
        textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange""",
    "rPr": """
        rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof
        snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd
        fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath""",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "tblPr": """
        tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc
        tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription""",
    "tblGrid": "gridCol",
    "tr": "tblPrEx trPr tc",
    "tcPr": """
        cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign
        hideMark""",
    "tcBorders": f"{SIDES} insideH insideV tl2br tr2bl",
    "tblBorders": f"{SIDES} insideH insideV",
    "tcMar": SIDES,
    "tblCellMar": SIDES,
    "pBdr": "top left bottom right between bar",
    "numPr": "ilvl numId",
    "sectPr": """
        headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType
        pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid
        printerSettings""",
    "style": """
        name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat
        locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr""",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "num": "abstractNumId lvlOverride",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "font": "altName panose1 charset family notTrueType pitch sig embedRegular embedBold embedItalic",
    "settings": """
        writeProtection view zoom removePersonalInformation removeDateAndTime displayBackgroundShape
        embedTrueTypeFonts embedSystemFonts saveSubsetFonts mirrorMargins bordersDoNotSurroundHeader
        bordersDoNotSurroundFooter hideSpellingErrors hideGrammaticalErrors proofState
        stylePaneFormatFilter documentType defaultTabStop autoHyphenation consecutiveHyphenLimit
        hyphenationZone doNotHyphenateCaps evenAndOddHeaders drawingGridHorizontalSpacing
        drawingGridVerticalSpacing displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery
        doNotUseMarginsForDrawingGridOrigin noPunctuationKerning characterSpacingControl noLineBreaksAfter
        noLineBreaksBefore savePreviewPicture doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent
        alwaysShowPlaceholderText updateFields hdrShapeDefaults footnotePr endnotePr compat docVars rsids
        mathPr attachedSchema themeFontLang clrSchemeMapping doNotIncludeSubdocsInStats
        doNotAutoCompressPictures shapeDefaults decimalSymbol listSeparator""",
}
REPEATED = """bookmarkStart bookmarkEnd tr tc gridCol headerReference footerReference style tblStylePr
    abstractNum num lvl lvlOverride"""
KINDS = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}


def faults(content: bytes) -> list[str]:
    """Everything in a .docx that Word might refuse or repair."""
    package = Package.of(content)
    (main,) = package.of_kind("document.main+xml")
    found = [*package_faults(package), *_references(package, main)]
    stories = [main, *package.of_kind("header+xml"), *package.of_kind("footer+xml")]
    for part, tree in package.trees.items():
        if part.startswith("word/") and not part.endswith(".rels"):
            found += (f"{part}: {fault}" for fault in _orders(tree))
    for part in stories:
        found += (
            f"{part}: {fault}" for fault in (*_tables(package.trees[part]), *_texts(package.trees[part]))
        )
    return found


def _orders(tree: XML) -> Iterator[str]:
    for element in tree.iter():
        name = element.tag.removeprefix(W)
        if element.tag.startswith(W) and name in ORDERS:
            own = element if name != "settings" else _own(element)
            fault = misplaced(own, tuple(ORDERS[name].split()), W, frozenset(REPEATED.split()))
            if fault:
                yield f"{name}: {fault}"


def _own(element: XML) -> XML:
    """An element without children of extensions, which may stand anywhere."""
    kept = XML(element.tag)
    kept.extend(child for child in element if child.tag.startswith(W))
    return kept


def _tables(tree: XML) -> Iterator[str]:
    """Cells end in a paragraph, and fill their table's columns."""
    for cell in tree.iter(f"{W}tc"):
        if len(cell) == 0 or cell[-1].tag != f"{W}p":
            yield "a cell does not end in a paragraph"
    for table in tree.iter(f"{W}tbl"):
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.findall(f"{W}tr"):
            spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc")]
            if sum(1 if s is None else int(s.get(f"{W}val", "0")) for s in spans) != columns:
                yield f"a row does not fill {columns} columns"


def _texts(tree: XML) -> Iterator[str]:
    """Spaces at ends are kept; fields open, part and close in turn, each within its paragraph's story."""
    for text in (*tree.iter(f"{W}t"), *tree.iter(f"{W}instrText")):
        words = text.text or ""
        if words != words.strip() and text.get(SPACE) != "preserve":
            yield f"{words!r} loses its spaces"
    depth: list[str] = []
    for char in tree.iter(f"{W}fldChar"):
        kind = char.get(f"{W}fldCharType", "")
        turn = {"begin": None, "separate": "begin", "end": "separate"}[kind]
        if kind == "begin":
            depth.append(kind)
        elif not depth or (kind == "separate" and depth[-1] != turn):
            yield f"a field's {kind} stands alone"
        elif kind == "separate":
            depth[-1] = kind
        else:
            depth.pop()
    if depth:
        yield "a field stays open"


def _references(package: Package, main: str) -> Iterator[str]:
    """Styles, lists, marks and pictures that are named are there, each name once."""
    (styles,) = (package.trees[p] for p in package.of_kind("styles+xml"))
    kinds = Counter((s.get(f"{W}styleId"), s.get(f"{W}type")) for s in styles.findall(f"{W}style"))
    names = Counter((s.find(f"{W}name").get(f"{W}val") or "").lower() for s in styles.findall(f"{W}style"))  # type: ignore[union-attr]  # every style has a name
    yield from (f"style {name} {count} times" for name, count in (kinds + names).items() if count > 1)
    lists = [t for p in package.of_kind("numbering+xml") for t in package.trees[p].findall(f"{W}num")]
    nums = {n.get(f"{W}numId") for n in lists} | {"0"}
    marks: Counter[str] = Counter()
    pictures: Counter[str] = Counter()
    anchors: set[str] = set()
    for part, tree in package.trees.items():
        if not part.startswith("word/") or part.endswith(".rels"):
            continue
        for tag, kind in KINDS.items():
            used = {e.get(f"{W}val") for e in tree.iter(f"{W}{tag}")}
            yield from (f"{part}: no {kind} style {s!r}" for s in used if (s, kind) not in kinds)
        for tag in ("basedOn", "next", "link"):
            used = {e.get(f"{W}val") for e in tree.iter(f"{W}{tag}")}
            yield from (f"{part}: no style {s!r}" for s in used - {one for one, _ in kinds})
        yield from (
            f"{part}: no list {e.get(f'{W}val')}"
            for e in tree.iter(f"{W}numPr/{W}numId")
            if e.get(f"{W}val") not in nums
        )
        marks.update(e.get(f"{W}name", "") for e in tree.iter(f"{W}bookmarkStart"))
        opened = [e.get(f"{W}id") for e in tree.iter(f"{W}bookmarkStart")]
        closed = [e.get(f"{W}id") for e in tree.iter(f"{W}bookmarkEnd")]
        if sorted(map(str, opened)) != sorted(map(str, closed)) or len(set(opened)) < len(opened):
            yield f"{part}: bookmarks do not open and close once each"
        anchors |= {e.get(f"{W}anchor", "") for e in tree.iter(f"{W}hyperlink")} - {""}
        for instruction in tree.iter(f"{W}instrText"):
            words = (instruction.text or "").split()
            anchors |= {words[1]} if words and words[0] in ("REF", "PAGEREF") else set()
        for about in tree.iter(f"{WP}docPr"):
            pictures[about.get("id", "")] += 1
            if not about.get("descr"):
                yield f"{part}: a picture says nothing to whoever cannot see it"
    yield from (f"picture id {one} {count} times" for one, count in pictures.items() if count > 1)
    yield from (
        f"mark {one!r} {count} times, or no name"
        for one, count in marks.items()
        if count > 1 or not MARK.fullmatch(one)
    )
    yield from (f"{main}: leads to {lost!r}, which is not there" for lost in anchors - set(marks))
