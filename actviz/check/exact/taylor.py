"""Taylor arithmetic: a function of t near 0 as the list of its coefficients, each an interval.

This is the second road to a derivative. It shares no rule with `actviz.formula.derivative`: a
quotient, a power or exp of a series is worked out from the differential equation that it satisfies
(Moore 1966; Griewank and Walther 2008, chapter 13). Of two series as much is known as of the
shorter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce

from actviz.check.exact import interval
from actviz.check.exact.interval import Interval, Undefined, point
from actviz.formula.allowance import current

Series = tuple[Interval, ...]
MULTIPLIED_UP_TO = 64  # whole powers up to this by multiplication, beyond by exp and log
DEARER = 2048  # bits with which a product takes twice as long


def constant(value: Interval, length: int) -> Series:
    return (value,) + (point(0),) * (length - 1)


def variable(value: Interval, length: int) -> Series:
    return ((value, point(1)) + (point(0),) * (length - 2))[:length]


def negative(u: Series) -> Series:
    return tuple(interval.negative(a) for a in u)


def add(u: Series, v: Series) -> Series:
    return tuple(interval.add(a, b) for a, b in zip(u, v, strict=False))


def subtract(u: Series, v: Series) -> Series:
    return add(u, negative(v))


def multiply(u: Series, v: Series) -> Series:
    bits = interval.context().prec
    current().left -= len(u) ** 2 * (bits + DEARER) // (4 * DEARER)  # on top of what names cost
    return tuple(_convolved(u, v, k, range(k + 1)) for k in range(min(len(u), len(v))))


def _convolved(u: Series, v: Series, k: int, indices: range) -> Interval:
    return reduce(interval.add, (interval.multiply(u[j], v[k - j]) for j in indices), point(0))


def divide(u: Series, v: Series) -> Series:
    over = interval.reciprocal(v[0])
    out: list[Interval] = []
    for k in range(min(len(u), len(v))):
        known = reduce(
            interval.add, (interval.multiply(out[j], v[k - j]) for j in range(k)), point(0)
        )
        out.append(interval.multiply(interval.add(u[k], interval.negative(known)), over))
    return tuple(out)


def _composed(first: Interval, slope: Callable[[], Series], u: Series) -> Series:
    """f(u) from f(u[0]) and the series of f'(u), one shorter than u: h' = f'(u) u'."""
    if all(a.zero for a in u[1:]):
        return constant(first, len(u))
    g, sloped = slope(), _sloped(u)
    return (first, *(_term(sloped, g, k) for k in range(1, len(u))))


def _sloped(u: Series) -> Series:
    """The coefficients of t u', with t the distance."""
    return tuple(interval.scale(a, j) for j, a in enumerate(u))


def _term(sloped: Series, g: Sequence[Interval], k: int) -> Interval:
    """The coefficient of t^k in what has the slope g u'."""
    terms = (interval.multiply(sloped[j], g[k - j]) for j in range(1, k + 1))
    return interval.scale(reduce(interval.add, terms), 1, k)


def exponential(u: Series) -> Series:
    out, sloped = [interval.exponential(u[0])], _sloped(u)
    for k in range(1, len(u)):
        out.append(_term(sloped, out, k))
    return tuple(out)


def logarithm(u: Series) -> Series:
    if u[0].zero and len(u) > 1:
        raise Undefined
    return _composed(interval.logarithm(u[0]), lambda: _over(u), u)


def _one(u: Series) -> Series:
    return constant(point(1), len(u))


def _over(u: Series) -> Series:
    """1/u, one shorter, as the slope of a logarithm."""
    shorter = u[:-1]
    return divide(_one(shorter), shorter)


def constant_power(u: Series, first: Interval, exponent: Interval) -> Series:
    """A series to a constant power: u h' = a h u'."""
    if all(a.zero for a in u[1:]):
        return constant(first, len(u))
    over = interval.reciprocal(u[0])
    out = [first]
    for k in range(1, len(u)):
        terms = (
            interval.multiply(
                interval.add(interval.scale(exponent, j), point(j - k)),
                interval.multiply(u[j], out[k - j]),
            )
            for j in range(1, k + 1)
        )
        out.append(interval.scale(interval.multiply(reduce(interval.add, terms), over), 1, k))
    return tuple(out)


