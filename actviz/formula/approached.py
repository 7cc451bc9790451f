"""The limit of a formula at a place from one side, where a step of it has no value there.

It is that at inf of the formula with x + 1/t for x, which leading terms prove. Where they tell
nothing, it is what values agree on that are so near that no float64 differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from actviz.formula.evaluate import CONSTANTS
from actviz.formula.expression import Apply, Node, Number, X, rebuild
from actviz.formula.program import program

NEAR = 2.0 ** -np.array([200.0, 400.0])
SAME = 2.0**-50  # the rounding of two values that are one
FASTER = 2.0**-100  # what changes by as much goes to 0 or inf


def approached(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """The limit from the right for direction 1, from the left for -1; NaN if none is known.

    >>> from actviz.formula.parsing import parse
    >>> approached(parse("(x**2 - 3*x)/x"), 0.0, 1, {})
    -3.0
    >>> approached(parse("sin(1/x)"), 0.0, 1, {})
    nan
    """
    from actviz.formula.enclosure.limits import Kind, limit

    found = limit(_beside(node, x, direction, Apply("/", (Number(1.0), X))), parameters, 1)
    if found.kind is Kind.VALUE:
        return found.lower if found.lower == found.upper else (found.lower + found.upper) / 2
    return math.nan if found.kind is Kind.NONE else _agreed(node, x, direction, parameters)


def _beside(node: Node, x: float, direction: int, distance: Node) -> Node:
    """The formula with x + distance for x, or x - distance."""
    if x == 0:
        place = distance if direction > 0 else Apply("neg", (distance,))
    else:
        place = Apply("+" if direction > 0 else "-", (Number(x), distance))
    return rebuild(node, {X: place})


def _agreed(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """What values very near agree on, computed with as many digits as that takes."""
    from actviz.formula import precise

    tree = _beside(node, x, direction, X)
    with np.errstate(all="ignore"):
        first, second = precise.evaluate(program(tree).parts, NEAR, {**CONSTANTS, **parameters})
        if first == second or abs(second - first) <= SAME * abs(second):
            return float(second)
        if abs(second) <= FASTER * abs(first):
            return 0.0
        return math.copysign(math.inf, second) if abs(first) <= FASTER * abs(second) else math.nan
