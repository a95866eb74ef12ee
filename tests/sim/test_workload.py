"""Workload models by class: the example of the docs as it stands, a trace replayed, and what is refused."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.errors import InputError, RoomfoldError
from roomfold.scenarios.estate import Rises
from roomfold.scenarios.loader import fingerprint, load, resolved_yaml
from roomfold.scenarios.trust import Trust
from roomfold.sim.flow import fleet_of
from roomfold.sim.simulate import simulate
from roomfold.sim.workload import MOST_SSJ, Workload, _Checked, named_class, named_workload

from . import build, small

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "tests" / "scenarios" / "minimal.yaml"
ALLOWED = Trust("run")
DOCS = (ROOT / "docs" / "workloads.md").read_text("utf-8")


def example(language: str) -> str:
    """The first block of code of a language in docs/workloads.md."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    assert found is not None
    return found[1]


def scenario_with(folder: Path, demand: str) -> Path:
    """The minimal scenario with something of its own under ``demand``."""
    path = folder / "own.yaml"
    path.write_text(f"{MINIMAL.read_text('utf-8')}\n{demand}", "utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A scenario with the example of the docs beside it."""
    (tmp_path / "pulse.py").write_text(example("python"), "utf-8")
    return scenario_with(tmp_path, example("yaml"))


def workload(path: Path, *overrides: str):
    """The world of a scenario and its model."""
    scenario = load(path, overrides, ALLOWED)
    world = draw_world(scenario, 0)
    return world, fleet_of(scenario, world).workload


def test_the_example_of_the_docs_runs_as_it_stands(own: Path) -> None:
    scenario = load(own, trust=ALLOWED)
    world = draw_world(scenario, 0)
    run = simulate(scenario, make_plan(scenario, "keep", world), world)
    demand = run.series["demand_mssj"].reshape(-1, 24)
    # Peaks at 9, 10 and 11, the rest of the day is flat.
    assert (demand[:, 9:12] > demand[:, :9].max(axis=1)[:, None]).all()
    np.testing.assert_allclose(demand[:, 12:], demand[:, :1].repeat(12, axis=1), rtol=1e-5)
    there = world.estate.servers
    first = there.demand_ssj[there.generation_month[:, 0] == 0].sum() / 1e6
    assert demand[0, 0] == pytest.approx(first / 2, rel=1e-5)


@pytest.mark.parametrize(("given", "kind"), [("8", int), ("8.5", float), ("true", bool), ("x8", str)])
def test_an_option_of_the_command_line_is_what_a_file_would_make_of_it(
    own: Path, given: str, kind: type
) -> None:
    """A number, not its text, which the model could not add up."""
    options = load(own, [f"demand.model_options.peak_hour={given}"], ALLOWED).demand.model_options
    assert type(options["peak_hour"]) is kind and str(options["peak_hour"]).lower() == given


def test_its_file_is_part_of_the_scenario(own: Path, tmp_path: Path, monkeypatch) -> None:
    before = load(own, trust=ALLOWED)
    model = own.with_name("pulse.py")
    written = tmp_path / "elsewhere" / "resolved.yaml"
    written.parent.mkdir()
    written.write_text(resolved_yaml(before), "utf-8")
    assert fingerprint(load(written, trust=ALLOWED)) == fingerprint(before)
    monkeypatch.chdir(tmp_path)
    assert fingerprint(load("own.yaml", trust=ALLOWED)) == fingerprint(before)
    model.write_text(model.read_text("utf-8") + "# changed\n", "utf-8")
    assert fingerprint(load(own, trust=ALLOWED)) != fingerprint(before)
    with pytest.raises(InputError, match=r"demand\.model: .* must be the file it was"):
        load(written, trust=ALLOWED)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "nowhere.py:Pulse",
            r"own\.yaml:\d+:\d+: demand\.model: got 'nowhere\.py', must be an existing file",
        ),
        ("pulse.py", r"must be FILE\.py:CLASS or MODULE:CLASS"),
        ("pulse.py:not a name", r"must be FILE\.py:CLASS or MODULE:CLASS"),
    ],
)
def test_a_model_that_cannot_be_named_is_a_fault_of_the_scenario(own: Path, model: str, message: str) -> None:
    own.write_text(own.read_text("utf-8").replace("pulse.py:Pulse", model), "utf-8")
    with pytest.raises(InputError, match=message):
        load(own, trust=ALLOWED)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pulse.py:Nothing", "must be a class with a method 'fill'"),
        ("pulse.py:np", "must be a class with a method 'fill'"),
        ("no_such_package:Pulse", "cannot be loaded: ModuleNotFoundError"),
        ("math:Pulse", "must be a class with a method 'fill'"),
    ],
)
def test_a_model_that_is_not_there(own: Path, name: str, message: str) -> None:
    own.write_text(own.read_text("utf-8").replace("pulse.py:Pulse", name), "utf-8")
    with pytest.raises(InputError, match=message):
        workload(own)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("out[:] = -1.0", r"got a demand of -1 \(component 3 at hour 0\), must be 0 to 1e\+15"),
        ("out[:, 1:] = 1.0", "got a demand of nan"),
        ("out[:] = 1.0; out[1, 121] = -2", r"got a demand of -2 \(component 5 at hour 30\)"),
        ("out[:] = 1e15; out[1, 5] = np.nan", r"got a demand of nan \(component 5 at hour 1\)"),
        ("out[0] = np.inf; out[1] = 1", "got a demand of inf"),
        ("out[:] = 3e38", r"got a demand of 3e\+38 \(component 3 at hour 0\), must be 0 to 1e\+15"),
        ("out[:] = np.zeros((7, 5))", r"failed: own\.py:5: ValueError"),
        ("raise KeyError('x')", r"failed: own\.py:5: KeyError: 'x'"),
        ("raise SystemExit(3)", r"failed: own\.py:5: SystemExit: 3"),
        ("np.linalg.inv(np.zeros((2, 2)))", r"failed: own\.py:5: LinAlgError"),
    ],
)
def test_what_a_model_says_is_looked_at(tmp_path: Path, body: str, message: str) -> None:
    head = "import numpy as np\nclass Own:\n def __init__(self, scenario, world): pass\n"
    text = f"{head} def fill(self, components, span, out):\n  {body}\n"
    (tmp_path / "own.py").write_text(text, "utf-8")
    world, model = workload(scenario_with(tmp_path, "demand: {model: own.py:Own}\n"), "time.step_minutes=15")
    (span, *_) = world.clock.spans(0, 744)
    with pytest.raises(InputError, match=rf"(?s)own\.py:Own: {message}") as caught:
        model.fill(np.array([3, 5]), span, np.empty((2, span.steps), dtype=np.float32))
    assert "\n" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value), "from a worker process"


