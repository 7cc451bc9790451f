"""Functions of wide numbers: powers, exp, log, sqrt, sin, cos, atan, erf and a few more.

All other primitives are taken by their definition in the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.wide import doubled, numbers
from actviz.formula.wide.doubled import Pair
from actviz.formula.wide.numbers import UNIT, Wide

MOST_SIMPLE = 5  # different exponents that are multiplied out


def power(u: Wide, v: Wide) -> Wide:
    """u**v: small whole and half exponents by multiplication and root, others by exp and log."""
    n = numbers.to_float(v)
    if is_simple(v):
        few = np.unique(2 * n)
        result = _multiplied(u, int(few[0]))
        for twice in few[1:]:
            result = numbers.select(2 * n == twice, _multiplied(u, int(twice)), result)
        return result
    return _general_power(u, v, n)


def is_simple(v: Wide) -> bool:
    """Whether all exponents are one of a few small whole or half numbers, and multiplied out."""
    few = np.unique(2 * numbers.to_float(v))[:MOST_SIMPLE]
    simple = all(twice.is_integer() and abs(twice) <= 64 for twice in few)
    return len(few) < MOST_SIMPLE and simple and bool(numbers.is_float(v).all())


def _multiplied(u: Wide, twice: int) -> Wide:
    """u**(twice/2)."""
    result, base, left = numbers.constant(1.0, u), u, abs(twice) // 2
    if not twice:  # undefined where u is
        return numbers.select(np.isfinite(u.high), result, numbers.constant(math.nan, u))
    while left:
        if left & 1:
            result = numbers.multiply(result, base)
        base, left = numbers.multiply(base, base), left >> 1
    if twice % 2:
        result = numbers.multiply(result, sqrt(u))
    return numbers.divide(numbers.constant(1.0, u), result) if twice < 0 else result


def _general_power(u: Wide, v: Wide, n: Array) -> Wide:
    whole = (np.rint(n) == n) & np.isfinite(n) & numbers.is_float(v)
    even = np.mod(n, 2) == 0
    size = exp(numbers.multiply(v, log(numbers.absolute(u))))
    sign = np.where(u.high >= 0, 1.0, np.where(whole, np.where(even, 1.0, -1.0), np.nan))
    powers = numbers.multiply(size, numbers.wide(sign))
    one = numbers.constant(1.0, u)
    powers = numbers.select((u.high == 0) & (v.high > 0), numbers.constant(0.0, u), powers)
    is_one = (u.high == 0.5) & (u.low == 0) & (u.exponent == UNIT)
    plain = np.isfinite(u.high) & np.isfinite(v.high)  # what goes to 1**inf may go anywhere
    return numbers.select(plain & ((v.high == 0) | is_one), one, powers)


def exp(u: Wide) -> Wide:
    """2**turns * exp(rest), as exact as u is; beyond 2^100 the rest is taken for 0."""
    finite, near = np.isfinite(u.high), u.exponent <= 100 * UNIT
    infinite = numbers.wide(np.exp(u.high))
    if not near.any():
        return numbers.select(finite, _exp_far(u), infinite)
    inside = _exp_near(numbers.select(near & finite, u, numbers.constant(0.0, u)))
    if not near.all():
        inside = numbers.select(near, inside, _exp_far(u))
    return numbers.select(finite, inside, infinite)


def _exp_near(u: Wide) -> Wide:
    value = numbers.pair(u)
    quotient = doubled.divide(value, doubled.like(doubled.LOG_2, u.high))
    first = np.rint(quotient[0])
    second = np.rint((quotient[0] - first) + quotient[1])
    rest = doubled.reduced(doubled.reduced(value, doubled.LOG_2, first), doubled.LOG_2, second)
    mantissa = doubled.add(doubled.expm1(rest), doubled.whole(1.0, first))
    return numbers.normal(mantissa, (first * UNIT, second * UNIT))


def _exp_far(u: Wide) -> Wide:
    scaled = np.ldexp(u.high, np.clip(u.exponent / UNIT - 64, -2200, 1022).astype(np.int64))
    power = (scaled / math.log(2), np.zeros(scaled.shape))
    return numbers.normal(doubled.whole(1.0, u.high), power)


def log(u: Wide) -> Wide:
    """log of the mantissa, taken from [sqrt(1/2), sqrt(2)], and as many log 2 as the exponent."""
    sound = np.isfinite(u.high) & (u.high > 0)
    up = np.where(u.high < math.sqrt(0.5), 1, 0)
    mantissa = doubled.shift((np.where(sound, u.high, 1.0), np.where(sound, u.low, 0.0)), up)
    one = doubled.whole(1.0, u.high)
    inside = numbers.wide_pair(doubled.log1p(doubled.add(mantissa, doubled.negative(one))))
    turns = doubled.add(u.power, (-up * UNIT, np.zeros(u.high.shape)))
    turned = numbers.normal(turns, (np.full((), 64 * UNIT), np.zeros(())))
    result = numbers.add(inside, numbers.multiply(turned, numbers.constant_of(doubled.LOG_2, u)))
    return numbers.select(sound, result, numbers.wide(np.log(u.high)))


def log1p(u: Wide) -> Wide:
    return _near(u, _log1p_near, lambda v: log(numbers.add(numbers.constant(1.0, v), v)), -0.5, 1.0)


def expm1(u: Wide) -> Wide:
    return _near(
        u, _expm1_near, lambda v: numbers.subtract(exp(v), numbers.constant(1.0, v)), -1.0, 1.0
    )


def _near(
    u: Wide, inside: Callable[[Wide], Wide], beyond: Callable[[Wide], Wide], low: float, high: float
) -> Wide:
    """A function by its form between low and high, and by another beyond; NaN by that too."""
    value = numbers.to_float(u)
    near = (value >= low) & (value <= high)
    if near.all():
        return inside(u)
    if not near.any():
        return beyond(u)
    zero = numbers.constant(0.0, u)
    return numbers.select(
        near,
        inside(numbers.select(near, u, zero)),
        beyond(numbers.select(near, numbers.constant(high, u), u)),
    )


def _tiny(u: Wide, series: Callable[[Wide], Wide], form: Callable[[Pair], Pair]) -> Wide:
    """A form of pairs; where these would underflow, the first terms of its series at 0."""
    small = u.exponent < -60 * UNIT
    by_form = numbers.wide_pair(
        form(numbers.pair(numbers.select(small, numbers.constant(0.0, u), u)))
    )
    return numbers.select(small, series(u), by_form) if small.any() else by_form


def _expm1_near(u: Wide) -> Wide:
    return _tiny(
        u,
        lambda v: numbers.multiply(v, numbers.add(numbers.constant(1.0, v), numbers.halved(v))),
        doubled.expm1,
    )


def _log1p_near(u: Wide) -> Wide:
    return _tiny(
        u,
        lambda v: numbers.multiply(
            v, numbers.subtract(numbers.constant(1.0, v), numbers.halved(v))
        ),
        doubled.log1p,
    )


def sqrt(u: Wide) -> Wide:
    """An odd exponent gives one to the mantissa."""
    odd = (np.mod(u.exponent, 2 * UNIT) + np.mod(u.rest, 2 * UNIT)) / UNIT
    power = doubled.add(u.power, (-odd * UNIT, np.zeros(u.high.shape)))
    root = doubled.square_root(doubled.shift(u.mantissa, odd.astype(np.int64)))
    return numbers.normal(numbers.or_plain(root, np.sqrt(u.high)), (power[0] / 2, power[1] / 2))


def floor(u: Wide) -> Wide:
    """The whole number of the high part, and where that is whole, of the low part too."""
    coarse = u.exponent > 106 * UNIT
    high, low = numbers.pair(
        numbers.select(coarse | ~np.isfinite(u.high), numbers.constant(0.0, u), u)
    )
    whole = np.floor(high)
    below = numbers.wide_pair(
        doubled.quick_two_sum(whole, np.where(whole == high, np.floor(low), 0.0))
    )
    tiny = (high == 0) & (u.high < 0)  # so near to 0 that float64 has no number for it
    below = numbers.select(tiny & ~coarse, numbers.constant(-1.0, u), below)
    return numbers.select(coarse | ~np.isfinite(u.high), u, below)


def sin(u: Wide) -> Wide:
    return _tiny_else_wave(u, 0)


def cos(u: Wide) -> Wide:
    return _tiny_else_wave(u, 1)


def _tiny_else_wave(u: Wide, ahead: int) -> Wide:
    """sin, or cos a quarter turn ahead; of a number beyond float64 any value is as right.

    But not the same one everywhere: there is no limit.
    """
    small, beyond = u.exponent < -60 * UNIT, u.exponent > 1023 * UNIT
    held = numbers.select(small | beyond | ~np.isfinite(u.high), numbers.constant(0.0, u), u)
    turns, rest = doubled.quarter_turns(held.mantissa, held.exponent / UNIT)
    sine, cosine = doubled.sine_and_cosine(rest)
    turns = np.mod(turns + ahead, 4)
    high, low = (np.where(turns % 2 == 0, s, c) for s, c in zip(sine, cosine, strict=True))
    sign = np.where(turns < 2, 1.0, -1.0)
    wave = numbers.wide_pair((sign * high, sign * low))
    first = u if ahead == 0 else numbers.constant(1.0, u)
    phase = np.mod(u.high * 1000.0 + np.mod(u.exponent / UNIT, 1000.0), 2 * math.pi)
    noise = np.sin(phase + ahead * math.pi / 2)
    unknown = numbers.wide(np.where(np.isfinite(u.high), noise, np.nan))
    return numbers.select(
        small, first, numbers.select(beyond | ~np.isfinite(u.high), unknown, wave)
    )


def atan(u: Wide) -> Wide:
    return _near(u, _atan_near, _atan_far, -1.0, 1.0)


def _atan_near(u: Wide) -> Wide:
    return _tiny(u, lambda v: v, doubled.arctangent)


def _atan_far(u: Wide) -> Wide:
    """pi/2 less the angle of the reciprocal."""
    quarter = numbers.multiply(
        numbers.wide(np.sign(u.high)), numbers.halved(numbers.constant_of(doubled.PI, u))
    )
    return numbers.subtract(quarter, _atan_near(numbers.divide(numbers.constant(1.0, u), u)))


_LIMIT = 3.0  # beyond, erfc by its continued fraction and erf by erfc; inside, the other way


def erf(u: Wide) -> Wide:
    return _near(u, _erf_near, _erf_far, -_LIMIT, _LIMIT)


def _erf_near(u: Wide) -> Wide:
    series = _tiny(u, lambda v: v, doubled.error_function)
    return numbers.multiply(
        numbers.multiply(series, exp(numbers.negate(numbers.multiply(u, u)))), _two_over_root_pi(u)
    )


def _two_over_root_pi(like: Wide) -> Wide:
    return numbers.divide(numbers.constant(2.0, like), sqrt(numbers.constant_of(doubled.PI, like)))


def _erf_far(u: Wide) -> Wide:
    return numbers.multiply(
        numbers.wide(np.sign(u.high)),
        numbers.subtract(numbers.constant(1.0, u), _erfc_far(numbers.absolute(u))),
    )


def erfc(u: Wide) -> Wide:
    return _near(
        u,
        lambda v: numbers.subtract(numbers.constant(1.0, v), _erf_near(v)),
        _erfc_out,
        -_LIMIT,
        _LIMIT,
    )


def _erfc_out(u: Wide) -> Wide:
    tail = _erfc_far(numbers.absolute(u))
    return numbers.select(u.high < 0, numbers.subtract(numbers.constant(2.0, u), tail), tail)


def _erfc_far(u: Wide) -> Wide:
    """exp(-u^2)/(sqrt(pi) u), times what becomes 1 far out; 0 at inf."""
    held = numbers.select(u.exponent > 300 * UNIT, numbers.constant(2.0**300, u), u)
    held = numbers.select(np.isfinite(held.high), held, numbers.constant(_LIMIT, u))
    share = numbers.wide_pair(doubled.complement(numbers.pair(held)))
    tail = numbers.divide(numbers.multiply(exp(numbers.negate(numbers.multiply(u, u))), share), u)
    return numbers.halved(numbers.multiply(tail, _two_over_root_pi(u)))


def tanhshrink(u: Wide) -> Wide:
    """u - tanh(u); inside 1 by Lambert's continued fraction u^3/(3 + u^2/(5 + u^2/(7 + ...)))."""
    return _near(u, _tanhshrink_near, _tanhshrink_far, -1.0, 1.0)


