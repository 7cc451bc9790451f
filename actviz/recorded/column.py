"""A column of recorded numbers, and how far they may be from what was written."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from actviz.formula.arrays import Array

FEW = 6  # digits: what C, numpy and many others round to if nobody asks for more


@dataclass(frozen=True)
class Column:
    """Numbers in float64; the format that they were held in, '' for text and whole numbers.

    slack: half a unit of the last digit that was written, 0 for what is not text.
    digits: the most significant digits of any of them; 0 for what is not text.
    """

    values: Array
    slack: Array
    dtype: str = ""
    digits: int = 0

    @classmethod
    def exact(cls, values: Array, dtype: str = "") -> Column:
        """Numbers that are what they are."""
        return cls(values, np.zeros(values.shape), dtype)

    def exact_if_short(self) -> Column:
        """The same without slack if the digits are few: nobody rounds an x to less than FEW."""
        return self if self.digits >= FEW else replace(self, slack=np.zeros(self.values.shape))
