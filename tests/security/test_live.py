"""A whole run of a scenario made of payloads, opened by the programs that people open reports with.

One small run, few charts. Chromium is told to disregard the page's policy: no payload may become more than
text even without it.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from roomfold.cli import main
from roomfold.reports.charts import CHARTS
from roomfold.scenarios.visible import visible

from .payloads import ADDRESS, PAYLOADS, hostile_scenario

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SOFFICE = shutil.which("soffice")
NUMBER = re.compile(r"\(n(\d+)\)")
FEW = ("waterfall", "levels", "migration")
FORMULA = re.compile(r"\s*[=+\-@＝]")  # the wide one is meant
ELEMENTS = """[...document.querySelectorAll('img, iframe, object, embed, base, link, form[action],'
  + 'svg script, body script:not([type])')].map(e => e.outerHTML)"""
HANDLERS = """[...document.querySelectorAll('*')].filter(
  e => [...e.attributes].some(a => /^on/i.test(a.name))).length"""
LINKS = """[...document.querySelectorAll('[href], [src]')].map(
  e => e.getAttribute('href') || e.getAttribute('src'))"""
TOUCH = """() => { document.querySelectorAll('details').forEach(d => { d.open = true; });
  document.querySelectorAll('*').forEach(e => ['mouseover', 'focus', 'load', 'error'].forEach(
    kind => e.dispatchEvent(new Event(kind)))); }"""
POLICY = "document.querySelector('meta[http-equiv=Content-Security-Policy]').content"
FOREIGN = re.compile(rb'TargetMode="External"|<!DOCTYPE|externalLink|oleObject|vbaProject|ddeLink')
FIELDS = re.compile(rb"<(?:f|w:instrText)[ >].*?</(?:f|w:instrText)>|<w:fldSimple[^>]*>")


def roomfold(*arguments: str | Path) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.charts.CHARTS", {name: CHARTS[name] for name in FEW})
        done = CliRunner().invoke(main, [str(part) for part in arguments])
    assert done.exit_code == 0, done.output
    return done


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder that the run lies in as ``out``, and what was printed."""
    place = tmp_path_factory.mktemp("hostile")
    scenario, out = hostile_scenario(place), place / "out"
    done = roomfold("run", scenario, "--worlds", "1", "--set", "time.years=1", "--out", out)
    side = roomfold("compare", out, out, "--out", place / "side")
    yield place, done.output + side.output


def test_pages_run_nothing_and_ask_for_nothing(run: tuple[Path, str]) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH")
    place, _ = run
    pages = [place / "out" / "report.html", place / "side" / "compare.html"]
    pages += sorted((place / "out" / "charts").glob("*.svg"))
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(bypass_csp=True)
        for path in pages:
            _open(context, path)
        browser.close()


def _open(context: Any, path: Path) -> None:
    seen: list[str] = []
    shown = context.new_page()
    shown.on("request", lambda request: seen.append(request.url))
    for event in ("dialog", "console", "pageerror"):
        shown.on(event, lambda what: seen.append(str(what)))
    shown.goto(path.as_uri())
    shown.evaluate(TOUCH)
    assert shown.evaluate("window.harmed") is None
    assert [url for url in seen if not url.startswith(("data:", path.as_uri()))] == []
    assert shown.evaluate(ELEMENTS) == []
    assert shown.evaluate(HANDLERS) == 0
    assert [link for link in shown.evaluate(LINKS) if link and not re.match(r"#|charts/", link)] == []
    if path.suffix == ".html":
        text = shown.evaluate("document.body.textContent")
        assert numbers(text)
        assert path.name != "report.html" or "<script>window.harmed=1</script>" in text
        assert shown.evaluate(POLICY).startswith("default-src 'none';")
    shown.close()


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize(("file", "kind"), [("tables.zh.xlsx", "fods"), ("report.en.docx", "fodt")])
def test_office_files_hold_text_alone(run: tuple[Path, str], file: str, kind: str, tmp_path: Path) -> None:
    """No formula, field, link or part from elsewhere holds a payload, and the payloads stand as they were."""
    path = run[0] / "out" / file
    with ZipFile(path) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert not FOREIGN.search(part), name
            for field in FIELDS.findall(part):
                assert not numbers(field.decode()) and ADDRESS.encode() not in field
    profile = (tmp_path / "profile").as_uri()
    command = [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    command += ["--convert-to", kind, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    root = ElementTree.parse(tmp_path / f"{path.stem}.{kind}").getroot()
    attributes = [(key.partition("}")[2], value) for e in root.iter() for key, value in e.attrib.items()]
    run_by_it = [value for key, value in attributes if key in ("formula", "href", "condition")]
    assert not [value for value in run_by_it if ADDRESS in value or numbers(value)]
    assert all(value[:1] in "#." for key, value in attributes if key == "href")
    text = "".join(root.itertext())
    assert len(numbers(text)) > 40
    missing = [p for p in PAYLOADS if squeezed(p) not in squeezed(text)]
    assert len(missing) < 4, "a few stand only in names that this file does not show"


def test_tables_and_lines_hold_no_formula_and_steer_no_terminal(run: tuple[Path, str]) -> None:
    """Only the lists in `estate` stay as they were given, byte for byte: their hash is part of the run."""
    place, printed = run
    made = [p for p in (place / "out").rglob("*.csv") if p.parent.name != "estate"]
    assert len(made) > len(FEW)
    for path in made:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        wrong = [c for c in cells if FORMULA.match(c) and not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", c)]
        assert wrong == [], path
    assert numbers(printed)
    assert visible(printed) == printed


def test_a_citation_is_text_too(run: tuple[Path, str]) -> None:
    cited = roomfold("cite", run[0] / "out", "--lang", "en").stdout
    fields = re.findall(r"^  (\w+) = \{(.*)\},$", cited, flags=re.MULTILINE)
    assert {"title", "year"} <= {name for name, _ in fields}
    for name, value in fields:
        assert value.count("{") == value.count("}"), name
        assert not re.search(r"(?<!\\)[%#$&_]", value) or name == "url", name


def test_a_printed_report_is_text_too(run: tuple[Path, str], tmp_path: Path) -> None:
    """Typst reads no file and runs no code for it; the PDF has no action."""
    pytest.importorskip("typst", reason="typst is not installed")
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed")
    folder = tmp_path / "pdf"
    roomfold("report", run[0] / "out", "--form", "pdf", "--lang", "en", "--out", folder, "--quiet")
    (pdf,) = folder.glob("*.pdf")
    told = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], check=True, capture_output=True, text=True)
    assert "root:x:0" not in told.stdout and len(numbers(squeezed(told.stdout))) > 40
    assert '#eval("1+1")#read("/etc/passwd")' in squeezed(told.stdout)
    outline = re.sub(rb"stream.*?endstream", b"", pdf.read_bytes(), flags=re.DOTALL)
    assert not re.search(rb"/(JavaScript|JS|Launch|SubmitForm|GoToR|ImportData|EmbeddedFile)\b", outline)
    assert not [uri for uri in re.findall(rb"/URI\s*\((.*?)\)", outline) if ADDRESS.encode() in uri]
