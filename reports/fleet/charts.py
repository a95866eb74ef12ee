"""The charts of a fleet: energy of each policy, hosts in use over time, energy against violations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ...sim.fleet import FleetStudy
from ..charts.files import ChartFiles, write
from ..charts.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    OUTLINE,
    PINK,
    RED,
    Chart,
    dress,
    legend_above,
    panel,
    styled,
)
from ..messages import LANGS, Lang, number, say, share
from .statement import FleetStatement
from .words import name_of, provenance

MOST_LINES = 4
NEAR = 0.15  # of the width: a label would cover the next point
LINE = 0.03  # of the height: two labels would lie on each other
SECONDS_PER_HOUR = 3600
_LINES = ((BLACK, "-"), (BLUE, "-"), (RED, "--"), (GREEN, "-."), (PINK, ":"))

ChartFunction = Callable[[FleetStatement, FleetStudy, Lang], Chart]


def energy(statement: FleetStatement, _study: FleetStudy, lang: Lang) -> Chart:
    """Energy of each policy as a bar, published figures of the same mode as diamonds."""
    policies = list(statement.figures)
    kwh = np.array([statement.figures[name]["energy_kwh"] for name in policies])
    figure, axes = panel(1.6 + 0.3 * len(policies))
    at = np.arange(len(policies))
    axes.barh(at, kwh, color=BLUE, height=0.62, **OUTLINE)
    published = _published(statement)
    if published:
        axes.plot(
            [published[p] for p in policies if p in published],
            [i for i, p in enumerate(policies) if p in published],
            linestyle="",
            marker="D",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor=BLACK,
            label=say(lang, "fleet.energy.published"),
        )
        legend_above(axes, 1)
    for i, name in enumerate(policies):
        saved = f" ({-statement.saving(name):+.1%})" if name != statement.scenario.baseline else ""
        axes.annotate(
            f"{number(lang, kwh[i], 1)}{saved}",
            (kwh[i], i),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_yticks(at, [name_of(statement, p, lang) for p in policies])
    axes.invert_yaxis()
    axes.set_xlim(0, kwh.max() * 1.18)
    axes.set_xlabel(say(lang, "fleet.metric.energy_kwh"))
    best = min(policies, key=lambda p: statement.figures[p]["energy_kwh"])
    title = say(
        lang,
        "fleet.energy.title",
        name=name_of(statement, best, lang),
        cut=share(statement.saving(best), 1),
        baseline=name_of(statement, statement.scenario.baseline, lang),
    )
    rows = tuple((p, float(kwh[i]), published.get(p, "")) for i, p in enumerate(policies))
    columns = ("policy", "energy_kwh", "published_kwh")
    return Chart(figure, title, say(lang, "fleet.energy.caption"), columns, rows)


def hosts(statement: FleetStatement, study: FleetStudy, lang: Lang) -> Chart:
    """Hosts in use at every step, of the baseline and a few policies that differ most."""
    chosen = _few(statement)
    figure, axes = panel()
    for name, (color, line) in zip(chosen, _LINES, strict=False):
        timeline = study.runs[name].timeline
        hours = timeline.time_s / SECONDS_PER_HOUR
        axes.plot(
            hours,
            timeline.active_hosts,
            color=color,
            linestyle=line,
            linewidth=1.3,
            label=name_of(statement, name, lang),
        )
    legend_above(axes, 2)
    axes.set_xlabel(say(lang, "fleet.hosts.time"))
    axes.set_ylabel(say(lang, "fleet.hosts.axis"))
    axes.set_ylim(0, None)
    axes.set_xlim(0, None)
    axes.grid(axis="y")
    means = {name: float(study.runs[name].timeline.active_hosts.mean()) for name in chosen}
    title = say(
        lang,
        "fleet.hosts.title",
        name=name_of(statement, chosen[-1], lang),
        hosts=number(lang, means[chosen[-1]]),
        baseline=name_of(statement, chosen[0], lang),
        before=number(lang, means[chosen[0]]),
    )
    rows = tuple(
        (name, float(time), int(count))
        for name in chosen
        for time, count in zip(
            study.runs[name].timeline.time_s, study.runs[name].timeline.active_hosts, strict=True
        )
    )
    caption = say(lang, "fleet.hosts.caption")
    return Chart(figure, title, caption, ("policy", "time_s", "active_hosts"), rows)


def tradeoff(statement: FleetStatement, _study: FleetStudy, lang: Lang) -> Chart:
    """Energy against SLAV: left and low is better on both counts."""
    figure, axes = panel()
    moving = [p for p in statement.figures if statement.figures[p]["migrations"] > 0]
    for names, kwh, slav, (dx, dy, side) in _labels(statement, moving):
        axes.plot(kwh, slav, marker="o", color=BLUE, linestyle="")
        text = say(lang, "list.names").join(names)
        axes.annotate(text, (kwh, slav), xytext=(dx, dy), textcoords="offset points", ha=side, va="center")
    axes.set_xlabel(say(lang, "fleet.metric.energy_kwh"))
    axes.set_ylabel(say(lang, "fleet.metric.slav"))
    axes.margins(0.12)
    axes.grid(color=GREY, alpha=0.25)
    rows = tuple(
        (p, statement.figures[p]["energy_kwh"], statement.figures[p]["slav"], statement.figures[p]["esv_kwh"])
        for p in moving
    )
    columns = ("policy", "energy_kwh", "slav", "esv_kwh")
    if not moving:
        return Chart(
            figure, say(lang, "fleet.tradeoff.none"), say(lang, "fleet.tradeoff.caption"), columns, rows
        )
    best = min(moving, key=lambda p: statement.figures[p]["esv_kwh"])
    title = say(lang, "fleet.tradeoff.title", name=name_of(statement, best, lang))
    return Chart(figure, title, say(lang, "fleet.tradeoff.caption"), columns, rows)


def _labels(
    statement: FleetStatement, policies: Sequence[str]
) -> Iterator[tuple[list[str], float, float, tuple[int, int, str]]]:
    """Points with the policies that lie on them, and where their label stands: away from the next point."""
    points: dict[tuple[float, float], list[str]] = {}
    for name in policies:
        found = statement.figures[name]
        points.setdefault((found["energy_kwh"], found["slav"] * 1e5), []).append(name)
    ordered = sorted(points.items())
    span = ordered[-1][0][0] - ordered[0][0][0] if ordered else 0.0
    height = max((slav for _, slav in points), default=0.0) - min((slav for _, slav in points), default=0.0)
    waiting: list[str] = []
    for i, ((kwh, slav), names) in enumerate(ordered):
        after = ordered[i + 1][0] if i + 1 < len(ordered) else None
        crowded = after is not None and after[0] - kwh < NEAR * span
        if after is not None and crowded and abs(after[1] - slav) < LINE * height:
            waiting += names  # two labels would lie on each other: one for both points
            yield [], kwh, slav, (0, 0, "left")
        else:
            yield [*waiting, *names], kwh, slav, (-8, 0, "right") if crowded else (8, 0, "left")
            waiting = []


CHARTS: Mapping[str, ChartFunction] = {"energy": energy, "hosts": hosts, "tradeoff": tradeoff}


def render_all(
    statement: FleetStatement, study: FleetStudy, folder: Path, run_id: str
) -> dict[tuple[str, str], ChartFiles]:
    """Write every chart in every language into ``folder``/charts; what was written, by (chart, language)."""
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    written: dict[tuple[str, str], ChartFiles] = {}
    for name, chart in CHARTS.items():
        for lang in LANGS:
            with styled(f"fleet-{name}.{lang}"):
                drawn = chart(statement, study, lang)
                dress(
                    drawn.figure,
                    drawn.title,
                    say(lang, "fleet.source", what=provenance(statement, lang), run=run_id),
                )
                written[name, lang] = write(drawn, target, name, lang, run_id)
    return written


def _published(statement: FleetStatement) -> dict[str, float]:
    """Published energy by policy, of the mode of this run."""
    return {
        c.claim.policy: c.published["energy_kwh"]
        for c in statement.comparisons
        if c.like and "energy_kwh" in c.published
    }


def _few(statement: FleetStatement) -> list[str]:
    """The baseline first, then the policy of least energy of each detector, the least last.

    Policies that come out the same are shown once.
    """
    scenario = statement.scenario
    by_energy = sorted(statement.figures, key=lambda p: -statement.figures[p]["energy_kwh"])
    chosen: dict[object, str] = {}
    for name in by_energy:
        detector = scenario.policies[name].detector
        if name != scenario.baseline and detector is not None:
            chosen[detector] = name
    distinct = {tuple(statement.figures[name].values()): name for name in reversed(chosen.values())}
    return [scenario.baseline, *list(reversed(distinct.values()))[-(MOST_LINES - 1) :]]
