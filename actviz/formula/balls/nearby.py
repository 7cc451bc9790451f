"""Values at many numbers near 0, from the value at one of them and the slope at all of them.

A derivative may vanish at 0 as a difference: the second of (x + cos(x))*sigmoid(x) is 2/4 - 1/2 and
a multiple of x there, which takes a thousand bits at 1e-300. What takes as many at each of
thousands of numbers is told at one of them; its slope is the same at all, and has all its digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from actviz.errors import UsageError
from actviz.formula.arrays import NORMAL, Array, Indices
from actviz.formula.balls import values
from actviz.formula.balls.numbers import Ball
from actviz.formula.derivative import differentiate, exactly
from actviz.formula.expression import Node, walk

NEAR = 2.0**-60  # of 0: a slope that is made of numbers of usual size changes no more within that
SPAN = 28  # binades that are taken together
FEW = 3  # numbers that are not worth it
ORDERS = 2  # of slopes that are looked at
SAME = 53  # bits that those at all numbers have in common
CANCELLED = 4.0  # times the value is what its terms may be

Formulas = Sequence[Sequence[Node]]


def evaluate(node: Node, x: Array, constants: Mapping[str, float], budget: values.Budget) -> Array:
    """The values at these numbers; NaN where they do not follow from those at a few of them."""
    found = np.full(x.shape, math.nan)
    groups = list(_groups(x))
    formulas = list(_with_slopes(node)) if groups else []
    for places in groups:
        found[places] = _along(formulas, x[places], constants, budget)
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


def _with_slopes(node: Node) -> Iterator[Sequence[Node]]:
    """The parts of a formula, and of its derivatives that are not too large to be of use."""
    yield tuple(walk(node))
    for _ in range(ORDERS):
        try:
            node = exactly(node, differentiate)
        except UsageError:
            return
        yield tuple(walk(node))


def _along(
    formulas: Formulas, x: Array, constants: Mapping[str, float], budget: values.Budget
) -> Array:
    """The values by Taylor's formula at the first of these numbers; NaN if it does not tell."""
    everywhere, away = _between(float(x[0]), float(x[-1])), x - x[0]
    budget.allows(len(formulas), values.PRECISIONS[0])
    breaks = values.common(formulas[0], everywhere, constants) is None
    if breaks or (first := values.evaluate(formulas[0], x[:1], constants, budget)) is None:
        return np.full(x.shape, math.nan)
    terms = [np.full(x.shape, first[0])]
    for order, parts in enumerate(formulas[1:], 1):
        slope = values.common(parts, everywhere, constants, SAME)
        if slope is not None:
            return _summed([*terms, _term(away, order, slope)])
        first = values.evaluate(parts, x[:1], constants, budget)
        if first is None:
            break
        terms.append(_term(away, order, first[0]))
    return np.full(x.shape, math.nan)


def _term(away: Array, order: int, slope: float) -> Array:
    """One of Taylor's formula; NaN where a power underflows and the slope does not."""
    powers = away**order
    lost = (np.abs(powers) < NORMAL) & (order > 1) & (abs(slope) > 1)
    return np.where(lost, math.nan, powers * (slope / math.factorial(order)))


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
