"""Inflection points: where the curvature changes its sign, and f does not jump."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from actviz.formula.enclosure.breaks import Break
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.zeros import Zero
from actviz.properties.analytic import analytic
from actviz.properties.continuous import seamless
from actviz.properties.proof import Known, Proof, weakest
from actviz.properties.questions import Questions
from actviz.properties.roots import Roots
from actviz.properties.survey import MANY, NEAREST, Survey

BROKEN = (Broken.JUMP, Broken.POLE, Broken.WILD)  # where f is not continuous there is no inflection
NEARER = 2.0 ** -np.arange(4.0, 36.0, 4.0)  # of an end: so far from it, signs are looked at too
ALIKE = 2.0**-40  # of its size: as near to each other, two places are one


def inflections(q: Questions) -> Known[Roots]:
    """Where f'' has one sign on the left and the other on the right."""
    seen = _seen(q.survey)
    if not q.knows(2):
        return Known(seen, False)
    found, places = q.zeros_within(2, seen.within), list[Break]()
    whole: Proof = True
    if not analytic(q):
        places = [each for each in q.breaks(2).places if abs(each.lower) < seen.within]
        whole = weakest(q.breaks(2).proved, seamless(q.breaks(0), BROKEN))
    if not found.proved or not whole:
        return Known(seen, False)
    points = _changing(q, _places([*found.places, *places]), seen)
    if points is None:
        return Known(seen, False)
    broken = () if analytic(q) else q.breaks(0).places
    off = [(each.lower, each.upper) for each in broken if each.kind in BROKEN]
    told = (x for x in points if not any(low <= x <= high for low, high in off))
    return Known(Roots(tuple(told), (), seen.within), whole)


def _places(found: Sequence[Zero | Break]) -> list[tuple[float, float]]:
    """Where the sign may change, in order."""
    joined: list[tuple[float, float]] = []
    for low, high in sorted((each.lower, each.upper) for each in found):
        if joined and low <= joined[-1][1] + ALIKE * abs(low):
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _changing(q: Questions, places: list[tuple[float, float]], seen: Roots) -> list[float] | None:
    """Those between stretches of opposite signs; None if a sign, or a value, is not known."""
    reach, (first, last) = min(seen.within, LARGEST), q.domain
    places = [(low, high) for low, high in places if first < high and low < last]
    inside = (end for place in places for end in place)
    ends = [max(-reach, first), *inside, min(reach, last)]
    inner = np.array([_between(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True)])
    low, high = (y.reshape(inner.shape) for y in q.at(2, inner.ravel()))
    above, below = (low > 0).any(axis=1), (high < 0).any(axis=1)
    if not (above | below | ((low == 0) & (high == 0)).all(axis=1)).all():
        return None
    signs = np.where(above, 1, np.where(below, -1, 0))
    return [
        _point(low, high, seen)
        for (low, high), a, b in zip(places, signs[:-1], signs[1:], strict=True)
        if a * b == -1
    ]


def _between(low: float, high: float) -> list[float]:
    """Floats inside, one well so and near 0 if there is room, others ever nearer to the ends.

    Between them the sign is one, but where a function has died away it may not be seen.
    """
    least, most = max(low, min(-1.0, 2 * high)), min(high, max(1.0, 2 * low))
    from_low = [low + abs(low) * share for share in NEARER]
    from_high = [high - abs(high) * share for share in NEARER]
    middle = least / 2 + most / 2
    return [middle, *(x if low < x < high else middle for x in (*from_low, *from_high))]


def _point(low: float, high: float, seen: Roots) -> float:
    slack = ALIKE * abs(low)
    fits = [x for x in seen.points if low - slack <= x <= high + slack]
    return fits[0] if fits else low


def _seen(surveyed: Survey) -> Roots:
    """Those that samples show."""
    inside = surveyed.zeros(2)
    pieces = surveyed.pieces
    at_breaks = [
        point.x
        for point, left, right in zip(surveyed.breakpoints, pieces[:-1], pieces[1:], strict=True)
        if point.order > 0
        and np.sign(surveyed.y[2, [left.points.stop - 1, right.points.start]]).prod() < 0
    ]
    points = sorted([*inside, *at_breaks], key=abs)
    if len(points) <= MANY and surveyed.reach >= NEAREST:
        return Roots(tuple(sorted(x + 0.0 for x in points)), (), math.inf)
    near = [x + 0.0 for x in points if abs(x) <= min(NEAREST, surveyed.reach)]
    return Roots(tuple(sorted(near)), (), NEAREST)