def square_root(u: Series) -> Series:
    return constant_power(u, interval.square_root(u[0]), point(0.5))


def whole_power(u: Series, exponent: int) -> Series:
    if exponent < 0:
        return divide(_one(u), whole_power(u, -exponent))
    if exponent > MULTIPLIED_UP_TO and u[0].sign:
        first = interval.logarithm(u[0] if u[0].sign == 1 else interval.negative(u[0]))
        first = interval.exponential(interval.multiply(point(exponent), first))
        odd_and_below = exponent % 2 and u[0].sign == -1
        first = interval.negative(first) if odd_and_below else first
        return constant_power(u, first, point(exponent))
    result = _one(u)
    for bit in f"{exponent:b}":
        result = multiply(result, result)
        result = multiply(result, u) if bit == "1" else result
    return result


def expm1(u: Series) -> Series:
    ctx = interval.context()
    if abs(u[0].high) < 1 and abs(u[0].low) < 1:
        first = interval.increasing(ctx.expm1, u[0])
    else:
        first = interval.add(interval.exponential(u[0]), point(-1))
    return _composed(first, lambda: exponential(u[:-1]), u)


def log1p(u: Series) -> Series:
    ctx = interval.context()
    small = abs(u[0].high) < 0.5 and abs(u[0].low) < 0.5
    whole = add(_one(u), u)
    first = interval.increasing(ctx.log1p, u[0]) if small else interval.logarithm(whole[0])
    return _composed(first, lambda: _over(whole), u)


def _waves(u: Series) -> tuple[Series, Series]:
    """sin and cos, each the slope of the other."""
    ctx, sloped = interval.context(), _sloped(u)
    sines, cosines = [interval.wave(ctx.sin, u[0])], [interval.wave(ctx.cos, u[0])]
    for k in range(1, len(u)):
        up, down = _term(sloped, cosines, k), _term(sloped, sines, k)
        sines.append(up)
        cosines.append(interval.negative(down))
    return tuple(sines), tuple(cosines)


def sine(u: Series) -> Series:
    return _waves(u)[0]


def cosine(u: Series) -> Series:
    return _waves(u)[1]


def _exponential_sum(u: Series) -> Series:
    """exp(u) + exp(-u), which never cancels."""
    return add(exponential(u), exponential(negative(u)))


def cosh(u: Series) -> Series:
    half = constant(point(0.5), len(u))
    return multiply(half, _exponential_sum(u))


def sech(u: Series) -> Series:
    return divide(constant(point(2), len(u)), _exponential_sum(u))


def spherical_bessel(order: int, u: Series) -> Series:
    """j_n(u): within 1 of 0 by its power series, beyond by sin, cos and the recurrence in n."""
    if abs(u[0].low) < 1 and abs(u[0].high) < 1:
        return _spherical_powers(order, u)
    below = divide(sine(u), u)
    value = divide(subtract(below, cosine(u)), u)
    for k in range(1, order):
        factor = divide(constant(point(2 * k + 1), len(u)), u)
        below, value = value, subtract(multiply(factor, value), below)
    return value if order else below


