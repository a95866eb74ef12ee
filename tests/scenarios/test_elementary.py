"""Elementary functions: right to the last places, and the same bits whatever the processor may do."""

from __future__ import annotations

import ast
import math
import os
import platform
import re
import subprocess
import sys
from decimal import Decimal, getcontext
from hashlib import sha256
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.scenarios import elementary

getcontext().prec = 50
OLD = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-FMA4,-AVX",
}
CHOSEN = re.compile(
    r"exp(2|m1)?|log(2|10|1p)?|pow(er)?|a?(rc)?(sin|cos|tan)2?h?|hypot|cbrt|dot|matmul|einsum|linalg"
)
BITS = "84e589b1604d87fc"


def points(low: float, high: float, count: int = 400) -> NDArray[np.float64]:
    """Evenly spread, and none of them a round number."""
    return low + (high - low) * ((np.arange(count) * 0.6180339887498949) % 1.0)


def units(found: NDArray[np.float64], right: list[Decimal]) -> float:
    """Largest error in units of the last place."""
    pairs = zip(found.tolist(), right, strict=True)
    return max(float(abs(Decimal(f) - r)) / math.ulp(float(r)) for f, r in pairs)


def test_exponentials_and_logarithms_against_fifty_digits() -> None:
    x, positive = points(-300, 300), 10.0 ** points(-300, 300)
    assert units(elementary.exp(x), [Decimal(v).exp() for v in x.tolist()]) < 1
    assert units(elementary.log(positive), [Decimal(v).ln() for v in positive.tolist()]) < 1
    near = points(-1e-3, 1e-3)
    assert units(elementary.log1p(near), [(1 + Decimal(v)).ln() for v in near.tolist()]) < 1.5


def test_powers_are_exact_where_the_exponent_is_0_or_1_and_near_elsewhere() -> None:
    base, exponent = points(0.5, 2.0), points(-50, 50)[::-1]
    right = [(Decimal(b).ln() * Decimal(e)).exp() for b, e in zip(base, exponent, strict=True)]
    assert units(elementary.power(base, exponent), right) < 64
    assert np.array_equal(elementary.power(base, 0), np.ones_like(base))
    assert np.array_equal(elementary.power(base, 1), base)
    assert elementary.power(0.0, [0.0, 0.5, 3.0]).tolist() == [1.0, 0.0, 0.0]


def test_angles_against_the_c_library() -> None:
    x, share, other = points(-7, 7), points(-1, 1), points(-2, 2)[::-1]
    for found, right in (
        (elementary.sin(x), [math.sin(v) for v in x]),
        (elementary.cos(x), [math.cos(v) for v in x]),
        (elementary.arcsin(share), [math.asin(v) for v in share]),
        (elementary.arctan2(share, other), [math.atan2(y, v) for y, v in zip(share, other, strict=True)]),
    ):
        np.testing.assert_allclose(found, right, rtol=1e-15, atol=3e-16)
    assert elementary.arctan2([0.0, 1.0, 0.0, -1.0], [1.0, 0.0, -1.0, 0.0]) == pytest.approx(
        [0, math.pi / 2, math.pi, -math.pi / 2], abs=0
    )


def test_normal_quantiles_against_python() -> None:
    u = np.concatenate([points(1e-9, 1 - 1e-9), 10.0 ** points(-300, -2)])
    right = [NormalDist().inv_cdf(v) for v in u.tolist()]
    np.testing.assert_allclose(elementary.normal_quantile(u), right, rtol=2e-15, atol=1e-16)


def test_ends_of_the_line() -> None:
    inf, nan = math.inf, math.nan
    assert elementary.exp([-inf, -800.0, 0.0, 800.0, inf]).tolist() == [0.0, 0.0, 1.0, inf, inf]
    assert elementary.log([0.0, 1.0, inf]).tolist() == [-inf, 0.0, inf]
    assert np.isnan(elementary.log([-1.0, nan])).all() and np.isnan(elementary.exp(nan))
    assert elementary.normal_quantile([0.0, 0.5, 1.0]).tolist() == [-inf, 0.0, inf]
    assert elementary.power([0.5, 1.0, 2.0], 5000.0).tolist() == [0.0, 1.0, inf]
    with pytest.raises(ValueError, match="finite"):
        elementary.power(2.0, nan)


def bits() -> str:
    """Digest of answers of every function."""
    x, u = points(-7, 7), points(1e-9, 1 - 1e-9)
    answers = [
        elementary.exp(x),
        elementary.log(np.abs(x)),
        elementary.log1p(u),
        elementary.power(1 + u, x),
        elementary.sin(x),
        elementary.cos(x),
        elementary.arcsin(u),
        elementary.arctan2(x, u),
        elementary.normal_quantile(u),
    ]
    return sha256(np.concatenate(answers).astype("<f8").tobytes()).hexdigest()[:16]


def test_the_bits_never_change() -> None:
    """On no machine."""
    assert bits() == BITS


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="masks of x86-64 and the C library of GNU",
)
def test_the_bits_are_those_of_a_processor_without_avx_and_fma() -> None:
    """NumPy and the C library answer otherwise there; these do not."""
    answers = []
    for mask in ({}, OLD):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", __file__],
            env={**os.environ, **mask},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(done.stdout.strip())
    assert answers == [BITS, BITS]


def chosen_by_the_processor(path: Path) -> list[str]:
    """Calls of a module whose last bit depends on the machine; squares and powers of constants do not."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("np", "math") and CHOSEN.fullmatch(node.attr):
                found.append(f"{path.name}:{node.lineno} {node.value.id}.{node.attr}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            square = isinstance(node.right, ast.Constant) and node.right.value == 2
            if not square and not isinstance(node.left, ast.Constant):
                found.append(f"{path.name}:{node.lineno} **")
    return found


def test_what_is_drawn_and_booked_uses_no_others() -> None:
    """``fit`` describes traces and decides nothing; ``reconcile`` counts a second way on purpose; numba makes
    products of the cubes in ``consolidation``."""
    root = Path(elementary.__file__).parents[1]
    files = [path for part in ("scenarios", "sim") for path in sorted((root / part).rglob("*.py"))]
    left_out = {"elementary.py", "reconcile.py", "fit", "consolidation"}
    files = [path for path in files if left_out.isdisjoint(path.parts)]
    assert len(files) > 100
    assert [line for path in files for line in chosen_by_the_processor(path)] == []


if __name__ == "__main__":
    print(bits())
