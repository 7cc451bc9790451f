"""One of two arrays, elementwise and without a branch.

np.where jumps at every element: where the condition goes this way and that, the processor guesses
wrong and waits, 5 ns an element against 2 for a choice made of bit operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from actviz.formula.arrays import Array


def where(condition: Any, u: Array | float, v: Array | float) -> Array:
    """u where the condition holds, else v: the very bits, whatever the other one is."""
    bits = np.asarray(v).view(np.int64)
    change: Any = np.asarray(u).view(np.int64) ^ bits
    change = np.multiply(change, condition)  # 1 keeps the change, 0 drops it
    change ^= bits
    chosen: Array = change.view(np.float64)
    return chosen


def by_sign(u: Array, negative: Array | float, positive: Array | float) -> Array:
    """negative where u has the sign of minus, -0 included, else positive."""
    bits = np.asarray(positive).view(np.int64)
    change: Any = np.asarray(negative).view(np.int64) ^ bits
    change = change & (u.view(np.int64) >> 63)  # the sign in all bits
    change ^= bits
    chosen: Array = change.view(np.float64)
    return chosen
