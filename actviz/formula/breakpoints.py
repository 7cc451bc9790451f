"""What breaks in a range: where a formula or one of its derivatives is not continuous.

Judged by the one-sided limits of the function and its derivatives at every switch: the seam of elu
at alpha = 1 is no kink, its second derivative jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from actviz.formula.allowance import current
from actviz.formula.approached import approached
from actviz.formula.arrays import Array
from actviz.formula.breaks import (
    breaking,
    difference,
    edges,
    spelled,
    stepping,
    switching,
    whole_of,
)
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.evaluate import evaluate, trace
from actviz.formula.expression import (
    COMPARISONS,
    ONE,
    ZERO,
    Apply,
    Name,
    Node,
    Number,
    X,
    rebuild,
    walk,
)
from actviz.formula.primitives import STEPS
from actviz.formula.switches import factors, switches
from actviz.formula.terms import linear_root

SIDED = 400  # steps of balls that cost as much as to look at a formula from a side


@dataclass(frozen=True)
class Breakpoint:
    """A point at which the function or one of its derivatives breaks.

    order is the lowest derivative whose one-sided limits differ (0: the function jumps, 1: a
    kink, 2: f'' jumps, ...); pole says that the function is unbounded there. left and right are the
    one-sided limits of that order where no float is at the place itself, and None otherwise.
    """

    x: float
    order: int
    pole: bool
    left: float | None = None
    right: float | None = None


def breakpoints(
    tree: Callable[[int], Node], parameters: Mapping[str, float], lower: float, upper: float
) -> tuple[Breakpoint, ...]:
    """The breakpoints in [lower, upper], in order; tree(n) is the n-th derivative's formula."""
    places = switches(tree(0), parameters, lower, upper)
    found = (_judge(tree, parameters, place) for place in places)
    return tuple(point for point in found if point is not None)


def _judge(
    tree: Callable[[int], Node], parameters: Mapping[str, float], x: float
) -> Breakpoint | None:
    """The lowest order at which the two sides differ, if any."""
    value = float(evaluate(tree(0), np.array(x), parameters))
    if _passes(tree(0), x, value, parameters):
        return None
    for order in range(MAXIMUM_ORDER + 1):
        left = one_sided(tree(order), x, "left", parameters)
        right = one_sided(tree(order), x, "right", parameters)
        nothing = math.isnan(left) and math.isnan(right) and math.isnan(value)
        if nothing and (order > 0 or not _surrounded(tree(0), x, parameters)):
            return None  # amid a stretch where nothing is defined
        noise = 1e-12 * _scale(tree(order), x, parameters)
        if not _same(left, right, noise) or (order == 0 and not _same(left, value, noise)):
            return Breakpoint(x, order, order == 0 and (math.isinf(left) or math.isinf(right)))
    return None


def _passes(node: Node, x: float, value: float, parameters: Mapping[str, float]) -> bool:
    """Whether one formula without edges holds on both sides of x, and has the value there."""
    (_, below), (_, above) = (_taken(node, x, side, tuple(parameters.items())) for side in (-1, 1))
    if below is not above or edges(below):
        return False
    return _same(float(evaluate(below, np.array(x), parameters)), value, 0.0)


def _surrounded(node: Node, x: float, parameters: Mapping[str, float]) -> bool:
    """Whether there are values on both sides of a place, as near as one can look."""
    points = [_beside(node, x, side, parameters) for side in (-1, 1)]
    return bool(np.isfinite(evaluate(node, np.array(points), parameters)).all())


def _same(a: float, b: float, noise: float) -> bool:
    if not (math.isfinite(a) and math.isfinite(b)):
        return False
    return abs(a - b) <= noise + 1e-12 * (abs(a) + abs(b))


def _scale(node: Node, x: float, parameters: Mapping[str, float]) -> float:
    """The largest of the numbers that the values beside x are made of; they bring its rounding."""
    sizes = [0.0]
    for side in (-1, 1):
        _, taken = _taken(node, x, side, tuple(parameters.items()))
        values = trace(taken, x, parameters).values()
        sizes += [abs(value) for value in values if math.isfinite(value)]
    return max(sizes)


def both_sides(node: Node, places: Sequence[float], parameters: Mapping[str, float]) -> Array:
    """The limits of a formula from the left and from the right of each place, one after the other.

    >>> from actviz.formula.parsing import parse
    >>> both_sides(parse("where(x > 0, 1, 0)"), [0.0, 2.0], {})
    array([0., 1., 1., 1.])
    """
    given = tuple(parameters.items())
    here = evaluate(node, np.array(places, dtype=np.float64), parameters).tolist()
    values = dict(zip(places, here, strict=True))
    found = {(x, direction): value for x, value in values.items() for direction in (-1, 1)}
    asked = [(x, side) for (x, side), value in found.items() if not _is_all(node, x, value, given)]
    current().left -= SIDED * len(asked)
    taken = [_taken(node, x, direction, given) for x, direction in asked]
    beside = evaluate(node, np.array([place for place, _ in taken]), parameters).tolist()
    for (x, side), value, (_, formula) in zip(asked, beside, taken, strict=True):
        known = not math.isnan(value)
        found[x, side] = _on_side(node, formula, x, side, parameters) if known else math.nan
    return np.array(list(found.values()))


