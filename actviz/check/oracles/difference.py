"""The oracle that is always there: numerical differentiation of the value, by numpy alone.

Near a switch of a branch all points that a derivative is measured from lie on one side of it, and
at the switch on either side in turn. Where differences do not tell, and where a claim is NaN for
want of digits, nothing is judged, which the result says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import get_args

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import points
from actviz.check.claim import Claim, Side, first_component
from actviz.check.oracles.stencils import (
    BACKWARD,
    CENTRAL,
    FORWARD,
    NOTHING,
    Measured,
    joined,
    measure,
)
from actviz.check.result import Result
from actviz.formula.arrays import Array, Truths

TOLERANCES = {1: 1e-9, 2: 1e-7, 3: 1e-5, 4: 1e-3}  # relative to the local scale
MEASURABLE = 100  # times the tolerance: a point where differences are worse decides nothing
ROOM = 0.25  # with less than this to the next switch, all points are taken on the other side
WITHIN_STEP = 0.6180339887498949 * np.exp2(-np.arange(3.0, 52.0, 0.5))
STEADY = 0.5  # of what a claim is off: so much it may alter there, if values tell that from
FEWEST = 1 / 16  # of the points: fewer that seem smooth may do so by chance
TOLD = 16  # times their rounding
SIDED: dict[Side, tuple[int, ...]] = {"left": BACKWARD, "right": FORWARD}


def check(curve: Curve, orders: tuple[int, ...], name: str) -> Iterator[Result]:
    """Every order of a curve but 0 against differences of its value."""
    truth = first_component(curve.activation)
    for order in orders:
        if order:
            value = Claim.of(curve.activation, 0)
            yield judge(curve.label, name, truth, Claim.of(curve.activation, order), value)


@dataclass(frozen=True)
class Comparison:
    """Claimed numbers beside measured ones: arrays of one length, and which of them can be judged.

    Those without a value are left out.
    """

    x: Array
    got: Array
    expected: Array
    tolerance: Array
    judged: Truths
    where: str

    @cached_property
    def error(self) -> Array:
        """NaN where a value is expected is an infinite error."""
        off = np.abs(self.got - self.expected)
        return np.where(np.isnan(off), np.inf, off)

    def only(self, chosen: Truths) -> Comparison:
        """Those points alone."""
        arrays = [field.name for field in fields(self) if field.name != "where"]
        return replace(self, **{name: getattr(self, name)[chosen] for name in arrays})

    def inside(self, within: tuple[float, float] | None) -> Comparison:
        """Those in a range."""
        if within is None:
            return self
        return self.only((self.x >= within[0]) & (self.x <= within[1]))

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
    told = [each for one in found if (each := one.only(one.judged)).x.size]
    count, left = (sum(one.x.size for one in many) for many in (told, found))
    if count <= FEWEST * left:
        message = "the function is nowhere smooth enough to be differentiated numerically"
        return Result(label, claim.order, name, "not run", "not-applicable", message=message), 0
    result = _worst(label, name, claim, told)
    told_beside = result.message, points.passed_over(count, left)
    return replace(result, message="; ".join(filter(None, told_beside))), count


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
    found = [_compare(claim, value, measured)]
    beside = {side: _measure_beside(value, claim.order, edges, side) for side in get_args(Side)}
    for side, measured in beside.items():
        found.append(_compare(claim, value, measured, side))
    if claim.order == 1:
        between = _between(claim, value, *beside.values())
        elsewhere = points.judged_by_sides(activation, claim.order, between.x)
        found.append(between.only(~np.isin(between.x, elsewhere)))
    yield from (each for one in found if (each := one.inside(within)).x.size)


def _compare(
    claim: Claim, value: Claim, measured: Measured, side: Side | None = None
) -> Comparison:
    """Claim against measurement, at points or at the limits from a side."""
    x = measured.x
    got = claim.beside(x, side) if side else claim.at(x)
    return _judgeable(claim, value, got, measured, f"limit from the {side}" if side else "", side)


def _judgeable(
    claim: Claim, value: Claim, got: Array, measured: Measured, where: str, side: Side | None = None
) -> Comparison:
    """Judged where the measurement is good enough to decide, and the claim is no mere NaN."""
    x, least = measured.x, TOLERANCES[claim.order] * measured.scale
    judged = np.isfinite(measured.error) & (measured.error <= MEASURABLE * least)
    unsure = np.isnan(got)
    none = np.zeros(got.shape, dtype=bool)
    none[unsure] = claim.none(x[unsure], side)
    judged &= ~unsure | none | claim.whole
    tolerance = _tolerance(claim, measured.error, measured.scale)
    judged &= ~_unseen(claim, got, measured, tolerance)
    absent = ~judged & ~none
    absent[absent] = value.none(x[absent], side)
    found = Comparison(x, got, measured.slope, tolerance, judged, where)
    return found.only(judged | ~(none | absent))


def _unseen(claim: Claim, got: Array, measured: Measured, tolerance: Array) -> Truths:
    """Where what a claim is off may be in the function, and yet no value tells it from rounding.

    That is if the claim bends within a step by much of it, so near that the values do not.
    """
    unseen = np.zeros(got.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        off = np.abs(got - measured.slope)
        failing = np.flatnonzero((off > tolerance) & np.isfinite(off))
        off, apart = off[failing, None], measured.step[failing, None] * WITHIN_STEP
        near, farther = (claim.at(measured.x[failing, None] + n * apart) for n in (1, 2))
        bend = np.abs(farther - 2 * near + got[failing, None])
        bends = ~(bend <= STEADY * off)  # NaN: not settled
        least = TOLD * measured.rounding[failing, None]
        hidden = off * np.abs(apart) ** claim.order <= least
    unseen[failing] = (bends & hidden).any(axis=1)
    return unseen


def _tolerance(claim: Claim, error: Array, scale: Array) -> Array:
    return np.asarray(np.maximum(TOLERANCES[claim.order] * scale, 8 * error))


def _between(claim: Claim, value: Claim, left: Measured, right: Measured) -> Comparison:
    """At a kink the derivative taken is one of the one-sided ones, or lies between them.

    None is taken, which is NaN, where they differ, where the value jumps, and where there is none.
    """
    got = claim.at(left.x)
    low, high = (fold(left.slope, right.slope) for fold in (np.minimum, np.maximum))
    error, scale = np.maximum(left.error, right.error), np.maximum(left.scale, right.scale)
    with np.errstate(invalid="ignore"):  # at a pole
        ends = [value.beside(left.x, side) for side in get_args(Side)]
        jumps = ~(np.abs(ends[0] - ends[1]) <= TOLERANCES[1] * np.abs(ends[0]).clip(1))
        none = np.isnan(got) & (jumps | (high - low > _tolerance(claim, error, scale)))
    error[none | np.isnan(value.at(left.x))] = np.inf  # decides nothing
    expected = np.where(np.isnan(got), low, np.clip(got, low, high))
    nothing = np.zeros(left.x.shape)
    measured = Measured(left.x, expected, error, scale, nothing, nothing)
    return _judgeable(claim, value, got, measured, "taken between the limits from both sides")


def _worst(label: str, name: str, claim: Claim, found: list[Comparison]) -> Result:
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


def _measure_apart(value: Claim, order: int, x: Array, edges: Array) -> Measured:
    """Measured at points that are no switches, with stencils that reach none, nor an outer edge."""
    right = np.searchsorted(edges, x)
    room = np.stack([x - edges[right - 1], edges[right] - x])
    central = room.min(axis=0) >= ROOM
    kinds = (
        (CENTRAL, central, room.min(axis=0)),
        (FORWARD, ~central & (room[1] >= room[0]), room[1]),
        (BACKWARD, ~central & (room[1] < room[0]), room[0]),
    )
    return joined(
        [
            measure(value.at, x[chosen], reach[chosen], offsets, order)
            for offsets, chosen, reach in kinds
            if chosen.any()
        ]
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

    return measure(at, switches, reach, SIDED[side], order)
