"""Numbers that are said to be a derivative: what an oracle is asked to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np

from actviz.catalogue import values
from actviz.catalogue.activation import Activation
from actviz.catalogue.curve import Curve, fixed
from actviz.catalogue.kind import require_number
from actviz.check import points
from actviz.check.others import LINES, LOGITS
from actviz.formula.allowance import spent
from actviz.formula.arrays import Array, Truths
from actviz.formula.balls.values import undefined as has_none
from actviz.formula.breakpoints import one_sided
from actviz.formula.evaluate import CONSTANTS, evaluate
from actviz.formula.expression import Node
from actviz.formula.program import program

Side = Literal["left", "right"]

STEP = 2.0**-16  # of another component
CLOSE = 2.0**-40  # of the size of a switch: so near to it a side is looked at


@dataclass(frozen=True)
class Claim:
    """The derivative of an order (0: the value), as somebody has it.

    `at` gives it at points, `beside` its limits from one side; `switches` are where its branch may
    switch. `none` tells where it surely has no value, or no limit from a side. Elsewhere a NaN may
    be what no digits settled, unless `whole` says that there was no end of them, as for entries.
    `sliced`: the first component of a vector function.
    """

    order: int
    at: Callable[[Array], Array]
    beside: Callable[[Array, Side], Array]
    switches: Array
    none: Callable[[Array, Side | None], Truths] = lambda x, side: np.zeros(x.shape, dtype=bool)
    whole: bool = True
    sliced: bool = False

    @classmethod
    def of(cls, activation: Activation, order: int) -> Claim:
        """What actviz itself computes."""
        if activation.vector:
            return cls._of_vector(activation, order)

        def at(x: Array) -> Array:
            return np.asarray(activation.derivative(x, order))

        def sided(x: Array, side: Side) -> Array:
            return _in_turn(lambda one: values.sided(activation, order, one, side), x)

        none = partial(undefined, activation.numeric_tree(order), activation.parameters)
        return cls(order, at, sided, np.empty(0), none, activation.entry is not None)

    @classmethod
    def _of_vector(cls, activation: Activation, order: int) -> Claim:
        """The first component, as the first logit varies."""

        def at(x: Array) -> Array:
            return _output(activation, 0, order, x, LOGITS)

        first = first_component(activation)

        def sided(x: Array, side: Side) -> Array:
            return values.sided(first, order, x, side)

        return cls(order, at, sided, np.empty(0), sliced=True)

    @classmethod
    def by_formula(cls, node: Node, parameters: Mapping[str, float], order: int) -> Claim:
        """A derivative that a person worked out."""

        def at(x: Array) -> Array:
            return evaluate(node, x, parameters)

        def sided(x: Array, side: Side) -> Array:
            return _in_turn(lambda one: one_sided(node, float(one[0]), side, parameters), x)

        none = partial(undefined, node, parameters)
        return cls(order, at, sided, points.switches(node, parameters), none, False)


def sides(activation: Activation, order: int, x: float) -> tuple[float, float]:
    """The limits of a derivative at x from the left and from the right."""
    left, right = (values.sided(activation, order, np.array([x]), side) for side in get_args(Side))
    return float(left[0]), float(right[0])


def rounding_of_others(activation: Activation, which: int, order: int, x: Array) -> Array:
    """The sum of |l y'| over the other components l: what rounding these makes of a component.

    which: of the outputs. By differences, which are as near as a bound needs.
    """
    found = np.zeros(x.shape)
    for place, logit in enumerate(LOGITS):
        near = [(*LOGITS[:place], logit + d, *LOGITS[place + 1 :]) for d in (-STEP, STEP)]
        low, high = (_output(activation, which, order, x, each) for each in near)
        with np.errstate(all="ignore"):
            found += np.nan_to_num(np.abs(logit * (high - low) / (2 * STEP)), posinf=0.0)
    return found


def rounding_of_output(activation: Activation, x: Array) -> Array:
    """What rounding the output y makes of a derivative that is worked out from it: |y dy'/dy|."""
    y, slope, bend = (Claim.of(activation, order).at(x) for order in range(3))
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.abs(y * bend / slope), posinf=0.0)


def _output(
    activation: Activation, which: int, order: int, x: Array, others: Sequence[float]
) -> Array:
    """An output, or its derivative by the first number x, the others being given."""
    if order and which:
        return np.asarray(activation.slice(others, which).derivative(x, order))
    vectors = np.stack([x, *(np.full_like(x, logit) for logit in others)], axis=-1)
    return np.asarray(activation.derivative(vectors, order))[..., which]


def first_component(activation: Activation) -> Activation:
    """The function itself, or of a function of a vector its first component.

    Raises UsageError for a function of two numbers or with several outputs.
    """
    if activation.vector and len(activation.outputs) == 1:
        return activation.slice(LOGITS, 0)
    require_number(activation, "a function of one number with one output is needed here")
    return activation


def ordinary(curve: Curve) -> tuple[Curve, ...]:
    """The curves that are checked for one: a function of two numbers along lines through it."""
    if not curve.activation.gated:
        return curve.outputs
    return tuple(line for _, line in lines(curve))


def lines(curve: Curve) -> Iterator[tuple[dict[str, float], Curve]]:
    """A function of two numbers along lines, in each of which one of them is given."""
    for name in curve.activation.arguments:
        for value in LINES:
            (line,) = fixed([curve], {name: value})
            yield {name: value}, line


def _in_turn(ask: Callable[[Array], Any], x: Array) -> Array:
    """What is asked at places one by one, nearest first, as long as the allowance lasts."""
    found = np.full(x.shape, np.nan)
    for i in np.argsort(np.abs(x), kind="stable").tolist():
        if spent():
            break
        found[i : i + 1] = ask(x[i : i + 1])
    return found


def undefined(
    node: Node, parameters: Mapping[str, float], x: Array, side: Side | None = None
) -> Truths:
    """Where digits show that a formula has no value, or none close to x on a side."""
    if spent():
        return np.zeros(x.shape, dtype=bool)
    apart = CLOSE * np.maximum(np.abs(x), CLOSE)
    places = x + (0 if side is None else apart if side == "right" else -apart)
    parts, constants = program(node).parts, {**CONSTANTS, **parameters}
    return np.array([has_none(parts, place, constants) for place in places.tolist()], dtype=bool)
