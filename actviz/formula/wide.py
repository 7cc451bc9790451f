"""Values with exponents of any size: float64 mantissas beside float64 exponents.

Used where plain float64 overflows on the way to a result that it could hold, and for limits at
infinity. A primitive takes its stable kernel as long as arguments and result are in range, and its
definition in exp, log and sqrt beyond; these keep their precision at any size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.expression import Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import kernel
from actviz.formula.parsing import parse
from actviz.formula.primitives import FAR, PRIMITIVES, STEPS

NEARER = 2.0**24 * (1 + np.arange(8.0) * 0.6180339887498949 % 1)  # in step with nothing
UNIT = 2.0**-64  # of the exponents: so small that even those of exp(1.7e308)**9 are numbers


@dataclass(frozen=True)
class Wide:
    """mantissa * 2**(exponent/UNIT), elementwise; 0, inf and nan in the mantissa, exponent 0."""

    mantissa: Array
    exponent: Array


def evaluate(parts: Sequence[Node], x: Array, constants: Mapping[str, float]) -> Array:
    """The value of the last of the parts (arguments first) at finite float64 points."""
    return _to_float(_run(parts, _wide(x), constants)[parts[-1]])


def limit(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit at sign*inf, read off far-away points; NaN if they do not agree on one."""
    mantissas = np.linspace(0.5, 0.99, 24)  # so many that no oscillation agrees by chance
    far = Wide(sign * mantissas, np.arange(901.0, 925.0) * UNIT)
    known = _run(parts, far, constants)
    value = known[parts[-1]]
    if np.isnan(value.mantissa).any():
        return math.nan
    if ((value.exponent > 300 * UNIT) | np.isinf(value.mantissa)).all():
        signs = np.sign(value.mantissa)
        return math.inf * float(signs[0]) if (signs == signs[0]).all() else math.nan
    values = _to_float(value)
    if ((value.exponent < -300 * UNIT) | (value.mantissa == 0)).all():
        values = np.zeros(1)
    spread = float(np.max(values) - np.min(values))
    settled = spread <= 1e-9 * float(np.max(np.abs(values)))
    if settled and any(_doubtful(part, known) for part in parts):
        nearer = evaluate(parts, sign * NEARER, constants)
        settled = bool((np.abs(nearer - values[0]) <= 1e-5 * (1 + np.abs(nearer))).all())
    return float(values[0]) if settled else math.nan


def _doubtful(part: Node, known: Mapping[Node, Any]) -> bool:
    """Whether far-away points may show what is none of the function's.

    A sum that is only the rounding of its terms, as sqrt(x**2 + x) - x is, or a step: so far out no
    number has digits behind the point, and 2 - 1/x is 2.
    """
    match part:
        case Apply("+" | "-", (a, b)):
            result, top = known[part], np.maximum(known[a].exponent, known[b].exponent)
            lost = (result.mantissa == 0) | (result.exponent < top - 45 * UNIT)
            return bool((lost & (known[a].mantissa != 0)).any())
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
                known[part] = _wide(np.full(x.mantissa.shape, value))
            case Name(name):
                at = x if part is X else _wide(np.full(x.mantissa.shape, constants[name]))
                known[part] = at
            case Apply(head, arguments):
                known[part] = _apply(head, [known[argument] for argument in arguments])
    return known


def _apply(head: str, arguments: list[Any]) -> Any:
    if head in _OWN:
        return _OWN[head](*arguments)
    floats = [_to_float(argument) for argument in arguments]
    plain = np.asarray(kernel(head)(*floats), dtype=np.float64)
    definition = FAR.get(head, PRIMITIVES[head].definition)
    if not definition:
        return _wide(plain)
    in_range = np.logical_and.reduce(
        [(np.abs(a.exponent) <= 1021 * UNIT) | (a.mantissa == 0) for a in arguments]
    )
    exact = head in FAR or head in STEPS
    good = in_range & (np.isfinite(plain) & (np.abs(plain) >= 2.3e-308) | exact)
    if good.all():
        return _wide(plain)
    names = PRIMITIVES[head].arguments
    places: dict[Node, Wide] = {
        Name(name): argument for name, argument in zip(names, arguments, strict=True)
    }
    chosen = _select(good, _wide(plain), _by_definition(definition, places))
    undefined = np.logical_or.reduce([np.isnan(argument.mantissa) for argument in arguments])
    return _select(undefined, _wide(np.full(plain.shape, math.nan)), chosen)


