"""The page in a real browser: what it shows, what its switches change, and what hostile names cannot do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from roomfold.reports.books import Books, rows_of
from roomfold.reports.charts import CHARTS, render_all
from roomfold.reports.claims import MONEY
from roomfold.reports.lines import Span, claim_line
from roomfold.reports.manifest import run_id
from roomfold.reports.messages import LANGS, Lang, money_cell, number
from roomfold.reports.page import page, whole_page
from roomfold.reports.quantiles import quantiles
from roomfold.reports.residual import residual_cny
from roomfold.reports.statement import Statement, state
from roomfold.scenarios.terms import Text
from roomfold.sim.outcome import Study

from .checks import FAINT, OPEN_ALL
from .hostile import HOSTILE, hostile_study

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")

WIDTHS = (1280, 390)
Page = Any


@pytest.fixture(scope="module")
def study() -> Study:
    return hostile_study()


@pytest.fixture(scope="module")
def statement(study: Study) -> Statement:
    return state(study)


@pytest.fixture(scope="module")
def report(study: Study, statement: Statement, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    few = {name: CHARTS[name] for name in ("waterfall", "utilisation")} | {"stray": CHARTS["utilisation"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.charts.CHARTS", few)
        charts = render_all(statement, study, folder, run_id(statement))
    html = page(statement, study, charts, "roomfold run x")
    assert html == page(statement, study, charts, "roomfold run x")
    (folder / "report.html").write_text(html, encoding="utf-8", newline="\n")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """Whatever any page of this module logged, failed at, or asked for beside itself."""
    return []


@pytest.fixture(scope="module")
def open_page(browser: Any, report: Path, complaints: list[str]) -> Callable[[Lang, int], Page]:
    opened: dict[int, Page] = {}

    def asked(url: str) -> None:
        if not url.startswith(("data:", report.as_uri())):
            complaints.append(url)

    def show(lang: Lang, width: int = WIDTHS[0]) -> Page:
        if width not in opened:
            shown = browser.new_page(viewport={"width": width, "height": 900})
            shown.on("console", lambda message: complaints.append(message.text))
            shown.on("pageerror", lambda error: complaints.append(str(error)))
            shown.on("request", lambda request: asked(request.url))
            shown.goto(report.as_uri())
            opened[width] = shown
        opened[width].evaluate("lang => { location.hash = lang; }", lang)
        opened[width].wait_for_selector(f"html.only-{lang}", state="attached")
        return opened[width]

    return show


def shown_texts(shown: Page, lang: Lang) -> dict[str, list[str]]:
    """Figures in the page by id; a figure that stands in two places must say the same."""
    return dict(
        shown.evaluate(
            """lang => { const found = {};
            document.querySelectorAll(`main[lang=${lang}] tr[data-figure]`).forEach(row => {
              const parts = [...row.querySelectorAll('[data-part]')];
              found[row.dataset.figure] = parts.map(p => p.textContent); });
            return found; }""",
            lang,
        )
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGS)
def test_one_language_is_shown_and_nothing_overflows(
    open_page: Callable[..., Page], lang: Lang, width: int
) -> None:
    shown = open_page(lang, width)
    assert shown.evaluate("document.documentElement.lang") == lang
    visible = "[...document.querySelectorAll('main')].filter(m => m.offsetParent !== null).map(m => m.lang)"
    assert shown.evaluate(visible) == [lang]
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false; })")


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_can_be_read(open_page: Callable[..., Page], lang: Lang) -> None:
    """WCAG 2.1 AA: contrast of at least 4.5, of large text 3."""
    shown = open_page(lang)
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert shown.evaluate(FAINT) == []
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false; })")


def test_ids_are_unique_and_parts_have_names(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    ids = shown.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    loose = "[...document.querySelectorAll('th')].filter(t => !t.scope || !t.textContent.trim()).length"
    assert shown.evaluate(loose) == 0
    broken = """[...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
        .filter(id => !document.getElementById(id))"""
    assert shown.evaluate(broken) == []
    named = "[...document.querySelectorAll('input, select')].every(c => c.labels.length === 1)"
    assert shown.evaluate(named) is True
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"


@pytest.mark.parametrize("lang", LANGS)
def test_figures_taken_again_are_those_printed(
    open_page: Callable[..., Page], statement: Statement, lang: Lang
) -> None:
    shown = open_page(lang)
    again = shown.evaluate("lang => roomfold.recomputed(lang, {})", lang)
    for name, found in statement.savings.items():
        money = {**found.annual, **found.one_off, **{f"level {k}": v for k, v in found.by_level.items()}}
        totals = ("annual_total", "annual_without_staff", "annual_with_capital", "one_off_total", "npv")
        for key, stat in (money | {key: getattr(found, key) for key in totals}).items():
            span = Span.of(stat, lang, money_cell)
            assert again[f"{name}/{key}"] == [span.low, span.middle, span.high], key
        span = Span.of(found.payback_years, lang, lambda lang, years: number(lang, years, 1))
        assert again[f"{name}/payback_years"] == [span.low, span.middle, span.high]
    for row, check in enumerate(statement.claims):
        if check.claim.metric in MONEY:
            span = claim_line(check, lang).span
            assert again[f"claim {row}"] == [span.low, span.middle, span.high]


def test_every_switch_changes_what_it_should_and_back(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    main = shown.locator("main[lang=en]")
    main.locator("form.switches summary").click()
    printed, elsewhere = shown_texts(shown, "en"), shown_texts(shown, "zh")

    def changed() -> set[str]:
        now = shown_texts(shown, "en")
        return {key.split("/")[-1] for key in now if now[key] != printed[key]}

    steps: dict[str, tuple[Callable[[], object], set[str], set[str]]] = {
        "staff": (
            lambda: main.locator("input[name=staff]").uncheck(),
            {"staff", "annual_total", "npv"},
            {"annual_without_staff", "electricity", "one_off_total", "staff_fte"},
        ),
        "net": (
            lambda: main.locator("input[name=net]").uncheck(),
            {"annual_total", "one_off_total", "npv", "platform", "level cloud", "annual_with_capital"},
            {"rooms_closed"},
        ),
        "capital": (
            lambda: main.locator("input[name=capital]").check(),
            {"annual_total", "annual_without_staff"},
            {"annual_with_capital", "npv", "one_off_total", "electricity"},
        ),
        "prices": (
            lambda: main.locator("input[name=inflation]").fill("5"),
            {"annual_total", "annual_with_capital"},
            {"npv", "rooms_closed"},
        ),
        "rate": (
            lambda: main.locator("input[name=rate]").fill("0"),
            {"npv"},
            {"annual_total", "payback_years", "electricity"},
        ),
    }
    for name, (act, moves, stays) in steps.items():
        act()
        assert moves <= changed(), name
        assert not stays & changed(), name
        assert main.locator(".altered-note").is_visible()
        assert shown_texts(shown, "zh") != elsewhere  # both languages follow
        main.locator("[data-reset]").click()
        assert changed() == set(), name
        assert shown_texts(shown, "zh") == elsewhere
        assert main.locator(".altered-note").is_hidden()
        assert main.locator(".altered").count() == 0


def test_a_rate_of_the_slider_discounts_every_month(open_page: Callable[..., Page], study: Study) -> None:
    """Present value at 8 % taken from the books here, month by month from its middle."""
    books = Books.of(study.scenario, study.results)
    flow = books.saving("consolidate").sum(axis=2)
    discount = 1.08 ** -((np.arange(flow.shape[1]) + 0.5) / 12)
    left = residual_cny(books, "consolidate") - residual_cny(books, "keep")
    worth = quantiles(flow @ discount + left * 1.08**-study.scenario.time.years)
    shown = open_page("en")
    found = shown.evaluate("() => roomfold.recomputed('en', {rate: 0.08})['consolidate/npv']")
    assert found == [money_cell("en", float(value)) for value in worth]


def test_money_of_the_day_rises_from_mid_year(open_page: Callable[..., Page], study: Study) -> None:
    books = Books.of(study.scenario, study.results)
    rows = rows_of({"migration", "hardware_purchase", "room_construction", "decommissioning"})
    yearly = books.saving("consolidate")[:, :, rows].reshape(len(study.results), -1, 12, len(rows))
    sums = yearly.sum(axis=(2, 3))
    day = quantiles(sums @ 1.05 ** (np.arange(sums.shape[1]) + 0.5))
    shown = open_page("en")
    how = "{prices: 'set', inflation: 0.05}"
    found = shown.evaluate(f"() => roomfold.recomputed('en', {how})['consolidate/one_off_total']")
    assert found == [money_cell("en", float(value)) for value in day]


def test_tables_are_sorted_by_keyboard(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    table = shown.locator("main[lang=en] #en-table-years-consolidate table").first
    column = table.locator("thead th").nth(1)
    cells = "t => [...t.tBodies[0].rows].map(r => Number(r.cells[1].textContent.replace(/,/g, '')))"
    first = table.evaluate(cells)
    assert len(first) >= 2
    sortable = shown.locator("main[lang=en] #en-table-savings-consolidate table").first
    heads = sortable.locator("thead th .sort")
    amounts = """t => [...t.tBodies[0].rows].filter(r => !r.matches('.group, .total'))
        .map(r => Number(r.cells[2].textContent.replace(/,/g, '')))"""
    before = sortable.evaluate(amounts)
    heads.nth(1).focus()
    for state_, order in (("ascending", sorted(before)), ("descending", sorted(before, reverse=True))):
        shown.keyboard.press("Enter")
        assert sortable.locator("thead th").nth(1).get_attribute("aria-sort") == state_
        assert sortable.evaluate(amounts) == order
        kinds = sortable.evaluate("t => [...t.tBodies[0].rows].map(r => r.className)")
        assert kinds[0] == "group"
        assert kinds[-3:] == ["total"] * 3
    shown.keyboard.press("Enter")
    assert sortable.evaluate(amounts) == before
    assert column.get_attribute("aria-sort") is None


def test_a_chart_that_no_section_names_is_not_lost(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    assert shown.locator("#en-more figure").evaluate_all("all => all.map(f => f.id)") == ["en-figure-stray"]
    assert shown.locator("#en-savings #en-figure-waterfall").count() == 1


def test_a_charts_values_answer_to_arrow_keys_and_pointer(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    plot = shown.locator("#en-figure-waterfall .plot")
    plot.focus()
    shown.keyboard.press("ArrowRight")
    tip = plot.locator(".tip")
    assert tip.is_visible()
    first = tip.inner_text()
    assert "leased" in first.lower()
    shown.keyboard.press("End")
    assert tip.inner_text() != first
    shown.keyboard.press("Escape")
    assert tip.is_hidden()
    svg = shown.locator("#en-figure-utilisation svg")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    shown.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.4)
    assert "Utilisation" in shown.locator("#en-figure-utilisation .tip").inner_text()


def test_every_node_of_the_tree_is_the_sum_of_those_below(open_page: Callable[..., Page]) -> None:
    shown = open_page("en")
    place = shown.locator("main[lang=en] [data-drill]").first
    shown.locator("main[lang=en] details.drill summary").first.click()
    place.locator("ul.tree").wait_for()
    for choice in ("annual", "once", "electricity"):
        place.locator("select").select_option(choice)
        found = place.evaluate(OPEN_ALL)
        assert found["nodes"] > 20
        assert found["deepest"] == 6  # total, level, unit, room, system, booking
        assert found["wrong"] == []
    shown.locator("main[lang=en] details.drill summary").first.click()


def test_a_key_figure_says_where_it_comes_from(open_page: Callable[..., Page]) -> None:
    shown = open_page("zh")
    card = shown.locator("main[lang=zh] .card").first
    card.locator("summary").click()
    rows = card.evaluate("c => [...c.querySelectorAll('tbody tr')].map(r => Number(r.cells[3].textContent))")
    assert sum(rows[:-1]) == pytest.approx(rows[-1], abs=len(rows))
    assert "table key, row annual_total" in card.inner_text()
    card.locator("summary").click()


def test_the_printed_page_has_no_controls(open_page: Callable[..., Page]) -> None:
    shown = open_page("zh")
    shown.emulate_media(media="print")
    hidden = ".bar, form.switches, .files, .trace, .drills, .tip"
    assert shown.evaluate(f"[...document.querySelectorAll('{hidden}')].every(e => e.offsetParent === null)")
    assert shown.evaluate("getComputedStyle(document.querySelector('h2')).breakAfter") == "avoid"
    assert shown.locator("main[lang=zh]").is_visible()
    assert shown.locator("main[lang=en]").is_hidden()
    shown.emulate_media(media="screen")


def test_hostile_names_are_text_and_nothing_went_wrong(
    open_page: Callable[..., Page], complaints: list[str], report: Path
) -> None:
    for width in WIDTHS:
        shown = open_page("en", width)
        assert shown.evaluate("window.harmed") is None
        assert shown.locator("script").count() == 2
        assert (
            shown.evaluate("document.querySelectorAll('img, iframe, object, embed, form[action]').length")
            == 0
        )
        assert HOSTILE["title"] in shown.locator("main[lang=en] h1").inner_text()
    assert "{{ 7*7 }}" in report.read_text("utf-8")
    assert complaints == []


def test_the_page_can_be_read_without_its_script(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    shown = context.new_page()
    shown.goto(report.as_uri())
    for lang in LANGS:
        assert shown.locator(f"main[lang={lang}] h1").is_visible()
        assert shown.locator(f"main[lang={lang}] .card").first.is_visible()
        assert shown.locator(f"main[lang={lang}] form.switches").is_hidden()
    context.close()


def test_pages_of_other_reports_need_nothing_but_bodies(
    browser: Any, tmp_path: Path, complaints: list[str]
) -> None:
    rows = "".join(
        f"<tr><th scope='row'>{c}</th><td>{n}</td></tr>" for c, n in zip("bca", (2, 10, 1), strict=True)
    )
    head = "<thead><tr><th scope='col'>name</th><th scope='col'>number</th></tr></thead>"
    body = Markup(f"<h1>x</h1><table>{head}<tbody>{rows}</tbody></table>")
    target = tmp_path / "other.html"
    target.write_text(whole_page(dict.fromkeys(LANGS, body), Text(en="x", zh="甲"), "run"), encoding="utf-8")
    shown = browser.new_page()
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto(f"{target.as_uri()}#en")
    shown.locator("main[lang=en] .sort").nth(1).click()
    assert shown.locator("main[lang=en] tbody th").all_inner_texts() == ["a", "b", "c"]
    shown.close()
    assert complaints == []
