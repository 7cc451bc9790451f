"""The shape of a function in words and numbers: monotone, odd, convex, smooth, saturating."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.narrowing import narrowed
from actviz.properties.extent import Extent
from actviz.properties.survey import NOISE, Survey

FLAT = 0.01  # a slope smaller than this is flat
RIPPLES = np.linspace(0, 1, 4097)[1:]  # where one looks again, beside the place and its distance
OUTWARDS = 2.0 ** np.arange(-5, 1000, 5)
FAR, FEW = 100.0, 4  # a slope that is steep and flat so often so far out never stays flat


def monotone(surveyed: Survey, slopes: Extent) -> str:
    """'increasing', 'decreasing' (with 'strictly ' in front), 'constant' or 'neither'."""
    jumps = _jumps(surveyed, 0)
    rises = slopes.lower >= 0 and all(jump >= 0 for jump in jumps)
    falls = slopes.upper <= 0 and all(jump <= 0 for jump in jumps)
    if rises and falls:
        return "constant"
    if not (rises or falls):
        return "neither"
    flat = any(surveyed.constant(piece, 0) is not None for piece in surveyed.pieces)
    return ("" if flat else "strictly ") + ("increasing" if rises else "decreasing")


def convexity(surveyed: Survey, curvature: Extent) -> str:
    """'convex', 'concave', 'both' (a straight line) or 'neither'."""
    if _breaks_off(surveyed):
        return "neither"
    kinks = _jumps(surveyed, 1)
    convex = curvature.lower >= 0 and all(kink >= 0 for kink in kinks)
    concave = curvature.upper <= 0 and all(kink <= 0 for kink in kinks)
    return {(True, True): "both", (True, False): "convex", (False, True): "concave"}.get(
        (convex, concave), "neither"
    )


def _sides(surveyed: Survey, order: int) -> list[tuple[float, float, float]]:
    """At each breakpoint the left limit, the value taken and the right limit."""
    pairs = pairwise(surveyed.pieces)
    taken = surveyed.taken[order].tolist()
    return [
        (
            float(surveyed.y[order, left.points.stop - 1]),
            value,
            float(surveyed.y[order, right.points.start]),
        )
        for (left, right), value in zip(pairs, taken, strict=True)
    ]


def _jumps(surveyed: Survey, order: int) -> list[float]:
    """The steps at breakpoints of that order or a lower one, of f by way of the value taken."""
    steps: list[float] = []
    for point, (left, value, right) in zip(
        surveyed.breakpoints, _sides(surveyed, order), strict=True
    ):
        path = (left, value, right) if order == 0 else (left, right)
        known = [y for y in path if not math.isnan(y)]
        if point.order <= order:
            steps += [b - a for a, b in pairwise(known) if a != b]
    return steps


def _breaks_off(surveyed: Survey) -> bool:
    """Whether f jumps, has a pole, or is defined on both sides of a place where it is not."""
    defined = [not np.isnan(surveyed.y[0, piece.points]).all() for piece in surveyed.pieces]
    ends = [i for i, here in enumerate(defined) if here]
    if not ends or not all(defined[ends[0] : ends[-1] + 1]):
        return True
    inside = surveyed.breakpoints[ends[0] : ends[-1]]
    return any(point.order == 0 for point in inside)


def parity(surveyed: Survey) -> str:
    """'odd', 'even', 'both' (the zero function) or 'neither'."""
    right = np.unique(np.abs(surveyed.x))
    y = surveyed.at(np.concatenate([right, -right]), 0)
    here, there = y[: right.size], y[right.size :]
    odd, even = _same(here, -there, right, surveyed), _same(here, there, right, surveyed)
    return {(True, True): "both", (True, False): "odd", (False, True): "even"}.get(
        (odd, even), "neither"
    )


def _same(a: Array, b: Array, x: Array, surveyed: Survey) -> bool:
    """Whether two arrays are equal up to rounding, that of x included."""
    with np.errstate(all="ignore"):
        slopes = np.abs(surveyed.at(x, 1))
        slack = NOISE * (np.abs(a) + np.abs(b) + np.abs(x * slopes) + surveyed.scales[0] / 16)
        alike = (np.abs(a - b) <= slack) | (a == b) | (np.isnan(a) & np.isnan(b))
    return bool(alike.all())


def bounded(values: Extent) -> str:
    """'both', 'below', 'above' or 'neither'."""
    below, above = math.isfinite(values.lower), math.isfinite(values.upper)
    return {(True, True): "both", (True, False): "below", (False, True): "above"}.get(
        (below, above), "neither"
    )


def smoothness(surveyed: Survey) -> int:
    """The highest order (up to 4) to which the derivatives are continuous, -1 if f is not.

    The edge of the domain, as 0 for log(x), is no break.
    """
    inner = [
        point.order
        for point, (left, _, right) in zip(surveyed.breakpoints, _sides(surveyed, 0), strict=True)
        if not (math.isnan(left) or math.isnan(right))
    ]
    return min(inner, default=MAXIMUM_ORDER + 1) - 1


def lipschitz(surveyed: Survey, slopes: Extent) -> float:
    """The least L with |f(a) - f(b)| <= L*|a - b|: the supremum of |f'|, infinite at a jump."""
    if any(jump != 0 for jump in _jumps(surveyed, 0)):
        return math.inf
    return max(abs(slopes.lower), abs(slopes.upper))


