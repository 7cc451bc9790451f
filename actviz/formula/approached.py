"""The limit of a formula at a place from one side, where a step of it has no value there.

It is that at inf of the formula with x + 1/t for x, which leading terms prove. Where they tell
nothing, it is what values agree on that are so near that no float64 differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from actviz.formula.allowance import spent
from actviz.formula.evaluate import CONSTANTS
from actviz.formula.expression import Node, X
from actviz.formula.program import program

# Distances in step with nothing, so many that no oscillation agrees by chance.
NEAR = np.exp2(-200 - 200 * np.arange(24.0) / 23) * (1 + np.arange(24.0) * 0.6180339887498949 % 1)
SAME = 2.0**-50  # the rounding of two values that are one
FASTER = 8.0  # times from third to third of these: what changes by as much goes to 0 or inf
WORK = 200_000  # steps of balls that they may take


def approached(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """The limit from the right for direction 1, from the left for -1; NaN if none is known.

    None is looked for when the allowance of digits is used up.

    >>> from actviz.formula.parsing import parse
    >>> approached(parse("(x**2 - 3*x)/x"), 0.0, 1, {})
    -3.0
    >>> approached(parse("sin(1/x)"), 0.0, 1, {})
    nan
    """
    from actviz.formula.enclosure.limits import Kind, limit_beside

    if spent():
        return math.nan
    found = limit_beside(node, parameters, x, direction)
    if found.kind is Kind.VALUE:
        return found.lower if found.lower == found.upper else (found.lower + found.upper) / 2
    return math.nan if found.kind is Kind.NONE else _agreed(node, x, direction, parameters)


def _agreed(node: Node, x: float, direction: int, parameters: Mapping[str, float]) -> float:
    """What values very near agree on, computed with as many digits as that takes."""
    from actviz.formula import precise
    from actviz.formula.enclosure.limits import beside

    tree = beside(node, x, direction, X)
    with np.errstate(all="ignore"):
        y = precise.evaluate(program(tree).parts, NEAR, {**CONSTANTS, **parameters}, WORK)
        if ((y == y[0]) | (np.abs(y - y[-1]) <= SAME * np.abs(y[-1]))).all():
            return float(y[-1])
        size = np.abs(y).reshape(3, -1)
        most, least = size.max(axis=1), size.min(axis=1)
        if (FASTER * most[1:] <= most[:-1]).all():
            return 0.0
        grows = (least[1:] >= FASTER * least[:-1]).all() and (np.sign(y) == np.sign(y[0])).all()
        return math.copysign(math.inf, y[-1]) if grows else math.nan
