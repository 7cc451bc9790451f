"""The value of a formula at one point in balls, with as many digits as it takes.

For the points at which even twice the digits of float64 are not enough: x - sin(x) at 1e-100, the
expanded (x - 1)**5 near 1, cosh(x)**2 - sinh(x)**2 far out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.formula import kernels
from actviz.formula.arrays import NOTHING, Array
from actviz.formula.balls import functions, numbers, series
from actviz.formula.balls.numbers import Ball, Endless, Tied, Turned, Undefined, Unknown
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.parsing import parse
from actviz.formula.price import far_price, price
from actviz.formula.primitives import PRIMITIVES

PRECISIONS = (160, 480, 1440, 4320, 12960)  # bits, one after the other
ENOUGH, TWICE = 56, 110  # bits of a result that are right
# Steps of 160 bits for one call: for all of it, and each of its points; for points beyond the most.
WORK, OF_POINT, MOST_WORK, MORE_WORK = 400_000, 1500, 3_000_000, 30
GROWTH = 1.6  # by which power of its bits a step takes longer
FAR, FAR_GROWTH = 2.0**64, 0.5  # and beyond that, where nothing but waves is long

# What a part is: a number, whether a comparison holds, or the reason why it is not known.
Value = Ball | bool | Unknown | Undefined


class Budget:
    """How much work may be done on formulas: steps, as many as their price at each point."""

    def __init__(self, parts: Sequence[Node], points: int, most: int) -> None:
        self.price, self.far_price = price(parts), far_price(parts)
        self.left = min(min(WORK + OF_POINT * points, MOST_WORK) + MORE_WORK * points, most)

    def allows(self, points: int, bits: int, far: bool = False) -> bool:
        steps, growth = self.price, GROWTH
        if far and self.far_price is not None:
            steps, growth = self.far_price, FAR_GROWTH
        self.left -= int(steps * points * (bits / PRECISIONS[0]) ** growth)
        return self.left > 0


def evaluate(
    parts: Sequence[Node], x: Array, constants: Mapping[str, float], budget: Budget
) -> list[float] | None:
    """The values of the last of the parts at a point, or for each component of a vector.

    NaN for what is undefined, and for what no number of digits that the budget allows has settled.
    None if digits are not what it takes.
    """
    row = [numbers.ball(each) for each in x.reshape(-1).tolist()]
    found: list[float | None] = [None] * len(row)
    # a wave of x far out turns within the rounding of x, and one of a number that is given does not
    endless = (Endless, Turned) if X in parts else Endless
    far = bool((np.abs(x) > FAR).all())
    for bits in PRECISIONS:
        if not budget.allows(len(row), bits, far):
            if len(row) > 1:  # of which the bound is that of the sum, so that most are right
                return None
            break
        values = _run(parts, row, constants, bits)[parts[-1]]
        if any(isinstance(value, endless) for value in values):
            return None
        found = [_settled(value) for value in values]
        if None not in found:
            break
    return [math.nan if value is None else value for value in found]


def at_once(parts: Sequence[Node], x: float, constants: Mapping[str, float]) -> float | None:
    """The value at a number if the fewest digits settle it, and it is one."""
    (value,) = _run(parts, [numbers.ball(float(x))], constants, PRECISIONS[0])[parts[-1]]
    return None if isinstance(value, Undefined) else _settled(value)


def pair(parts: Sequence[Node], constants: Mapping[str, float]) -> tuple[float, float] | None:
    """A number as two of float64, with twice the digits; None if it is not known so well."""
    for bits in PRECISIONS:
        (value,) = _run(parts, [numbers.ZERO], constants, bits)[parts[-1]]
        if isinstance(value, Ball) and value.radius.bit_length() + TWICE < value.size.bit_length():
            high = numbers.to_float(value)
            if math.isfinite(high):
                return high, numbers.to_float(numbers.subtract(value, numbers.ball(high), bits))
    return None


def most(parts: Sequence[Node], x: Array, constants: Mapping[str, float]) -> Array:
    """At most the size of the last of the parts at each point, with 160 bits; inf if not known."""
    found = np.full(x.shape, np.inf)
    for i, each in enumerate(x.tolist()):
        (value,) = _run(parts, [numbers.ball(each)], constants, PRECISIONS[0])[parts[-1]]
        if isinstance(value, Ball):
            found[i] = math.nextafter(
                numbers.to_float(Ball(value.size, 0, value.exponent)), math.inf
            )
            found[i] *= bool(value.size)
    return found


def common(
    parts: Sequence[Node], x: Ball, constants: Mapping[str, float], bits: int = 0
) -> float | None:
    """The value that a formula has at all numbers of a ball, to so many bits of it.

    None if it has none in common, or if it is not the same analytic formula at all of them.
    """
    found = _run(parts, [x], constants, PRECISIONS[0])
    (value,) = found[parts[-1]]
    if not isinstance(value, Ball) or any(isinstance(each, Tied) for (each,) in found.values()):
        return None
    steady = not bits or value.radius.bit_length() + bits < value.size.bit_length()
    return numbers.to_float(value) if steady else None


def undefined(parts: Sequence[Node], x: float, constants: Mapping[str, float]) -> bool:
    """Whether digits show that a formula has no value at a point; False where they do not tell."""
    for bits in PRECISIONS[:-2]:
        (value,) = _run(parts, [numbers.ball(x)], constants, bits)[parts[-1]]
        if not isinstance(value, Unknown):
            return isinstance(value, Undefined)
    return False


def _settled(value: Value) -> float | None:
    match value:
        case Undefined():
            return math.nan
        case Ball() if value.exact or value.radius.bit_length() + ENOUGH < value.size.bit_length():
            return numbers.to_float(value)
        case Ball() if value.top < NOTHING:
            return 0.0
    return None


def _run(
    parts: Sequence[Node], row: list[Ball], constants: Mapping[str, float], bits: int
) -> dict[Node, list[Value]]:
    """The value of each part, for each component."""
    known: dict[Node, list[Value]] = {}
    for part in parts:
        match part:
            case Number(value):
                known[part] = [_number(value)] * len(row)
            case Name(name):
                known[part] = list(row) if part is X else [_named(name, constants, bits)] * len(row)
            case Apply(head, arguments) if head in _OF_ROW:
                known[part] = _reduced(head, [known[each] for each in arguments], bits)
            case Apply(head, arguments):
                columns = zip(*(known[each] for each in arguments), strict=True)
                known[part] = [_joined(head, column, bits) for column in columns]
    return known


def _named(name: str, constants: Mapping[str, float], bits: int) -> Value:
    return _CONSTANTS[name](bits) if name in _CONSTANTS else _number(constants[name])


def _number(value: float) -> Value:
    """A number that is given; no ball holds one that is infinite or NaN."""
    return numbers.ball(value) if math.isfinite(value) else Endless()


def _joined(head: str, arguments: Sequence[Value], bits: int) -> Value:
    """One operation; of two branches that digits do not tell apart it may be either."""
    match head, arguments:
        case "where", (Tied(), Ball() as u, Ball() as v):
            try:
                return numbers.both(u, v, bits)
            except Unknown as reason:
                return reason
    return _apply(head, arguments, bits)


def _apply(head: str, arguments: Sequence[Value], bits: int) -> Value:
    """One operation; a where takes no notice of the branch that is not taken."""
    if head == "where":
        condition, u, v = arguments
        return (u if condition else v) if isinstance(condition, bool) else condition
    for kind in (Undefined, Unknown):
        for each in arguments:
            if isinstance(each, kind):
                return each
    try:
        return _worked_out(head, arguments, bits)
    except (Unknown, Undefined) as reason:
        return reason


def _worked_out(head: str, arguments: Sequence[Any], bits: int) -> Value:
    if head in _OWN:
        result: Value = _OWN[head](*arguments, bits)
        return result
    primitive = PRIMITIVES.get(head)
    if primitive is None or not primitive.definition:
        raise Unknown
    places: dict[Node, Value] = dict(zip(map(Name, primitive.arguments), arguments, strict=True))
    return _apply_formula(primitive.definition, places, bits)


def _apply_formula(text: str, known: dict[Node, Value], bits: int) -> Value:
    """A formula in names that are known."""
    definition = _definition(text)
    for part in definition:
        match part:
            case Number(value):
                known[part] = numbers.ball(value)
            case Name("pi" as name):
                known[part] = _named(name, {}, bits)
            case Apply(inner, operands):
                known[part] = _apply(inner, [known[each] for each in operands], bits)
    return known[definition[-1]]


@lru_cache
def _definition(text: str) -> tuple[Node, ...]:
    return tuple(walk(parse(text)))


def _reduced(head: str, arguments: Sequence[list[Value]], bits: int) -> list[Value]:
    """A function of all components, for each of them."""
    values, *rest = arguments
    if head == "pick":
        (place, *_) = rest[0]
        chosen = int(numbers.to_float(place)) if isinstance(place, Ball) else 0
        return [values[chosen]] * len(values)
    if head == "sum":
        return [_total(values, bits)] * len(values)
    if head in _THRESHOLDS:
        return _threshold(head, values, bits)
    before, after = _running(values, bits), _running(values[::-1], bits)[::-1]
    return [_apply("+", pair, bits) for pair in zip(before, after, strict=True)]


def _running(values: Sequence[Value], bits: int) -> list[Value]:
    """The sum of all components before each."""
    sums: list[Value] = [numbers.ZERO]
    for value in values[:-1]:
        sums.append(_apply("+", (sums[-1], value), bits))
    return sums


def _threshold(head: str, values: Sequence[Value], bits: int) -> list[Value]:
    """The t that tau1 or tau2 is, or what is above it; float64 tells which components are."""
    kernel, squares, excess = _THRESHOLDS[head]
    known = [value for value in values if isinstance(value, Ball)]
    if len(known) < len(values):
        return [next(value for value in values if not isinstance(value, Ball))] * len(values)
    top = max(known, key=lambda each: numbers.to_float(each))
    beside = [numbers.to_float(numbers.subtract(each, top, bits)) for each in known]
    above = kernel(np.array(beside)) > 0
    taken = [each for each, is_above in zip(known, above.tolist(), strict=True) if is_above]

    def of(node: str, **names: Value) -> Value:
        return _apply_formula(node, {Name(name): value for name, value in names.items()}, bits)

    count, total = Ball(len(taken), 0, 0), _total(taken, bits)
    t = of("(total - 1)/count", total=total, count=count)
    if squares:
        mean = of("total/count", total=total, count=count)
        apart = [of("(u - mean)**2", u=each, mean=mean) for each in taken]
        rest = {"mean": mean, "spread": _total(apart, bits), "count": count}
        t = of("mean - sqrt((1 - spread)/count)", **rest)
    return [_apply("-", (each, t), bits) if excess else t for each in known]


def _total(values: Sequence[Value], bits: int) -> Value:
    total: Value = numbers.ZERO
    for value in values:
        total = _apply("+", (total, value), bits)
    return total


# The kernel that tells what is above; whether squares are summed; whether what is above is asked.
_THRESHOLDS: dict[str, tuple[Callable[[Array], Array], bool, bool]] = {
    "tau1": (kernels.excess1, False, False),
    "tau2": (kernels.excess2, True, False),
    "excess1": (kernels.excess1, False, True),
    "excess2": (kernels.excess2, True, True),
}
_OF_ROW = frozenset({"sum", "others", "pick", *_THRESHOLDS})
_CONSTANTS: dict[str, Callable[[int], Ball]] = {"pi": functions.pi_ball, "e": functions.e_ball}
_OWN: dict[str, Callable[..., Value]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "neg": lambda u, bits: numbers.negate(u),
    "*": numbers.multiply,
    "/": numbers.divide,
    "**": functions.power,
    "<": lambda u, v, bits: numbers.compare(u, v, bits) < 0,
    "<=": lambda u, v, bits: numbers.compare(u, v, bits) <= 0,
    ">": lambda u, v, bits: numbers.compare(u, v, bits) > 0,
    ">=": lambda u, v, bits: numbers.compare(u, v, bits) >= 0,
    "exp": functions.exp,
    "log": functions.log,
    "sqrt": numbers.square_root,
    "max": numbers.larger,
    "min": lambda u, v, bits: numbers.negate(
        numbers.larger(numbers.negate(u), numbers.negate(v), bits)
    ),
    "floor": lambda u, bits: numbers.whole_part(u),
    "sin": functions.sin,
    "cos": functions.cos,
    "atan": functions.atan,
    "erf": functions.erf,
    "erfc": functions.erfc,
    "tanhshrink": functions.tanhshrink,
    "unit": functions.unit,
    "sinc": series.sinc,
    "spherical_jn": series.spherical_jn,
    "exprel": series.exprel,
    "log1prel": series.log1prel,
}
