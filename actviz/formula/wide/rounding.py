"""What a wide number may err, relative to itself: the exponent of a power of two.

-inf is exact, inf is not known at all. An operation makes of the errors of its arguments what its
slope does, and adds one of its own. From 0 on it is the exponent of a factor by which the number
may be larger or smaller; its sign is right, unless nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from actviz.formula.arrays import NOTHING, Array, Truths
from actviz.formula.expression import Apply, Node, Number
from actviz.formula.wide import functions, numbers
from actviz.formula.wide.numbers import UNIT, Wide

ENOUGH = -51.0  # of a result
LARGEST_EXPONENT = 1090  # of what exp tells from what is larger
OPERATION, FUNCTION, SERIES = -101.0, -96.0, -88.0  # what they err themselves


def beyond(value: Wide, error: Array) -> Truths:
    """Where a result does not have the digits of a float64, nor is certainly beyond its range."""
    size, more = places(value), np.maximum(error, 0)
    out = (size + more < NOTHING) | (size - more > 1026)
    return ~((error <= ENOUGH) | out)


def most(parts: Sequence[Node], known: Mapping[Node, Any], errors: Mapping[Node, Array]) -> Array:
    """The exponent of what a formula is no more than, be its sign known or not.

    Looked for through sums, products and branches, down to parts that are known to a factor.
    """
    tops: dict[Node, Array] = {}
    for part in parts:
        if not isinstance(known[part], Wide):
            continue
        tops[part] = places(known[part]) + np.maximum(errors[part], 0)
        match part:
            case Apply("+" | "-", (u, v)):
                top = np.maximum(tops[u], tops[v]) + 1
            case Apply("*", (u, v)):
                top = tops[u] + tops[v]
            case Apply("/", (u, v)):
                top = tops[u] - places(known[v]) + np.maximum(errors[v], 0) + 2
            case Apply("neg", (u,)):
                top = tops[u]
            case Apply("**", (u, Number(n))) if n > 0:
                top = n * tops[u]
            case Apply("where", (condition, u, v)):
                top = np.where(known[condition] == 1, tops[u], tops[v])
                top = np.where(errors[condition] > -1, np.maximum(tops[u], tops[v]), top)
            case _:
                continue
        tops[part] = np.fmin(tops[part], top)
    return tops[parts[-1]]


def exact(like: Wide) -> Array:
    return np.full(like.high.shape, -np.inf)


def constant(like: Wide) -> Array:
    """Of a constant that is no float64, such as pi."""
    return np.full(like.high.shape, -104.0)


def of(head: str, arguments: Sequence[Any], errors: Sequence[Array], value: Any) -> Array:
    """The error of an operation, from its arguments, theirs and its value."""
    with np.errstate(all="ignore"):
        if not isinstance(value, Wide):
            return _compared(arguments, errors)
        error = _RULES[head](arguments, errors, value)
        least = -np.inf if head in _EDGED else -1.0
        certain = np.where(_worst(errors) <= least, -np.inf, np.inf)
        return np.where(np.isfinite(value.high), error, certain)


def taken(arguments: Sequence[Any], errors: Sequence[Array]) -> Array:
    """Of the branch that is taken; unknown if the condition is."""
    condition, u, v = errors
    chosen = np.where(arguments[0] == 1, u, v)
    return np.maximum(chosen, condition)


def places(u: Wide) -> Array:
    """The exponent of a power of two just above it; -inf of 0."""
    power = np.where(np.isinf(u.exponent), u.exponent, u.exponent + u.rest)
    return np.where(u.high == 0, -np.inf, power / UNIT)


def _worst(errors: Sequence[Array]) -> Array:
    worst = errors[0]
    for each in errors[1:]:
        worst = np.maximum(worst, each)
    return worst


def _at_zero(value: Wide, error: Array, errors: Sequence[Array]) -> Array:
    """0 of exact numbers is 0; else it may be anything of the size of the error."""
    nothing = np.where(_worst(errors) == -np.inf, -np.inf, np.inf)
    return np.where(value.high == 0, nothing, error)


def _compared(arguments: Sequence[Wide], errors: Sequence[Array]) -> Array:
    """Whether rounding may have decided; the sign of a number is right."""
    difference = numbers.subtract(*arguments)
    doubt = (difference.high == 0) | (_beside(arguments, errors, difference) >= -1)
    for (u, of_u), (_, of_v) in permutations(zip(arguments, errors, strict=True)):
        doubt &= ~((u.high == 0) & (of_u == -np.inf)) | np.isposinf(of_v)
    return np.where(doubt & (_worst(errors) > -np.inf), np.inf, -np.inf)


def _beside(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    """The largest of the absolute errors, relative to a value.

    Exponents are subtracted as what they are: those of exp(1e200) leave no digits for others.
    """
    shares = []
    for u, error in zip(arguments, errors, strict=True):
        more = ((u.exponent - value.exponent) + (u.rest - value.rest)) / UNIT
        share = np.where(np.isinf(error), error, error + np.where(u.high == 0, 0.0, more))
        shares.append(np.where(value.high == 0, error, share))
    return _worst(shares)


def _of_size(u: Wide, error: Array) -> Array:
    size = np.where(u.high == 0, 0.0, places(u))
    return np.where(np.isinf(error), error, error + size)


def _sum(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    """Of terms of both signs that have cancelled to less than their error nothing is known."""
    error = np.maximum(_beside(arguments, errors, value) + 1, OPERATION)
    (u, v), (of_u, of_v) = arguments, errors
    unlike = np.sign(u.high) * np.sign(v.high) < 0
    tops = [(places(each), np.maximum(of, 0)) for each, of in ((u, of_u), (v, of_v))]
    for (larger, of_larger), (smaller, of_smaller) in permutations(tops):
        unlike &= ~(larger - of_larger - 2 > smaller + of_smaller)  # that one is no matter
    return _at_zero(value, np.where((error > -1) & unlike, np.inf, error), errors)


def _difference(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    return _sum((arguments[0], numbers.negate(arguments[1])), errors, value)


def _signed(error: Array) -> Array:
    """Of what may be of any sign if an argument is not known to a part of its size."""
    return np.where(error > -1, np.inf, error)


def _product(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    nothing = [(u.high == 0) & (e == -np.inf) for u, e in zip(arguments, errors, strict=True)]
    certain = np.logical_or.reduce(nothing)
    error = np.where(value.high == 0, np.inf, _of_factors(errors))
    return np.where(certain, -np.inf, error)


def _quotient(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    nothing = (arguments[0].high == 0) & (errors[0] == -np.inf)
    error = np.where(value.high == 0, np.inf, _of_factors(errors))
    return np.where(nothing, -np.inf, error)


def _of_factors(errors: Sequence[Array]) -> Array:
    factors = sum((np.maximum(error, 0) for error in errors), np.full((), 2.0))
    worst = _worst(errors)
    return np.maximum(np.where(worst < 0, worst + 1, factors), OPERATION)


def _power(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u, v), (of_u, of_v) = arguments, errors
    simple = functions.is_simple(v)
    times = np.maximum(places(v), 0)
    turns = np.log2(np.abs(u.exponent + u.rest) / UNIT + 1) + 1
    by_base = np.maximum(of_u, OPERATION) + times
    by_exponent = np.maximum(of_v, -104 if simple else FUNCTION - 6) + places(v) + turns
    risen = np.where(of_u < 0, _grown(by_base), of_u * np.exp2(np.minimum(times, 1000)))
    error = np.maximum(risen, np.where(of_v == -np.inf, -np.inf, _grown(by_exponent)))
    if not simple:
        error = np.maximum(error, _grown(FUNCTION - 6 + places(v) + turns))
    known = (u.high == 0) & (of_u == -np.inf) | (v.high == 0) & (of_v == -np.inf)
    return np.where(known, -np.inf, np.where(value.high == 0, np.inf, error))


def _grown(error: Array) -> Array:
    """What exp makes of an absolute error: the same if it is small, a power of e if not."""
    return np.where(error < 0, error, 1.5 * np.exp2(np.minimum(error, 1100)))


def _exp(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    error = np.maximum(of_u, OPERATION) + places(u)
    grown = _grown(np.maximum(error, FUNCTION))
    # beyond all exponents: it is no more than the number that stands for it, so off by that much
    nothing = (u.high < 0) & (of_u < -1) & (places(u) > LARGEST_EXPONENT)
    return np.where(u.high == 0, _at_zero(u, error, errors), np.where(nothing, 0.0, grown))


def _expm1(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    risen = _exp(arguments, errors, value)
    return _at_zero(value, np.where(u.high > 0, risen, np.maximum(of_u + 1, FUNCTION)), errors)


def _log(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    error = np.maximum(errors[0], OPERATION) - np.minimum(places(value), 0)
    error = np.where(errors[0] > 0, _of_logarithm(errors[0], value), error)
    return _at_zero(value, _signed(np.maximum(error, FUNCTION)), errors)


def _of_logarithm(of_u: Array, value: Wide) -> Array:
    """Of the logarithm of what is known to a factor: that becomes a term."""
    return np.log2(np.maximum(of_u, 1)) - places(value)


def _log1p(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    base = numbers.add(numbers.constant(1.0, u), u)
    below = _signed(of_u + places(u) - places(base) + 1)
    error = np.where(u.high > 0, of_u + 1, np.where(u.high > -0.5, _signed(of_u + 1), below))
    error = np.where(
        (u.high > 0) & (of_u > 0), np.minimum(error, _of_log_far(u, of_u, value)), error
    )
    return _at_zero(value, np.maximum(error, FUNCTION), errors)


def _of_log_far(u: Wide, of_u: Array, value: Wide) -> Array:
    """The same of log1p, where that is log for all that its argument may be."""
    return np.where(places(u) - of_u > 2, _of_logarithm(of_u, value), np.inf)


def _square_root(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    return _at_zero(value, np.maximum(errors[0], OPERATION), errors)


def _floor(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    above = numbers.subtract(u, value)
    below = numbers.subtract(numbers.add(value, numbers.constant(1.0, u)), u)
    near = np.minimum(places(above), places(below)) - 1
    return np.where((of_u > -np.inf) & (_of_size(u, of_u) >= near), np.inf, -np.inf)


def _wave(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    size, small = places(u), (places(u) <= 0) & (np.abs(value.high) > 0)
    error = of_u + size - places(value)
    own = np.where(small & (places(value) <= size + 1), FUNCTION, FUNCTION - places(value))
    error = _signed(np.where(size > 1000, np.inf, np.maximum(error, own)))
    return np.where((u.high == 0) & (of_u == -np.inf), -np.inf, _at_zero(value, error, errors))


def _tame(more: float, own: float) -> Callable[..., Array]:
    """Of a function that makes no more of a relative error than 2**more times as much."""

    def rule(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
        error = np.where(_worst(errors) < 0, _worst(errors) + more, (more + 1) * _worst(errors) + 2)
        return _at_zero(value, np.maximum(error, own), errors)

    return rule


def _erfc(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    error = np.maximum(_signed(of_u), OPERATION) + 2 * np.maximum(places(u), 0) + 1
    nothing = (of_u < -1) & (2 * places(u) > LARGEST_EXPONENT)
    grown = np.where(nothing, 0.0, _grown(np.maximum(error, FUNCTION)))
    return np.where(u.high > 0, grown, np.maximum(of_u, FUNCTION))


def _bessel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    near = places(u) <= 0
    error = np.where(near, of_u + 4, of_u - places(value))
    own = np.where(near, SERIES, SERIES - places(value) - np.maximum(places(u) - 3, 0))
    return _at_zero(value, _signed(np.maximum(error, own)), errors)


def _exprel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    error = np.maximum(of_u, SERIES) + np.where(u.high > 0, np.maximum(places(u), 0), 0) + 4
    return np.where(u.high > 0, _grown(error), error)


def _log1prel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    base = numbers.add(numbers.constant(1.0, u), u)
    error = np.where(u.high > -0.5, of_u + 4, of_u - np.minimum(places(base), 0) + 4)
    return _signed(np.maximum(error, SERIES))


def _total(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    sizes = _of_size(arguments[0], errors[0]).max(axis=-1, keepdims=True)
    signs = np.sign(arguments[0].high)
    mixed = (signs.min(axis=-1) < 0) & (signs.max(axis=-1) > 0)
    error = _of_many(sizes, value)
    return np.where(mixed[..., None], _signed(error), error)


def _others(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    sizes = _of_size(arguments[0], errors[0])
    if sizes.shape[-1] == 1:
        return np.full(sizes.shape, -np.inf)
    second, first = np.moveaxis(np.partition(sizes, -2, axis=-1)[..., -2:, None], -2, 0)
    return _signed(_of_many(np.where(sizes == first, second, first), value))


def _of_many(size: Array, value: Wide) -> Array:
    """Of a sum in which no term errs by more than this."""
    number = np.log2(value.high.shape[-1]) + 1
    error = np.maximum(size - places(value) + number, OPERATION + number)
    nothing = np.where(size == -np.inf, -np.inf, np.inf)
    return np.where(value.high == 0, nothing, error)


def _picked(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    chosen = int(numbers.to_float(arguments[1]).flat[0])
    return np.broadcast_to(errors[0][..., chosen : chosen + 1], value.high.shape)


def _threshold(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    """Of differences of components and of about 1."""
    (u,), (of_u,) = arguments, errors
    sizes = np.maximum(_of_size(u, np.maximum(of_u, OPERATION)), FUNCTION).max(-1, keepdims=True)
    return _at_zero(value, np.maximum(sizes - places(value) + 4, FUNCTION), [of_u])


def _same(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    return errors[0]


_EDGED = frozenset({"log1p", "log1prel"})  # rounding may step over where they end, at -1
_RULES: dict[str, Callable[[Sequence[Wide], Sequence[Array], Wide], Array]] = {
    "+": _sum,
    "-": _difference,
    "neg": _same,
    "*": _product,
    "/": _quotient,
    "**": _power,
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sqrt": _square_root,
    "floor": _floor,
    "sin": _wave,
    "cos": _wave,
    "atan": _tame(0.0, FUNCTION),
    "erf": _tame(0.0, FUNCTION),
    "erfc": _erfc,
    "tanhshrink": _tame(2.0, FUNCTION),
    "unit": _tame(1.0, FUNCTION),
    "sinc": _bessel,
    "spherical_jn": _bessel,
    "exprel": _exprel,
    "log1prel": _log1prel,
    "sum": _total,
    "others": _others,
    "pick": _picked,
    "tau1": _threshold,
    "tau2": _threshold,
    "excess1": _threshold,
    "excess2": _threshold,
}