class Given:
    """A model that writes what it was made with, and counts how often it is asked."""

    asked = 0

    def __init__(self, row: list[float]) -> None:
        self._row = row

    def fill(self, components, span, out) -> None:
        type(self).asked += 1
        assert np.isnan(out).all() and out.shape == (len(components), span.steps)
        out[:] = np.resize(self._row, span.steps)


def checked(row: list[float], rises: Rises) -> tuple[Clock, Workload]:
    """A model behind the looks that are taken at it, and a clock of two months at half hours."""
    return build.clock(2, steps_per_hour=2), _Checked(Given(row), "m.py:Given", "key", rises)


def test_demand_of_nothing_and_of_the_most_is_taken_as_it_is_and_then_rises() -> None:
    """The second component doubles with the second month."""
    rises = Rises(np.array([1], dtype=np.int32), np.array([[1.0, 2.0, 1.0]]))
    time, model = checked([0.0, 0.5, MOST_SSJ / 4], rises)
    for month, factors in ((0, [1, 1]), (1, [2, 1])):
        (span,) = time.spans(month, 10**6)
        out = np.zeros((2, span.steps), dtype=np.float32)
        model.fill(np.array([1, 2]), span, out)
        for line, factor in zip(out, factors, strict=True):
            expected = factor * np.resize([0.0, 0.5, MOST_SSJ / 4], span.steps)
            assert np.array_equal(line, expected.astype(np.float32))
    (span,) = time.spans(0, 10**6)
    before = Given.asked
    model.fill(np.empty(0, dtype=np.int64), span, np.empty((0, span.steps), dtype=np.float32))
    assert Given.asked == before
    time, model = checked([MOST_SSJ], Rises.none())
    model.fill(np.array([7]), span, np.empty((1, span.steps), dtype=np.float32))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0.0, 5.0, 0.0, 0.0, 0.0, -3.0], r"got a demand of -3 \(component 7 at hour 26\)"),
        ([0.0, MOST_SSJ, 2 * MOST_SSJ], r"got a demand of 2e\+15 \(component 7 at hour 25\)"),
        ([1.0, 0.0, float("nan")], r"got a demand of nan \(component 7 at hour 25\)"),
    ],
)
def test_the_first_bad_step_is_named_however_much_is_nothing_before_it(
    row: list[float], message: str
) -> None:
    time, model = checked(row, Rises.none())
    span = time.spans(0, 48)[1]
    with pytest.raises(InputError) as caught:
        model.fill(np.array([7, 8]), span, np.empty((2, span.steps), dtype=np.float32))
    assert re.fullmatch(rf"demand\.model: m\.py:Given: {message}, must be 0 to 1e\+15", str(caught.value))


