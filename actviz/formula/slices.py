"""A component of a function of a vector as a function of one number, all others being given.

The reductions are written out over x and the given numbers, so that what comes out is an ordinary
formula: with values, derivatives of any order and exact kinks like any other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

from actviz.formula.algebra import simplify
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import Apply, Node, Number, X, rebuild, walk
from actviz.formula.primitives import OF_VECTOR


def sliced(
    node: Node, given: Sequence[float], component: int, parameters: Mapping[str, float]
) -> Node:
    """The formula of a component of the vector (x, *given) under a function of the vector."""
    vector: list[Node] = [X, *(Number(float(value)) for value in given)]
    return simplify(_at(node, component, vector, parameters))


def _at(node: Node, i: int, vector: Sequence[Node], parameters: Mapping[str, float]) -> Node:
    here: dict[Node, Node] = {X: vector[i]}
    for part in walk(node):
        match part:
            case Apply(head, (u,)) if head in OF_VECTOR:
                terms = [_at(u, j, vector, parameters) for j in range(len(vector))]
                here[part] = _reduced(head, terms, i, parameters)
    return rebuild(node, here)


def _reduced(head: str, terms: list[Node], i: int, parameters: Mapping[str, float]) -> Node:
    match head:
        case "sum":
            return _total(terms)
        case "others":
            return _total([*terms[:i], *terms[i + 1 :]])
    varying, *constants = terms
    at = np.array(0.0)
    given = [float(evaluate(simplify(term), at, parameters)) for term in constants]
    threshold = _threshold(int(head[-1]), varying, sorted(given, reverse=True))
    return threshold if head.startswith("tau") else Apply("-", (terms[i], threshold))


def _total(terms: Sequence[Node]) -> Node:
    return reduce(lambda a, b: Apply("+", (a, b)), terms) if terms else Number(0.0)


def _threshold(power: int, u: Node, given: list[float]) -> Node:
    """tau1 or tau2 of u and the given numbers, largest first, as branches over u.

    The higher u is, the fewer of the others are above the threshold: the j-th leaves it where
    u = bound(j). Below all bounds u is not above it itself.
    """
    count = sum(c > _solved(power, given[: j + 1]) for j, c in enumerate(given))
    if not count:
        return _alone(u)
    lowest = _solved(power, given[:count])
    joint = _joint(power, u, given[:count])
    node: Node = Apply("where", (Apply(">", (u, Number(lowest))), joint, Number(lowest)))
    for j in range(count - 1, -1, -1):
        left = Apply(">=", (u, Number(_leaves(power, given[: j + 1]))))
        node = Apply("where", (left, _joint(power, u, given[:j]), node))
    return node


def _solved(power: int, above: Sequence[float]) -> float:
    """The threshold if just these numbers are above it."""
    mean, spread = _spread(above)
    if power == 1:
        return mean - 1 / len(above)
    return mean - math.sqrt((1 - spread) / len(above)) if spread <= 1 else math.inf


def _leaves(power: int, given: Sequence[float]) -> float:
    """The u at which the last of the given numbers is the threshold, the others being above."""
    *above, last = given
    if power == 1:
        return last + 1 - math.fsum(c - last for c in above)
    return last + math.sqrt(max(0.0, 1 - math.fsum((c - last) ** 2 for c in above)))


def _joint(power: int, u: Node, above: Sequence[float]) -> Node:
    """The threshold of u and numbers that are all above it."""
    if not above:
        return _alone(u)
    n = len(above) + 1
    mean, spread = _spread(above)
    if power == 1:
        rest = Number(math.fsum(above) - 1)
        return Apply("/", (Apply("+", (u, rest)), Number(float(n))))
    joint = Apply("/", (Apply("+", (u, Number(math.fsum(above)))), Number(float(n))))
    apart = Apply("**", (Apply("-", (u, Number(mean))), Number(2.0)))
    inside = Apply("-", (Number(1 - spread), Apply("*", (Number(len(above) / n), apart))))
    return Apply("-", (joint, Apply("sqrt", (Apply("/", (inside, Number(float(n)))),))))


def _alone(u: Node) -> Node:
    return Apply("-", (u, Number(1.0)))


def _spread(numbers: Sequence[float]) -> tuple[float, float]:
    """The mean, and the sum of the squared distances from it."""
    mean = math.fsum(numbers) / len(numbers)
    return mean, math.fsum((c - mean) ** 2 for c in numbers)
