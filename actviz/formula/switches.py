"""Where a formula may switch inside a range: branches, ties, signs, poles and edges of domains.

The places come from the formula itself: the condition of every where, those in the definition of
what selects included, and what the table's column `breaks` says of the other primitives. A place
that is linear in x is solved exactly; any other is bracketed on a grid and bisected down to
neighbouring floats.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np

from actviz.errors import UsageError
from actviz.formula.arrays import Array, Indices, Truths
from actviz.formula.breaks import difference, edges, stepping, switching
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.narrowing import narrowed, parted, smallest
from actviz.formula.terms import linear, linear_root

MOST = 2000  # places in one range; more are an oscillation too dense to be told in pieces
NEAR = 4  # units in the last place that a search may miss by
WHOLE = "whole"
FEW = 1  # levels so near to 0 are those at which what saturates comes to rest
GRID = 8192  # points at which a switch that cannot be solved for x is looked for


def switches(
    node: Node, parameters: Mapping[str, float], lower: float, upper: float
) -> tuple[float, ...]:
    """The places in [lower, upper] at which a branch, tie, sign, step, pole or domain may change.

    None are told where there are over two thousand, as for tan on -1e5:1e5.
    """
    return every_switch(node, parameters, lower, upper) or ()


def every_switch(
    node: Node, parameters: Mapping[str, float], lower: float, upper: float
) -> tuple[float, ...] | None:
    """The same, but None where there are over two thousand."""
    return _every_switch(node, tuple(parameters.items()), lower, upper)


@lru_cache(maxsize=64)  # for each order and side of a curve the same
def _every_switch(
    node: Node, parameters: tuple[tuple[str, float], ...], lower: float, upper: float
) -> tuple[float, ...] | None:
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    exact, searched = set[float](), set[float]()
    zero = {factor for part in switching(node) for factor in factors(rebuild(part, values))}
    for part in (part for part in zero if X in walk(part)):
        root = linear_root(part)
        if root is None:
            searched.update(_possible(part, _zeros(part, lower, upper)))
        else:
            exact.add(root)
    for part in {rebuild(part, values) for part in stepping(node)}:
        found = _steps(part, lower, upper)
        if found is None:
            return None
        if linear(part):
            exact.update(found)
        else:
            searched.update(_passed(part, found))
    places = exact | {place for place in searched if not _beside_one(place, exact)}
    inside = sorted(place + 0.0 for place in places if lower <= place <= upper)
    return tuple(inside) if len(inside) <= MOST else None


def _passed(node: Node, places: Collection[float]) -> Iterator[float]:
    """Those of the places at which a formula may be the whole number that its value is nearest to.

    tanh(x) rounds to 1 from x = 19.1 on, and is 1 nowhere.
    """
    x = np.array([*places])
    levels = np.rint(evaluate(node, x, {}))
    near = np.abs(levels) <= FEW
    yield from x[~near].tolist()
    for level in np.unique(levels[near]).tolist():
        yield from _possible(difference(node, Number(level)), x[levels == level].tolist())


def _possible(node: Node, places: Collection[float]) -> list[float]:
    """Those of the places at which a formula may be 0, as far as its bounds around them tell.

    1 - tanh(x) is 0 in float64 from x = 19.1 on, and exp(-x**2) from 27.3 on, and nowhere else.
    """
    from actviz.formula.enclosure.mesh import subject

    x = np.array([*places])
    if not 0 < x.size <= MOST:
        return [*places]
    apart = NEAR * np.spacing(np.abs(x))
    try:
        found = subject(node, {}).on(x - apart, x + apart)[0]
    except (UsageError, KeyError):  # what cannot be enclosed
        return [*places]
    apart_from_zero = (found.positive | found.negative) & found.continuous
    kept: list[float] = x[~apart_from_zero].tolist()
    return kept


def _beside_one(place: float, exact: Collection[float]) -> bool:
    """Whether a place that was searched for is one of these, missed by the search's rounding."""
    return place not in exact and any(
        abs(place - known) <= NEAR * math.ulp(known) for known in exact
    )


