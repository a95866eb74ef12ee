"""Code of the user's own runs by the user's word alone: for each command, each time, in every process."""

from __future__ import annotations

import json
import os
import pickle
import py_compile
import subprocess
import sys
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from roomfold.cli import main
from roomfold.scenarios import RECORD, InputError, Trust, load, load_any, resolved_yaml
from roomfold.scenarios.draw import design
from roomfold.scenarios.fleet import FleetScenario
from roomfold.sim.cluster import Cluster
from roomfold.sim.consolidation import RIGHT
from roomfold.sim.consolidation.policy import functions_of
from roomfold.sim.crew import Task, run_task
from roomfold.sim.fleet import policy_of, run_fleet
from roomfold.sim.workload import named_class, named_workload

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
CODE = """
from pathlib import Path
Path(__file__).with_name("it ran").touch()
class Own:
    def __init__(self, scenario, world): ...
    def fill(self, components, span, out): out[:] = 1
def busy(d, h, n, p, s): return d > 0.8
"""
ASKS = [["run"], ["plan"], ["sweep", "--over", "time.years=1,2"], ["calibrate"], ["compare"]]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario that names code beside it, which leaves a trace when it is loaded."""
    (tmp_path / "own.py").write_text(CODE, "utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(f"{MINIMAL.read_text('utf-8')}\ndemand: {{model: own.py:Own}}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROOMFOLD_ALLOW_CODE", "1")  # a word of that kind is no word
    return path


def ran(own: Path) -> bool:
    return own.with_name("it ran").exists()


def roomfold(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments])


@pytest.mark.parametrize("ask", ASKS, ids=" ".join)
def test_no_command_runs_code_unasked(own: Path, ask: list[str]) -> None:
    """One line with file, line, field, the code, its hash and the option; nothing is run or written."""
    before = sorted(own.parent.iterdir())
    done = roomfold(ask[0], own, *ask[1:])
    line = own.read_text("utf-8").splitlines().index("demand: {model: own.py:Own}") + 1
    digest = sha256(CODE.encode()).hexdigest()
    assert done.exit_code == 3, done.output
    assert f"own.yaml:{line}:17: demand.model: got 'own.py:Own' (SHA-256 {digest})" in done.stderr
    assert "--allow-code" in done.stderr and len(done.stderr.splitlines()) == 1
    assert sorted(own.parent.iterdir()) == before and not ran(own)


@pytest.mark.parametrize(
    "text", ["os:path", "roomfold.cli:main", "roomfold.sim.trace_demand:Trace", "json:x"]
)
def test_modules_are_code_as_well(text: str) -> None:
    """Importing one runs it; of roomfold's own the model that replays a trace is meant and no other."""
    done = roomfold("plan", MINIMAL, "--set", f"demand.model={text}")
    assert (done.exit_code, "--allow-code" in done.stderr) == (3, True)
    load(MINIMAL, ["demand.model=roomfold.sim.trace_demand:TraceDemand"])


def test_check_names_code_and_does_not_load_it(own: Path) -> None:
    done = roomfold("check", own)
    assert done.exit_code == 0, done.stderr
    assert f"--allow-code: demand.model: {own.with_name('own.py')}:Own (SHA-256 " in done.stderr
    (named,) = json.loads(roomfold("check", own, "--json").stdout)["code"]
    assert named["digest"] == sha256(CODE.encode()).hexdigest()
    assert not ran(own)
    assert roomfold("check", own, "--allow-code").exit_code == 0
    assert ran(own)


def test_what_was_said_once_goes_with_the_scenario_and_not_with_its_file(own: Path) -> None:
    """To worker processes as part of what they are sent; a file that is written out grants nothing."""
    allowed = load(own, ["time.years=1"], Trust("run"))
    sent = pickle.loads(pickle.dumps(allowed))
    changed = sent.model_copy(update={"title": allowed.title})
    assert sent.trust.code == changed.trust.code == "run"
    assert "trust" not in allowed.model_dump() and "trust" not in resolved_yaml(allowed)
    forged = type(allowed).model_validate(allowed.model_dump(by_alias=True))
    assert forged.trust.code == "refused"
    assert load(own, ["time.years=1"], Trust("named")) == allowed
    for scenario in (forged, load(own, ["time.years=1"], RECORD)):
        task = Task(1, 0, design(scenario, 1, 1)[0])
        with pytest.raises(
            InputError, match=r"demand\.model: got .*own\.py:Own.* must be allowed by --allow-code"
        ):
            run_task(scenario, task)
    assert not ran(own)
    with pytest.raises(ValidationError, match="_word"):
        type(allowed).model_validate({**allowed.model_dump(by_alias=True), "_word": Trust("run")})


