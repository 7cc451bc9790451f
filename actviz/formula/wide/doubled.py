"""Twice the digits: numbers as the unevaluated sum of two float64, for what cancels in one.

Every function takes and returns pairs of arrays (high, low), |low| at most half an ulp of high, of
sizes whose products neither overflow nor underflow: exponents are for numbers.py. Errors are below
2^-98 of the result. Sources: Dekker 1971; Knuth 1969; Hida, Li, Bailey 2001, "Algorithms for
quad-double precision floating point arithmetic".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from actviz.formula.arrays import Array

Pair: TypeAlias = "tuple[Array, Array]"

# --- arithmetic --------------------------------------------------------------------------------


def two_sum(a: Any, b: Any) -> Pair:
    """a + b and what rounding cut off."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def quick_two_sum(a: Any, b: Any) -> Pair:
    """The same where |a| >= |b|."""
    total = a + b
    return total, b - (total - a)


def _split(a: Any) -> Pair:
    """26 and 27 bits, whose products are exact."""
    shifted = a * 134217729.0
    high = shifted - (shifted - a)
    return high, a - high


def two_product(a: Any, b: Any) -> Pair:
    """a*b and what rounding cut off."""
    product = a * b
    ah, al = _split(a)
    bh, bl = _split(b)
    return product, ((ah * bh - product) + ah * bl + al * bh) + al * bl


def add(u: Pair, v: Pair) -> Pair:
    high, low = two_sum(u[0], v[0])
    high2, low2 = two_sum(u[1], v[1])
    high, low = quick_two_sum(high, low + high2)
    return quick_two_sum(high, low + low2)


def negative(u: Pair) -> Pair:
    return -u[0], -u[1]


def multiply(u: Pair, v: Pair) -> Pair:
    high, low = two_product(u[0], v[0])
    return quick_two_sum(high, low + (u[0] * v[1] + u[1] * v[0]))


def scale(u: Pair, factor: Any) -> Pair:
    """u times a single float64."""
    high, low = two_product(u[0], factor)
    return quick_two_sum(high, low + u[1] * factor)


def shift(u: Pair, n: Any) -> Pair:
    """u * 2**n, exactly."""
    return np.ldexp(u[0], n), np.ldexp(u[1], n)


def divide(u: Pair, v: Pair) -> Pair:
    first = u[0] / v[0]
    rest = add(u, negative(scale(v, first)))
    second = rest[0] / v[0]
    rest = add(rest, negative(scale(v, second)))
    high, low = quick_two_sum(first, second)
    return add((high, low), (rest[0] / v[0], np.zeros_like(high)))


def square_root(u: Pair) -> Pair:
    """Of numbers >= 0, by one step of Newton from the root of the high part."""
    root = np.sqrt(u[0])
    safe = np.where(root == 0, 1.0, root)
    rest = add(u, negative(two_product(root, root)))
    return quick_two_sum(root, np.where(root == 0, 0.0, rest[0] / (2 * safe)))


def whole(value: float, like: Array) -> Pair:
    """A float64 in every place."""
    return np.full(like.shape, value), np.zeros(like.shape)


def like(parts: Sequence[float], other: Array) -> Pair:
    """The first two parts of a constant in every place."""
    return np.full(other.shape, parts[0]), np.full(other.shape, parts[1])


# --- constants ---------------------------------------------------------------------------------


