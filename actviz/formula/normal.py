"""erf, erfc and the normal distribution in numpy, right to a few units in the last place.

Far out all but erf are exp(-a**2) times a slowly varying factor. The exponential takes the square
as an exact number and a small rest, since the rounding of a**2 alone costs a**2 units. The factor
is a polynomial in s = a/(a + 4), which maps 0 ... inf onto 0 ... 1 (after M. M. Shepherd and
J. G. Laframboise, Chebyshev Approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x < inf, Mathematics
of Computation 36, 1981). The tests compute the coefficients anew.

All functions take float64 arrays of at least one dimension; they run several times as fast as the
standard library's math.erfc mapped over them, and are as accurate.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from actviz.formula.arrays import Array

FARTHEST = 40.0  # beyond, exp(-a**2/2) is 0
ROOT_HALF = 0.7071067811865476
ROOT_HALF_1_PI = 0.3989422804014327  # 1/sqrt(2*pi)

# (1 + 2a) exp(a**2) erfc(a) = 1 + s P(s - CENTRE) for 0 <= a <= 28, lowest power first.
CENTRE = 0.4375
TAIL = (
    0.5726337445463758, -1.9459376574982095, 4.249197643551416, -7.221931959448437,
    9.997348390794249, -11.323179867302454, 10.25831272035878, -6.9601471415431275,
    2.855376551545557, 0.19058749809858297, -1.1801327802068438, 0.6137579003061836,
    0.1843044510393622, -0.3501270361162859, 0.041342310420448766, 0.15689914743238964,
    -0.05805730294721916, -0.0703986742361855, 0.03994053812258031, 0.032234646062922256,
    -0.02191029634557238, -0.011043469089289703, 0.007788063628270536,
)  # fmt: skip
CELLS = 2048  # to a unit of a: erf by four terms of its Taylor series about the middle of a cell
SATURATED = 6.0  # beyond, erf is 1


def erf(u: Array) -> Array:
    """The error function, by a table of it and of its slope.

    With d from the nearest c of the table it is erf(c) + erf'(c) d (1 - c d + (2 c**2 - 1)/3 d**2
    + (c/2 - c**3/3) d**3 + d**4/10); the last term is right where it is not too small to matter.
    """
    values, slopes = _table()
    d = np.minimum(np.abs(u), SATURATED)
    c = d * CELLS
    np.rint(c, out=c)
    cell = np.fmin(c, len(values) - 1).astype(np.intp)  # which NaN has none of
    c /= CELLS
    d -= c
    square = c * c
    series = square * (-1 / 3)
    series += 0.5
    series *= c
    series += d * 0.1
    series *= d
    square *= 2 / 3
    square -= 1 / 3
    series += square
    series *= d
    series -= c
    series *= d
    series += 1
    series *= d
    series *= slopes.take(cell, mode="clip")
    series += values.take(cell, mode="clip")
    signed: Array = np.copysign(series, u, out=series)
    return signed


@lru_cache
def _table() -> tuple[Array, Array]:
    """erf and its slope at all multiples of 1/CELLS up to SATURATED."""
    c = np.arange(SATURATED * CELLS + 1) / CELLS
    slopes = np.array([math.exp(-each * each) for each in c.tolist()]) * (2 / math.sqrt(math.pi))
    return np.array([math.erf(each) for each in c.tolist()]), slopes


def erfc(u: Array) -> Array:
    """The complementary error function, 1 - erf(u) without cancellation."""
    a = np.minimum(np.abs(u), FARTHEST)
    return _beside(-u, _decaying(_bell(a, 1.0), a), 2)


def Phi(u: Array, bell: Array | None = None) -> Array:
    """The normal distribution function; (1 + erf(u/sqrt(2)))/2 is 0 for u < -8.3."""
    a = np.minimum(np.abs(u), FARTHEST)
    bell = _bell(a, 0.5) if bell is None else bell
    a *= ROOT_HALF
    tail = _decaying(bell, a)
    tail *= 0.5
    return _beside(u, tail, 1)


def _beside(u: Array, tail: Array, whole: int) -> Array:
    """The tail itself where u is negative, else what it lacks of the whole."""
    rest: Array = np.multiply(u > 0, float(whole))
    rest -= tail
    return np.abs(rest, out=rest)


def phi(u: Array, bell: Array | None = None) -> Array:
    """The normal density; exp alone would magnify the rounding of u**2 by u**2."""
    return (gauss(u) if bell is None else bell) * ROOT_HALF_1_PI


def gauss(u: Array) -> Array:
    """exp(-u**2/2), which Phi and phi have in common."""
    return _bell(np.minimum(np.abs(u), FARTHEST), 0.5)


def _bell(a: Array, half: float) -> Array:
    """exp(-half*a**2) for 0 <= a <= FARTHEST; half is 1 or 1/2."""
    upper = a * 134217729.0
    upper -= upper - a  # 26 bits of a, so that the square is exact (Dekker 1971)
    rest = a - upper
    rest *= a + upper
    rest *= half
    upper *= upper
    upper *= -half
    value: Array = np.exp(upper, out=upper)
    taken = rest / 6  # 1 - exp(-rest) by its series: the rest is below 4e-5
    taken -= 0.5
    taken *= rest
    taken += 1
    taken *= rest
    taken *= value
    value -= taken
    return value


def _decaying(bell: Array, a: Array) -> Array:
    """erfc(a) for 0 <= a <= FARTHEST, bell being exp(-a**2)."""
    s = a / (a + 4)
    value = _polynomial(TAIL, s - CENTRE)
    value *= s
    value *= bell
    value += bell
    s = 2 * a
    s += 1
    value /= s
    return value


def _polynomial(coefficients: tuple[float, ...], u: Array) -> Array:
    value = u * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= u
    value += coefficients[0]
    return value
