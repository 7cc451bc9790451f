"""The floating-point formats in which somebody's code is judged, a row each.

numpy is imported when there are numbers to round: a help page reads the names only.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from actviz.errors import UsageError, suggest

if TYPE_CHECKING:
    from actviz.formula.arrays import Array


@dataclass(frozen=True)
class Format:
    """A floating-point format: bits of precision, range, and what is asked of numbers in it.

    allowed: how many eps correct code may be off, of |y| + |x y'|; see the table.
    tiny: an error that is smaller matters to nobody.
    """

    name: str
    bits: int
    least_exponent: int
    largest: float
    allowed: int
    tiny: float

    @property
    def normal(self) -> float:
        """The smallest number with all its digits; many processors take smaller ones for 0."""
        return 2.0**self.least_exponent

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

    def bits_of(self, x: float) -> int:
        """The bits of a number of the format that is not negative; they grow as it does."""
        import numpy as np

        width = WIDTHS[self.name]
        held = np.array([x]).astype(width.holds).view(f"u{np.dtype(width.holds).itemsize}")
        return int(held[0]) >> width.dropped

    def numbers(self, first: int, count: int) -> Array:
        """The numbers of so many patterns of bits, one after another, in float64."""
        import numpy as np

        width = WIDTHS[self.name]
        unsigned = np.dtype(f"u{np.dtype(width.holds).itemsize}")
        bits = np.arange(first, first + count, dtype=unsigned) << unsigned.type(width.dropped)
        with np.errstate(invalid="ignore"):  # of signalling NaN
            return np.asarray(bits.view(width.holds), dtype=np.float64)

    @property
    def negative(self) -> int:
        """The bit of the sign."""
        return 1 << WIDTHS[self.name].bits - 1

    def rounded(self, x: Array) -> Array:
        """The numbers of the format nearest to x, of two the even one."""
        import numpy as np

        with np.errstate(all="ignore"):
            if self.name != "bfloat16":
                return x.astype(self.name).astype(np.float64)
            last = self.ulp(np.where(np.isfinite(x), x, 0.0))
            near = np.where(np.isfinite(x), np.rint(x / last) * last, x)
            return np.where(np.abs(near) > self.largest, np.copysign(np.inf, near), near)


class Width(NamedTuple):
    """How many bits a number has, the type of numpy that holds them, and how many more that has."""

    bits: int
    holds: str
    dropped: int


WIDTHS = {
    "float64":  Width(64, "float64", 0),
    "float32":  Width(32, "float32", 0),
    "float16":  Width(16, "float16", 0),
    "bfloat16": Width(16, "float32", 16),
}  # fmt: skip


# Allowed: code that computes in a wider format and rounds once is off by half an ulp, and by two if
# it rounds after each of a few steps; 4 eps pass what is 2 ulp from the rounded number, wherever
# between two powers of two that is. Libraries promise no more than 4 ulp for each function of a
# float32 or float64 (numpy, CUDA), of which a formula has two. Twice as much lets functions of the
# catalogue pass for others in bfloat16; tests/test_check_tolerance.py holds both ends.
# fmt: off
DTYPES = {row.name: row for row in (
    #       name        bits  exponent  largest                       allowed  tiny
    Format("float64",   53,   -1022,    sys.float_info.max,           8,       1e-300),
    Format("float32",   24,   -126,     (2 - 2.0**-23) * 2.0**127,    8,       1e-35),
    Format("float16",   11,   -14,      65504.0,                      4,       2.0**-14),
    Format("bfloat16",  8,    -126,     (2 - 2.0**-7) * 2.0**127,     4,       1e-35),
)}
# fmt: on


def known_dtype(name: str) -> Format:
    """The format of that name; UsageError if there is none."""
    if name not in DTYPES:
        raise UsageError(
            f"There is no dtype {name!r} ({', '.join(DTYPES)}).{suggest(name, DTYPES)}"
        )
    return DTYPES[name]