def _spherical_powers(order: int, u: Series) -> Series:
    """u^n/(2n+1)!! (1 - (u^2/2)/(2n+3) (1 - (u^2/2)/(2 (2n+5)) (1 - ...))).

    So many terms that what is left out is smaller than the last bit by far.
    """
    square, series = whole_power(u, 2), _one(u)
    ctx = interval.context()
    small = max(0, -max(ctx.mag(u[0].low or 1), ctx.mag(u[0].high or 1)))
    for k in range(ctx.prec // (8 + 2 * small) + 16 + len(u), 0, -1):
        term = multiply(square, series)
        over = 2 * k * (2 * order + 2 * k + 1)
        series = subtract(_one(u), tuple(interval.scale(a, 1, over) for a in term))
    below = math.prod(range(2 * order + 1, 1, -2))
    series = multiply(whole_power(u, order), series)
    return tuple(interval.scale(a, 1, below) for a in series)


def exprel(order: int, u: Series) -> Series:
    """The nth derivative of expm1(u)/u: within 1 of 0 by its power series."""
    if abs(u[0].low) < 1 and abs(u[0].high) < 1:
        return _powers(u, lambda k: Fraction(1, math.factorial(k) * (order + k + 1)))
    return _quotient(order, u, expm1(u), [exponential(u)] * order)


def log1prel(order: int, u: Series) -> Series:
    """The nth derivative of log1p(u)/u: within 1/2 of 0 by its power series."""
    if abs(u[0].low) < 0.5 and abs(u[0].high) < 0.5:
        return _powers(
            u, lambda k: Fraction((-1) ** (order + k) * math.perm(order + k, order), order + k + 1)
        )
    slopes = [divide(_one(u), add(_one(u), u))]
    for k in range(1, order):
        slopes.append(multiply(slopes[-1], constant(point(-k), len(u))))
        slopes[-1] = divide(slopes[-1], add(_one(u), u))
    return _quotient(order, u, log1p(u), slopes)


def _quotient(order: int, u: Series, value: Series, slopes: Sequence[Series]) -> Series:
    """The nth derivative q of g(u)/u, from g and its derivatives: u q_n + n q_(n-1) = g_n."""
    value = divide(value, u)
    for k, slope in enumerate(slopes[:order], 1):
        value = divide(subtract(slope, multiply(constant(point(k), len(u)), value)), u)
    return value


def _powers(u: Series, coefficient: Callable[[int], Fraction]) -> Series:
    """A power series that converges as 1/2**k at least, to far below the last bit."""
    total = constant(point(0), len(u))
    for k in range(interval.context().prec + 32, -1, -1):
        share = coefficient(k)
        part = interval.scale(point(1), share.numerator, share.denominator)
        total = add(constant(part, len(u)), multiply(u, total))
    return total


def sinh(u: Series) -> Series:
    ctx = interval.context()
    if abs(u[0].high) < 1 and abs(u[0].low) < 1:
        first = interval.increasing(ctx.sinh, u[0])
    else:
        rising, falling = exponential(u[:1]), exponential(negative(u[:1]))
        first = interval.scale(subtract(rising, falling)[0], 1, 2)
    return _composed(first, lambda: cosh(u[:-1]), u)


def tanh(u: Series) -> Series:
    first = interval.saturating(interval.context().tanh, u[0])
    return _composed(first, lambda: whole_power(sech(u[:-1]), 2), u)


def atan(u: Series) -> Series:
    first = interval.increasing(interval.context().atan, u[0])
    return _composed(first, lambda: _over(add(_one(u), whole_power(u, 2))), u)


def asinh(u: Series) -> Series:
    first = interval.increasing(interval.context().asinh, u[0])
    root = square_root(add(_one(u), whole_power(u, 2)))
    return _composed(first, lambda: _over(root), u)


def _bell(u: Series) -> Series:
    """2/sqrt(pi) exp(-u^2), the slope of erf."""
    root = interval.square_root(interval.constant("pi"))
    height = interval.multiply(point(2), interval.reciprocal(root))
    return multiply(constant(height, len(u)), exponential(negative(whole_power(u, 2))))


def error_function(u: Series) -> Series:
    first = interval.saturating(interval.context().erf, u[0])
    return _composed(first, lambda: _bell(u[:-1]), u)


def error_function_complement(u: Series) -> Series:
    first = interval.error_function_complement(u[0])
    return _composed(first, lambda: negative(_bell(u[:-1])), u)


def tangent(u: Series) -> Series:
    return divide(*_waves(u))


def softplus(u: Series) -> Series:
    return log1p(exponential(u))


FUNCTIONS: Mapping[str, Callable[..., Series]] = {
    "exp": exponential,
    "expm1": expm1,
    "log": logarithm,
    "log1p": log1p,
    "sin": sine,
    "cos": cosine,
    "tan": tangent,
    "sinc": lambda u: spherical_bessel(0, u),
    "spherical_jn": lambda n, u: spherical_bessel(int(n[0].low), u),
    "exprel": lambda n, u: exprel(int(n[0].low), u),
    "log1prel": lambda n, u: log1prel(int(n[0].low), u),
    "atan": atan,
    "sinh": sinh,
    "cosh": cosh,
    "asinh": asinh,
    "tanh": tanh,
    "sech": sech,
    "softplus": softplus,
    "log_sigmoid": lambda u: negative(softplus(negative(u))),
    "erf": error_function,
    "erfc": error_function_complement,
}


OPERATORS: Mapping[str, Callable[..., Series]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "neg": negative,
}
