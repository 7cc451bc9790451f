"""The true value and derivatives of an activation, to 50 digits, each worked out once."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

from actviz.catalogue.activation import Activation
from actviz.check.exact.values import Known, Side, known
from actviz.formula.allowance import Allowance, allowed, current
from actviz.formula.expression import Node

EQUAL = 1e-13  # formulas are equal that differ by less: their constants are rounded


def truth(activation: Activation, x: float, highest: int, side: Side = None) -> list[Any]:
    """The value and the derivatives of the defining formula, exactly."""
    return known_truth(activation, x, highest, side).numbers


def known_truth(activation: Activation, x: float, highest: int, side: Side = None) -> Known:
    """The same, and whether what is NaN is surely undefined.

    It takes as much of the allowance each time as it took first, so that an answer does not depend
    on what was asked before.
    """
    parameters = tuple(activation.parameters.items())
    found, steps = _truth(activation.tree(0), parameters, x, highest, side)
    current().left -= steps
    return found


@lru_cache(maxsize=16384)
def _truth(
    node: Node, parameters: tuple[tuple[str, float], ...], x: float, highest: int, side: Side
) -> tuple[Known, int]:
    counted = Allowance(sys.maxsize)
    with allowed(counted):
        found = known(node, x, dict(parameters), tuple(range(highest + 1)), side)
    return found, sys.maxsize - counted.left
