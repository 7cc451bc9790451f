"""The level sets of a function of two variables over a square: areas, lines, and where it breaks.

The square is cut along the straight lines at which a branch of the formula switches. Each part has
a grid of its own with one-sided values at its border, so no contour is smeared over a kink or a
jump: the line of `maxout` has its corner at a = b, and the one of `a*max(b, 0)` ends at b = 0.
Where a branch switches along a curve the grid is made finer instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actviz.formula.arrays import Array, Indices, Truths

Function = Callable[[Array, Array], Array]
Polygon = tuple[tuple[float, float], ...]
Cut = tuple[float, float, float]  # the line c + p*a + q*b = 0, p and q together of length 1

MOST_CUTS = 12  # straight switches the square is cut along; with more the grid is made finer
FINER = 2  # times: the grid where a switch is not a straight line
INSIDE = 1e-9  # of the side: how far inside its border a part is evaluated
STRAIGHT = 1e-9  # of the size of a switch: how well a plane must agree with it
SAME = 1e-6  # of the largest value: one-sided values no farther apart are one value
BENT = 1e-3  # of the largest value per side: slopes no farther apart are one slope
FADING = 1e-2  # times: by how much a value becomes less on the way to a zero line
STEPS_ALONG = 400  # a cut, each told a kink, a jump or neither
ASIDE = 0.4  # of a step: where it is told, as its middle may well be a special place
ABOVE_ALL = 1e308  # more than any value: where the highest area ends
KINDS = ("zero", "border", "jump", "kink")  # what can happen on a cut


@dataclass(frozen=True)
class Surface:
    """A function of two variables over [lo, hi] x [lo, hi].

    value: arrays a and b in, the values out; switches: the functions at whose zeros a branch of
    its formula switches; factors: those with which it becomes 0 itself.
    """

    value: Function
    switches: tuple[Function, ...]
    factors: tuple[Function, ...]
    lo: float
    hi: float

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """The straight lines inside the square at which it switches or is 0."""
        return self._straight(self.switches + self.factors)

    @cached_property
    def bends(self) -> bool:
        """Whether it switches along a curve too."""
        return any(_straight(each, self.lo, self.side) is None for each in self.switches)

    def _straight(self, functions: Sequence[Function]) -> tuple[Cut, ...]:
        found: list[Cut] = []
        for function in functions:
            cut = _straight(function, self.lo, self.side)
            if cut is not None and not any(np.allclose(cut, each) for each in found):
                found.append(cut)
        return tuple(found[:MOST_CUTS])

    @property
    def side(self) -> float:
        return self.hi - self.lo

    @property
    def inset(self) -> float:
        """How far inside its border a part is evaluated."""
        return max(INSIDE * self.side, 4 * float(np.spacing(max(abs(self.lo), abs(self.hi)))))


@dataclass(frozen=True, eq=False)
class Part:
    """A convex part of the square that no straight switch crosses, with a grid of its own."""

    corners: Polygon
    a: Array
    b: Array
    z: Array

    @cached_property
    def is_zero(self) -> bool:
        """Whether the function is 0 all over it."""
        return not self.z.any()

    @cached_property
    def middle(self) -> tuple[float, float]:
        """A point inside."""
        a, b = np.mean(self.corners, axis=0).tolist()
        return a, b

    @cached_property
    def area(self) -> float:
        a, b = np.array(self.corners).T
        return float(np.abs(a @ np.roll(b, 1) - b @ np.roll(a, 1))) / 2

    def above(self, level: float) -> Iterator[Array]:
        """Closed outlines of where the value is greater than the level."""
        return _outlines(self._rising, level)

    def below(self, level: float) -> Iterator[Array]:
        """Closed outlines of where the value is less than the level."""
        return _outlines(self._falling, -level)

    def lines(self, level: float) -> list[Array]:
        """Where the value is that level."""
        return list(self._rising.lines(level))

    def zeros(self, areas: bool) -> list[Array]:
        """Where the value is 0; without the borders of areas if these come from want of exponents.

        areas: whether it may be 0 in an area, as where a branch switches along a curve.
        """
        if self.is_zero:
            return []
        z = self.z if areas else np.where(_in_blocks(self.z == 0), np.nan, self.z)
        rising = list(self._generator(z).lines(0.0))
        falling = list(self._generator(np.where(z > 0, np.nan, -z)).lines(0.0))
        return [*rising, *_apart_from(rising, falling)]

    @cached_property
    def _rising(self) -> Any:
        return self._generator(self.z)

    @cached_property
    def _falling(self) -> Any:
        return self._generator(-self.z)

    def _generator(self, z: Array) -> Any:
        """contourpy's generator over the grid; what is not finite is in no area."""
        from contourpy import contour_generator

        shown: Any = z if np.isfinite(z).all() else np.ma.array(z, mask=~np.isfinite(z))
        return contour_generator(self.a, self.b, shown, name="serial", fill_type="OuterOffset")


