"""The gallery shows every chart there is, as its script writes it, and stays small."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from roomfold.reports.calibration import charts as calibration
from roomfold.reports.charts import CHARTS, frontier, sweep
from roomfold.reports.charts.fit_charts import FIT_CHARTS
from roomfold.reports.fleet import charts as fleet

DOCS = Path(__file__).parents[3] / "docs"
MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_registered_chart_is_named(gallery: ModuleType) -> None:
    registered = {
        "run": set(CHARTS),
        "calibration": set(calibration.CHARTS),
        "frontier": {frontier.CHART},
        "sweep": {sweep.CHART},
        "fleet": set(fleet.CHARTS),
        "fit": set(FIT_CHARTS),
    }
    assert {kind: set(entries) for kind, entries in gallery.ENTRIES.items()} == registered


def test_the_page_is_as_the_script_writes_it_with_both_languages(gallery: ModuleType) -> None:
    text = (DOCS / "gallery.md").read_text("utf-8")
    assert text == gallery.page()
    shown = set(re.findall(r"\]\(gallery/([^)]+)\)", text))
    assert shown == {path.name for path in (DOCS / "gallery").iterdir()}
    wanted = {
        f"{kind}-{name}.{lang}.png"
        for kind, entries in gallery.ENTRIES.items()
        for name in entries
        for lang in gallery.LANGS
    }
    assert shown == wanted
    assert sum(path.stat().st_size for path in (DOCS / "gallery").iterdir()) < MOST_BYTES
