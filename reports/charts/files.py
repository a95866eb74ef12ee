"""Charts on disk: SVG with searchable text and its own font, PNG, PDF, and the table as CSV.

A figure is laid out once, then drawn once for each format. Every format carries title, caption and the
figure's id, which a citation names.
"""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..embedded.marks import Mark, marks
from ..inert import in_csv
from ..messages import Lang, say
from .font import FAMILY, font_subset
from .style import DPI, Chart

Format = Literal["svg", "png", "pdf"]
FORMATS: tuple[Format, ...] = ("svg", "png", "pdf")

PNG_DPI = 2 * DPI  # twice as fine as a screen shows it
PNG_COMPRESSION = 3  # half the time of the usual 6, and no larger: these are lines and plain areas


@dataclass(frozen=True)
class ChartFiles:
    """What was written for one chart in one language; the CSV is the same for all languages.

    ``marks`` say which row of the CSV each mark of the drawing shows.
    """

    svg: Path
    png: Path
    csv: Path
    title: str
    caption: str
    marks: tuple[Mark, ...] = ()


def figure_id(name: str, run_id: str) -> str:
    """What a citation calls a chart of a run."""
    return f"roomfold run {run_id}, figure {name}"


def write(chart: Chart, folder: Path, name: str, lang: Lang, run_id: str) -> ChartFiles:
    """Write a chart's SVG, PNG and CSV; the same chart gives the same bytes."""
    canvas = _laid_out(chart.figure)
    made = ChartFiles(
        folder / f"{name}.{lang}.svg",
        folder / f"{name}.{lang}.png",
        folder / f"{name}.csv",
        chart.title,
        chart.caption,
        marks(chart),
    )
    made.png.write_bytes(_png(chart, canvas, name, run_id))
    made.svg.write_text(_svg(chart, name, lang, run_id), encoding="utf-8", newline="\n")
    made.csv.write_text(_table(chart), encoding="utf-8-sig", newline="")
    return made


def write_one(
    chart: Chart, path: Path, form: Format, name: str, lang: Lang, run_id: str, dpi: int = PNG_DPI
) -> None:
    """Write a chart in one format to a place of one's own, as PNG with so many pixels per inch."""
    canvas = _laid_out(chart.figure, dpi)
    if form == "svg":
        path.write_text(_svg(chart, name, lang, run_id), encoding="utf-8", newline="\n")
    elif form == "png":
        path.write_bytes(_png(chart, canvas, name, run_id, dpi))
    else:
        path.write_bytes(_pdf(chart, name, run_id))


def _laid_out(figure: Figure, dpi: int = PNG_DPI) -> FigureCanvasAgg:
    """Place the axes once, with the renderer of the PNG, which then has measured every text."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    return canvas


def _svg(chart: Chart, name: str, lang: Lang, run_id: str) -> str:
    """The chart as SVG: text stays text; a WOFF font of just its characters is inside.

    Leaves the figure at 72 pixels per inch, so it comes after the PNG.
    Name and language go before every id and into the font family's name, so that many charts fit in one page.
    """
    key = f"{name}-{lang}"
    metadata = {
        "Title": chart.title,
        "Description": chart.caption,
        "Creator": "roomfold",
        "Identifier": figure_id(name, run_id),
        "Source": f"run {run_id}",
        "Language": lang,
        "Date": None,
        "Format": "image/svg+xml",
        "Type": "StillImage",
    }
    buffer = io.StringIO()
    FigureCanvasSVG(chart.figure).print_svg(buffer, metadata=metadata)  # type: ignore[no-untyped-call]  # has no types
    svg = re.sub(r"<!DOCTYPE.*?>\s*", "", buffer.getvalue(), count=1, flags=re.DOTALL)
    svg = re.sub(r'( id="|url\(#|xlink:href="#)', rf"\g<1>{key}-", svg)
    svg = svg.replace("*{stroke-linejoin", f"#{key}-figure_1 *{{stroke-linejoin")
    shown = unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, flags=re.DOTALL)))
    family = f"roomfold-{key}"
    svg = svg.replace(f"'{FAMILY}'", f"'{family}', '{FAMILY}', sans-serif")
    woff = b64encode(font_subset(shown)).decode("ascii")
    face = f"@font-face{{font-family:'{family}';src:url(data:font/woff;base64,{woff}) format('woff')}}"
    return svg.replace("<defs>", f'<defs>\n  <style type="text/css">{face}</style>', 1)


def _png(chart: Chart, canvas: FigureCanvasAgg, name: str, run_id: str, dpi: int = PNG_DPI) -> bytes:
    """The chart as PNG."""
    canvas.draw()  # type: ignore[no-untyped-call]  # has no types
    width, height = canvas.get_width_height(physical=True)
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # has no types
    shown = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1)
    about = PngInfo()
    texts = {
        "Title": chart.title,
        "Description": chart.caption,
        "Source": figure_id(name, run_id),
    }
    for key, text in texts.items():
        about.add_itxt(key, text)
    buffer = io.BytesIO()
    shown.convert("RGB").save(buffer, "png", compress_level=PNG_COMPRESSION, dpi=(dpi, dpi), pnginfo=about)
    return buffer.getvalue()


def _pdf(chart: Chart, name: str, run_id: str) -> bytes:
    """The chart as PDF with TrueType fonts inside and no date."""
    metadata = {
        "Title": chart.title,
        "Subject": chart.caption,
        "Keywords": figure_id(name, run_id),
        "Creator": "roomfold",
        "Producer": None,
        "CreationDate": None,
    }
    buffer = io.BytesIO()
    FigureCanvasPdf(chart.figure).print_pdf(buffer, metadata=metadata)  # type: ignore[no-untyped-call]  # has no types
    return buffer.getvalue()


def _table(chart: Chart) -> str:
    """The table behind a chart; column ids in English with the Chinese name in brackets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([f"{column} ({say('zh', f'column.{column}')})" for column in chart.columns])
    writer.writerows(
        [repr(cell) if isinstance(cell, float) else in_csv(cell) for cell in row] for row in chart.rows
    )
    return buffer.getvalue()
