"""Intervals of numbers of any size: by sign and binary logarithm, rounded outward.

For what float64 leaves open: x*exp(-x**2) at 1e200 is something huge times something tiny, and both
are ordinary numbers here. A number is sign * 2**(power/UNIT), exactly; power is a float64, so that
numbers near 1 have all their digits and those beyond 1e300 a few less, which matters nowhere. Ends
of intervals have shape (2, n), lower ones first; where there is no value anywhere both are NaN. A
lower end is never inf, an upper one never -inf; one of power -inf with a sign is next to 0, and no
value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.cells import EPS, LARGEST, OUTWARD, SMALLEST

LOG2_E, LOG_2 = 1.4426950408889634, 0.6931471805599453
UNIT = 2.0**-64  # of powers: so small that those of exp(1.7e308)**9 are numbers
SLACK = 8 * EPS  # of a power and of 1: what one step of arithmetic with powers errs at most
FAR_OUT, FAR_SLACK = 1e300, 1e-12  # numbers of this size are less sharp by that share
SMALL = 2.0**-30  # below, exp(u) - 1 and log(1 + u) are bounded by u and u/(1 - u), u/(1 + u)
BULK = 5.0  # beyond, erfc(u) is bounded by its asymptotic series


class Scaled(NamedTuple):
    """Ends of intervals."""

    sign: Array
    power: Array

    @property
    def float(self) -> Array:
        """The ends as float64, further out; an end next to 0 does not pass it."""
        inner = OUTWARD * self.sign < 0
        size = np.exp2(np.clip(self.power / UNIT, -1200, 1200))
        size = np.minimum(size, np.where(inner, LARGEST, np.inf))
        size = size + np.where(inner, -1.0, 1.0) * (
            np.minimum(size, LARGEST) * (4 * EPS) + SMALLEST
        )
        return np.where(self.sign == 0, 0.0, self.sign * np.maximum(size, 0.0))


def scaled(ends: Array) -> Scaled:
    """Intervals of float64."""
    sign = np.sign(ends)
    return outward(sign, np.log2(np.abs(ends)) * UNIT, np.abs(ends) == 1)


def outward(sign: Array, power: Array, exact: Truths | bool = False) -> Scaled:
    """Ends further out by what a step of arithmetic may err."""
    away = OUTWARD * sign
    slack = np.where(np.isinf(power) | exact, 0.0, SLACK * (np.abs(power) + UNIT))
    power = power + away * slack
    power = np.where((away < 0) & (power == np.inf), LARGEST, power)  # finite after all
    power = np.where((away > 0) & (power == -np.inf), -LARGEST, power)
    return Scaled(sign, np.where(sign == 0, -np.inf, power))


def whole(like: Array) -> Scaled:
    """Nothing known, in that shape."""
    return Scaled(np.broadcast_to(OUTWARD, like.shape), np.full(like.shape, np.inf))


def less(a: Scaled, b: Scaled) -> Truths:
    """Which numbers are less than which."""
    by_power = (a.sign == b.sign) & (a.sign * a.power < b.sign * b.power)
    return np.asarray((a.sign < b.sign) | by_power)


def chosen(condition: Any, a: Scaled, b: Scaled) -> Scaled:
    return Scaled(np.where(condition, a.sign, b.sign), np.where(condition, a.power, b.power))


def hull(*found: Scaled) -> Scaled:
    """The least interval around several; those that are nowhere do not count."""

    def join(a: Scaled, b: Scaled) -> Scaled:
        low = less(b, a)[0] | np.isnan(a.sign[0])
        high = less(a, b)[1] | np.isnan(a.sign[1])
        return chosen(np.stack([low, high]), b, a)

    return reduce(join, found)


def within(a: Scaled, b: Scaled) -> Scaled:
    """What is in both."""
    low, high = less(a, b)[0], less(b, a)[1]
    return chosen(np.stack([low, high]) | np.isnan(b.sign), b, a)


def negate(u: Scaled) -> Scaled:
    return Scaled(-u.sign[::-1], u.power[::-1])


def add(u: Scaled, v: Scaled) -> Scaled:
    first = u.power >= v.power
    large, small = chosen(first, u, v), chosen(first, v, u)
    apart = large.power - small.power  # exact where they nearly cancel
    same = large.sign == small.sign
    below = np.where(np.isnan(apart), 0.0, apart / UNIT) * -LOG_2
    gain = np.where(same, np.log1p(np.exp(below)), np.log(-np.expm1(below))) * (LOG2_E * UNIT)
    alone = np.isinf(large.power) | (small.power == -np.inf)
    power = np.where(alone, large.power, large.power + gain)
    slack = SLACK * np.where(np.isfinite(power), np.abs(large.power) + np.abs(gain), 0.0)
    sign = np.where(~alone & (power == -np.inf), 0.0, large.sign) + 0.0 * small.sign
    out = outward(sign, power + np.where(alone, 0.0, OUTWARD * sign * slack), exact=alone)
    against = u.sign * v.sign == -1
    unknown = np.isinf(u.power) & (u.power == v.power) & against
    least = Scaled(out.sign * 0 + OUTWARD, np.where(large.power > 0, np.inf, -LARGEST))
    return chosen(unknown, least, out)


def multiply(u: Scaled, v: Scaled) -> Scaled:
    return _corners(u, v, _product)


def divide(u: Scaled, v: Scaled) -> Scaled:
    """u/v, unbounded where v may be 0 inside."""
    across = (v.sign[0] < 0) & (v.sign[1] > 0)
    side = np.where(v.sign[0] + v.sign[1] < 0, -1.0, 1.0)  # from which an end of v is 0
    over = Scaled(np.where(v.sign == 0, side, v.sign)[::-1], -v.power[::-1])
    quotient = multiply(u, over)
    nowhere = (v.sign == 0).all(axis=0)
    sign = np.where(nowhere, np.nan, quotient.sign)
    return chosen(across, whole(sign), Scaled(sign, quotient.power))


def _product(a: Scaled, b: Scaled) -> Scaled:
    """Of numbers, as an interval: that of 0 and anything is 0, of next to 0 and inf anything."""
    sign = np.concatenate([a.sign * b.sign] * 2)
    power = np.where((a.sign == 0) | (b.sign == 0), -np.inf, a.power + b.power)
    anything = np.where(OUTWARD * sign > 0, np.inf, -np.inf)
    return outward(sign, np.where(np.isnan(power), anything, power))


def _corners(u: Scaled, v: Scaled, rule: Callable[[Scaled, Scaled], Scaled]) -> Scaled:
    """The hull of the results of all ends with all ends."""
    ends = [[Scaled(x.sign[k : k + 1], x.power[k : k + 1]) for k in (0, 1)] for x in (u, v)]
    return hull(*(rule(a, b) for a in ends[0] for b in ends[1]))


def magnitude(u: Scaled) -> Scaled:
    across = (u.sign[0] < 0) & (u.sign[1] > 0)
    turned = hull(negate(u), u)
    sign, power = np.abs(u.sign), u.power
    upward = power[0] <= power[1]
    ordered = Scaled(np.where(upward, sign, sign[::-1]), np.where(upward, power, power[::-1]))
    zero = Scaled(np.zeros_like(sign), np.full_like(power, -np.inf))
    return _from_to(chosen(across, zero, ordered), chosen(across, turned, ordered))


def whole_power(u: Scaled, n: int) -> Scaled:
    if n < 0:
        one = Scaled(np.ones_like(u.sign), np.zeros_like(u.power))
        return divide(one, whole_power(u, -n))
    base = u if n % 2 else magnitude(u)
    if n == 0:
        return Scaled(base.sign * 0 + 1, np.zeros_like(base.power))
    return outward(base.sign, base.power * n)


def power(u: Scaled, v: Scaled) -> Scaled:
    """u**v for u >= 0; nothing is told of others."""
    exponents = v.float
    with np.errstate(all="ignore"):
        powers = (exponents[:, None] * u.power[None]).reshape(4, -1)
        powers = np.where(np.isnan(powers), [[-np.inf], [np.inf], [-np.inf], [np.inf]], powers)
    ends = np.stack([powers.min(axis=0), powers.max(axis=0)])
    nothing = u.sign[0] == 0, (u.sign[1] == 0) & (exponents[0] > 0)
    none = np.stack(np.broadcast_arrays(*nothing))
    sign = np.where(np.isnan(u.sign[0]), np.nan, np.where(none, 0.0, 1.0))
    return chosen(u.sign[0] >= 0, outward(sign, ends), whole(sign))


def exp(u: Scaled) -> Scaled:
    """2**(u*log2(e)), u being a float64 or, beyond, what it is a power of."""
    at = u.float
    power = at * (LOG2_E * UNIT)
    beyond = np.exp2(np.clip(u.power / UNIT + np.log2(UNIT), -1200, 1200)) * (u.sign * LOG2_E)
    beyond = beyond + OUTWARD * np.where(np.isinf(beyond), 0.0, np.abs(beyond) * FAR_SLACK)
    power = np.where(np.abs(at) < FAR_OUT, power, beyond)
    return outward(np.where(np.isnan(at), np.nan, 1.0), power, exact=at == 0)


def log(u: Scaled) -> Scaled:
    """The power times log(2), of what is positive."""
    positive = Scaled(np.where(u.sign < 0, 0.0, u.sign), np.where(u.sign < 0, -np.inf, u.power))
    size = np.abs(positive.power)
    power = np.where(size < 1e280, np.log2(size / UNIT), np.log2(size) - np.log2(UNIT))
    power = (power + np.log2(LOG_2)) * UNIT
    found = outward(np.sign(positive.power), power)
    return Scaled(np.where(np.isnan(u.sign), np.nan, found.sign), found.power)


def sqrt(u: Scaled) -> Scaled:
    positive = Scaled(np.where(u.sign < 0, 0.0, u.sign), np.where(u.sign < 0, -np.inf, u.power))
    return outward(positive.sign, positive.power / 2)


def expm1(u: Scaled) -> Scaled:
    one = _one(u)
    return _near_zero(u, add(exp(u), negate(one)), lambda: (u, divide(u, add(one, negate(u)))))


def log1p(u: Scaled) -> Scaled:
    one = _one(u)
    return _near_zero(u, log(add(one, u)), lambda: (divide(u, add(one, u)), u))


def _one(u: Scaled) -> Scaled:
    return Scaled(np.ones_like(u.sign), np.zeros_like(u.power))


def _near_zero(u: Scaled, far: Scaled, bounds: Callable[[], tuple[Scaled, Scaled]]) -> Scaled:
    """At points: between two bounds near 0, else what is said far from it."""
    near = (u.power < np.log2(SMALL) * UNIT).all(axis=0)
    low, high = bounds()
    return chosen(near, _from_to(low, high), far)


def _from_to(low: Scaled, high: Scaled) -> Scaled:
    """From the lower end of one to the upper end of the other."""
    return Scaled(np.stack([low.sign[0], high.sign[1]]), np.stack([low.power[0], high.power[1]]))


def erfc(u: Scaled) -> Scaled:
    """At points: far out between b and b*(1 - 1/(2*u**2)), b = exp(-u**2)/(u*sqrt(pi)).

    Nearer it is said to be from 0 to 2.
    """
    square = whole_power(u, 2)
    root_pi = scaled(np.full(u.sign.shape, np.sqrt(np.pi)))
    above = divide(exp(negate(square)), multiply(u, root_pi))
    half = Scaled(np.ones_like(u.sign), np.full(u.power.shape, -UNIT))
    below = multiply(above, add(_one(u), negate(divide(half, square))))
    far = (u.sign > 0).all(axis=0) & (u.power > np.log2(BULK) * UNIT).all(axis=0)
    sides = Scaled(
        np.stack([below.sign[0], above.sign[1]]), np.stack([below.power[0], above.power[1]])
    )
    nearer = scaled(np.broadcast_to([[0.0], [2.0]], u.sign.shape))
    return chosen(far, sides, chosen(np.isnan(u.sign), u, nearer))
