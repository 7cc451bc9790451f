"""A derivative that a person worked out: is it right, and does it keep its digits in float64?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.calls import Typed
from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import require_number
from actviz.check import points, settings
from actviz.check.aswritten import LOST, digits
from actviz.check.claim import Claim, Side, sides
from actviz.check.equality import Range, looked_at, proven, unproven
from actviz.check.oracles import difference
from actviz.check.result import Result
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Node, free_names, to_text

WORK = 600_000  # steps of a derivative by hand in exact arithmetic


def verdicts(
    curve: Curve,
    formula: Typed,
    order: int,
    oracles: tuple[str, ...],
    within: Range | None = None,
) -> Iterator[Result]:
    """Verdict and loss of digits of a formula said to be the derivative of an order.

    It is right if algebra or enclosures prove it, at least in the range within. Else mpmath decides
    if it is among the oracles, or numerical differentiation.

    Raises UsageError for a formula with names that the curve lacks.
    """
    node = _named(formula, curve.activation)

    def verdict(activation: Activation) -> Result:
        return _verdict(curve.label, activation, node, order, "mpmath" in oracles, within)

    result = settings.judged(curve, node, verdict)
    yield result
    if result.status != "fail":
        yield from _at_switches(curve.label, curve.activation, node, order, within)
        yield digits(curve.label, curve.activation, node, order, within, claimed=True)


def _verdict(
    label: str,
    activation: Activation,
    node: Node,
    order: int,
    exactly: bool,
    within: Range | None,
) -> Result:
    """Whether the formula is right for one function, and what that is known by."""
    decide = _exactly if exactly else _by_difference
    result, count = decide(label, activation, node, order, within)
    if result.status != "pass":
        return result
    told = proven(activation, activation.tree(order), node, within, activation.parameters)
    told = told or unproven(count, "50 digits" if exactly else "numerical differentiation", within)
    return replace(result, message="; ".join(filter(None, (told, result.message))))


def _named(formula: Typed, activation: Activation) -> Node:
    """The formula, if its names are parameters of the function."""
    require_number(activation, "--derivative needs one of x")
    written = formula.written or formula.definition
    if unknown := sorted(free_names(written) - set(activation.parameters)):
        has = ", ".join(activation.parameters) or "none"
        raise UsageError(
            f"The derivative {to_text(written)!r} has the name {unknown[0]}; "
            f"the parameters of {activation.name} are: {has}."
        )
    formula.check(activation.parameters)
    return formula.definition


def _by_difference(
    label: str, activation: Activation, node: Node, order: int, within: Range | None
) -> tuple[Result, int]:
    """The verdict by numerical differentiation, and at how many points."""
    claim = Claim.by_formula(node, activation.parameters, order)
    value = Claim.of(activation, 0)
    result, count = difference.judged(label, "difference", activation, claim, value, within)
    failed = result.status == "fail"
    return (replace(result, code="formula-wrong") if failed else result), count


def _exactly(
    label: str, activation: Activation, node: Node, order: int, within: Range | None
) -> tuple[Result, int]:
    """The verdict in exact arithmetic, one-sided at the switches, and at how many points."""
    from actviz.check.exact.truth import EQUAL, known_truth
    from actviz.check.exact.values import known
    from actviz.check.oracles import fifty_digits

    switches = points.switches_of(activation)
    samples = looked_at([*switches, *points.switches(node, activation.parameters)], within)
    if within:
        switches = switches[(switches >= within[0]) & (switches <= within[1])]
    asked: list[tuple[float, Side | None]] = [(x, None) for x in samples.tolist()]
    asked = [(x, None) for x, _ in asked if x not in switches]
    asked += [(x, side) for x in switches.tolist() for side in get_args(Side)]
    judged, without = [], 0
    with allowed(Allowance(WORK)):
        for x, side in points.in_turn(asked, [x for x, _ in asked]):
            true = known_truth(activation, x, order + 1, side)
            expected, slope = true.numbers[order:]
            if expected != expected:
                without += true.settled or side is not None
                continue
            got = known(node, x, activation.parameters, (0,), side)
            if got.numbers[0] == got.numbers[0] or got.settled:
                one = fifty_digits.compared(x, got.numbers[0], expected, slope, EQUAL, side)
                judged.append(fifty_digits.forgiven(activation, one, order, switches, EQUAL))
    result = fifty_digits.worst(label, "mpmath", order, judged)
    told = result.message, points.passed_over(len(judged), len(asked) - without)
    result = replace(result, message="; ".join(filter(None, told)))
    failed = result.status == "fail"
    return (replace(result, code="formula-wrong") if failed else result), len(judged)


def _at_switches(
    label: str, activation: Activation, node: Node, order: int, within: Range | None
) -> Iterator[Result]:
    """Where the formula takes something else at a switch than actviz does.

    At a kink that is a convention, if it lies between the one-sided derivatives or is not defined.
    """
    lower, upper = within or (-np.inf, np.inf)
    for place in points.switches_of(activation).tolist():
        x = np.array(place)
        got = float(evaluate(node, x, activation.parameters))
        here = float(activation.derivative(x, order))
        apart = LOST * (1 + abs(here))
        if not (lower <= place <= upper and apart < np.inf) or abs(got - here) <= apart:
            continue
        sided = sides(activation, order, place)
        told = f"the one-sided derivatives there are {sided[0]:.6g} and {sided[1]:.6g}"
        if np.isnan(sided).any():
            convention = True  # not known
        elif abs(sided[0] - sided[1]) > apart or _jumps(activation, place):
            convention = math.isnan(got) or min(sided) - apart <= got <= max(sided) + apart
        elif abs(got - sided[0]) <= apart:  # the branch there is another one, for itself alone
            continue
        else:
            convention, told = False, f"the derivative there is {sided[0] + 0.0:.6g}"
        yield Result(
            label,
            order,
            "convention",
            "pass" if convention else "fail",
            "convention" if convention else "breakpoint-wrong",
            place,
            got,
            here,
            abs(got - here),
            None,
            "the formula has no value there; " * math.isnan(got) + told,
        )


def _jumps(activation: Activation, place: float) -> bool:
    """Whether the function itself has no derivative there."""
    left, right = sides(activation, 0, place)
    return not abs(left - right) <= LOST * (1 + abs(left))
