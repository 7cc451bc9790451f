"""Brackets narrowed down to neighbouring floats, many at once: where a sign is lost, or |y| least.

Each is cut into many parts at a time, since a formula's value at one place costs nearly as much as
its values at thirty.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from actviz.formula.arrays import NOTHING, Array, Truths

MOST, LEAST = 5, 1  # how often a bracket is halved at once
POINTS = 10  # of all brackets together, the binary logarithm
APART = 16.0  # a bracket whose ends differ more than so many times is cut between their scales
NARROW = 2.0**-36  # of its size: in so narrow a bracket a function is straight to the last bits
ROUNDED = 56  # how often the bracket of a least value is halved

Function = Callable[[Array], Array]
# Which of the points, a row for each bracket that is told second, are on the side of the low end.
Holds = Callable[[Array, Truths], Truths]


def parted(low: Array, high: Array, holds: Holds, narrow: float = 0.0) -> tuple[Array, Array]:
    """The last float at which something holds as at low, and the next; or a bracket so narrow.

    >>> low, high = parted(np.array([0.0]), np.array([2.0]), lambda x, which: x * x < 2)
    >>> float(low[0]), float(high[0])
    (1.414213562373095, 1.4142135623730951)
    """
    low, high = low.copy(), high.copy()
    while (which := _are_wide(low, high, narrow)).any():
        points = _inside(low[which], high[which])
        kept = holds(points, which)
        first = np.where(kept.all(axis=1), points.shape[1], np.argmin(kept, axis=1))
        every = np.concatenate([low[which, None], points, high[which, None]], axis=1)
        row = np.arange(first.size)
        low[which], high[which] = every[row, first], every[row, first + 1]
    return low, high


def narrowed(low: Array, high: Array, sign: Array, function: Function) -> Array:
    """Where a function that has the sign at low loses it on the way to high: it is nearest to 0.

    When a bracket is narrow, that is where a straight line between its ends is 0, if the sign is
    lost beside that.
    """

    def holds(x: Array, which: Truths) -> Truths:
        kept: Truths = np.sign(function(x)) == sign[which, None]
        return kept

    low, high = parted(low, high, holds, NARROW)
    if not low.size:
        return low
    straight, nearest = _by_line(low, high, sign, function)
    if straight.all():
        return nearest
    low, high = parted(np.where(straight, high, low), high, holds)
    at_low, at_high = np.abs(function(np.stack([low, high])))
    return np.where(straight, nearest, np.where(at_low <= at_high, low, high))


def smallest(left: Array, right: Array, function: Function) -> Array:
    """Where |y| is smallest in each bracket, of one dip; 0 if that is as near as can be told."""
    if not left.size:
        return left
    parts = max(_parts(left.size), 4)  # of which two are left
    t, row = np.linspace(0.0, 1.0, parts + 1), np.arange(left.size)
    for _ in range(math.ceil(ROUNDED / math.log2(parts / 2))):
        points = left[:, None] * (1 - t) + right[:, None] * t
        size = np.abs(function(points[:, 1:-1]))
        least = 1 + np.argmin(np.where(np.isnan(size), np.inf, size), axis=1)
        left, right = points[row, least - 1], points[row, least + 1]
    return np.where((left <= 0) & (right >= 0), 0.0, left + (right - left) / 2)


def _are_wide(low: Array, high: Array, narrow: float = 0.0) -> Truths:
    """Whether there is a float inside, and the bracket is not narrow."""
    size = np.maximum(np.abs(low), np.abs(high))
    with np.errstate(over="ignore"):
        wide: Truths = (np.nextafter(low, high) < high) & (high - low > narrow * size)
    return wide


def _parts(brackets: int) -> int:
    """Into how many each is cut: a power of two, so that its middle is always among the points."""
    return 1 << min(max(POINTS - brackets.bit_length(), LEAST), MOST)


def _inside(low: Array, high: Array) -> Array:
    """Points that cut each bracket into parts: even ones, or those of even scales, or 0."""
    parts = _parts(low.size)
    t = np.arange(1, parts) / parts
    with np.errstate(all="ignore"):  # on both sides of 0 the width may be beyond all floats
        points: Array = low[:, None] + (high - low)[:, None] * t  # ascending, whatever the rounding
    points[(low < 0) & (high > 0)] = 0.0
    sizes = np.sort(np.abs(np.stack([low, high])), axis=0)
    by_scale = (sizes[0] < sizes[1] / APART) & (low * np.sign(high) >= 0)
    if by_scale.any():
        a, b = low[by_scale, None], high[by_scale, None]
        scales = [np.where(end == 0, NOTHING, np.log2(np.abs(end) + (end == 0))) for end in (a, b)]
        sign = np.where(b > 0, 1.0, -1.0)
        points[by_scale] = np.clip(sign * np.exp2(scales[0] * (1 - t) + scales[1] * t), a, b)
    return points


def _by_line(low: Array, high: Array, sign: Array, function: Function) -> tuple[Truths, Array]:
    """Where the sign is lost beside the zero of a straight line between the ends; and the zero."""
    with np.errstate(all="ignore"):
        a, b = function(np.stack([low, high]))
        middle = low + (high - low) * (a / (a - b))
    middle = np.clip(np.where(np.isnan(middle), low, middle), low, high)
    three = np.stack([np.nextafter(middle, low), middle, np.nextafter(middle, high)])
    values = function(three)
    before, _, after = np.sign(values) == sign
    nearest = np.argmin(np.abs(np.where(np.isnan(values), np.inf, values)), axis=0)
    return before & ~after, three[nearest, np.arange(low.size)]
