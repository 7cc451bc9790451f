"""Whether two formulas that select are the same function, branch by branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from actviz.formula.breakpoints import branch
from actviz.formula.breaks import difference, spelled, stepping
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import (
    COMPARISONS,
    Apply,
    Formula,
    Name,
    Node,
    Number,
    X,
    rebuild,
    walk,
)
from actviz.formula.identity import identical
from actviz.formula.terms import linear

MOST_BRANCHES = 6  # inside a condition
ROUNDED = 2.0**-50  # of a value at a switch: two that are one but for rounding


def same_branches(one: Formula, other: Formula, lower: float, upper: float) -> bool:
    """Whether two formulas, each with its parameters, are the same in a range, branch by branch.

    False where algebra does not tell, or where they switch.
    """
    sides = [_settled(*each) for each in (one, other)]
    if any(True for side in sides for _ in stepping(side)):
        return False
    lines = [linear(place) for side in sides for place in _conditions(side) if X in walk(place)]
    if None in lines:
        return False
    roots = {float(-constant / slope) for slope, constant in filter(None, lines)}
    corners = sorted(root for root in roots if lower < root < upper)
    y, z = (evaluate(side, np.array([lower, *corners, upper]), {}) for side in sides)
    with np.errstate(all="ignore"):
        if not ((y == z) | (np.abs(y - z) <= ROUNDED * np.abs(y))).all():
            return False
    middles = [a / 2 + b / 2 for a, b in pairwise([lower, *corners, upper])]
    one_side, other_side = sides
    return all(identical(branch(one_side, x, {}), branch(other_side, x, {}), {}) for x in middles)


def _conditions(node: Node) -> Iterator[Node]:
    """The differences whose signs decide what is selected, also of what is selected itself."""
    for part in walk(node):
        match part:
            case Apply(head, (u, v)) if head in COMPARISONS:
                yield from _alternatives(difference(u, v))


def _alternatives(node: Node) -> Iterator[Node]:
    """All that a formula may be, branch by branch."""
    branches = [part for part in walk(node) if isinstance(part, Apply) and part.head == "where"]
    if not branches or len(branches) > MOST_BRANCHES:
        yield node
        return
    for taken in branches[0].arguments[1:]:
        yield from _alternatives(rebuild(node, {branches[0]: taken}))


def _settled(node: Node, parameters: Mapping[str, float]) -> Node:
    """A formula with its parameters as numbers, and all that selects spelled out."""
    return spelled(rebuild(node, {Name(name): Number(v) for name, v in parameters.items()}))
