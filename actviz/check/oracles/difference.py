"""The oracle that is always there: numerical differentiation of the value, by numpy alone.

Nine values in a row give a derivative of order 1 to 4; seven of them give it once more, and the
difference of the two tells the error. Of many steps the one with the least error is taken. Near a
switch of a branch the nine points lie on one side of it, and at the switch on either side in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import factorial
from typing import get_args

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import points
from actviz.check.claim import Claim, Side, first_component
from actviz.check.result import Result
from actviz.formula.arrays import Array

TOLERANCES = {1: 1e-9, 2: 1e-7, 3: 1e-5, 4: 1e-3}  # relative to the local scale
MEASURABLE = 100  # times the tolerance: a point where differences are worse decides nothing
LARGEST_STEP = 0.125  # the first step in units of max(1, |x|),
STEPS_TRIED = 14  # each half of the one before it
ROOM = 0.25  # with less than this to the next switch, all points are taken on the other side
CENTRAL, FORWARD = (-4, -3, -2, -1, 0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6, 7, 8)
BACKWARD = tuple(-i for i in FORWARD)
SIDED: dict[Side, tuple[int, ...]] = {"left": BACKWARD, "right": FORWARD}
SMALLEST_SCALE = 1e-290  # where values underflow, differences are noise
NOISE = 4 * float(np.finfo(np.float64).eps)  # of a value, relative to |y| + |x y'|


def check(curve: Curve, orders: tuple[int, ...], name: str) -> Iterator[Result]:
    """Every order of a curve but 0 against differences of its value."""
    truth = first_component(curve.activation)
    for order in orders:
        if order:
            value = Claim.of(curve.activation, 0)
            yield judge(curve.label, name, truth, Claim.of(curve.activation, order), value)


@dataclass(frozen=True)
class Measured:
    """Numerical derivatives at x, their estimated errors, and the scale that they live on."""

    x: Array
    slope: Array
    error: Array
    scale: Array


NOTHING = Measured(*(np.empty(0),) * 4)


@dataclass(frozen=True)
class Comparison:
    """Claimed numbers beside measured ones."""

    x: Array
    got: Array
    expected: Array
    tolerance: Array
    where: str

    @cached_property
    def error(self) -> Array:
        """NaN where a value is expected is an infinite error."""
        off = np.abs(self.got - self.expected)
        return np.where(np.isnan(off), np.inf, off)

    def inside(self, within: tuple[float, float] | None) -> Comparison:
        """Those in a range."""
        if within is None:
            return self
        here = (self.x >= within[0]) & (self.x <= within[1])
        return Comparison(
            self.x[here], self.got[here], self.expected[here], self.tolerance[here], self.where
        )

    @property
    def excess(self) -> Array:
        """The error in units of the tolerance."""
        return self.error / self.tolerance


def judge(label: str, name: str, activation: Activation, claim: Claim, value: Claim) -> Result:
    """Whether the claimed numbers are the derivative of the claimed values; the worst point."""
    return judged(label, name, activation, claim, value)[0]


def judged(
    label: str,
    name: str,
    activation: Activation,
    claim: Claim,
    value: Claim,
    within: tuple[float, float] | None = None,
) -> tuple[Result, int]:
    """The same in a range, and at how many points it could be told."""
    found = list(_comparisons(activation, claim, value, within))
    return _worst(label, name, claim, found), sum(one.x.size for one in found)


def _comparisons(
    activation: Activation, claim: Claim, value: Claim, within: tuple[float, float] | None
) -> Iterator[Comparison]:
    """At smooth points, at both sides of the switches, and at these themselves."""
    known, switches = points.known_to(activation), points.switches_of(activation)
    samples = points.moderate([*switches, *claim.switches])
    if within:
        lower, upper = within
        samples = np.union1d(samples, np.linspace(lower, upper, points.WITHIN)[1:-1])
        samples = samples[(lower <= samples) & (samples <= upper) & ~np.isin(samples, switches)]
    switches = switches[np.abs(switches) < known]
    smooth = samples[~np.isin(samples, switches) & (np.abs(samples) < known)]
    edges = np.concatenate([[-known], switches, [known]])
    measured = _measure_apart(value, claim.order, smooth, edges)
    found = [_compare(claim.at(measured.x), claim, measured, "")]
    beside = {side: _measure_beside(value, claim.order, edges, side) for side in get_args(Side)}
    for side, measured in beside.items():
        limits = claim.beside(switches, side)
        found.append(_compare(limits, claim, measured, f"limit from the {side}"))
    if claim.order == 1:
        found.append(_between(claim, value, *beside.values()))
    yield from (each for one in found if (each := one.inside(within)).x.size)


def _compare(got: Array, claim: Claim, measured: Measured, where: str) -> Comparison:
    """Claim against measurement, where the measurement is good enough to decide."""
    least = TOLERANCES[claim.order] * measured.scale
    kept = np.isfinite(measured.error) & (measured.error <= MEASURABLE * least)
    tolerance = _tolerance(claim, measured.error, measured.scale)
    return Comparison(measured.x[kept], got[kept], measured.slope[kept], tolerance[kept], where)


def _tolerance(claim: Claim, error: Array, scale: Array) -> Array:
    return np.asarray(np.maximum(TOLERANCES[claim.order] * scale, 8 * error) + claim.noise)


def _between(claim: Claim, value: Claim, left: Measured, right: Measured) -> Comparison:
    """At a kink the derivative taken is one of the one-sided ones, or lies between them.

    None is taken, which is NaN, where they differ, and where there is no value.
    """
    got = claim.at(left.x)
    low, high = (fold(left.slope, right.slope) for fold in (np.minimum, np.maximum))
    error, scale = np.maximum(left.error, right.error), np.maximum(left.scale, right.scale)
    with np.errstate(invalid="ignore"):  # at a pole
        none = np.isnan(got) & (high - low > _tolerance(claim, error, scale))
    error[none | np.isnan(value.at(left.x))] = np.inf  # decides nothing
    expected = np.where(np.isnan(got), low, np.clip(got, low, high))
    measured = Measured(left.x, expected, error, scale)
    return _compare(got, claim, measured, "taken between the limits from both sides")


def _worst(label: str, name: str, claim: Claim, found: list[Comparison]) -> Result:
    if not found:
        message = "the function is nowhere smooth enough to be differentiated numerically"
        return Result(label, claim.order, name, "not run", "not-applicable", message=message)
    excess = np.concatenate([one.excess for one in found])
    x = np.concatenate([one.x for one in found])
    place = points.most_telling(excess, x)
    for worst in found:
        if place < worst.x.size:
            break
        place -= worst.x.size
    error, tolerance = float(worst.error[place]), float(worst.tolerance[place])
    failed = error > tolerance
    code = "breakpoint-wrong" if worst.where else "derivative-wrong"
    return Result(
        label,
        claim.order,
        name,
        "fail" if failed else "pass",
        code if failed else "agrees",
        float(worst.x[place]),
        float(worst.got[place]),
        float(worst.expected[place]),
        error,
        tolerance,
        worst.where,
    )


# --- numerical differentiation -----------------------------------------------------------------


def _measure_apart(value: Claim, order: int, x: Array, edges: Array) -> Measured:
    """Measured at points that are no switches, with stencils that reach none, nor an outer edge."""
    if not x.size:
        return NOTHING
    right = np.searchsorted(edges, x)
    room = np.stack([x - edges[right - 1], edges[right] - x])
    central = room.min(axis=0) >= ROOM
    parts = []
    for offsets, chosen, reach in (
        (CENTRAL, central, room.min(axis=0)),
        (FORWARD, ~central & (room[1] >= room[0]), room[1]),
        (BACKWARD, ~central & (room[1] < room[0]), room[0]),
    ):
        if chosen.any():
            at = x[chosen]
            parts.append(_measure(value.at, at, reach[chosen], offsets, order, value.noise))
    return Measured(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Measured.__annotations__)
    )


def _measure_beside(value: Claim, order: int, edges: Array, side: Side) -> Measured:
    """Measured at the switches, which are all edges but the outer ones, from one side."""
    switches, gaps = edges[1:-1], np.diff(edges)
    if not switches.size:
        return NOTHING
    reach = gaps[:-1] if side == "left" else gaps[1:]

    def at(x: Array) -> Array:
        y = np.array(value.at(x))
        y[:, :, 0] = value.beside(switches, side)[:, None]
        return y

    return _measure(at, switches, reach, SIDED[side], order, value.noise)


def _measure(
    value: Callable[[Array], Array],
    x: Array,
    reach: Array,
    offsets: tuple[int, ...],
    order: int,
    noise: float,
) -> Measured:
    """The derivative at x from values at x + offsets * step, none farther off than reach.

    `noise` is an absolute error of the values that comes on top of their rounding.
    """
    largest = np.minimum(
        LARGEST_STEP * np.maximum(1, np.abs(x)), reach / max(offsets[-1], -offsets[-1])
    )
    step = np.exp2(np.floor(np.log2(largest)))[:, None] / np.exp2(np.arange(STEPS_TRIED))
    y = value(x[:, None, None] + step[:, :, None] * np.array(offsets))
    with np.errstate(all="ignore"):
        slope, error = _slopes(y, step, offsets, order)
        size = np.abs(y).max(axis=2)
        steepness = (y.max(axis=2) - y.min(axis=2)) / step
        rounding = NOISE * (size + np.abs(x)[:, None] * steepness) + noise
        error += rounding * np.abs(_weights(offsets, order)).sum() / step**order
        scale = np.abs(slope) + size / np.maximum(1, np.abs(x))[:, None] ** order + SMALLEST_SCALE
        error[~np.isfinite(error)] = np.inf
        best = (error / scale).argmin(axis=1)[:, None]
    slope, error, scale = (np.take_along_axis(a, best, 1)[:, 0] for a in (slope, error, scale))
    return Measured(x, slope, error, scale)


def _slopes(y: Array, step: Array, offsets: tuple[int, ...], order: int) -> tuple[Array, Array]:
    """Derivatives for every step, and their errors as seven values and half the step tell them."""
    fewer = offsets[1:-1] if offsets is CENTRAL else offsets[:-2]
    begin = offsets.index(fewer[0])
    nine = y @ _weights(offsets, order) / step**order
    seven = y[:, :, begin : begin + 7] @ _weights(fewer, order) / step**order
    halved = np.abs(np.diff(nine, axis=1, append=nine[:, -1:]))
    return nine, np.maximum(np.abs(nine - seven), halved)


@cache
def _weights(offsets: tuple[int, ...], order: int) -> Array:
    return np.array([float(weight) for weight in weights(order, offsets)])


def weights(order: int, offsets: tuple[int, ...] = CENTRAL) -> list[Fraction]:
    """The factors of the values at the offsets, from the derivatives of Lagrange's polynomials.

    >>> [str(weight) for weight in weights(2, (-1, 0, 1))]
    ['1', '-2', '1']
    """
    found = []
    for node in offsets:
        polynomial = [Fraction(1)]  # coefficients of the powers, lowest first
        for other in offsets:
            if other != node:
                raised = [Fraction(0), *polynomial]
                lowered = [*(-other * c for c in polynomial), Fraction(0)]
                polynomial = [
                    (a + b) / (node - other) for a, b in zip(raised, lowered, strict=True)
                ]
        found.append(polynomial[order] * factorial(order))
    return found
