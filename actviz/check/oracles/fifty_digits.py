"""The oracle with 50 digits: the defining formula and its Taylor series, evaluated by mpmath."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import points
from actviz.check.claim import Claim, Side, first_component
from actviz.check.exact import exact_value
from actviz.check.exact.truth import EQUAL, known_truth, truth
from actviz.check.result import ErrorSeries, Result, Status
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.arrays import Array

EPS = float(np.finfo(np.float64).eps)
TINY = float(np.finfo(np.float64).tiny)  # below it floats lose digits, and may be 0
BOUND = 16 * EPS  # relative to |y| + |x y'|
WORK = 300_000  # steps of one order of a typed formula
ULPS = 4  # so near to a switch, rounding may choose the branch


def check(curve: Curve, orders: tuple[int, ...], name: str) -> Iterator[Result]:
    """The value and every order of a curve against 50 digits, over all of float64."""
    activation = first_component(curve.activation)
    highest = max(orders, default=0) + 1
    for order in sorted({0, *orders}):
        judged, asked = examine(activation, Claim.of(curve.activation, order), BOUND, highest)
        found = _verdict(curve.label, name, activation, order, judged)
        told = found.message, points.passed_over(len(judged), asked)
        yield replace(found, message="; ".join(filter(None, told)))


def series(curve: Curve, order: int) -> ErrorSeries:
    """The errors of our own numbers over x, for a figure."""
    claim = Claim.of(curve.activation, order)
    judged, _ = examine(first_component(curve.activation), claim, BOUND, order + 1, points.drawn())
    here = sorted((one for one in judged if one.side is None), key=lambda one: one.x)
    errors = tuple(float(BOUND * one.error / one.tolerance) for one in here)
    return ErrorSeries(curve.label, order, tuple(one.x for one in here), errors, EPS, BOUND)


Question = tuple[float, float | None, Side | None]  # where, what is claimed, from which side


@dataclass(frozen=True)
class Judged:
    """One point: the claim, the truth, by how much they differ and may differ."""

    x: float
    got: Any
    expected: Any
    error: Any
    tolerance: Any
    side: Side | None = None

    @property
    def excess(self) -> float:
        """How many times the tolerance the error is; inf for NaN in place of a number."""
        ratio = self.error / self.tolerance
        return float(ratio) if ratio == ratio else float("inf")


def examine(
    activation: Activation, claim: Claim, bound: float, highest: int, more: Iterable[float] = ()
) -> tuple[list[Judged], int]:
    """The claimed numbers beside those of the formula, at the hard points that have a truth.

    And how many could have one: at some the allowance may not last, or no digits may settle it.
    `bound` is relative to |y| + |x y'|; `highest` is the order to which the truth is worked out;
    `more` points are looked at as well.
    """
    switches = points.switches_of(activation)
    samples = np.union1d(points.hard([*switches, *claim.switches]), [*more])
    samples = np.setdiff1d(samples, points.judged_by_sides(activation, claim.order, switches))
    asked = _questions(claim, samples, None)
    for side in get_args(Side) if switches.size else ():
        asked += _questions(claim, switches, side)
    judged: list[Judged] = []
    without = 0
    with allowed(Allowance(WORK if activation.entry is None else sys.maxsize)):
        for x, got, side in points.in_turn(asked, [x for x, _, _ in asked]):
            true = known_truth(activation, x, highest, side)
            expected, slope = true.numbers[claim.order : claim.order + 2]
            if expected != expected:
                without += true.settled or side is not None
            elif got is not None:
                one = compared(x, got, expected, slope, bound, side)
                judged.append(forgiven(activation, one, claim.order, switches, bound, claim.sliced))
    return judged, len(asked) - without


def _questions(claim: Claim, x: Array, side: Side | None) -> list[Question]:
    """What is claimed at points; None where that is NaN for want of digits."""
    got = claim.beside(x, side) if side else claim.at(x)
    unsure = np.isnan(got) & (not claim.whole)
    unsure[unsure] = ~claim.none(x[unsure], side)
    numbers = zip(x.tolist(), got.tolist(), unsure.tolist(), strict=True)
    return [(place, None if lacks else value, side) for place, value, lacks in numbers]


def compared(
    x: float, got: Any, expected: Any, slope: Any, bound: float, side: Side | None
) -> Judged:
    """Two numbers beside each other; an overflow of what is out of range is no error."""
    steepness = abs(x * slope) if np.isfinite(float(slope)) else 0
    tolerance = bound * (abs(expected) + steepness) + TINY
    beyond = np.isinf(float(got)) and _out_of_range(expected * np.sign(float(got)) + tolerance)
    same = got == expected or beyond
    return Judged(x, got, expected, 0.0 if same else abs(got - expected), tolerance, side)


def _out_of_range(number: Any) -> bool:
    return bool(number > np.finfo(np.float64).max)


def forgiven(
    activation: Activation,
    one: Judged,
    order: int,
    switches: Array,
    bound: float,
    sliced: bool = False,
) -> Judged:
    """No error where rounding chose the other branch, the switch lying between floats.

    sliced: the formula is that of a vector function along a line, in which switches are rounded.
    """
    if one.excess <= 1:
        return one
    for number, slope in _other_branch(activation, order, one.x, switches, sliced):
        other = compared(one.x, one.got, number, slope, bound, one.side)
        if other.excess <= 1:
            return other
    return one


def _other_branch(
    activation: Activation, order: int, x: float, switches: Array, sliced: bool
) -> Iterator[tuple[Any, Any]]:
    """What there is, and its slope, within a few floats of x if a switch lies between them."""
    apart = ULPS * np.spacing(np.abs(x))
    for place in switches[np.abs(switches - x) <= apart].tolist():
        left, right = (truth(activation, place, order + 1, side) for side in get_args(Side))
        if place < x or sliced:
            yield tuple(left[order:])
        if place > x or sliced:
            yield tuple(right[order:])
        if place != x or left[order] == right[order]:
            for near in np.linspace(x - apart, x + apart, 2 * ULPS + 1).tolist():
                yield tuple(truth(activation, near, order + 1)[order:])


def _verdict(
    label: str, name: str, activation: Activation, order: int, judged: Sequence[Judged]
) -> Result:
    """The worst point, those first at which the formula itself is wrong and not its rounding."""
    failing = [one for one in judged if one.excess > 1]
    with allowed(Allowance(WORK if activation.entry is None else sys.maxsize)):
        causes = [
            (one, _rounding(activation, order, one))
            for one in points.in_turn(failing, [one.x for one in failing])
        ]
    wrong = [one for one, rounding in causes if not rounding]
    if wrong or not failing:
        return worst(label, name, order, wrong or judged)
    status: Status = "fail" if activation.entry else "pass"
    message = f"float64 loses digits {where([one.x for one in failing])}"
    if activation.entry:
        message += "; an equal formula in the entry's field "
        message += "derivative cures that" if order else "stable cures that"
    result = worst(label, name, order, failing)
    return replace(result, status=status, code="loses-accuracy", message=message)


def _rounding(activation: Activation, order: int, one: Judged) -> bool:
    """Whether the formula that values are computed from is right here, in exact arithmetic."""
    node = activation.numeric_tree(order)
    same = exact_value(node, one.x, activation.parameters, one.side)
    scale = abs(one.expected) + one.tolerance / BOUND
    return bool(abs(same - one.expected) <= EQUAL * scale)


def where(places: Sequence[float]) -> str:
    """At one place or between two, in words."""
    if min(places) == max(places):
        return f"at x = {places[0]:.6g}"
    return f"at {len(places)} points from x = {min(places):.6g} to {max(places):.6g}"


def worst(label: str, name: str, order: int, judged: Sequence[Judged]) -> Result:
    """The result of the point with the largest error in units of its tolerance."""
    if not judged:
        message = "the formula has no value at any of the points that digits settled"
        return Result(label, order, name, "not run", "not-applicable", message=message)
    excess, x = (np.array([getattr(one, field) for one in judged]) for field in ("excess", "x"))
    one = judged[points.most_telling(excess, x)]
    failed = one.excess > 1
    code = "breakpoint-wrong" if one.side else "derivative-wrong" if order else "value-wrong"
    return Result(
        label,
        order,
        name,
        "fail" if failed else "pass",
        code if failed else "agrees",
        one.x,
        float(one.got),
        float(one.expected),
        float(one.error),
        float(one.tolerance),
        f"limit from the {one.side}" if one.side else "",
    )
