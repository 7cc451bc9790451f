"""Samples of a curve joined by cubics: few of them, smooth where the curve is."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Integers

CLOSELY = 0.03  # pixels that a cubic may leave the samples; with its exact slopes a little more:
CERTIFIED = 0.04  # a quarter of a pixel at six times the size
LITTLE = 0.1  # pixels
HIGHEST = 4 / 27  # pixels that a cubic a pixel wide is moved by, at most, for a slope at one end
STEEP = 100.0  # pixels up per pixel across, above which a height matters less and less
UNBENT = 0.005  # pixels: what leaves its chord less is straight
NARROWEST = 0.25  # pixels across: what is less is drawn of lines, since renderers take the two
# points that pull a cubic for its own where all four are in a line
ROUNDING = 1e-6  # of the unit of length: what leaves its chord less is straight
AT_FIRST = 8  # samples that a cubic is tried over first
FINE = 4  # places in every column of pixels at which a cubic is held against the curve


class Cubic(NamedTuple):
    """A cubic in x over every interval between knots.

    x, y: the knots, n of them; start, end: the slopes at both ends of each interval, n - 1.
    """

    x: Array
    y: Array
    start: Array
    end: Array

    def at(self, x: Array) -> tuple[Array, Array]:
        """The heights and slopes at places between the first knot and the last."""
        i = np.clip(np.searchsorted(self.x, x, "right") - 1, 0, self.x.size - 2)
        width, rise = self.x[i + 1] - self.x[i], self.y[i + 1] - self.y[i]
        some = width > 0  # knots may coincide where they are placed
        t = np.divide(x - self.x[i], width, out=np.ones_like(width), where=some)
        a, b = self.start[i] * width, self.end[i] * width
        square, cube = 3 * rise - 2 * a - b, a + b - 2 * rise
        height = self.y[i] + t * (a + t * (square + t * cube))
        steep = a + t * (2 * square + t * 3 * cube)
        return height, np.divide(steep, width, out=self.start[i], where=some)

    def within(self, lo: float, hi: float) -> Cubic:
        """The part from lo to hi, which are between the first knot and the last."""
        inner = (self.x > lo) & (self.x < hi)
        knots = np.concatenate([[lo], self.x[inner], [hi]])
        heights, _ = self.at(knots)
        middles = knots[:-1] / 2 + knots[1:] / 2
        i = np.clip(np.searchsorted(self.x, middles, "right") - 1, 0, self.x.size - 2)
        start, end = self.start[i], self.end[i]
        start[0], end[-1] = self._slope(int(i[0]), lo), self._slope(int(i[-1]), hi)
        return Cubic(knots, heights, start, end)

    def _slope(self, i: int, x: float) -> float:
        """The slope at x of the cubic over an interval that x may be an end of."""
        one = Cubic(
            self.x[i : i + 2], self.y[i : i + 2], self.start[i : i + 1], self.end[i : i + 1]
        )
        return float(one.at(np.array([x]))[1][0])

    def placed(self, left: float, bottom: float, width: float, height: float) -> Cubic:
        """The same so many times as wide and high, and moved."""
        steeper = height / width
        return Cubic(
            left + self.x * width,
            bottom + self.y * height,
            self.start * steeper,
            self.end * steeper,
        )

    @property
    def controls(self) -> Array:
        """Rows x, y: the first knot, and for each interval two points that pull, and its end.

        Those of a straight one are its ends.
        """
        x, y, third = self.x, self.y, np.diff(self.x) / 3
        first = np.column_stack([x[:-1] + third, y[:-1] + self.start * third])
        second = np.column_stack([x[1:] - third, y[1:] - self.end * third])
        knots = np.column_stack([x, y])
        with np.errstate(divide="ignore", invalid="ignore"):  # where knots coincide
            chord = np.diff(y) / np.diff(x)
            bent = np.maximum(np.abs(self.start - chord), np.abs(self.end - chord))
            straight = bent * third < ROUNDING
        first[straight], second[straight] = knots[:-1][straight], knots[1:][straight]
        rows = np.stack([first, second, knots[1:]], axis=1).reshape(-1, 2)
        return np.concatenate([knots[:1], rows])


def fit(x: Array, y: Array, corners: Integers) -> Cubic:
    """Cubics that keep close to samples, x ascending, both in pixels.

    corners: the indices, the first and the last among them, at which the slope may break.

    >>> x = np.linspace(0.0, 90.0, 181)
    >>> found = fit(x, x**3 / 8100, np.array([0, 180]))
    >>> found.x.tolist(), round(float(found.end[0]), 2)
    ([0.0, 90.0], 3.0)
    """
    knots, starts, ends = [0], list[float](), list[float]()
    for a, b in pairwise(corners.tolist()):
        slopes = _slopes(x[a : b + 1], y[a : b + 1])
        i, step = a, AT_FIRST
        while i < b:
            j = _farthest(x, y, slopes, a, (i, b), step)
            chord = float((y[j] - y[i]) / (x[j] - x[i]))
            bent = max(abs(slopes[i - a] - chord), abs(slopes[j - a] - chord))
            straight = j == i + 1 or bent * (x[j] - x[i]) < 4 * UNBENT
            starts.append(chord if straight else float(slopes[i - a]))
            ends.append(chord if straight else float(slopes[j - a]))
            knots.append(j)
            i, step = j, max(AT_FIRST, j - i)
    return Cubic(x[knots], y[knots], np.array(starts), np.array(ends))


def exact(cubic: Cubic, slopes: Array, x: Array, y: Array) -> Cubic:
    """The same with the slopes that are known at its knots, where it keeps as close to the samples.

    Those that are not known are NaN; what is straight stays so, and so does what they would move
    by more than a little, as right beside an upright end.

    >>> x = np.linspace(0.0, 2.0, 41)
    >>> found = fit(x, np.sin(x), np.array([0, 40]))
    >>> exact(found, np.cos(found.x), x, np.sin(x)).start.tolist()[0]
    1.0
    """
    first = np.where(np.isfinite(slopes[:-1]), slopes[:-1], cubic.start)
    last = np.where(np.isfinite(slopes[1:]), slopes[1:], cubic.end)
    with np.errstate(over="ignore"):
        turned = np.abs(first - cubic.start) + np.abs(last - cubic.end)
        moved = turned * np.diff(cubic.x) * HIGHEST
    better = (moved <= LITTLE) & (cubic.start != cubic.end)
    places = np.searchsorted(x, cubic.x)
    for k in np.flatnonzero(better & (moved > CERTIFIED - CLOSELY)).tolist():
        part = slice(places[k], places[k + 1] + 1)
        better[k] = _close(x[part], y[part], float(first[k]), float(last[k]), CERTIFIED)
    return cubic._replace(
        start=np.where(better, first, cubic.start), end=np.where(better, last, cubic.end)
    )


def _slopes(x: Array, y: Array) -> Array:
    """The slope at each sample, of the parabola through it and its neighbours."""
    width = np.diff(x)
    slope = np.diff(y) / width
    if width.size == 1:
        return np.repeat(slope, 2)
    inner = (width[1:] * slope[:-1] + width[:-1] * slope[1:]) / (width[1:] + width[:-1])
    first = slope[0] + (slope[0] - slope[1]) * width[0] / (width[0] + width[1])
    last = slope[-1] + (slope[-1] - slope[-2]) * width[-1] / (width[-1] + width[-2])
    return np.concatenate([[first], inner, [last]])


def _farthest(x: Array, y: Array, slopes: Array, a: int, span: tuple[int, int], step: int) -> int:
    """The last sample up to which one cubic from the first keeps close to all between."""
    i, b = span
    near, far = i + 1, b + 1
    j = min(i + step, b)
    while near < j:
        if _close(x[i : j + 1], y[i : j + 1], slopes[i - a], slopes[j - a]):
            near = j
            step *= 2
            j = min(i + step, b) if far > b else (near + far) // 2
        else:
            far = j
            j = (near + far) // 2
    return near


def _close(x: Array, y: Array, start: float, end: float, within: float = CLOSELY) -> bool:
    """Whether a cubic keeps close to samples, and goes no higher and no lower than these."""
    x0, y0 = float(x[0]), float(y[0])
    width, rise = float(x[-1]) - x0, float(y[-1]) - y0
    if width < NARROWEST:
        return False
    a, b = start * width, end * width
    square, cube = 3 * rise - 2 * a - b, a + b - 2 * rise
    t = (x[1:-1] - x0) / width
    off = np.abs(y0 + t * (a + t * (square + t * cube)) - y[1:-1])
    if off.size and off[off.argmax()] > within * max(1.0, abs(rise) / (STEEP * width)):
        return False
    turns = [u * (a + u * (square + u * cube)) for u in _roots(3 * cube, square, a) if 0 < u < 1]
    if not turns:
        return True
    low, high = float(y.min()) - y0 - CERTIFIED, float(y.max()) - y0 + CERTIFIED
    return all(low <= height <= high for height in turns)


def _roots(a: float, half: float, c: float) -> tuple[float, ...]:
    """Where a t**2 + 2 half t + c is 0."""
    root = half * half - a * c
    if root < 0:
        return ()
    larger = half + math.copysign(math.sqrt(root), half)
    return tuple(v / w for v, w in ((-larger, a), (-c, larger)) if w)


def traced(cubic: Cubic, edges: Array) -> tuple[Array, Array]:
    """Places, several between any two edges, and the heights there."""
    shares = np.arange(FINE) / FINE
    inner = (edges[:-1, None] + np.diff(edges)[:, None] * shares).ravel()
    inner = inner[(inner > cubic.x[0]) & (inner < cubic.x[-1])]
    places = np.union1d(inner, cubic.x)
    return places, cubic.at(places)[0]
