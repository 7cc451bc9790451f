"""Zeros, fixed points and inflection points, proven: each place told, and no other there is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.mesh import Subject
from actviz.formula.enclosure.zeros import Zero, Zeros
from actviz.formula.enclosure.zeros import zeros as zeros_of
from actviz.formula.evaluate import evaluate
from actviz.formula.switches import edge_places
from actviz.properties import roots as seen_by
from actviz.properties.proof import ROUNDING, Known, Proof
from actviz.properties.questions import Questions, budget
from actviz.properties.roots import Roots, Stretch
from actviz.properties.survey import MANY, NEAREST

Ask: TypeAlias = Callable[[float, float], Zeros]
FEW = 8  # of more, those near 0 are told
NARROW = 1e-6  # of its size: a place in doubt that may be a zero that rounding hides
WIDE = 1e-3  # a place in doubt that is no single zero
ALIKE = 2.0**-44  # of its size: as near to each other, two places are one


def zeros(q: Questions) -> Known[Roots]:
    """Where f(x) = 0."""
    seen = seen_by.zeros(q.survey)
    if not q.knows(0):
        return Known(seen, False)
    f = q.of(0)
    found = _known(f, lambda lower, upper: zeros_of(f, lower, upper, budget(f)), seen)
    return found if found.value is None else replace(found, value=_with_limits(q, found.value))


def _with_limits(q: Questions, roots: Roots) -> Roots:
    """Also where something is divided by 0 and f is 0, as both sides go there: exp(-1/x**2)."""
    f = q.activation
    floats, others = edge_places(f.definition, tuple(f.parameters.items()))
    x = np.unique([*floats, *q.survey.anchors]) + 0.0
    at = np.isin(x, floats)
    for part in others:
        at |= evaluate(part, x, {}) == 0
    at &= (q.survey.at(x, 0) == 0) & (np.abs(x) <= roots.within) & ~np.isin(x, roots.points)
    for each in roots.intervals:
        at &= (x < each.lower) | (x > each.upper)
    return replace(roots, points=tuple(sorted([*roots.points, *x[at].tolist()])))


def fixed_points(q: Questions) -> Known[Roots]:
    """Where f(x) = x."""
    seen = seen_by.fixed_points(q.survey)
    if not q.knows(0):
        return Known(seen, False)
    f, but_zero = q.beside_x

    def ask(lower: float, upper: float) -> Zeros:
        found = zeros_of(f, lower, upper, budget(f))
        return _with_zero(q, found) if but_zero else _with_values(q, found)

    return _known(f, ask, seen)


def _with_values(q: Questions, found: Zeros) -> Zeros:
    """The zeros but for floats at which f has no value: 0/x**2 has none, and is taken for 0."""
    at = np.array([each.lower for each in found.places])
    alone = np.array([each.lower == each.upper for each in found.places], dtype=bool)
    kept = ~(alone & np.isnan(q.at(0, at)[0]) & np.isnan(q.survey.at(at, 0)))
    return replace(found, places=tuple(itertools.compress(found.places, kept)))


def _with_zero(q: Questions, found: Zeros) -> Zeros:
    """The zeros of a formula times x."""
    at = Zero(0.0, 0.0, True, False)
    (low,), (high,) = q.at(0, np.zeros(1))
    if not low <= 0 <= high:
        return found
    others = [
        each for each in found.places if not (each.lower <= 0 <= each.upper and not each.flat)
    ]
    within = any(each.flat and each.lower <= 0 <= each.upper for each in others)
    hidden = [
        each for each in found.places if not each.single and not each.flat and each not in others
    ]
    places = sorted(
        [*others, *hidden, *([] if within or hidden else [at])], key=lambda each: each.lower
    )
    return Zeros(tuple(places), found.proved)


def _known(f: Subject, ask: Ask, seen: Roots) -> Known[Roots]:
    """What was seen, as far as it holds, or what is proven in its place."""
    if seen.within == math.inf and len(seen.points) <= FEW:
        found = ask(-LARGEST, LARGEST)
        if found.proved and len(found.places) <= MANY:
            return Known(_told(f, found.places, seen, math.inf), _sharp(found.places))
        if not found.proved or _contradicts(found.places, seen):
            return _judged(f, found, seen)
    within = min(seen.within, NEAREST)
    near = Roots(tuple(x for x in seen.points if abs(x) <= within), seen.intervals, within)
    found = ask(-within, within)
    if found.proved:
        return Known(_told(f, found.places, near, within), _sharp(found.places))
    return _judged(f, found, near)


def _sharp(places: Sequence[Zero]) -> Proof:
    """Whether each zero is told to its last digits but a few, not only that it is near 0."""
    wide = (each.upper - each.lower for each in places if not each.flat)
    sizes = (max(abs(each.lower), abs(each.upper)) for each in places if not each.flat)
    sharp = all(width <= NARROW * size for width, size in zip(wide, sizes, strict=True))
    return True if sharp else ROUNDING


def _judged(f: Subject, found: Zeros, seen: Roots) -> Known[Roots]:
    """What was seen, if nothing speaks against it."""
    if _contradicts(found.places, seen) or any(_unseen(f, each, seen) for each in found.places):
        return Known(None, False)
    return Known(seen, ROUNDING if all(_hidden(place, seen) for place in found.places) else False)


def _unseen(f: Subject, place: Zero, seen: Roots) -> bool:
    """Whether a formula is 0 to rounding throughout a place of some width that was not seen."""
    lower, upper = max(place.lower, -NEAREST), min(place.upper, NEAREST)
    if upper - lower <= WIDE or _is_seen(place, seen):
        return False
    low, high = f.at(np.linspace(lower, upper, 9)[1:-1])
    return bool(((low <= 0) & (high >= 0)).all())


def _told(f: Subject, places: Sequence[Zero], seen: Roots, within: float) -> Roots:
    """The places as points and intervals, by the floats that samples found where they fit."""
    points = [_point(f, each, seen) for each in places if not each.flat]
    flat = [_stretch(each, seen, within) for each in places if each.flat]
    return Roots(tuple(sorted(points)), tuple(flat), within)


def _point(f: Subject, zero: Zero, seen: Roots) -> float:
    """The float in a place that was seen, or at which the formula is least."""
    if zero.lower == zero.upper:
        return zero.lower
    fits = [x for x in seen.points if zero.lower <= x <= zero.upper]
    if fits:
        return fits[0]
    low, high = f.at(np.array([zero.lower, zero.upper]))
    sizes = np.abs(low + high)
    return zero.upper if sizes[1] < sizes[0] else zero.lower


def _stretch(zero: Zero, seen: Roots, within: float) -> Stretch:
    """The interval that was seen and has these ends, but for neighbouring floats."""
    for each in seen.intervals:
        pairs = ((each.lower, zero.lower), (each.upper, zero.upper))
        if all(_alike(a, b) for a, b in pairs):
            return each
    lower = -math.inf if zero.lower == -LARGEST else zero.lower
    upper = math.inf if zero.upper == LARGEST else zero.upper
    return Stretch(lower, lower > -math.inf, upper, upper < math.inf)


def _alike(a: float, b: float) -> bool:
    return abs(max(min(a, LARGEST), -LARGEST) - b) <= ALIKE * abs(b)


def _contradicts(places: Sequence[Zero], seen: Roots) -> bool:
    """Whether something seen is no zero, or a zero was not seen."""
    for x in seen.points:
        if not any(each.lower <= x <= each.upper or _alike(x, each.lower) for each in places):
            return True
    return any((each.single or each.flat) and not _is_seen(each, seen) for each in places)


def _is_seen(place: Zero, seen: Roots) -> bool:
    slack = NARROW * max(abs(place.lower), abs(place.upper))
    points = any(place.lower - slack <= x <= place.upper + slack for x in seen.points)
    ends = ((each.lower - slack, each.upper + slack) for each in seen.intervals)
    return points or any(low <= place.lower and place.upper <= high for low, high in ends)


def _hidden(place: Zero, seen: Roots) -> bool:
    """Whether a place is a zero that was seen, or one so narrow that rounding may hide one."""
    narrow = place.upper - place.lower <= NARROW * max(abs(place.lower), abs(place.upper), NARROW)
    return place.single or place.flat or (narrow and _is_seen(place, seen))
