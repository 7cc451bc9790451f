"""True values of formulas and their derivatives, that share no rule with the engine.

They are Taylor coefficients in balls (`balls.py`), with twice the digits until the balls tell. What
depends on the way on which an infinite number is approached is undefined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from balls import Reading, Undefined, Unknown, setting
from flint import arb

from actviz.formula.breaks import spelled
from actviz.formula.expression import Apply, Node, walk
from actviz.formula.primitives import STEPS, WAVES

DIGITS = 60  # bits that a value is known to
PRECISIONS = tuple(192 * 2**i for i in range(7))
UNDERFLOW = arb(2) ** -1100  # what is less is 0 in float64
FAINT = arb(2) ** -(2**40)  # and this even times what is infinite
INFINITE = arb(2) ** 2000  # what is more is infinite
SPREADS = (84, 87)  # see balls.Reading
# The exponents of what stands for an infinite number; beyond 6000 comes what exp gives.
FAR = tuple(range(4000, 5600, 131))
LARGE = 1000  # what grows as log has come to that
CHANGE = arb(2) ** -1200  # of a number, for a slope; so small that no sine turns in it
SIDES = {None: 0, "left": -1, "right": 1}

# What is differentiated by: shares of directions, each of them numbers by name and component.
Along = Sequence[tuple[float, Mapping[tuple[str, int], float]]]
Balls = Mapping[str, Sequence[Any]]
Way = tuple[Callable[[], Any], list[Reading]]  # what computes a value, and what it has read


def by(name: str, component: int = 0) -> Along:
    """Differentiate by one number, as often as the order says."""
    return [(1.0, {(name, component): 1.0})]


def by_both(one: str, other: str) -> Along:
    """With order 2, differentiate by one and by another: ((d1 + d2)^2 - d1^2 - d2^2)/2."""
    both = {(one, 0): 1.0, (other, 0): 1.0}
    return [(0.5, both), (-0.5, {(one, 0): 1.0}), (-0.5, {(other, 0): 1.0})]


@dataclass(frozen=True)
class Asked:
    """What is asked for: the derivative of component i, or the value for order 0.

    given holds the numbers of all names, x and what else is a vector by its components, and counts
    how often a vector has each of them, if not once.
    """

    node: Node
    given: Mapping[str, Sequence[float]]
    along: Along
    order: int = 0
    i: int = 0
    side: str | None = None
    counts: Sequence[int] = ()


def derivative(asked: Asked) -> Any:
    """The true value, as a ball.

    NaN where the formula is undefined or there is no limit at an infinity; None where it is not
    known.
    """
    if any(math.isnan(v) for numbers in asked.given.values() for v in numbers):
        return arb.nan()
    if any(math.isinf(v) for numbers in asked.given.values() for v in numbers) and any(
        isinstance(part, Apply) and part.head == "tan" for part in walk(asked.node)
    ):
        return None  # between points far out there are poles
    found = []
    for numbers in _ways(asked.given):
        y = _settled(_compute(asked, numbers, spread) for spread in SPREADS)
        if y is None:
            return None
        found.append(y)
    y = found[0] if len(found) == 1 else _limit(found, _has_waves(asked.node))
    if len(found) > 1 and all(each.is_zero() for each in found) and _grows(asked):
        return None  # 0 so far, and yet it grows
    if asked.order and len(found) > 1 and y is not None and not y.is_nan():
        value = derivative(replace(asked, order=0))
        if value is None or value.is_nan():  # a slope of what has no limit
            return None
    return y


def _grows(asked: Asked) -> bool:
    """Whether what underflows far out grows there all the same."""
    ways = [
        [_compute(asked, numbers, spread) for spread in SPREADS] for numbers in _ways(asked.given)
    ]
    found = [_settled(iter(each), FAINT) for each in ways]
    known = [abs(y) for y in found if y is not None and not y.is_nan()]
    return len(known) == len(found) and all(b > a for a, b in pairwise(known))


def _has_waves(node: Node) -> bool:
    """Whether something turns or steps again and again."""
    parts = walk(spelled(node))
    return any(isinstance(part, Apply) and part.head in WAVES | STEPS for part in parts)


def _limit(found: Sequence[Any], waves: bool) -> Any:
    """What values far out have in common; NaN if nothing, None if it is not known."""
    if all(_same(found[0], y) for y in found):
        return found[0] if not waves or _regular(found) else arb.nan()
    steps = [after - before for before, after in pairwise(found)]
    if any(step > 0 for step in steps) and any(step < 0 for step in steps):
        return arb.nan()
    if any(step.contains(0) for step in steps):
        return None  # x**-0.2 is nothing from somewhere on
    if waves or steps[-1] / steps[0] < 0.9:  # in step with these, or not as log grows
        return None
    if abs(found[-1]) < LARGE:  # x**1e-5 has hardly begun to grow
        return None
    return steps[0].sgn() * INFINITE


def _regular(found: Sequence[Any]) -> bool:
    """Whether what grows with one number does so as a power, and not as a wave with one."""
    if len(found) < len(FAR) or not all(arb(2) ** 1024 < abs(y) < arb(2) ** (2**30) for y in found):
        return True
    steps = [abs(after / before).log() for before, after in pairwise(found)]
    return all(abs(after - before) < 0.1 for before, after in pairwise(steps))


def slope(asked: Asked, name: str, j: int) -> Any:
    """|x dy/dx| for one finite number x, from a difference: a ball, or None."""
    if asked.given[name][j] == 0:
        return arb(0)
    numbers = next(_ways(asked.given))
    asked = replace(asked, side=None)
    sizes = [_change(asked, numbers, name, j, change) for change in (CHANGE, -CHANGE)]
    return min((size for size in sizes if size is not None), default=None)  # one may be a jump's


def _change(asked: Asked, numbers: Balls, name: str, j: int, share: Any) -> Any:
    def compute() -> Any:
        changed = {**numbers, name: list(numbers[name])}
        changed[name][j] = numbers[name][j] * (1 + share)
        here, there = (_compute(asked, each, SPREADS[0])[0]() for each in (numbers, changed))
        return abs(there - here) / abs(share)

    y = _digits(compute, 8, PRECISIONS[4:])
    return None if y is None or y.is_nan() else y


def _ways(given: Mapping[str, Sequence[float]]) -> Iterator[Balls]:
    """The numbers as balls, infinite ones approached in several ways, by no whole numbers."""
    infinite = [
        (name, j) for name, values in given.items() for j, v in enumerate(values) if math.isinf(v)
    ]
    ways = FAR[:: 4 if len(infinite) > 1 else 1] if infinite else (0,)
    for way, far in enumerate(ways):
        numbers = {name: [arb(v) for v in values] for name, values in given.items()}
        for k, (name, j) in enumerate(infinite):
            with setting("prec", 2 * FAR[-1]):
                exponent = far + (200 + 97 * k * (-1) ** way) % 400
                size = arb(2) ** exponent * 1.37 + 0.37 * (way + 1)
                numbers[name][j] = size * math.copysign(1, given[name][j])
        yield numbers


def _compute(asked: Asked, numbers: Balls, spread: int) -> Way:
    """How the derivative is computed, and the readings that it was computed from."""
    readings: list[Reading] = []

    def compute() -> Any:
        readings[:] = [
            Reading(numbers, each, asked.order, SIDES[asked.side], asked.counts, spread)
            for _, each in asked.along
        ]
        shares = (share for share, _ in asked.along)
        parts = (reading.coefficient(asked.node, asked.i, asked.order) for reading in readings)
        total = sum((part * share for part, share in zip(parts, shares, strict=True)), arb(0))
        return total * math.factorial(asked.order)

    return compute, readings


def _settled(ways: Iterator[Way], nothing: Any = UNDERFLOW) -> Any:
    """A value; where exp was cut off, only one that does not depend on where."""
    found = []
    for compute, readings in ways:
        found.append(_digits(compute, DIGITS, PRECISIONS, nothing))
        if not any(reading.cut_off for reading in readings):
            return found[0]
    return found[0] if None not in found and _same(*found) else None


def _digits(
    compute: Callable[[], Any], digits: int, precisions: Sequence[int], nothing: Any = UNDERFLOW
) -> Any:
    """What is computed, with as many digits as it takes; None if there are not enough.

    What is less than nothing is 0.
    """
    for precision in precisions:
        with setting("prec", precision):
            try:
                y = compute()
            except Undefined:
                return arb.nan()
            except Unknown:
                continue
            if y.is_zero() or y.abs_upper() < nothing:
                return arb(0)
            if y.is_finite() and y.rel_accuracy_bits() > digits:
                return y
    return None


def _same(y: Any, z: Any) -> bool:
    """Whether two values are the same to float64."""
    if y.is_nan() or z.is_nan():
        return bool(y.is_nan() and z.is_nan())
    small, large = sorted((abs(y).mid(), abs(z).mid()))
    if small > arb(2) ** 1024:
        return bool((y > 0) == (z > 0))
    return bool(large < arb(2) ** -1075 or abs(y.mid() - z.mid()) < large * arb(2) ** -50)
