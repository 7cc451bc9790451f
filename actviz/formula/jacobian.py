"""The Jacobian of a function of a vector: its formula, differentiated by every component.

By its own component a formula is differentiated as ever. By another one only its reductions change:
the derivative of sum(u) by x_j is u' at x_j, picked out of the vector.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from actviz.formula.arrays import Array
from actviz.formula.derivative import chain_rule, own, vector_rule
from actviz.formula.evaluate import evaluate
from actviz.formula.expression import ZERO, Apply, Node, Number, X, walk
from actviz.formula.primitives import OF_VECTOR


def jacobian(node: Node, diagonal: Node, x: Array, parameters: Mapping[str, float]) -> Array:
    """The matrix of dy_i/dx_j for a vector x of n numbers; shape (n, n).

    diagonal is the formula of the derivative of each component by itself, the diagonal.
    """
    n = x.shape[-1]
    columns = [evaluate(_across(node, j), x, parameters) for j in range(n)]
    matrix = np.stack(columns, axis=-1)
    np.fill_diagonal(matrix, evaluate(diagonal, x, parameters))
    return matrix


def _across(node: Node, j: int) -> Node:
    """The derivative of component i by component j, another one."""

    def gain(head: str, u: Node, slope: Node) -> Node:
        """What component j of u adds to a reduction is the same for every other component."""
        added = own(head, u, slope)
        return Apply("pick", (added, Number(float(j)))) if X in walk(added) else added

    done: dict[Node, Node] = {}
    for part in walk(node):
        match part:
            case Apply(head, _) if head in OF_VECTOR:
                done[part] = vector_rule(part, done, gain)
            case Apply():
                done[part] = chain_rule(part, done)
            case _:
                done[part] = ZERO
    return done[node]
