"""Quotients beside a place where both parts are 0: bounded by that of the slopes (Cauchy 1823).

If n and d are 0 at one end of a cell, n/d is on all of it some value of n'/d', if d' has no zero.
And if n is 0 at a place a with its first k - 1 slopes, all of them continuous from a to x and at
both, n/(x - a)**k is some value of the k-th slope between, over k! (Taylor); so the slopes of a
quotient are bounded near a hole, where what it is written in has lost its digits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from actviz.errors import UsageError
from actviz.formula.algebra import build, simplify
from actviz.formula.allowance import current
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import differentiate
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cells import Part
from actviz.formula.expression import Apply, Node, Number, walk
from actviz.formula.terms import linear, powers_of, quotient

FIXED = 800  # cells that cost as much as it costs to begin with a step
MOST = 6  # of the power of a factor
DEEPEST = 4  # as often slopes are taken of a quotient of slopes


@lru_cache(maxsize=256)
def parts(node: Node) -> tuple[Node, Node, Node, Node] | None:
    """Numerator and denominator of a quotient, the slope of the latter, and that of slopes."""
    try:
        found = quotient(simplify(node))
        if found is None:
            return None
        top, bottom = found
        slope = differentiate(bottom)
        return top, bottom, slope, build("/", (differentiate(top), slope))
    except UsageError:  # too large to be of use
        return None


def beside_hole(
    node: Node, parameters: Mapping[str, float], lower: Array, upper: Array, depth: int = 0
) -> Array:
    """Bounds on cells of which an end may be a hole, of shape (2, n); infinite where it is none."""
    whole = np.stack([np.full(lower.shape, -np.inf), np.full(lower.shape, np.inf)])
    found = parts(node)
    if found is None or depth == DEEPEST or not lower.size:
        return whole
    *asked, slopes = found
    n = lower.size
    cells = np.concatenate([lower, lower, upper]), np.concatenate([upper, lower, upper])
    top, bottom, slope = run(compiled(asked, parameters), *cells, shared=n)
    zero = _zero(top.ends) & _zero(bottom.ends)
    hole = zero[n : 2 * n] | zero[2 * n :]
    smooth = top.continuous[:n] & bottom.continuous[:n] & slope.defined[:n] & _signed(slope, n)
    use = np.flatnonzero(hole & smooth)
    (steep,) = run(compiled([slopes], parameters), lower[use], upper[use])
    ends = np.where(steep.defined, steep.ends, whole[:, use])
    again = np.isinf(ends).any(axis=0)
    ends[:, again] = beside_hole(
        slopes, parameters, lower[use][again], upper[use][again], depth + 1
    )
    whole[:, use] = ends
    return whole


class Factor(NamedTuple):
    """A power of a linear factor of a denominator, at the root of which the numerator vanishes.

    bound: the formula whose values on a stretch from the root bound those of the quotient there,
    if the numerator and its slopes below the bound's, smooth, are continuous on all of it.
    """

    root: float
    bound: Node
    smooth: tuple[Node, ...]


def near_hole(
    node: Node, parameters: Mapping[str, float], lower: Array, upper: Array
) -> tuple[Array, Array]:
    """Bounds of a quotient on cells, from what it is between them and its holes; else infinite."""
    low, high = np.full(lower.shape, -np.inf), np.full(lower.shape, np.inf)
    for root, bound, smooth in _factors(node, tuple(parameters.items())):
        beside = (upper <= root) | (lower >= root)
        # what is continuous inside may jump at an end, so that both lie inside
        start = np.nextafter(np.minimum(lower[beside], root), -np.inf)
        end = np.nextafter(np.maximum(upper[beside], root), np.inf)
        program = compiled([bound, *smooth], parameters)
        current().bounds -= len(program.steps) * (start.size + FIXED)
        found, *others = run(program, start, end)
        known = reduce(np.logical_and, (each.continuous for each in others), found.continuous)
        known = known & found.defined
        low[beside] = np.where(known, np.maximum(low[beside], found.ends[0]), low[beside])
        high[beside] = np.where(known, np.minimum(high[beside], found.ends[1]), high[beside])
    return low, high


@lru_cache(maxsize=256)
def _factors(node: Node, parameters: tuple[tuple[str, float], ...]) -> tuple[Factor, ...]:
    if not any(map(_may_have_root, walk(node))):
        return ()
    found = parts(node)
    if found is None:
        return ()
    top, bottom, *_ = found
    told = []
    try:
        for base, exponent in powers_of(bottom):
            if exponent.denominator == 1 and (line := linear(base)) is not None:
                told += _factor(top, bottom, (base, int(exponent)), line, dict(parameters))
    except UsageError:  # too large to be of use
        return ()
    return tuple(told)


def _factor(
    top: Node,
    bottom: Node,
    power: tuple[Node, int],
    line: tuple[Fraction, Fraction],
    parameters: Mapping[str, float],
) -> list[Factor]:
    (base, k), (slope, constant) = power, line
    root = float(-constant / slope)
    if k > MOST or Fraction(root) != -constant / slope:
        return []
    slopes = [top]
    for _ in range(k):
        slopes.append(differentiate(slopes[-1]))
    at = np.array([root])
    if not all(_zero(part.ends)[0] for part in run(compiled(slopes[:-1], parameters), at, at)):
        return []
    rest = build("/", (bottom, build("**", (base, Number(float(k))))))
    times = Number(float(slope) ** k * math.factorial(k))
    bound = build("/", (slopes[-1], build("*", (times, rest))))
    return [Factor(root, bound, tuple(slopes[:-1]))]


def _may_have_root(part: Node) -> bool:
    """Whether a divisor, or a factor of it, is linear in x."""
    match part:
        case Apply("/", (_, divisor)):
            bases = [base for base, _ in powers_of(divisor)]
        case Apply("**", (base, Number(exponent))) if exponent < 0:
            bases = [base]
        case _:
            return False
    return any(linear(base) is not None for base in bases)


def _zero(ends: Array) -> Truths:
    return np.asarray((ends == 0).all(axis=0))


def _signed(slope: Part, n: int) -> Truths:
    """Where it is nowhere 0 inside the first n cells."""
    (low, high), (above, below) = slope.ends[:, :n], slope.apart[:, :n]
    signed: Truths = (low > 0) | (high < 0) | ((low == 0) & above) | ((high == 0) & below)
    return signed
