"""Charts on disk: SVG with searchable text and its own font, PNG, and the table as CSV."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from matplotlib.figure import Figure

from ..messages import Lang, say
from .style import DPI, FAMILY, Chart, font_path

PNG_SCALE = 2


@dataclass(frozen=True)
class ChartFiles:
    """What was written for one chart in one language; the CSV is the same for all languages."""

    svg: Path
    png: Path
    csv: Path
    title: str
    caption: str


def write(chart: Chart, folder: Path, name: str, lang: Lang, run_id: str) -> ChartFiles:
    """Write a chart's SVG, PNG and CSV; the same chart gives the same bytes."""
    made = ChartFiles(
        folder / f"{name}.{lang}.svg",
        folder / f"{name}.{lang}.png",
        folder / f"{name}.csv",
        chart.title,
        chart.caption,
    )
    made.svg.write_text(svg_text(chart, f"{name}-{lang}", run_id), encoding="utf-8", newline="\n")
    chart.figure.set_layout_engine("none")  # the layout made for the SVG serves the PNG too
    chart.figure.savefig(
        made.png,
        format="png",
        dpi=DPI * PNG_SCALE,
        metadata={
            "Title": chart.title,
            "Description": chart.caption,
            "Source": f"roomfold run {run_id}",
            "Software": None,
        },
    )
    made.csv.write_text(_table(chart), encoding="utf-8-sig", newline="")
    return made


def svg_text(chart: Chart, key: str, run_id: str) -> str:
    """The chart as SVG: text stays text; a WOFF font of just its characters is inside.

    ``key`` goes before every id and into the font family's name, so that many charts fit in one page.
    """
    svg = _drawn(chart.figure, chart, run_id)
    svg = re.sub(r"<!DOCTYPE.*?>\s*", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'( id="|url\(#|xlink:href="#)', rf"\g<1>{key}-", svg)
    svg = svg.replace("*{stroke-linejoin", f"#{key}-figure_1 *{{stroke-linejoin")
    shown = unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, flags=re.DOTALL)))
    family = f"roomfold-{key}"
    svg = svg.replace(f"'{FAMILY}'", f"'{family}', '{FAMILY}', sans-serif")
    woff = b64encode(font_subset(shown)).decode("ascii")
    face = f"@font-face{{font-family:'{family}';src:url(data:font/woff;base64,{woff}) format('woff')}}"
    return svg.replace("<defs>", f'<defs>\n  <style type="text/css">{face}</style>', 1)


def _drawn(figure: Figure, chart: Chart, run_id: str) -> str:
    buffer = io.StringIO()
    metadata = {
        "Title": chart.title,
        "Description": chart.caption,
        "Creator": "roomfold",
        "Source": f"run {run_id}",
        "Date": None,
        "Format": "image/svg+xml",
        "Type": "StillImage",
    }
    figure.savefig(buffer, format="svg", metadata=metadata)
    return buffer.getvalue()


def font_subset(text: str) -> bytes:
    """A WOFF font with the characters of ``text`` alone."""
    from fontTools import subset  # type: ignore[import-untyped]  # ships no types

    options = subset.Options()
    options.flavor = "woff"
    options.layout_features = []
    options.name_IDs = [0, 13, 14]  # copyright and licence
    options.notdef_outline = True
    options.glyph_names = False
    buffer = io.BytesIO()
    with subset.load_font(str(font_path()), options, dontLoadGlyphNames=True) as font:
        font.recalcTimestamp = False
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        subset.save_font(font, buffer, options)
    return buffer.getvalue()


def _table(chart: Chart) -> str:
    """The table behind a chart; column ids in English with the Chinese name in brackets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([f"{column} ({say('zh', f'column.{column}')})" for column in chart.columns])
    writer.writerows([repr(cell) if isinstance(cell, float) else cell for cell in row] for row in chart.rows)
    return buffer.getvalue()
