"""What a function does far out, proven: its limits, and how it saturates."""

from __future__ import annotations

import math

import numpy as np

from actviz.formula.enclosure.limits import Kind
from actviz.properties import shape
from actviz.properties.analytic import analytic
from actviz.properties.bends import witnesses
from actviz.properties.ends import SIDES
from actviz.properties.proof import ROUNDING, Known, Proof, weakest
from actviz.properties.questions import Questions

ROUND = 2.0**-48  # of its size: as near to each other, bounds are a number
Pair = tuple[float, float]


def limits(q: Questions, order: int) -> Known[Pair]:
    """The limits of f or a derivative at -inf and inf; NaN where there is none."""
    seen = q.survey.limits[order]
    if not q.knows(order):
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
            if low <= seen <= high and high - low <= ROUND * max(abs(low), abs(high), ROUND):
                return seen, ROUNDING
            if math.isfinite(seen) and order and q.limit(0, side).kind is Kind.NONE:
                return None  # the function may have poles without end
            return seen, False
        case Kind.NONE:
            return math.nan, True
    if found.lower == found.upper or not found.lower <= seen <= found.upper:
        return found.lower / 2 + found.upper / 2 + 0.0, True
    return seen, True


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
