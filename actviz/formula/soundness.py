"""Whether float64 was enough: a first-order bound of the error of each value.

The error of y is at most the sum over all steps of |dy/dstep| times what the step itself may err:
a few units of its last place, or the smallest number where it underflowed. All dy/dstep come from
one walk back through the formula, by the derivative rules of the table of primitives; that of x
itself is the slope, which tells how much y may err for the rounding of x alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from actviz.formula.arrays import Array, Truths
from actviz.formula.breaks import told
from actviz.formula.derivative import differentiate
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, walk
from actviz.formula.kernels import kernel
from actviz.formula.primitives import (
    AS_DEFINED,
    BREAKS,
    OF_ORDER,
    ROUNDING,
    STEPS,
    TURNED,
    WAVES,
)

ALLOWED = 13.0  # eps times |y| + |x y'|: a little less than what is promised
ROUGH = 2.0**40  # the same for what is right to a few digits
GARBLED = 2.0**-8  # of a part: with a larger error its value says little of its slopes
UNSURE = 4.0  # times what it may be off: something so near to a switch may be beyond it
TIE = 2.0**-48  # of what is compared: nearer to each other, rounding may have decided
OWN = 2.0  # eps that a kernel may err; the operators err half of one
EPS = 2.0**-52
_CONSTANTS: dict[Node, float] = {Name("pi"): math.pi, Name("e"): math.e}
SMALLEST, NORMAL = 2.0**-1074, 2.0**-1022
ROUNDED = frozenset({"+", "-", "*", "/", "sqrt"})


def doubtful(
    node: Node,
    x: Array,
    constants: Mapping[str, float],
    cancelled: Truths,
    allowed: float = ALLOWED,
) -> tuple[Truths, Truths]:
    """Where the value is in doubt at a finite x, and where a comparison meets NaN.

    It is where a step leaves the finite numbers; or where a step underflows or, as the caller has
    seen, cancels, and the error may be beyond what is allowed, in eps(|y| + |x y'|). What only a
    branch that is not taken does is no matter.
    """
    parts = tuple(walk(node))
    values = _values(parts, {X: x, **_named(constants)})
    weighty, shares = _weighty(parts, values), dict[tuple[Node, int], Any]()
    slopes, reached, faint = _walked_back(parts, values, weighty, shares, x.shape)
    y = np.broadcast_to(values[node], x.shape)
    rounding, underflow = np.zeros(x.shape), np.zeros(x.shape)
    errors = _errors(parts, values, shares)
    lost = cancelled & _garbled(parts, values, errors, reached)
    lost |= cancelled & _decided_by_rounding(parts, values, errors, reached)
    lost |= _decided_by_nothing(parts, values, reached)
    undecided = np.zeros(x.shape, dtype=bool)
    for part in parts:
        if not isinstance(part, Apply):
            if part in _CONSTANTS:
                rounding += _weighed(slopes[part], values[part] * 0.5)
            continue
        if part.head in COMPARISONS:
            u, v = (values[each] for each in part.arguments)
            undecided |= reached[part] & (np.isnan(u) | np.isnan(v))
            continue
        value = np.broadcast_to(values[part], x.shape)
        if not (finite := np.isfinite(value)).all():
            lost |= reached[part] & ~finite
        for relation, edge in told(part):  # of a domain, which rounding must not step over
            if relation in COMPARISONS and edge in values:
                near = np.abs(values[edge]) < TIE * _size(edge, values)
                lost |= reached[part] & cancelled & near
        if part.head in WAVES and isinstance(part.arguments[-1], Apply):
            lost |= reached[part] & cancelled & (np.abs(values[part.arguments[-1]]) > TURNED)
        if part.head in ROUNDING:
            own: Array = np.abs(value) * (0.5 if part.head in ROUNDED else OWN)
            rounding += _weighed(slopes[part], own)
            if (small := _underflows(part, values)).any():
                underflow += _weighed(slopes[part], small * (SMALLEST / EPS))
    scale = np.abs(y) + _weighed(slopes.get(X, np.zeros(x.shape)), np.abs(x))
    subnormal = np.abs(y) + EPS * (rounding + underflow) < NORMAL  # no digit of it is promised
    sound = (~cancelled | (rounding / allowed <= scale)) & (underflow <= scale)
    sound &= ~(cancelled & faint)
    sound &= np.isfinite(scale) | ~cancelled & (underflow == 0)  # inf is no measure
    return np.isfinite(x) & (lost | undecided | ~subnormal & ~sound), undecided


def worthless(node: Node, x: Array, constants: Mapping[str, float], cancelled: Truths) -> Truths:
    """Where float64 may be wrong altogether, and not only in its last digits."""
    in_doubt, undecided = doubtful(node, x, constants, cancelled, ROUGH)
    return in_doubt | undecided


def _decided_by_rounding(
    parts: Sequence[Node],
    values: Mapping[Node, Any],
    errors: Mapping[Node, Any],
    reached: Mapping[Node, Truths],
) -> Truths:
    """Where something selects or steps so near to its switch that rounding may have decided."""
    found = np.zeros(reached[parts[-1]].shape, dtype=bool)
    for part in parts:
        if not isinstance(part, Apply):
            continue
        first = part.arguments[0]
        off = sum(errors.get(each, 0.0) for each in part.arguments) * (UNSURE * EPS)
        if part.head in COMPARISONS:
            u, v = (values[each] for each in part.arguments)
            size = sum(_size(each, values) for each in part.arguments)
            near = np.abs(u - v) <= np.maximum(TIE * size, off)
            found |= reached[part] & near & ((u != v) | (off > 0))
        elif part.head in STEPS:
            u = 2 * values[first]
            near = np.abs(u - np.rint(u)) < np.maximum(TIE * np.abs(u), 2 * off)
            found |= reached[part] & near
        elif part.head == "sign":
            found |= reached[part] & (np.abs(values[first]) < off)
    return found


def _decided_by_nothing(
    parts: Sequence[Node], values: Mapping[Node, Any], reached: Mapping[Node, Truths]
) -> Truths:
    """Where something selects or steps by what underflowed: sign(x**3) at 1e-200 is 1."""
    shape = reached[parts[-1]].shape
    found = np.zeros(shape, dtype=bool)
    shrunk: dict[Node, Truths] = {}  # the parts that something went into which underflowed
    for part in parts:
        if not isinstance(part, Apply):
            continue
        given = [(u, shrunk[u]) for u in part.arguments if u in shrunk]
        if part.head in COMPARISONS:
            u, v = (values[each] for each in part.arguments)
            for _, here in given:
                found |= reached[part] & here & (np.abs(u - v) < NORMAL)
            continue
        if part.head in STEPS or BREAKS.get(part.head) == AS_DEFINED:
            for u, here in given:
                found |= reached[part] & here & (np.abs(values[u]) < NORMAL)
        small = np.broadcast_to(_underflows(part, values), shape)
        small = reduce(np.logical_or, (here for _, here in given), small)
        if small.any():
            shrunk[part] = small
    return found


def _size(part: Node, values: Mapping[Node, Any]) -> Any:
    """How large a part is, or the terms of it that may have cancelled."""
    match part:
        case Apply("+" | "-", (u, v)):
            return _size(u, values) + _size(v, values)
    return np.abs(values[part])


def undecided(node: Node, x: Array, constants: Mapping[str, float]) -> Truths:
    """Where a comparison meets NaN, taken or not."""
    parts = tuple(walk(node))
    found = np.zeros(x.shape, dtype=bool)
    if any(isinstance(part, Apply) and part.head in COMPARISONS for part in parts):
        values = _values(parts, {X: x, **_named(constants)})
        for part in parts:
            if isinstance(part, Apply) and part.head in COMPARISONS:
                u, v = (values[each] for each in part.arguments)
                found = found | np.isnan(u) | np.isnan(v)
    return found


def rows_in_doubt(node: Node, x: Array, constants: Mapping[str, float]) -> Truths:
    """The rows of vectors for which a step leaves the finite numbers or underflows."""
    parts = tuple(walk(node))
    values = _values(parts, {X: x, **_named(constants)})
    doubt = np.zeros(x.shape, dtype=bool)
    for part in parts:
        if isinstance(part, Apply) and part.head not in COMPARISONS:
            doubt = doubt | ~np.isfinite(values[part]) | _underflows(part, values)
    return np.asarray(doubt.any(axis=-1))


def _named(constants: Mapping[str, float]) -> dict[Node, Any]:
    return {Name(name): np.float64(value) for name, value in constants.items()}


def _underflows(part: Apply, values: Mapping[Node, Any]) -> Truths:
    """Where a step is too small for all its digits: it errs by as much as the smallest number.

    A sum does not underflow, and what is 0 because an argument is 0 is exactly that.
    """
    size = np.abs(values[part])
    if part.head in ("+", "-") or not (size < NORMAL).any():
        return np.zeros(np.shape(size), dtype=bool)
    zero = reduce(np.logical_or, (np.asarray(values[each]) == 0 for each in part.arguments))
    small: Truths = (size < NORMAL) & ~((size == 0) & zero)
    return small


def _weighed(slope: Array, amount: Any) -> Array:
    """|slope| * amount, and 0 where one of them is 0, whatever the other."""
    weighed: Array = np.abs(slope) * amount
    if np.isfinite(weighed).all():
        return weighed
    return np.where((slope == 0) | (amount == 0), 0.0, np.abs(slope) * amount)


def _values(parts: Sequence[Node], known: Mapping[Node, Any]) -> dict[Node, Any]:
    """The value of each part, those of the names being known."""
    values = dict(known)
    for part in parts:
        match part:
            case Number(value):
                values[part] = np.float64(value)
            case Apply(head, arguments):
                first, *rest = (values[argument] for argument in arguments)
                values[part] = kernel(head)(np.atleast_1d(first), *rest)
    return values


def _weighty(parts: Sequence[Node], values: Mapping[Node, Any]) -> set[Node]:
    """The parts whose rounding counts: those that x goes into, and constant exponents.

    Of the others those that underflow, and all where there is no x.
    """
    if X not in parts:
        return set(parts)
    weighty: set[Node] = {X}
    for part in parts:
        if isinstance(part, Apply):
            if part.head == "**":
                weighty.update(walk(part.arguments[1]))
            if not weighty.isdisjoint(part.arguments) or (
                part.head not in COMPARISONS and _underflows(part, values).any()
            ):
                weighty.add(part)
    return weighty


def _walked_back(
    parts: Sequence[Node],
    values: Mapping[Node, Any],
    weighty: set[Node],
    shares: dict[tuple[Node, int], Any],
    shape: tuple[int, ...],
) -> tuple[dict[Node, Array], dict[Node, Truths], Truths]:
    """dy/dpart of every part, where the part has a say in y at all, and where slopes underflow.

    Into shares go the derivatives of each part by its arguments.
    """
    slopes = {part: np.zeros(shape) for part in parts}
    reached = {part: np.zeros(shape, dtype=bool) for part in parts}
    faint = np.zeros(shape, dtype=bool)
    slopes[parts[-1]], reached[parts[-1]] = np.ones(shape), np.ones(shape, dtype=bool)
    for part in reversed(parts):
        if not isinstance(part, Apply):
            continue
        for i, argument in enumerate(part.arguments):
            here = reached[part]
            if part.head == "where" and i:
                taken = values[part.arguments[0]]
                here = here & (taken if i == 1 else ~np.asarray(taken, dtype=bool))
            reached[argument] = reached[argument] | here
            if argument in weighty and part.head not in COMPARISONS:
                share = shares[part, i] = _partial(part, i, values)
                slope = np.where((slopes[part] == 0) | ~here, 0.0, slopes[part] * share)
                slopes[argument] = slopes[argument] + slope
                if (small := np.abs(slope) < NORMAL).any():
                    counts = (share != 0) | _shrunk(part, i, values)
                    faint |= small & (slopes[part] != 0) & counts & here
    return slopes, reached, faint


def _shrunk(part: Apply, i: int, values: Mapping[Node, Any]) -> Any:
    """Where a derivative that came out as 0 was too small: of x/(1 + x**2)**1.5 at 1e71."""
    base_or_divisor = (part.head == "**" and i == 0) or (part.head == "/" and i == 1)
    return base_or_divisor and values[part] != 0


def _errors(
    parts: Sequence[Node], values: Mapping[Node, Any], shares: Mapping[tuple[Node, int], Any]
) -> dict[Node, Any]:
    """What each part may be off, in eps."""
    errors: dict[Node, Any] = {each: abs(value) * 0.5 for each, value in _CONSTANTS.items()}
    for part in parts[:-1]:
        if not isinstance(part, Apply) or part.head in COMPARISONS:
            continue
        size = np.abs(values[part])
        error = size * (0.5 if part.head in ROUNDED else OWN) if part.head in ROUNDING else 0.0
        given = [errors.get(argument, 0.0) for argument in part.arguments]
        if part.head == "where":
            error = np.where(values[part.arguments[0]], *given[1:])
        else:
            for i, each in enumerate(given):
                if (part, i) in shares:
                    error = error + _weighed(shares[part, i], each)
                elif part.head in ("*", "/"):
                    error = error + size * 0.5 * np.any(each)  # of a constant
        errors[part] = error
    return errors


def _garbled(
    parts: Sequence[Node],
    values: Mapping[Node, Any],
    errors: Mapping[Node, Any],
    reached: Mapping[Node, Truths],
) -> Truths:
    """Where a part on the way has lost nearly all digits: the slopes of what it goes into are none.

    (1 + 1/x)**x*(log(1 + 1/x) - 1/(1 + x)) at 1e16 is made of a power and a logarithm of 1.
    """
    garbled = np.zeros(reached[parts[-1]].shape, dtype=bool)
    for part in parts[:-1]:
        if isinstance(part, Apply) and part in errors:
            garbled |= reached[part] & (errors[part] * EPS > np.abs(values[part]) * GARBLED)
    return garbled


def _partial(part: Apply, i: int, values: Mapping[Node, Any]) -> Any:
    """The derivative of a part by one of its arguments."""
    operands = [values[argument] for argument in part.arguments]
    if part.head in _OPERATORS:
        return _OPERATORS[part.head](i, values[part], *operands)
    names: list[Node] = [Name(f"argument {k}") for k in range(len(part.arguments))]
    if part.head in OF_ORDER:  # whose rules count with it
        names[0] = part.arguments[0]
    known: dict[Node, Any] = dict(zip(names, operands, strict=True))
    known.update(_CONSTANTS)
    formula = _partial_formula(Apply(part.head, tuple(names)), i)
    return _values(formula, known)[formula[-1]]


def _of_power(i: int, value: Any, u: Any, v: Any) -> Any:
    if i:
        return value * np.log(u)
    return np.where(u == 0, v * u ** (v - 1), v * (value / u))


# The rules of the operators, from the value too: u/v**2 is out of range before u/v/v is.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda i, value, u, v: 1.0,
    "-": lambda i, value, u, v: -1.0 if i else 1.0,
    "neg": lambda i, value, u: -1.0,
    "*": lambda i, value, u, v: u if i else v,
    "/": lambda i, value, u, v: -value / v if i else 1.0 / v,
    "**": _of_power,
}


@lru_cache(maxsize=1024)
def _partial_formula(part: Apply, i: int) -> tuple[Node, ...]:
    if part.head == "where":  # whose condition is looked at before
        return (Number(1.0),) if i else (Number(0.0),)
    return tuple(walk(differentiate(part, f"argument {i}")))
