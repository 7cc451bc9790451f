"""How far a function's numbers are from the true ones, over all of a floating-point format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.check import libraries, points
from actviz.check.claim import Claim, first_component, sides
from actviz.check.dtypes import Format
from actviz.check.exact.truth import truth
from actviz.check.looking import NEAR_SWITCH
from actviz.check.result import Numbers
from actviz.check.tolerance import Tolerance
from actviz.formula import precise
from actviz.formula.arrays import Array, Integers, Truths
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.evaluate import CONSTANTS
from actviz.formula.fixed import fixed
from actviz.formula.program import program

TAIL = 4.0  # beyond it lie the tails
OURS = 16 * 2.0**-52  # of |y| + |x y'|: what our own float64 numbers may be off
SMALLEST = 2.0**-1022  # below it they are off by anything
RARELY = (
    0.25  # of the tolerance: errors below are no close calls, as ours hardly ever are off so far
)
HARDLY_EVER = 6 * 2.0**-52  # so far ours are hardly ever off; a tolerance below is all close calls
MOST_CLOSE, MOST_EXACT = 20_000, 200  # close calls decided by more digits, and by 50
ROUNDINGS = 16  # so many make no wrong value, but lost digits
SINGLE = 2.0**-23  # eps of float32


@dataclass(frozen=True)
class Accuracy:
    """Numbers beside the true ones, and how far apart they may be.

    Arrays of one length: x, got, expected, error, and scale = |y| + |x y'|.
    others: the largest number beside x that a switch depends on, and that may be rounded as well.
    """

    order: int
    within: Tolerance
    x: Array
    got: Array
    expected: Array
    scale: Array
    error: Array
    others: float = 0.0

    @property
    def format(self) -> Format:
        return self.within.format

    @property
    def tolerance(self) -> Array:
        """What the errors may be."""
        with np.errstate(invalid="ignore"):
            return self.within.at(self.expected, self.scale - np.abs(self.expected))

    @property
    def excess(self) -> Array:
        """The error in units of the tolerance."""
        with np.errstate(all="ignore"):
            return np.where(self.error == 0, 0.0, self.error / self.tolerance)

    @property
    def tiny(self) -> Truths:
        """Errors so small that they matter to nobody."""
        return self.error < self.format.tiny

    @property
    def lost(self) -> Truths:
        """Errors that are rounding errors of numbers of size 1 and x, or of float32 in float64.

        NaN and an infinity are none, however large x is.
        """
        single = SINGLE if self.format.name == "float64" else 0.0
        with np.errstate(all="ignore"):
            size = self.format.eps * np.maximum(1, np.abs(self.x)) ** (1 + self.order)
            rounding = ROUNDINGS * np.maximum(size, single * self.scale)
            return np.isfinite(self.error) & (self.error <= rounding)

    @property
    def flushed(self) -> Truths:
        """Where a result below the normal numbers is 0, as many processors have it."""
        return np.asarray((self.got == 0) & (np.abs(self.expected) < self.format.normal))

    @property
    def ulps(self) -> Array:
        """The error in units in the last place of the true number."""
        with np.errstate(over="ignore"):
            return self.error / self.format.ulp(self.expected)

    @property
    def relative(self) -> Array:
        """The error relative to the true number."""
        with np.errstate(all="ignore"):
            return np.where(self.error == 0, 0.0, self.error / np.abs(self.expected))

    def where(self, chosen: Any) -> Accuracy:
        """Those points only."""
        arrays = ("x", "got", "expected", "scale", "error")
        return replace(self, **{name: getattr(self, name)[chosen] for name in arrays})


def regions(found: Accuracy) -> dict[str, Truths]:
    """Which points are in which region: the tails, the centre, the subnormal inputs."""
    x, tiny = found.x, np.abs(found.x) < 2.0**found.format.least_exponent
    return {
        "left tail": x < -TAIL,
        "centre": (np.abs(x) <= TAIL) & ~tiny,
        "right tail": x > TAIL,
        "subnormal inputs": tiny,
    }


def worst(found: Accuracy) -> int:
    """The index of the point that shows best what is wrong: by its relative error, if any is."""
    if (found.excess > 1).any():
        return points.most_telling(np.where(found.excess > 1, found.relative, 0.0), found.x)
    return points.most_telling(found.excess, found.x)


def joined(parts: Sequence[Accuracy]) -> Accuracy:
    """The points of all, each x once, ascending."""

    def whole(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    arrays = whole("x"), whole("got"), whole("expected"), whole("scale"), whole("error")
    found = Accuracy(parts[0].order, parts[0].within, *arrays)
    return found.where(np.unique(found.x, return_index=True)[1])


def most_telling(found: Accuracy, most: int) -> Accuracy:
    """So many of the points, those with the gravest errors."""
    gravest = np.lexsort((-np.minimum(found.excess, points.GROSS), found.tiny))
    return found.where(np.sort(gravest[:most]))


def numbers(found: Accuracy, place: int) -> Numbers:
    """One point as the fields of a Result."""
    names = ("x", "got", "expected", "error", "tolerance")
    x, got, expected, error, tolerance = (float(getattr(found, name)[place]) for name in names)
    return Numbers(x=x, got=got, expected=expected, error=error, tolerance=tolerance)


def measure(
    activation: Activation,
    order: int,
    x: Array,
    got: Array,
    within: Tolerance,
    more: Array | float = 0.0,
    others: float = 0.0,
) -> Accuracy:
    """The accuracy of numbers said to be the derivative of an order at finite points x.

    Of a function of a vector they are its first component (see `claim`). Points without a true
    value are left out. more: what rounding anything but x makes of them, as |x y'| is what rounding
    that does; others: the largest of these numbers.
    """
    true = replace(truth_at(activation, order, x, within, more), others=others)
    return beside(activation, true, got)


def truth_at(
    activation: Activation, order: int, x: Array, within: Tolerance, more: Array | float = 0.0
) -> Accuracy:
    """The true numbers at finite points x, as numbers that are right."""
    expected = Claim.of(activation, order).at(x)
    slope = Claim.of(activation, min(order + 1, MAXIMUM_ORDER)).at(x)
    with np.errstate(all="ignore"):
        steepness = np.where(np.isfinite(slope), np.abs(x * slope), 0)
        scale = np.abs(expected) + steepness + more
    return Accuracy(order, within, x, expected, expected, scale, error=np.zeros(x.shape))


def beside(activation: Activation, true: Accuracy, got: Array) -> Accuracy:
    """The accuracy of numbers at the points where the true ones are known."""
    first = first_component(activation)
    found = replace(true, got=got)
    found = replace(found, error=_error(found)).where(~np.isnan(found.expected))
    found = _at_switches(first, found)
    found = _closely(first, found)
    return _exactly(first, found) if libraries.installed("mpmath") else found


def _error(found: Accuracy) -> Array:
    """The differences; an overflow is none where the true number is out of range."""
    got, expected = found.got, found.expected
    with np.errstate(all="ignore"):
        off = np.where(got == expected, 0.0, np.abs(got - expected))
        beyond = np.abs(expected) + found.tolerance > found.format.largest
        beyond &= np.isinf(got) & (np.sign(got) == np.sign(expected))
    return np.where(beyond, 0.0, np.where(np.isnan(off), np.inf, off))


def _at_switches(activation: Activation, found: Accuracy) -> Accuracy:
    """No error where the number of the other branch is taken within rounding of a switch."""
    error, tolerance, failing = found.error.copy(), found.tolerance, found.excess > 1
    for switch in points.switches_of(activation).tolist():
        size = np.array(max(abs(switch), found.others))
        near = np.abs(found.x - switch) <= NEAR_SWITCH * found.format.ulp(size)
        if switch == 0:
            near |= np.abs(found.x) < 2.0**found.format.least_exponent  # may be flushed to 0
        if found.order == 0:
            near &= found.x != switch  # which value is taken at a jump is no matter of rounding
        if (near & failing).any():
            either = sides(activation, found.order, switch)
            allowed = np.maximum(tolerance, _allowed_beside(found.within, either))
            inside = found.got >= min(either) - allowed
            inside &= found.got <= max(either) + allowed
            error[near & inside] = 0.0
    return replace(found, error=error)


def _allowed_beside(within: Tolerance, either: tuple[float, float]) -> float:
    """How far off the number of a side may be: its own rounding, whatever that of the other is."""
    there = np.array([each for each in either if np.isfinite(each)])
    return float(within.at(there, np.zeros(there.shape)).max(initial=0.0))


def _close_calls(found: Accuracy, most: int) -> Integers:
    """The points at which our own float64 numbers might tip the balance, the worst first."""
    tolerance = found.tolerance
    with np.errstate(all="ignore"):
        ours = OURS * found.scale + SMALLEST
        seldom = np.minimum(RARELY * tolerance, tolerance - HARDLY_EVER * found.scale)
        low = np.maximum(seldom, tolerance - ours)
        close = np.flatnonzero((found.error > low) & (found.error < tolerance + ours))
    return close[np.argsort(-found.excess[close], kind="stable")][:most]


def _closely(activation: Activation, found: Accuracy) -> Accuracy:
    """Close calls decided by more digits than float64 has."""
    strict = found.within.at(np.ones(1), np.zeros(1))[0] < HARDLY_EVER
    close = _close_calls(found, found.x.size if strict else MOST_CLOSE)
    if not close.size:
        return found
    expected, error = found.expected.copy(), found.error.copy()
    expected[close] = with_more_digits(activation, found.order, found.x[close], expected[close])
    error[close] = _error(replace(found, expected=expected).where(close))
    return _at_switches(activation, replace(found, expected=expected, error=error))


def with_more_digits(activation: Activation, order: int, x: Array, plain: Array) -> Array:
    """The float64 numbers next to the true ones; where there are none, the plain ones."""
    constants = {**CONSTANTS, **activation.parameters}
    forms = fixed(activation.numeric_tree(order), tuple(constants.items()))
    with np.errstate(all="ignore"):
        found = precise.evaluate(program(forms.exact).parts, x, constants)
    return np.where(np.isfinite(found) & np.isfinite(plain), found, plain)


def _exactly(activation: Activation, found: Accuracy) -> Accuracy:
    """Close calls decided by 50 digits: the float64 number next to the true one is off by half."""
    if found.format.name != "float64":
        return found
    close = _close_calls(found, found.x.size)
    near = np.abs(found.error - found.tolerance)[close] <= found.format.ulp(found.expected[close])
    expected, error = found.expected.copy(), found.error.copy()
    for i in close[near][:MOST_EXACT]:
        true = truth(activation, float(found.x[i]), found.order)[found.order]
        if true == true:
            expected[i], error[i] = float(true), float(abs(found.got[i] - true))
    return replace(found, expected=expected, error=error)
