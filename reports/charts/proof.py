"""What a proof of the plan is worth: cost over the proven lower bound, beside what simple rules come to.

Hosts, sites and the order of moves are each a problem of their own with costs of their own, some of them
counted in two, so that their gaps are never added up. The order of moves costs what it does over the years
from the opening to the end; it is divided by these years.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from ...scenarios.schema import Scenario
from ...sim.outcome import Study
from ..messages import Lang, money, say, share
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREY,
    LABEL_NARROW_COLUMNS,
    ORANGE,
    SKY,
    SMALL_PT,
    Cell,
    Chart,
    beside,
    by_rows,
    columns_in,
    key,
    legend_above,
    narrow,
    panel,
    width_in,
)
from .words import short, wrap
from .worlds import NAME_COLUMNS, in_language

COLUMNS = ("alternative", "problem", "solution", "cost_cny_per_year", "bound_cny_per_year", "over_bound")
MOST_ROWS = 18
ROW_IN, NARROW_ROW_IN = 0.46, 1.05
NARROW_MARGIN_IN = 1.25
NAME = 34  # half-width columns, of a label
DAYS_PER_YEAR = 365.25
EXACT = 1e-6
MARKS: dict[str, dict[str, Any]] = {
    name: {"marker": marker, "color": ORANGE, "markeredgecolor": BLACK}
    for name, marker in (
        ("first-fit", "v"),
        ("best-fit", "^"),
        ("best-fit-dot", "<"),
        ("best-fit-norm", ">"),
        ("in-turn", "s"),
    )
}
PLAN: dict[str, Any] = {"marker": "o", "color": BLUE, "markeredgecolor": BLACK}


@dataclass(frozen=True)
class Part:
    """One problem of a plan, in CNY a year.

    Attributes:
        problem: ``packing``, ``siting`` or ``waves``.
        rules: cost of each simple rule.
    """

    alternative: str
    problem: str
    cost: float
    bound: float
    rules: dict[str, float]

    @property
    def left(self) -> float:
        """What the best possible plan could cost less, at most."""
        return max(self.cost - self.bound, 0.0)

    def over(self, cost: float) -> float:
        """A cost over the bound, as a share of it."""
        return cost / self.bound - 1.0 if self.bound > 0 else 0.0


def proof(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Plans and simple rules over the proven lower bound."""
    parts = list(_parts(statement, study))
    shown = parts[:MOST_ROWS]
    row_in = NARROW_ROW_IN if narrow() else ROW_IN
    figure, axes = panel(1.7 + row_in * max(1, len(shown)))
    _draw(axes, shown, study.scenario, lang)
    rows: list[tuple[Cell, ...]] = [
        (part.alternative, part.problem, name, cost, part.bound, part.over(cost))
        for part in parts
        for name, cost in {"plan": part.cost, **part.rules}.items()
    ]
    caption = say(lang, "proof.caption", world=statement.middle_world)
    return Chart(figure, _title(statement, parts, lang), caption, COLUMNS, tuple(rows))


def _parts(statement: Statement, study: Study) -> Iterator[Part]:
    """Every problem that was solved, alternative by alternative."""
    for name, packed in statement.proofs.items():
        rules = {plain.rule: plain.cost_cny_per_year for plain in packed.baselines}
        yield Part(name, "packing", packed.cost_cny_per_year, packed.bound_cny_per_year, rules)
        sited = study.plans[name].siting
        if sited is not None and len(sited.candidates) > 1:
            yield Part(name, "siting", sited.cost_cny_per_year, sited.bound_cny_per_year, {})
        moves = statement.schedules.get(name)
        if moves is not None:
            years = _years(study.scenario, name)
            turns = {"in-turn": moves.in_turn_cny / years}
            yield Part(name, "waves", moves.cost_cny / years, moves.bound_cny / years, turns)