def one_sided(node: Node, x: float, side: str, parameters: Mapping[str, float]) -> float:
    """The limit of a formula at x from the 'left' or the 'right'; +-inf at a pole, NaN if none.

    >>> from actviz.formula.parsing import parse
    >>> one_sided(parse("where(x > 0, 1, 0)"), 0.0, "right", {})
    1.0
    """
    given = tuple(parameters.items())
    here = float(evaluate(node, np.array(x), parameters))
    if _is_all(node, x, here, given):
        return here
    direction = -1 if side == "left" else 1
    current().left -= SIDED
    beside, taken = _taken(node, x, direction, given)
    if math.isnan(float(evaluate(node, np.array(beside), parameters))):
        return math.nan
    return _on_side(node, taken, x, direction, parameters)


def _is_all(node: Node, x: float, value: float, parameters: tuple[tuple[str, float], ...]) -> bool:
    """Whether the value at a place is what is approached from both sides."""
    return math.isfinite(value) and not _may_switch(node, x, parameters)


def _on_side(
    node: Node, taken: Node, x: float, direction: int, parameters: Mapping[str, float]
) -> float:
    """The limit from a side on which there are values, and that branch is taken."""
    near = x + direction * max(1.0, abs(x)) * 2.0**-20
    if _is_wild(node, x, parameters):
        return approached(node, x, direction, parameters)
    if any(evaluate(place, np.array(x), parameters) == 0 for place in breaking(taken)):
        return approached(taken, x, direction, parameters)
    value, aside = evaluate(taken, np.array([x, near]), parameters).tolist()
    if math.isfinite(value):
        if abs(value) < 1e9 * (1 + abs(aside)):
            return float(value)
        return _pole_beside(node, x, direction, parameters)  # such as that of tan
    return approached(taken, x, direction, parameters)


def at_side(node: Node, x: float, side: str, parameters: Mapping[str, float]) -> float:
    """The limit from a side of this very float: its value, unless something switches exactly there.

    >>> from actviz.formula.parsing import parse
    >>> at_side(parse("where(x*x > 2, 1, 0)"), 2**0.5, "left", {})
    1.0
    """
    here = float(evaluate(node, np.array(x), parameters))
    if math.isfinite(here) and not _switches_at(node, x, tuple(parameters.items())):
        return here
    return one_sided(node, x, side, parameters)


def _switches_at(node: Node, x: float, parameters: tuple[tuple[str, float], ...]) -> bool:
    """Whether what switches is 0 at x but not all around, or what steps is a whole number."""
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    node = rebuild(node, values)
    whole = (Apply("-", (part, Apply("floor", (part,)))) for part in stepping(node))
    zeros = dict.fromkeys([*switching(node), *whole])
    step = max(abs(x) * 2.0**-40, 2.0**-1000)
    return any(
        _is_zero(each, x) and not (_is_zero(each, x - step) and _is_zero(each, x + step))
        for each in zeros
    )


def _is_zero(node: Node, x: float) -> bool:
    """Whether it is 0 and not only small: comparisons are right to the last digit."""
    differs = Apply("where", (Apply("<", (node, ZERO)), ONE, ZERO))
    differs = Apply("where", (Apply(">", (node, ZERO)), ONE, differs))
    return not evaluate(differs, np.array(x), {}) > 0


@lru_cache(maxsize=1024)
def _may_switch(node: Node, x: float, parameters: tuple[tuple[str, float], ...]) -> bool:
    """Whether something switches or steps at x, or so near that rounding cannot tell.

    A switch that is linear in x is at its root and nowhere else.
    """
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    zeros = (f for part in switching(node) for f in factors(rebuild(part, values)))
    return any(_may_be_zero(each, x) for each in dict.fromkeys(zeros)) or any(
        _may_be_whole(rebuild(part, values), x) for part in stepping(node)
    )


def _may_be_zero(node: Node, x: float) -> bool:
    root = linear_root(node)
    if root is not None:
        return root == x
    signs = np.sign(_around(node, x)) if X in walk(node) else np.ones(3)
    return bool((signs != signs[0]).any() or not signs.all())


def _may_be_whole(node: Node, x: float) -> bool:
    turns = _around(node, x) if X in walk(node) else np.full(3, 0.5)
    return bool(np.ptp(np.floor(turns)) or (turns == np.floor(turns)).any())


def _around(node: Node, x: float) -> Array:
    """The values at x and some units in its last place beside it."""
    apart = 4 * float(np.spacing(abs(x)))
    return evaluate(node, np.array([x - apart, x, x + apart]), {})


def takes_alone(node: Node, x: float, parameters: Mapping[str, float]) -> bool:
    """Whether the branch that a formula takes at this very float is taken on neither side of it."""
    sides = (_taken(node, x, side, tuple(parameters.items()))[1] for side in (-1, 1))
    return branch(node, x, parameters) not in sides


