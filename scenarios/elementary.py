"""Elementary functions that give the same bits on every machine.

NumPy and the C library choose their code for exp, log, powers and sines by the processor (AVX-512, fused
multiply-add), and the last bit of the answer with it. What is drawn and booked is made with these instead:
sums, products, quotients and square roots alone, which IEEE 754 rounds one way only. Methods and coefficients
are those of fdlibm (Sun Microsystems 1993), the quantile's those of Wichura's algorithm AS 241 (1988); errors
are below two units in the last place, for powers a few more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_LN2_HIGH, _LN2_LOW, _LN2_INVERSE = (
    6.93147180369123816490e-01,
    1.90821492927058770002e-10,
    1.44269504088896338700,
)
_HALF_PI_HIGH, _HALF_PI_LOW = 1.57079632673412561417, 6.07710050650619224932e-11
_EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_LARGEST, _LEAST = 709.782712893384, -745.133219101941
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_SIN = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
_COS = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
_ARCTAN = (
    3.33333333333329318027e-01,
    -1.99999999998764832476e-01,
    1.42857142725034663711e-01,
    -1.11111104054623557880e-01,
    9.09088713343650656196e-02,
    -7.69187620504482999495e-02,
    6.66107313738753120669e-02,
    -5.83357013379057348645e-02,
    4.97687799461593236017e-02,
    -3.65315727442169155270e-02,
    1.62858201153657823623e-02,
)
# Upper end of each range, the point around which it is turned, arctan there and what that lacks.
_TURNS = (
    (11 / 16, 0.5, 4.63647609000806093515e-01, 2.26987774529616870924e-17),
    (19 / 16, 1.0, 7.85398163397448278999e-01, 3.06161699786838301793e-17),
)
_HALF_PI, _HALF_PI_LACKS = 1.57079632679489655800, 6.12323399573676603587e-17
# Above and below the line, highest power first: near the middle, in the tails, far out in them.
_MIDDLE = (
    (
        2509.0809287301226727,
        33430.575583588128105,
        67265.770927008700853,
        45921.953931549871457,
        13731.693765509461125,
        1971.5909503065514427,
        133.14166789178437745,
        3.3871328727963666080,
    ),
    (
        5226.4952788528545610,
        28729.085735721942674,
        39307.895800092710610,
        21213.794301586595867,
        5394.1960214247511077,
        687.18700749205790830,
        42.313330701600911252,
        1.0,
    ),
)
_TAIL = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258,
        3.64784832476320460504,
        5.76949722146069140550,
        4.63033784615654529590,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940,
        2.05319162663775882187,
        1.0,
    ),
)
_FAR = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580,
        5.46378491116411436990,
        6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)


def exp(x: ArrayLike) -> Floats:
    """e to the power of ``x``."""
    x = np.asarray(x, dtype=np.float64)
    inner = np.clip(np.where(np.isnan(x), 0.0, x), _LEAST, _LARGEST)
    k = np.rint(inner * _LN2_INVERSE)
    high, low = inner - k * _LN2_HIGH, k * _LN2_LOW
    r = high - low
    square = r * r
    c = r - square * _polynomial(square, _EXP)
    found = np.ldexp(1.0 - ((low - r * c / (2.0 - c)) - high), k.astype(np.int32))
    found = np.where(x > _LARGEST, np.inf, np.where(x < _LEAST, 0.0, found))
    return np.asarray(np.where(np.isnan(x), np.nan, found))


def log(x: ArrayLike) -> Floats:
    """Natural logarithm; -inf at 0, NaN below."""
    x = np.asarray(x, dtype=np.float64)
    mantissa, exponent = np.frexp(np.where((x > 0) & (x < np.inf), x, 1.0))
    small = mantissa < np.sqrt(0.5)
    f = np.where(small, 2.0 * mantissa, mantissa) - 1.0
    k = exponent - small.astype(np.float64)
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    found = k * _LN2_HIGH - ((half - (s * (half + z * _polynomial(z, _LOG)) + k * _LN2_LOW)) - f)
    return np.asarray(
        np.where((x > 0) & (x < np.inf), found, np.where(x == 0, -np.inf, np.where(x > 0, np.inf, np.nan)))
    )


def log1p(x: ArrayLike) -> Floats:
    """Natural logarithm of 1 + ``x``, exact where ``x`` is small."""
    x = np.asarray(x, dtype=np.float64)
    whole = 1.0 + x
    return np.asarray(log(whole) - ((whole - 1.0) - x) / np.where(whole == 0, 1.0, whole))


def power(base: ArrayLike, exponent: ArrayLike) -> Floats:
    """``base`` >= 0 to the power of ``exponent``; whole exponents by products, so 0 and 1 are exact.

    Raises:
        ValueError: if an exponent is not finite.
    """
    base, exponent = np.asarray(base, dtype=np.float64), np.asarray(exponent, dtype=np.float64)
    if not np.isfinite(exponent).all():
        raise ValueError("exponents must be finite")  # halving them below would never end
    left = np.floor(np.abs(exponent))
    part = np.abs(exponent) - left
    found = np.ones(np.broadcast_shapes(base.shape, exponent.shape))
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if part.any():
            found = np.where(part > 0, exp(part * log(base)), found)
        square = base
        while left.any():
            found = np.where(left % 2 == 1, found * square, found)
            left, square = np.floor(left / 2), square * square
        return np.asarray(np.where(exponent < 0, 1.0 / found, found))


def sin(x: ArrayLike) -> Floats:
    """Sine of an angle of a few turns, in radians."""
    return _turned(x, 0)


def cos(x: ArrayLike) -> Floats:
    """Cosine of an angle of a few turns, in radians."""
    return _turned(x, 1)


def arcsin(x: ArrayLike) -> Floats:
    """Angle in radians with this sine, -1..1."""
    x = np.asarray(x, dtype=np.float64)
    return arctan2(x, np.sqrt((1.0 - x) * (1.0 + x)))


def arctan2(y: ArrayLike, x: ArrayLike) -> Floats:
    """Angle in radians of the point (x, y), -pi..pi; 0 at the origin."""
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    flat = np.abs(x) >= np.abs(y)
    above, below = np.where(flat, np.abs(y), np.abs(x)), np.where(flat, np.abs(x), np.abs(y))
    angle = _arctan(above / np.where(below == 0, 1.0, below))
    angle = np.where(flat, angle, (_HALF_PI - angle) + _HALF_PI_LACKS)
    angle = np.where(x < 0, (2 * _HALF_PI - angle) + 2 * _HALF_PI_LACKS, angle)
    return np.asarray(np.where(y < 0, -angle, angle))


def normal_quantile(u: ArrayLike) -> Floats:
    """Standard normal values at probabilities; -inf at 0, inf at 1."""
    u = np.asarray(u, dtype=np.float64)
    q = u - 0.5
    middle = np.abs(q) <= 0.425
    near = 0.180625 - np.where(middle, q, 0.0) ** 2
    found = np.where(middle, q, 0.0) * _quotient(near, _MIDDLE)
    edge = np.where(q < 0, u, 1.0 - u)
    r = np.sqrt(-log(np.where(middle | (edge <= 0), 0.5, edge)))
    tail = np.where(r <= 5.0, _quotient(r - 1.6, _TAIL), _quotient(r - 5.0, _FAR))
    tail = np.where(edge <= 0, np.inf, tail)
    return np.asarray(np.where(middle, found, np.where(q < 0, -tail, tail)))


def _polynomial(z: Floats, coefficients: Sequence[float]) -> Floats:
    """Sum of coefficient k times z^k, from 0 up, by Horner."""
    total = np.full_like(z, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * z + coefficient
    return total


def _quotient(r: Floats, above_below: tuple[Sequence[float], Sequence[float]]) -> Floats:
    above, below = above_below
    return _polynomial(r, above[::-1]) / _polynomial(r, below[::-1])


def _turned(x: ArrayLike, quarters: int) -> Floats:
    """Sine of x and so many quarter turns."""
    x = np.asarray(x, dtype=np.float64)
    n = np.rint(x / _HALF_PI)
    high, low = x - n * _HALF_PI_HIGH, n * _HALF_PI_LOW
    r = high - low
    rest = (high - r) - low
    z = r * r
    sine = r - ((z * (0.5 * rest - z * r * _polynomial(z, _SIN[1:])) - rest) - z * r * _SIN[0])
    half = 0.5 * z
    whole = 1.0 - half
    cosine = whole + (((1.0 - whole) - half) + (z * z * _polynomial(z, _COS) - r * rest))
    quadrant = (np.where(np.isfinite(n), n, 0.0).astype(np.int64) + quarters) % 4
    return np.asarray(np.where(quadrant % 2 == 1, cosine, sine) * np.where(quadrant >= 2, -1.0, 1.0))


def _arctan(x: Floats) -> Floats:
    """Of numbers from 0 to 1."""
    turned, high, low = x, np.zeros_like(x), np.zeros_like(x)
    for (end, point, angle, lacks), start in zip(_TURNS, (7 / 16, 11 / 16), strict=True):
        here = (x >= start) & (x < end)
        turned = np.where(here, (x - point) / (1.0 + point * x), turned)
        high, low = np.where(here, angle, high), np.where(here, lacks, low)
    z = turned * turned
    return np.asarray(high - ((turned * z * _polynomial(z, _ARCTAN) - low) - turned))