@pytest.mark.parametrize("when", ["made", "asked"])
def test_a_fault_that_the_model_words_itself_is_told_as_it_is(tmp_path: Path, when: str) -> None:
    lines = (
        "from roomfold.scenarios.errors import RoomfoldError",
        "class Own:",
        " def __init__(self, scenario, world, when):",
        "  if when == 'made': raise RoomfoldError('cannot')",
        " def fill(self, components, span, out): raise RoomfoldError('cannot')",
    )
    (tmp_path / "own.py").write_text("\n".join(lines), "utf-8")
    path = scenario_with(tmp_path, f"demand: {{model: own.py:Own, model_options: {{when: {when}}}}}\n")
    with pytest.raises(RoomfoldError, match=r"^cannot$"):
        world, model = workload(path)
        (span, *_) = world.clock.spans(0, 744)
        model.fill(np.arange(2), span, np.empty((2, span.steps), dtype=np.float32))


def test_nobody_runs_code_that_was_not_allowed(own: Path) -> None:
    """A scenario that did not come through the loader, or was loaded as the record of a run."""
    scenario = load(own, trust=ALLOWED)
    world = draw_world(scenario, 0)
    assert named_workload(small.scenario(), world) is None
    model = named_workload(scenario, world)
    own.write_text(own.read_text("utf-8").replace("peak_hour: 9", "peak_hour: 8"), "utf-8")
    other = named_workload(load(own, trust=ALLOWED), world)
    assert model.key == named_workload(scenario, world).key != other.key
    for trust in (Trust(), Trust("run", recorded=True)):
        scenario.trusted(trust)
        with pytest.raises(InputError, match=r"must be (allowed by --allow-code|loaded to be run)"):
            named_workload(scenario, world)


