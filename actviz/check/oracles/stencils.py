"""Numerical differentiation: derivatives from values alone, and how far off they may be.

Nine values in a row give a derivative of order 1 to 4. What they may be off is told by the rounding
of the values and of the places, by seven of the nine, by half the step, and by two values between
that the polynomial through the nine has to foretell: where it does not, nine are too few to see the
function. A step counts only if all smaller ones agree with it, each within its own error, and what
is missed gets less with the step or is rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import factorial

import numpy as np

from actviz.formula.arrays import Array, Truths

LARGEST_STEP = 0.125  # the first step in units of max(1, |x|),
HALVED = np.arange(0, 42, 2)  # and how often it is halved for the others
CENTRAL, FORWARD = (-4, -3, -2, -1, 0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6, 7, 8)
BACKWARD = tuple(-i for i in FORWARD)
BETWEEN = (0.6180339887498949, 1.3819660112501051)  # in step with no period
SMALLEST_SCALE = 1e-290  # where values underflow, differences are noise
NOISE = 16 * float(np.finfo(np.float64).eps)  # of a value, relative to |y| + |x y'|


@dataclass(frozen=True)
class Measured:
    """Numerical derivatives at x, their estimated errors, and the scale that they live on.

    step: how far apart the values stand that they come from, towards the side that is looked at;
    rounding: what these may be off.
    """

    x: Array
    slope: Array
    error: Array
    scale: Array
    step: Array
    rounding: Array


NOTHING = Measured(*(np.empty(0),) * 6)


def joined(parts: Sequence[Measured]) -> Measured:
    """All of them as one."""
    columns = ([getattr(part, name) for part in parts] for name in Measured.__annotations__)
    return Measured(*map(np.concatenate, columns)) if parts else NOTHING


def measure(
    value: Callable[[Array], Array],
    x: Array,
    reach: Array,
    offsets: tuple[int, ...],
    order: int,
) -> Measured:
    """The derivative at x from values at x + offsets * step, none farther off than reach."""
    with np.errstate(all="ignore"):
        largest = np.minimum(
            LARGEST_STEP * np.maximum(1, np.abs(x)), reach / max(offsets[-1], -offsets[-1])
        )
        step = np.exp2(np.floor(np.log2(largest)))[:, None] / np.exp2(HALVED)
        places = np.array([*offsets, *between(offsets)])
        y = value(x[:, None, None] + step[:, :, None] * places)
        size = np.abs(y).max(axis=2)
        steepness = np.abs(np.diff(y[:, :, :-2], axis=2)).max(axis=2) / step
        rounding = NOISE * (size + np.abs(x)[:, None] * steepness)
        missed = _missed(y, offsets)
        slope, error = _slopes(y, step, offsets, order)
        error += (rounding + missed) * np.abs(_weights(offsets, order)).sum() / step**order
        scale = np.abs(slope) + size / np.maximum(1, np.abs(x))[:, None] ** order + SMALLEST_SCALE
        error[~(np.isfinite(error) & np.isfinite(scale))] = np.inf
        error[_contradicted(slope, error) | _stuck(missed, rounding)] = np.inf
        best = np.where(np.isinf(error), np.inf, error / scale).argmin(axis=1)[:, None]
    found = (slope, error, scale, step * np.sign(offsets[-1]), rounding)
    return Measured(x, *(np.take_along_axis(each, best, 1)[:, 0] for each in found))


def between(offsets: tuple[int, ...]) -> tuple[float, ...]:
    """Where the polynomial is held against the function: on both sides of x, or on the one."""
    one, other = BETWEEN
    return (one, -other) if offsets is CENTRAL else (one * offsets[1], other * offsets[1])


def _missed(y: Array, offsets: tuple[int, ...]) -> Array:
    """By how much the polynomial through the nine values misses those between."""
    foretold = y[:, :, :-2] @ _lagrange(offsets).T
    return np.asarray(np.abs(foretold - y[:, :, -2:]).max(axis=2))


def _slopes(y: Array, step: Array, offsets: tuple[int, ...], order: int) -> tuple[Array, Array]:
    """Derivatives for every step, and their errors as seven values and the next step tell them."""
    fewer = offsets[1:-1] if offsets is CENTRAL else offsets[:-2]
    begin = offsets.index(fewer[0])
    nine = y[:, :, :-2] @ _weights(offsets, order) / step**order
    seven = y[:, :, begin : begin + 7] @ _weights(fewer, order) / step**order
    halved = np.abs(np.diff(nine, axis=1, append=np.inf))
    return nine, np.maximum(np.abs(nine - seven), halved)


def _contradicted(slope: Array, error: Array) -> Truths:
    """The steps with which a smaller one does not agree."""
    low, high = slope - error, slope + error
    low[np.isinf(error)], high[np.isinf(error)] = -np.inf, np.inf
    most = np.maximum.accumulate(low[:, ::-1], axis=1)[:, ::-1]
    least = np.minimum.accumulate(high[:, ::-1], axis=1)[:, ::-1]
    return np.asarray((most > high) | (least < low))


def _stuck(missed: Array, rounding: Array) -> Truths:
    """The steps at which more than rounding is missed that smaller ones do not see better."""
    finer = np.fmax.accumulate(missed[:, ::-1], axis=1)[:, ::-1]
    finer = np.append(finer[:, 1:], finer[:, -1:], axis=1)
    return np.asarray((missed > rounding) & (finer > missed / 2))


@cache
def _weights(offsets: tuple[int, ...], order: int) -> Array:
    return np.array([float(weight) for weight in weights(order, offsets)])


@cache
def _lagrange(offsets: tuple[int, ...]) -> Array:
    """The factors of the values in those of their polynomial between them."""
    rows = []
    for place in between(offsets):
        apart = [(node, [other for other in offsets if other != node]) for node in offsets]
        rows.append(
            [float(np.prod([(place - b) / (node - b) for b in rest])) for node, rest in apart]
        )
    return np.array(rows)


def weights(order: int, offsets: tuple[int, ...] = CENTRAL) -> list[Fraction]:
    """The factors of the values at the offsets, from the derivatives of Lagrange's polynomials.

    >>> [str(weight) for weight in weights(2, (-1, 0, 1))]
    ['1', '-2', '1']
    """
    found = []
    for node in offsets:
        polynomial = [Fraction(1)]  # coefficients of the powers, lowest first
        for other in offsets:
            if other != node:
                raised = [Fraction(0), *polynomial]
                lowered = [*(-other * c for c in polynomial), Fraction(0)]
                polynomial = [
                    (a + b) / (node - other) for a, b in zip(raised, lowered, strict=True)
                ]
        found.append(polynomial[order] * factorial(order))
    return found
