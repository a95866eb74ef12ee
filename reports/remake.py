"""Reports of a finished run made again from its folder, without simulating.

By the code that made the run they are the same bytes as the run's own; a later version reports on what was
simulated then, and says so in the report (``rewritten``). They go into a folder of their own, written whole
or not at all. Another report of the same run is added to those that are there already; ``remade.json`` names
them.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..scenarios.errors import RoomfoldError
from ..sim.durable import settled
from ..sim.outcome import Study
from . import manifest
from .folder import LEFT_BY_DESKTOPS, check_place, write_folder
from .forms import OF_A_RUN, Form, lacking, write_forms
from .messages import LANGS, Lang
from .rewritten import Rewritten
from .statement import Statement, state

if TYPE_CHECKING:
    from .charts import Format
    from .kept import Kept

SUFFIX = "-report"
LIST = "remade.json"
PX_PER_INCH = 96  # of a style sheet, and of a PNG whose width is given in pixels
PER_INCH = {"cm": 2.54, "mm": 25.4, "in": 1.0, "px": PX_PER_INCH}
LEAST_CM, MOST_CM = 8, 50  # one column of two on a page; a poster
_WIDTH = re.compile(r"(\d+(?:\.\d+)?)\s*(cm|mm|in|px)")


class RemakeError(RoomfoldError):
    """A report that cannot be made as it was asked for."""

    exit_code = 2


@dataclass(frozen=True)
class OneChart:
    """A chart to be drawn by itself; as wide as in the report if ``width`` is None."""

    name: str
    form: Format = "svg"
    width: str | None = None


@dataclass(frozen=True)
class _Listed:
    """What is in a folder of reports, and of which run."""

    roomfold: str
    run_id: str
    manifest_sha256: str
    files: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What ``write`` wrote; None if it is not there."""
        try:
            found = json.loads((folder / LIST).read_text("utf-8"))
            version, run, hashed = (str(found[name]) for name in ("roomfold", "run_id", "manifest_sha256"))
            return cls(version, run, hashed, tuple(map(str, found["files"])))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, folder: Path) -> None:
        """Write the list into the folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / LIST).write_text(text + "\n", encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class Wish:
    """What to make of a run: forms in languages, or one chart in place of them."""

    langs: Sequence[Lang] = LANGS
    forms: Collection[Form] = OF_A_RUN
    chart: OneChart | None = None

    def check(self) -> None:
        """Make sure, before any work, that it can be made.

        Raises:
            RemakeError: if there is no such chart or width, or a form needs a package that is not there.
        """
        if self.chart is not None:
            _width_in(self.chart)
        elif missing := lacking(self.forms):
            raise RemakeError(f"--form pdf: {missing}")


def remake(folder: Path, out: Path | None = None, wish: Wish | None = None) -> list[Path]:
    """Make reports of a finished run again.

    Args:
        folder: of the run.
        out: folder to write; ``folder`` with ``-report`` at its end if None.
        wish: all that a run makes if None.

    Returns:
        What was made, without what was there already.

    Raises:
        RemakeError: see ``Wish.check``.
        FolderError: if ``out`` holds something else.
        NoRunError: if the folder holds no run.
        KeptError: if it holds one that cannot be read here.
    """
    from .kept import kept

    wish = wish or Wish()
    wish.check()
    manifest.made(folder)
    place = _place(folder, out)
    found = kept(folder)
    study, statement = found.study, restated(folder, found)
    carried = _carried(place, folder, statement)
    listed: list[str] = []

    def fill(output: Path) -> None:
        if wish.chart is None:
            write_forms(statement, study, output, str(found.manifest["command"]), wish.forms, wish.langs)
        else:
            _write_one(statement, study, output, wish.chart, wish.langs)
        listed.extend(sorted(path.name for path in output.iterdir()))
        for name in carried:
            if not (output / name).exists():
                (output / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place / name, output / name)
        run, of_run = manifest.run_id(statement), manifest.hash_of(folder / manifest.NAME)
        _Listed(statement.version, run, of_run, tuple(sorted(_files(output)))).write(output)

    write_folder(place, fill, written=written)
    return [place / name for name in listed]


def written(folder: Path) -> Collection[str] | None:
    """Files of the reports made again in a folder; None if there are none."""
    found = _Listed.read(folder)
    return None if found is None else {LIST, *found.files}


def inches(width: str) -> float:
    """A width in inches.

    Raises:
        RemakeError: if it is no width for a chart.
    """
    found = _WIDTH.fullmatch(width.strip())
    if found is None:
        raise RemakeError(f"--width: got {width!r}, must be such as 8.5cm, 90mm, 3.3in or 600px")
    size = float(found[1]) / PER_INCH[found[2]]
    if not LEAST_CM <= round(size * PER_INCH["cm"], 6) <= MOST_CM:
        raise RemakeError(f"--width: got {width!r}, must be from {LEAST_CM}cm to {MOST_CM}cm")
    return size


def _place(folder: Path, out: Path | None) -> Path:
    """Folder to write, if reports may be written there."""
    run = folder.resolve()
    place = out or run.with_name(run.name + SUFFIX)
    if settled(place).resolve().is_relative_to(run):
        raise RemakeError(f"{place}: lies in the run's own folder; choose another with --out")
    check_place(place, written)
    return place


def _width_in(chart: OneChart) -> float:
    """Width of a chart in inches, if it can be drawn."""
    from .charts import CHARTS, FORMATS
    from .charts.style import WIDTH_IN

    if chart.name.partition("-")[0] not in CHARTS:
        raise RemakeError(f"--chart: got {chart.name!r}, must be one of {', '.join(CHARTS)}")
    if chart.form not in FORMATS:
        raise RemakeError(f"--format: got {chart.form!r}, must be one of {', '.join(FORMATS)}")
    return WIDTH_IN if chart.width is None else inches(chart.width)


def _write_one(
    statement: Statement, study: Study, folder: Path, chart: OneChart, langs: Sequence[Lang]
) -> None:
    from .charts import figures, render_one
    from .charts.files import PNG_DPI

    known = figures(statement, study)
    if chart.name not in known:
        raise RemakeError(f"--chart: got {chart.name!r}, which this run has not; it has {', '.join(known)}")
    run, name, form, width_in = manifest.run_id(statement), chart.name, chart.form, _width_in(chart)
    dpi = PX_PER_INCH if (chart.width or "").strip().endswith("px") else PNG_DPI
    for lang in langs:
        path = folder / f"{name}.{lang}.{form}"
        render_one(statement, study, path, run, name=name, form=form, lang=lang, width_in=width_in, dpi=dpi)


def restated(folder: Path, found: Kept) -> Statement:
    """The statement of a run, noting whether the code here is other code than its own.

    Raises:
        KeptError: if the run's own statement was changed since.
    """
    from .kept import KeptError
    from .publish import STATEMENT

    made, path = found.manifest, folder / STATEMENT
    if not manifest.unchanged(folder, STATEMENT, made):
        raise KeptError(f"{path}: is not as the run wrote it; run it anew")
    version, hashed = str(made["roomfold"]), str(made["scenario_fingerprint"])
    statement = replace(state(found.study), version=version, fingerprint=hashed)
    try:
        then = json.loads(path.read_text("utf-8"))
        rewritten = Rewritten.of(made, then, statement.to_json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeptError(f"{path}: is damaged ({type(error).__name__}); run it anew") from None
    return replace(statement, rewritten=rewritten)


def _carried(place: Path, folder: Path, statement: Statement) -> list[str]:
    """Files of reports that are there already and stay.

    Raises:
        RemakeError: if they are of another run.
    """
    found = _Listed.read(place)
    if found is None:
        return []
    if found.run_id != manifest.run_id(statement):
        raise RemakeError(f"{place}: holds reports of run {found.run_id}; choose another folder with --out")
    if found.manifest_sha256 != manifest.hash_of(folder / manifest.NAME):
        return []  # the same run, made anew since
    return sorted(_files(place) & set(found.files))


def _files(folder: Path) -> set[str]:
    """Files of reports below a folder."""
    there = (path for path in folder.rglob("*") if path.is_file() and path.name not in LEFT_BY_DESKTOPS)
    return {path.relative_to(folder).as_posix() for path in there} - {LIST}