def _tanhshrink_far(u: Wide) -> Wide:
    """u less its sign, but for 2/(exp(2 |u|) + 1)."""
    one, size = numbers.constant(1.0, u), numbers.absolute(u)
    rest = numbers.divide(numbers.constant(2.0, u), numbers.add(exp(numbers.add(size, size)), one))
    sign = numbers.wide(np.sign(u.high))
    return numbers.subtract(u, numbers.multiply(sign, numbers.subtract(one, rest)))


def _tanhshrink_near(u: Wide) -> Wide:
    square = numbers.multiply(u, u)
    below = numbers.constant(41.0, u)
    for odd in range(39, 1, -2):
        below = numbers.add(numbers.constant(float(odd), u), numbers.divide(square, below))
    share = numbers.divide(square, below)  # tanh(u) = u/(1 + share)
    return numbers.multiply(u, numbers.divide(share, numbers.add(numbers.constant(1.0, u), share)))


def unit(u: Wide, v: Wide) -> Wide:
    length = sqrt(numbers.add(numbers.multiply(u, u), numbers.multiply(v, v)))
    return numbers.divide(u, numbers.select(length.high == 0, numbers.constant(1.0, u), length))


def sinc(u: Wide) -> Wide:
    quotient = numbers.divide(sin(u), u)
    return numbers.select(
        u.high == 0,
        numbers.constant(1.0, u),
        numbers.select(np.isinf(u.high), numbers.constant(0.0, u), quotient),
    )


