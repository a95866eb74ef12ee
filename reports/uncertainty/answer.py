"""How sure a run is: for its statement, and for any figure of a folder that a run wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ...scenarios.draw import design
from ...scenarios.errors import InputError, Problem
from ...scenarios.loader import load, quantities
from ...scenarios.schema import Scenario
from .. import manifest
from ..books import Books
from ..figures import total_savings
from ..quantiles import Floats
from .chaos import FEWEST_WORLDS
from .contest import Standing, standings
from .convergence import Convergence, convergence
from .indices import Index, Sensitivity, sensitivity

FIGURES = ("annual_total", "npv", "energy_saved")
WORLDS = "worlds.parquet"


@dataclass(frozen=True)
class Uncertainty:
    """How sure the figures of the headline alternative are.

    Attributes:
        convergence: of its net annual saving.
        sensitivities: of ``FIGURES``, by name.
        standings: of every alternative.
    """

    convergence: Convergence
    sensitivities: Mapping[str, Sensitivity]
    standings: Mapping[str, Standing]


def uncertainty(books: Books, seed: int, headline: str) -> Uncertainty:
    """Of a study's books; its worlds are the first so many of the seed's design."""
    paths, points = _design(books.scenario, seed, len(books.results))
    figures = total_savings(books, headline)
    return Uncertainty(
        convergence(figures["annual_total"].values),
        {name: sensitivity(paths, points, figures[name].values) for name in FIGURES},
        standings(books),
    )


@dataclass(frozen=True)
class FigureAnswer:
    """What a figure of a run depends on and how sure it is."""

    figure: str
    convergence: Convergence
    sensitivity: Sensitivity

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {
            "figure": self.figure,
            "convergence": asdict(self.convergence),
            "q2": self.sensitivity.q2,
            "mean": self.sensitivity.mean,
            "indices": [asdict(index) for index in self.sensitivity.indices],
        }

    def table(self) -> str:
        """On a screen."""
        found = self.convergence
        worlds = found.worlds[-1]
        lines = [
            self.figure,
            f"  P10 {found.p10[-1]:,.6g}  P50 {found.p50[-1]:,.6g}  P90 {found.p90[-1]:,.6g}  "
            f"({worlds} {'world' if worlds == 1 else 'worlds'}; {_enough(found)})",
        ]
        if not self.sensitivity.indices:
            few = f"needs at least {FEWEST_WORLDS} worlds" if worlds < FEWEST_WORLDS else "nothing found"
            return "\n".join([*lines, f"  what it depends on: {few}"])
        lines += [
            f"  explained on worlds left out: {self.sensitivity.q2:.0%}",
            f"  {'quantity':<52}{'first':>7}{'total':>7}{'P5-P95 of total':>18}{'at P10':>13}{'at P90':>13}",
        ]
        return "\n".join([*lines, *(_row(index) for index in self.sensitivity.indices)])


def ask(folder: Path, figures: Sequence[str]) -> list[FigureAnswer]:
    """What figures of a run depend on.

    Args:
        folder: that a run wrote.
        figures: columns of its worlds.parquet after the draws, or parts of their names that only one has.

    Raises:
        InputError: the folder holds no such run, or no such figure.
    """
    options = manifest.options(folder)
    scenario = load(folder / "scenario.yaml")
    paths, points = _design(scenario, options.seed, options.worlds)
    columns = _columns(folder)
    outputs = [name for name in columns if ":" in name]
    wanted = [_one(folder, outputs, text) for text in figures] or [
        name for name in outputs if any(f":saving {figure} " in name for figure in FIGURES)
    ]
    answers = []
    for name in wanted:
        values = columns[name]
        if not np.isfinite(values).all():
            message = f"got {name!r}, which does not exist in some worlds"
            raise InputError([Problem(str(folder / WORLDS), 0, 0, "", message)])
        answers.append(FigureAnswer(name, convergence(values), sensitivity(paths, points, values)))
    return answers


def _design(scenario: Scenario, seed: int, worlds: int) -> tuple[list[str], Floats]:
    """Quantities that differ between worlds, and their probabilities, shape (worlds, quantities)."""
    known = quantities(scenario)
    differ = [k for k, quantity in enumerate(known.values()) if quantity.support[0] < quantity.support[1]]
    paths = list(known)
    return [paths[k] for k in differ], design(scenario, seed, worlds)[:, differ]


def _columns(folder: Path) -> dict[str, Floats]:
    from ..arrow import opened

    table = opened(folder / WORLDS)
    try:
        return {name: np.asarray(table.column(name).to_numpy(), dtype=float) for name in table.column_names}
    except ValueError as error:
        message = f"got a column that holds no numbers ({error}), must be the table of a run"
        raise InputError([Problem(str(folder / WORLDS), 0, 0, "", message)]) from error


def _one(folder: Path, outputs: Sequence[str], text: str) -> str:
    """The figure that a text names."""
    found = [name for name in outputs if name == text] or [name for name in outputs if text in name]
    if len(found) == 1:
        return found[0]
    few = ", ".join(repr(name) for name in (found or outputs)[:5])
    must = "must name one figure, one of" if found else "must be a figure such as"
    message = f"got {text!r}, {must} {few}"
    raise InputError([Problem(str(folder / WORLDS), 0, 0, "--figure", message)])


def _enough(found: Convergence) -> str:
    if found.enough is None:
        return "too few to say how many would be enough"
    return f"{found.enough:,} are enough to hold P10 and P90 to within 1 % of P50"


def _row(index: Index) -> str:
    low, high = index.total_range
    return (
        f"  {index.path:<52}{index.first:>7.3f}{index.total:>7.3f}{f'{low:.3f}-{high:.3f}':>18}"
        f"{index.low:>13,.5g}{index.high:>13,.5g}"
    )
