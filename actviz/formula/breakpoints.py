"""Where the branches of a formula switch inside a range, and what breaks there.

The places come from the formula itself: the condition of a where, the tie of a min or max, the
zero of an abs, and also the zeros of denominators and the edges of domains. A place that is linear
in x is solved exactly; any other is bracketed on a grid and bisected down to neighbouring floats.
What breaks is judged by the one-sided limits of the function and its derivatives: the seam of elu
at alpha = 1 is no kink, its second derivative jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from actviz.formula.algebra import linear_root
from actviz.formula.arrays import Array
from actviz.formula.derivative import MAXIMUM_ORDER
from actviz.formula.evaluate import evaluate, trace
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk

MOST = 2000  # places in one range; more are an oscillation too dense to be told in pieces
GRID = 8192  # points at which a switch that cannot be solved for x is looked for


@dataclass(frozen=True)
class Breakpoint:
    """A point at which the function or one of its derivatives breaks.

    order is the lowest derivative whose one-sided limits differ (0: the function jumps, 1: a
    kink, 2: f'' jumps, ...); pole says that the function is unbounded there.
    """

    x: float
    order: int
    pole: bool


def breakpoints(
    tree: Callable[[int], Node], parameters: Mapping[str, float], lower: float, upper: float
) -> tuple[Breakpoint, ...]:
    """The breakpoints in [lower, upper], in order; tree(n) is the n-th derivative's formula."""
    places = switches(tree(0), parameters, lower, upper)
    found = (_judge(tree, parameters, place) for place in places)
    return tuple(point for point in found if point is not None)


def switches(
    node: Node, parameters: Mapping[str, float], lower: float, upper: float
) -> tuple[float, ...]:
    """The places in [lower, upper] at which a branch, tie, sign, pole or domain may change.

    None are told where there are over two thousand, as for tan on -1e5:1e5.
    """
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    places: set[float] = set()
    whole = (rebuild(part, values) for part in switching(node))
    for zero_of in {factor for part in whole for factor in factors(part)}:
        root = linear_root(zero_of)
        if root is not None:
            places.add(root)
        elif X in walk(zero_of):
            places.update(_zeros(zero_of, lower, upper))
    inside = sorted(place + 0.0 for place in places if lower <= place <= upper)
    return tuple(inside) if len(inside) <= MOST else ()


def switching(node: Node) -> Iterator[Node]:
    """The expressions at whose zeros something switches."""
    for part in walk(node):
        match part:
            case Apply("abs" | "sign" | "log" | "sqrt", (u,)):
                yield u
            case Apply("min" | "max", (u, v)):
                yield Apply("-", (u, v))
            case Apply("clip", (u, v, w)):
                yield Apply("-", (u, v))
                yield Apply("-", (u, w))
            case Apply(head, (u, v)) if head in COMPARISONS:
                yield Apply("-", (u, v))
            case Apply("/", (_, v)):
                yield v
            case Apply("**", (u, Number(n))):
                if n < 0 or not n.is_integer():
                    yield u
            case Apply("**", (u, _)):
                yield u
            case Apply("log1p", (u,)):
                yield Apply("+", (Number(1.0), u))
            case Apply("tan", (u,)):
                yield Apply("cos", (u,))


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


def _zeros(node: Node, lower: float, upper: float) -> set[float]:
    """Sign changes and exact zeros of a formula, to neighbouring floats."""
    x = _grid(lower, upper)
    y = evaluate(node, x, {})
    zero = np.concatenate([[False], y == 0, [False]])
    zeros = set(x[zero[1:-1] & ~(zero[:-2] & zero[2:])].tolist())  # not all of a flat stretch
    crossings = np.flatnonzero(np.sign(y[:-1]) * np.sign(y[1:]) < 0)
    if crossings.size > MOST:
        return set(x[crossings].tolist())  # too many to be told, so not worth a bisection each
    for i in crossings:
        zeros.add(_bisect(node, float(x[i]), float(x[i + 1])))
    for i in np.flatnonzero(np.isnan(y[:-1]) != np.isnan(y[1:])):
        zeros.add(_bisect_domain(node, float(x[i]), float(x[i + 1])))
    zeros.update(_touching(node, x, y))
    return zeros