def _years(scenario: Scenario, name: str) -> float:
    """Years from the opening of the cloud to the end of the horizon."""
    cloud, start = scenario.alternatives[name].cloud, scenario.time.start
    opened = 0 if cloud is None else max((cloud.opens - start).days, 0)
    return scenario.time.years - opened / DAYS_PER_YEAR


def _title(statement: Statement, parts: list[Part], lang: Lang) -> str:
    """What the best possible could at most still save, problem by problem, of the headline alternative."""
    if not parts:
        return say(lang, "proof.none")
    names = [part.alternative for part in parts]
    first = statement.headline if statement.headline in names else names[0]
    said = [
        say(lang, f"proof.{part.problem}_left", left=_left(part, lang))
        for part in parts
        if part.alternative == first
    ]
    title = say(lang, "proof.title", parts=say(lang, "list.separator").join(said))
    if len(set(names)) == 1:
        return title
    name = in_language(statement.scenario.alternatives[first].title, lang)
    return say(lang, "chart.of", name=short(name, NAME_COLUMNS), title=title)


def _left(part: Part, lang: Lang) -> str:
    gap = part.over(part.cost)
    if gap < EXACT:
        return say(lang, "proof.nothing")
    left = money(lang, part.left)
    return say(lang, "proof.left", left=left, gap=share(gap, 1 if gap >= 0.01 else 3))


def _draw(axes: Axes, parts: list[Part], scenario: Scenario, lang: Lang) -> None:
    if not parts:
        axes.set_axis_off()
        return
    for y, part in enumerate(parts):
        axes.barh(
            y,
            part.over(part.cost),
            0.36 if narrow() else 0.5,
            color=SKY,
            alpha=0.6,
            hatch="///",
            edgecolor=GREY,
            linewidth=0.6,
        )
        for rule, cost in part.rules.items():
            axes.plot([part.over(cost)], [y], markersize=8, **MARKS[rule])
        axes.plot([part.over(part.cost)], [y], markersize=8, **PLAN)
        text = say(lang, "proof.figures", cost=money(lang, part.cost), left=_left(part, lang))
        if narrow():
            look: dict[str, Any] = {"va": "top", "fontsize": SMALL_PT}
            text = wrap(
                text.replace("\n", " " if lang == "en" else ""), columns_in(width_in() - NARROW_MARGIN_IN)
            )
            axes.text(0.03, y + 0.28, text, transform=axes.get_yaxis_transform(), in_layout=False, **look)
        else:
            beside(axes, y, text)
    axes.axvline(0, color=BLACK, linewidth=2.0)
    several = len({part.alternative for part in parts}) > 1
    axes.set_yticks(range(len(parts)), [_label(part, scenario, several, lang) for part in parts])
    axes.set_ylim(len(parts) - (0.05 if narrow() else 0.5), -0.5)
    axes.margins(x=0.08)
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, -0.02 * right), right if right > EXACT else 0.01)
    decimals = 0 if axes.get_xlim()[1] > 0.04 else 2
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=decimals))
    axes.set_xlabel(say(lang, "proof.axis"))
    by_rows(axes)
    _legend(axes, parts, lang)


def _label(part: Part, scenario: Scenario, several: bool, lang: Lang) -> str:
    text = say(lang, f"proof.{part.problem}")
    if not several:
        return text
    name = in_language(scenario.alternatives[part.alternative].title, lang)
    return f"{text}\n{short(name, LABEL_NARROW_COLUMNS if narrow() else NAME)}"


def _legend(axes: Axes, parts: list[Part], lang: Lang) -> None:
    there = {rule for part in parts for rule in part.rules}
    looks = {"plan": PLAN} | {rule: look for rule, look in MARKS.items() if rule in there}
    keys: list[Artist] = [key(say(lang, f"proof.{n}"), look) for n, look in looks.items()]
    open_part = Patch(facecolor=SKY, alpha=0.6, hatch="///", edgecolor=GREY, label=say(lang, "proof.open"))
    legend_above(axes, 3, handles=[keys[0], open_part, *keys[1:]])
