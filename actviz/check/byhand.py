"""A derivative that a person worked out: is it right, and does it keep its digits in float64?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve
from actviz.catalogue.kind import require_number
from actviz.check import points
from actviz.check.claim import Claim, Side, sides
from actviz.check.equality import Range, looked_at, proven, unproven
from actviz.check.oracles import difference
from actviz.check.result import Result
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.evaluate import evaluate, plain
from actviz.formula.expression import Node, free_names, to_text
from actviz.formula.parsing import parse

WORK = 600_000  # steps of a derivative by hand in exact arithmetic
LOST = 1e-9  # a larger error, relative to |y| + |x y'|, is a loss worth telling
UNDERFLOW = 1e-290  # so small a derivative is as good as lost
COARSE = 10  # of so many points one is looked at, and the others beside a change
TINY = float(np.finfo(np.float64).tiny)
DENSE = np.unique([*np.linspace(-50, 50, 20001), *np.linspace(-1000, 1000, 20001)])


def verdicts(
    curve: Curve,
    text: str,
    order: int,
    oracles: tuple[str, ...],
    within: Range | None = None,
) -> Iterator[Result]:
    """Verdict and loss of digits of a formula said to be the derivative of an order.

    It is right if algebra or enclosures prove it, at least in the range within. Else mpmath decides
    if it is among the oracles, or numerical differentiation.

    Raises UsageError for a formula outside the language, or with names that the curve lacks.
    """
    node = _formula(text, curve.activation)
    activation, exactly = curve.activation, "mpmath" in oracles
    verdict = _exactly if exactly else _by_difference
    result, count = verdict(curve.label, activation, node, order, within)
    if result.status == "pass":
        told = proven(activation, activation.tree(order), node, within, activation.parameters)
        decided = "50 digits" if exactly else "numerical differentiation"
        told = told or unproven(count, decided, within)
        result = replace(result, message="; ".join(filter(None, (told, result.message))))
    yield result
    if result.status != "fail":
        yield from _conventions(curve.label, curve.activation, node, order)
        yield digits(curve.label, curve.activation, node, order)


def _formula(text: str, activation: Activation) -> Node:
    node = parse(text)
    require_number(activation, "--derivative needs one of x")
    if unknown := sorted(free_names(node) - set(activation.parameters)):
        has = ", ".join(activation.parameters) or "none"
        raise UsageError(
            f"The derivative {text!r} has the name {unknown[0]}; "
            f"the parameters of {activation.name} are: {has}."
        )
    return node


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


def _conventions(label: str, activation: Activation, node: Node, order: int) -> Iterator[Result]:
    """Where the formula takes another one-sided derivative at a kink than actviz does."""
    for place in points.switches_of(activation).tolist():
        x = np.array(place)
        got = float(evaluate(node, x, activation.parameters))
        left, right = sides(activation, order, place)
        here = float(activation.derivative(x, order))
        apart = LOST * (1 + abs(here))
        if abs(left - right) > apart and abs(got - here) > apart:
            between = min(left, right) - apart <= got <= max(left, right) + apart
            yield Result(
                label,
                order,
                "convention",
                "pass" if between else "fail",
                "convention" if between else "breakpoint-wrong",
                place,
                got,
                here,
                abs(got - here),
                None,
                f"the one-sided derivatives there are {left:.6g} and {right:.6g}",
            )


def digits(label: str, activation: Activation, node: Node, order: int) -> Result:
    """Where float64 arithmetic loses digits of a right formula."""
    every = DENSE[~np.isin(DENSE, points.switches_of(activation))]
    chosen = np.zeros(every.size, dtype=bool)
    chosen[::COARSE] = True
    known = _compared(every[chosen], activation, node, order)
    if (between := _at_changes(every, chosen, known)).any():
        more = _compared(every[between], activation, node, order)
        ordered = np.argsort(np.concatenate([every[chosen], every[between]]))
        known = [np.concatenate(pair)[ordered] for pair in zip(known, more, strict=True)]
    x, got, expected, error, tolerance, ratio = known
    place = int(ratio.argmax())
    lossy = ratio > 1
    return Result(
        label,
        order,
        "float64",
        "pass",
        "loses-accuracy" if lossy.any() else "agrees",
        float(x[place]),
        float(got[place]),
        float(expected[place]),
        float(error[place]),
        float(tolerance[place]),
        f"{to_text(node)} {_described(x, got, expected, lossy)}" if lossy.any() else "",
    )


def _compared(x: Array, activation: Activation, node: Node, order: int) -> list[Array]:
    """x, the values in float64, the true ones, the error, what it may be, and their ratio."""
    got = plain(node, x, activation.parameters)
    expected = activation.derivative(x, order)
    slope = activation.derivative(x, order + 1) if order < MAXIMUM_ORDER else expected
    with np.errstate(all="ignore"):
        tolerance = LOST * (np.abs(expected) + np.abs(x * np.nan_to_num(slope, nan=0.0))) + TINY
        error = np.where(got == expected, 0.0, np.abs(got - expected))
        ratio = np.where(np.isnan(error), np.inf, error / tolerance)
    ratio[~np.isfinite(expected)] = 0
    return [x, got, expected, error, tolerance, ratio]


def _at_changes(every: Array, chosen: Truths, known: Sequence[Array]) -> Truths:
    """The points between those of a coarse grid at which something else is told."""
    _, got, _, _, _, ratio = known
    what = np.stack([ratio > 1, got == 0, np.isnan(got), np.isinf(got)])
    changes = (what[:, 1:] != what[:, :-1]).any(axis=0)
    stretch = np.cumsum(chosen) - 1
    return np.asarray(~chosen & np.append(changes, False)[stretch])


def _described(x: Array, got: Array, expected: Array, lossy: Any) -> str:
    """The stretches in which digits are lost, and those in which nothing is left."""
    told = [f"loses digits in float64 {_stretches(x, lossy, expected)}"]
    for name, bad in (
        ("is 0", (got == 0) & (expected != 0)),
        ("is NaN", np.isnan(got)),
        ("is infinite", np.isinf(got)),
    ):
        if (lossy & bad).any():
            told.append(f"{name} {_stretches(x, lossy & bad, expected)}")
    return ", ".join(told)


def _stretches(x: Array, chosen: Any, expected: Array) -> str:
    """Where the chosen points are on either side of 0, in words."""
    told = []
    for sign, relation in ((-1, "<="), (1, ">=")):
        at = np.abs(x[chosen & (np.sign(x) == sign)])
        if not at.size:
            continue
        beyond = (sign * x > at.max()) & (np.abs(expected) > UNDERFLOW)
        if beyond.any():
            told.append(f"between {sign * at.min():.4g} and {sign * at.max():.4g}")
        else:
            told.append(f"for x {relation} {sign * at.min():.4g}")
    return " and ".join(told) or "at x = 0"
