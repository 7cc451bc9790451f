"""Zeros and fixed points: single ones, and whole intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from actviz.formula.arrays import Array, Truths
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

    @property
    def y(self) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.surveyed.y[0] - self.slope * self.surveyed.x)

    def at(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.surveyed.at(x, 0) - self.slope * x

    def derivative_at(self, x: Array) -> Array:
        return self.surveyed.at(x, 1) - self.slope

    def noise(self, x: Array) -> Array:
        """What is no more than rounding at each place."""
        with np.errstate(all="ignore"):
            terms = np.abs(self.slope * x) + np.abs(self.surveyed.at(x, 0))
            steep = np.abs(x * self.surveyed.at(x, 1))
            swing = np.where(np.isfinite(steep), steep / 16, 0.0)
            return np.asarray(NOISE * (terms + swing + self.surveyed.scales[0] / 4))


def zeros(surveyed: Survey) -> Roots:
    """Where f(x) = 0."""
    return _roots(Difference(surveyed, 0.0))


def fixed_points(surveyed: Survey) -> Roots:
    """Where f(x) = x."""
    return _roots(Difference(surveyed, 1.0))


def _roots(difference: Difference) -> Roots:
    surveyed = difference.surveyed
    intervals = _joined(_stretches(difference))
    breaks = np.array([point.x for point in surveyed.breakpoints])
    places = [
        *_crossing(difference).tolist(),
        *_touching(difference).tolist(),
        *breaks[_at_break(difference, breaks)].tolist(),
    ]
    outside = _distinct(
        difference, [x + 0.0 for x in places if not any(_holds(i, x) for i in intervals)]
    )
    if len(outside) <= MANY and surveyed.reach >= 100.0:
        return Roots(tuple(sorted(outside)), intervals, math.inf)
    nearest = sorted(outside, key=abs)[:MANY]
    within = min(abs(nearest[-1]), 10.0) if nearest else 10.0
    return Roots(tuple(sorted(x for x in nearest if abs(x) <= within)), intervals, within)


def _crossing(difference: Difference) -> Array:
    """Changes of sign that stand out of the rounding on both sides."""
    surveyed = difference.surveyed
    level = difference.slope == 0  # f itself
    found = surveyed.zeros(0) if level else crossings(surveyed, difference.y, difference.at)
    x = np.array(found)
    return x[_stands_out(difference, x, -1.0) & ~_jumps(difference, x)]


def _jumps(difference: Difference, x: Array) -> Truths:
    """Whether it is as far from 0 at a place as beside it, and so is no zero."""
    steps = np.maximum(1.0, np.abs(x)) * STEPS[0]
    here, below, above = np.abs(difference.at(np.stack([x, x - steps, x + steps])))
    return np.asarray((here > difference.noise(x)) & (here > 0.5 * np.minimum(below, above)))


def _touching(difference: Difference) -> Array:
    """Extrema at which nothing but rounding is left, between values that stand out of it."""
    surveyed = difference.surveyed
    slopes = surveyed.y[1] - difference.slope
    level = difference.slope == 0
    places = surveyed.zeros(1) if level else crossings(surveyed, slopes, difference.derivative_at)
    x = np.array(places)
    return x[(np.abs(difference.at(x)) <= difference.noise(x)) & _stands_out(difference, x, 1.0)]


def _at_break(difference: Difference, x: Array) -> Truths:
    """Whether breakpoints are solutions, and not by rounding only, as 10 for clip(gelu, 0, 10)."""
    noise = difference.noise(x)
    sides = np.abs(_beside(difference, x))
    seen = (sides > noise[:, None]).any(axis=-1) | np.isnan(sides).all(axis=-1)
    return np.asarray((np.abs(difference.at(x)) <= noise / 16) & seen.all(axis=0))


def _stands_out(difference: Difference, x: Array, sign: float) -> Truths:
    """Whether values beside places stand out of the rounding, their product of that sign."""
    left, right = _beside(difference, x)
    noise = difference.noise(x)[:, None]
    seen = (np.abs(left) > noise) & (np.abs(right) > noise)
    return np.asarray((seen & (np.sign(left) * np.sign(right) == sign)).any(axis=1))


def _beside(difference: Difference, x: Array) -> Array:
    """Values at some steps to the left and the right: of shape (2, places, steps)."""
    steps = np.maximum(1.0, np.abs(x))[:, None] * STEPS
    return difference.at(np.stack([x[:, None] - steps, x[:, None] + steps]))


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


def _distinct(difference: Difference, places: Sequence[float]) -> list[float]:
    """Each place once: the one nearest to 0 of those between which there is only rounding."""
    x = np.array(sorted(places, key=abs))
    out: list[float] = []
    for each, noise in zip(x.tolist(), difference.noise(x).tolist(), strict=True):
        near = [other for other in out if abs(each - other) <= 0.1 * max(1.0, abs(each))]
        if not near or not _is_one(difference, each, np.array(near), noise):
            out.append(each)
    return out


def _is_one(difference: Difference, x: float, others: Array, noise: float) -> bool:
    """Whether there is only rounding between a place and one of the others."""
    if (np.abs(x - others) <= 1e-9 * abs(x)).any():
        return True
    between = np.abs(difference.at(x + (others[:, None] - x) * BETWEEN))
    return not (between > noise).any(axis=1).all()
