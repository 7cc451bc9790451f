"""The types of arrays: one name for each kind of number. How many are taken at once; if finite."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # or a float64 scalar, which numpy treats alike
Truths = NDArray[np.bool_]
Indices = NDArray[np.intp]
Integers = NDArray[np.int64]
Naturals = NDArray[np.uint64]
Characters = NDArray[np.uint8]

BLOCK = 8192  # points: the buffers of a formula stay in the second-level cache
NORMAL = 2.0**-1022  # the smallest number that has all its digits
NOTHING = -1076  # the exponent of two below which float64 has 0


def all_finite(values: Array) -> bool:
    """Told by the sum of squares, at half the cost of looking at each, unless that overflows.

    In parts that no library spreads over threads. numpy may report the overflow.
    """
    flat = values.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        if not (math.isfinite(part.dot(part)) or np.isfinite(part).all()):
            return False
    return True
