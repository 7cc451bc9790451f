"""Stable float64 forms of the primitives that numpy does not have.

Every function takes and returns float64 arrays of one shape, of at least one dimension; of several
arguments some may be scalars. What the naive form loses stands beside each. Errors are held to the
bound of the tests against mpmath. Buffers are written over rather than made anew: a formula's fit
the cache then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.choice import by_sign, where
from actviz.formula.normal import Phi, erf, erfc, gauss, phi
from actviz.formula.relative import exprel, log1prel

__all__ = ["PARTS", "Phi", "erf", "erfc", "exprel", "kernel", "log1prel", "phi", "where"]

# What kernels of one argument share, whatever its sign: each takes it as a second argument if it is
# there already.
PARTS = {
    "sigmoid": "decay",
    "log_sigmoid": "decay",
    "softplus": "decay",
    "sech": "decay",
    "Phi": "gauss",
    "phi": "gauss",
}


def decay(u: Array) -> Array:
    """exp(-|u|), which sigmoid and its kin have in common: it never overflows."""
    t = np.abs(u)
    np.negative(t, out=t)
    return np.exp(t, out=t)


def sigmoid(u: Array, t: Array | None = None) -> Array:
    """1/(1 + exp(-u)), which is exp(u) where that overflows; by exp(-|u|) if it is known."""
    if t is None:
        below = u < -700
        value = np.negative(u)
        if far := bool(below.any()):
            np.minimum(value, 700, out=value)
        np.exp(value, out=value)
        value += 1
        np.divide(1, value, out=value)
        if far:
            value[below] = np.exp(u[below])
        return value
    value = by_sign(u, t, 1.0)
    value /= 1 + t
    return value


def log_sigmoid(u: Array, t: Array | None = None) -> Array:
    """log(sigmoid(u)), which loses the digits of a value near 1 for u > 0."""
    value = np.minimum(u, 0)
    value -= np.log1p(decay(u) if t is None else t)
    return value


def softplus(u: Array, t: Array | None = None) -> Array:
    """log(1 + exp(u)), which is 0 for u < -37 and overflows for u > 709."""
    value = np.maximum(u, 0)
    value += np.log1p(decay(u) if t is None else t)
    return value


def sech(u: Array, t: Array | None = None) -> Array:
    """1/cosh(u), which overflows inside for |u| > 710."""
    t = decay(u) if t is None else t
    square = t * t
    square += 1
    value: Array = 2 * t
    value /= square
    return value


def log_cosh(u: Array) -> Array:
    """log(cosh(u)); near 0 by cosh(u) = 1 + 2 sinh(u/2)**2, far out by |u| - log 2."""
    a = np.abs(u)
    near = np.minimum(a, 1)
    far = (a - math.log(2)) + np.log1p(np.exp(-2 * a))
    return where(a < 1, np.log1p(2 * np.sinh(near / 2) ** 2), far)


def tanhshrink(u: Array) -> Array:
    """u - tanh(u), which is 0 for |u| < 1e-8; near 0 by Lambert's continued fraction of tanh."""
    square = np.minimum(u * u, 1)
    t: Array | float = 21.0
    for odd in range(19, 1, -2):
        t = odd + square / t
    t = square / t
    return where(np.abs(u) < 1, u * (t / (1 + t)), u - np.tanh(u))


def sinc(u: Array) -> Array:
    """sin(u)/u, which is 0/0 at 0 and NaN at the infinities."""
    special = (u == 0) | np.isinf(u)
    if not special.any():
        return np.sin(u) / u
    a = np.where(special, 1.0, u)
    return np.where(special, u == 0, np.sin(a) / a)


def spherical_jn(n: Array, u: Array) -> Array:
    """The spherical Bessel function of order n; near 0, where sin and cos cancel, by its series.

    Beyond, by the recurrence j(n+1) = (2n + 1)/u j(n) - j(n-1), which is stable where u > n.
    """
    order = int(np.max(n, initial=0))  # it is the same everywhere, and may be of no points
    if order == 0:
        return sinc(u)
    near = np.abs(u) < math.sqrt(6 * order + 9)  # no term of the series is over 1.5 times the last
    a, b = np.where(near, u, 0.0), np.where(near | np.isinf(u), 10.0, u)
    square, series = a * a, np.ones_like(a)
    for k in range(25, 0, -1):
        series = 1 - square / (2 * k * (2 * order + 2 * k + 1)) * series
    for k in range(order, 0, -1):
        series *= a / (2 * k + 1)
    below, value = sinc(b), (sinc(b) - np.cos(b)) / b
    for k in range(1, order):
        below, value = value, (2 * k + 1) / b * value - below
    return np.where(near, series, np.where(np.isinf(u), 0.0, value))


