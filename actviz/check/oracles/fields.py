"""The oracle for entries with a second formula: `stable` and `derivative` against `formula`.

Both are evaluated in float64 where neither cancels badly; the mpmath oracle does it everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import points
from actviz.check.result import Result
from actviz.formula.arrays import Array
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Node

TOLERANCE = 1e-9  # relative to |y| + |x y'|
CANCELLED = 256 * float(np.finfo(np.float64).eps)  # of max(1, |x|): what a formula may lose


def check(curve: Curve, orders: tuple[int, ...], name: str) -> Iterator[Result]:
    """The stable form as order 0, the first derivative as order 1; nothing if it has neither."""
    activation = curve.activation
    definition = activation.definition
    if not activation.elementwise:
        return
    if activation.stable is not None:
        yield _compare(curve.label, name, activation, 0, activation.stable, definition)
    if activation.first_derivative is not None and 1 in orders:
        derived = differentiate(definition)
        yield _compare(curve.label, name, activation, 1, activation.first_derivative, derived)


def _compare(
    label: str, name: str, activation: Activation, order: int, instead: Node, definition: Node
) -> Result:
    """The worst point of one field."""
    x = points.moderate(points.switches(definition, activation.parameters))
    got, expected, slope = (
        evaluate(node, x, activation.parameters)
        for node in (instead, definition, differentiate(definition))
    )
    return _result(label, name, order, x, got, expected, slope)


def _result(
    label: str, name: str, order: int, x: Array, got: Array, expected: Array, slope: Array
) -> Result:
    with np.errstate(all="ignore"):
        steepness = np.where(np.isfinite(slope), np.abs(x * slope), 0)
        tolerance = TOLERANCE * (np.abs(expected) + steepness)
        tolerance += CANCELLED * np.maximum(1, np.abs(x))
        error = np.where(got == expected, 0, np.abs(got - expected))
    known = np.isfinite(expected) & np.isfinite(tolerance)
    ratio = np.where(known, np.where(np.isnan(error), np.inf, error) / tolerance, -1)
    place = int(ratio.argmax())
    failed = bool(ratio[place] > 1)
    field = "derivative" if order else "stable"
    return Result(
        label,
        order,
        name,
        "fail" if failed else "pass",
        "fields-disagree" if failed else "agrees",
        float(x[place]),
        float(got[place]),
        float(expected[place]),
        float(error[place]),
        float(tolerance[place]),
        f"the field {field} is not equal to the formula" if failed else f"the field {field}",
    )