def saturation(surveyed: Survey, sign: int) -> str:
    """How f ends on a side (-1: left): 'hard' in a constant, 'soft' towards one, or 'none'."""
    side = 0 if sign < 0 else 1
    if surveyed.constant(surveyed.pieces[0 if sign < 0 else -1], 0) is not None:
        return "hard"
    soft = math.isfinite(surveyed.limits[0][side]) and surveyed.limits[1][side] == 0
    return "soft" if soft else "none"


def flat_from(surveyed: Survey, sign: int) -> float:
    """The x from which on outwards |f'| < FLAT on a side (-1: left).

    NaN if the slope does not stay below it, and the opposite infinity if it is below everywhere.
    """
    outwards = slice(None) if sign > 0 else slice(None, None, -1)
    steep = ~(np.abs(surveyed.y[1, outwards]) < FLAT)
    x = surveyed.x[outwards]
    if not steep.any():
        return -sign * math.inf
    last = int(np.flatnonzero(steep)[-1])
    flips = np.count_nonzero(np.diff(steep[np.abs(x) > FAR]))
    fades = surveyed.limits[1][0 if sign < 0 else 1] == 0
    if steep[-1] or (flips > FEW and not fades):
        return math.nan
    return sign * _edge(surveyed, sign, sign * x[last : last + 2])


def flat_beyond(surveyed: Survey, sign: int, steep: float) -> float:
    """The same where the slope is known to be steep, at sign times a place; NaN if it stays so."""
    with np.errstate(over="ignore"):
        ends = steep + (1 + abs(steep)) * np.concatenate([[0.0], RIPPLES[:64], OUTWARDS])
    ends = ends[np.isfinite(ends)]
    outer = np.flatnonzero(np.abs(surveyed.at(sign * ends, 1)) >= FLAT)
    last = int(outer[-1]) if outer.size else 0
    if last + 1 == ends.size:
        return math.nan
    return sign * _edge(surveyed, sign, ends[last : last + 2])


def _edge(surveyed: Survey, sign: int, ends: Array) -> float:
    """The last x between the ends, or farther out, at which the slope gets flat.

    Farther, since points that lie apart miss some of the ripples of sin(x)/x.
    """

    def excess(at: Array) -> Array:
        return np.abs(surveyed.at(sign * at, 1)) - FLAT

    while True:
        edge = narrowed(ends[:1], ends[1:], np.ones(1), excess)
        beyond = edge + (1 + np.abs(edge)) * RIPPLES
        steep = np.flatnonzero(excess(beyond) >= 0)
        if steep.size == 0:
            return float(edge[0])
        ends = np.append(beyond, 2 * beyond[-1])[steep[-1] : steep[-1] + 2]