def steps_too_often(
    node: Node, parameters: Mapping[str, float], lower: float, upper: float
) -> bool:
    """Whether floor or its kin step so often in the range that they are not told."""
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    parts = (rebuild(part, values) for part in stepping(node))
    return any(_steps(part, lower, upper) is None for part in parts)


@lru_cache(maxsize=64)
def _steps(node: Node, lower: float, upper: float) -> frozenset[float] | None:
    """Where a formula passes or touches whole numbers; None if that is too often to be told."""
    if line := linear(node):
        return _even_steps(*line, lower, upper)
    return _uneven_steps(node, lower, upper) if X in walk(node) else frozenset()


def _even_steps(
    slope: Fraction, constant: Fraction, lower: float, upper: float
) -> frozenset[float] | None:
    """The same for a straight line, correctly rounded."""
    ends = sorted(slope * Fraction(end) + constant for end in (lower, upper))
    first, last = math.ceil(ends[0]) - 1, math.floor(ends[1]) + 1
    if last - first > MOST + 2:
        return None
    return frozenset(float((n - constant) / slope) for n in range(first, last + 1))


def _uneven_steps(node: Node, lower: float, upper: float) -> frozenset[float] | None:
    """The same for any other formula."""
    x = _grid(lower, upper)
    y = evaluate(node, x, {})
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
    passed = np.maximum(np.ceil(high) - np.floor(low) - 1, 0)  # between the two, not at them
    with np.errstate(over="ignore"):
        if np.sum(passed) > 2 * MOST:
            return None
    cells = np.repeat(np.arange(passed.size), passed.astype(np.intp))
    nth = np.arange(cells.size) - np.repeat(np.cumsum(passed) - passed, passed.astype(np.intp))
    places = set(_passing(node, x, y, cells, np.floor(low[cells]) + 1 + nth).tolist())
    apart = np.diff(y) != 0
    places.update(x[1:-1][(y[1:-1] == np.rint(y[1:-1])) & (apart[:-1] | apart[1:])].tolist())
    turns = y[1:-1][(y[1:-1] - y[:-2]) * (y[2:] - y[1:-1]) < 0]
    for level in set(np.rint(turns).tolist()):
        places.update(_touching(difference(node, Number(level)), x, y - level))
    reached = np.abs(evaluate(node, np.array([*places]), {}))
    return None if np.max(reached, initial=0.0) > 4 * MOST else frozenset(places)  # else at a pole


def _passing(node: Node, x: Array, y: Array, cells: Indices, levels: Array) -> Array:
    """Where a formula passes the levels in their cells."""
    rising = y[cells] < y[cells + 1]

    def before(x: Array, which: Truths) -> Truths:
        kept: Truths = (evaluate(node, x, {}) < levels[which, None]) == rising[which, None]
        return kept

    left, right = parted(x[cells], x[cells + 1], before)
    off_left, off_right = (np.abs(evaluate(node, end, {}) - levels) for end in (left, right))
    nearest = np.where(off_left < off_right, left, right)
    # of floats that rounding cannot tell apart, the short one
    short: Array = np.asarray(np.round(nearest, 12), dtype=np.float64)
    off_short = np.abs(evaluate(node, short, {}) - levels)
    passing: Array = np.where(off_short <= np.minimum(off_left, off_right), short, nearest)
    return passing


def factors(node: Node) -> Iterator[Node]:
    """What is zero where the whole is: a product is zero with a factor, a power with its base."""
    match node:
        case Apply("*", (a, b)):
            yield from factors(a)
            yield from factors(b)
        case Apply("/", (a, _)) | Apply("neg", (a,)):
            yield from factors(a)
        case Apply("**", (a, Number(n))) if n > 0:
            yield from factors(a)
        case _:
            yield node


