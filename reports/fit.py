"""Publishing a fit: its parameters, its charts and page, and a demand file that scenarios can include."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path

from .. import __version__
from ..sim.fit import Fit, Parameters
from .folder import write_folder
from .messages import LANGS, Lang, say

NAME = "fit.json"
FILES = (NAME, "demand.yaml", "report.html")
RUN_ID_BYTES = 5
MINUTE_S, HOUR_MINUTES = 60, 60
LEAST_NOISE, MOST_NOISE = 0.01, 0.5
DIGITS = 4
PER_LINE = 12
ASSUMED_GROWTH = """\
  growth_per_year:
    { low: 0.0, mode: 0.05, high: 0.12, source: project assumption; the trace is too short to tell, grade: A }
  rebound_per_year: { low: 0, mode: 0.04, high: 0.12, source: project assumption, grade: A }
"""


def fit_id(fit: Fit) -> str:
    """Ten hexadecimal digits that name a fit: of version, trace, seed and how it was read."""
    trace = fit.trace
    how = f"{trace.reader}/{trace.resource}/{trace.step_s}/{trace.full:g}"
    text = f"{__version__}/{trace.sha256}/{how}/{fit.seed}"
    return blake2b(text.encode(), digest_size=RUN_ID_BYTES).hexdigest()


def publish_fit(fit: Fit, folder: Path) -> Path:
    """Write a fit's folder, whole or not at all: fit.json, demand.yaml, charts and report.html.

    A former fit there is replaced.

    Returns:
        The path of report.html.

    Raises:
        FolderError: if the folder holds anything but a former fit.
    """
    write_folder(folder, lambda output: _write(fit, output), written=written)
    return folder.absolute() / "report.html"


def written(folder: Path) -> Collection[str] | None:
    """Files that the fit in a folder wrote, as paths below it; None if the folder holds no fit."""
    from .charts.fit_charts import FIT_CHARTS

    if not (folder / NAME).is_file():
        return None
    kinds = ("csv", *(f"{lang}.{kind}" for lang in LANGS for kind in ("svg", "png")))
    return {*FILES, *(f"charts/{name}.{kind}" for name in FIT_CHARTS for kind in kinds)}


def _write(fit: Fit, folder: Path) -> None:
    from .charts.fit_charts import render_fit
    from .fit_page import fit_page

    facts = {"roomfold": __version__, "id": fit_id(fit), "command": command(fit), **fit.to_json()}
    text = json.dumps(facts, ensure_ascii=False, indent=2, allow_nan=False)
    charts = render_fit(fit, folder, fit_id(fit))
    page = fit_page(fit, charts, command(fit), fit_id(fit))
    for name, content in zip(FILES, (f"{text}\n", demand_yaml(fit), page), strict=True):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def command(fit: Fit) -> str:
    """What makes the same fit again, beside the trace: every option that changes a number."""
    trace = fit.trace
    name = shlex.quote(Path(trace.path).name)
    read = f"--reader {trace.reader} --step {trace.step_s:.15g} --resource {trace.resource}"
    return f"roomfold fit {name} {read} --full {trace.full:g} --seed {fit.seed}"


def step_note(fit: Fit, lang: Lang) -> str:
    """Which scenarios the noise is for: it belongs to the step that it was fitted at."""
    step_s = fit.trace.step_s
    minutes = step_s / MINUTE_S
    known = minutes >= 1 and HOUR_MINUTES % minutes == 0 and minutes.is_integer()
    key = "none" if not known else "hour" if minutes == HOUR_MINUTES else "finer"
    return say(lang, f"fit.step.{key}", step=f"{step_s:g}", minutes=f"{minutes:g}")


def demand_yaml(fit: Fit) -> str:
    """A demand section with one class, in the place of ``library:demand/government.yaml``."""
    found, trace = fit.parameters, fit.trace
    name = Path(trace.path).name
    titles = {lang: say(lang, "fit.class", name=name) for lang in sorted(LANGS)}
    size = f"{fit.working} of {trace.components} components, {trace.span_days:.3g} d"
    of = f"{command(fit)} ({size}, sha256 {trace.sha256[:16]})"
    work, rest = found.workday or found.restday, found.restday or found.workday
    assert work is not None and rest is not None, "a trace of a day has one kind of day"
    months = found.months or (1.0,) * 12
    lines = [
        f"# Demand fitted to {name} by roomfold {__version__}: {command(fit)}",
        f"# {step_note(fit, 'en')}",
        f"# Mean utilisation {found.mean:.4f}, between components its cv is {found.mean_cv:.2f}",
        "# (see estate.cpu_utilisation). Assumed or left flat, because the trace does not tell:",
        f"# {', '.join(fit.unknown) or 'nothing'}.",
        "demand:",
        "  grade: W",
        f"  source: {_quoted(f'{of}; profiles of working components of equal weight')}",
        ASSUMED_GROWTH.rstrip(),
        "  classes:",
        "    fitted:",
        f"      title: {{ {', '.join(f'{lang}: {_quoted(title)}' for lang, title in titles.items())} }}",
        "      share: 100",
        f"      workday: {_numbers(work)}",
        f"      restday: {_numbers(rest)}",
        f"      months: {_numbers(months)}",
        *(f"      {line}" for line in _noise(found, of)),
    ]
    return "\n".join(lines) + "\n"


def _noise(found: Parameters, of: str) -> list[str]:
    quartiles = [min(max(q, LEAST_NOISE), MOST_NOISE) for q in found.noise_quantiles[1:4]]
    low, mode, high = (round(q, DIGITS) for q in quartiles)
    ranged = f"low: {low}, mode: {mode}, high: {high}"
    lines = [f"noise: {{ {ranged}, source: {_quoted(f'quartiles of components; {of}')}, grade: W }}"]
    assumed = "project assumption; the trace does not tell"
    for name, value, guess in (
        ("day_share", found.day_share, "low: 0, mode: 0, high: 0.2"),
        ("hour_share", found.hour_share, None),
        ("common_share", found.common_share, "low: 0, mode: 0.1, high: 0.3"),
    ):
        if value is not None:
            lines.append(f"{name}: {{ value: {round(value, DIGITS)}, source: {_quoted(of)}, grade: W }}")
        elif guess:
            lines.append(f"{name}: {{ {guess}, source: {_quoted(assumed)}, grade: A }}")
    return lines


def _numbers(values: tuple[float, ...]) -> str:
    rows = [values[i : i + PER_LINE] for i in range(0, len(values), PER_LINE)]
    text = [", ".join(f"{value:.{DIGITS}f}" for value in row) for row in rows]
    return f"[{text[0]}]" if len(text) == 1 else "[\n          " + ",\n          ".join(text) + ",\n        ]"


def _quoted(text: str) -> str:
    """A YAML scalar in double quotes; JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
