"""Whether a function is continuous on one stretch, and so takes every value between two."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from actviz.formula.enclosure.breaks import Break, Breaks, Span
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.enclosure.limits import Kind
from actviz.formula.enclosure.mesh import reciprocal, subject
from actviz.properties.analytic import analytic
from actviz.properties.proof import ROUNDING, Proof
from actviz.properties.questions import Questions


def seamless(breaks: Breaks, but: Iterable[Broken] = ()) -> Proof:
    """Whether a function is continuous where it is defined, on one stretch, but for such breaks."""
    if not breaks.proved:
        return False
    inner = [each for each in breaks.places if not _outer(each)]
    kinds = {each.kind for each in inner} - set(but)
    return not kinds or (ROUNDING if kinds == {Broken.SEAM} else False)


def _outer(place: Break) -> bool:
    """Whether it is where a function is defined no more, to the end of all floats."""
    ends = (place.lower == -LARGEST, place.upper == LARGEST)
    return place.kind is Broken.GAP and any(ends)


def fills(q: Questions, order: int, lower: float, upper: float) -> bool:
    """Whether all values between the ends of a range are taken, for sure (Bolzano 1817).

    That is so if f is continuous on one stretch, or goes from one infinity to the other on one.
    """
    if lower == upper:
        return True
    if q.connected and analytic(q):
        return True
    breaks = q.breaks(order)
    if q.connected and seamless(breaks):
        return True
    return breaks.proved and lower == -math.inf and upper == math.inf and _climbs(q, order, breaks)


def _climbs(q: Questions, order: int, breaks: Breaks) -> bool:
    """Whether it goes from one infinity to the other between two breaks or the ends."""
    torn = [each for each in breaks.places if each.kind is not Broken.SEAM]
    sides = [_end(q, order, -1)]
    for each in torn:
        sides += [_towards(q, order, each, beside) for beside in (each.left, each.right)]
    sides.append(_end(q, order, 1))
    return any(math.isinf(a) and a == -b for a, b in list(pairwise(sides))[::2])


def _towards(q: Questions, order: int, place: Break, beside: Span) -> float:
    """The infinity that it goes to on a side of a place, if it does.

    Beside a pole between floats that is the one of its sign there: it has no zero where one over it
    is continuous.
    """
    low, high = beside
    if math.isinf(low) or math.isinf(high):
        return low if math.isinf(low) else high
    if place.kind is not Broken.POLE or not low * high > 0:
        return math.nan
    f = q.of(order)
    inverse = subject(reciprocal(f.trees[0]), f.parameters)
    cell = np.array([place.lower]), np.array([place.upper])
    return math.copysign(math.inf, low) if inverse.on(*cell)[0].continuous.all() else math.nan


def _end(q: Questions, order: int, side: int) -> float:
    """The limit at an infinity, if it is infinite."""
    found = q.limit(order, side)
    infinite = found.kind is Kind.VALUE and math.isinf(found.lower)
    return found.lower if infinite else math.nan
