"""A calibration on the screen, and as a folder with numbers, tables, charts and a page in both languages."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from markupsafe import Markup

from ... import __version__
from ...scenarios.check import columns
from ...scenarios.loader import resolved_yaml
from ..folder import write_folder
from ..messages import LANGS, Lang, say
from . import words
from .calibrate import Calibration
from .contract import calibration_id, resampled, to_json

NAME = "calibration.json"
FILES = (NAME, "scenario.yaml", "posterior.csv", "report.html")
CHART_NAMES = ("ridges", "pairs", "worth")
ROWS = 1000  # of posterior.csv
ON_SCREEN = 12
_GAP = "  "


def command(found: Calibration, source: str, overrides: Sequence[str] = ()) -> str:
    """What makes the same bytes again."""
    ask = found.ask
    simulated = found.worlds.count - int(found.worlds.near.sum())
    parts = ["roomfold", "calibrate", source, "--claims", ",".join(c.id for c in found.evidence.claims)]
    parts += ["--worlds", str(simulated), "--alternative", found.alternative]
    for name in ("accounting", "within", "refine"):
        value = getattr(ask, name)
        parts += [f"--{name}", str(value)] if value else []
    parts += ["--method", ask.method] if ask.method != "auto" else []
    parts += [word for override in overrides for word in ("--set", override)]
    return shlex.join(parts)


def calibration_table(found: Calibration, lang: Lang) -> str:
    """A calibration on one screen."""
    table = [heads(found, lang)]
    table += [[row[0], *row[2:]] for row in words.quantity_rows(found, lang)[:ON_SCREEN]]
    widths = [max(columns(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [words.lead(found, lang), words.method(found, lang), ""]
    for row in table:
        padding = [" " * (width - columns(text)) for width, text in zip(widths, row, strict=True)]
        right = [pad + text for pad, text in zip(padding[2:-1], row[2:-1], strict=True)]
        lines.append(_GAP.join([row[0] + padding[0], row[1] + padding[1], *right, row[-1]]).rstrip())
    lines.append("")
    lines += [f"{say(lang, 'page.claims.way')}: {way} {share}" for way, share in _ways(found, lang)]
    lines += words.left_out_lines(found, lang)
    lines += [words.worth_lead(found, lang)]
    return "\n".join(lines)


def heads(found: Calibration, lang: Lang) -> list[str]:
    """Heads of the table of quantities."""
    names = ("quantity", "unit", "prior_p5", "p50", "p95", "posterior_p5", "p50", "p95", "shrink")
    rank = [say(lang, "calibration.head.rank", claim=claim.id) for claim in found.evidence.claims]
    return [
        *(say(lang, f"calibration.head.{name}") for name in names),
        *rank,
        say(lang, "calibration.head.says"),
    ]


def _ways(found: Calibration, lang: Lang) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row[0], row[1]) for row in words.way_rows(found, lang)))


def written(folder: Path) -> Collection[str] | None:
    """Files that the calibration in a folder wrote, as paths below it; None if it holds none."""
    if not (folder / NAME).is_file():
        return None
    kinds = ("csv", *(f"{lang}.{kind}" for lang in LANGS for kind in ("svg", "png")))
    return {*FILES, *(f"charts/{name}.{kind}" for name in CHART_NAMES for kind in kinds)}


def publish_calibration(found: Calibration, folder: Path, source: str, overrides: Sequence[str] = ()) -> Path:
    """Write a calibration's folder, whole or not at all; a former calibration there is replaced.

    Args:
        source: the scenario or folder that was asked for, and the changes made to it.

    Returns:
        The path of report.html.

    Raises:
        FolderError: if the folder holds anything but a former calibration.
    """
    text = command(found, source, overrides)
    write_folder(folder, lambda output: _write(found, output, text), written=written)
    return folder.absolute() / "report.html"


def _write(found: Calibration, folder: Path, command: str) -> None:
    from ..page import Charts, chart_parts, environment, whole_page
    from .charts import render

    run = calibration_id(found)
    charts: Charts = render(found, folder, run)

    def body(lang: Lang) -> Markup:
        title = getattr(found.scenario.title, lang)
        said = {"lang": lang, "t": partial(say, lang), "chart": partial(chart_parts, charts, lang)}
        texts = {"title": title, "command": command, "run": run, "version": __version__}
        texts |= {"lead": words.lead(found, lang), "method": words.method(found, lang)}
        texts |= {"worth_lead": words.worth_lead(found, lang)}
        tables = {
            "drawn": {name for name, language in charts if language == lang},
            "heads": heads(found, lang),
            "quantities": words.quantity_rows(found, lang),
            "pairs": words.pair_rows(found, lang),
            "ways": words.way_rows(found, lang),
            "used": words.published(found, lang),
            "left_out": words.left_out_rows(found, lang),
            "decision": words.decision_rows(found, lang),
            "worths": words.worth_rows(found, lang),
            "limits": words.limits(found, lang),
        }
        template = environment().get_template("calibration.html.j2")
        return Markup(template.render(**said, **texts, **tables))

    page = whole_page({lang: body(lang) for lang in LANGS}, found.scenario.title, run)
    numbers = json.dumps(to_json(found, command), ensure_ascii=False, indent=2, allow_nan=False)
    for name, content in (
        (NAME, f"{numbers}\n"),
        ("scenario.yaml", resolved_yaml(found.scenario)),
        ("report.html", page),
    ):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    (folder / "posterior.csv").write_text(posterior_csv(found), encoding="utf-8-sig", newline="")


def posterior_csv(found: Calibration) -> str:
    """Worlds of the posterior, all of the same weight: quantities by path, figures by name."""
    values = found.posterior.values
    rows = resampled(found.posterior.weights.share, ROWS)
    names = [*found.worlds.quantities, *(n for n in values if ":" in n)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([f"{values[name][row]:.9g}" for name in names] for row in rows)
    return buffer.getvalue()
