"""The numbers of an activation: arrays in and out, sides of a switch, halves, Jacobian, limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from actviz.catalogue.kind import Kind, described, refusal
from actviz.errors import UsageError
from actviz.formula.allowance import spent
from actviz.formula.arrays import Array, Truths, all_finite
from actviz.formula.breakpoints import at_root, at_side, one_sided
from actviz.formula.breaks import relations
from actviz.formula.derivative import exactly
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Node
from actviz.formula.gated import evaluate_pairs
from actviz.formula.jacobian import jacobian as jacobian_of
from actviz.formula.switches import edge_places, switches
from actviz.formula.total import edgeless, total

if TYPE_CHECKING:
    from actviz.catalogue.activation import Activation

FEW = 100  # points at which each is asked for its limit before it is known to be a switch


def derivative(activation: Activation, x: Any, order: int, side: str | None, wrt: str) -> Any:
    """The derivative, or for order 0 the value, in the shape and dtype of x."""
    if side not in (None, "left", "right"):
        raise UsageError(f"A side is 'left' or 'right', not {side!r}.")
    if isinstance(x, np.ma.MaskedArray):
        return _masked(activation, x, order, side, wrt)
    given = _real(x)
    with np.errstate(all="ignore"):  # a signalling NaN, and a longdouble beyond float64
        points = given.astype(np.float64, copy=False)
    if activation.kind is Kind.PAIR:
        values = at(activation, *_halves(activation, points), (wrt,) * order)
    elif len(activation.outputs) > 1:
        parts = [derivative(each, points, order, side, wrt) for each in activation.outputs]
        values = np.concatenate([np.atleast_1d(part) for part in parts], axis=-1)
    else:
        values = _values(activation, points, order, side, wrt)
    small = given.dtype.kind == "f" and given.dtype.itemsize < 8
    kept = given.dtype if small else np.dtype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        result = values.astype(kept, copy=False)
    return float(result) if isinstance(x, int | float) and not result.ndim else result[()]


def at(activation: Activation, a: Any, b: Any, wrt: Sequence[str]) -> Array:
    """The values of a gated function, or of a partial derivative, at numbers that broadcast."""
    node = exactly(activation.numeric_tree(), lambda of: activation.partial(*wrt, of=of))
    return evaluate_pairs(node, activation.arguments, a, b, activation.parameters)


def sided(activation: Activation, order: int, x: Array, side: str) -> Array:
    """The limits from a side at places of switches: one that is no float is at the nearest float.

    derivative(side=...) asks for that very float instead, at which nothing switches then.
    """
    return _where_there_is_one(activation, order, x, partial(one_sided, side=side))


def along(activation: Activation, order: int, x: Array) -> Array:
    """The values at many points of a curve, NaN where its formula or the function itself has none.

    value and derivative look at both sides of each such point, which for a curve is its switches.
    """
    values = evaluate(activation.numeric_tree(order), x, activation.parameters)
    if order and not _total(activation):
        values[np.isnan(evaluate(activation.numeric_tree(), x, activation.parameters))] = np.nan
    return values


def taken(activation: Activation, order: int, x: Array) -> Array:
    """The values at places of switches, of which these are the nearest floats."""
    return _where_there_is_one(activation, order, x, at_root)


def _where_there_is_one(
    activation: Activation, order: int, x: Array, ask: Callable[..., float]
) -> Array:
    """What a derivative is at places one by one; NaN where that of the function is."""
    places, given = x.tolist(), activation.parameters
    orders = [order] if not order or _total(activation) else [order, 0]
    trees = [activation.numeric_tree(each) for each in orders]
    found, *own = (
        np.array([ask(node, place, parameters=given) for place in places]) for node in trees
    )
    return np.where(np.isnan(own[0]), np.nan, found) if own else found


def jacobian(activation: Activation, x: Any) -> Array:
    """The matrix of dy_i/dx_j for a vector x of n numbers."""
    vector = np.asarray(x, dtype=np.float64)
    if activation.kind is Kind.NUMBER:
        raise refusal(activation, "its Jacobian is a diagonal, the derivative")
    if vector.ndim != 1 or vector.size == 0:
        raise UsageError(f"The Jacobian is that of one vector, not of shape {vector.shape}.")
    match activation.kind:
        case Kind.PAIR:
            halves = _halves(activation, vector)
            slopes = (at(activation, *halves, (name,)) for name in activation.arguments)
            return np.hstack([np.diag(each) for each in slopes])
        case Kind.VECTOR:
            return np.vstack([_matrix(each, vector) for each in activation.outputs])
    return np.vstack([np.diag(each.derivative(vector)) for each in activation.outputs])


def _matrix(activation: Activation, vector: Array) -> Array:
    """The Jacobian of a function of a vector; NaN where it has no value, as its derivatives are."""
    trees, given = (activation.numeric_tree(0), activation.numeric_tree(1)), activation.parameters
    found = jacobian_of(*trees, vector, given)
    if np.isinf(vector).any() and np.isnan(evaluate(trees[0], vector, given)).any():
        return np.full(found.shape, np.nan)
    return found


def limit(activation: Activation, order: int, sign: float) -> float:
    """The limit of a function of one number, or of a derivative, at an infinity."""
    if activation.kind is not Kind.NUMBER:
        return np.nan
    return float(derivative(activation, np.copysign(np.inf, sign), order, None, "x"))


def constant(node: Node) -> float:
    """The value of a formula that has neither x nor parameters."""
    return float(evaluate(node, np.array(0.0), {}))


def _masked(
    activation: Activation, x: Any, order: int, side: str | None, wrt: str
) -> np.ma.MaskedArray[Any, Any]:
    """Of a function of one number, masked where x is."""
    if activation.kind is not Kind.NUMBER:
        raise refusal(activation, "x must be without a mask: a masked logit is -inf")
    return np.ma.array(derivative(activation, x.data, order, side, wrt), mask=x.mask)


def _real(x: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """The numbers given, as an array; UsageError for what are no real numbers."""
    given = np.asarray(x)
    if given.dtype.kind == "O":  # whole numbers beyond 64 bits, or what is no number
        try:
            given = np.array([float(v) for v in given.flat]).reshape(given.shape)
        except OverflowError:
            raise UsageError("x must be numbers that float64 has (up to 1.8e308).") from None
        except (TypeError, ValueError):
            wrong = next(v for v in given.flat if not isinstance(v, int | float))
            raise UsageError(f"x must be real numbers, not {wrong!r}.") from None
    if given.dtype.kind not in "biuf":
        raise UsageError(f"x must be real numbers, not {given.dtype.name}.")
    return given


def _halves(activation: Activation, points: Array) -> tuple[Array, Array]:
    """The two arguments of a gated function in the last axis."""
    size = points.shape[-1] if points.ndim else 1
    if size % 2 or not size:
        raise UsageError(
            f"{activation.name} is {described(activation)}, the halves of the last axis: "
            f"that has {size} number{'s' * (size != 1)}."
        )
    return points[..., : size // 2], points[..., size // 2 :]


def _values(activation: Activation, points: Array, order: int, side: str | None, wrt: str) -> Array:
    node = activation.numeric_tree(order, wrt)
    values = evaluate(node, points, activation.parameters, closely=wrt != "x")
    if order and relations(activation.definition):
        _where_defined(activation, node, points, values, (order, wrt))
    if order and activation.kind is Kind.VECTOR:
        _undefined_rows(activation, points, values)
    if side is not None and activation.kind is Kind.NUMBER:
        _take_side(activation, node, points, values, side)
    return values


def _where_defined(
    activation: Activation, node: Node, points: Array, values: Array, of: tuple[int, str]
) -> None:
    """NaN for derivatives where the function has no value: 1/x has one where log(x) has none.

    Where it has one and the formula of the derivative none, and at poles, that is what both sides
    agree on, if they do: of what is continuous that is the derivative, by the mean value theorem.
    They are asked while the allowance lasts. And none where there is none before it, whatever the
    formula: sqrt(x**2) has no second one at 0.
    """
    order, wrt = of
    sound = order == 1 or activation.kind is not Kind.NUMBER or _edgeless(activation)
    with np.errstate(all="ignore"):
        if sound and _total(activation) and all_finite(values):
            return
    unknown = np.isnan(values)
    if not _total(activation):
        value = evaluate(activation.numeric_tree(), points, activation.parameters)
        values[np.isnan(value)] = np.nan
        unknown &= ~np.isnan(value)
    if activation.kind is not Kind.NUMBER:
        return
    unknown |= _at_edges(activation, points, np.isinf(values))
    unknown &= np.isfinite(points)
    values[unknown] = np.nan
    if spent():
        return
    places = _between_values(activation, np.unique(points[unknown])[:FEW])
    for place in places.tolist():
        left, right = (_from(activation, node, place, side) for side in ("left", "right"))
        values[points == place] = left if left == right else math.nan
    if not sound:
        doubtful = _at_edges(activation, points, ~np.isnan(values) & np.isfinite(points))
        places = np.union1d(places, np.unique(points[doubtful])[:FEW])
    for place in places.tolist() if order > 1 else ():
        before = _values(activation, np.array([place]), order - 1, None, wrt)
        if not np.isfinite(before[0]):
            values[points == place] = math.nan


def _between_values(activation: Activation, places: Array) -> Array:
    """Those of the places that have values on both sides."""
    step = np.maximum(np.abs(places) * 2.0**-40, 2.0**-200)
    node, given = activation.numeric_tree(), activation.parameters
    lone = [np.isnan(evaluate(node, places + sign * step, given)) for sign in (-1, 1)]
    return places[~(lone[0] | lone[1])]


def _at_edges(activation: Activation, points: Array, among: Truths) -> Truths:
    """Where, among some points, something divides by 0, or is at the end of its domain.

    Not where it is so on both sides too, as in a branch that is 0.
    """
    found = np.zeros(points.shape, dtype=bool)
    if not among.any():
        return found
    roots, others = edge_places(activation.definition, tuple(activation.parameters.items()))
    for root in roots:
        found |= points == root
    found &= among
    for place in others:
        here = np.flatnonzero(among & np.isfinite(points))
        here = here[evaluate(place, points.flat[here], {}) == 0]
        here = here[_vanishes(place, points.flat[here])]
        step = np.maximum(np.abs(points.flat[here]), 1.0) * 2.0**-20
        beside = [evaluate(place, points.flat[here] + sign * step, {}) for sign in (-1, 1)]
        found.flat[here] |= (beside[0] != 0) | (beside[1] != 0)
    return found


def _vanishes(place: Node, points: Array) -> Truths:
    """Where it is 0 itself, and does not only underflow."""
    if not points.size:
        return np.zeros(0, dtype=bool)
    from actviz.formula.enclosure.cut import vanishing

    return vanishing(place, {}, points)[0]


def _from(activation: Activation, node: Node, place: float, side: str) -> float:
    """The limit of a derivative from a side on which the function has values, else NaN."""
    found = at_side(node, place, side, activation.parameters)
    if not _total(activation):
        value = at_side(activation.numeric_tree(), place, side, activation.parameters)
        return math.nan if math.isnan(value) else found
    return found


def _total(activation: Activation) -> bool:
    return total(activation.definition, tuple(activation.parameters.items()))


def _edgeless(activation: Activation) -> bool:
    return edgeless(activation.definition, tuple(activation.parameters.items()))


def _undefined_rows(activation: Activation, points: Array, values: Array) -> None:
    """NaN for derivatives of rows without value: one may have no x in it, or yet a limit."""
    if not points.size:
        return
    shape = -1, (points.shape or (1,))[-1]
    rows, found = points.reshape(shape), values.reshape(shape)
    found[np.isnan(rows).any(axis=-1)] = np.nan
    several = np.isinf(rows).sum(axis=-1) > 1
    if several.any():
        value = evaluate(activation.numeric_tree(), rows[several], activation.parameters)
        found[np.flatnonzero(several)[np.isnan(value).any(axis=-1)]] = np.nan


def _take_side(activation: Activation, node: Node, points: Array, values: Array, side: str) -> None:
    """Put the one-sided limits in at the switches among the points."""
    places = np.unique(points[np.isfinite(points)]).tolist()
    if len(places) > FEW:  # the limit at each point takes a while; most are at no switch
        within = switches(activation.definition, activation.parameters, places[0], places[-1])
        places = list(within)
    for place in places:
        values[points == place] = _from(activation, node, place, side)
