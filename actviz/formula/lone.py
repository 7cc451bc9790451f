"""A branch that a formula takes at one number alone, left out where both sides agree on more.

abs(x)*sign(x) is x, but at 0 its rules of derivatives know the branch of 0 only, whose slope is 0.
So it is with softshrink without a threshold: where(x > 0, x, where(x < 0, x, 0)).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

import numpy as np

from actviz.formula.algebra import simplify
from actviz.formula.breaks import difference, spelled
from actviz.formula.derivative import differentiate
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import (
    COMPARISONS,
    ZERO,
    Apply,
    Name,
    Node,
    Number,
    X,
    rebuild,
    walk,
)
from actviz.formula.terms import linear

BELOW, THERE, ABOVE = -1, 0, 1


@lru_cache(maxsize=512)
def without_lone(node: Node, parameters: tuple[tuple[str, float], ...]) -> Node:
    """An equal formula without the branches at one number that give a derivative wrongly there.

    The formula itself where it gives what both sides agree on, or these do not agree.

    >>> from actviz.formula.expression import to_text
    >>> from actviz.formula.parsing import parse
    >>> to_text(without_lone(parse("abs(x)*sign(x)"), ()))
    'x'
    >>> [to_text(without_lone(parse(text), ())) for text in ("where(x > 0, x, 0)", "abs(x)")]
    ['where(x > 0, x, 0)', 'abs(x)']
    """
    compared = [p for p in walk(spelled(node)) if isinstance(p, Apply) and p.head in COMPARISONS]
    if len(compared) < 2:
        return node
    values: dict[Node, Node] = {Name(name): Number(value) for name, value in parameters}
    given = whole = rebuild(node, values)
    for place in sorted({root for _, _, root in _conditions(spelled(given))}):
        whole = _merged(whole, place, 2) or _merged(whole, place, 1) or whole
    return node if whole is given else whole


def _merged(whole: Node, place: Fraction, order: int) -> Node | None:
    """The formula of both sides of a place, if it has another derivative there up to an order."""
    below, there, above = (_beside(spelled(whole), place, side) for side in (BELOW, THERE, ABOVE))
    if there is below or there is above:
        return None
    x = float(place)
    trees: tuple[Node, ...] = below, whole, above
    wrong = False
    for each in range(order + 1):
        left, here, right = (float(evaluate(tree, np.array(x), {})) for tree in trees)
        if left != right or (each == 0 and here != left):
            return None
        wrong |= here != left
        trees = tuple(differentiate(tree) for tree in trees)
    if not wrong or below is above:
        return below if wrong else None
    return Apply("where", (Apply("<", (X, Number(x))), below, above))


def _conditions(whole: Node) -> Iterator[tuple[Apply, Fraction, Fraction]]:
    """The comparisons that are linear in x: with slope and root of what they compare with 0."""
    for part in walk(whole):
        match part:
            case Apply(head, (u, v)) if head in COMPARISONS and (line := linear(difference(u, v))):
                yield part, line[0], -line[1] / line[0]


def _beside(whole: Node, place: Fraction, side: int) -> Node:
    """The formula with what switches at a place decided as it is on a side of it, or there."""
    while True:
        decided: dict[Node, Node] = {
            condition: Apply(condition.head, (Number(float(side if slope > 0 else -side)), ZERO))
            for condition, slope, root in _conditions(whole)
            if root == place
        }
        if not decided:
            return simplify(whole)
        whole = simplify(rebuild(whole, decided))
