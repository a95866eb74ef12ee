"""A small study with rules, and charts of plain colour, for tests of documents."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from roomfold.reports.charts import CHARTS, ChartFiles
from roomfold.reports.messages import LANGS
from roomfold.sim.outcome import Study

from .small_study import tiny_study
from .test_policy import RULES

COMMAND = "roomfold run scenario.yaml --worlds 3 --seed 1"
PIXELS = (320, 180)


def ruled_study() -> Study:
    """A study in which rules bind."""
    return tiny_study(*RULES, worlds=3)  # the same as in test_policy, so that one run serves both


def plain_charts(folder: Path, *more: str) -> dict[tuple[str, str], ChartFiles]:
    """What ``render_all`` would give, with every picture plain; ``more`` are charts that nobody knows."""
    made: dict[tuple[str, str], ChartFiles] = {}
    for place, name in enumerate((*CHARTS, *more)):
        for lang in LANGS:
            png = folder / f"{name}.{lang}.png"
            Image.new("RGB", PIXELS, (place, 0, 0)).save(png)
            title, caption = f"{name}: finding in {lang}", f"{name}: how to read it"
            made[name, lang] = ChartFiles(
                folder / f"{name}.{lang}.svg", png, folder / f"{name}.csv", title, caption
            )
    return made