@lru_cache
def _definition(text: str) -> tuple[Node, ...]:
    return tuple(walk(parse(text)))


def _by_definition(text: str, places: Mapping[Node, Wide]) -> Any:
    known: dict[Node, Any] = {**places}
    shape = next(iter(places.values())).mantissa.shape
    for part in _definition(text):
        match part:
            case Number(value):
                known[part] = _wide(np.full(shape, value))
            case Name("pi"):
                known[part] = _wide(np.full(shape, math.pi))
            case Apply(head, arguments):
                known[part] = _apply(head, [known[argument] for argument in arguments])
    return known[_definition(text)[-1]]


# --- arithmetic --------------------------------------------------------------------------------


def _wide(values: Any) -> Wide:
    return _normal(np.asarray(values, dtype=np.float64), np.zeros(np.shape(values)))


def _normal(mantissa: Any, exponent: Any) -> Wide:
    coarse = np.abs(exponent) > 2.0**50 * UNIT  # a shift would be rounded away: leave the mantissa
    scaled, shift = np.frexp(mantissa)
    plain = (mantissa == 0) | ~np.isfinite(mantissa)
    kept: Array = np.where(coarse, mantissa, scaled)
    shifted: Array = np.where(plain, 0.0, exponent + np.where(coarse, 0, shift) * UNIT)
    return Wide(kept, shifted)


def _to_float(u: Wide) -> Array:
    return np.ldexp(u.mantissa, np.clip(u.exponent / UNIT, -2200, 2200).astype(np.int64))


def _add(u: Wide, v: Wide) -> Wide:
    at_u = np.where(u.mantissa == 0, -np.inf, u.exponent)
    at_v = np.where(v.mantissa == 0, -np.inf, v.exponent)
    top = np.where(np.isinf(np.maximum(at_u, at_v)), 0.0, np.maximum(at_u, at_v))
    down_u = np.clip((u.exponent - top) / UNIT, -2200, 0).astype(np.int64)
    down_v = np.clip((v.exponent - top) / UNIT, -2200, 0).astype(np.int64)
    return _normal(np.ldexp(u.mantissa, down_u) + np.ldexp(v.mantissa, down_v), top)


def _negate(u: Wide) -> Wide:
    return Wide(-u.mantissa, u.exponent)


def _multiply(u: Wide, v: Wide) -> Wide:
    return _normal(u.mantissa * v.mantissa, u.exponent + v.exponent)


def _divide(u: Wide, v: Wide) -> Wide:
    return _normal(u.mantissa / v.mantissa, u.exponent - v.exponent)


def _power(u: Wide, v: Wide) -> Wide:
    """u**v; exponent*v is split so that its whole part is exact."""
    n = _to_float(v)
    two = (u.mantissa == 0.5) & (np.abs(n) < 2.0**40)  # a power of 2 is taken as 1 times that
    mantissa = np.where(two, 1.0, u.mantissa)
    exponent = u.exponent - np.where(two, UNIT, 0.0)
    coarse = np.round(n * 1024) / 1024
    scaled = exponent * coarse
    whole = _whole(scaled)
    rest = ((scaled - whole) + exponent * (n - coarse)) / UNIT
    small = (np.abs(n) < 1000) | two
    direct = _normal(np.power(mantissa, np.where(small, n, 1)) * np.exp2(rest), whole)
    return _select(small, direct, _exp(_multiply(v, _log(u))))


def _whole(exponent: Any) -> Array:
    """The nearest whole exponent; huge ones are whole."""
    near = np.abs(exponent) < 2.0**52 * UNIT
    whole: Array = np.where(near, np.rint(np.where(near, exponent, 0.0) / UNIT) * UNIT, exponent)
    return whole


_LOG2_HIGH = 0.6931471803691238  # 33 bits of log 2: a whole number below 2**20 times it is exact
_LOG2_LOW = 1.9082149292705877e-10
_LARGEST = 1.7976931348623157e308  # exp of more is taken for exp of this


def _exp(u: Wide) -> Wide:
    finite = np.isfinite(u.mantissa)
    value = np.where(finite, np.clip(_to_float(u), -_LARGEST, _LARGEST), 0.0)
    exponent = _whole(value * UNIT / math.log(2))
    near = np.abs(exponent) < 2.0**50 * UNIT
    turns = np.where(near, exponent, 0.0) / UNIT
    rest = np.where(near, (value - turns * _LOG2_HIGH) - turns * _LOG2_LOW, 0.0)
    inside = _normal(np.exp(np.clip(rest, -1, 1)), exponent)
    return _select(finite, inside, _wide(np.exp(u.mantissa)))


