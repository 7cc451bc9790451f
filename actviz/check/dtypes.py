"""The floating-point formats in which somebody's code is judged, a row each.

numpy is imported when there are numbers to round: a help page reads the names only.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from actviz.formula.arrays import Array


@dataclass(frozen=True)
class Format:
    """A floating-point format: bits of precision, range, and what may be rounded to 0."""

    name: str
    bits: int
    least_exponent: int
    largest: float
    floor: float

    @property
    def eps(self) -> float:
        """The distance from 1 to the next number."""
        return 2.0 ** (1 - self.bits)

    def ulp(self, y: Array) -> Array:
        """The distance between neighbouring numbers at y."""
        import numpy as np

        exponent = np.where(y == 0, self.least_exponent, np.frexp(y)[1] - 1)
        exponent = np.maximum(exponent, self.least_exponent)
        return np.asarray(np.ldexp(1.0, exponent - (self.bits - 1)))

    def rounded(self, x: Array) -> Array:
        """The numbers of the format nearest to x, of two the even one."""
        import numpy as np

        with np.errstate(all="ignore"):
            if self.name != "bfloat16":
                return x.astype(self.name).astype(np.float64)
            last = self.ulp(np.where(np.isfinite(x), x, 0.0))
            near = np.where(np.isfinite(x), np.rint(x / last) * last, x)
            return np.where(np.abs(near) > self.largest, np.copysign(np.inf, near), near)


# The floor is the smallest normal number, as many processors flush smaller ones to 0; for float16
# that would be far too much.
DTYPES = {
    "float64": Format("float64", 53, -1022, sys.float_info.max, 2.0**-1022),
    "float32": Format("float32", 24, -126, (2 - 2.0**-23) * 2.0**127, 2.0**-126),
    "float16": Format("float16", 11, -14, 65504.0, 2.0**-22),
    "bfloat16": Format("bfloat16", 8, -126, (2 - 2.0**-7) * 2.0**127, 2.0**-126),
}


def known_dtype(name: str) -> Format:
    """The format of that name; UsageError if there is none."""
    if name not in DTYPES:
        raise UsageError(
            f"There is no dtype {name!r} ({', '.join(DTYPES)}).{suggest(name, DTYPES)}"
        )
    return DTYPES[name]
