"""Samples of a curve joined by cubics: few of them, smooth where the curve is."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from actviz.formula.arrays import Array, Integers

CLOSELY = 0.03  # pixels that a cubic may leave the samples; with its exact slopes a little more:
CERTIFIED = 0.04  # a quarter of a pixel at six times the size
STEEP = 100.0  # pixels up per pixel across, above which a height matters less and less
UNBENT = 0.005  # pixels: what leaves its chord less is straight
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
        t, a, b = (x - self.x[i]) / width, self.start[i] * width, self.end[i] * width
        square, cube = 3 * rise - 2 * a - b, a + b - 2 * rise
        height = self.y[i] + t * (a + t * (square + t * cube))
        return height, (a + t * (2 * square + t * 3 * cube)) / width

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


def exact(cubic: Cubic, x: Array, y: Array, slopes: Array) -> Cubic:
    """The same with slopes that are known at its knots, where it keeps as close to the samples.

    Those that are not known are NaN; what is straight stays so.

    >>> x = np.linspace(0.0, 2.0, 41)
    >>> found = fit(x, np.sin(x), np.array([0, 40]))
    >>> exact(found, x, np.sin(x), np.cos(found.x)).start.tolist()[0]
    1.0
    """
    start, end = cubic.start.copy(), cubic.end.copy()
    places = np.searchsorted(x, cubic.x).tolist()
    known = np.isfinite(slopes)
    for k, (i, j) in enumerate(pairwise(places)):
        if start[k] != end[k] and j > i + 1:
            first = slopes[k] if known[k] else start[k]
            last = slopes[k + 1] if known[k + 1] else end[k]
            if _close(x[i : j + 1], y[i : j + 1], first, last, CERTIFIED):
                start[k], end[k] = first, last
    return cubic._replace(start=start, end=end)


def _slopes(x: Array, y: Array) -> Array:
    """The slope at each sample, of the parabola through it and its neighbours."""
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
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
        if _close(x[i : j + 1], y[i : j + 1], slopes[i - a], slopes[j - a], CLOSELY):
            near = j
            step *= 2
            j = min(i + step, b) if far > b else (near + far) // 2
        else:
            far = j
            j = (near + far) // 2
    return near


def _close(x: Array, y: Array, start: float, end: float, within: float) -> bool:
    width, rise = x[-1] - x[0], y[-1] - y[0]
    t, a, b = (x[1:-1] - x[0]) / width, start * width, end * width
    off = np.abs(y[0] + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise))) - y[1:-1])
    return bool(off.max(initial=0.0) <= within * max(1.0, abs(rise) / (STEEP * width)))


def traced(cubic: Cubic, edges: Array) -> tuple[Array, Array]:
    """Places, several between any two edges, and the heights there."""
    shares = np.arange(FINE) / FINE
    inner = (edges[:-1, None] + np.diff(edges)[:, None] * shares).ravel()
    inner = inner[(inner > cubic.x[0]) & (inner < cubic.x[-1])]
    places = np.union1d(inner, cubic.x)
    return places, cubic.at(places)[0]
