"""What a wide number may err in itself: the exponent of a power of two, -inf if it is exact.

Of a sum that has cancelled nothing is known relative to itself (rounding.py). Yet it is no larger
than what its terms err, and where it is added to what is larger, that is all that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.wide import numbers
from actviz.formula.wide.numbers import Wide
from actviz.formula.wide.rounding import OPERATION, places

MOST_TIMES = 64  # that a number is multiplied by itself
FAR = 2.0**40  # the exponents of larger numbers have no digits for such differences


def of_relative(value: Any, error: Array) -> Array:
    """From what a number may err relative to itself; from 0 on that is a factor."""
    if not isinstance(value, Wide):
        return error
    size = np.where(value.high == 0, 0.0, places(value))
    slack = np.where(error < 0, error, error + 1) + size
    return np.where((np.abs(size) < FAR) | (error == -np.inf), slack, np.inf)


def of(
    head: str,
    arguments: Sequence[Any],
    errors: Sequence[Array],
    slacks: Sequence[Array],
    judged: tuple[Any, Array],
) -> tuple[Array, Array]:
    """The relative error of an operation as it may be bettered, and the absolute one.

    errors and slacks are what the arguments may err, relative to themselves and in themselves.
    """
    value, error = judged
    with np.errstate(all="ignore"):
        slack = of_relative(value, error)
        if head not in _RULES or not isinstance(value, Wide):
            return error, slack
        size = places(value)
        near = np.isfinite(value.high) & ((value.high == 0) | (np.abs(size) < FAR))
        bound = np.maximum(_RULES[head](arguments, errors, slacks), size + OPERATION) + 1
        slack = np.where(near, np.fmin(slack, np.where(np.isnan(bound), np.inf, bound)), slack)
        known = near & (value.high != 0) & (slack - size < -1)
        return np.where(known, np.fmin(error, np.maximum(slack - size, OPERATION)), error), slack


def _sum(arguments: Sequence[Wide], errors: Sequence[Array], slacks: Sequence[Array]) -> Array:
    return np.maximum(*slacks) + 1


def _product(arguments: Sequence[Wide], errors: Sequence[Array], slacks: Sequence[Array]) -> Array:
    (u, v), (of_u, of_v) = map(places, arguments), slacks
    return np.maximum(np.maximum(u + of_v, v + of_u), of_u + of_v) + 2


def _quotient(arguments: Sequence[Wide], errors: Sequence[Array], slacks: Sequence[Array]) -> Array:
    """By what is known to a quarter."""
    u, v = map(places, arguments)
    bound = np.maximum(slacks[0], u + errors[1]) - v + 3
    return np.where(errors[1] <= -2, bound, np.inf)


def _power(arguments: Sequence[Wide], errors: Sequence[Array], slacks: Sequence[Array]) -> Array:
    """To a whole number that is exact: n times the largest base to the power n - 1."""
    u, times = arguments[0], numbers.to_float(arguments[1])
    top = np.maximum(places(u), slacks[0]) + 1
    bound = slacks[0] + np.where(times == 1, 0.0, (times - 1) * top) + np.log2(times)
    return np.where(_whole(times) & (errors[1] == -np.inf), bound, np.inf)


def _whole(times: Array) -> Truths:
    whole: Truths = (times == np.rint(times)) & (times > 0) & (times <= MOST_TIMES)
    return whole


def _taken(arguments: Sequence[Any], errors: Sequence[Array], slacks: Sequence[Array]) -> Array:
    chosen = np.where(arguments[0] == 1, slacks[1], slacks[2])
    return np.where(errors[0] > -1, np.inf, chosen)


_RULES: Mapping[str, Callable[[Sequence[Any], Sequence[Array], Sequence[Array]], Array]] = {
    "+": _sum,
    "-": _sum,
    "neg": lambda arguments, errors, slacks: slacks[0],
    "*": _product,
    "/": _quotient,
    "**": _power,
    "where": _taken,
}
