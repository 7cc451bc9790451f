"""Values at many numbers near 0, from the value at one of them and the slope at all of them.

A derivative may vanish at 0 as a difference: the second of (x + cos(x))*sigmoid(x) is 2/4 - 1/2 and
a multiple of x there, which takes a thousand bits at 1e-300. What takes as many at each of
thousands of numbers is told at one of them; its slope is the same at all, and has all its digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from actviz.errors import UsageError
from actviz.formula.arrays import Array, Indices
from actviz.formula.balls import values
from actviz.formula.balls.numbers import Ball
from actviz.formula.derivative import differentiate, exactly
from actviz.formula.expression import Node, walk

NEAR = 2.0**-60  # of 0: a slope that is made of numbers of usual size changes no more within that
SPAN = 28  # binades that are taken together
FEW = 3  # numbers that are not worth it
ORDERS = 3  # of slopes that are looked at
SAME = 53  # bits that those at all numbers have in common
CANCELLED = 4.0  # times the value is what its terms may be


def evaluate(node: Node, x: Array, constants: Mapping[str, float], budget: values.Budget) -> Array:
    """The values at these numbers; NaN where they do not follow from those at a few of them."""
    found = np.full(x.shape, math.nan)
    for places in _groups(x):
        found[places] = _along(node, x[places], constants, budget)
    return found


def _groups(x: Array) -> Iterator[Indices]:
    """Where numbers near 0 are of one sign and about one size, from the least on."""
    for sign in (1, -1):
        places = np.flatnonzero((sign * x > 0) & (np.abs(x) < NEAR))
        places = places[np.argsort(np.abs(x[places]))]
        while places.size:
            size = np.abs(x[places])
            count = int(np.searchsorted(size, math.ldexp(float(size[0]), SPAN)))
            if count > FEW:
                yield places[:count]
            places = places[count:]


def _along(node: Node, x: Array, constants: Mapping[str, float], budget: values.Budget) -> Array:
    """The values by Taylor's formula at the first of these numbers; NaN if it does not tell."""
    everywhere, away = _between(float(x[0]), float(x[-1])), x - x[0]
    nothing, parts, terms = np.full(x.shape, math.nan), tuple(walk(node)), list[Array]()
    if values.common(parts, everywhere, constants) is None:  # it may break between them
        return nothing
    for order in range(1, ORDERS + 1):
        budget.allows(1, values.PRECISIONS[0])
        first = values.evaluate(parts, x[:1], constants, budget)
        slopes = _slope(parts[-1])
        if first is None or slopes is None:
            break
        terms.append(_term(away, order - 1, first[0]))
        slope = values.common(slopes, everywhere, constants, SAME)
        if slope is not None:
            return _summed([*terms, _term(away, order, slope)])
        parts = slopes
    return nothing


@lru_cache
def _slope(node: Node) -> tuple[Node, ...] | None:
    """The parts of the derivative of a formula, unless it is too large to be of use."""
    try:
        return tuple(walk(exactly(node, differentiate)))
    except UsageError:
        return None


def _term(away: Array, order: int, slope: float) -> Array:
    """One of Taylor's formula: made smaller step by step, so that nothing underflows before it."""
    term = np.full(away.shape, slope / math.factorial(order))
    for _ in range(order):
        term = term * away
    return term


def _summed(terms: Sequence[Array]) -> Array:
    """What terms come to, if they do not cancel."""
    total = np.sum(terms, axis=0)
    kept = np.sum(np.abs(terms), axis=0) <= CANCELLED * np.abs(total)
    return np.where(kept, total, math.nan)


def _between(first: float, last: float) -> Ball:
    """All numbers between two of one sign, of which the second is larger, and a few more."""
    low, high = math.frexp(first)[1] - 1, math.frexp(last)[1]
    apart = 1 << (high - low)
    middle = apart + 1 if first > 0 else -apart - 1
    return Ball(middle, apart - 1, low - 1)
