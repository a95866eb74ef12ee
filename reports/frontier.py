"""A frontier of plans: in words, on the screen, and as a folder with numbers, chart and page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import blake2b
from pathlib import Path

from markupsafe import Markup

from .. import __version__
from ..optimize.frontier import Setting
from ..scenarios.check import columns
from ..scenarios.loader import fingerprint, resolved_yaml
from ..sim.frontier import Figures, Frontier
from .folder import write_folder
from .messages import LANGS, MILLION, WAN, Lang, money_range, number, say, significant

NAME = "frontier.json"
FILES = (NAME, "scenario.yaml", "report.html")
CHART = "frontier"
RUN_ID_BYTES = 5
KWH_PER_MWH = 1000.0
_GAP = "  "


def frontier_id(found: Frontier) -> str:
    """Ten hexadecimal digits that name a frontier: of version, scenario, seed, worlds and points."""
    text = f"{__version__}/{fingerprint(found.scenario)}/{command(found)}"
    return blake2b(text.encode(), digest_size=RUN_ID_BYTES).hexdigest()


def command(found: Frontier) -> str:
    """What makes the same bytes again from the folder's own scenario."""
    aims, name = ",".join(found.aims), shlex.quote(found.alternative)
    size = f"--points {len(found.points)} --worlds {found.worlds} --seed {found.seed}"
    return f"roomfold plan scenario.yaml --frontier {aims} --alternative {name} {size}"


def leaning(setting: Setting, lang: Lang) -> str:
    """What a setting leans to, in words."""
    said = []
    if setting.energy_weight:
        said.append(say(lang, "frontier.energy_weight", weight=f"{1 + setting.energy_weight:g}"))
    if setting.load != "as planned":
        said.append(say(lang, f"frontier.load.{setting.load}"))
    if setting.standby:
        said.append(say(lang, "frontier.more_standby" if setting.standby > 0 else "frontier.fewer_standby"))
    if setting.apart is not None:
        said.append(say(lang, f"frontier.apart.{setting.apart}"))
    if not setting.recovery:
        said.append(say(lang, "frontier.no_recovery"))
    if setting.sites != "as planned":
        said.append(say(lang, f"frontier.sites.{setting.sites}"))
    return ("; " if lang == "en" else "；").join(said) or say(lang, "frontier.own")


def heads(lang: Lang) -> list[str]:
    """Column heads of the table."""
    unit = say(lang, "unit.million" if lang == "en" else "unit.wan")
    figures = ("cost", "energy", "carbon", "lost", "worst", "unserved", "hosts", "gap")
    return [
        say(lang, "frontier.point"),
        say(lang, "frontier.leaning"),
        *(say(lang, f"frontier.{name}", unit=unit) for name in figures),
    ]


def rows(found: Frontier, lang: Lang) -> list[list[str]]:
    """Cells of the plans on the frontier, the cheapest first."""
    return [
        [str(point.number), leaning(point.setting, lang), *_cells(figures, lang)]
        for point, figures in found.kept
    ]


def _cells(figures: Figures, lang: Lang) -> list[str]:
    scale = MILLION if lang == "en" else WAN
    return [
        significant(lang, figures.cost_cny_per_year / scale, 5),
        number(lang, figures.energy_kwh_per_year / KWH_PER_MWH, 1),
        number(lang, figures.carbon_t_per_year, 1),
        number(lang, figures.system_hours_lost_per_year, 1),
        number(lang, figures.worst_down),
        f"{figures.unserved_share * 100:.3f}",
        number(lang, figures.hosts, 0 if figures.hosts.is_integer() else 1),
        f"{figures.gap:.2%}",
    ]


def finding(found: Frontier, lang: Lang) -> str:
    """How far the frontier reaches, in one sentence."""
    kept = [figures for _, figures in found.kept]
    costs = [figures.cost_cny_per_year for figures in kept]
    energy = [figures.energy_kwh_per_year / KWH_PER_MWH for figures in kept]
    lost = [figures.system_hours_lost_per_year for figures in kept]
    return say(
        lang,
        "frontier.finding",
        kept=len(kept),
        tried=len(found.points),
        cost=("CNY " if lang == "en" else "") + money_range(lang, min(costs), max(costs)),
        energy=_range(lang, energy),
        lost=_range(lang, lost),
    )