def unit(u: Array, v: Array) -> Array:
    """u/sqrt(u**2 + v**2), the first component of the unit vector along (u, v); 0 at the origin."""
    tiny = np.maximum(np.abs(u), np.abs(v)) < 1e-280  # subnormal numbers have fewer digits
    up = where(tiny, 2.0**600, 1.0)
    length = np.hypot(u * up, v * up)
    quotient = u * up / where(length == 0, 1.0, length)
    return where(np.isinf(u) & np.isfinite(v), np.sign(u), quotient)


def clip(u: Array, lower: Array, upper: Array) -> Array:
    """u held between lower and upper; NaN stays NaN."""
    return np.minimum(np.maximum(u, lower), upper)


def ceil(u: Array) -> Array:
    """The least whole number that is not below u; numpy's is -0 for -1 < u < 0."""
    return np.ceil(u) + 0.0


def round_even(u: Array) -> Array:
    """The nearest whole number, the even one of two; numpy's is -0 for -1/2 <= u < 0."""
    return np.rint(u) + 0.0


def mod(u: Array, v: Array) -> Array:
    """u - v*floor(u/v), exactly, which the rounding of u/v puts off by v; numpy's can be -0."""
    value: Array = np.mod(u, v) + 0.0
    return value


def power(u: Array, v: Array) -> Array:
    """u**v; small whole and half exponents by multiplication and root, as exact and much faster."""
    if np.ndim(v) == 0 and float(v) in _SMALL_POWERS:
        value: Array = _SMALL_POWERS[float(v)](u)
        return value
    value = np.power(u, v)
    below = u == -np.inf
    if below.any():  # which numpy has a root of
        value = np.where(below & (np.mod(v, 1.0) != 0), np.nan, value)
    # and what goes to 1 to the power of what goes to inf, as (1 + 1/x)**x, may go anywhere
    open_ = (np.equal(v, 0) & ~np.isfinite(u)) | (~np.isfinite(v) & (np.equal(u, 1) | (u == 0)))
    return np.where(open_, np.nan, value) if open_.any() else value


_SMALL_POWERS: dict[float, Callable[[Any], Any]] = {
    -1.0: lambda u: 1 / u,
    0.5: np.sqrt,
    1.0: lambda u: u,
    1.5: lambda u: u * np.sqrt(u),
    2.0: lambda u: u * u,
    3.0: lambda u: u * u * u,
    4.0: lambda u: (u * u) * (u * u),
}


def total(u: Array) -> Array:
    """The sum over the vector (the last axis): one number, which is every component's."""
    summed: Array = np.sum(u, axis=-1, keepdims=True)
    return summed


def others(u: Array) -> Array:
    """The sum over all other components; sum - u cancels where one component dominates."""
    if (u < 0).any():
        return _others_of_both_signs(u)
    summed = np.sum(u, axis=-1, keepdims=True)
    largest = np.argmax(u, axis=-1, keepdims=True)
    without = u.copy()
    np.put_along_axis(without, largest, 0.0, axis=-1)
    rest: Array = summed - u  # at least a half of the sum, but for the largest
    np.put_along_axis(rest, largest, np.sum(without, axis=-1, keepdims=True), axis=-1)
    return rest


def _others_of_both_signs(u: Array) -> Array:
    """Those before and those behind."""
    before = np.zeros_like(u)
    before[..., 1:] = np.cumsum(u[..., :-1], axis=-1)
    after = np.zeros_like(u)
    after[..., :-1] = np.cumsum(u[..., :0:-1], axis=-1)[..., ::-1]
    return before + after


def top(u: Array) -> Array:
    """The largest component."""
    largest: Array = np.max(u, axis=-1, keepdims=True)
    return largest


def beside(u: Array) -> Array:
    """u - max(u). That of a single inf is 0, which is the limit; of several it is NaN."""
    largest = top(u)
    with np.errstate(invalid="ignore", over="ignore"):
        apart: Array = u - largest
    if np.isinf(largest).any():
        infinite = u == np.inf
        single = np.sum(infinite, axis=-1, keepdims=True) == 1
        apart[infinite & single] = 0.0
    return apart


def beneath(u: Array) -> Array:
    """The sum of all components but one of the largest."""
    largest = np.argmax(u, axis=-1, keepdims=True)
    held = np.take_along_axis(u, largest, axis=-1)
    np.put_along_axis(u, largest, 0.0, axis=-1)  # for as long as it takes: a copy is slower
    summed: Array = np.sum(u, axis=-1, keepdims=True)
    np.put_along_axis(u, largest, held, axis=-1)
    return np.where(np.isnan(held), np.nan, summed)


