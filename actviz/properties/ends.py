"""The range of a function or a derivative, its ends proven: by bounds of all values, and limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.enclosure.breaks import Break
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.cut import Bounds
from actviz.formula.enclosure.extremes import opening
from actviz.formula.enclosure.limits import Kind
from actviz.formula.enclosure.mesh import (
    BEYOND,
    UNDERFLOW,
    around,
    halves,
    middles,
    splits,
)
from actviz.properties.analytic import analytic
from actviz.properties.continuous import fills
from actviz.properties.extent import Extent
from actviz.properties.proof import ROUNDING, Known, Proof, weakest
from actviz.properties.questions import GAP, Questions, budget
from actviz.properties.switched import taken

SIDES = (-1, 1)
ROUND = 2.0**-48  # of its size: as near to each other, bounds are a number
NEAR = 2.0**-26  # of a place: so near to it its slope has its sign
BESIDE = 2.0 ** -np.array([1.0, 2.0, *range(10, 110, 10)])  # of a place: where values are looked at
NEARER = 5  # of these, where what is nearer is no other place
WHOLE = np.array(
    [-1.0, -2.0, -3.0]
)  # where a power of a negative number has values, and not beside it


@dataclass(frozen=True)
class End:
    """A greatest value, or the negative of a least one.

    value, place: how sure its y is, and whether it is taken, and where.
    """

    y: float
    attained: bool
    at: float | None
    value: Proof = False
    place: Proof = False


@dataclass(frozen=True)
class Range:
    """The range, and how sure its two ends are, whether taken or not."""

    extent: Known[Extent]
    lower: Proof
    upper: Proof
    places: tuple[float, ...] = ()  # where the least and the greatest value were found


def range_of(q: Questions, order: int) -> Range:
    """The range of f (order 0) or of a derivative."""
    return q.once(("range", order), lambda: _range_of(q, order))


def _range_of(q: Questions, order: int) -> Range:
    found = _ends_of(q, order)
    ends = found.extent.value
    if ends is None or not q.knows(order) or not fills(q, order, ends.lower, ends.upper):
        return found
    return replace(found, extent=replace(found.extent, value=replace(ends, filled=True)))


def _ends_of(q: Questions, order: int) -> Range:
    """The ends of the range."""
    seen = q.seen(order)
    if not q.knows(order):
        told = None if math.inf in (seen.lower, -seen.upper) else seen  # all that was left of it
        return Range(Known(told, False), False, False)
    least = End(-seen.lower, seen.lower_attained, seen.lower_at)
    most = End(seen.upper, seen.upper_attained, seen.upper_at)
    sides = [_Greatest(q, order, -1, least), _Greatest(q, order, 1, most)]
    far = [side.far() for side in sides]
    if None in far:
        for side in sides:
            side.search((far[0] is None, far[1] is None), seen)
    low, high = (end or side.near() for end, side in zip(far, sides, strict=True))
    places = tuple(side.at for side in sides if side.at is not None and math.isfinite(side.at))
    if low is None or high is None or not -low.y <= high.y or math.inf in (-low.y, -high.y):
        return Range(Known(None, False), False, False, places)
    found = Extent(0.0 - low.y, low.attained, low.at, high.y + 0.0, high.attained, high.at)
    proof = weakest(low.value, low.place, high.value, high.place)
    return Range(Known(found, proof), low.value, high.value, places)


class _Greatest:
    """What is proven of the greatest value (sign 1), or of the negative of the least (-1).

    At the float `at` it is at least `best`, and nowhere more than `bound`; beyond all floats it is
    within `outer`, for both sides.
    """

    def __init__(self, q: Questions, order: int, sign: int, seen: End) -> None:
        self.q, self.order, self.sign, self.seen = q, order, sign, seen
        self.at: float | None = None
        self.best, self.bound, self.slack = -math.inf, math.inf, 0.0
        self.outer = {side: self._outer(side) for side in SIDES}

    def _outer(self, side: int) -> tuple[float, float]:
        if not self.q.reaches(self.order, side):
            return -math.inf, -math.inf
        limit = self.q.limit(self.order, side)
        if limit.kind is Kind.VALUE:
            low, high = sorted((self.sign * limit.lower, self.sign * limit.upper))
            return low, high
        ends = [self.sign * end for end in self.q.beyond(self.order, side)]
        unknown = math.isnan(ends[0]) and limit.kind is Kind.UNKNOWN
        return -math.inf, math.inf if unknown else max(ends)

    def far(self) -> End | None:
        """The end if it is at infinity."""
        seen = self.seen
        places = [side * math.inf for side in SIDES if self.outer[side][0] == math.inf]
        if places:
            here = seen.y == math.inf and seen.at is not None
            return End(math.inf, False, seen.at if here else places[0], True, True)
        if seen.at is None or math.isfinite(seen.at) or not self._nears():
            return None
        low, high = (max(ends) for ends in zip(*self.outer.values(), strict=True))
        if high - low > ROUND * max(abs(low), abs(high)):
            return None
        return End(seen.y if low <= seen.y <= high else low, False, seen.at, True, True)

    def search(self, asked: tuple[bool, bool], seen: Extent) -> None:
        """Look at every float."""
        places = [x for x in (seen.lower_at, seen.upper_at) if x is not None and math.isfinite(x)]
        both = self.q.extremes(self.order, asked, np.array(places))
        found = both.greatest if self.sign > 0 else both.least
        if found.x is not None:
            self.at, self.best = found.x, self.sign * found.value
            self.bound, self.slack = self.sign * found.bound, found.slack
        for side, (low, high) in self.outer.items():
            if low > self.best:
                self.best, self.at, self.slack = low, side * math.inf, opening(low, high)
            self.bound = max(self.bound, high)
        x = self.seen.at
        if x is not None and math.isfinite(x) and self._at(x)[0] > self.best:
            low, high = self._at(x)
            self.best, self.at, self.slack = low, x, opening(low, high)

    def near(self) -> End | None:
        """The end at a float, at a break or a pole; None if what was seen there cannot be."""
        seen = self.seen
        pole = self._pole() if self.bound == math.inf else None
        if pole is not None:
            at = seen.at if seen.y == math.inf and seen.at is not None else pole
            return End(math.inf, False, at, True, True)
        if not self.bound - self.best <= max(self.tolerance, self.scale):
            values = self.sign * self.q.activation.derivative(WHOLE, self.order)
            return None if self.contradicts(seen.y) or (values > seen.y).any() else seen
        sure: Proof = True if self.bound - self.best <= self.tolerance else ROUNDING
        if abs(seen.y - self.best) <= self.tolerance and not self._is_elsewhere(seen):
            limit = self.at is not None and math.isinf(self.at)  # which no sample has
            found = replace(seen, y=self.best if limit else seen.y, value=sure)
            if not seen.attained and self._is_exact():
                found = replace(found, attained=True, at=None if self._is_flat() else self.at)
        else:
            found = End(self.best, math.isfinite(self.at or 0.0), self.at, sure)
        if 0 < abs(found.y) <= self.tolerance < math.inf and self.best <= 0 <= self.bound:
            found = replace(found, y=0.0, attained=False)  # as near to 0 as floats come
        placed = (
            self.is_taken(found.at)
            if found.attained
            else self._below(self.bound, *self.q.stretch(self.order))
        )
        if not placed and found.at is not None and math.isfinite(found.at):
            placed = taken(self.q, self.order, self.sign, found.at) is found.attained
        return replace(found, place=placed or ROUNDING)

    def _pole(self) -> float | None:
        """Where there is no bound: beyond all floats that matter, or on one side of a pole."""
        if self.best >= BEYOND:
            return self.at
        for place in self.q.breaks(self.order).places:
            if place.kind is Broken.POLE:
                sides = around(np.array([place.lower, place.upper]))
                beside = (place.lower, place.upper, float(sides[0][0]), float(sides[1][1]))
                if any(self._at(x)[0] > 0 for x in beside):
                    return place.lower
        for x, side in self.q.edges():
            limit = self.q.limit_at(self.order, x, side)
            if self.sign * limit.lower == math.inf:
                return x
        return None

    def _is_elsewhere(self, seen: End) -> bool:
        """Whether what is said to be taken at a float is not: another is, or none."""
        if not seen.attained or seen.at is None or not math.isfinite(seen.at):
            return False
        return bool(self._at(seen.at)[1] < self.best - self.tolerance)

    @property
    def scale(self) -> float:
        """A gap beside values around the place, on the side where they are smaller."""
        scale = self.q.survey.scales[self.order] / 16
        if self.at is None or not math.isfinite(self.at):
            return GAP * scale
        reach = abs(self.at) or 1.0
        sizes = [self._size(side * reach * BESIDE) for side in SIDES]
        return GAP * float(np.fmin(scale, np.fmin.reduce(sizes)))

    def _size(self, steps: Array) -> float:
        """How large it is beside the place; nearer to it where it has no value so far out."""
        further = steps[2:] if self.at == 0 else steps[2:NEARER]
        for near in (steps[:2], further):
            sizes = np.abs(self.q.activation.derivative((self.at or 0.0) + near, self.order))
            if (known := ~np.isnan(sizes)).any():
                return float(sizes[known][:2].max())
        return math.nan

    @property
    def tolerance(self) -> float:
        """What is no more than rounding at the place itself."""
        slack = min(self.slack, self.scale)
        return max(4 * GAP * abs(self.best), slack, UNDERFLOW)

    def contradicts(self, y: float) -> bool:
        """Whether that cannot be the greatest value."""
        slack = max(1e-12 * abs(y), self.tolerance) if math.isfinite(y) else 0.0
        return not self.best - slack <= y <= self.bound + slack

    def _at(self, x: float) -> tuple[float, float]:
        ends = self.q.at(self.order, np.array([x]))
        low, high = sorted(self.sign * float(end[0]) for end in ends)
        return (low, high) if low == low else (-math.inf, math.inf)

    # --- taken ---

    def is_taken(self, at: float | None) -> bool:
        """Whether some float, or some x between floats, has the value."""
        floats = [x for x in (at, self.at) if x is not None and math.isfinite(x)]
        level = max((self._at(x)[0] for x in floats), default=-math.inf)
        if level >= self.bound:
            return True
        if level < self.bound - self.tolerance:
            return False
        if at is None:
            return self._below(level, *self.q.stretch(self.order), but_flat=True)
        return self._comes_back(level) and self._turns(at)

    def _is_exact(self) -> bool:
        """Whether a float has no less than the bound."""
        return self.at is not None and math.isfinite(self.at) and self._at(self.at)[0] >= self.bound

    def _is_flat(self) -> bool:
        """Whether all is constant beside that float."""
        cells = np.array([_cell(self.at or 0.0, side) for side in SIDES]).T
        slope = self.q.of(self.order).on(*cells)[1]
        return bool(((slope.lower == 0) & (slope.upper == 0)).any())

    def _comes_back(self, level: float) -> bool:
        """Whether a continuous function that gets this far is less far out (Weierstrass 1861)."""
        if self.q.period(self.order) is None and any(
            high >= level for _, high in self.outer.values()
        ):
            return False
        if self.q.whole and analytic(self.q):
            return True
        found = self.q.breaks(self.order)
        return found.proved and all(self._beside(each) < level for each in found.places)

    def _beside(self, place: Break) -> float:
        """A bound of the limits from both sides."""
        if place.kind is not Broken.GAP:
            ends = [self.sign * end for side in (place.left, place.right) for end in side]
            return max((end for end in ends if not math.isnan(end)), default=math.inf)
        edges = ((place.lower, -1), (place.upper, 1))
        cells = [_cell(end, side) for end, side in edges if abs(end) < LARGEST]
        if not cells:
            return -math.inf
        found = self.q.of(self.order).on(*np.array(cells).T)[0]
        return float(np.max(found.upper if self.sign > 0 else -found.lower))

    def _turns(self, x: float) -> bool:
        """Whether the slope has another sign on each side of a place: seven digits are right."""
        reach = NEAR * (abs(x) or 1.0)
        ends = np.stack(self.q.at(self.order + 1, np.array([x - reach, x + reach]))) * self.sign
        return bool((ends[:, 0] > 0).all() and (ends[:, 1] < 0).all())

    # --- not taken ---

    def _nears(self) -> bool:
        """Whether limits so great are approached from below, and what is between is less."""
        level = max(low for low, _ in self.outer.values())
        if not math.isfinite(level):
            return False
        corners, (f, slope, *_) = self.q.begins(self.order)
        torn = self._torn(corners)
        ends = list(self.q.stretch(self.order))
        for i, side in enumerate(SIDES):
            if self.outer[side][1] >= level:
                towards = slope.positive if self.sign * side > 0 else slope.negative
                inner = np.flatnonzero(~(towards & f.continuous) | torn)
                ends[i] = float(corners[inner[-i] + i] if inner.size else corners[i - 1])
        return self._below(level, ends[0], ends[1])

    def _torn(self, corners: Array) -> Truths:
        """Which cells have an end at which it may not be continuous."""
        torn = np.zeros(corners.size - 1, dtype=bool)
        if not analytic(self.q):
            inner = self.q.of(self.order).on(*around(corners[1:-1]))[0].continuous
            torn[:-1] |= ~inner
            torn[1:] |= ~inner
        return torn

    def _below(self, level: float, lower: float, upper: float, but_flat: bool = False) -> bool:
        """Whether all values between two of the corners that all begins with are less than a level.

        but_flat: those apart at single floats and where the function is constant, all of which are
        taken.
        """
        corners, bounds = self.q.begins(self.order)
        inside = (lower <= corners[:-1]) & (corners[1:] <= upper)
        points = corners[(lower <= corners) & (corners <= upper)]
        doubt = inside & self._reaches(bounds, level, but_flat)
        low, high, looked = corners[:-1][doubt], corners[1:][doubt], 0
        while True:
            if not but_flat and self._reaches(self.q.of(self.order).points(points), level).any():
                return False
            if not low.size or looked > budget(self.q.of(self.order)) // 4:
                return not low.size
            if not splits(low, high).all():
                return False
            points = middles(low, high)
            low, high = halves(low, high, points)
            looked += low.size
            doubt = self._reaches(self.q.of(self.order).on(low, high), level, but_flat)
            low, high = low[doubt], high[doubt]

    def _reaches(self, bounds: list[Bounds], level: float, but_flat: bool = False) -> Truths:
        """On which cells a value may be as great."""
        found = bounds[0]
        most, less = (found.upper, found.below) if self.sign > 0 else (-found.lower, found.above)
        reaches = (most > level) | ((most == level) & ~less)
        if but_flat:
            reaches &= ~((bounds[1].lower == 0) & (bounds[1].upper == 0) & found.continuous)
        return np.asarray(reaches)


def _cell(x: float, side: int) -> tuple[float, float]:
    """A cell next to a place."""
    low, high = sorted((x, x + side * 2.0**-20 * max(abs(x), 2.0**-20)))
    return low, high
