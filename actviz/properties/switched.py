"""A greatest value at a switch: taken there, or only approached, as that of selu' at 0."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.enclosure.joins import selects_alike
from actviz.formula.enclosure.mesh import Subject, halves, middles, splits
from actviz.properties.questions import Questions, budget

SIDES = (-1, 1)
NEARER = 2.0 ** -np.arange(0.0, 12.0, 3.0)  # of a cell beside a place, as far as it is looked at


class Side(NamedTuple):
    """What is known next to a place: whether it rises towards the place all the way, and to what.

    least, most: bounds of what it goes to, or of all its values; closed: whether the value at the
    place is that of the same branch; far: the other end of what was looked at.
    """

    rises: bool
    closed: bool
    least: float
    most: float
    far: float


def taken(q: Questions, order: int, sign: int, at: float) -> bool | None:
    """Whether the greatest value of a derivative (sign 1) or of its negative (-1) is taken there.

    False: it is only approached, from one side. None: that cannot be told.
    """
    f = q.of(order)
    corners, _ = q.begins(order)
    i = int(np.searchsorted(corners, at))
    if not 0 < i < corners.size - 1 or corners[i] != at:
        return None
    here = sorted(sign * float(end[0]) for end in f.at(np.array([at])))
    left, right = (_side(f, sign, at, side, float(corners[i + side])) for side in SIDES)
    limits = [each.least for each in (left, right) if each.rises]
    level, answer = here[0], True
    if limits and here[1] < max(limits):
        level, answer = max(limits), False
    for each in (left, right):
        if not (each.rises and (each.closed or not answer)) and not each.most < level:
            return None
    if not limits or any(not high < level for high in _outer(q, order, sign)):
        return None
    points = np.array([*corners[:i], left.far, right.far, *corners[i + 1 :]])
    lower = np.array([*corners[: i - 1], corners[i - 1], right.far, *corners[i + 1 : -1]])
    upper = np.array([*corners[1:i], left.far, corners[i + 1], *corners[i + 2 :]])
    return answer if _less(f, sign, level, lower, upper, points) else None


def _side(f: Subject, sign: int, at: float, side: int, corner: float) -> Side:
    """One side of a place, as far from it as it rises towards it, if it does."""
    far = at + (corner - at) * NEARER
    near = np.full(far.shape, at)
    found, slope, *_ = f.on(np.minimum(near, far), np.maximum(near, far))
    towards = slope.positive if sign * side < 0 else slope.negative
    rises = found.continuous & slope.defined & towards
    i = int(np.argmax(rises)) if rises.any() else NEARER.size - 1
    ends = (found.at_right if side < 0 else found.at_left) if rises[i] else found[:2]
    least, most = sorted(sign * float(end[i]) for end in ends)
    closed = bool(rises[i]) and selects_alike(f.trees[0], f.parameters, at, side)
    return Side(bool(rises[i]) and not math.isnan(least), closed, least, most, float(far[i]))


def _outer(q: Questions, order: int, sign: int) -> list[float]:
    """Bounds beyond all floats."""
    found = []
    for side in SIDES:
        if q.reaches(order, side):
            limit = q.limit(order, side)
            ends = (limit.lower, limit.upper) if limit.proved else q.beyond(order, side)
            ends = q.beyond(order, side) if math.isnan(ends[0]) else ends
            found.append(max(sign * end for end in ends))
    return found


def _less(f: Subject, sign: int, level: float, lower: Array, upper: Array, points: Array) -> bool:
    """Whether all values on cells and at points are less than a level."""
    looked, most = 0, budget(f) // 4
    while True:
        at = np.stack(f.at(points)) * sign
        if (at.max(axis=0) >= level).any():
            return False
        found = f.on(lower, upper)[0]
        greatest = np.maximum(sign * found.lower, sign * found.upper)
        doubt = ~(greatest < level) & ~np.isnan(greatest)
        lower, upper = lower[doubt], upper[doubt]
        if not lower.size:
            return True
        looked += lower.size
        if looked > most or not splits(lower, upper).all():
            return False
        points = middles(lower, upper)
        lower, upper = halves(lower, upper, points)
