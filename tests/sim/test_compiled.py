"""The door to numba: same numbers compiled and interpreted, a cache that may be missing, one announcement."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from roomfold.optimize import compiled
from roomfold.optimize.compiled import NotCompilableError, announcing, interpreted, pointer, strict

SOURCE = """
from roomfold.optimize.compiled import compiled, inner, inlined

@inlined
def third(x):
    return x / 3

@inner
def twice(x):
    return third(x) * 2

@compiled
def both(x):
    return twice(x) + third(x)
"""


def load(folder: Path) -> dict[str, object]:
    file = folder / "made.py"
    file.write_text(SOURCE)
    names: dict[str, object] = {"__name__": "made"}
    exec(compile(SOURCE, str(file), "exec"), names)
    return names


def test_interpreted_runs_the_whole_tree_plainly(tmp_path: Path) -> None:
    both = load(tmp_path)["both"]
    plain = interpreted(both)
    assert plain(0.1) == both(0.1)  # type: ignore[operator]  # made by exec
    assert type(plain).__name__ == "function"
    assert type(plain.__globals__["twice"]).__name__ == "function"


def test_first_compilation_is_announced_once(tmp_path: Path) -> None:
    both = load(tmp_path)["both"]
    said: list[str] = []
    with announcing(lambda: said.append("compiling")):
        both(1.0)  # type: ignore[operator]  # made by exec
        both(2.0)  # type: ignore[operator]  # made by exec
    assert said == ["compiling"]


def test_no_cache_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def picky(*args: object, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(*args, **options)

    monkeypatch.setattr(compiled.numba, "njit", picky)
    both = load(tmp_path)["both"]
    assert both(3.0) == 3.0  # type: ignore[operator]  # made by exec


def test_a_changed_neighbour_is_never_served_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "callee.py").write_text(
        "from roomfold.optimize.compiled import inner\n\n@inner\ndef f(x):\n    return x + 1\n"
    )
    (tmp_path / "caller.py").write_text(
        "from callee import f\nfrom roomfold.optimize.compiled import compiled\n\n"
        "@compiled\ndef g(x):\n    return f(x)\n"
    )

    def answer() -> str:
        command = [sys.executable, "-c", "from caller import g; print(g(1.0))"]
        # Python itself would serve bytecode of a file changed within the second.
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert answer() == "2.0\n"
    callee = (tmp_path / "callee.py").read_text()
    (tmp_path / "callee.py").write_text(callee.replace("x + 1", "x + 9"))
    assert answer() == "10.0\n"


def test_what_cannot_be_compiled_is_said() -> None:
    memory: dict[str, list[object]] = {}

    def remembers(x: float) -> float:
        memory.setdefault("x", []).append(x)
        return x

    with pytest.raises(NotCompilableError):
        pointer(remembers, "float64(float64)", keep=False)


def test_strict_code_fails_where_python_does() -> None:
    signature = "float64(float64[::1], int64)"

    def ratio(x: list[float], k: int) -> float:
        return 1.0 / x[k]

    code = strict(ratio, signature)
    assert code(np.array([4.0]), 0) == 0.25
    with pytest.raises(ZeroDivisionError):
        code(np.array([0.0]), 0)
    with pytest.raises(IndexError):
        code(np.array([4.0]), 1)


def test_strict_code_returns_one_type_only() -> None:
    def sometimes(x: float) -> bool | None:
        return None if x > 1 else x > 0

    def number(x: float) -> float:
        return x

    for function, signature in (
        (sometimes, "boolean(float64)"),
        (number, "int64(float64)"),
        (number, "boolean(float64)"),
        (len, "int64(float64[::1])"),
    ):
        with pytest.raises(NotCompilableError):
            strict(function, signature)
