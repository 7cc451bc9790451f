"""The types of arrays: one name for each kind of number, and no code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # or a float64 scalar, which numpy treats alike
Truths = NDArray[np.bool_]
Indices = NDArray[np.intp]
Integers = NDArray[np.int64]
Naturals = NDArray[np.uint64]
Characters = NDArray[np.uint8]
