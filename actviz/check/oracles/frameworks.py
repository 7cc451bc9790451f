"""A framework's own function as an oracle: where it differs, 50 digits say who is right."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.check import points
from actviz.check.accuracy import Accuracy, measure, numbers, regions, worst
from actviz.check.claim import Claim, first_component, sides
from actviz.check.dtypes import DTYPES
from actviz.check.exact.truth import truth
from actviz.check.foreign.calling import Foreign, Kind, along_component, along_line
from actviz.check.looking import FEWER, inputs
from actviz.check.oracles import SOURCES
from actviz.check.result import Numbers, Result
from actviz.check.tolerance import Tolerance
from actviz.errors import UsageError
from actviz.formula.arrays import Array

BOUND = 1e-12  # relative to |y| + |x y'|: what a framework's float64 should keep
UNDERFLOW = 1e-290  # what is smaller may be 0
WITHIN = Tolerance(DTYPES["float64"], BOUND, UNDERFLOW)
OURS = 32 * 2.0**-52  # so near to ours, two right numbers are the same


def check(curve: Curve, orders: tuple[int, ...], name: Kind) -> Iterator[Result]:
    """The framework's value and autograd derivatives beside ours, region by region."""
    entry = curve.activation.entry
    several = entry is not None and entry.formula.startswith("concat(")
    if entry is None or several or name not in entry.frameworks:
        message = "the catalogue knows no such function of it"
        yield Result(curve.label, 0, name, "not run", "not-applicable", message=message)
        return
    theirs = called(curve, name)
    activation = first_component(curve.activation)
    switches = points.switches_of(activation)
    x = inputs(DTYPES["float64"], switches, cells=FEWER)
    for order in sorted({0, *orders}):
        try:
            got = theirs.derivative(x, order)
        except UsageError as error:
            yield Result(curve.label, order, name, "not run", "not-applicable", message=str(error))
            continue
        found = measure(curve.activation, order, x, got, WITHIN)
        yield from _verdicts(curve.label, name, activation, theirs, found)
        yield from _at_kinks(curve.label, name, activation, theirs, order, switches)
        if order < 2:
            yield from _at_special_values(curve, name, theirs, order)


def called(curve: Curve, name: Kind, dtype: str = "float64") -> Foreign:
    """The framework's function as one of the number of which the curve is one.

    Raises KeyError where the catalogue knows none.
    """
    activation, entry = curve.activation, curve.activation.entry
    assert entry is not None
    found = function(entry.frameworks[name], activation.parameters, name)
    if activation.vector:
        found = along_component(found, name)
    if entry.fixable:
        found = along_line(found, entry.fixable, activation.parameters, name)
    return Foreign(entry.frameworks[name], found, name, dtype)


def function(spec: str, parameters: Mapping[str, float], name: str) -> Any:
    """What the catalogue writes, such as torch.nn.functional.elu(alpha=alpha), as a function."""
    path, _, arguments = spec.partition("(")
    module, _, attribute = path.rpartition(".")
    found = getattr(import_module(module), attribute)
    call = ast.parse(f"f({arguments or ')'}", mode="eval").body
    assert isinstance(call, ast.Call)
    given = {str(keyword.arg): _argument(keyword.value, parameters) for keyword in call.keywords}
    if isinstance(found, type):
        return found(**given)
    if "weight" in given:  # prelu takes a tensor like x
        weight = [given.pop("weight")]
        return lambda x: found(x, weight=x.new_tensor(weight), **given)
    return (lambda x: found(x, **given)) if given else found


def _argument(node: ast.expr, parameters: Mapping[str, float]) -> Any:
    return parameters[node.id] if isinstance(node, ast.Name) else ast.literal_eval(node)


def _verdicts(
    label: str, name: str, activation: Activation, theirs: Foreign, found: Accuracy
) -> Iterator[Result]:
    """One result if all agrees, else one for each region in which something does not."""
    failing = found.excess > 1
    if not failing.any():
        place = worst(found)
        yield Result(
            label, found.order, name, "pass", "agrees", message="", **numbers(found, place)
        )
        return
    for region, inside in regions(found).items():
        chosen = inside & failing
        if chosen.any():
            yield _deviation(label, name, activation, theirs, found.where(chosen), region)


def _deviation(
    label: str, name: str, activation: Activation, theirs: Foreign, failing: Accuracy, region: str
) -> Result:
    """Who is right at the worst point: 50 digits decide."""
    place = worst(failing)
    one = numbers(failing, place)
    message = f"{region}: {theirs.name} of {name} {version(name)} "
    message += f"at {failing.x.size} points from x = "
    message += f"{failing.x.min():.6g} to {failing.x.max():.6g}, relative error up to "
    message += f"{failing.relative.max():.2g}"
    if not SOURCES["mpmath"].installed:
        message += f"; to decide: {SOURCES['mpmath'].install}"
        return Result(label, failing.order, name, "not run", "undecided", message=message, **one)
    order = failing.order
    x, ours = float(failing.x[place]), float(failing.expected[place])
    true = truth(activation, x, order)[order]
    if abs(ours - true) <= OURS * _scale(activation, x, true, order):
        code = "framework-deviates"
        return Result(label, order, name, "pass", code, message=message, **one)
    code = "derivative-wrong" if order else "value-wrong"
    one = Numbers({**one, "got": ours, "expected": float(true)})
    return Result(label, order, name, "fail", code, message=message, **one)


def _scale(activation: Activation, x: float, true: Any, order: int) -> float:
    slope = truth(activation, x, order + 1)[order + 1]
    return float(abs(true) + (abs(x * slope) if slope == slope else 0) + 2.0**-1017)


def _at_kinks(
    label: str, name: str, activation: Activation, theirs: Foreign, order: int, switches: Array
) -> Iterator[Result]:
    """The derivative at a kink is a matter of convention."""
    numbers_there = theirs.derivative(switches, order) if order and switches.size else np.empty(0)
    for x, got in zip(switches.tolist() if order else [], numbers_there.tolist(), strict=True):
        here = float(activation.derivative(x, order))
        either = sides(activation, order, x)
        if abs(either[0] - either[1]) > 1e-9 and abs(got - here) > 1e-9:
            message = f"the one-sided derivatives there are {either[0]:.6g} and {either[1]:.6g}"
            one = {"x": x, "got": got, "expected": here, "error": abs(got - here)}
            yield Result(label, order, name, "pass", "convention", message=message, **one)


def _at_special_values(curve: Curve, name: str, theirs: Foreign, order: int) -> Iterator[Result]:
    """The limits at +-inf, and NaN."""
    x = np.array([-np.inf, np.inf, np.nan])
    ours = Claim.of(curve.activation, order).at(x)
    for place, got, expected in zip(
        x.tolist(), theirs.derivative(x, order).tolist(), ours.tolist(), strict=True
    ):
        without_limit = np.isnan(expected) and not np.isnan(place)
        same = bool(np.isclose(got, expected, BOUND, 0, equal_nan=True))
        if not (same or without_limit):
            one = {"x": place, "got": got, "expected": expected}
            code, message = "framework-deviates", "special values"
            yield Result(curve.label, order, name, "pass", code, message=message, **one)
