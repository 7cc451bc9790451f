"""Quotients beside a place where both parts are 0: bounded by that of the slopes (Cauchy 1823).

If n and d are 0 at one end of a cell, n/d is on all of it some value of n'/d', if d' has no zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from actviz.errors import UsageError
from actviz.formula.algebra import build, quotient, simplify
from actviz.formula.arrays import Array, Truths
from actviz.formula.derivative import differentiate
from actviz.formula.enclosure.bounds import compiled, run
from actviz.formula.enclosure.cells import Part
from actviz.formula.expression import Node

DEEPEST = 4  # as often slopes are taken of a quotient of slopes


@lru_cache(maxsize=256)
def parts(node: Node) -> tuple[Node, Node, Node, Node] | None:
    """Numerator and denominator of a quotient, the slope of the latter, and that of slopes."""
    try:
        found = quotient(simplify(node))
        if found is None:
            return None
        top, bottom = found
        slope = differentiate(bottom)
        return top, bottom, slope, build("/", (differentiate(top), slope))
    except UsageError:  # too large to be of use
        return None


def beside_hole(
    node: Node, parameters: Mapping[str, float], lower: Array, upper: Array, depth: int = 0
) -> Array:
    """Bounds on cells of which an end may be a hole, of shape (2, n); infinite where it is none."""
    whole = np.stack([np.full(lower.shape, -np.inf), np.full(lower.shape, np.inf)])
    found = parts(node)
    if found is None or depth == DEEPEST or not lower.size:
        return whole
    *asked, slopes = found
    n = lower.size
    cells = np.concatenate([lower, lower, upper]), np.concatenate([upper, lower, upper])
    top, bottom, slope = run(compiled(asked, parameters), *cells, shared=n)
    zero = _zero(top.ends) & _zero(bottom.ends)
    hole = zero[n : 2 * n] | zero[2 * n :]
    smooth = top.continuous[:n] & bottom.continuous[:n] & slope.defined[:n] & _signed(slope, n)
    use = np.flatnonzero(hole & smooth)
    (steep,) = run(compiled([slopes], parameters), lower[use], upper[use])
    ends = np.where(steep.defined, steep.ends, whole[:, use])
    again = np.isinf(ends).any(axis=0)
    ends[:, again] = beside_hole(
        slopes, parameters, lower[use][again], upper[use][again], depth + 1
    )
    whole[:, use] = ends
    return whole


def _zero(ends: Array) -> Truths:
    return np.asarray((ends == 0).all(axis=0))


def _signed(slope: Part, n: int) -> Truths:
    """Where it is nowhere 0 inside the first n cells."""
    (low, high), (above, below) = slope.ends[:, :n], slope.apart[:, :n]
    signed: Truths = (low > 0) | (high < 0) | ((low == 0) & above) | ((high == 0) & below)
    return signed
