"""How full the cloud's hosts are: CPU against memory of every host, and what of the whole is stranded.

A host that is full in one resource cannot use what is left of the others: that part is stranded. What it
could still fill evenly is free. Standby hosts hold nothing by design.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from ...optimize.plan import Plan
from ...sim.outcome import Study
from ..messages import Lang, number, say, share
from ..quantiles import Floats
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    OUTLINE,
    PALE,
    SMALL_PT,
    Cell,
    Chart,
    labels,
    legend_above,
    narrow,
    only,
    width_in,
    words_only,
)

COLUMNS = ("alternative", "host", "standby", "cpu_filled", "memory_filled", "disk_filled")
RESOURCES = ("cpu", "memory", "disk")
PARTS = (("filled", BLUE, ""), ("stranded", ORANGE, "////"), ("free", "#FFFFFF", ""), ("standby", PALE, "xx"))
BINS = 20


@dataclass(frozen=True)
class Packing:
    """The hosts of a plan at the end of the horizon.

    Attributes:
        filled: of CPU, memory and disk, as parts of what is usable, shape (hosts, 3).
        usable: vCPU, memory and disk in GB, shape (hosts, 3).
        standby: spare in its pool, or waiting for another site, shape (hosts,).
    """

    filled: Floats
    usable: Floats
    standby: NDArray[np.bool_]

    @classmethod
    def of(cls, study: Study, plan: Plan) -> Packing:
        """As planned: what was set aside for each component in service when the horizon ends."""
        built = plan.hosts
        usable = np.stack([built.vcpu, built.memory_gb, built.disk_gb], axis=1)
        rows = _in_service(study, plan)
        given = np.zeros_like(usable)
        np.add.at(given, plan.placement[rows], _set_aside(study, plan, rows))
        return cls(given / usable, usable, built.standby | (built.recovers >= 0))

    def parts(self) -> Floats:
        """Parts of all capacity, rows as RESOURCES, columns as PARTS; each row adds up to 1."""
        working = self.filled[~self.standby], self.usable[~self.standby]
        fullest = np.clip(working[0].max(axis=1, keepdims=True), None, 1.0)
        filled = np.minimum(working[0], 1.0)
        each = np.stack([filled, fullest - filled, np.broadcast_to(1 - fullest, filled.shape)], axis=2)
        amounts = np.einsum("hr,hrp->rp", working[1], each)
        spare = self.usable[self.standby].sum(axis=0)
        return np.asarray(np.column_stack([amounts, spare]) / self.usable.sum(axis=0)[:, None])


def hosts(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Every host by CPU and memory filled; all capacity by what becomes of it."""
    plan = study.plans.get(statement.headline or "")
    if plan is None or not len(plan.hosts.pool) or not len(plan.flavours.vcpu):
        why = say(lang, "hosts.caption_none")
        return Chart(words_only(why), say(lang, "hosts.title_none"), why, COLUMNS, ())
    packing = Packing.of(study, plan)
    parts = packing.parts()
    figure, (top, main, side), bars = _axes()
    _scatter(main, packing.filled[~packing.standby], lang)
    _margins(top, side, packing.filled[~packing.standby], lang)
    _bars(bars, parts, lang)
    most = say(lang, f"hosts.{RESOURCES[int(parts[:2, 1].argmax())]}")
    title = say(
        lang,
        "hosts.title",
        hosts=number(lang, len(packing.standby)),
        standby=number(lang, int(packing.standby.sum())),
        cpu=share(parts[0, 0]),
        memory=share(parts[1, 0]),
        stranded=share(parts[:2, 1].max()),
        what=most if most.isupper() else most.lower(),
    )
    cloud = study.scenario.alternatives[plan.alternative].cloud
    spare = 0 if cloud is None else cloud.standby_hosts
    pools = len(np.unique(plan.hosts.pool))
    caption = say(lang, "hosts.caption", spare=spare, pools=pools)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (plan.alternative, row, int(packing.standby[row]), *(float(f) for f in filled))
        for row, filled in enumerate(packing.filled)
    )
    return Chart(figure, title, caption, COLUMNS, rows)


def _in_service(study: Study, plan: Plan) -> NDArray[np.integer]:
    """Rows of servers whose components run on a host in the last month, by plan."""
    servers, systems = study.world.estate.servers, study.world.estate.systems
    clock = study.world.clock
    moved = plan.wave_h[servers.system] < clock.hours
    leaves = np.minimum(servers.retires_month, systems.retires_month[servers.system])
    return np.flatnonzero((plan.placement >= 0) & (plan.flavour >= 0) & moved & (leaves >= clock.months))


