"""What a wide number may err, relative to itself: the exponent of a power of two.

-inf is exact, inf is not known at all. An operation makes of the errors of its arguments what its
slope does, and adds one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.wide import numbers
from actviz.formula.wide.numbers import UNIT, Wide

ENOUGH = -51.0  # of a result
OPERATION, FUNCTION, SERIES = -101.0, -96.0, -88.0  # what they err themselves


def beyond(value: Wide, error: Array) -> Truths:
    """Where a result does not have the digits of a float64, nor is certainly beyond its range."""
    places = _places(value)
    more = np.maximum(error, 0)
    out = (places + more < -1076) | (places - more > 1026)
    return ~((error <= ENOUGH) | out)


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


def _places(u: Wide) -> Array:
    """The exponent of a power of two just above it; -inf of 0."""
    return np.where(u.high == 0, -np.inf, (u.exponent + u.rest) / UNIT)


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
    """Whether rounding may have decided."""
    difference = numbers.subtract(*arguments)
    doubt = _beside(arguments, errors, difference) >= -1
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
    size = np.where(u.high == 0, 0.0, _places(u))
    return np.where(np.isinf(error), error, error + size)


def _sum(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    """Of terms of both signs that have cancelled to less than their error nothing is known."""
    error = np.maximum(_beside(arguments, errors, value) + 1, OPERATION)
    u, v = (np.sign(each.high) for each in arguments)
    return _at_zero(value, np.where((error > -1) & (u * v < 0), np.inf, error), errors)


def _difference(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    return _sum((arguments[0], numbers.negate(arguments[1])), errors, value)


def _product(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    error = np.maximum(_worst(errors) + 1, OPERATION)
    nothing = [(u.high == 0) & (e == -np.inf) for u, e in zip(arguments, errors, strict=True)]
    certain = np.logical_or.reduce(nothing)
    return np.where(certain, -np.inf, np.where(value.high == 0, np.inf, error))


def _quotient(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    nothing = (arguments[0].high == 0) & (errors[0] == -np.inf)
    return np.where(nothing, -np.inf, _product(arguments[:1], [_worst(errors)], value))


def _power(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u, v), (of_u, of_v) = arguments, errors
    times = np.maximum(_places(v), 0)
    turns = np.log2(np.abs(u.exponent + u.rest) / UNIT + 1) + 1
    by_base = np.maximum(of_u, OPERATION) + times
    by_exponent = np.maximum(of_v, -104 if _simple(v) else FUNCTION - 6) + _places(v) + turns
    error = _grown(np.maximum(by_base, np.where(of_v == -np.inf, by_base, by_exponent)))
    if not _simple(v):
        error = np.maximum(error, _grown(FUNCTION - 6 + _places(v) + turns))
    known = (u.high == 0) & (of_u == -np.inf) | (v.high == 0) & (of_v == -np.inf)
    return np.where(known, -np.inf, np.where(value.high == 0, np.inf, error))


def _simple(v: Wide) -> bool:
    """Whether all exponents are small whole or half numbers, which are multiplied out."""
    twice = 2 * numbers.to_float(v)
    return bool(((twice == np.rint(twice)) & (np.abs(twice) <= 64)).all())


def _grown(error: Array) -> Array:
    """What exp makes of an absolute error: the same if it is small, a power of e if not."""
    return np.where(error < 0, error, 1.5 * np.exp2(np.minimum(error, 1100)))


def _exp(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    error = np.maximum(of_u, OPERATION) + np.maximum(_places(u), 0)
    return np.where(u.high == 0, _at_zero(u, error, errors), _grown(np.maximum(error, FUNCTION)))


def _expm1(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    risen = _exp(arguments, errors, value)
    return _at_zero(value, np.where(u.high > 0, risen, np.maximum(of_u + 1, FUNCTION)), errors)


def _log(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    error = np.maximum(errors[0], OPERATION) - np.minimum(_places(value), 0)
    return _at_zero(value, np.maximum(error, FUNCTION), errors)


def _log1p(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    base = numbers.add(numbers.constant(1.0, u), u)
    error = np.where(u.high > -0.5, of_u + 1, of_u + _places(u) - _places(base) + 1)
    return _at_zero(value, np.maximum(error, FUNCTION), errors)


def _square_root(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    return _at_zero(value, np.maximum(errors[0], OPERATION), errors)


def _floor(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    above = numbers.subtract(u, value)
    below = numbers.subtract(numbers.add(value, numbers.constant(1.0, u)), u)
    near = np.minimum(_places(above), _places(below)) - 1
    return np.where((of_u > -np.inf) & (_of_size(u, of_u) >= near), np.inf, -np.inf)


def _wave(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    places, small = _places(u), (_places(u) <= 0) & (np.abs(value.high) > 0)
    error = of_u + places - _places(value)
    own = np.where(small & (_places(value) <= places + 1), FUNCTION, FUNCTION - _places(value))
    error = np.where(places > 1000, np.inf, np.maximum(error, own))
    return np.where((u.high == 0) & (of_u == -np.inf), -np.inf, _at_zero(value, error, errors))


def _tame(more: float, own: float) -> Callable[..., Array]:
    """Of a function that makes no more of a relative error than 2**more times as much."""

    def rule(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
        return _at_zero(value, np.maximum(_worst(errors) + more, own), errors)

    return rule


def _erfc(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    (u,), (of_u,) = arguments, errors
    error = np.maximum(of_u, OPERATION) + 2 * np.maximum(_places(u), 0) + 1
    return np.where(u.high > 0, _grown(np.maximum(error, FUNCTION)), np.maximum(of_u, FUNCTION))


def _bessel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    near = _places(u) <= 0
    error = np.where(near, of_u + 4, of_u - _places(value))
    own = np.where(near, SERIES, SERIES - _places(value) - np.maximum(_places(u) - 3, 0))
    return _at_zero(value, np.maximum(error, own), errors)


def _exprel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    error = np.maximum(of_u, SERIES) + np.where(u.high > 0, np.maximum(_places(u), 0), 0) + 4
    return np.where(u.high > 0, _grown(error), error)


def _log1prel(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    u, of_u = arguments[-1], errors[-1]
    base = numbers.add(numbers.constant(1.0, u), u)
    error = np.where(u.high > -0.5, of_u + 4, of_u - np.minimum(_places(base), 0) + 4)
    return np.maximum(error, SERIES)


def _total(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    sizes = _of_size(arguments[0], errors[0]).max(axis=-1, keepdims=True)
    return _of_many(sizes, value)


def _others(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    sizes = _of_size(arguments[0], errors[0])
    if sizes.shape[-1] == 1:
        return np.full(sizes.shape, -np.inf)
    second, first = np.moveaxis(np.partition(sizes, -2, axis=-1)[..., -2:, None], -2, 0)
    return _of_many(np.where(sizes == first, second, first), value)


def _of_many(size: Array, value: Wide) -> Array:
    """Of a sum in which no term errs by more than this."""
    number = np.log2(value.high.shape[-1]) + 1
    error = np.maximum(size - _places(value) + number, OPERATION + number)
    nothing = np.where(size == -np.inf, -np.inf, np.inf)
    return np.where(value.high == 0, nothing, error)


def _picked(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    chosen = int(numbers.to_float(arguments[1]).flat[0])
    return np.broadcast_to(errors[0][..., chosen : chosen + 1], value.high.shape)


def _threshold(arguments: Sequence[Wide], errors: Sequence[Array], value: Wide) -> Array:
    """Of differences of components and of about 1."""
    (u,), (of_u,) = arguments, errors
    sizes = np.maximum(_of_size(u, np.maximum(of_u, OPERATION)), FUNCTION).max(-1, keepdims=True)
    return _at_zero(value, np.maximum(sizes - _places(value) + 4, FUNCTION), [of_u])


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
