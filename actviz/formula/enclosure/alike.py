"""Whether two formulas have the same values on an interval, but for rounding."""

from __future__ import annotations

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.balls.values import most
from actviz.formula.enclosure.cut import Bounds
from actviz.formula.enclosure.extremes import difference
from actviz.formula.enclosure.mesh import (
    BUDGET,
    UNDERFLOW,
    Subject,
    halves,
    middles,
    splits,
    subject,
    vertices,
)
from actviz.formula.expression import Formula, walk

BATCH = 512  # cells looked at together
ROUNDED = 2.0**-52  # of |y| + |x y'|: numbers that differ by less are one but for rounding


def alike(f: Formula, g: Formula, lower: float, upper: float, budget: int = BUDGET) -> bool:
    """Whether |f - g| is nowhere more than 2e-16 (|f| + |x f'|); False where that is not proved.

    Where one of them has no value it is passed over.

    >>> from actviz.formula.parsing import parse
    >>> alike((parse("max(x, 0)"), {}), (parse("(x + abs(x))/2"), {}), -1e300, 1e300)
    True
    """
    apart, plain = difference(f, g, 2), subject(*f)
    corners = vertices(apart, lower, upper) if lower < upper else np.array([lower, upper])
    left, right = np.append(corners, corners[:-1]), np.append(corners, corners[1:])
    while left.size and budget > 0:
        first, last, left, right = left[:BATCH], right[:BATCH], left[BATCH:], right[BATCH:]
        budget -= first.size
        differ = ~_same(apart, plain, first, last)
        first, last = first[differ], last[differ]
        if not splits(first, last).all():
            return False
        if first.size:
            middle = middles(first, last)
            halved = halves(first, last, middle)
            left = np.concatenate([middle, halved[0], left])
            right = np.concatenate([middle, halved[1], right])
    return not left.size


def _same(apart: Subject, plain: Subject, lower: Array, upper: Array) -> Truths:
    """The cells and points at which that holds, or one of the two has no value anywhere.

    From an end of a cell the difference is at most what it and its slope are there, which balls
    know, and what the second derivative makes of them (Taylor 1715); from 0 on, where both are 0,
    x times as much as the slopes differ.
    """
    gap, change, bend = apart.on(lower, upper)
    y, slope = plain.on(lower, upper)
    smooth, constants = change.continuous & gap.continuous, apart.parameters
    smooth |= lower == upper
    with np.errstate(all="ignore"):
        x = np.where(np.sign(lower) * np.sign(upper) > 0, np.minimum(abs(lower), abs(upper)), 0)
        size = _least(y) + x * _least(slope)
        width = upper - lower
        same = _most(gap) <= ROUNDED * size + UNDERFLOW
        for end in (lower, upper):
            left = np.flatnonzero(smooth & ~same)
            here, turn = (most(tuple(walk(tree)), end[left], constants) for tree in apart.trees[:2])
            along = np.where(width[left] > 0, turn + width[left] / 2 * _most(bend)[left], 0.0)
            near = here + width[left] * along <= ROUNDED * size[left] + UNDERFLOW
            beside = (end[left] == 0) & (here == 0)
            same[left] = near | beside & (along <= ROUNDED * _least(slope)[left])
    return np.asarray(same | np.isnan(gap.lower))


def _most(found: Bounds) -> Array:
    return np.asarray(np.maximum(-found.lower, found.upper))


def _least(found: Bounds) -> Array:
    """The least size in a cell; 0 where it is open."""
    least = np.maximum(np.maximum(found.lower, -found.upper), 0.0)
    return np.asarray(np.where(np.isfinite(least), least, 0.0))
