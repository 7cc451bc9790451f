"""Zeros and fixed points: single ones, and whole intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from actviz.formula.arrays import Array
from actviz.properties.survey import MANY, NOISE, STEPS, Piece, Survey, crossings

BETWEEN = np.array([0.113, 0.297, 0.419, 0.618, 0.773, 0.891])  # no swing has all of them as zeros


@dataclass(frozen=True)
class Stretch:
    """An interval, with whether its ends belong to it; an infinite end does not."""

    lower: float
    lower_closed: bool
    upper: float
    upper_closed: bool


@dataclass(frozen=True)
class Roots:
    """The solutions of an equation: points in ascending order, and intervals of solutions.

    within is infinite if all are told, else the distance from 0 up to which they are.
    """

    points: tuple[float, ...]
    intervals: tuple[Stretch, ...]
    within: float

    def __bool__(self) -> bool:
        return bool(self.points or self.intervals)


@dataclass(frozen=True, eq=False)
class Difference:
    """f(x) - slope*x as what is to be 0, with its values and derivative at the points."""

    surveyed: Survey
    slope: float
    _noises: dict[float, float] = field(default_factory=dict, repr=False)

    @property
    def y(self) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.surveyed.y[0] - self.slope * self.surveyed.x)

    def at(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.surveyed.at(x, 0) - self.slope * x

    def derivative_at(self, x: Array) -> Array:
        return self.surveyed.at(x, 1) - self.slope

    def noise(self, x: float) -> float:
        """What is no more than rounding at x."""
        if x not in self._noises:
            at = np.array(x)
            terms = abs(self.slope * x) + abs(float(self.surveyed.at(at, 0)))
            steep = abs(x * float(self.surveyed.at(at, 1)))
            swing = steep / 16 if math.isfinite(steep) else 0.0
            self._noises[x] = NOISE * (terms + swing + self.surveyed.scales[0] / 4)
        return self._noises[x]


def zeros(surveyed: Survey) -> Roots:
    """Where f(x) = 0."""
    return _roots(Difference(surveyed, 0.0))


def fixed_points(surveyed: Survey) -> Roots:
    """Where f(x) = x."""
    return _roots(Difference(surveyed, 1.0))


def _roots(difference: Difference) -> Roots:
    surveyed = difference.surveyed
    intervals = _joined(_stretches(difference))
    places = [
        *_crossing(difference),
        *_touching(difference),
        *(p.x for p in surveyed.breakpoints if _at_break(difference, p.x)),
    ]
    outside = _distinct(
        difference, (x + 0.0 for x in places if not any(_holds(i, x) for i in intervals))
    )
    if len(outside) <= MANY and surveyed.reach >= 100.0:
        return Roots(tuple(sorted(outside)), intervals, math.inf)
    nearest = sorted(outside, key=abs)[:MANY]
    within = min(abs(nearest[-1]), 10.0) if nearest else 10.0
    return Roots(tuple(sorted(x for x in nearest if abs(x) <= within)), intervals, within)


def _crossing(difference: Difference) -> list[float]:
    """Changes of sign that stand out of the rounding on both sides."""
    surveyed = difference.surveyed
    level = difference.slope == 0  # f itself
    found = surveyed.zeros(0) if level else crossings(surveyed, difference.y, difference.at)
    return [
        x
        for x in found
        if _stands_out(difference, x, lambda a, b: a * b < 0) and not _jumps(difference, x)
    ]


def _jumps(difference: Difference, x: float) -> bool:
    """Whether it is as far from 0 at a place as beside it, and so is no zero."""
    steps = max(1.0, abs(x)) * STEPS[0]
    here, *sides = np.abs(difference.at(np.array([x, x - steps, x + steps]))).tolist()
    return bool(here > difference.noise(x) and here > 0.5 * min(sides))


def _touching(difference: Difference) -> list[float]:
    """Extrema at which nothing but rounding is left, between values that stand out of it."""
    surveyed = difference.surveyed
    slopes = surveyed.y[1] - difference.slope
    level = difference.slope == 0
    places = surveyed.zeros(1) if level else crossings(surveyed, slopes, difference.derivative_at)
    values = difference.at(np.array(places)).tolist()
    return [
        x
        for x, y in zip(places, values, strict=True)
        if abs(y) <= difference.noise(x) and _stands_out(difference, x, lambda a, b: a * b > 0)
    ]


def _at_break(difference: Difference, x: float) -> bool:
    """Whether a breakpoint is a solution, and not by rounding only, as 10 for clip(gelu, 0, 10)."""
    if not abs(float(difference.at(np.array(x)))) <= difference.noise(x) / 16:
        return False
    steps = max(1.0, abs(x)) * STEPS
    sides = [np.abs(difference.at(x - steps)), np.abs(difference.at(x + steps))]
    return all((side > difference.noise(x)).any() or np.isnan(side).all() for side in sides)


def _stands_out(difference: Difference, x: float, fits: Callable[[float, float], bool]) -> bool:
    noise = difference.noise(x)
    steps = max(1.0, abs(x)) * STEPS
    sides = zip(difference.at(x - steps).tolist(), difference.at(x + steps).tolist(), strict=True)
    return any(abs(a) > noise and abs(b) > noise and fits(a, b) for a, b in sides)


def _stretches(difference: Difference) -> list[Stretch]:
    """The pieces on which the formula is 0, or x, with their ends where these belong to it."""
    surveyed, slope = difference.surveyed, difference.slope
    found = []
    for piece in surveyed.pieces:
        y = difference.y[piece.points]
        rounding = 2.0**-50 * np.abs(slope * surveyed.x[piece.points])
        if not (np.abs(y) <= rounding).all():
            continue
        if surveyed.constant(piece, int(slope)) == slope:
            found.append(_closed(difference, piece))
    return found


def _closed(difference: Difference, piece: Piece) -> Stretch:
    ends = (piece.lower, piece.upper)
    lower, upper = (math.isfinite(x) and bool(difference.at(np.array([x]))[0] == 0) for x in ends)
    return Stretch(piece.lower, lower, piece.upper, upper)


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours with a common end that belongs to them as one."""
    out: list[Stretch] = []
    for each in stretches:
        if out and out[-1].upper == each.lower and each.lower_closed:
            last = out.pop()
            each = Stretch(last.lower, last.lower_closed, each.upper, each.upper_closed)
        out.append(each)
    return tuple(out)


def _holds(stretch: Stretch, x: float) -> bool:
    return (
        stretch.lower < x < stretch.upper
        or (x == stretch.lower and stretch.lower_closed)
        or (x == stretch.upper and stretch.upper_closed)
    )


def _distinct(difference: Difference, places: Iterable[float]) -> list[float]:
    """Each place once: the one nearest to 0 of those between which there is only rounding."""
    out: list[float] = []
    for x in sorted(places, key=abs):
        if not any(_one(difference, x, other) for other in out):
            out.append(x)
    return out


def _one(difference: Difference, x: float, other: float) -> bool:
    if abs(x - other) > 0.1 * max(1.0, abs(x)):
        return False
    between = np.abs(difference.at(x + (other - x) * BETWEEN))
    return abs(x - other) <= 1e-9 * abs(x) or not (between > difference.noise(x)).any()
