"""The true value and derivatives of an activation, to 50 digits, each worked out once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from actviz.catalogue.activation import Activation
from actviz.check.exact.values import Side, exact_derivatives
from actviz.formula.expression import Node

EQUAL = 1e-13  # formulas are equal that differ by less: their constants are rounded


def truth(activation: Activation, x: float, highest: int, side: Side = None) -> list[Any]:
    """The value and the derivatives of the defining formula, exactly."""
    return _truth(activation.tree(0), tuple(activation.parameters.items()), x, highest, side)


@lru_cache(maxsize=16384)
def _truth(
    node: Node, parameters: tuple[tuple[str, float], ...], x: float, highest: int, side: Side
) -> list[Any]:
    return exact_derivatives(node, x, dict(parameters), highest, side)
