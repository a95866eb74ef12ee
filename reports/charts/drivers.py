"""What drives the spread: rank correlation of each quantity with the net annual saving."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ...scenarios.schema import Scenario
from ...sim.outcome import Study
from ..messages import Lang, messages, say, share
from ..rank import Driver, chance
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    Chart,
    by_rows,
    columns_in,
    labels,
    legend_above,
    narrow,
    panel,
    width_in,
)
from .words import wrap
from .worlds import in_language

COLUMNS = ("quantity", "grade", "rank_correlation")
SHOWN = 14
NAME_LINES = 2
MARGIN_IN = 1.5  # left of the axes, at least
KEY_MARGIN_IN = 2.2
GRADES = {"S": (BLUE, ""), "W": (PALE, "///"), "A": (ORANGE, "xxx")}


def drivers(statement: Statement, study: Study, lang: Lang) -> Chart:
    """The quantities that go with the saving most, by how well their values are known."""
    shown = statement.drivers[:SHOWN]
    by_chance = chance(statement.worlds)
    figure, axes = panel(1.6 + (0.36 if narrow() else 0.3) * max(2, len(shown)))
    _draw(axes, shown, [label(study.scenario, d.path, lang) for d in shown], by_chance, lang)
    rows = tuple((d.path, d.grade, d.correlation) for d in statement.drivers)
    caption = say(lang, "drivers.caption", worlds=statement.worlds, chance=f"{by_chance:.2f}")
    return Chart(figure, _title(statement, by_chance, lang), caption, COLUMNS, rows)


def _title(statement: Statement, by_chance: float, lang: Lang) -> str:
    clear = [d for d in statement.drivers if d.share > 0]
    if len(clear) < 2:
        return say(lang, "drivers.title_none", chance=f"{by_chance:.2f}")
    first, second = (label(statement.scenario, d.path, lang) for d in clear[:2])
    unsure = 1 - statement.spread_by_grade["S"]
    return say(lang, "drivers.title", first=first, second=second, share=share(unsure))


def label(scenario: Scenario, path: str, lang: Lang) -> str:
    """A quantity in words, with what it belongs to in brackets where fields repeat."""
    name, owner = _parts(scenario, path, lang)
    text = messages(lang).get(f"quantity.{name}", name.rpartition(".")[2].replace("_", " "))
    return say(lang, "drivers.of", text=text, owner=owner) if owner else text


def _parts(scenario: Scenario, path: str, lang: Lang) -> tuple[str, str]:
    """Message name of a path's field, and its owner in words ('' if there is only one)."""
    match path.split("."):
        case ["rooms", size, field]:
            return f"rooms.{field}", say(lang, f"room.{size}")
        case ["lines", kind, field]:
            return f"lines.{field}", messages(lang).get(f"line.{kind}", kind)
        case ["estate", "levels", level, field]:
            return f"levels.{field}", in_language(scenario.estate.levels[level].title, lang)
        case ["estate", "places", place, field]:
            return f"places.{field}", in_language(scenario.estate.places[place].title, lang)
        case ["demand", "classes", kind, field]:
            return f"classes.{field}", in_language(scenario.demand.classes[kind].title, lang)
        case ["policy", rule, field]:
            title = scenario.policy[rule].title
            return f"policy.{field}", rule if title is None else in_language(title, lang)
        case ["prices", "time_of_use", "periods", period, field]:
            return f"time_of_use.{field}", period
        case ["alternatives", alternative, *rest]:
            return _of_alternative(scenario, alternative, rest, lang)
        case _:
            return path, ""


def _of_alternative(scenario: Scenario, alternative: str, rest: list[str], lang: Lang) -> tuple[str, str]:
    """The same of a field of an alternative."""
    several = sum(getattr(a, rest[0]) is not None for a in scenario.alternatives.values()) > 1
    owners = [in_language(scenario.alternatives[alternative].title, lang)] if several else []
    match rest:
        case ["cloud", "sites", site, field]:
            cloud = scenario.alternatives[alternative].cloud
            assert cloud is not None
            name, title = f"sites.{field}", in_language(cloud.sites[site].title, lang)
        case ["cloud", "recovery", field]:
            name, title = f"recovery.{field}", ""
        case [section, field, kind] if field in ("vcpu_per_core_by_class", "budget_cny_by_year"):
            classes = scenario.demand.classes
            name = f"{section}.{field}"
            title = in_language(classes[kind].title, lang) if kind in classes else kind
        case _:
            name, title = ".".join(rest), ""
    return name, ", ".join([*([title] if title else []), *owners])


def _draw(axes: Axes, shown: Sequence[Driver], names: list[str], by_chance: float, lang: Lang) -> None:
    axes.axvspan(-by_chance, by_chance, color="#EEEEEE", linewidth=0)
    for y, driver in enumerate(shown):
        colour, hatch = GRADES[driver.grade]
        axes.barh(y, driver.correlation, 0.66, color=colour, hatch=hatch, edgecolor=BLACK, linewidth=0.6)
        end = driver.correlation
        axes.annotate(
            f"{end:+.2f}",
            (end, y),
            (4 if end >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if end >= 0 else "right",
            fontsize=8,
        )
    axes.axvline(0, color=GREY, linewidth=0.9)
    axes.set_yticks(range(len(names)), labels(names, NAME_LINES))
    axes.invert_yaxis()
    reach = max([abs(d.correlation) for d in shown] + [by_chance]) * (1.5 if narrow() else 1.22)
    axes.set_xlim(-reach, reach)
    axes.set_xlabel(wrap(say(lang, "drivers.axis"), columns_in(width_in() - MARGIN_IN)))
    by_rows(axes)
    keys = [
        Patch(facecolor=c, hatch=h, edgecolor=BLACK, linewidth=0.6, label=say(lang, f"grade.{g}"))
        for g, (c, h) in GRADES.items()
    ]
    keys.append(Patch(facecolor="#EEEEEE", label=say(lang, "drivers.chance")))
    legend_above(axes, 4, width_in() - (0.0 if narrow() else KEY_MARGIN_IN), handles=keys)