@lru_cache(maxsize=16)  # a place is looked at from each side for its limit and for its rounding
def _taken(
    node: Node, x: float, direction: int, parameters: tuple[tuple[str, float], ...]
) -> tuple[float, Node]:
    """A point beside x, and the branch that the formula takes there."""
    given = dict(parameters)
    beside = _beside(node, x, direction, given)
    return beside, branch(node, beside, given)


def _beside(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """A point beside x at which every selection of the formula is decided.

    So near that no other switch lies between, so far that squares do not underflow; farther where
    rounding still ties, as exp(x) - 1 with 0 at 2**-200.
    """
    steps = (
        max(abs(x) * 2.0**-40, 2.0**-200),
        max(1.0, abs(x)) * 2.0**-40,
        max(1.0, abs(x)) * 2.0**-20,
    )
    points = [x + direction * step for step in steps]
    decided = (p for p in points if not _ties(trace(spelled(node), p, parameters)))
    return next(decided, points[0])


def _is_wild(node: Node, x: float, parameters: Mapping[str, float]) -> bool:
    """Whether what selects or steps has no value at x, and may do so again and again beside it."""
    values = trace(spelled(node), x, parameters)
    heads = COMPARISONS | STEPS
    deciding = (part for part in values if isinstance(part, Apply) and part.head in heads)
    return any(not math.isfinite(values[u]) for part in deciding for u in part.arguments)


def _ties(values: Mapping[Node, float]) -> bool:
    """Whether a selection of a formula stands on its switch; one without x in it has none."""
    return any(_tie(part, values) and X in walk(part) for part in values)


def _tie(part: Node, values: Mapping[Node, float]) -> bool:
    match part:
        case Apply(head, (u, v)) if head in COMPARISONS:
            return values[u] == values[v]
        case Apply(head, (u,)) if head in STEPS:
            at = evaluate(whole_of(head), np.array(0.0), {"u": values[u]})
            return float(at).is_integer()
    return False


def branch(node: Node, x: float, parameters: Mapping[str, float]) -> Node:
    """The formula with every selection replaced by what it selects at x; smooth around there."""
    return _selected(node, trace(spelled(node), x, parameters))


def _selected(node: Node, values: Mapping[Node, float]) -> Node:
    """The formula with what is selected where its parts have these values."""
    done: dict[Node, Node] = {}
    for part in values:
        match part:
            case Apply("where", (condition, a, b)):
                done[part] = done[a] if values[condition] else done[b]
            case Apply(head, _) if head in STEPS:
                done[part] = Number(values[part])
            case Apply(head, arguments):
                done[part] = Apply(head, tuple(done[a] for a in arguments))
            case _:
                done[part] = part
    return done[spelled(node)]


def at_root(node: Node, x: float, parameters: Mapping[str, float]) -> float:
    """The value at a switch of which x is the nearest float: what its condition says of a tie.

    >>> from actviz.formula.parsing import parse
    >>> at_root(parse("where(x*x > 2, x, 0)"), 2**0.5, {}), at_root(parse("floor(3*x)"), 1 / 3, {})
    (0.0, 1.0)
    """
    names: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    values = dict(trace(spelled(node), x, parameters))
    for part in values:
        match part:
            case Apply(head, (u, v)) if head in COMPARISONS:
                if X in walk(part) and _may_be_zero(rebuild(difference(u, v), names), x):
                    values[part] = float(evaluate(Apply(head, (ZERO, ZERO)), np.array(x), {}))
            case Apply(head, (u,)) if head in STEPS:
                if _may_be_whole(rebuild(_whole(head, u), names), x):
                    values[part] = _stepped(head, values[u])
    return float(evaluate(_selected(node, values), np.array(x), parameters))


def _whole(head: str, u: Node) -> Node:
    """What is a whole number where a step of u is."""
    return rebuild(whole_of(head), {Name("u"): u})


def _stepped(head: str, u: float) -> float:
    """The value of a step at the nearest number at which it steps."""
    at = float(evaluate(whole_of(head), np.array(0.0), {"u": u}))
    exactly = Number(float(u + np.rint(at) - at))
    return float(evaluate(Apply(head, (exactly,)), np.array(0.0), {}))


def _pole_beside(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """What is approached at a place next to this float: inf where values grow on and on, or NaN."""
    steps = max(1.0, abs(x)) * np.exp2(-10.0 * np.arange(1, 5))
    y = evaluate(node, x + direction * steps, parameters)
    if np.isnan(y).any():
        return math.nan
    if np.isinf(y[-1]):
        return float(y[-1])
    change = np.abs(np.diff(y))
    if change[2] > 0.5 * change[1] and abs(y[3]) > abs(y[2]) > abs(y[1]):
        return math.copysign(math.inf, y[3])
    return float(y[-1]) if change[2] <= 1e-3 * max(1.0, abs(float(y[-1]))) else math.nan
