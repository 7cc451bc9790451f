"""Quotients of balls that near 0 are a series: sin(u)/u, expm1(u)/u and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from actviz.formula.balls.functions import FAR, GUARD, cos, exp, log, multiplied, sin, whole
from actviz.formula.balls.numbers import (
    ONE,
    ZERO,
    Ball,
    Unknown,
    add,
    divide,
    multiply,
    rounded,
    scaled,
    subtract,
    widened,
)


def sinc(u: Ball, bits: int) -> Ball:
    return spherical_jn(ZERO, u, bits)


def spherical_jn(n: Ball, u: Ball, bits: int) -> Ball:
    """Within 1 by its series, beyond by the recurrence."""
    order = _order(n)
    if u.top > FAR and u.sign is not None:  # |j_n(u)| < 2/|u| for u beyond all orders
        least = (abs(u.middle) - u.radius).bit_length() - 1 + u.exponent
        return Ball(0, 1, 1 - least)
    if u.top > 0:
        deep = bits + GUARD
        below = divide(sin(u, deep), u, deep)
        if not order:
            return rounded(*below, bits)
        value = divide(subtract(below, cos(u, deep), deep), u, deep)
        for k in range(1, order):
            factor = divide(Ball(2 * k + 1, 0, 0), u, deep)
            below, value = value, subtract(multiply(factor, value, deep), below, deep)
        return rounded(*value, bits)
    square = multiply(u, u, bits + GUARD)
    first = Fraction(1, math.prod(range(1, 2 * order + 2, 2)))

    def ratio(k: int) -> Fraction:
        return Fraction(-1, 2 * k * (2 * order + 2 * k + 1))

    series = _series(square, ratio, bits + GUARD)
    return scaled(multiply(series, multiplied(u, order, bits + GUARD), bits + GUARD), first, bits)


def exprel(n: Ball, u: Ball, bits: int) -> Ball:
    """The nth derivative of expm1(u)/u: within 1 by its series."""
    order, deep = _order(n), bits + GUARD
    if u.top > 0:
        growth = exp(u, deep)
        return _quotient(order, u, subtract(growth, ONE, deep), [growth] * order, bits)

    def ratio(k: int) -> Fraction:
        return Fraction(order + k, k * (order + k + 1))

    return scaled(_series(u, ratio, deep), Fraction(1, order + 1), bits)


def log1prel(n: Ball, u: Ball, bits: int) -> Ball:
    """The nth derivative of log1p(u)/u: within 1/2 by its series."""
    order, deep = _order(n), bits + GUARD
    base = add(ONE, u, deep)
    if u.top > -1:
        slopes = [divide(ONE, base, deep)]
        for k in range(1, order):
            slopes.append(divide(scaled(slopes[-1], -k, deep), base, deep))
        return _quotient(order, u, log(base, deep), slopes, bits)

    def ratio(k: int) -> Fraction:
        return Fraction(-((order + k) ** 2), k * (order + k + 1))

    first = Fraction((-1) ** order * math.factorial(order), order + 1)
    return scaled(_series(u, ratio, deep), first, bits)


def _quotient(order: int, u: Ball, value: Ball, slopes: list[Ball], bits: int) -> Ball:
    """The nth derivative q of g(u)/u, from g and its derivatives: u q_n + n q_(n-1) = g_n."""
    deep = bits + GUARD
    value = divide(value, u, deep)
    for k, slope in enumerate(slopes[:order], 1):
        value = divide(subtract(slope, scaled(value, k, deep), deep), u, deep)
    return rounded(*value, bits)


def _series(u: Ball, ratio: Callable[[int], Fraction], bits: int) -> Ball:
    """1 + r1 u (1 + r2 u (1 + ...)) for |u| <= 1/2 or ratios that fall: until nothing is added."""
    term = total = ONE
    k = 1
    while term.size and term.top > -bits:
        term = multiply(scaled(term, ratio(k), bits), u, bits)
        total, k = add(total, term, bits), k + 1
    return widened(total, 4 * term.size, term.exponent)


def _order(n: Ball) -> int:
    order = whole(n)
    if order is None:
        raise Unknown
    return order
