"""How smooth a function is, proven: what selects or divides in its formula, and where it breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from actviz.formula.breakpoints import Breakpoint
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.enclosure.breaks import Break
from actviz.formula.enclosure.breaks import Kind as Broken
from actviz.properties import shape
from actviz.properties.analytic import analytic
from actviz.properties.continuous import seamless
from actviz.properties.ends import range_of
from actviz.properties.proof import ROUNDING, Known, Proof, weakest
from actviz.properties.questions import Questions

NEAR = 1024.0  # units in the last place of a place, within which it is the same
BREAKING = (Broken.JUMP, Broken.POLE, Broken.WILD)


def smoothness(q: Questions) -> Known[int]:
    """The highest order (up to 4) to which the derivatives are continuous, -1 if f is not."""
    seen = shape.smoothness(q.survey)
    if not q.knows(0):
        return Known(seen, False)
    if analytic(q):
        return Known(MAXIMUM_ORDER, True)
    proof: Proof = True
    for order in range(MAXIMUM_ORDER + 1):
        if not q.encloses(order):
            return Known(seen if seen >= order - 1 else None, False)
        found = q.breaks(order)
        alone = [each for each in found.places if order and _is_alone(each)]
        if any(each.kind in BREAKING and each not in alone for each in found.places):
            return Known(order - 1, proof)
        jumps = (Broken.JUMP,) * bool(alone)
        proof = weakest(proof, seamless(found, (Broken.GAP, Broken.HOLE, *jumps)))
        proof = ROUNDING if alone and proof else proof
        if not proof:
            return Known(seen if seen >= order - 1 else None, False)
    return Known(MAXIMUM_ORDER, proof)


def _is_alone(place: Break) -> bool:
    """Whether a derivative jumps at a number alone, and so does not (mean value theorem)."""
    apart = place.left[0] > place.right[1] or place.right[0] > place.left[1]
    return place.kind is Broken.JUMP and not apart and place.left[0] == place.left[0]


def lipschitz(q: Questions) -> Known[float]:
    """The least L with |f(a) - f(b)| <= L*|a - b|: the supremum of |f'|, infinite at a jump."""
    slopes = range_of(q, 1)
    seen = shape.lipschitz(q.survey, q.seen(1))
    if slopes.extent.value is None or not q.knows(1):
        return Known(None if slopes.extent.value is None else seen, False)
    ends = slopes.extent.value
    sizes = ((abs(ends.lower), slopes.lower), (abs(ends.upper), slopes.upper))
    if any(size == math.inf and proof is True for size, proof in sizes):
        return Known(math.inf, True)
    proof, most = weakest(*(proof for _, proof in sizes)), max(size for size, _ in sizes)
    if analytic(q):
        return Known(most, proof)
    breaks = q.breaks(0)
    if any(each.kind in BREAKING for each in breaks.places):
        return Known(math.inf, True)
    proof = weakest(seamless(breaks, (Broken.HOLE,)), proof)
    return Known(most if proof else seen, proof)


def bounded(q: Questions) -> Known[str]:
    """'both', 'below', 'above' or 'neither'."""
    values = range_of(q, 0)
    if values.extent.value is None:
        return Known(None, False)
    return Known(shape.bounded(values.extent.value), weakest(values.lower, values.upper))


def between(q: Questions, known: Sequence[float]) -> list[Breakpoint]:
    """The jumps and poles as far as breakpoints are told that are none of the known switches."""
    if not q.encloses(0) or analytic(q):
        return []
    reach, at = q.survey.reach, np.array(sorted(known))
    found = []
    for each in q.breaks_within(reach).places:
        x = each.lower / 2 + each.upper / 2
        near = at.size and np.abs(at - x).min() <= NEAR * math.ulp(abs(x) or 1.0)
        if each.kind in BREAKING and each.upper - each.lower <= NEAR * math.ulp(x) and not near:
            left, right = (low / 2 + high / 2 for low, high in (each.left, each.right))
            found.append(Breakpoint(x, 0, each.kind is Broken.POLE, left, right))
    return found