def tau1(u: Array) -> Array:
    """The t at which the parts of the components above it sum to 1 (Martins, Astudillo 2016)."""
    return top(u) - top(excess1(u))


def tau2(u: Array) -> Array:
    """The t at which the squares of these parts sum to 1 (Peters, Niculae, Martins 2019)."""
    return top(u) - top(excess2(u))


def excess1(u: Array) -> Array:
    """u - tau1(u), with all its digits also where it is nearly 0 or u is huge.

    What is not above the mean of the rest, less its share of 1, drops out until nothing does
    (Michelot 1986).
    """
    high, low = _beside_top(u)
    above = high >= -1
    while True:
        excess = _over_mean(high, low, above)
        fewer = above & (excess > 0)
        if np.array_equal(fewer, above):
            return excess
        above = fewer


def excess2(u: Array) -> Array:
    """u - tau2(u); of k components with mean m and squared distances s, tau is m - sqrt((1 - s)/k).

    The k largest are above it for the greatest k whose smallest is.
    """
    z = _beside_top(u)[0]
    ordered = np.maximum(-np.sort(-z, axis=-1), -2.0)
    count = np.arange(1.0, z.shape[-1] + 1)
    mean = np.cumsum(ordered, axis=-1) / count
    spread = np.cumsum(ordered * ordered, axis=-1) - count * mean * mean
    within = spread <= 1  # of more components one at least is not above it
    root = np.sqrt(np.where(within, 1 - spread, 0.0) / count)
    above = within & (ordered >= mean - root)
    size = np.sum(above, axis=-1, keepdims=True)
    mean = np.sum(np.where(above, ordered, 0.0), axis=-1, keepdims=True) / size
    spread = np.sum(np.where(above, ordered - mean, 0.0) ** 2, axis=-1, keepdims=True)
    root = np.sqrt(np.maximum(1 - spread, 0.0) / size)
    excess: Array = (z - mean) + root
    return excess


_LARGEST = float(np.finfo(np.float64).max)


def _beside_top(u: Array) -> tuple[Array, Array]:
    """u less its largest component, and what rounding cut off."""
    with np.errstate(over="ignore", invalid="ignore"):  # the distance of two huge components
        _, low = _sum(u, -top(u))
    return np.maximum(beside(u), -_LARGEST), np.where(np.isfinite(low), low, 0.0)


def _over_mean(high: Array, low: Array, above: Any) -> Array:
    """high + low less (s - 1)/k, with s the sum of the k components above."""
    size = np.sum(above, axis=-1, keepdims=True).astype(np.float64)
    total, rest = _total(np.where(above, high, 0.0), np.where(above, low, 0.0))
    total, cut = _sum(total, np.array(-1.0))
    share = total / size
    upper = share * 134217729.0
    upper -= upper - share  # 26 bits, so that the product with a size is exact (Dekker 1971)
    rest = (rest + cut + (total - upper * size - (share - upper) * size)) / size
    excess, cut = _sum(high, -share)
    corrected: Array = excess + (cut + low - rest)
    return corrected


def _total(high: Array, low: Array) -> tuple[Array, Array]:
    """The sum over the vector by halves, and what rounding cut off."""
    while high.shape[-1] > 1:
        if high.shape[-1] % 2:
            nothing = np.zeros_like(high[..., :1])
            high, low = (np.concatenate([part, nothing], axis=-1) for part in (high, low))
        high, cut = _sum(high[..., ::2], high[..., 1::2])
        low = low[..., ::2] + low[..., 1::2] + cut
    return high, low


def _sum(u: Array, v: Array) -> tuple[Array, Array]:
    """u + v as a rounded sum and the rest that rounding cut off (Knuth 1969)."""
    total = u + v
    part = total - u
    return total, (u - (total - part)) + (v - part)


def pick(u: Array, place: Array) -> Array:
    """One component of the vector, for every component."""
    chosen = int(np.ravel(place)[0])
    return u[..., chosen : chosen + 1]


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "**": power,
    "pick": pick,  # no part of the language: derivatives by another component
    "decay": decay,  # nor are these: what kernels share, and the exp of a vector in shifted.py
    "gauss": gauss,
    "beside": beside,
    "top": top,
    "beneath": beneath,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@cache
def kernel(head: str) -> Callable[..., Any]:
    """The numpy form of an operator or primitive."""
    from actviz.formula.primitives import PRIMITIVES

    if head in _OPERATORS:
        return _OPERATORS[head]
    column = PRIMITIVES[head].numpy
    own: Callable[..., Any] | None = globals().get(column)
    return own if own is not None else getattr(np, column)
