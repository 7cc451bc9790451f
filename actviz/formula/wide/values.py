"""Values of a formula in wide numbers, where float64 runs out of range or digits.

Used for the points at which float64 leaves the finite numbers on the way to a result that it could
hold, or cancels; and for those far out that tell a limit. Operators and the basic primitives have
their form in this room, all others are taken by their definition in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from actviz.formula.arrays import NOTHING, Array, Truths
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.parsing import parse
from actviz.formula.primitives import PRIMITIVES, WIDE
from actviz.formula.wide import absolute, doubled, functions, numbers, relative, rounding, vectors
from actviz.formula.wide.numbers import Wide

_CONSTANTS = {"pi": doubled.PI, "e": doubled.E}
Judged: TypeAlias = tuple[Any, Array, Array]  # a value, and what it may err: rounding, absolute


def evaluate(
    parts: Sequence[Node], x: Array, constants: Mapping[str, float]
) -> tuple[Array, Truths]:
    """The value of the last of the parts (arguments first) at finite float64 points.

    And where even these digits are not enough for it.
    """
    sides: list[dict[Node, Any]] = []
    known, errors = judged(parts, numbers.wide(x), constants)
    if x.ndim == 1 and any(_by_nothing(part, known).any() for part in parts):
        step = np.where(x == 0, 2.0**-600, np.abs(x) * 2.0**-45)
        places = (numbers.add(numbers.wide(x), numbers.wide(sign * step)) for sign in (-1, 1))
        sides = [judged(parts, place, constants)[0] for place in places]
        known, errors = judged(parts, numbers.wide(x), constants, sides)
    value = known[parts[-1]]
    found, short = numbers.to_float(value), rounding.beyond(value, errors[parts[-1]])
    if x.ndim == 1 and short.any():
        nothing = short & (rounding.most(parts, known, errors) < NOTHING)
        found, short = np.where(nothing, 0.0, found), short & ~nothing
        if short.any() and not sides:
            known, errors = judged(parts, numbers.wide(x[short]), constants, closely=True)
            short[short] = rounding.beyond(known[parts[-1]], errors[parts[-1]])
    return found, short


def run(parts: Sequence[Node], x: Wide, constants: Mapping[str, float]) -> dict[Node, Any]:
    known: dict[Node, Any] = {}
    for part in parts:
        match part:
            case Number(value):
                known[part] = numbers.constant(value, x)
            case Name(name):
                known[part] = x if part is X else _named(name, constants, x)
            case Apply(head, arguments):
                known[part] = _apply(head, [known[argument] for argument in arguments])
    return known


def judged(
    parts: Sequence[Node],
    x: Wide,
    constants: Mapping[str, float],
    sides: Sequence[Mapping[Node, Any]] = (),
    closely: bool = False,
) -> tuple[dict[Node, Any], dict[Node, Array]]:
    """All values, and what each may err.

    sides: the values a little to the left and to the right, by which a division by 0 is judged.
    closely: what is no matter beside what is larger is known as that, for half as much time more.
    """
    known, errors, slacks = dict[Node, Any](), dict[Node, Array](), dict[Node, Array]()
    for part in parts:
        match part:
            case Number(value):
                known[part], errors[part], slacks[part] = _constant(value, x)
            case Name(name):
                known[part] = x if part is X else _named(name, constants, x)
                own = rounding.constant if name in _CONSTANTS else rounding.exact
                errors[part] = own(x)
                slacks[part] = absolute.of_relative(known[part], errors[part])
            case Apply(head, arguments):
                given = [(known[each], errors[each], slacks[each]) for each in arguments]
                known[part], errors[part], slacks[part] = _judged_step(head, given, x, closely)
                if sides and (zero := _by_nothing(part, known)).any():
                    poles = _pole(*(side[part].high for side in sides))
                    known[part] = numbers.select(zero, numbers.wide(poles), known[part])
    return known, errors


def _by_nothing(part: Node, known: Mapping[Node, Any]) -> Truths:
    """Where what is not 0 is divided by 0."""
    match part:
        case Apply("/", (u, v)):
            return np.asarray((known[v].high == 0) & (known[u].high != 0))
        case Apply("**", (u, v)):
            return np.asarray((known[u].high == 0) & (known[v].high < 0))
    return np.zeros(1, dtype=bool)


def _pole(left: Array, right: Array) -> Array:
    """The signed infinity that both sides go to, NaN if there is none."""
    same = np.isfinite(left) & np.isfinite(right) & (np.sign(left) * np.sign(right) > 0)
    return np.where(same, np.copysign(np.inf, left), np.nan)


def _constant(value: float, like: Wide) -> Judged:
    exact = rounding.exact(like)
    return numbers.constant(value, like), exact, exact


def _judged_step(head: str, given: Sequence[Judged], like: Wide, closely: bool) -> Judged:
    """One operation and its errors; a primitive is taken apart as far as there are rules."""
    arguments, errors, slacks = (list(each) for each in zip(*given, strict=True))
    if head in _OWN:
        value = _apply(head, arguments)
        if head == "where":
            error = rounding.taken(arguments, errors)
        else:
            error = rounding.of(head, arguments, errors, value)
        if not closely:
            return value, error, error
        return value, *absolute.of(head, arguments, errors, slacks, (value, error))
    primitive = PRIMITIVES[head]
    known: dict[Node, Judged] = dict(zip(map(Name, primitive.arguments), given, strict=True))
    definition = _definition(WIDE.get(head, primitive.definition))
    for part in definition:
        match part:
            case Number(value):
                known[part] = _constant(value, like)
            case Name("pi" as name):
                pi, error = _named(name, {}, like), rounding.constant(like)
                known[part] = pi, error, absolute.of_relative(pi, error)
            case Apply(inner, operands):
                known[part] = _judged_step(inner, [known[each] for each in operands], like, closely)
    return known[definition[-1]]


def _apply(head: str, arguments: list[Any]) -> Any:
    if head in _OWN:
        return _OWN[head](*arguments)
    primitive = PRIMITIVES[head]
    places: dict[Node, Wide] = dict(zip(map(Name, primitive.arguments), arguments, strict=True))
    known: dict[Node, Any] = {**places}
    definition = _definition(WIDE.get(head, primitive.definition))
    for part in definition:
        match part:
            case Number(value):
                known[part] = numbers.constant(value, arguments[0])
            case Name("pi" as name):
                known[part] = _named(name, {}, arguments[0])
            case Apply(inner, operands):
                known[part] = _apply(inner, [known[operand] for operand in operands])
    return known[definition[-1]]


@lru_cache
def _definition(text: str) -> tuple[Node, ...]:
    return tuple(walk(parse(text)))


def _named(name: str, constants: Mapping[str, float], like: Wide) -> Wide:
    return (
        numbers.constant_of(_CONSTANTS[name], like)
        if name in _CONSTANTS
        else numbers.constant(constants[name], like)
    )


_OWN: dict[str, Callable[..., Any]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "neg": numbers.negate,
    "*": numbers.multiply,
    "/": numbers.divide,
    "**": functions.power,
    "<": numbers.compared(lambda sign: sign < 0),
    "<=": numbers.compared(lambda sign: sign <= 0),
    ">": numbers.compared(lambda sign: sign > 0),
    ">=": numbers.compared(lambda sign: sign >= 0),
    "exp": functions.exp,
    "expm1": functions.expm1,
    "log": functions.log,
    "log1p": functions.log1p,
    "sqrt": functions.sqrt,
    "floor": functions.floor,
    "sin": functions.sin,
    "cos": functions.cos,
    "atan": functions.atan,
    "erf": functions.erf,
    "erfc": functions.erfc,
    "tanhshrink": functions.tanhshrink,
    "unit": functions.unit,
    "sinc": functions.sinc,
    "spherical_jn": functions.spherical_jn,
    "exprel": relative.exprel,
    "log1prel": relative.log1prel,
    "where": numbers.where,
    "sum": vectors.total,
    "others": vectors.others,
    "tau1": vectors.tau1,
    "tau2": vectors.tau2,
    "excess1": vectors.excess1,
    "excess2": vectors.excess2,
    "pick": vectors.picked,
    "top": vectors.top,
    "beside": vectors.beside,
    "beneath": vectors.beneath,
}
