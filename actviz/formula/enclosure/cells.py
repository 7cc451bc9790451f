"""Intervals of numbers in arrays, and the operators + - * / ** and neg on them, rounded outward.

The ends of n intervals are one array of shape (2, n), lower ends first, so that a step costs few
calls of numpy; what depends on no x has shape (2, 1). A lower end is never inf, an upper one never
-inf: an end beyond the largest float is that float, or open to infinity. Where a formula has no
value anywhere on a cell both ends are NaN.

Each interval says besides what IEEE 1788-2015 calls its decoration, about the *inside* of a cell:
the reals strictly between its ends, or the point itself where both ends are one number.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.wide.doubled import two_product

OUTWARD = np.array([[-1.0], [1.0]])
FAR = OUTWARD * np.inf
LARGEST = float(np.finfo(np.float64).max)
SMALLEST, NORMAL = 5e-324, 2.0**-1022
EPS = 2.0**-52
EXACT_FROM = 2.0**-960  # a product below has a rest that float64 cannot hold
SQUARED = 64  # whole powers up to this come from products
POWER_ERRS = 2.0  # units in the last place that numpy's power may err


class Part(NamedTuple):
    """The values of a part of a formula on n cells.

    ends: bounds of the values inside; apart: whether the bound is no value inside, which tells a
    switch at the end of a cell from one inside; defined: whether there is a value everywhere
    inside; continuous: whether the part is defined and continuous there.
    """

    ends: Array
    apart: Truths
    defined: Truths
    continuous: Truths


def constant(lower: float, upper: float) -> Part:
    yes = np.ones(1, dtype=bool)
    return Part(np.array([[lower], [upper]]), np.zeros((2, 1), dtype=bool), yes, yes)


def variable(lower: Array, upper: Array) -> Part:
    """x itself."""
    yes = np.ones(lower.shape, dtype=bool)
    proper = lower < upper
    return Part(np.stack([lower, upper]), np.stack([proper, proper]), yes, yes)


def both(u: Part, v: Part) -> tuple[Truths, Truths]:
    """Where both have a value everywhere inside, and where both are continuous."""
    return u.defined & v.defined, u.continuous & v.continuous


def outward(ends: Array, rest: Array) -> Array:
    """The ends one float further out where rounding, which left this rest, went inward.

    A rest that is NaN is one that nobody knows.
    """
    return further(ends, ~(rest * OUTWARD <= 0))


def further(ends: Array, moved: Truths, away: Array = OUTWARD) -> Array:
    """The ends one float further in that direction where moved.

    By their bits, which are in the order of the numbers' sizes: numpy's nextafter asks for each
    number alone, at ten times the cost.
    """
    bits = ends.view(np.int64)
    steps = (bits >> 63) | 1
    steps *= moved
    steps *= away.astype(np.int64)
    steps += bits
    found: Array = steps.view(np.float64)
    odd = moved & ((ends == 0) | ~np.isfinite(ends))
    if odd.any():
        found[odd] = np.nextafter(ends[odd], np.broadcast_to(away * np.inf, ends.shape)[odd])
    return found


def within(ends: Array) -> Array:
    """No lower end above the largest float, no upper one below the least."""
    np.minimum(ends[0], LARGEST, out=ends[0])
    np.maximum(ends[1], -LARGEST, out=ends[1])
    return ends


def spread(ends: Array, errs: float, underflow: float = SMALLEST) -> Array:
    """The ends further out by that many units in their last place, and by what may underflow."""
    within(ends)
    sizes = np.abs(ends)
    off = sizes * (errs * EPS) + errs * SMALLEST
    small = sizes < 2 * NORMAL
    if small.any():
        off += small * underflow
    off *= OUTWARD
    off += ends
    return off


def negate(u: Part) -> Part:
    return Part(-u.ends[::-1], u.apart[::-1], u.defined, u.continuous)


def add(u: Part, v: Part) -> Part:
    total = u.ends + v.ends
    part = total - u.ends
    rest = (u.ends - (total - part)) + (v.ends - part)
    ends = outward(total, rest)
    return Part(ends, u.apart | v.apart | (rest != 0), *both(u, v))


def subtract(u: Part, v: Part) -> Part:
    return add(u, negate(v))


def multiply(u: Part, v: Part) -> Part:
    for one, other in ((u, v), (v, u)):
        if one.ends.shape[1] == 1 and one.ends[0, 0] == one.ends[1, 0]:
            return _scaled(other, float(one.ends[0, 0]))
    corners = (u.ends[:, None] * v.ends[None]).reshape(4, -1)
    moved: Truths | None = None
    if (u.ends == 0).any() or (v.ends == 0).any():  # 0 times anything is 0
        nothing = ((u.ends == 0)[:, None] | (v.ends == 0)[None]).reshape(4, -1)
        corners, moved = np.where(nothing, 0.0, corners), ~nothing
    few = _short(u.ends)[:, None] & _short(v.ends)[None]
    if few.any():
        exact = few.reshape(4, -1) & (np.abs(corners) > EXACT_FROM) & np.isfinite(corners)
        moved = ~exact if moved is None else moved & ~exact
    ends = _extremes(corners, moved)
    apart = _apart_in_a_box(u, v)
    if (ends == 0).any():
        apart = apart | ((ends == 0) & _signed(u) & _signed(v))
    return Part(ends, apart, *both(u, v))


def _extremes(corners: Array, moved: Truths | None) -> Array:
    """The least and the greatest of what was computed at corners, those that err moved outward."""
    ends = np.stack([corners.min(axis=0), corners.max(axis=0)])
    if moved is None:
        return further(ends, np.ones(ends.shape, dtype=bool))
    return further(ends, ((corners[None] == ends[:, None]) & moved[None]).any(axis=1))


def _signed(u: Part) -> Truths:
    """Where it is nowhere 0 inside; neither is a product of two such."""
    (low, high), (above, below) = u.ends, u.apart
    signed: Truths = (low > 0) | (high < 0) | ((low == 0) & above) | ((high == 0) & below)
    return signed


def _short(ends: Array) -> Truths:
    """Which numbers have so few digits that a product of two such is exact; none beyond 2**900."""
    shifted = ends * (2.0**27 + 1)
    few: Truths = (shifted - (shifted - ends) == ends) & (np.abs(ends) < 2.0**900)
    return few


def _apart_in_a_box(u: Part, v: Part) -> Truths:
    """Neither u*v nor u/v has its least or greatest value inside an open box."""
    apart = u.apart[0] & u.apart[1] & v.apart[0] & v.apart[1]
    return np.stack([apart, apart])


def _scaled(u: Part, factor: float) -> Part:
    """u times a number."""
    if factor == 0:
        ends = np.where(np.isnan(u.ends), np.nan, 0.0)
        return Part(ends, np.zeros(ends.shape, dtype=bool), u.defined, u.continuous)
    ends, apart = (u.ends, u.apart) if factor > 0 else (u.ends[::-1], u.apart[::-1])
    product, rest = _product(ends, factor)
    return Part(outward(product, rest), apart | (rest != 0), u.defined, u.continuous)


def _product(u: Array, v: Any) -> tuple[Array, Array]:
    """u*v and what rounding cut off, NaN where it is not known; 0 times anything is 0."""
    product, rest = two_product(u, v)
    unknown = np.abs(product) < EXACT_FROM
    nothing = (u == 0) | (np.asarray(v) == 0)
    if unknown.any() or nothing.any():
        product = np.where(nothing, 0.0, product)
        rest = np.where(nothing, 0.0, np.where(unknown, np.nan, rest))
    return product, rest


def divide(u: Part, v: Part) -> Part:
    low, high = v.ends
    if v.ends.shape[1] == 1 and low[0] == high[0] and np.frexp(abs(low[0]))[0] == 0.5:
        return _scaled(u, 1 / float(low[0])) if np.isfinite(1 / low[0]) else _quotient(u, v)
    return _quotient(u, v)


def _quotient(u: Part, v: Part) -> Part:
    low, high = v.ends
    divisor = np.stack([low + 0.0, np.where(high == 0, -0.0, high)])  # 1/divisor has v's signs
    quotients = (u.ends[:, None] / divisor[None]).reshape(4, -1)
    moved = np.broadcast_to((u.ends != 0)[:, None], (2, 2, quotients.shape[1])).reshape(4, -1)
    moved = moved & ~(np.isinf(v.ends)[None] & np.isinf(u.ends)[:, None]).reshape(4, -1)
    quotients = np.where(moved, quotients, 0.0)
    moved &= ~_exact_quotient(quotients, u.ends, v.ends)
    ends = np.where((low < 0) & (high > 0), FAR, _extremes(quotients, moved))
    ends = np.where(np.isnan(u.ends[0] + low) | ((low == 0) & (high == 0)), np.nan, ends)
    safe = (low > 0) | (high < 0) | ((low == 0) & v.apart[0]) | ((high == 0) & v.apart[1])
    defined, continuous = both(u, v)
    return Part(ends, _apart_in_a_quotient(u, v), defined & safe, continuous & safe)


def _exact_quotient(quotients: Array, u: Array, v: Array) -> Truths:
    """Which of the quotients of ends times the divisor is the dividend."""
    back = quotients.reshape(2, 2, -1) * v[None]
    same = (back == u[:, None]) & _short(v)[None] & (np.abs(back) > EXACT_FROM)
    exact: Truths = same.reshape(4, -1) & _short(quotients)
    return exact


def _apart_in_a_quotient(u: Part, v: Part) -> Truths:
    """As in a box, or where one of the two is a number other than 0."""
    apart = _apart_in_a_box(u, v)
    by_number = (v.ends[0] == v.ends[1]) & (v.ends[0] != 0)
    of_number = (u.ends[0] == u.ends[1]) & (u.ends[0] != 0) & v.apart[0] & v.apart[1]
    return np.where(by_number & u.apart[0] & u.apart[1], True, apart | of_number)


def magnitude(u: Part) -> Part:
    """|u|."""
    low, high = u.ends
    across = (low < 0) & (high > 0)
    negative = high <= 0
    least = np.where(across, 0.0, np.where(negative, -high, low))
    least_apart = ~across & np.where(negative, u.apart[1], u.apart[0])
    most = np.maximum(-low, high)
    most_apart = np.where(-low == high, u.apart[0] & u.apart[1],
                          np.where(-low > high, u.apart[0], u.apart[1]))  # fmt: skip
    return Part(
        np.stack([least, most]), np.stack([least_apart, most_apart]), u.defined, u.continuous
    )


def whole_power(u: Part, n: int) -> Part:
    """u**n for a whole number n."""
    if n == 0:
        return Part(np.where(np.isnan(u.ends), np.nan, 1.0), np.zeros(u.ends.shape, bool), *u[2:])
    if n < 0:
        return divide(constant(1.0, 1.0), whole_power(u, -n))
    if n % 2 == 0:
        return _rising_power(magnitude(u), n)
    size = np.abs(u.ends)
    powered = _rising_power(u._replace(ends=size), n, np.sign(u.ends) * OUTWARD)
    return powered._replace(ends=np.copysign(powered.ends, u.ends))


def _rising_power(u: Part, n: int, away: Array = OUTWARD) -> Part:
    """u**n of ends that are not negative; `away` is in which direction outward is."""
    if n > SQUARED:
        value = np.power(u.ends, float(n))
        exact = (u.ends == 0) | (u.ends == 1)
        ends = value + np.where(exact, 0.0, away * (value * (POWER_ERRS * EPS) + SMALLEST))
        ends = np.where(np.isinf(value), np.where(away < 0, LARGEST, np.inf), ends)
        return Part(np.maximum(ends, 0.0), u.apart | ~exact, u.defined, u.continuous)
    result, squared = np.ones(u.ends.shape), u.ends
    while n:
        if n % 2:
            result = _times(result, squared, away)
        n //= 2
        squared = _times(squared, squared, away) if n else squared
    return Part(result, u.apart, u.defined, u.continuous)


def _times(u: Array, v: Array, away: Array) -> Array:
    """A product of numbers that are not negative, rounded in that direction."""
    product, rest = _product(u, v)
    return np.maximum(further(product, ~(rest * away <= 0), away), 0.0)


def power(u: Part, v: Part) -> Part:
    """u**v: exp(v*log(u)) for u > 0, of 0 what is the limit, of u < 0 only if v is whole."""
    low, high = u.ends
    whole = np.floor(v.ends[1]) >= np.ceil(v.ends[0])
    ends = _power_of_sizes(np.stack([np.maximum(low, 0.0), np.maximum(high, 0.0)]), v.ends)
    if (low < 0).any():
        sizes = _power_of_sizes(np.stack([np.maximum(-high, 0.0), np.maximum(-low, 0.0)]), v.ends)
        signed = np.stack([np.minimum(-sizes[1], ends[0]), np.maximum(sizes[1], ends[1])])
        ends = np.where((low < 0) & whole, signed, ends)
    nowhere = np.isnan(low + v.ends[0]) | ((high < 0) & ~whole)
    ends = np.where(nowhere, np.nan, ends)
    fine = (low > 0) | ((low == 0) & (u.apart[0] | (v.ends[0] > 0)))
    defined, continuous = both(u, v)
    apart = _apart_in_a_box(u, v) | ((v.ends[0] == v.ends[1]) & (u.apart[0] & u.apart[1]))
    return Part(ends, apart, defined & fine, continuous & fine)


def _power_of_sizes(u: Array, v: Array) -> Array:
    """The ends of u**v for u >= 0: it is monotone in both."""
    corners = np.power(u[:, None], v[None]).reshape(4, -1)
    ends = np.stack([corners.min(axis=0), corners.max(axis=0)])
    exact = (v[0] == v[1]) & (v[0] > 0) & ((u == 0) | (u == 1))
    ends = np.maximum(np.where(exact, ends, spread(ends, POWER_ERRS)), 0.0)
    ends[1] = np.where((u[0] == 0) & (v[0] <= 0), np.inf, ends[1])
    return ends
