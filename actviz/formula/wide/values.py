"""Values and limits of a formula in wide numbers, where float64 runs out of range or digits.

Used for the points at which float64 leaves the finite numbers on the way to a result that it could
hold, or cancels; and for limits at infinity. Operators and the basic primitives have their form in
this room, all others are taken by their definition in the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import kernel
from actviz.formula.parsing import parse
from actviz.formula.primitives import OF_VECTOR, PRIMITIVES, STEPS, WIDE
from actviz.formula.wide import doubled, functions, numbers, relative, rounding, vectors
from actviz.formula.wide.numbers import UNIT, Wide

NEARER = 2.0**24 * (1 + np.arange(8.0) * 0.6180339887498949 % 1)  # in step with nothing
_CONSTANTS = {"pi": doubled.PI, "e": doubled.E}


def evaluate(
    parts: Sequence[Node], x: Array, constants: Mapping[str, float]
) -> tuple[Array, Truths]:
    """The value of the last of the parts (arguments first) at finite float64 points.

    And where even these digits are not enough for it.
    """
    known, errors = _judged(parts, numbers.wide(x), constants)
    value = known[parts[-1]]
    return numbers.to_float(value), rounding.beyond(value, errors[parts[-1]])


def limit(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit at sign*inf, read off far-away points; NaN if they do not agree on one."""
    known = _run(parts, _far(sign), constants)
    value = _agreed(known[parts[-1]])
    if math.isfinite(value) and any(_doubtful(part, known) for part in parts):
        nearer, _ = evaluate(parts, sign * NEARER, constants)
        return value if (np.abs(nearer - value) <= 1e-5 * (1 + np.abs(nearer))).all() else math.nan
    return value


def limit_of_row(parts: Sequence[Node], row: Array, constants: Mapping[str, float]) -> Array:
    """The limits of a function of a vector as its only infinite component goes there."""
    far = _far(1.0)
    columns = [
        _signed(far, each) if math.isinf(each) else numbers.constant(each, far) for each in row
    ]
    value = _run(parts, vectors.stacked(columns), constants)[parts[-1]]
    limits = [_agreed(vectors.columns(value, i)) for i in range(value.high.shape[-1])]
    return np.broadcast_to(np.array(limits), row.shape)


def _far(sign: float) -> Wide:
    """Points far away; so many that no oscillation agrees by chance."""
    none = np.zeros(24)
    return Wide(sign * np.linspace(0.5, 0.99, 24), none, np.arange(901.0, 925.0) * UNIT, none)


def _signed(far: Wide, sign: float) -> Wide:
    return far if sign > 0 else numbers.negate(far)


def _agreed(value: Wide) -> float:
    """The number that values far out agree on, if they do."""
    if np.isnan(value.high).any():
        return math.nan
    moves = np.ptp(value.exponent) > UNIT or not (np.isfinite(value.high) & (value.high != 0)).all()
    if moves and ((value.exponent > 300 * UNIT) | np.isinf(value.high)).all():
        signs = np.sign(value.high)
        return math.inf * float(signs[0]) if (signs == signs[0]).all() else math.nan
    if moves and ((value.exponent < -300 * UNIT) | (value.high == 0)).all():
        return 0.0
    values = numbers.to_float(value)
    spread = float(np.max(values) - np.min(values))
    settled = spread <= 1e-9 * float(np.max(np.abs(values)))
    return float(values[0]) if settled else math.nan


def _doubtful(part: Node, known: Mapping[Node, Any]) -> bool:
    """Whether far-away points may show what is none of the function's.

    A sum that is only the rounding of its terms, as sqrt(x**2 + x) - x is, or a step: so far out no
    number has digits behind the point, and 2 - 1/x is 2.
    """
    match part:
        case Apply("+" | "-", (a, b)):
            result, top = known[part], np.maximum(known[a].exponent, known[b].exponent)
            lost = (result.high == 0) | (result.exponent < top - 95 * UNIT)
            return bool((lost & (known[a].high != 0)).any())
        case Apply(head, _):
            return _steps(head)
    return False


@lru_cache
def _steps(head: str) -> bool:
    """Whether a primitive is a step, or has one in its definition, as mod."""
    if head in STEPS or head not in PRIMITIVES or not PRIMITIVES[head].definition:
        return head in STEPS
    parts = walk(parse(PRIMITIVES[head].definition))
    return any(isinstance(part, Apply) and part.head in STEPS for part in parts)


def _run(parts: Sequence[Node], x: Wide, constants: Mapping[str, float]) -> dict[Node, Any]:
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


def _judged(
    parts: Sequence[Node], x: Wide, constants: Mapping[str, float]
) -> tuple[dict[Node, Any], dict[Node, Array]]:
    """All values, and what each may err."""
    known, errors = dict[Node, Any](), dict[Node, Array]()
    for part in parts:
        match part:
            case Number(value):
                known[part], errors[part] = numbers.constant(value, x), rounding.exact(x)
            case Name(name):
                known[part] = x if part is X else _named(name, constants, x)
                own = rounding.constant if name in _CONSTANTS else rounding.exact
                errors[part] = own(x)
            case Apply(head, arguments):
                given = [(known[each], errors[each]) for each in arguments]
                known[part], errors[part] = _judged_step(head, given, x)
    return known, errors


def _judged_step(head: str, given: list[tuple[Any, Array]], like: Wide) -> tuple[Any, Array]:
    """One operation and its error; a primitive is taken apart as far as there are rules."""
    arguments, errors = [value for value, _ in given], [error for _, error in given]
    if head in _OWN or head in OF_VECTOR:
        value = _apply(head, arguments)
        if head == "where":
            return value, rounding.taken(arguments, errors)
        return value, rounding.of(head, arguments, errors, value)
    primitive = PRIMITIVES[head]
    places: list[Node] = [Name(name) for name in primitive.arguments]
    known, of = dict(zip(places, arguments, strict=True)), dict(zip(places, errors, strict=True))
    definition = _definition(WIDE.get(head, primitive.definition))
    for part in definition:
        match part:
            case Number(value):
                known[part], of[part] = numbers.constant(value, like), rounding.exact(like)
            case Name("pi" as name):
                known[part], of[part] = _named(name, {}, like), rounding.constant(like)
            case Apply(inner, operands):
                inside = [(known[operand], of[operand]) for operand in operands]
                known[part], of[part] = _judged_step(inner, inside, like)
    return known[definition[-1]], of[definition[-1]]


def _apply(head: str, arguments: list[Any]) -> Any:
    if head in _OWN:
        return _OWN[head](*arguments)
    primitive = PRIMITIVES[head]
    if head in OF_VECTOR:  # a threshold, and what is above it
        return numbers.wide(kernel(head)(*map(numbers.to_float, arguments)))
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
    "pick": vectors.picked,
    "top": vectors.top,
    "beside": vectors.beside,
    "beneath": vectors.beneath,
}
