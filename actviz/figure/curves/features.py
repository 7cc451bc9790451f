"""What is worth telling about a curve: extrema, zeros, saturated zones, asymptotes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.formula.algebra import build
from actviz.formula.arrays import Array
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.enclosure.limits import limit
from actviz.formula.expression import Node, Number, X
from actviz.properties.difference import Difference, largest
from actviz.sampling import Scan, look

PROMINENT = 0.005  # of the curve's own span: what an extremum must stand out by
ROUNDING = 1e-12  # of that span: an extremum at 0 stands out no less than one beside it by this
ZOOM, ROUNDS = 33, 6  # points of a search inside a bracket, and how often it is narrowed
TAKEN = 1e-6  # of a value: what it may differ from the one that is taken there
NOWHERE = 1e-7  # of half the range: an extremum this near zero is at zero
WIDE = 0.04  # of the range: a stretch less wide than this is called flat, not saturated
FAR = (1e4, 1e6)  # where an oblique asymptote must have been reached, and again
CLOSELY = 1e-9  # of a limit: what its bounds may be apart
FIVE = 5  # digits of the largest difference
MOST = 6  # of each kind; a curve with more of them oscillates


@dataclass(frozen=True)
class Point:
    """A place on a curve and what it is: "max", "min" or "zero", told with so many digits."""

    kind: str
    x: float
    y: float
    digits: int = 3


@dataclass(frozen=True)
class Line:
    """An asymptote y = slope x + intercept, for x towards sign * infinity; proved: if it is."""

    slope: float
    intercept: float
    sign: int
    proved: bool = True

    def at(self, x: float) -> float:
        return self.slope * x + self.intercept


def many(scan: Scan) -> bool:
    """Whether there are so many extrema that none is told."""
    y = _one_valued(scan)[1]
    if y.size < 3 or extrema(scan):
        return False
    rise = np.sign(np.diff(y))
    rise = rise[rise != 0]
    swings = np.flatnonzero(rise[:-1] * rise[1:] < 0)
    return bool(swings.size > MOST and np.ptp(y) > 0)


def extrema(scan: Scan) -> tuple[Point, ...]:
    """The local maxima and minima inside the range in order; () if there are too many."""
    x, y = _with_peaks(scan, *_one_valued(scan))
    if x.size < 3:
        return ()
    rise = np.sign(np.diff(y))
    turns = np.flatnonzero(rise[:-1] * rise[1:] < 0) + 1
    least = PROMINENT * np.ptp(y)
    jumps, found = _jumps(scan), []
    for i in turns:
        sign = float(rise[i - 1])
        if np.any((jumps >= x[i - 1]) & (jumps <= x[i + 1])):
            continue
        lo, hi = np.searchsorted(x, [x[i] - _REACH * np.ptp(x), x[i] + _REACH * np.ptp(x)])
        lo, hi = min(lo, i - 1), max(hi, i + 2)  # of few points there may be none so near
        if min(y[i] * sign - (y[lo:i] * sign).min(), y[i] * sign - (y[i:hi] * sign).min()) < least:
            continue
        found.append((i, sign))
        if len(found) > MOST:
            return ()
    points = []
    for i, sign in found:
        at, value = _highest(scan, float(x[i - 1]), float(x[i + 1]), sign)
        if not value * sign >= y[i] * sign:  # too narrow to be met again
            at, value = float(x[i]), float(y[i])
        if x[i - 1] < 0 < x[i + 1] and (middle := float(scan.at(np.zeros(1))[0])) == middle:
            nearly = (value - middle) * sign <= ROUNDING * np.ptp(y)
            at, value = (0.0, middle) if nearly else (at, value)
        value = 0.0 if abs(value) < NOUGHT * np.ptp(y) else value  # x is not known so well
        points.append(Point("max" if sign > 0 else "min", at, value))
    return tuple(point for point in points if _is_taken(scan, point))


def _is_taken(scan: Scan, point: Point) -> bool:
    """Whether the curve has the value there, and not a hole or another one."""
    near = np.abs(scan.switches - point.x) <= NOWHERE * (scan.hi / 2 - scan.lo / 2)
    least = ROUNDING * np.ptp(scan.y[np.isfinite(scan.y)])
    return bool(np.all(np.abs(scan.values[near] - point.y) <= max(least, TAKEN * abs(point.y))))


NOUGHT = 1e-14  # of the range of values: so small an extremum touches 0
_REACH = 0.2  # of the range, within which an extremum must stand out on both sides


@lru_cache(maxsize=64)
def farthest(scan: Scan) -> Difference:
    """How far the curve of a difference is from 0, and where."""
    assert scan.reference is not None
    sides = scan.curve.activation, scan.reference.activation
    return largest(*sides, scan.lo, scan.hi, scan.order)


def farthest_points(scan: Scan) -> tuple[Point, ...]:
    """Where that is, for a note; () of what is no difference."""
    if scan.reference is None:
        return ()
    found = farthest(scan)
    y = scan.at(np.array(found.at)).tolist()
    return tuple(
        Point("max" if v > 0 else "min", x, v, FIVE)
        for x, v in zip(found.at, y, strict=True)
        if math.isfinite(v)
    )


def zeros(scan: Scan) -> tuple[Point, ...]:
    """Where the curve crosses or touches zero at single points; () if there are too many."""
    x, y = _one_valued(scan)
    crossing = np.flatnonzero(y[:-1] * y[1:] < 0)
    touching = np.flatnonzero((y[1:-1] == 0) & (y[:-2] != 0) & (y[2:] != 0)) + 1
    found = [float(x[i]) for i in touching]
    for i in crossing:
        if len(found) > MOST:
            return ()
        at = _crossed(scan, float(x[i]), float(x[i + 1]))
        found += [] if math.isnan(at) else [at]
    points = tuple(Point("zero", at, 0.0) for at in sorted(found)) if len(found) <= MOST else ()
    return tuple(point for point in points if _is_taken(scan, point))


def saturated(curve: Curve, order: int, x: Array, below: float) -> list[tuple[float, float]]:
    """The stretches of x on which the slope of the curve is smaller than that."""
    slope = np.asarray(curve.activation.derivative(x, order + 1))
    small = np.concatenate([[False], np.abs(slope) < below, [False]])
    ends = np.flatnonzero(small[1:] != small[:-1])
    stretches = zip(ends[::2], ends[1::2], strict=True)
    least = WIDE * (x[-1] - x[0])
    return [(float(x[a]), float(x[b - 1])) for a, b in stretches if x[b - 1] - x[a] >= least]


@lru_cache(maxsize=64)
def asymptotes(curve: Curve, order: int) -> tuple[Line, ...]:
    """The lines that the curve tends to on either side, from its limits."""
    if not curve.activation.elementwise:
        return ()
    lines = (_asymptote(curve.activation, order, sign) for sign in (-1, 1))
    return tuple(line for line in lines if line is not None)


def _asymptote(activation: Activation, order: int, sign: int) -> Line | None:
    level, proved = _limit(activation, order, sign)
    if math.isfinite(level):
        return Line(0.0, level, sign, proved)
    if math.isnan(level) or order >= MAXIMUM_ORDER:
        return None
    slope, proved = _limit(activation, order + 1, sign)
    if not math.isfinite(slope) or slope == 0:
        return None
    line = build("*", (Number(slope), X))
    rest = _proven(build("-", (activation.tree(order), line)), activation, sign)
    if rest is not None and math.isfinite(rest):
        return Line(slope, rest, sign, proved)
    return _seen(activation, order, slope, sign)


def _seen(activation: Activation, order: int, slope: float, sign: int) -> Line | None:
    """The same from values far out, where the slope is no float."""
    rests = [float(activation.derivative(sign * far, order)) - slope * sign * far for far in FAR]
    if abs(rests[1] - rests[0]) > 1e-3 * max(1.0, abs(rests[1])):
        return None
    rest = rests[1] + (rests[1] - rests[0]) / (FAR[1] / FAR[0] - 1)  # what falls off as 1/x goes
    return Line(slope, round(rest, 6) + 0.0, sign, proved=False)


@lru_cache(maxsize=64)
def _limit(activation: Activation, order: int, sign: int) -> tuple[float, bool]:
    """The limit, NaN if there is none, and whether that is proven.

    The curve of one order and the asymptote of the one below ask for it.
    """
    found = _proven(activation.tree(order), activation, sign)
    return (found, True) if found is not None else (activation.limit(order, sign), False)


def _proven(node: Node, activation: Activation, sign: int) -> float | None:
    """A limit with the digits that its bounds support, NaN if there is none; None if not known."""
    found = limit(node, activation.parameters, sign)
    if not found.proved:
        return None
    if found.lower == found.upper or math.isnan(found.lower):
        return float(found.lower) + 0.0
    if found.upper - found.lower > CLOSELY * abs(found.upper):
        return None
    return float(f"{found.lower / 2 + found.upper / 2:.14g}")


def _jumps(scan: Scan) -> Array:
    """The switches at which the curve jumps or is unbounded."""
    at = np.flatnonzero(np.diff(scan.x) == 0)
    left, right = scan.y[at], scan.y[at + 1]
    with np.errstate(invalid="ignore"):
        apart = ~(np.abs(right - left) <= 1e-9 * np.maximum(np.abs(left), np.abs(right)))
    return np.asarray(scan.x[at[apart | ~np.isfinite(left) | ~np.isfinite(right)]])


def _one_valued(scan: Scan) -> tuple[Array, Array]:
    """The scan where it is finite, with one value at each switch."""
    keep = np.isfinite(scan.y) & np.append(True, np.diff(scan.x) > 0)
    return scan.x[keep], scan.y[keep]


def _with_peaks(scan: Scan, x: Array, y: Array) -> tuple[Array, Array]:
    """The samples and what is proven to stand out between them."""
    columns = look(scan) if x.size and not scan.poles else None
    if columns is None:
        return x, y
    at = np.concatenate([columns.at_greatest, columns.at_least])
    value = np.concatenate([columns.greatest, columns.least])
    with np.errstate(invalid="ignore"):
        near = np.interp(at, x, y)
        out = np.isfinite(value) & (np.abs(value - near) > PROMINENT * np.ptp(y))
    places, first = np.unique(np.append(x, at[out]), return_index=True)
    return places, np.append(y, value[out])[first]


def _highest(scan: Scan, lo: float, hi: float, sign: float) -> tuple[float, float]:
    """The highest (sign 1) or lowest (-1) point of a bracket, to about eight digits."""
    best = lo, math.nan
    for _ in range(ROUNDS):
        x = np.linspace(lo, hi, ZOOM)
        x[np.argmin(np.abs(x))] *= 0.0 if lo < 0 < hi else 1.0
        y = scan.at(x)
        if np.isnan(y).all():
            break
        i = int(np.nanargmax(y * sign))
        best = (
            float(x[i]) if abs(x[i]) > NOWHERE * (scan.hi / 2 - scan.lo / 2) else 0.0,
            float(y[i]),
        )
        lo, hi = float(x[max(i - 1, 0)]), float(x[min(i + 1, ZOOM - 1)])
    near_zero = abs(best[0]) < NOWHERE * (scan.hi / 2 - scan.lo / 2)
    return (0.0, best[1]) if near_zero else best


def _crossed(scan: Scan, lo: float, hi: float) -> float:
    """The zero in a bracket; NaN if the sign changes there by a jump or a pole."""
    find: Callable[[Array], Array] = scan.at
    before = float(np.ptp(find(np.array([lo, hi]))))
    for _ in range(ROUNDS):
        x = np.linspace(lo, hi, ZOOM)
        y = find(x)
        changes = np.flatnonzero(y[:-1] * y[1:] <= 0)
        if not changes.size:
            return math.nan
        lo, hi = float(x[changes[0]]), float(x[changes[0] + 1])
    steep = float(np.ptp(find(np.array([lo, hi])))) > 0.1 * before
    return math.nan if steep else lo / 2 + hi / 2
