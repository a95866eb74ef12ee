"""``report.html``: the statement as one self-contained page in both languages.

The page fetches nothing: styles, script, charts, their values and one font are inside. It can be read without
its script, and no other script can run in it: a policy in its head names the only one by its hash. Texts of
the scenario are escaped.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..scenarios.terms import Text
from ..sim.ledger import ANNUAL, ITEMS, ONE_OFF
from ..sim.outcome import Study
from .books import Books
from .charts import ChartFiles
from .charts.font import font_subset
from .embedded.chart_values import chart_values
from .embedded.draws import draws
from .embedded.drill import drill
from .embedded.traces import Swayed, swayed, traces
from .inert import inert
from .lines import text
from .manifest import run_id
from .messages import LANGS, Lang, messages, say
from .sections import sections
from .statement import Statement

Charts = Mapping[tuple[str, str], ChartFiles]
Json = dict[str, Any]

FONT = "roomfold"
SCRIPTS = ("page", "sort", "charts", "figures", "switches", "drill")
SHARED = {  # what the script says with the words of the page
    "inside": "claim.inside",
    "used": "claim.used",
    "above": "claim.above",
    "under": "claim.under",
    "range": "page.range",
    "drill.cloud": "side.cloud_site",
}
TOTALS = ("annual_total", "annual_without_staff", "annual_with_capital")
WHOLE = ("npv", "payback_years", "staff_fte", "rooms_closed")
_UNBROKEN = re.compile(r"<t[hd][^>]*>[^<]*[!-;=?-~]{40}")  # a word that no column is wide enough for


def page(statement: Statement, study: Study, charts: Charts, command: str) -> str:
    """The report of a run.

    Args:
        charts: what ``charts.render_all`` wrote, in a folder ``charts`` beside the page.
        command: what makes the same bytes again.
    """
    inside = _inside(statement, study, charts)
    found = swayed(statement, study)
    bodies = {lang: _body(statement, study, charts, command, found, inside, lang) for lang in LANGS}
    return whole_page(bodies, statement.scenario.title, run_id(statement), inside)


def whole_page(bodies: Mapping[Lang, Markup], title: Text, run: str, inside: Json | None = None) -> str:
    """A page of bodies in both languages, with styles, script and font.

    Args:
        inside: what the script reads beside its words; see ``embedded``.
    """
    data = _json({"words": {lang: _words(lang) for lang in LANGS}, **(inside or {})})
    script = _script()
    whole = (
        environment()
        .get_template("report.html.j2")
        .render(
            bodies=bodies,
            unbroken={lang for lang, body in bodies.items() if _UNBROKEN.search(body)},
            titles={"zh": title.zh, "en": title.en},
            run=run,
            font=FONT,
            say=say,
            data=Markup(data),
            script=Markup(script),
            policy=_policy(script),
        )
    )
    return whole.replace("/*font*/", _font_face(whole), 1)


def environment() -> Environment:
    """Templates of this package; undefined names are errors, all values are escaped and inert."""
    folder = files("roomfold.reports") / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_inert,
    )


def _inert(value: object) -> object:
    """A value as it may stand in a page."""
    return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def chart_parts(charts: Charts, lang: Lang, name: str) -> Mapping[str, object]:
    """A chart's drawing to stand in the page, its caption, and links to its files."""
    made = charts[name, lang]
    links = {path.suffix[1:].upper(): f"charts/{path.name}" for path in (made.svg, made.png, made.csv)}
    return {
        "name": name,
        "svg": Markup(_drawing(made.svg.read_text("utf-8"))),
        "title": made.title,
        "caption": made.caption,
        "links": links,
    }


_PLACES = re.compile(r' (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|transform|points)="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_STYLE = re.compile(r' style="[^"]*"')
_POINTED_AT = re.compile(r"#([\w.-]+)")


