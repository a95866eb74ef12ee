"""The page in a real browser: the answers of Python, by keyboard, in both languages, with hostile names."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roomfold.reports.explore import explore
from roomfold.reports.explore.inputs import FIRST, Input, inputs
from roomfold.reports.explore.stored import FIGURES, read
from roomfold.reports.explore.surrogate import Surrogate
from roomfold.reports.messages import money

from .planted import ROOMS, STAFF, TARIFF
from .written import HOSTILE, RUN, write_run

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")

CONTRAST = """() => {
  const light = c => {
    const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255);
    const [r, g, b] = v.map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const under = e => {
    for (; e; e = e.parentElement) {
      const b = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)|transparent/.test(b)) return b;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = 'p, b, span, label, h1, h2, h3, th, td, li, button, figcaption, small';
  return Array.from(document.querySelectorAll(texts))
    .filter(e => e.textContent.trim() && e.getClientRects().length)
    .map(e => {
      const a = light(getComputedStyle(e).color), b = light(under(e));
      return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.textContent.slice(0, 40)];
    })
    .filter(x => x[0] < 4.5);
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = [
        f"{path}.{lang}={json.dumps(HOSTILE + '名' * 100)}"
        for path in ("title", "alternatives.consolidate.title")
        for lang in ("zh", "en")
    ]
    return write_run(tmp_path_factory.mktemp("explore") / "run", *named)


@pytest.fixture(scope="module")
def surrogate(run: Path) -> Surrogate:
    return Surrogate(read(run))


@pytest.fixture(scope="module")
def offered(surrogate: Surrogate) -> list[Input]:
    return inputs(surrogate)


@pytest.fixture(scope="module")
def address(run: Path) -> str:
    return explore(run).as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: complaints.append(request.url) if _outside(request.url) else None)
    opened.goto(address + "#en")
    opened.wait_for_selector("#middle")
    yield opened
    assert opened.evaluate("window.harmed") is None
    opened.close()
    assert complaints == []


def _outside(url: str) -> bool:
    return not url.startswith(("file:", "data:")) or url.endswith("/x")


def test_the_script_answers_as_python_does(page: Any, surrogate: Surrogate, offered: list[Input]) -> None:
    every = {one.path: one.high if k % 2 else one.low for k, one in enumerate(offered)}
    for fixed in ({}, {offered[0].path: offered[0].low}, every):
        expected = surrogate.answer(fixed)
        values = surrogate.figures(surrogate.fixed(fixed))
        for name, found in zip(FIGURES, page.evaluate("fixed => explore.ask(fixed)", fixed), strict=True):
            size = max(abs(v) for v in values[name] if math.isfinite(v))
            for key in ("low", "middle", "high", "error"):
                assert found[key] == pytest.approx(getattr(expected[name], key), abs=1e-9 * size), (name, key)
            assert found["values"] == pytest.approx(values[name].tolist(), abs=1e-9 * size), name


def test_every_slider_works_by_keyboard(page: Any, offered: list[Input]) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for k, one in enumerate(offered):
        slider = page.locator(f"#input-{k}")
        slider.focus()
        page.keyboard.press("End")
        page.wait_for_selector(f"#input-{k}-fix:checked", state="attached")
        assert float(slider.input_value()) == pytest.approx(one.high)
        assert slider.get_attribute("aria-valuetext").startswith(one.text(one.high))
        assert one.override(one.high) in page.locator("#command").input_value()
        page.locator(f"#input-{k}-fix").focus()
        page.keyboard.press("Space")
        page.wait_for_selector(f"#input-{k}-fix:not(:checked)", state="attached")
        page.locator(f'#input-{k}[aria-valuetext^="free"]').wait_for()
    assert "--set" not in page.locator("#command").input_value()


def test_a_setting_is_said_linked_and_taken_back(page: Any, surrogate: Surrogate, address: str) -> None:
    fixed = {ROOMS: 300.0, TARIFF: 0.7}
    page.fill(f"#input-{_row(page, ROOMS)}-value", "300")
    page.keyboard.press("Tab")
    page.fill(f"#input-{_row(page, TARIFF)}-value", "0.7")
    page.keyboard.press("Tab")
    page.wait_for_url(lambda url: "0.7" in url)
    answer = surrogate.answer(fixed)["annual_total"]
    sentence = page.locator("#sentence").input_value()
    assert money("en", answer.middle) == page.locator("#middle").inner_text()
    assert money("en", answer.middle) in sentence and RUN in sentence and "0.70" in sentence
    linked = page.evaluate("location.hash")
    assert f"{ROOMS}=300" in linked
    page.goto("about:blank")
    page.goto(address + linked.replace("#en", "#zh"))
    page.wait_for_selector("#middle")
    assert page.locator("#middle").inner_text() == money("zh", answer.middle)
    page.click("#reset")
    run = surrogate.answer({})["annual_total"].middle
    assert page.locator("#middle").inner_text() == money("zh", run)


def test_what_was_not_drawn_is_refused(page: Any, address: str) -> None:
    row = _row(page, TARIFF)
    before = page.locator("#middle").inner_text()
    page.fill(f"#input-{row}-value", "0.45")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"#input-{row}-value[aria-invalid]")
    assert "0.45 was not drawn" in page.locator(f"#input-{row}-said").inner_text()
    assert f'--set "{TARIFF}=0.45"' in page.locator("#command").input_value()
    assert page.locator("#middle").inner_text() == before
    page.goto(address + f"#en;{TARIFF}=0.45;no.such=1;{STAFF}=")
    page.wait_for_selector("#warnings li")
    assert page.locator("#middle").inner_text() == before
    assert "no.such=1" in page.locator("#warnings").inner_text()


def test_it_says_when_to_simulate_instead(page: Any, address: str, run: Path) -> None:
    drawn = read(run).drawn[:, list(read(run).inputs).index(STAFF)]
    inner, outer = np.quantile(drawn, [0.5, 0.99])
    page.goto(f"{address}#en;{STAFF}={inner:.4f}")
    page.wait_for_selector("html[lang=en] #middle")
    assert "are fixed at once" not in (said := page.locator("#warnings").inner_text())
    assert "near an end" not in said
    page.goto(f"{address}#en;{STAFF}={outer:.4f};{ROOMS}=300")
    page.locator("#warnings li", has_text="2 inputs are fixed").wait_for()
    assert "below P10 or above P90" in page.locator("#warnings").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_overflow_and_enough_contrast(page: Any, address: str, lang: str) -> None:
    page.goto(f"{address}#{lang};{ROOMS}=300")
    page.wait_for_selector(f"html[lang={lang}] #middle")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for figure in range(len(FIGURES)):
            page.select_option("#figure", str(figure))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, figure
        assert page.evaluate(CONTRAST) == []
    page.emulate_media(media="print")
    assert page.locator("#bar").is_hidden() and page.locator("#sentence").is_visible()


def _row(page: Any, path: str) -> int:
    paths = page.evaluate("JSON.parse(document.getElementById('data').textContent).inputs.map(i => i.path)")
    assert paths.index(path) <= FIRST
    return int(paths.index(path))
