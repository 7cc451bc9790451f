"""Stable float64 forms of the primitives that numpy does not have.

Every function takes and returns float64 arrays (or float64 scalars) of one shape. What the naive
form loses stands beside each. Errors are held to the bound of the tests against mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # or a float64 scalar, which numpy treats alike


def sigmoid(u: Array) -> Array:
    """1/(1 + exp(-u)), which overflows for u < -709."""
    t = np.exp(-np.abs(u))
    value: Array = np.where(u >= 0, 1.0, t) / (1 + t)
    return value


def log_sigmoid(u: Array) -> Array:
    """log(sigmoid(u)), which loses the digits of a value near 1 for u > 0."""
    return np.minimum(u, 0) - np.log1p(np.exp(-np.abs(u)))


def softplus(u: Array) -> Array:
    """log(1 + exp(u)), which is 0 for u < -37 and overflows for u > 709."""
    return np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))


def sech(u: Array) -> Array:
    """1/cosh(u), which overflows inside for |u| > 710."""
    t = np.exp(-np.abs(u))
    value: Array = 2 * t / (1 + t * t)
    return value


def log_cosh(u: Array) -> Array:
    """log(cosh(u)); near 0 by cosh(u) = 1 + 2 sinh(u/2)**2, far out by |u| - log 2."""
    a = np.abs(u)
    near = np.minimum(a, 1)
    far = (a - math.log(2)) + np.log1p(np.exp(-2 * a))
    value: Array = np.where(a < 1, np.log1p(2 * np.sinh(near / 2) ** 2), far)
    return value


def tanhshrink(u: Array) -> Array:
    """u - tanh(u), which is 0 for |u| < 1e-8; near 0 by Lambert's continued fraction of tanh."""
    square = np.minimum(u * u, 1)
    t: Array | float = 21.0
    for odd in range(19, 1, -2):
        t = odd + square / t
    t = square / t
    return np.where(np.abs(u) < 1, u * (t / (1 + t)), u - np.tanh(u))


def erf(u: Array) -> Array:
    """The error function of the standard library, mapped over the array."""
    return _mapped(math.erf, u)


def erfc(u: Array) -> Array:
    """The complementary error function of the standard library, mapped over the array."""
    return _mapped(math.erfc, u)


def Phi(u: Array) -> Array:
    """The normal distribution function; (1 + erf)/2 is 0 for u < -8.3.

    erfc magnifies the rounding of u/sqrt(2) by u**2; a step along its slope takes that back.
    """
    scaled, rest = _product(u, -_ROOT_HALF)
    rest = rest - u * _ROOT_HALF_REST
    return 0.5 * _mapped(math.erfc, scaled) - rest * np.exp(-(scaled * scaled)) * _ROOT_1_PI


def phi(u: Array) -> Array:
    """The normal density; exp magnifies the rounding of u**2 by u**2, which is taken back."""
    square, rest = _product(u, u)
    value: Array = np.exp(-0.5 * square) * (1 - 0.5 * rest) * (_ROOT_HALF * _ROOT_1_PI)
    return value


_ROOT_HALF = 0.7071067811865476
_ROOT_HALF_REST = -4.833646656726457e-17  # sqrt(1/2) less the above
_ROOT_1_PI = 0.5641895835477563  # 1/sqrt(pi)


def _product(u: Array, v: Array | float) -> tuple[Array, Array]:
    """u*v as a rounded product and the rest that rounding cut off (Dekker 1971); 0 where huge."""
    product = u * v
    moderate = np.abs(product) < 1e4  # beyond, all that uses this is 0 or 1
    a, b = np.where(moderate, u, 0.0), np.where(moderate, v, 0.0)
    a_high, b_high = (134217729.0 * w - (134217729.0 * w - w) for w in (a, b))
    a_low, b_low = a - a_high, b - b_high
    rest = a_high * b_high - np.where(moderate, product, 0.0)
    return product, ((rest + a_high * b_low) + a_low * b_high) + a_low * b_low


def unit(u: Array, v: Array) -> Array:
    """u/sqrt(u**2 + v**2), the first component of the unit vector along (u, v); 0 at the origin."""
    tiny = np.maximum(np.abs(u), np.abs(v)) < 1e-280  # subnormal numbers have fewer digits
    up = np.where(tiny, 2.0**600, 1.0)
    length = np.hypot(u * up, v * up)
    quotient = u * up / np.where(length == 0, 1.0, length)
    return np.where(np.isinf(u) & np.isfinite(v), np.sign(u), quotient)


def clip(u: Array, lower: Array, upper: Array) -> Array:
    """u held between lower and upper; NaN stays NaN."""
    return np.minimum(np.maximum(u, lower), upper)


def power(u: Array, v: Array) -> Array:
    """u**v; small whole and half exponents by multiplication and root, as exact and much faster."""
    if np.ndim(v) == 0 and float(v) in _SMALL_POWERS:
        value: Array = _SMALL_POWERS[float(v)](u)
        return value
    return np.power(u, v)


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
    """The sum over the vector (the last axis), for every component."""
    return np.broadcast_to(np.sum(u, axis=-1, keepdims=True), np.shape(u)).copy()


def others(u: Array) -> Array:
    """The sum over all other components; sum - u cancels where one component dominates."""
    before = np.zeros_like(u)
    before[..., 1:] = np.cumsum(u[..., :-1], axis=-1)
    after = np.zeros_like(u)
    after[..., :-1] = np.cumsum(u[..., :0:-1], axis=-1)[..., ::-1]
    return before + after


def pick(u: Array, place: Array) -> Array:
    """One component of the vector, for every component."""
    return np.broadcast_to(u[..., int(place), None], np.shape(u)).copy()


def _mapped(function: Callable[[float], float], u: Array) -> Array:
    """A function of one float over an array, several times faster than np.vectorize."""
    flat = np.fromiter(map(function, np.ravel(u).tolist()), np.float64, np.size(u))
    return flat.reshape(np.shape(u))


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "**": power,
    "pick": pick,  # no part of the language: derivatives by another component
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def kernel(head: str) -> Callable[..., Any]:
    """The numpy form of an operator or primitive."""
    from actviz.primitives import PRIMITIVES

    if head in _OPERATORS:
        return _OPERATORS[head]
    column = PRIMITIVES[head].numpy
    own: Callable[..., Any] | None = globals().get(column)
    return own if own is not None else getattr(np, column)
