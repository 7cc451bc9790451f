"""Where a function is a straight line to far more digits than a format has, proven by enclosures.

Far out that is so nearly everywhere: sigmoid is 1, silu is x or 0. A line costs two operations for
a number, where float64 overflows inside the formula its values cost a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.check.tolerance import Tolerance
from actviz.errors import UsageError
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.enclosure.mesh import subject

MARGIN = 2.0**-12  # of the tolerance: so near to the function is a line that stands for it


@dataclass(frozen=True)
class Lines:
    """For each of n cells whether there is one, and value + slope (x - middle).

    The middle of a cell is one of the numbers of float64 in it.
    """

    there: Truths
    middle: Array
    value: Array
    slope: Array

    def at(self, cell: int, x: Array) -> Array | None:
        """What stands for the values in a cell, if there is a line."""
        if not self.there[cell]:
            return None
        return np.asarray(self.value[cell] + self.slope[cell] * (x - self.middle[cell]))


def lines(
    activation: Activation, order: int, lower: Array, upper: Array, within: Tolerance
) -> Lines:
    """The lines that stand for a derivative of a function of one number on closed cells.

    By the mean value theorem: what is continuous leaves the line by no more than the slope varies
    times the distance.
    """
    middle = lower / 2 + upper / 2
    nothing = np.zeros(lower.shape)
    none = Lines(nothing != 0, middle, nothing, nothing)
    if order == MAXIMUM_ORDER:
        return none
    with np.errstate(all="ignore"):
        try:
            found = subject(activation.tree(order), activation.parameters)
            outside = np.nextafter(lower, -np.inf), np.nextafter(upper, np.inf)
            own, slopes = found.on(*outside)[:2]
        except (UsageError, KeyError):  # what cannot be enclosed
            return none
        value = np.asarray(activation.derivative(middle, order))
        slope, reach = slopes.lower / 2 + slopes.upper / 2, upper / 2 - lower / 2
        away = (slopes.upper - slopes.lower) * reach
        least = np.maximum(np.abs(value) - np.abs(slope) * reach, within.format.normal)
        allowed = (within.relative + within.ulp * within.format.eps / 2) * least + within.absolute
        there = own.continuous & slopes.continuous & (away <= MARGIN * allowed)
        there &= np.isfinite(value) & (np.abs(slope) * reach <= np.abs(value) + allowed)
    return Lines(there, middle, value, slope)