def _drawing(svg: str) -> str:
    """A drawing without what the page has already, its font and caption, to a hundredth of a point.

    Ids that nothing points at and blanks in styles are left out too.
    """
    svg = svg[svg.index("<svg") :]
    for spare in (
        r"<metadata>.*?</metadata>\s*",
        r"<title>.*?</title>\s*",
        r"<style[^>]*>@font-face.*?</style>",
    ):
        svg = re.sub(spare, "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s*\n\s*<", ">\n<", svg)
    svg = re.sub(r"'roomfold-[\w-]+', '[^']+', sans-serif", f"{FONT}, sans-serif", svg)
    svg = _PLACES.sub(lambda found: _LONG_NUMBER.sub(_short, found.group()).replace(" \n", " "), svg)
    known = set(_POINTED_AT.findall(svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: found.group() if found[1] in known else "", svg)
    svg = _STYLE.sub(lambda found: found.group().replace("; ", ";").replace(": ", ":"), svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _short(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _body(
    statement: Statement,
    study: Study,
    charts: Charts,
    command: str,
    found: Swayed,
    inside: Json,
    lang: Lang,
) -> Markup:
    """Everything in one language."""
    template = environment().get_template("body.html.j2")
    drawn = [name for name, made_in in charts if made_in == lang]
    used: set[str] = set()

    def chart(name: str) -> Mapping[str, object]:
        used.add(name)
        return chart_parts(charts, lang, name)

    words: dict[str, Any] = {
        "lang": lang,
        "t": partial(say, lang),
        "chart": chart,
        "drawn": drawn,
        "others": lambda: [name for name in drawn if name not in used],
        "traces": traces(statement, study, found, lang),
        "keys": _keys(statement),
        "compared": [name for name, found in statement.money.items() if found.compared],
        "has": inside.keys(),
        "draws": inside.get("draws"),
    }
    return Markup(template.render(**words, **sections(statement, command, lang)))


def _keys(statement: Statement) -> Mapping[str, list[str]]:
    """Ids of the rows of the savings tables, in their order."""
    levels = next((list(found.by_level) for found in statement.savings.values()), [])
    return {
        "annual": [*ANNUAL, *TOTALS],
        "one_off": [*ONE_OFF, "one_off_total"],
        "whole": [*WHOLE],
        "level": [f"level {level}" for level in levels],
    }


def _inside(statement: Statement, study: Study, charts: Charts) -> Json:
    """What the script reads: values of the charts, money of every world, bookings of the middle one."""
    scenario = statement.scenario
    inside: Json = chart_values(scenario, charts)
    if statement.savings:
        levels = [*next(iter(statement.savings.values())).by_level]
        inside["draws"] = draws(Books.of(scenario, study.results), statement.claims, levels)
    if tree := drill(study):
        inside["drill"] = tree
        inside["items"] = [
            [i.category, int(i.category in ANNUAL), *_both(f"booking.{i.name}")] for i in ITEMS
        ]
        titles = {key: level.title for key, level in scenario.estate.levels.items()}
        inside["levels"] = {key: [text(lang, title) for lang in LANGS] for key, title in titles.items()}
        inside["categories"] = {c: _both(f"category.{c}") for c in (*ANNUAL, *ONE_OFF)}
    return inside


def _both(key: str) -> list[str]:
    """A message in every language, in the order of LANGS."""
    return [say(lang, key) for lang in LANGS]


def _words(lang: Lang) -> Mapping[str, str]:
    """What the script says."""
    prefix = "script."
    own = {key[len(prefix) :]: said for key, said in messages(lang).items() if key.startswith(prefix)}
    return own | {name: messages(lang)[key] for name, key in SHARED.items()}


def _json(value: Json) -> str:
    """JSON that cannot end the element it stands in."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return inert(written).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _script() -> str:
    """The page's only script, all parts in one scope."""
    folder = files("roomfold.reports") / "templates" / "script"
    parts = [(folder / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return f'(function () {{\n"use strict";\nvar FONT = "{FONT}";\n' + "\n".join(parts) + "\n})();"


def _policy(script: str) -> str:
    """What the page may do: show itself and run this script."""
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _font_face(html: str) -> str:
    """A font with the page's characters, for its charts and for machines that have no Chinese one."""
    shown = "".join(sorted(set(html)))
    woff = b64encode(font_subset(shown)).decode("ascii")
    return f"@font-face{{font-family:{FONT};src:url(data:font/woff;base64,{woff}) format('woff')}}"