@lru_cache(maxsize=256)
def edge_places(
    node: Node, parameters: tuple[tuple[str, float], ...]
) -> tuple[tuple[float, ...], tuple[Node, ...]]:
    """The floats at which something divides by 0 or is at the end of its domain, and what else is.

    The floats are roots of what is linear in x; of the rest, it is the formulas that are 0 there.

    >>> from actviz.formula.parsing import parse
    >>> edge_places(parse("sqrt((x - 2)**2)/x + where(x > 0, x, 0)**0.5"), ())
    ((0.0, 2.0), ())
    """
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    within = (_within(rebuild(edge, values)) for edge in edges(node))
    parts = {part for each in within for part in each if X in walk(part)}
    solved = {part: linear_root(part) for part in parts}
    roots = {root + 0.0 for part, root in solved.items() if root is not None and _is_at(part, root)}
    return tuple(sorted(roots)), tuple(part for part, root in solved.items() if root is None)


def _within(node: Node) -> Iterator[Node]:
    """What is 0 where the whole goes to 0, branches and their switches among it."""
    for part in factors(node):
        match part:
            case Apply("where", (Apply(_, (u, v)), a, b)):
                for inner in (difference(u, v), a, b):
                    yield from _within(inner)
            case _:
                yield part


def _is_at(node: Node, root: float) -> bool:
    return float(evaluate(node, np.array(root), {})) == 0


def _zeros(node: Node, lower: float, upper: float) -> set[float]:
    """Sign changes and exact zeros of a formula, to neighbouring floats."""
    x, value = _grid(lower, upper), partial(evaluate, node, parameters={})
    y = value(x)
    zero = np.concatenate([[False], y == 0, [False]])
    zeros = set(x[zero[1:-1] & ~(zero[:-2] & zero[2:])].tolist())  # not all of a flat stretch
    crossings = np.flatnonzero(np.sign(y[:-1]) * np.sign(y[1:]) < 0)
    if crossings.size > MOST:
        return set(x[crossings].tolist())  # too many to be told, so not worth a bisection each
    ends = x[crossings], x[crossings + 1]
    zeros.update(narrowed(*ends, np.sign(y[crossings]), value).tolist())
    edges = np.flatnonzero(np.isnan(y[:-1]) != np.isnan(y[1:]))
    if edges.size > MOST:
        return set(x[edges].tolist())
    zeros.update(_ends_of_domain(node, x[edges], x[edges + 1]).tolist())
    zeros.update(_touching(node, x, y))
    return zeros


def _grid(lower: float, upper: float) -> Array:
    """Even points and points that thicken around 0, so that no scale is passed over."""
    even = np.linspace(lower, upper, GRID)
    reach = max(abs(lower), abs(upper))
    scales = reach * np.geomspace(1e-12, 1, GRID // 8)
    points = np.concatenate([even, scales, -scales, [0.0]])
    return np.unique(points[(points >= lower) & (points <= upper)])


def _ends_of_domain(node: Node, left: Array, right: Array) -> Array:
    """The last floats at which a formula that is NaN at one end is defined."""
    undefined = np.isnan(evaluate(node, left, {}))

    def holds(x: Array, which: Truths) -> Truths:
        kept: Truths = np.isnan(evaluate(node, x, {})) == undefined[which, None]
        return kept

    return np.where(undefined, *reversed(parted(left, right, holds)))


def _touching(node: Node, x: Array, y: Array) -> set[float]:
    """Zeros without a change of sign, such as that of x**2, where |y| is least."""
    size = np.abs(y)
    inner = size[1:-1]
    deep = inner < 0.5 * np.maximum(size[:-2], size[2:])  # no ripple of rounding
    dips = np.flatnonzero(deep & (inner <= size[:-2]) & (inner <= size[2:])) + 1
    signs = np.sign(y)
    dips = dips[(signs[dips - 1] == signs[dips]) & (signs[dips] == signs[dips + 1])]
    dips = dips[signs[dips] != 0]
    if not dips.size:
        return set()
    value = partial(evaluate, node, parameters={})
    places = smallest(x[dips - 1], x[dips + 1], value)
    depth = np.abs(value(places))
    around = np.maximum(size[dips - 1], size[dips + 1])
    return set(places[depth <= 1e-14 * around].tolist())
