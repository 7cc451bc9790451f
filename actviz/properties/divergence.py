"""Where the integral of a mean diverges, proven: by limits of what is integrated, and its poles."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.limits import Kind, Limit, limit, limit_beside
from actviz.formula.expression import Apply, Node, Number, X
from actviz.formula.parsing import parse
from actviz.properties.questions import Questions
from actviz.properties.survey import Survey

REACH = 38.0  # beyond, the density is 0 in float64
SIDES = (-1, 1)
DENSITY = parse("exp(-x**2/2)")  # but for a factor
STEPS = np.array([1e-3, 1e-5, 1e-7])  # how near to a pole one looks how fast it grows
POLE = 0.999  # the power of 1/distance from which on it is a pole, whose order is a whole number
GROWS = 0.9  # and from which on one looks closely
TAIL = 1e-25  # an integrand that is not smaller at the reach may diverge
NEAR = 2.0**-40  # of its size: as near to each other, places are one

Endless = tuple[float | None, float | None, float | None]


def integrands(surveyed: Survey, x: Array) -> Array:
    """f, f^2 and f'^2 times the density; its root goes first, that f^2 does not overflow."""
    root = np.exp(-(x**2) / 4) / (2 * math.pi) ** 0.25
    value, slope = surveyed.at(x, 0) * root, surveyed.at(x, 1) * root
    return np.array([value * root, value**2, slope**2])


def diverging(q: Questions) -> Endless:
    """What E f, E f^2 and E f'^2 are where they diverge for sure, or None.

    That is inf or -inf, or NaN where both an infinite and a negative infinite part are in it.
    """
    if not q.knows(1):
        return None, None, None
    signs = [set[int](), set[int](), set[int]()]
    for row, sign in (*_outwards(q), *_at_places(q)):
        signs[row].add(sign)
    mean, second, derivative_second = (
        None if not each else math.nan if len(each) > 1 else math.copysign(math.inf, *each)
        for each in signs
    )
    return mean, math.inf if mean is not None else second, derivative_second


def _outwards(q: Questions) -> Iterator[tuple[int, int]]:
    """Each integral that diverges at an infinity, and its sign there."""
    with np.errstate(all="ignore"):
        ends = np.abs(integrands(q.survey, REACH * np.array(SIDES)))
    for i, side in enumerate(SIDES):
        for row, tree in enumerate(_integrated(q)):
            if not ends[row, i] <= TAIL:
                given = q.of(0).parameters
                yield from _signed(row, limit(Apply("*", (tree, DENSITY)), given, side))


def _at_places(q: Questions) -> Iterator[tuple[int, int]]:
    """Each integral that diverges at a breakpoint, and its sign on a side of it."""
    for point in q.survey.breakpoints:
        powers = _powers(q.survey, point.x)
        for row, tree in enumerate(_integrated(q)):
            for i, side in enumerate(SIDES):
                if not powers[row, i] >= GROWS:
                    continue
                away = Apply("-", (X, Number(point.x)))
                times = Apply("*", (tree, Apply("*", (Number(float(side)), away))))
                found = [*_signed(row, limit_beside(times, q.of(0).parameters, point.x, side))]
                yield from found or _as_pole(q, row, point.x, side, float(powers[row, i]))


def _integrated(q: Questions) -> tuple[Node, Node, Node]:
    value, slope = q.of(0).trees[:2]
    two = Number(2.0)
    return value, Apply("**", (value, two)), Apply("**", (slope, two))


def _signed(row: int, found: Limit) -> Iterator[tuple[int, int]]:
    """The sign of a limit that is not 0."""
    if found.kind is Kind.VALUE and (found.lower > 0 or found.upper < 0):
        yield row, 1 if found.lower > 0 else -1


def _powers(surveyed: Survey, x: float) -> Array:
    """By which power of 1/distance each integrand grows on both sides of a place."""
    steps = max(1.0, abs(x)) * STEPS
    with np.errstate(all="ignore"):
        sizes = np.log(np.abs(integrands(surveyed, np.array([x - steps, x + steps]))))
        powers = np.diff(sizes, axis=2) / -np.diff(np.log(STEPS))
    return np.asarray(np.nan_to_num(powers, nan=-1.0).min(axis=2))


def _as_pole(
    q: Questions, row: int, x: float, side: int, power: float
) -> Iterator[tuple[int, int]]:
    """The same where no float is at the pole: a pole that is proven, and grows as fast as one."""
    places = q.breaks(0).places if power >= POLE else ()
    for each in places:
        slack = NEAR * abs(x)
        if each.kind is Broken.POLE and each.lower - slack <= x <= each.upper + slack:
            beside = x + side * max(1.0, abs(x)) * STEPS[-1]
            yield row, int(np.sign(q.survey.at(np.array(beside), 0))) if row == 0 else 1