@cache
def _pi(bits: int) -> int:
    """pi * 2**bits, by Machin's formula in whole numbers."""

    def arctan_inverse(n: int) -> int:
        term = total = (1 << (bits + 32)) // n
        k, sign = 1, -1
        while term:
            term //= n * n
            k += 2
            total += sign * (term // k)
            sign = -sign
        return total

    return 4 * (4 * arctan_inverse(5) - arctan_inverse(239)) >> 32


@cache
def _log_2(bits: int) -> int:
    """log(2) * 2**bits = sum of 1/(k 2^k)."""
    guard = bits + 16
    return sum((1 << guard) // (k << k) for k in range(1, guard + 1)) >> 16


def _parts(number: Fraction, count: int) -> tuple[float, ...]:
    """A number as a sum of float64, largest first."""
    parts = []
    for _ in range(count):
        parts.append(float(number))
        number -= Fraction(parts[-1])
    return tuple(parts)


E = _parts(sum((Fraction(1, math.factorial(k)) for k in range(40)), Fraction(0)), 2)
PI = _parts(Fraction(_pi(400), 1 << 400), 2)
HALF_PI = _parts(Fraction(_pi(400), 1 << 401), 4)
LOG_2 = _parts(Fraction(_log_2(400), 1 << 400), 4)
_FACTORIALS = [_parts(Fraction(1, math.factorial(k)), 2) for k in range(30)]


def reduced(u: Pair, parts: tuple[float, ...], turns: Array) -> Pair:
    """u less so many times a constant of several parts; the turns are whole and below 2^50."""
    result = u
    for part in parts:
        result = add(result, negative(two_product(np.full(turns.shape, part), turns)))
    return result


def horner(u: Pair, coefficients: Sequence[tuple[float, ...]]) -> Pair:
    """The polynomial with these coefficients, from the constant one up."""
    like = u[0]
    result = whole(0.0, like)
    for high, low in reversed(coefficients):
        result = add(multiply(result, u), (np.full(like.shape, high), np.full(like.shape, low)))
    return result


# --- elementary functions ----------------------------------------------------------------------


def expm1(u: Pair) -> Pair:
    """exp(u) - 1 for |u| <= 1, by the series at u/64 and (1 + y)^2 - 1 = y (y + 2), six times."""
    small = shift(u, -6)
    y = multiply(small, horner(small, _FACTORIALS[1:17]))
    for _ in range(6):
        y = add(multiply(y, y), shift(y, 1))
    return y


def log1p(u: Pair) -> Pair:
    """log(1 + u) for -0.5 <= u <= 1, by a step of Newton from the float64 value.

    y + (1 + u)/exp(y) - 1 = y + (u - expm1(y))/exp(y), which does not cancel where u is small.
    """
    first = np.log1p(u[0])
    y = (first, np.zeros_like(first))
    for _ in range(2):
        beyond = expm1(y)
        change = divide(add(u, negative(beyond)), add(beyond, whole(1.0, first)))
        # log(1 + d) = d - d^2/2 for the d of 1e-16 that is left
        y = add(y, add(change, scale(multiply(change, change), -0.5)))
    return y


def sine_and_cosine(u: Pair) -> tuple[Pair, Pair]:
    """Of |u| <= pi/4, by their series."""
    square = multiply(u, u)
    signed = [tuple((-1) ** (k // 2) * part for part in _FACTORIALS[k]) for k in range(28)]
    return multiply(u, horner(square, signed[1::2])), horner(square, signed[::2])


def quarter_turns(u: Pair, exponent: Array) -> tuple[Array, Pair]:
    """The whole quarter turns in u * 2**exponent, modulo 4, and the rest in [-pi/4, pi/4].

    Large angles are reduced in whole numbers, each by itself, with as many digits of pi as it
    takes; angles beyond float64 are any angle.
    """
    angle = shift(u, np.clip(exponent, -2200, 2200).astype(np.int64))
    turns = np.rint(angle[0] * (2 / math.pi))
    near = np.abs(angle[0]) < 2.0**40
    rest = reduced(angle, HALF_PI, np.where(near, turns, 0.0))
    turns = np.mod(turns, 4)
    for i in np.flatnonzero(~near & np.isfinite(angle[0])):
        turns.flat[i], high, low = _exactly_reduced(
            float(u[0].flat[i]), float(u[1].flat[i]), int(exponent.flat[i])
        )
        rest[0].flat[i], rest[1].flat[i] = high, low
    return turns, rest


def _exactly_reduced(high: float, low: float, exponent: int) -> tuple[float, float, float]:
    """(quarter turns modulo 4, rest) of (high + low) * 2**exponent."""
    (large, over), (small, under) = high.as_integer_ratio(), low.as_integer_ratio()
    common = max(over, under)  # both are powers of two
    angle = large * (common // over) + small * (common // under)
    places = 1601 + exponent - (common.bit_length() - 1)
    quarter, scale = _pi(1600) << max(-places, 0), 1601 + max(-places, 0)
    angle <<= max(places, 0)
    turns = (2 * angle + quarter) // (2 * quarter)
    rest = angle - turns * quarter  # over 2**scale; dividing whole numbers rounds correctly
    first = rest / (1 << scale)
    part, over = first.as_integer_ratio()
    second = (rest * over - (part << scale)) / (over << scale)
    return float(turns % 4), first, second


def arctangent(u: Pair) -> Pair:
    """Of |u| <= 1: the float64 value y, and the angle between tan(y) and u."""
    first = np.arctan(u[0])
    y = (first, np.zeros_like(first))
    for _ in range(2):
        sine, cosine = sine_and_cosine(y)
        above = add(multiply(u, cosine), negative(sine))
        y = add(y, divide(above, add(cosine, multiply(u, sine))))
    return y


def error_function(u: Pair) -> Pair:
    """erf(u)*exp(u^2)*sqrt(pi)/2 for |u| <= 3: sum of 2^n u^(2n+1)/(2n+1)!!, all of one sign."""
    square = scale(multiply(u, u), 2.0)
    result = whole(1.0, u[0])
    for n in range(110, 0, -1):
        over = whole(2.0 * n + 1, u[0])
        result = add(whole(1.0, u[0]), multiply(divide(square, over), result))
    return multiply(u, result)


def complement(u: Pair) -> Pair:
    """erfc(u)*exp(u^2)*sqrt(pi)*u for u >= 3, by Laplace's continued fraction.

    Its error falls like exp(-2 u sqrt(2 k)) with the number of levels k. u: where u is beyond
    2^300, pass less; its square is all that counts, and there the result is 1.
    """
    levels = 12 + math.ceil((44 / float(np.min(u[0], initial=2.0**300))) ** 2 / 2)
    square, one = multiply(u, u), whole(1.0, u[0])
    result = one
    for k in range(levels, 0, -1):  # 1 + (k/2)/u^2 over the result of the next level
        result = add(one, divide(whole(k / 2, u[0]), multiply(square, result)))
    return divide(one, result)
