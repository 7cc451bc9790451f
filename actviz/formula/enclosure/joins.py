"""Whether the branches of a formula meet where it switches, by algebra.

Bounds tell that two branches are the same there but for rounding; that they are the same follows
from the formula: 1 - a + a*x is 1 at 1, whatever a.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from actviz.formula.breaks import difference, spelled, stepping, switching
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.identity import identical


def joined(node: Node, parameters: Mapping[str, float], lower: float, upper: float) -> bool:
    """Whether both sides of a switch, and the value at it, are one number.

    The place is a float, or lies between two that are neighbours.

    >>> from actviz.formula.parsing import parse
    >>> lines = parse("where(x > 1, a*x + 1 - a, x)"), parse("where(x > 1, a*x, x)")
    >>> [joined(line, {"a": 0.1}, 1.0, 1.0) for line in lines]
    [True, False]
    """
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    tree = spelled(rebuild(node, values))
    sides = math.nextafter(lower, -math.inf), math.nextafter(upper, math.inf)
    if any(True for _ in stepping(tree)) or max(-sides[0], sides[1]) >= LARGEST:
        return False
    at = next(_switches(tree, lower, upper), None)
    if at is None:
        return False
    asked = (*sides, lower) if lower == upper else sides
    branches = [_branch(tree, x) for x in asked]
    if any(each is None or not _is_smooth(each, *sides) for each in branches):
        return False
    first, *others = (rebuild(each, {X: at}) for each in branches if each is not None)
    return all(identical(first, other, {}) for other in others)


def selects_alike(node: Node, parameters: Mapping[str, float], x: float, side: int) -> bool:
    """Whether at a float the same is selected as beside it on one side (1 or -1)."""
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    tree = spelled(rebuild(node, values))
    if any(True for _ in stepping(tree)):
        return False
    here, beside = (_branch(tree, place) for place in (x, math.nextafter(x, side * math.inf)))
    return here is not None and here == beside


def _branch(tree: Node, x: float) -> Node | None:
    """What is selected at a float; None where that is not sure."""
    done: dict[Node, Node] = {}
    for part in walk(tree):
        match part:
            case Apply("where", (Apply(head, (u, v)), a, b)):
                low, high = _at(difference(done[u], done[v]), x)
                taken = _holds(head, low, high)
                if taken is None:
                    return None
                done[part] = done[a] if taken else done[b]
            case Apply(head, arguments):
                done[part] = Apply(head, tuple(done[each] for each in arguments))
            case _:
                done[part] = part
    return done[tree]


def _holds(comparison: str, low: float, high: float) -> bool | None:
    """Whether a difference between these bounds is as a comparison with 0 says."""
    if low == high == 0:
        return comparison in (">=", "<=")
    if low > 0 or high < 0:
        return (low > 0) == (comparison in (">", ">="))
    return None


def _switches(tree: Node, lower: float, upper: float) -> Iterator[Node]:
    """The number at which a condition switches there, if it is told: what x is compared with."""
    for part in walk(tree):
        match part:
            case Apply(head, (u, v)) if head in COMPARISONS:
                for side, other in ((u, v), (v, u)):
                    if side is X and X not in walk(other) and _within(other, lower, upper):
                        yield other
    if lower == upper and any(True for _ in switching(tree)):
        yield Number(lower)


def _within(constant: Node, lower: float, upper: float) -> bool:
    low, high = _at(constant, 0.0)
    return lower <= high and low <= upper


def _at(node: Node, x: float) -> tuple[float, float]:
    """Bounds of a formula at a float."""
    low, high = run(compiled([node], {}), np.array([x]), np.array([x]))[0].ends
    return float(low[0]), float(high[0])


def _is_smooth(node: Node, lower: float, upper: float) -> bool:
    """Whether a branch is continuous around the place."""
    cell = np.array([lower]), np.array([upper])
    return bool(run(compiled([node], {}), *cell)[0].continuous.all())
