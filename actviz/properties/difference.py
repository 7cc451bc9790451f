"""How far two functions are apart on an interval, and where: proven, or said not to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.formula.enclosure.extremes import difference, largest_difference
from actviz.formula.enclosure.mesh import Subject
from actviz.formula.enclosure.zeros import zeros
from actviz.formula.expression import Formula

MIRRORED = 1e-9  # a share of a difference: one at -x that is nearer is the same
NEAR = 2.0**-8  # a share of the size of a place: where its slope is 0 beside it


@dataclass(frozen=True)
class Difference:
    """The largest |f - g|, and the places at which it was found, one or two that mirror each other.

    Nowhere on the interval is it more than bound; proved: that is no more than a millionth larger.
    NaN and no place where the two have no value in common.
    """

    difference: float
    at: tuple[float, ...]
    bound: float
    proved: bool


def largest(
    one: Activation, other: Activation, lower: float, upper: float, order: int = 0
) -> Difference:
    """The largest difference of two functions of one number, or of their derivatives.

    Where one of the two has no value it is passed over.

    >>> import actviz
    >>> found = largest(actviz.get("gelu"), actviz.get("gelu_tanh"), -6.0, 6.0)
    >>> round(found.difference, 8), [round(x, 3) for x in found.at], found.proved
    (0.00047324, [-2.699, 2.699], True)
    """
    f, g = ((each.tree(order), each.parameters) for each in (one, other))
    found = largest_difference(f, g, lower, upper)
    if found.x is None:
        return Difference(math.nan, (), found.bound, False)
    x = _closer(f, g, found.x, lower, upper)
    most = max(found.difference, _apart(f, g, x))
    places = [x]
    mirrored = _apart(f, g, -x) if x and lower <= -x <= upper else math.nan
    if abs(mirrored - most) <= MIRRORED * most:
        places = sorted({x, -x})
    return Difference(most, tuple(places), max(found.bound, most), found.proved)


def _apart(f: Formula, g: Formula, x: float) -> float:
    """How far two formulas are apart at a float, at least."""
    (low,), (high,) = difference(f, g).at(np.array([x]))
    return float(max(low, -high, 0.0)) if low == low else 0.0


def _closer(f: Formula, g: Formula, x: float, lower: float, upper: float) -> float:
    """The place nearby at which the slopes are the same, if there is just one."""
    apart = difference(f, g, 3)
    slope = Subject(apart.trees[1:], apart.parameters)
    reach = NEAR * max(abs(x), NEAR)
    found = zeros(slope, max(lower, x - reach), min(upper, x + reach))
    match found.places:
        case (place,) if place.single:
            return place.lower / 2 + place.upper / 2
    return x