def spherical_jn(n: Wide, u: Wide) -> Wide:
    """By its series up to where no term is much larger than the sum, beyond by the recurrence."""
    order = int(numbers.to_float(n).flat[0])
    if order == 0:
        return sinc(u)
    reach = 4.0 + order
    return _near(
        u, lambda v: _bessel_series(order, v), lambda v: _bessel_recurrence(order, v), -reach, reach
    )


def _bessel_series(order: int, u: Wide) -> Wide:
    square, series = numbers.multiply(u, u), numbers.constant(1.0, u)
    for k in range(60, 0, -1):
        term = numbers.multiply(square, series)
        over = numbers.constant(2.0 * k * (2 * order + 2 * k + 1), u)
        series = numbers.subtract(numbers.constant(1.0, u), numbers.divide(term, over))
    for k in range(order, 0, -1):
        series = numbers.multiply(series, numbers.divide(u, numbers.constant(2.0 * k + 1, u)))
    return series


def _bessel_recurrence(order: int, u: Wide) -> Wide:
    below = sinc(u)
    value = numbers.divide(numbers.subtract(below, cos(u)), u)
    for k in range(1, order):
        factor = numbers.divide(numbers.constant(2.0 * k + 1, u), u)
        below, value = value, numbers.subtract(numbers.multiply(factor, value), below)
    return numbers.select(np.isinf(u.high), numbers.constant(0.0, u), value)