def test_policies_of_a_fleet_ask_too(own: Path) -> None:
    (own.parent / "t").mkdir()
    (own.parent / "t" / "node").write_text("10\n" * 24, "ascii")
    change = ["trace.path=t", "hosts.count=2", "policies.thr-mmt.detector=own.py:busy"]
    done = roomfold("run", "planetlab", *(part for text in change for part in ("--set", text)))
    assert done.exit_code == 3
    assert "policies.thr-mmt.detector: got 'own.py:busy'" in done.stderr and "--allow-code" in done.stderr
    with pytest.raises(InputError, match="--allow-code"):
        run_fleet(load_any("planetlab", change, Trust("named")))  # type: ignore[arg-type]  # it is a fleet
    assert not ran(own)


def test_a_folder_of_files_is_no_place_for_modules(tmp_path: Path) -> None:
    """`go.py` starts Python so that a file called numpy.py in the folder one is in is not taken for it."""
    (tmp_path / "yaml.py").write_text("raise SystemExit('taken')\n", "utf-8")
    go = (MINIMAL.parents[2] / "go.py").read_text("utf-8")
    assert '["-P", "-m", "roomfold"' in go
    command = [sys.executable, "-P", "-m", "roomfold", "check", "inner-mongolia"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr


def test_what_was_allowed_is_said_with_its_hash(own: Path) -> None:
    digest = sha256(CODE.encode()).hexdigest()
    done = roomfold("plan", own, "--allow-code", "--set", "time.years=1")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(f"will run demand.model: {own.with_name('own.py')}:Own (SHA-256 {digest})")


def test_named_alone_is_not_run(own: Path) -> None:
    named = load(own, trust=Trust("named"))
    with pytest.raises(InputError, match="--allow-code"):
        named_workload(named, np.empty(0))  # type: ignore[arg-type]  # it never comes to look at the world


@pytest.mark.parametrize(
    ("address", "unprotected"),
    [
        ("tcp://10.0.0.7:8786", True),
        ("ws://cluster:1", True),
        ("tls://10.0.0.7:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
    ],
)
def test_it_is_known_which_cluster_others_can_reach(address: str, unprotected: bool) -> None:
    """Dask sends pickles: who reaches one that no certificate guards can run code on it."""
    cluster = Cluster.__new__(Cluster)
    cluster._address = address
    assert cluster.unprotected is unprotected


def test_what_is_shown_is_what_runs(own: Path) -> None:
    """Not a compiled file that came with it, which Python would take unread: this one says it is to."""
    code = own.with_name("own.py")
    other = code.with_name("other.py")
    other.write_text("class Own:\n    fill = None\n", "utf-8")
    hidden = Path(cache_from_source(code))
    py_compile.compile(
        str(other), str(hidden), str(code), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    before = hidden.read_bytes()
    assert callable(named_class(f"{code}:Own").fill) and ran(own)
    assert hidden.read_bytes() == before and sorted(hidden.parent.iterdir()) == [hidden]


def test_a_file_that_changed_after_its_hash_was_told_does_not_run(own: Path) -> None:
    """Neither a model nor a policy; the same scenario runs once the file is what it was."""
    model = load(own, ["time.years=1"], Trust("run"))
    code = own.with_name("own.py")
    fleet = load_any("planetlab", [f"policies.thr-mmt.detector={code}:busy"], Trust("run"))
    assert isinstance(fleet, FleetScenario)
    policy = policy_of(fleet.policies["thr-mmt"], "study")
    code.write_text(CODE + "\n", "utf-8")
    digest = sha256(CODE.encode()).hexdigest()
    said = rf"was changed after the scenario was read \(SHA-256 was {digest}\)"
    with pytest.raises(InputError, match=rf"own\.py:Own: cannot be loaded: ImportError: {said}"):
        run_task(model, Task(1, 0, design(model, 1, 1)[0]))
    with pytest.raises(InputError, match=rf"detector.*cannot load .*own\.py: ImportError: {said}"):
        functions_of(policy, RIGHT)
    assert not ran(own)
    code.write_text(CODE, "utf-8")
    functions_of(policy, RIGHT)
    assert ran(own)
