"""What a function does far out, proven: its limits, and how it saturates."""

from __future__ import annotations

import math

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.limits import Kind
from actviz.formula.enclosure.mesh import Subject, halves, middles, splits
from actviz.properties import shape
from actviz.properties.analytic import analytic
from actviz.properties.bends import witnesses
from actviz.properties.ends import ROUND, SIDES
from actviz.properties.proof import ROUNDING, Known, Proof, weakest
from actviz.properties.questions import Questions
from actviz.properties.shape import FLAT

NEAREST = 2.0**-30
# How far from where the slope gets flat it is asked whether it is: as a share of that number.
OUTWARDS = 2.0 ** np.concatenate([np.arange(-30, 12), np.arange(12, 1024, 24)])
ROUNDS, MOST_CELLS = 12, 1024  # of halving, and of the cells that are left
AGAIN = 8  # times that one looks farther out
Pair = tuple[float, float]


def limits(q: Questions, order: int) -> Known[Pair]:
    """The limits of f or a derivative at -inf and inf; NaN where there is none."""
    seen = q.survey.limits[order]
    if not q.tells(order):
        return Known(seen, False)
    left, right = (_limit(q, order, side, y) for side, y in zip(SIDES, seen, strict=True))
    if left is None or right is None:
        return Known(None, False)
    return Known((left[0], right[0]), weakest(left[1], right[1]))


def _limit(q: Questions, order: int, side: int, seen: float) -> tuple[float, Proof] | None:
    found = q.limit(order, side)
    match found.kind:
        case Kind.UNKNOWN:
            low, high = q.beyond(order, side)
            size = max(abs(low), abs(high), ROUND)
            if size < math.inf and low <= seen <= high and high - low <= ROUND * size:
                return seen, ROUNDING
            if math.isfinite(seen) and order and q.limit(0, side).kind is Kind.NONE:
                return None  # the function may have poles without end
            return seen, False
        case Kind.NONE:
            return math.nan, True
    size = max(abs(found.lower), abs(found.upper))
    sharp = found.lower == found.upper or found.upper - found.lower <= ROUND * size
    if found.lower == found.upper or not found.lower <= seen <= found.upper:
        return found.lower / 2 + found.upper / 2 + 0.0, sharp
    return seen, sharp


def saturation(q: Questions) -> Known[tuple[str, str]]:
    """How f ends on both sides: 'hard' in a constant, 'soft' towards one, or 'none'."""
    seen = shape.saturation(q.survey, -1), shape.saturation(q.survey, 1)
    if not q.knows(1):
        return Known(seen, False)
    left, right = (_side(q, side, how) for side, how in zip(SIDES, seen, strict=True))
    return Known((left[0], right[0]), weakest(left[1], right[1]))


def _side(q: Questions, side: int, seen: str) -> tuple[str, Proof]:
    value, slope = q.limit(0, side), q.limit(1, side)
    if value.kind is Kind.UNKNOWN or (value.kind is Kind.VALUE and slope.kind is Kind.UNKNOWN):
        return seen, False
    if value.kind is Kind.NONE or math.isinf(value.lower) or not (slope.lower <= 0 <= slope.upper):
        return "none", True
    flat, steep = _ends(q, side)
    return ("hard", True) if flat else ("soft", steep)


def flat(q: Questions) -> Known[Pair]:
    """The x below and above which |f'| < 0.01, as far as it stays there; NaN where it does not."""
    seen = [shape.flat_from(q.survey, side) for side in SIDES]
    if not q.knows(1):
        return Known((seen[0], seen[1]), False)
    found = [_calm(q, side, x) for side, x in zip(SIDES, seen, strict=True)]
    if None in found:
        return Known(None, False)
    (left, of_left), (right, of_right) = (each for each in found if each)
    return Known((left, right), weakest(of_left, of_right))


def _calm(q: Questions, side: int, seen: float) -> tuple[float, Proof] | None:
    """From where on the slope is flat on a side, and how sure that is; None if nothing is known."""
    ends = q.stretch(1)
    if math.isnan(seen):
        _, (found, *_) = q.begins(1)
        last = -1 if side > 0 else 0
        if found.lower[last] >= FLAT or found.upper[last] <= -FLAT:
            return seen, True
        slope = q.limit(1, side)
        if slope.kind is Kind.VALUE and slope.lower >= -FLAT and slope.upper <= FLAT:
            return None  # it is flat from somewhere on, or may be
        steep = slope.kind is Kind.VALUE and (slope.lower > FLAT or slope.upper < -FLAT)
        return seen, steep or q.period(1) is not None or abs(ends[side > 0]) < LARGEST
    for _ in range(AGAIN):
        if math.isinf(seen):
            corners, _ = q.begins(1)
        else:
            with np.errstate(over="ignore"):
                corners = seen + side * max(abs(seen), NEAREST) * OUTWARDS
            corners = np.unique(np.clip([*corners, ends[side > 0]], *ends))
        doubtful = _not_flat(q.of(1), corners)
        again = side * doubtful[np.abs(q.survey.at(doubtful, 1)) >= FLAT]
        if not again.size:
            break
        seen = shape.flat_beyond(q.survey, side, float(again.max()))
        if math.isnan(seen):
            return _calm(q, side, seen)
    return seen, not doubtful.size


def _not_flat(f: Subject, corners: Array) -> Array:
    """Places near which the slope is not proven to be flat, of those between two corners each."""
    low, high = corners[:-1], corners[1:]
    for _ in range(ROUNDS):
        found = f.on(low, high)[0]
        doubt = ~((found.lower > -FLAT) & (found.upper < FLAT))
        low, high = low[doubt], high[doubt]
        if not low.size or low.size > MOST_CELLS or not splits(low, high).all():
            break
        low, high = halves(low, high, middles(low, high))
    return middles(low, high)


def _ends(q: Questions, side: int) -> tuple[bool, bool]:
    """Whether f is constant from some x on, and whether it never is.

    What is analytic is constant everywhere if it is so on a stretch.
    """
    if analytic(q):
        _, low, high = witnesses(q)
        if np.nanmax(low) > np.nanmin(high):
            return False, True
    _, (slope, *_) = q.begins(1)
    last = -1 if side > 0 else 0
    flat = bool(slope.lower[last] == 0 == slope.upper[last])
    return flat, bool(slope.positive[last] | slope.negative[last])
