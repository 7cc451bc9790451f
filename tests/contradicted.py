"""Proven facts held against values of a function, of whatever digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from described import of
from mpmath import mpf
from reference import Asked, by, derivative

from actviz.catalogue.activation import Activation
from actviz.check.exact.values import exact_derivatives
from actviz.errors import UsageError
from actviz.formula.allowance import Allowance, allowed
from actviz.formula.breaks import told
from actviz.formula.expression import Apply, Node, Number, walk
from actviz.formula.primitives import STEPS, WAVES
from actviz.properties import Properties
from actviz.properties.proof import ROUNDING
from actviz.properties.shape import FLAT

ORDERS = 3  # f, f' and f''
MOST = 6  # places that are looked at with 50 digits for each fact
ENOUGH = 100_000  # steps of balls for values that are looked at again where they contradict
LEAST = 2.0**-1074  # a slope less than any float may be what is left of digits that cancel
ROUNDED = 1e-12  # how near to 0 a place that is known to rounding may be told
LARGE = 1e300  # a true value that stands for an infinite one is far larger
SLOW = 1e-6
LOGARITHMS = frozenset({"log", "log1p", "log2", "log10", "asinh", "acosh"})
CLOSE = 2.0**-40  # of its size: how sharply an extreme value is told

Contradiction = tuple[str, list[float]]  # a fact, and where values contradict it


def contradictions(activation: Activation, found: Properties, x: Any) -> list[Contradiction]:
    """The proven facts that values at these points contradict, by 50 digits."""
    with allowed(Allowance(ENOUGH, plain=False)):
        rows = np.array([activation.derivative(x, order) for order in range(ORDERS)])
    kept = np.isfinite(rows).all(axis=0)
    told = []
    for fact, places in _listed(found, x[kept], rows[:, kept]):
        if (sure := _confirmed(activation, found, fact, places)) is not None:
            told.append((fact, sure))
    return told + [(name, []) for name in _other_limits(activation, found)]


def _confirmed(
    activation: Activation, found: Properties, fact: str, places: list[float]
) -> list[float] | None:
    """Those of the places at which the fact is contradicted for sure."""
    tree, parameters = activation.definition, dict(activation.parameters)
    chosen = np.unique(places[:MOST])
    rows = np.array([exact_derivatives(tree, x, parameters, ORDERS - 1) for x in chosen.tolist()])
    kept = np.array([all(y == y for y in row) for row in rows], dtype=bool)
    if not kept.any():
        return None
    exact = np.array([mpf(x) for x in chosen[kept].tolist()])
    again = dict(_listed(found, exact, rows[kept].T))
    return [float(x) for x in again[fact]] if fact in again else None


@np.errstate(invalid="ignore")  # numbers that do not exist, such as the end of no tail
def _listed(found: Properties, x: Any, y: Any) -> list[Contradiction]:
    return list(against(found, x, y))


def against(found: Properties, x: Any, y: Any) -> Iterator[Contradiction]:
    """What ascending places x, and the value and two derivatives there, contradict.

    In float64 these may be wrong in their last digits, so that it is a suspicion.
    """
    if not x.size:
        return
    proved = {name for name, proof in found.proved.items() if proof is not False}
    for order, name in enumerate(("range", "derivative_range")):
        if name in proved and (extent := getattr(found, name)) is not None:
            ends = [abs(e) for e in (extent.lower, extent.upper) if abs(e) < np.inf]
            slack = CLOSE * max(ends, default=0.0)
            yield from _where(name, (y[order] < extent.lower - slack), x, extent.lower - y[order])
            yield from _where(name, (y[order] > extent.upper + slack), x, y[order] - extent.upper)
    signs = {"increasing": 1, "decreasing": -1}
    if "monotone" in proved:
        for word, sign in signs.items():
            if word in str(found.monotone):
                yield from _where("monotone", sign * y[1] <= -LEAST, x, -sign * y[1])
                falls = sign * np.diff(y[0]) < -CLOSE * np.maximum(abs(y[0][1:]), abs(y[0][:-1]))
                pairs = np.flatnonzero(falls.astype(bool))[: MOST // 2]
                yield from _where("monotone", np.isin(np.arange(x.size), [*pairs, *pairs + 1]), x)
    if "convexity" in proved and found.convexity in ("convex", "concave", "both"):
        for sign in {"convex": [1], "concave": [-1], "both": [1, -1]}[str(found.convexity)]:
            yield from _where("convexity", sign * y[2] <= -LEAST, x, -sign * y[2])
    if "flat" in proved and found.flat is not None:
        left, right = found.flat
        near, far = (abs(end) * CLOSE if np.isfinite(end) else 0.0 for end in found.flat)
        calm = (x < left - near) | (x > right + far)
        yield from _where("flat", calm & (abs(y[1]) > FLAT * (1 + CLOSE)), x)
    if "inflection_points" in proved and found.inflection_points is not None:
        yield from _between_inflections(found, x, y[2])
    if "lipschitz" in proved and found.lipschitz is not None:
        most = found.lipschitz * (1 + CLOSE)
        yield from _where("lipschitz", abs(y[1]) > most, x, abs(y[1]))
    yield from _between_roots(found, proved, x, y)


def _where(fact: str, where: Any, x: Any, size: Any = None) -> Iterator[Contradiction]:
    """A contradiction at the places that hold, the worst first."""
    index = np.flatnonzero(np.asarray(where, dtype=bool))
    if not index.size:
        return
    if size is not None:
        index = index[np.argsort(-size[index].astype(np.float64), kind="stable")]
    yield fact, x[index].tolist()


def _between_inflections(found: Properties, x: Any, y: Any) -> Iterator[Contradiction]:
    """Between curvatures of opposite signs there is an inflection, or a place where f breaks."""
    points, within = found.inflection_points.points, found.inflection_points.within
    places = np.array([*points, *(point.x for point in found.breakpoints)], dtype=np.float64)
    sign = np.sign(y.astype(np.float64))
    inside = (abs(x) < min(within, found.breakpoints_within)).astype(bool)
    for i in np.flatnonzero((sign[:-1] * sign[1:] < 0) & inside[:-1] & inside[1:]):
        if not ((x[i] <= places) & (places <= x[i + 1])).any():
            yield "inflection_points", x[i : i + 2].tolist()
            break


def _between_roots(found: Properties, proved: set[str], x: Any, y: Any) -> Iterator[Contradiction]:
    """Between points of opposite signs there is a zero, or a place where the function breaks."""
    if found.smoothness is None or found.smoothness < 0 or "smoothness" not in proved:
        return
    for name, slope in (("zeros", 0), ("fixed_points", 1)):
        roots = getattr(found, name)
        if name not in proved or roots is None:
            continue
        ends = [end for each in roots.intervals for end in (each.lower, each.upper)]
        places = np.array([*roots.points, *ends], dtype=np.float64)
        with np.errstate(over="ignore"):
            sign = np.sign((y[0] - slope * x).astype(np.float64))
        inside = abs(x) < roots.within
        crossed = (sign[:-1] * sign[1:] < 0) & (inside[:-1] & inside[1:]).astype(bool)
        broken = [point.x for point in found.breakpoints if point.order == 0]  # or has a hole
        places = np.array([*places, *broken], dtype=np.float64)
        slack = ROUNDED if found.proved[name] == ROUNDING else 0.0
        for i in np.flatnonzero(crossed):
            if not ((x[i] - slack <= places) & (places <= x[i + 1] + slack)).any():
                yield name, x[i : i + 2].tolist()
                break


def _other_limits(activation: Activation, found: Properties) -> Iterator[str]:
    """Where a limit is proven to be another than it is."""
    if found.proved["limits"] is False or found.limits is None:
        return
    given = {name: [value] for name, value in activation.parameters.items()}
    for end, limit in zip((-np.inf, np.inf), found.limits, strict=True):
        true = derivative(Asked(activation.definition, given | {"x": [end]}, by("x")))
        if true is None:
            continue
        if np.isnan(limit) or true.is_nan():
            right = bool(np.isnan(limit) and (true.is_nan() or _poles_recur(activation.definition)))
        elif np.isinf(limit):
            right = bool(true * np.sign(limit) > LARGE) or _is_slow(activation.definition)
        else:
            right = bool(abs(true - limit) <= CLOSE * (1 + abs(limit)))
        if not right:
            yield f"limit at {end}, {limit} and not {true}"


def _poles_recur(node: Node) -> bool:
    """Whether it may have a pole in every turn of a wave, however far out: no number is at one."""
    poles = (place for part in walk(node) for sign, place in told(part) if sign == "=")
    return any(isinstance(p, Apply) and p.head in WAVES for place in poles for p in walk(place))


def _is_slow(node: Node) -> bool:
    """Whether something grows so slowly that no number can stand for an infinite one."""
    parts = [part for part in walk(node) if isinstance(part, Apply)]
    exponents = (part.arguments[1] for part in parts if part.head == "**")
    inside = (each for part in parts if part.head in STEPS for each in walk(part))
    return any(isinstance(v, Number) and abs(v.value) < SLOW for v in exponents) or any(
        isinstance(each, Apply) and each.head in LOGARITHMS for each in inside
    )


def known(text: str) -> Properties | None:
    """The properties of a formula; None if it is refused."""
    try:
        return of(text)
    except UsageError:
        return None
