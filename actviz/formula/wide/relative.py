"""expm1(u)/u and log1p(u)/u with their derivatives, of wide numbers: as actviz.formula.relative."""

from __future__ import annotations

import math

import numpy as np

from actviz.formula.relative import far_exponent, fraction
from actviz.formula.wide import functions, numbers
from actviz.formula.wide.numbers import Wide

TERMS = 130  # of the series
STEPS = 60  # of the continued fraction, which takes more of them far out than there are here
NEAR_LOGARITHM = (-0.5, 3.0)  # u beyond which the recurrence loses a few bits of so many


def exprel(n: Wide, u: Wide) -> Wide:
    order = int(numbers.to_float(n).flat[0])
    near = np.abs(numbers.to_float(u)) < far_exponent(order)
    inside = _exprel_near(order, numbers.select(near, u, numbers.constant(0.0, u)))
    beyond = _exprel_far(order, numbers.select(near, numbers.constant(100.0, u), u))
    return numbers.select(near, inside, numbers.select(u.high == np.inf, u, beyond))


def _exprel_near(order: int, u: Wide) -> Wide:
    one, size = numbers.constant(1.0, u), numbers.absolute(u)
    rising = falling = one
    for k in range(TERMS, 0, -1):
        below = numbers.divide(size, numbers.constant(order + k + 1.0, u))
        falling = numbers.add(one, numbers.multiply(below, falling))
        share = numbers.multiply(below, numbers.constant(float(order + k), u))
        share = numbers.divide(share, numbers.constant(float(k), u))
        rising = numbers.add(one, numbers.multiply(share, rising))
    falling = numbers.multiply(functions.exp(numbers.negate(size)), falling)
    mean = numbers.select(u.high < 0, falling, rising)
    return numbers.divide(mean, numbers.constant(order + 1.0, u))


def _exprel_far(order: int, u: Wide) -> Wide:
    value, power = numbers.divide(functions.expm1(u), u), functions.exp(u)
    for k in range(1, order + 1):
        below = numbers.multiply(numbers.constant(float(k), u), value)
        value = numbers.divide(numbers.subtract(power, below), u)
    return value


def log1prel(n: Wide, u: Wide) -> Wide:
    order = int(numbers.to_float(n).flat[0])
    value, (low, high) = numbers.to_float(u), NEAR_LOGARITHM
    near = (low < value) & (value < high)
    inside = _log1prel_near(order, numbers.select(near, u, numbers.constant(0.0, u)))
    beyond = _log1prel_far(order, numbers.select(near, numbers.constant(100.0, u), u))
    far = numbers.select(u.high == np.inf, numbers.constant(0.0, u), beyond)
    return numbers.select(near, inside, far)


def _log1prel_near(order: int, u: Wide) -> Wide:
    one = numbers.constant(1.0, u)
    base = numbers.add(one, u)
    w, below = numbers.divide(u, base), one
    for m in range(STEPS, 0, -1):
        for numerator, denominator in fraction(order, m):
            share = numbers.divide(
                numbers.multiply(w, numbers.constant(numerator, u)),
                numbers.multiply(below, numbers.constant(denominator, u)),
            )
            below = numbers.subtract(one, share)
    for _ in range(order + 1):
        below = numbers.multiply(below, base)
    below = numbers.multiply(numbers.constant(order + 1.0, u), below)
    return numbers.divide(numbers.constant((-1.0) ** order * math.factorial(order), u), below)


def _log1prel_far(order: int, u: Wide) -> Wide:
    base = numbers.add(numbers.constant(1.0, u), u)
    value = numbers.divide(functions.log1p(u), u)
    slope = numbers.constant(1.0, u)  # the derivatives of log1p
    for k in range(1, order + 1):
        slope = numbers.divide(slope, base)
        below = numbers.multiply(numbers.constant(float(k), u), value)
        value = numbers.divide(numbers.subtract(slope, below), u)
        slope = numbers.multiply(slope, numbers.constant(-float(k), u))
    return value
