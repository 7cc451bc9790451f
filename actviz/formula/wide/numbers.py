"""Numbers with exponents of any size and twice the digits, and arithmetic with them.

A number is (high + low) * 2**(exponent + rest): a mantissa of two float64, so that what cancels
keeps its digits, and a whole exponent of two, so that 1e18 and 1 can be added to each other in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.wide import doubled
from actviz.formula.wide.doubled import Pair

UNIT = 2.0**-64  # of the exponents: so small that even those of exp(1.7e308)**9 are numbers


@dataclass(frozen=True)
class Wide:
    """(high + low) * 2**((exponent + rest)/UNIT), elementwise; 0, inf and nan have exponent 0.

    |high| is in [0.5, 1); exponent and rest are whole multiples of UNIT.
    """

    high: Array
    low: Array
    exponent: Array
    rest: Array

    @property
    def mantissa(self) -> Pair:
        return self.high, self.low

    @property
    def power(self) -> Pair:
        return self.exponent, self.rest


_NO_POWER: Pair = (np.zeros(()), np.zeros(()))


def wide(values: Any) -> Wide:
    """float64 as wide numbers."""
    high = np.asarray(values, dtype=np.float64)
    return normal((high, np.zeros(high.shape)), _NO_POWER)


def normal(mantissa: Pair, power: Pair) -> Wide:
    """The number with its mantissa in [0.5, 1)."""
    high, low = mantissa
    scaled, by = np.frexp(high)
    plain = (high == 0) | ~np.isfinite(high)
    lower = np.where(plain, 0.0, np.ldexp(low, np.where(plain, 0, -by)))
    exponent, rest = doubled.two_sum(power[0], by * UNIT)
    exponent, rest = doubled.quick_two_sum(exponent, rest + power[1])
    return Wide(scaled, lower, np.where(plain, 0.0, exponent), np.where(plain, 0.0, rest))


def to_float(u: Wide) -> Array:
    """The nearest float64."""
    value: Array = np.ldexp(u.high + u.low, whole_power(u.power))
    return value


def is_float(u: Wide) -> Truths:
    """Whether its mantissa is that of a float64, and not only next to it."""
    exact: Truths = u.low == 0
    return exact


def pair(u: Wide) -> Pair:
    """A number in the range of float64 as the pair that it is."""
    return doubled.shift(u.mantissa, whole_power(u.power))


def whole_power(power: Pair) -> Any:
    """A difference of exponents as the whole number that it is, or one beyond float64."""
    return np.clip((power[0] + power[1]) / UNIT, -2200, 2200).astype(np.int64)


def add_powers(u: Pair, v: Pair) -> Pair:
    high, low = doubled.two_sum(u[0], v[0])
    return doubled.quick_two_sum(high, low + (u[1] + v[1]))


def select(condition: Any, u: Wide, v: Wide) -> Wide:
    """u where the condition holds, else v."""
    pairs = ((u.high, v.high), (u.low, v.low), (u.exponent, v.exponent), (u.rest, v.rest))
    return Wide(*(np.where(condition, a, b) for a, b in pairs))


def wide_pair(pair: Pair) -> Wide:
    """Pairs as wide numbers."""
    return normal(pair, _NO_POWER)


def constant(value: float, like: Wide) -> Wide:
    return wide(np.full(like.high.shape, value))


def constant_of(parts: tuple[float, ...], like: Wide) -> Wide:
    """A constant of the first two of its parts."""
    return wide_pair((np.full(like.high.shape, parts[0]), np.full(like.high.shape, parts[1])))


def add(u: Wide, v: Wide) -> Wide:
    """The smaller one is shifted to the larger one's exponent."""
    apart = add_powers(u.power, doubled.negative(v.power))
    first = (u.high != 0) & ((v.high == 0) | (apart[0] >= 0) | ~np.isfinite(u.high))
    larger, smaller = select(first, u, v), select(first, v, u)
    down = np.where(smaller.high == 0, 0, -abs(whole_power(apart)))
    total = doubled.add(larger.mantissa, doubled.shift(smaller.mantissa, down))
    plain = ~np.isfinite(u.high) | ~np.isfinite(v.high)
    if plain.any():
        high = np.where(plain, u.high + v.high, total[0])
        total = high, np.where(plain, 0.0, total[1])
    return normal(total, larger.power)


def negate(u: Wide) -> Wide:
    return Wide(-u.high, -u.low, u.exponent, u.rest)


def subtract(u: Wide, v: Wide) -> Wide:
    return add(u, negate(v))


def multiply(u: Wide, v: Wide) -> Wide:
    product = doubled.multiply(u.mantissa, v.mantissa)
    return normal(or_plain(product, u.high * v.high), add_powers(u.power, v.power))


def divide(u: Wide, v: Wide) -> Wide:
    quotient = doubled.divide(u.mantissa, v.mantissa)
    power = add_powers(u.power, doubled.negative(v.power))
    return normal(or_plain(quotient, u.high / v.high), power)


def or_plain(result: Pair, plain: Array) -> Pair:
    """The result, but infinities and NaN as float64 has them: their low parts are NaN."""
    kept = np.isfinite(result[0]) & np.isfinite(plain)
    return np.where(kept, result[0], plain), np.where(kept, result[1], 0.0)


def halved(u: Wide) -> Wide:
    return normal(u.mantissa, add_powers(u.power, (np.full((), -UNIT), np.zeros(()))))


def absolute(u: Wide) -> Wide:
    return select(u.high < 0, negate(u), u)


def sign_of_difference(u: Wide, v: Wide) -> Array:
    same = (u.high == v.high) & np.isinf(u.high)  # inf equals inf
    difference = np.sign(subtract(u, v).high)
    return np.where(same, 0.0, difference)


def compared(holds: Callable[[Array], Truths]) -> Callable[[Wide, Wide], Array]:
    def compare(u: Wide, v: Wide) -> Array:
        sign = sign_of_difference(u, v)
        return np.where(np.isnan(sign), np.nan, holds(sign))

    return compare


def where(condition: Array, u: Wide, v: Wide) -> Wide:
    chosen = select(condition == 1, u, v)
    unknown = np.isnan(condition)
    return (
        select(unknown, wide(np.full(np.shape(condition), np.nan)), chosen)
        if unknown.any()
        else chosen
    )
