"""Whether the branches of a formula meet where it switches, by algebra.

Bounds tell that two branches are the same there but for rounding; that they are the same follows
from the formula: 1 - a + a*x is 1 at 1, whatever a.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from actviz.formula.breakpoints import branch
from actviz.formula.breaks import spelled, stepping, switching
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cells import LARGEST
from actviz.formula.expression import COMPARISONS, Apply, Name, Node, Number, X, rebuild, walk
from actviz.formula.identity import identical


def joined(node: Node, parameters: Mapping[str, float], lower: float, upper: float) -> bool:
    """Whether both sides of a switch, and the value at it, are one number.

    The place is a float, or lies between two that are neighbours.

    >>> from actviz.formula.parsing import parse
    >>> line = parse("where(x > 1, a*x + 1 - a, x)")
    >>> joined(line, {"a": 0.1}, 1.0, 1.0), joined(line, {"a": 0.1}, 2.0, 2.0)
    (True, False)
    """
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters.items()}
    tree = spelled(rebuild(node, values))
    sides = math.nextafter(lower, -math.inf), math.nextafter(upper, math.inf)
    if any(True for _ in stepping(tree)) or max(-sides[0], sides[1]) >= LARGEST:
        return False
    at = next(_switches(tree, lower, upper), None)
    if at is None:
        return False
    branches = [branch(tree, x, {}) for x in sides]
    if lower == upper:
        branches.append(branch(tree, lower, {}))
    if not all(_is_smooth(each, *sides) for each in branches):
        return False
    first, *others = (rebuild(each, {X: at}) for each in branches)
    return all(identical(first, other, {}) for other in others)


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
    at = np.zeros(1)
    (low,), (high,) = run(compiled([constant], {}), at, at)[0].ends.reshape(2, -1)
    return bool(lower <= high and low <= upper)


def _is_smooth(node: Node, lower: float, upper: float) -> bool:
    """Whether a branch is continuous around the place."""
    cell = np.array([lower]), np.array([upper])
    return bool(run(compiled([node], {}), *cell)[0].continuous.all())
