"""Values where float64 is not enough, and limits at infinity: in wide numbers, then in balls.

Very few points are told by balls at once, and many near 0 by the balls of a few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from actviz.formula.allowance import current, spent
from actviz.formula.arrays import Array, Indices
from actviz.formula.backward import named, values_of
from actviz.formula.expression import CONSTANTS, Apply, Node, X, walk
from actviz.formula.parsing import parse
from actviz.formula.price import price as price_of
from actviz.formula.primitives import PRIMITIVES, STEPS, WAVES
from actviz.formula.wide import numbers, rounding, vectors
from actviz.formula.wide import values as wide
from actviz.formula.wide.numbers import UNIT, Wide

_TURNS = 1 + np.arange(8.0) * 0.6180339887498949 % 1  # in step with nothing
NEARER = 2.0**24 * _TURNS  # where steps are to be seen
OUTWARD = 2.0 ** np.array([60.0, 80.0, 105.0, 130.0, 150.0]) * _TURNS[:5]
BEYOND = 1030.0  # the exponent of numbers that no float64 is: not all of them are whole
LOST = 48  # bits of a sum whose rest is looked at closely
MOST_WAYS = 6  # in which the infinite components of a row are tried
LONG = 512  # components of a row for which wide numbers take too long
SINGLE = 12  # points that balls are as quick for
FIXED, SHARE = 80, 16  # steps of balls that wide numbers take, and as many points for each more
LARGE = 40.0  # what has grown to that out there, and grows on, has no limit


def evaluate(
    parts: Sequence[Node], x: Array, constants: Mapping[str, float], work: int | None = None
) -> Array:
    """The value of the last of the parts at finite points, or of every component of rows.

    work: the steps of balls that this may take, if not as many as usual.
    """
    if spent():
        return np.full(x.shape, math.nan)
    if x.ndim == 1 and x.size <= SINGLE and (found := _quickly(parts, x, constants)) is not None:
        return found
    values, short = wide.evaluate(parts, x, constants)
    left = np.flatnonzero(short.reshape(len(x), -1).any(axis=-1))
    if x.ndim == 1:  # those far out take most
        left = left[np.argsort(np.abs(x[left]), kind="stable")]
    allowance, price = current(), price_of(parts)
    allowance.left -= price * (FIXED + x.size // SHARE)
    if left.size:
        from actviz.formula.balls import nearby
        from actviz.formula.balls import values as balls

        budget = balls.Budget(parts, x.size, min(allowance.left, work or allowance.left))
        before = budget.left
        if x.ndim == 1 and left.size > SINGLE:
            found = nearby.evaluate(parts[-1], x[left], constants, budget)
            values[left] = np.where(np.isnan(found), values[left], found)
            left = left[np.isnan(found)]
        for i in left:
            settled = balls.evaluate(parts, x[i], constants, budget)
            if settled is not None:
                values[i] = settled if values.ndim > 1 else settled[0]
            elif x.ndim == 1 and np.isinf(values[i]):
                values[i] = _certain(values[i : i + 1], parts, x[i : i + 1], constants)[0]
        allowance.left -= before - budget.left
    return values


def _certain(
    found: Array, parts: Sequence[Node], x: Array, constants: Mapping[str, float]
) -> Array:
    """What was found where no digits settle it; no infinity that is one of these numbers alone.

    What exp makes of exp(1e300) is beyond them too, and its inverse times it is no number.
    """
    with np.errstate(all="ignore"):
        plain = values_of(parts, {X: x, **named(constants)})[parts[-1]]
    return np.where(np.isinf(found) & (found != plain), math.nan, found)


def _quickly(parts: Sequence[Node], x: Array, constants: Mapping[str, float]) -> Array | None:
    """The values at very few points by balls, where the first digits of these settle all of them.

    The hundreds of steps of wide numbers take the same for one point as for a thousand.
    """
    from actviz.formula.balls import values as balls

    found = np.empty(x.size)
    for i, each in enumerate(x):
        settled = balls.at_once(parts, each, constants)
        if settled is None:
            return None
        found[i] = settled
    current().left -= price_of(parts) * x.size
    return found


def limit(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit at sign*inf, as leading terms prove it; NaN if there is none.

    Where they do not tell, and for the last digits of a number, points far away are looked at.
    """
    from actviz.formula.enclosure import limits

    given = {name: value for name, value in constants.items() if name not in CONSTANTS}
    proven = limits.limit(parts[-1], given, int(sign))
    if proven.kind is limits.Kind.NONE or proven.lower == proven.upper:
        return proven.lower
    seen = _seen(parts, sign, constants)
    if proven.kind is limits.Kind.UNKNOWN or proven.lower <= seen <= proven.upper:
        return seen
    return (proven.lower + proven.upper) / 2


