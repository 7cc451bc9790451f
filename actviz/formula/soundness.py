"""Whether float64 was enough: a first-order bound of the error of each value.

The error of y is at most the sum over all steps of |dy/dstep| times what the step itself may err:
a few units of its last place, or the smallest number where it underflowed. All dy/dstep come from
one walk back through the formula (:mod:`actviz.formula.backward`); that of x itself is the slope,
which tells how much y may err for the rounding of x alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from actviz.formula.arrays import NORMAL, Array, Truths
from actviz.formula.backward import (
    NAMED,
    Walked,
    named,
    underflows,
    values_of,
    walk_back,
    weighed,
)
from actviz.formula.breaks import told
from actviz.formula.expression import COMPARISONS, Apply, Node, X, parts_of
from actviz.formula.primitives import AS_DEFINED, BREAKS, ROUNDING, STEPS, TURNED, WAVES

ALLOWED = 13.0  # eps times |y| + |x y'|: a little less than what is promised
ROUGH = 2.0**40  # the same for what is right to a few digits
GARBLED = 2.0**-8  # of a part: with a larger error its value says little of its slopes
UNSURE = 4.0  # times what it may be off: something so near to a switch may be beyond it
TIE = 2.0**-48  # of what is compared: nearer to each other, rounding may have decided
OWN = 2.0  # eps that a kernel may err; the operators err half of one
EPS = 2.0**-52
SMALLEST = 2.0**-1074
ROUNDED = frozenset({"+", "-", "*", "/", "sqrt"})


def doubtful(
    node: Node,
    x: Array,
    constants: Mapping[str, float],
    cancelled: Truths,
    allowed: float = ALLOWED,
) -> tuple[Truths, Truths]:
    """Where the value is in doubt at a finite x, and where a comparison meets NaN.

    It is where a step leaves the finite numbers; or where a step underflows or, as the caller has
    seen, cancels, and the error may be beyond what is allowed, in eps(|y| + |x y'|). What only a
    branch that is not taken does is no matter.
    """
    walked = walk_back(node, x, constants)
    lost = _decided_by_nothing(walked) | _beyond_numbers(walked)
    if cancelled.any():
        errors = _errors(walked)
        for found in (_garbled, _decided_by_rounding):
            lost |= cancelled & found(walked, errors)
        lost |= cancelled & (_at_an_edge(walked) | _turned_far(walked))
    y = walked.values[node]
    rounding, underflow = _summed(walked)
    scale = np.abs(y) + weighed(walked.slopes.get(X, 0.0), np.abs(x))
    subnormal = np.abs(y) + EPS * (rounding + underflow) < NORMAL  # no digit of it is promised
    sound = (~cancelled | (rounding / allowed <= scale)) & (underflow <= scale)
    sound &= ~(cancelled & walked.faint)
    sound &= np.isfinite(scale) | ~cancelled & (underflow == 0)  # inf is no measure
    undecided = walked.nowhere
    for part, u, v in walked.comparisons:
        undecided |= walked.reached[part] & (np.isnan(u) | np.isnan(v))
    return np.isfinite(x) & (lost | undecided | ~subnormal & ~sound), undecided


def worthless(node: Node, x: Array, constants: Mapping[str, float], cancelled: Truths) -> Truths:
    """Where float64 may be wrong altogether, and not only in its last digits."""
    in_doubt, undecided = doubtful(node, x, constants, cancelled, ROUGH)
    return in_doubt | undecided


def _beyond_numbers(walked: Walked) -> Truths:
    """Where a step leaves the finite numbers."""
    found = walked.nowhere
    for part in walked.steps:
        if part.head not in COMPARISONS and not (finite := np.isfinite(walked.values[part])).all():
            found |= walked.reached[part] & ~finite
    return found


def _at_an_edge(walked: Walked) -> Truths:
    """Where rounding may step over the edge of a domain."""
    found = walked.nowhere
    for part in walked.steps:
        for relation, edge in told(part):
            if relation in COMPARISONS and edge in walked.values:
                near = np.abs(walked.values[edge]) < TIE * _size(edge, walked.values)
                found |= walked.reached[part] & near
    return found


def _turned_far(walked: Walked) -> Truths:
    """Where a wave has turned so often that the rounding of its argument counts."""
    found = walked.nowhere
    for part in walked.steps:
        if part.head in WAVES and isinstance(part.arguments[-1], Apply):
            found |= walked.reached[part] & (np.abs(walked.values[part.arguments[-1]]) > TURNED)
    return found


def _summed(walked: Walked) -> tuple[Any, Any]:
    """What all rounding, and all underflow, may have done to y, in eps."""
    rounding, underflow = np.zeros(walked.faint.shape), np.zeros(walked.faint.shape)
    for part in walked.parts:
        if part in NAMED:
            rounding += weighed(walked.slopes[part], walked.values[part] * 0.5)
        elif isinstance(part, Apply) and part.head in ROUNDING:
            rounding += weighed(walked.slopes[part], _own(part, walked.values[part]))
            if part in walked.small:
                small = walked.small[part] * (SMALLEST / EPS)
                underflow += weighed(walked.slopes[part], small)
    return rounding, underflow


def _own(part: Apply, value: Any) -> Any:
    """What a step itself may round, in eps."""
    return np.abs(value) * (0.5 if part.head in ROUNDED else OWN)


def _decided_by_rounding(walked: Walked, errors: Mapping[Node, Any]) -> Truths:
    """Where something selects or steps so near to its switch that rounding may have decided."""
    found, values = walked.nowhere, walked.values

    def off(part: Apply) -> Any:
        return sum(errors.get(each, 0.0) for each in part.arguments) * (UNSURE * EPS)

    for part, u, v in walked.comparisons:
        size = sum(_size(each, values) for each in part.arguments)
        near = np.abs(u - v) <= np.maximum(TIE * size, off(part))
        found |= walked.reached[part] & near & ((u != v) | (off(part) > 0))
    for part in walked.steps:
        if part.head in STEPS:
            u = 2 * values[part.arguments[0]]
            near = np.abs(u - np.rint(u)) < np.maximum(TIE * np.abs(u), 2 * off(part))
            found |= walked.reached[part] & near
        elif part.head == "sign":
            found |= walked.reached[part] & (np.abs(values[part.arguments[0]]) < off(part))
    return found


def _decided_by_nothing(walked: Walked) -> Truths:
    """Where something selects or steps by what underflowed: sign(x**3) at 1e-200 is 1."""
    found, values = walked.nowhere, walked.values
    if not walked.small:
        return found
    shrunk: dict[Node, Truths] = {}  # the parts that something went into which underflowed
    for part in walked.steps:
        given = [(u, shrunk[u]) for u in part.arguments if u in shrunk]
        if part.head in COMPARISONS:
            u, v = (values[each] for each in part.arguments)
            for _, here in given:
                found |= walked.reached[part] & here & (np.abs(u - v) < NORMAL)
            continue
        if part.head in STEPS or BREAKS.get(part.head) == AS_DEFINED:
            for u, here in given:
                found |= walked.reached[part] & here & (np.abs(values[u]) < NORMAL)
        shrinking = [each for _, each in given]
        if part in walked.small:
            shrinking.append(walked.small[part])
        if shrinking:
            shrunk[part] = reduce(np.logical_or, shrinking)
    return found


def _size(part: Node, values: Mapping[Node, Any]) -> Any:
    """How large a part is, or the terms of it that may have cancelled."""
    match part:
        case Apply("+" | "-", (u, v)):
            return _size(u, values) + _size(v, values)
    return np.abs(values[part])


def undecided(node: Node, x: Array, constants: Mapping[str, float]) -> Truths:
    """Where a comparison meets NaN, taken or not."""
    parts = parts_of(node)
    found = np.zeros(x.shape, dtype=bool)
    if any(isinstance(part, Apply) and part.head in COMPARISONS for part in parts):
        values = values_of(parts, {X: x, **named(constants)})
        for part in parts:
            if isinstance(part, Apply) and part.head in COMPARISONS:
                u, v = (values[each] for each in part.arguments)
                found = found | np.isnan(u) | np.isnan(v)
    return found


def rows_in_doubt(node: Node, x: Array, constants: Mapping[str, float]) -> Truths:
    """The rows of vectors for which a step leaves the finite numbers or underflows."""
    parts = parts_of(node)
    values = values_of(parts, {X: x, **named(constants)})
    doubt = np.zeros(x.shape, dtype=bool)
    for part in parts:
        if isinstance(part, Apply) and part.head not in COMPARISONS:
            doubt = doubt | ~np.isfinite(values[part])
    for small in underflows(parts, values).values():
        doubt = doubt | small
    return np.asarray(doubt.any(axis=-1))


def _errors(walked: Walked) -> dict[Node, Any]:
    """What each part may be off, in eps."""
    errors: dict[Node, Any] = {each: abs(value) * 0.5 for each, value in NAMED.items()}
    for part in walked.steps:
        if part.head in COMPARISONS or part is walked.parts[-1]:
            continue
        error = _own(part, walked.values[part]) if part.head in ROUNDING else 0.0
        given = [errors.get(argument, 0.0) for argument in part.arguments]
        if part.head == "where":
            error = np.where(walked.values[part.arguments[0]], *given[1:])
        else:
            for i, each in enumerate(given):
                if (part, i) in walked.shares:
                    error = error + weighed(walked.shares[part, i], each)
                elif part.head in ("*", "/"):
                    of_constant = np.abs(walked.values[part]) * 0.5 * np.any(each)
                    error = error + of_constant
        errors[part] = error
    return errors


def _garbled(walked: Walked, errors: Mapping[Node, Any]) -> Truths:
    """Where a part on the way has lost nearly all digits: the slopes of what it goes into are none.

    (1 + 1/x)**x*(log(1 + 1/x) - 1/(1 + x)) at 1e16 is made of a power and a logarithm of 1.
    """
    found = walked.nowhere
    for part in walked.parts[:-1]:
        if isinstance(part, Apply) and part in errors:
            off = errors[part] * EPS > np.abs(walked.values[part]) * GARBLED
            found |= walked.reached[part] & off
    return found
