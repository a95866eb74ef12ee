"""Publishing a fit: its parameters, its charts and page, and a demand file that scenarios can include."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

from .. import __version__
from ..sim.fit import Fit, Parameters
from .folder import write_folder

NAME = "fit.json"
RUN_ID_BYTES = 5
LEAST_NOISE, MOST_NOISE = 0.01, 0.5
DIGITS = 4
PER_LINE = 12
ASSUMED_GROWTH = """\
  growth_per_year:
    { low: 0.0, mode: 0.05, high: 0.12, source: project assumption; the trace is too short to tell, grade: A }
  rebound_per_year: { low: 0, mode: 0.04, high: 0.12, source: project assumption, grade: A }
"""


def fit_id(fit: Fit) -> str:
    """Ten hexadecimal digits that name a fit: of version, trace, resource, step and seed."""
    text = f"{__version__}/{fit.trace.sha256}/{fit.trace.resource}/{fit.trace.step_s}/{fit.seed}"
    return blake2b(text.encode(), digest_size=RUN_ID_BYTES).hexdigest()


def publish_fit(fit: Fit, folder: Path) -> Path:
    """Write a fit's folder, whole or not at all: fit.json, demand.yaml, charts and report.html.

    A former fit there is replaced.

    Returns:
        The path of report.html.

    Raises:
        FolderError: if the folder holds anything but a former fit.
    """
    write_folder(folder, lambda output: _write(fit, output), ours=lambda old: (old / NAME).is_file())
    return folder.absolute() / "report.html"


def _write(fit: Fit, folder: Path) -> None:
    from .charts.fit_charts import render_fit
    from .fit_page import fit_page

    content = {"roomfold": __version__, "id": fit_id(fit), "command": command(fit), **fit.to_json()}
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    charts = render_fit(fit, folder, fit_id(fit))
    page = fit_page(fit, charts, command(fit), fit_id(fit))
    for name, written in ((NAME, f"{text}\n"), ("demand.yaml", demand_yaml(fit)), ("report.html", page)):
        (folder / name).write_text(written, encoding="utf-8", newline="\n")


def command(fit: Fit) -> str:
    """What makes the same fit again, beside the trace."""
    trace = fit.trace
    memory = " --resource mem" if trace.resource == "mem" else ""
    name = Path(trace.path).name
    return f"roomfold fit {name} --reader {trace.reader} --step {trace.step_s:g}{memory} --seed {fit.seed}"


def demand_yaml(fit: Fit) -> str:
    """A demand section with one class, in the place of ``library:demand/government.yaml``."""
    found, trace = fit.parameters, fit.trace
    name = Path(trace.path).name
    size = f"{fit.working} of {trace.components} components, {trace.span_days:.3g} d"
    of = f"{command(fit)} ({size}, sha256 {trace.sha256[:16]})"
    work, rest = found.workday or found.restday, found.restday or found.workday
    assert work is not None and rest is not None, "a trace of a day has one kind of day"
    months = found.months or (1.0,) * 12
    lines = [
        f"# Demand fitted to {name} by roomfold {__version__}: {command(fit)}",
        f"# Mean utilisation {found.mean:.4f}, between components its cv is {found.mean_cv:.2f}",
        "# (see estate.cpu_utilisation). Assumed or left flat, because the trace does not tell:",
        f"# {', '.join(fit.unknown) or 'nothing'}.",
        "demand:",
        "  grade: W",
        f"  source: {_quoted(f'{of}; profiles of working components of equal weight')}",
        ASSUMED_GROWTH.rstrip(),
        "  classes:",
        "    fitted:",
        f"      title: {{ en: {_quoted(f'As in {name}')}, zh: {_quoted(f'同 {name}')} }}",
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