def _seen(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit read off far-away points; NaN if they do not agree on one."""
    far = _far(sign, BEYOND)
    known = wide.run(parts, far, constants)
    value = _agreed(known[parts[-1]])
    steps = any(map(_steps, parts))
    if (steps or any(_cancels(part, known) for part in parts)) and not any(map(_waves, parts)):
        known, errors = wide.judged(parts, far, constants)
        if rounding.beyond(known[parts[-1]], errors[parts[-1]]).any():
            value = _outward(parts, sign, constants)
    if (value == 0 or math.isinf(value)) and any(map(_waves, parts)):  # agreed by chance
        return math.nan
    if math.isnan(value) and not any(map(_waves, parts)):
        value = _slow(parts, sign, constants)
    if math.isfinite(value) and steps:
        nearer = evaluate(parts, sign * NEARER, constants)
        return value if (np.abs(nearer - value) <= 1e-5 * (1 + np.abs(nearer))).all() else math.nan
    return value


def _cancels(part: Node, known: Mapping[Node, Any]) -> bool:
    """Whether terms of a sum, or exponents of a product, cancel so far that the rest is unsure."""
    match part:
        case Apply("+" | "-", (a, b)):
            result, top = known[part], np.maximum(known[a].exponent, known[b].exponent)
            lost = (result.high == 0) | (result.exponent < top - LOST * UNIT)
            return bool((lost & (known[a].high != 0)).any())
        case Apply("*" | "/", (a, b)):
            top = np.maximum(np.abs(known[a].exponent), np.abs(known[b].exponent))
            lost = np.abs(known[part].exponent) < top * 2.0**-40
            return bool((lost & (top > 2.0**50 * UNIT)).any())
    return False


def _slow(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit of what grows as log does: at a square it is twice as large; else NaN."""
    with np.errstate(all="ignore"):
        values = evaluate(parts, sign * 2.0 ** np.array([120.0, 240.0, 480.0, 960.0]), constants)
        grows = np.isfinite(values).all() and (values[1:] / values[:-1] > 1.2).all()
    return math.copysign(math.inf, values[0]) if grows else math.nan


def _outward(parts: Sequence[Node], sign: float, constants: Mapping[str, float]) -> float:
    """The limit of what cancels beyond wide numbers so far out, as sqrt(x**2 + x) - x does."""
    values = evaluate(parts, sign * OUTWARD, constants)
    last, size = float(values[-1]), np.abs(values)
    if not np.isfinite(values).all():
        return math.nan
    if abs(last - float(values[-2])) <= 1e-9 * max(1.0, abs(last)):
        return last if abs(last) > 1e-9 else 0.0
    grows = (np.diff(size) > 0).all() and size[-1] > LARGE
    same = (np.sign(values) == np.sign(last)).all()
    return math.copysign(math.inf, last) if grows and same else math.nan


def limit_of_row(
    parts: Sequence[Node],
    row: Array,
    constants: Mapping[str, float],
    in_floats: Callable[[Array], Array],
) -> Array:
    """The limits of a function of a vector as its infinite components go there, however they do.

    If it matters which of them goes faster, there is none for any that goes the same way. Of long
    vectors they are read off float64, by in_floats, which has the values at a finite one.
    """
    infinite = np.flatnonzero(np.isinf(row))  # equal components, but for one, have the same limit
    if row.size > LONG:
        ends = sorted({int(infinite[0]), int(infinite[-1])})
        found = [_of_long_row(in_floats, row, ahead) for ahead in ends]
    else:
        turns = range(0, len(infinite), max(1, len(infinite) // MOST_WAYS))
        found = [_of_row(parts, row, np.roll(infinite, turn), constants) for turn in turns]
    with np.errstate(invalid="ignore"):
        near = [np.abs(each - found[0]) <= 1e-9 * np.abs(found[0]) for each in found]
    same = [
        (each == found[0]) | (close & np.isfinite(each))
        for each, close in zip(found, near, strict=True)
    ]
    unsure = ~np.logical_and.reduce(same)
    for value in (-np.inf, np.inf):
        if (unsure & (row == value)).any():
            unsure |= row == value
    return np.where(unsure, np.nan, found[0])


def _of_long_row(in_floats: Callable[[Array], Array], row: Array, ahead: int) -> Array:
    """What the components agree on at two large numbers, that one ahead of all other infinite."""
    near, far = (_held(row, size, ahead) for size in (1e200, 1e270))
    with np.errstate(all="ignore"):
        first, last = in_floats(near), in_floats(far)
        grows = (np.abs(last) > 1e30 * np.abs(first)) & (np.abs(first) > 1e100)
        agrees = np.abs(first - last) <= 1e-9 * np.abs(last)
        limits = np.where(agrees, last, np.where(grows, np.copysign(np.inf, last), np.nan))
        return np.where((np.abs(last) < 1e-100) & (np.abs(first) < 1e-100), 0.0, limits)


def _held(row: Array, size: float, ahead: int) -> Array:
    held = np.clip(row, -size, size)
    held[ahead] *= 1e30
    return held


def _of_row(
    parts: Sequence[Node], row: Array, order: Indices, constants: Mapping[str, float]
) -> Array:
    """What the components agree on far out, the infinite ones faster and faster in this order."""
    count = 24 if row.size < 64 else 6
    ahead = {int(i): 40.0 * k / max(1, len(order)) for k, i in enumerate(order)}
    columns = [
        _far(math.copysign(1.0, each), BEYOND + ahead[i], count)
        if i in ahead
        else numbers.constant(each, _far(1.0, BEYOND, count))
        for i, each in enumerate(row.tolist())
    ]
    value = wide.run(parts, vectors.stacked(columns), constants)[parts[-1]]
    if value.high.shape[-1] == 1:
        return np.full(row.shape, _agreed(vectors.columns(value, 0)))
    return np.array([_agreed(vectors.columns(value, i)) for i in range(row.size)])


def _far(sign: float, exponent: float, count: int = 24) -> Wide:
    """Points far away; so many that no oscillation agrees by chance."""
    none, exponents = np.zeros(count), exponent + np.linspace(1.0, 24.0, count).round()
    return Wide(sign * np.linspace(0.5, 0.99, count), none, exponents * UNIT, none)


def _agreed(value: Wide) -> float:
    """The number that values far out agree on, if they do."""
    if np.isnan(value.high).any():
        return math.nan
    places, signs = (value.exponent + value.rest) / UNIT, np.sign(value.high)
    steps = np.diff(places)
    if (signs == signs[0]).all() and signs[0] and np.ptp(places) >= 8:
        if (steps >= 0).all():
            return math.inf * float(signs[0])
        if (steps <= 0).all():
            return 0.0
    moves = np.ptp(value.exponent) > UNIT or not (np.isfinite(value.high) & (value.high != 0)).all()
    if moves and ((value.exponent > 300 * UNIT) | np.isinf(value.high)).all():
        return math.inf * float(signs[0]) if (signs == signs[0]).all() else math.nan
    if moves and ((value.exponent < -300 * UNIT) | (value.high == 0)).all():
        return 0.0
    values = numbers.to_float(value)
    if (values == values[0]).all():
        return float(values[0])
    spread = float(np.max(values) - np.min(values))
    settled = spread <= 1e-13 * float(np.max(np.abs(values)))
    return float(values[0]) if settled else math.nan


@lru_cache
def _heads(head: str) -> frozenset[str]:
    """A primitive, and those that its definition is made of."""
    if head not in PRIMITIVES or not PRIMITIVES[head].definition:
        return frozenset({head})
    parts = walk(parse(PRIMITIVES[head].definition))
    return frozenset({head, *(part.head for part in parts if isinstance(part, Apply))})


def _steps(part: Node) -> bool:
    return isinstance(part, Apply) and not STEPS.isdisjoint(_heads(part.head))


def _waves(part: Node) -> bool:
    """Whether it turns with x."""
    waves = isinstance(part, Apply) and not WAVES.isdisjoint(_heads(part.head))
    return waves and X in walk(part)