def _range(lang: Lang, values: Sequence[float]) -> str:
    low, high = (significant(lang, value, 4) for value in (min(values), max(values)))
    return low if low == high else f"{low}{' to ' if lang == 'en' else '～'}{high}"


def lead(found: Frontier, lang: Lang) -> str:
    """How the frontier was found, in a few sentences."""
    title = found.scenario.alternatives[found.alternative].title
    aims = [say(lang, f"frontier.aim.{aim}") for aim in found.aims]
    return say(
        lang,
        "frontier.lead",
        alternative=title.en if lang == "en" else title.zh,
        worlds=found.worlds,
        aims=("; " if lang == "en" else "；").join(aims),
    )


def without_plan(found: Frontier, lang: Lang) -> str:
    """The settings for which no plan exists; empty if there is none."""
    missing = [leaning(point.setting, lang) for point in found.points if point.figures is None]
    return say(lang, "frontier.no_plan", what=" / ".join(missing)) if missing else ""


def frontier_table(found: Frontier, lang: Lang) -> str:
    """The frontier on one screen."""
    table = [heads(lang), *rows(found, lang)]
    widths = [max(columns(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [finding(found, lang), lead(found, lang), ""]
    for row in table:
        padding = [" " * (width - columns(text)) for width, text in zip(widths, row, strict=True)]
        right = [pad + text for pad, text in zip(padding[2:], row[2:], strict=True)]
        lines.append(_GAP.join([padding[0] + row[0], row[1] + padding[1], *right]).rstrip())
    missing = without_plan(found, lang)
    return "\n".join([*lines, *(["", missing] if missing else [])])


def to_json(found: Frontier) -> dict[str, object]:
    """``frontier.json``; numbers are exact, and dominated plans are there too."""
    return {
        "schema": 1,
        "kind": "frontier",
        "roomfold": __version__,
        "id": frontier_id(found),
        "command": command(found),
        "scenario": found.scenario.name,
        "fingerprint": fingerprint(found.scenario),
        "alternative": found.alternative,
        "aims": list(found.aims),
        "seed": found.seed,
        "worlds": found.worlds,
        "points": [
            {
                "point": point.number,
                "setting": asdict(point.setting),
                "leaning": {lang: leaning(point.setting, lang) for lang in LANGS},
                "feasible": point.figures is not None,
                "dominated": point.dominated,
                "figures": None
                if point.figures is None
                else {**asdict(point.figures), "gap": point.figures.gap},
            }
            for point in found.points
        ],
    }


def written(folder: Path) -> Collection[str] | None:
    """Files that the frontier in a folder wrote, as paths below it; None if it holds no frontier."""
    if not (folder / NAME).is_file():
        return None
    kinds = ("csv", *(f"{lang}.{kind}" for lang in LANGS for kind in ("svg", "png")))
    return {*FILES, *(f"charts/{CHART}.{kind}" for kind in kinds)}


def publish_frontier(found: Frontier, folder: Path) -> Path:
    """Write a frontier's folder, whole or not at all: frontier.json, scenario, chart and report.html.

    Returns:
        The path of report.html.

    Raises:
        FolderError: if the folder holds anything but a former frontier.
    """
    write_folder(folder, lambda output: _write(found, output), written=written)
    return folder.absolute() / "report.html"


def _write(found: Frontier, folder: Path) -> None:
    from .charts.frontier import render_frontier
    from .page import Charts, chart_parts, environment, whole_page

    run = frontier_id(found)
    charts: Charts = render_frontier(found, folder, run)

    def body(lang: Lang) -> Markup:
        title = found.scenario.title
        words = {"lang": lang, "t": partial(say, lang), "chart": partial(chart_parts, charts, lang)}
        texts = {"title": title.en if lang == "en" else title.zh, "command": command(found), "run": run}
        texts |= {"finding": finding(found, lang), "lead": lead(found, lang), "version": __version__}
        table = {"heads": heads(lang), "rows": rows(found, lang), "missing": without_plan(found, lang)}
        return Markup(environment().get_template("frontier.html.j2").render(**words, **texts, **table))

    page = whole_page({lang: body(lang) for lang in LANGS}, found.scenario.title, run)
    text = json.dumps(to_json(found), ensure_ascii=False, indent=2, allow_nan=False)
    for name, content in zip(FILES, (f"{text}\n", resolved_yaml(found.scenario), page), strict=True):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