def test_where_an_installed_model_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pulses").mkdir()
    text = "class Own:\n def __init__(self, scenario, world): pass\n"
    (tmp_path / "pulses" / "installed_pulse.py").write_text(
        f"{text} def fill(self, components, span, out):\n  raise KeyError('x')\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path / "pulses")
    world, model = workload(scenario_with(tmp_path, "demand: {model: 'installed_pulse:Own'}\n"))
    (span, *_) = world.clock.spans(0, 744)
    with pytest.raises(InputError, match=r"failed: installed_pulse\.py:4: KeyError: 'x'"):
        model.fill(np.arange(2), span, np.empty((2, span.steps), dtype=np.float32))


def test_the_largest_demand_allowed_gives_numbers(tmp_path: Path) -> None:
    """Overload everywhere, and nothing that is not finite; warnings are errors here."""
    head = "class Own:\n def __init__(self, scenario, world): pass\n"
    (tmp_path / "own.py").write_text(
        f"{head} def fill(self, components, span, out):\n  out[:] = {MOST_SSJ}\n", "utf-8"
    )
    scenario = load(scenario_with(tmp_path, "demand: {model: own.py:Own}\n"), trust=ALLOWED)
    world = draw_world(scenario, 0)
    for plan in (small.stay(world), small.move(world)):
        run = simulate(scenario, plan, world)
        assert all(np.isfinite(series).all() for series in run.series.values())
        assert np.isfinite(run.ledger.total())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n\nraise SystemExit", r"cannot be loaded: own\.py:3: SystemExit$"),
        ("x = 1\ndef f(:", r"cannot be loaded: own\.py:2: SyntaxError: invalid syntax$"),
        ("x = 1\n{}['x']", r"cannot be loaded: own\.py:2: KeyError: 'x'$"),
        ("class Own: pass", "must be a class with a method 'fill'"),
    ],
)
def test_a_file_that_fails_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.py").write_text(f"{text}\n", "utf-8")
    with pytest.raises(InputError, match=message):
        named_class(f"{tmp_path / 'own.py'}:Own")


def test_a_model_may_be_a_dataclass(tmp_path: Path) -> None:
    """Which looks for its module while it is made."""
    lines = (
        "from __future__ import annotations",
        "from dataclasses import dataclass",
        "@dataclass",
        "class Own:",
    )
    fields = (" scenario: object", " world: object", " def fill(self, components, span, out): out[:] = 1")
    (tmp_path / "own.py").write_text("\n".join((*lines, *fields)), "utf-8")
    _, model = workload(scenario_with(tmp_path, "demand: {model: own.py:Own}\n"))
    assert model is not None


def test_wrong_arguments_are_told(own: Path) -> None:
    own.write_text(own.read_text("utf-8").replace("peak_hour: 9", "peak_day: 9"), "utf-8")
    with pytest.raises(InputError, match=r"cannot be made: TypeError: .*peak_day"):
        workload(own)


@pytest.fixture
def traced(tmp_path: Path) -> Path:
    """A scenario that replays four rows of a day at quarters of an hour; one is never busy."""
    step = np.arange(96)
    use = np.stack([20 + 10 * np.sin(step), np.zeros(96), 5.0 + (step % 7), np.where(step < 48, 90, 10)])
    lines = ["time,component,cpu"]
    lines += [f"{900 * t},c{row},{use[row, t] / 100:.6f}" for row in range(4) for t in step]
    (tmp_path / "day.csv").write_text("\n".join(lines) + "\n", "utf-8")
    options = "{path: day.csv}"
    return scenario_with(
        tmp_path, f"demand: {{model: 'roomfold.sim.trace_demand:TraceDemand', model_options: {options}}}\n"
    )


@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_a_replayed_trace_keeps_means_and_comes_round(traced: Path, minutes: int) -> None:
    world, model = workload(traced, f"time.step_minutes={minutes}", "demand.growth_per_year=0")
    servers = world.estate.servers
    busy = np.flatnonzero(servers.demand_ssj > 0)
    (span, *_) = world.clock.spans(0, 10**6)
    out = np.empty((len(busy), span.steps), dtype=np.float32)
    model.fill(busy, span, out)
    np.testing.assert_allclose(out.mean(axis=1), servers.demand_ssj[busy], rtol=1e-5)
    by_day = out.reshape(len(busy), -1, span.steps_per_day)
    assert np.array_equal(by_day, by_day[:, :1].repeat(by_day.shape[1], axis=1))
    shapes = out / out.mean(axis=1)[:, None]
    assert len(np.unique(shapes.round(4), axis=0)) == 3  # every row that is ever busy is used
    if minutes == 5:
        held = out.reshape(len(busy), -1, 3)
        assert np.array_equal(held, held[:, :, :1].repeat(3, axis=2))


def test_a_trace_that_is_not_there_is_told(traced: Path) -> None:
    traced.with_name("day.csv").unlink()
    with pytest.raises(InputError, match=r"day\.csv"):
        workload(traced)