def _set_aside(study: Study, plan: Plan, rows: NDArray[np.integer]) -> Floats:
    """vCPU, memory and disk in GB set aside for components, shape (rows, 3).

    Hosts filled by the hour keep free what components use, with headroom, and not their whole size.
    """
    sizes, flavour = plan.flavours, plan.flavour[rows]
    given = np.stack([sizes.vcpu[flavour], sizes.memory_gb[flavour], sizes.disk_gb[flavour]], axis=1)
    cloud, servers = study.scenario.alternatives[plan.alternative].cloud, study.world.estate.servers
    if cloud is None or cloud.sizing != "profiles":
        return given
    used = np.stack([servers.memory_gb[rows], servers.disk_gb[rows]], axis=1)
    wanted = used * study.world.of(cloud.comfort_factor)
    largest = np.floor([plan.hosts.memory_gb.max(), plan.hosts.disk_gb.max()])
    working = ~servers.zombie[rows]
    given[working, 1:] = np.minimum(given[working, 1:], np.minimum(wanted, largest)[working])
    return given


def _axes() -> tuple[Figure, tuple[Axes, Axes, Axes], Axes]:
    """A square of dots with its margins, and beside it, or below if narrow, the bars."""
    if narrow():
        figure = Figure(figsize=(width_in(), 6.2))
        grid = figure.add_gridspec(3, 2, height_ratios=(0.9, 3.6, 3), width_ratios=(4, 0.9))
        bars = figure.add_subplot(grid[2, :])
    else:
        figure = Figure(figsize=(width_in(), 4.6))
        grid = figure.add_gridspec(2, 3, height_ratios=(0.9, 4), width_ratios=(4, 0.9, 3.6))
        bars = figure.add_subplot(grid[:, 2])
    main = figure.add_subplot(grid[1, 0])
    top = figure.add_subplot(grid[0, 0], sharex=main)
    side = figure.add_subplot(grid[1, 1], sharey=main)
    return figure, (top, main, side), bars


def _scatter(axes: Axes, filled: Floats, lang: Lang) -> None:
    top = max(1.0, float(filled[:, :2].max(initial=0.0)))
    axes.fill_between([0, top], [0, top], top, facecolor="#F2F2F2", linewidth=0)
    axes.plot([0, top], [0, top], color=GREY, linewidth=1.0, linestyle="--")
    size = float(np.clip(90 / np.sqrt(max(len(filled), 1)), 2.5, 7.0))
    axes.plot(
        filled[:, 0],
        filled[:, 1],
        "o",
        color=BLUE,
        markersize=size,
        alpha=0.5,
        markeredgecolor=BLACK,
        markeredgewidth=0.3,
    )
    boxes = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
    axes.text(0.03, 0.97, say(lang, "hosts.cpu_stranded"), transform=axes.transAxes, va="top", bbox=boxes)
    axes.text(
        0.97,
        0.03,
        say(lang, "hosts.memory_stranded"),
        transform=axes.transAxes,
        va="bottom",
        ha="right",
        bbox=boxes,
    )
    axes.set_xlim(0, top * 1.02)
    axes.set_ylim(0, top * 1.02)
    axes.set_xlabel(say(lang, "hosts.cpu_axis"))
    axes.set_ylabel(say(lang, "hosts.memory_axis"))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axis.set_ticks(np.arange(0, top + 0.01, 0.25 if top <= 1.5 else 0.5))
    axes.grid()


def _margins(top: Axes, side: Axes, filled: Floats, lang: Lang) -> None:
    """How many hosts are so full, along both axes of the dots."""
    edges = np.linspace(0, max(1.0, float(filled[:, :2].max(initial=0.0))), BINS + 1)
    looks: dict[str, Any] = {"color": BLUE, "alpha": 0.6, "edgecolor": BLACK, "linewidth": 0.4}
    counts = [np.histogram(filled[:, column], edges)[0] for column in (0, 1)]
    top.bar(edges[:-1], counts[0], np.diff(edges), align="edge", **looks)
    side.barh(edges[:-1], counts[1], np.diff(edges), align="edge", **looks)
    top.tick_params(labelbottom=False, length=2)
    side.tick_params(labelleft=False, length=2)
    top.set_yticks([int(counts[0].max())])
    side.set_xticks([int(counts[1].max())])
    top.set_ylabel(say(lang, "hosts.count"))
    side.set_xlabel(say(lang, "hosts.count"))


def _bars(axes: Axes, parts: Floats, lang: Lang) -> None:
    """All capacity of each resource by what becomes of it."""
    for y, row in enumerate(parts):
        left = 0.0
        for value, (part, colour, hatch) in zip(row.tolist(), PARTS, strict=True):
            label = say(lang, f"hosts.part.{part}") if y == 0 else None
            axes.barh(y, value, 0.56, left=left, color=colour, hatch=hatch, label=label, **OUTLINE)
            left += value
        middle, stranded = share(row[0]), share(row[1])
        text = say(lang, "hosts.bar", filled=middle, stranded=stranded)
        axes.text(0.0, y - 0.33, text, va="bottom", fontsize=SMALL_PT)
    axes.set_yticks(range(len(RESOURCES)), labels(say(lang, f"hosts.{name}") for name in RESOURCES))
    axes.set_xlim(0, 1)
    axes.set_ylim(len(RESOURCES) - 0.55, -0.75)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel(say(lang, "hosts.all_capacity"))
    axes.tick_params(axis="y", length=0)
    only(axes, "bottom")
    legend_above(axes, 2, room_in=width_in() * (0.8 if narrow() else 0.42))
