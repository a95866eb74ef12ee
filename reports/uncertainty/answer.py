"""How sure a run is: for its statement, and for any figure of a folder that a run wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ...scenarios.check import columns
from ...scenarios.draw import design
from ...scenarios.errors import InputError, Problem
from ...scenarios.loader import load, quantities
from ...scenarios.schema import Scenario
from ...scenarios.trust import RECORD
from .. import manifest
from ..books import Books
from ..figures import total_savings
from ..messages import Lang, number, say, share, significant
from ..quantiles import Floats
from .chaos import FEWEST_WORLDS
from .contest import Standing, standings
from .convergence import Convergence, convergence
from .indices import Index, Sensitivity, sensitivity

FIGURES = ("annual_total", "npv", "energy_saved")
WORLDS = "worlds.parquet"
QUANTILES = ("p10", "p50", "p90")
DIGITS = 5  # that a figure is printed with
HEADS = (
    "book.assumed.path",
    "page.sure.first",
    "page.sure.total",
    "page.sure.range",
    "answer.low",
    "answer.high",
    "page.mix.quantity",
)


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

    scenario: Scenario
    figure: str
    convergence: Convergence
    sensitivity: Sensitivity

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {
            "figure": self.figure,
            "convergence": asdict(self.convergence),
            "q2": self.sensitivity.q2,
            "chance": self.sensitivity.chance,
            "mean": self.sensitivity.mean,
            "indices": [asdict(index) for index in self.sensitivity.indices],
        }

    def table(self, lang: Lang) -> str:
        """On a screen; a quantity's path, which other commands take, stands before its name."""
        found = self.convergence
        ends = {"p10": found.p10[-1], "p50": found.p50[-1], "p90": found.p90[-1]}
        span = "  ".join(f"{say(lang, f'page.{q}')} {significant(lang, ends[q], DIGITS)}" for q in QUANTILES)
        worlds = found.worlds[-1]
        lines = [self.figure, f"  {span}", f"  {_enough(found, lang)}"]
        if not self.sensitivity.indices:
            chance = f"{self.sensitivity.chance:.2f}"
            few = say(lang, "answer.few", fewest=FEWEST_WORLDS)
            none = few if worlds < FEWEST_WORLDS else say(lang, "answer.none", chance=chance)
            return "\n".join([*lines, f"  {none}"])
        told = {"q2": share(self.sensitivity.q2), "chance": f"{self.sensitivity.chance:.2f}"}
        explained = say(lang, "answer.explained", **told)
        rows = [[say(lang, key) for key in HEADS], *(self._row(i, lang) for i in self.sensitivity.indices)]
        return "\n".join([*lines, f"  {explained}", *_aligned(rows)])

    def _row(self, index: Index, lang: Lang) -> list[str]:
        from ..charts.drivers import label  # the charts ask this package for what they draw

        low, high = (f"{end:.3f}" for end in index.total_range)
        at = (significant(lang, value, DIGITS) for value in (index.low, index.high))
        return [
            index.path,
            f"{index.first:.3f}",
            f"{index.total:.3f}",
            say(lang, "page.range", low=low, high=high),
            *at,
            label(self.scenario, index.path, lang),
        ]


def ask(folder: Path, figures: Sequence[str]) -> list[FigureAnswer]:
    """What figures of a run depend on.

    Args:
        folder: that a run wrote.
        figures: columns of its worlds.parquet after the draws, or parts of their names that only one has.

    Raises:
        InputError: the folder holds no such run, or no such figure.
    """
    options = manifest.options(folder)
    scenario = load(folder / "scenario.yaml", trust=RECORD)
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
        answers.append(FigureAnswer(scenario, name, convergence(values), sensitivity(paths, points, values)))
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


def _enough(found: Convergence, lang: Lang) -> str:
    worlds = number(lang, found.worlds[-1])
    if found.enough is None:
        return say(lang, "answer.unknown", worlds=worlds)
    return say(lang, "answer.enough", worlds=worlds, enough=number(lang, found.enough))


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with the first cell to the left and the last as long as it is; Chinese takes two columns."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    for path, *cells, name in rows:
        padded = "".join(
            " " * (2 + width - columns(cell)) + cell for width, cell in zip(widths[1:-1], cells, strict=True)
        )
        yield f"  {path}{' ' * (widths[0] - columns(path))}{padded}  {name}"