def _in_blocks(zero: Truths) -> Truths:
    """The points that are zero together with three neighbours that make a square with them."""
    block = np.pad(zero[1:, 1:] & zero[1:, :-1] & zero[:-1, 1:] & zero[:-1, :-1], 1)
    return np.asarray(block[1:, 1:] | block[1:, :-1] | block[:-1, 1:] | block[:-1, :-1])


def _outlines(generator: Any, level: float) -> Iterator[Array]:
    areas, offsets = generator.filled(level, ABOVE_ALL)
    for points, starts in zip(areas, offsets, strict=True):
        for start, stop in pairwise(starts.tolist()):
            yield points[start:stop]


def _apart_from(lines: Sequence[Array], others: Sequence[Array]) -> list[Array]:
    """What of the others is not on the lines: where 0 is at the grid, both sides end there."""
    known = {tuple(middle) for line in lines for middle in _middles(line)}
    found = []
    for other in others:
        new = [tuple(middle) not in known for middle in _middles(other)]
        found += [other[i : j + 1] for i, j in runs(np.array(new))]
    return found


def _middles(line: Array) -> list[list[float]]:
    middles: list[list[float]] = (line[1:] + line[:-1]).tolist()
    return middles


def runs(inside: Truths) -> list[tuple[int, int]]:
    """The first of each run of true values, and the first after it.

    >>> runs(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    change = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(change > 0).tolist(), np.flatnonzero(change < 0).tolist()
    return list(zip(starts, stops, strict=True))


@dataclass(frozen=True)
class Edges:
    """What happens along the straight cuts: lines in units of a and b.

    borders are where an area of zeros ends, zeros the other places at which the value is 0.
    """

    zeros: tuple[Array, ...]
    borders: tuple[Array, ...]
    jumps: tuple[Array, ...]
    kinks: tuple[Array, ...]


def parts_of(surface: Surface, cells: int) -> tuple[Part, ...]:
    """The square in parts, with grids of about so many cells to a side of the square."""
    lo, hi = surface.lo, surface.hi
    if surface.bends:
        cells *= FINER
    polygons = [square(surface)]
    for cut in surface.cuts:
        polygons = [half for each in polygons for half in _halves(each, cut, surface.side)]
    steps = np.linspace(lo, hi, cells + 1)
    if lo < 0 < hi:  # most functions have a zero line there, which is exact at a row of the grid
        steps[np.argmin(np.abs(steps))] = 0.0
    return tuple(_part(surface, polygon, steps) for polygon in polygons)


def square(surface: Surface) -> Polygon:
    """The corners of all of it, counter-clockwise."""
    lo, hi = surface.lo, surface.hi
    return (lo, lo), (hi, lo), (hi, hi), (lo, hi)


def _straight(switch: Function, lo: float, side: float) -> Cut | None:
    """The line as c + p*a + q*b = 0 with p, q of length 1; None if it is a curve."""
    s = np.array([0.0, 1.0, 0.0, 1.0, 0.37, 0.81, 0.13])
    t = np.array([0.0, 0.0, 1.0, 1.0, 0.61, 0.22, 0.93])
    values = switch(lo + s * side, lo + t * side)
    size = np.abs(values).max()
    if not np.isfinite(size) or size == 0:
        return None
    c, p, q = values[0], values[1] - values[0], values[2] - values[0]
    length = float(np.hypot(p, q))
    if np.abs(values - c - p * s - q * t).max() > STRAIGHT * size or length == 0:
        return None
    p, q = p / length, q / length
    sign = 1.0 if p + 1e-9 * q > 0 else -1.0
    return sign * (c * side / length - (p + q) * lo) + 0.0, sign * p + 0.0, sign * q + 0.0


def _halves(polygon: Polygon, cut: Cut, side: float) -> list[Polygon]:
    """The polygon on both sides of a line; one of them alone if the line passes it by."""
    c, p, q = cut
    off = [c + p * a + q * b for a, b in polygon]
    off = [0.0 if abs(d) < STRAIGHT * side else d for d in off]
    if min(off) >= 0 or max(off) <= 0:
        return [polygon]
    sides: list[Polygon] = []
    for sign in (1, -1):
        kept: list[tuple[float, float]] = []
        for i, (corner, d) in enumerate(zip(polygon, off, strict=True)):
            before, e = polygon[i - 1], off[i - 1]
            if d * e < 0:
                t = e / (e - d)
                kept.append(tuple(v + t * (w - v) for v, w in zip(before, corner, strict=True)))  # type: ignore[arg-type]
            if sign * d >= 0:
                kept.append(corner)
        sides.append(tuple(kept))
    return sides


def _part(surface: Surface, polygon: Polygon, steps: Array) -> Part:
    """A grid over a convex polygon: rows at the steps, each from its left to its right side."""
    along = np.array(polygon)[:, 1]
    low, high = along.min(), along.max()
    rows = np.unique(np.concatenate([along, steps[(steps > low) & (steps < high)]]))
    left, right = _sides(polygon, rows)
    if np.ptp(left) == np.ptp(right) == 0:
        inner = steps[(steps > left[0]) & (steps < right[0])]
        a = np.tile(np.concatenate([left[:1], inner, right[:1]]), (rows.size, 1))
    else:
        t = np.linspace(0.0, 1.0, steps.size)
        a = left[:, None] + t * (right - left)[:, None]
    b = np.tile(rows[:, None], a.shape[1])
    inset = surface.inset
    rows = np.clip(rows, low + 8 * inset, high - 8 * inset)  # at a corner the row is short
    left, right = (each[:, None] for each in _sides(polygon, rows))
    off = np.minimum(inset, (right - left) / 4)
    z = surface.value(np.clip(a, left + off, right - off), np.tile(rows[:, None], a.shape[1]))
    return Part(polygon, a, b, z)


def _sides(polygon: Polygon, rows: Array) -> tuple[Array, Array]:
    """Where each row enters and leaves a convex polygon."""
    left, right = np.full(rows.size, np.inf), np.full(rows.size, -np.inf)
    for (a0, b0), (a1, b1) in pairwise([*polygon, polygon[0]]):
        if b0 == b1:
            continue
        here = (rows >= min(b0, b1)) & (rows <= max(b0, b1))
        at = a0 + (rows[here] - b0) / (b1 - b0) * (a1 - a0)
        left[here], right[here] = np.minimum(left[here], at), np.maximum(right[here], at)
    return left, right


# -- along the cuts


def edges_of(surface: Surface, largest: float) -> Edges:
    """What the function does at its straight switches; largest: its greatest size."""
    found: dict[str, list[Array]] = {kind: [] for kind in KINDS}
    for cut in surface.cuts:
        ends = _ends(surface, cut)
        if ends is None:
            continue
        points = _steps_along(*ends, surface.cuts)
        told = _told(surface, points, np.array(cut[1:]), largest)
        for kind, lines in found.items():
            lines += [points[[i, j]] for i, j in runs(told == kind)]
    return Edges(*(tuple(found[kind]) for kind in KINDS))


def _ends(surface: Surface, cut: Cut) -> tuple[Array, Array] | None:
    """Where a line enters and leaves the square; None if it only touches it."""
    lo, hi, side = surface.lo, surface.hi, surface.side
    c, p, q = cut
    found = []
    for at in (lo, hi):
        found += [(-(c + q * at) / p, at)] if p else []
        found += [(at, -(c + p * at) / q)] if q else []
    slack = STRAIGHT * side
    inside = [v for v in found if all(lo - slack <= w <= hi + slack for w in v)]
    if len(inside) < 2:
        return None
    first, last = (np.clip(np.array(v), lo, hi) for v in (min(inside), max(inside)))
    along_border = any(first[i] == last[i] and first[i] in (lo, hi) for i in (0, 1))
    return None if along_border or np.abs(last - first).max() < slack else (first, last)


def _steps_along(first: Array, last: Array, cuts: Sequence[Cut]) -> Array:
    """Points on a line, those at which other lines cross it among them."""
    crossings = []
    for c, p, q in cuts:
        off = [c + p * a + q * b for a, b in (first, last)]
        if off[0] * off[1] < 0:
            crossings.append(off[0] / (off[0] - off[1]))
    t = np.unique(np.concatenate([np.linspace(0.0, 1.0, STEPS_ALONG + 1), crossings]))
    return np.asarray(first + t[:, None] * (last - first))


def _told(surface: Surface, points: Array, normal: Array, largest: float) -> NDArray[np.str_]:
    """What happens between each two neighbours of the points on a cut."""
    middle = points[:-1] + ASIDE * (points[1:] - points[:-1])
    near = surface.inset
    far = min(1e4 * near, 0.01 * surface.side)

    def beside(distance: float) -> Array:
        return surface.value(*(middle + distance * normal).T)

    left, right, before, after = (beside(d) for d in (-near, near, -far, far))
    jump = np.abs(right - left) > SAME * largest
    slopes = (left - before) / (far - near), (after - right) / (far - near)
    kink = np.abs(slopes[0] - slopes[1]) > BENT * largest / surface.side
    fading = np.abs(left) < FADING * np.abs(before), np.abs(right) < FADING * np.abs(after)
    border = (left == 0) != (right == 0)
    zero = (np.sign(left) * np.sign(right) < 0) | (fading[0] & fading[1])
    return np.select([zero, border, jump, kink], KINDS, "")


# -- fewer vertices


def thinned(lines: Iterable[Array], tolerance: float) -> list[Array]:
    """The lines without vertices that they pass within the tolerance of (Douglas and Peucker)."""
    lines = list(lines)
    if not lines:
        return []
    ends = np.cumsum([len(line) for line in lines])
    starts = np.concatenate([[0], ends[:-1]])
    points = np.concatenate(lines)
    kept = np.zeros(len(points), dtype=bool)
    kept[starts] = kept[ends - 1] = True
    for line, start in zip(lines, starts, strict=True):
        if (line[0] == line[-1]).all():  # a ring, which needs a place to be split at
            kept[start + np.argmax(np.abs(line - line[0]).sum(axis=1))] = True
    while (worst := _worst(points, kept, tolerance)).size:
        kept[worst] = True
    return [points[a:b][kept[a:b]] for a, b in zip(starts, ends, strict=True)]


def _worst(points: Array, kept: Truths, tolerance: float) -> Indices:
    """The vertex that is farthest off the chord between each two kept ones, if it is too far."""
    at = np.flatnonzero(kept)
    chord = np.cumsum(kept) - 1
    start, end = points[at], points[np.append(at[1:], at[-1])]
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    x, y = (points - start[chord]).T
    across = np.abs(x * along[chord, 1] - y * along[chord, 0])
    with np.errstate(all="ignore"):
        off = np.where(length[chord] > 0, across / length[chord], np.hypot(x, y))
    off[kept] = 0.0
    worst = np.maximum.reduceat(off, at)
    far = np.flatnonzero((off == worst[chord]) & (off > tolerance))
    return np.asarray(far[np.unique(chord[far], return_index=True)[1]])


def joined(lines: Sequence[Array]) -> Array:
    """Lines in one array with a row of NaN between them."""
    gap = np.full((1, 2), np.nan)
    parts = [part for line in lines for part in (line, gap)]
    return np.concatenate(parts[:-1]) if parts else np.empty((0, 2))