def _grid(lower: float, upper: float) -> Array:
    """Even points and points that thicken around 0, so that no scale is passed over."""
    even = np.linspace(lower, upper, GRID)
    reach = max(abs(lower), abs(upper))
    scales = reach * np.geomspace(1e-12, 1, GRID // 8)
    points = np.concatenate([even, scales, -scales, [0.0]])
    return np.unique(points[(points >= lower) & (points <= upper)])


def _bisect(node: Node, left: float, right: float) -> float:
    """The float at which a formula of opposite signs at the ends comes nearest to 0."""
    sign = _sign_at(node, left)
    while True:
        middle = left + (right - left) / 2
        if middle in (left, right):
            break
        here = _sign_at(node, middle)
        if here == 0:
            return middle
        left, right = (middle, right) if here == sign else (left, middle)
    at_left, at_right = (abs(float(evaluate(node, np.array(p), {}))) for p in (left, right))
    return left if at_left < at_right else right


def _bisect_domain(node: Node, left: float, right: float) -> float:
    """The last float at which a formula that is NaN at one end is defined."""
    undefined = math.isnan(float(evaluate(node, np.array(left), {})))
    while True:
        middle = left + (right - left) / 2
        if middle in (left, right):
            return right if undefined else left
        here = math.isnan(float(evaluate(node, np.array(middle), {})))
        left, right = (middle, right) if here == undefined else (left, middle)


def _sign_at(node: Node, x: float) -> float:
    return float(np.sign(evaluate(node, np.array(x), {})))


def _touching(node: Node, x: Array, y: Array) -> set[float]:
    """Zeros without a change of sign, such as that of x**2, by golden section on |y|."""
    size = np.abs(y)
    inner = size[1:-1]
    deep = inner < 0.5 * np.maximum(size[:-2], size[2:])  # no ripple of rounding
    dips = np.flatnonzero(deep & (inner <= size[:-2]) & (inner <= size[2:])) + 1
    found = set()
    for i in dips:
        if np.sign(y[i - 1]) == np.sign(y[i]) == np.sign(y[i + 1]) != 0:
            place = _smallest(node, float(x[i - 1]), float(x[i + 1]))
            depth = abs(float(evaluate(node, np.array(place), {})))
            if depth <= 1e-14 * max(size[i - 1], size[i + 1]):
                found.add(place)
    return found


def _smallest(node: Node, left: float, right: float) -> float:
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(80):
        inner = np.array([right - ratio * (right - left), left + ratio * (right - left)])
        at = np.abs(evaluate(node, inner, {}))
        left, right = (left, float(inner[1])) if at[0] <= at[1] else (float(inner[0]), right)
    middle = left + (right - left) / 2
    return 0.0 if left <= 0 <= right else middle


# --- what breaks -------------------------------------------------------------------------------


def _judge(
    tree: Callable[[int], Node], parameters: Mapping[str, float], x: float
) -> Breakpoint | None:
    """The lowest order at which the two sides differ, if any."""
    value = float(evaluate(tree(0), np.array(x), parameters))
    for order in range(MAXIMUM_ORDER + 1):
        left = one_sided(tree(order), x, "left", parameters)
        right = one_sided(tree(order), x, "right", parameters)
        noise = 1e-12 * _scale(tree(order), x, parameters)
        if not _same(left, right, noise) or (order == 0 and not _same(left, value, noise)):
            return Breakpoint(x, order, order == 0 and (math.isinf(left) or math.isinf(right)))
    return None


def _same(a: float, b: float, noise: float) -> bool:
    if not (math.isfinite(a) and math.isfinite(b)):
        return False
    return abs(a - b) <= noise + 1e-12 * (abs(a) + abs(b))


def _scale(node: Node, x: float, parameters: Mapping[str, float]) -> float:
    """The largest of the numbers that the values beside x are made of; they bring its rounding."""
    sizes = [0.0]
    for side in (-1, 1):
        values = trace(
            branch(node, _beside(node, x, side, parameters), parameters), x, parameters
        ).values()
        sizes += [abs(value) for value in values if math.isfinite(value)]
    return max(sizes)


def one_sided(node: Node, x: float, side: str, parameters: Mapping[str, float]) -> float:
    """The limit of a formula at x from the 'left' or the 'right'; +-inf at a pole, NaN if none.

    >>> from actviz.formula.parsing import parse
    >>> one_sided(parse("where(x > 0, 1, 0)"), 0.0, "right", {})
    1.0
    """
    direction = -1 if side == "left" else 1
    beside = _beside(node, x, direction, parameters)
    near = x + direction * max(1.0, abs(x)) * 2.0**-20
    if math.isnan(float(evaluate(node, np.array(beside), parameters))):
        return math.nan
    taken = branch(node, beside, parameters)
    if all(math.isfinite(value) for value in trace(taken, x, parameters).values()):
        value = float(evaluate(taken, np.array(x), parameters))
        if abs(value) < 1e9 * (1 + abs(float(evaluate(taken, np.array(near), parameters)))):
            return value  # else a pole beside this float, such as that of tan
    return _approached(node, x, direction, parameters)


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
    decided = (p for p in points if not _ties(node, trace(node, p, parameters)))
    return next(decided, points[0])


def _ties(node: Node, values: Mapping[Node, float]) -> bool:
    """Whether a selection of the formula stands on its switch."""
    for part in walk(node):
        match part:
            case Apply("abs" | "sign", (u,)):
                sides = (values[u], 0.0)
            case Apply("min" | "max" | "<" | "<=" | ">" | ">=", (u, v)):
                sides = (values[u], values[v])
            case _:
                continue
        if sides[0] == sides[1]:
            return True
    return False


def branch(node: Node, x: float, parameters: Mapping[str, float]) -> Node:
    """The formula with every selection replaced by what it selects at x; smooth around there."""
    values = trace(node, x, parameters)
    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply("where", (Apply(_, _) as condition, a, b)):
                done[part] = done[a] if values[condition] else done[b]
            case Apply("min", (u, v)):
                done[part] = done[u] if values[u] < values[v] else done[v]
            case Apply("max", (u, v)):
                done[part] = done[u] if values[u] > values[v] else done[v]
            case Apply("clip", (u, v, w)):
                larger = u if values[u] > values[v] else v
                done[part] = done[larger] if values[larger] < values[w] else done[w]
            case Apply("abs", (u,)) if values[u] != 0:
                done[part] = done[u] if values[u] > 0 else Apply("neg", (done[u],))
            case Apply("sign", (u,)):
                done[part] = Number(float(np.sign(values[u])))
            case Apply(head, arguments):
                done[part] = Apply(head, tuple(done[a] for a in arguments))
            case _:
                done[part] = part
    return done[node]


def _approached(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """The limit read off points that come ever nearer: where terms blow up at x itself."""
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