def _erfc(u: Wide) -> Wide:
    """Far out, where float64 underflows, by the asymptotic series of u*exp(u**2)*erfc(u)."""
    value = _to_float(u)
    far = value > 26
    if not far.any():
        return _wide(kernel("erfc")(value))
    t = 0.5 / np.where(far, value, 1.0) ** 2
    series = 1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t * (1 - 11 * t)))))
    decay = _exp(_negate(_multiply(u, u)))
    beyond = _divide(_multiply(decay, _wide(series / math.sqrt(math.pi))), u)
    return _select(far, beyond, _wide(kernel("erfc")(value)))


def _log(u: Wide) -> Wide:
    value = _to_float(u)
    in_range = np.isfinite(value) & (np.abs(value) >= 2.3e-308) | (u.mantissa == 0)
    beyond = np.log(u.mantissa) + u.exponent * math.log(2) / UNIT
    return _wide(np.where(in_range, np.log(value), beyond))


def _sqrt(u: Wide) -> Wide:
    odd = np.mod(u.exponent / UNIT, 2)
    return _normal(np.sqrt(u.mantissa * (1 + odd)), (u.exponent - odd * UNIT) / 2)


def _floor(u: Wide) -> Wide:
    value = _to_float(u)
    below = (value == 0) & (u.mantissa < 0)  # so near to 0 that float64 has no number for it
    return _select(u.exponent > 53 * UNIT, u, _wide(np.where(below, -1.0, np.floor(value))))


def _oscillating(function: Callable[[Array], Array], beyond: float) -> Callable[[Wide], Wide]:
    """sin and cos; of a number beyond float64 any value is as right as another."""

    def apply(u: Wide) -> Wide:
        value = _to_float(u)
        finite = np.isfinite(value)
        return _wide(np.where(finite, function(np.where(finite, value, 0.0)), beyond))

    return apply


def _select(condition: Any, u: Wide, v: Wide) -> Wide:
    mantissa = np.where(condition, u.mantissa, v.mantissa)
    return Wide(mantissa, np.where(condition, u.exponent, v.exponent))


def _sign_of_difference(u: Wide, v: Wide) -> Array:
    same = (u.mantissa == v.mantissa) & (u.exponent == v.exponent)  # inf equals inf
    return np.where(same, 0.0, np.sign(_add(u, _negate(v)).mantissa))


def _total(u: Wide) -> Wide:
    return _from_columns([_fold([_column(u, i) for i in range(_width(u))])] * _width(u))


def _others(u: Wide) -> Wide:
    columns = [_column(u, i) for i in range(_width(u))]
    rest = [columns[:i] + columns[i + 1 :] for i in range(len(columns))]
    return _from_columns([_fold(part) if part else _wide(np.zeros(())) for part in rest])


def _picked(u: Wide, place: Wide) -> Wide:
    return _from_columns([_column(u, int(_to_float(place).flat[0]))] * _width(u))


def _width(u: Wide) -> int:
    return int(u.mantissa.shape[-1])


def _column(u: Wide, i: int) -> Wide:
    return Wide(u.mantissa[..., i], u.exponent[..., i])


def _fold(columns: list[Wide]) -> Wide:
    result = columns[0]
    for column in columns[1:]:
        result = _add(result, column)
    return result


def _from_columns(columns: list[Wide]) -> Wide:
    shape = columns[0].mantissa.shape
    mantissas = [np.broadcast_to(column.mantissa, shape) for column in columns]
    exponents = [np.broadcast_to(column.exponent, shape) for column in columns]
    return Wide(np.stack(mantissas, axis=-1), np.stack(exponents, axis=-1))


_OWN: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": lambda u, v: _add(u, _negate(v)),
    "neg": _negate,
    "*": _multiply,
    "/": _divide,
    "**": _power,
    "<": lambda u, v: _sign_of_difference(u, v) < 0,
    "<=": lambda u, v: _sign_of_difference(u, v) <= 0,
    ">": lambda u, v: _sign_of_difference(u, v) > 0,
    ">=": lambda u, v: _sign_of_difference(u, v) >= 0,
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "erfc": _erfc,
    "sin": _oscillating(np.sin, 0.0),
    "cos": _oscillating(np.cos, 1.0),
    "floor": _floor,
    "where": _select,
    "sum": _total,
    "others": _others,
    "pick": _picked,
}
