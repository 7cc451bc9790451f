"""The hard points of float64, and the error bound that every value is held to."""

from __future__ import annotations

import math
from collections.abc import Iterable

SIZES = (
    5e-324, 1e-310, 2.3e-308, 1e-300, 1e-200, 1e-100, 1e-30, 1e-16, 1e-12, 1e-8, 1e-5, 1e-4,
    1e-3, 0.01, 0.1, 0.25, 0.5, 0.7, 0.999, 1.0, 1.001, 1.2, 1.5, 2.0, 2.4, 3.0, 4.5, 6.0, 8.4,
    10.0, 15.0, 20.0, 26.5, 37.43, 38.5, 40.0, 88.0, 100.0, 350.0, 373.0, 700.0, 709.0, 710.0,
    745.0, 746.0, 1e3, 1e5, 1e8, 1e10, 1e16, 1e50, 1e100, 1e150, 1e200, 1.7e308,
)  # fmt: skip
# The functions of the catalogue that have a pole or are undefined somewhere: no height is proven.
PARTLY = ("netinv", "softsign_rrelu", "saha_bora", "logit")
VERTICAL = ("sqrt_signed", "ssaf", "spder", "m_arcsinh")  # their slope at 0, or the slope of it
EVERYWHERE = (0.0, -0.0, *SIZES, *(-size for size in SIZES))
EPS = 2.0**-52
SMALLEST_NORMAL = 2.0**-1022
LARGEST = 1.7976931348623157e308


def neighbours(x: float) -> tuple[float, float, float]:
    """The point and the floats next to it."""
    return math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)


def excess(got: float, y: float, slope: float, x: float) -> float:
    """The error as a multiple of eps (|y| + |x y'|); at most 16 is asked for.

    y and slope are the true value and its derivative, as floats or mpmath numbers. A result below
    the normal numbers may be anything no larger than them; one beyond the largest must be inf.
    """
    if abs(y) > LARGEST:
        return 0.0 if math.isinf(got) and (got > 0) == (y > 0) else math.inf
    if math.isnan(got) or math.isinf(got):
        return math.inf
    error, bound = abs(got - y), EPS * (abs(y) + (abs(x * slope) if slope == slope else 0))
    if abs(y) < SMALLEST_NORMAL:
        error = max(0, error - SMALLEST_NORMAL)
    return float(error / bound) if error else 0.0


def worst(rows: Iterable[tuple[float, float, object, float]], limit: float = 16.0) -> str:
    """The points beyond the limit, worst first, as a failure message; '' if there is none."""
    bad = sorted((row for row in rows if not row[3] <= limit), key=lambda row: -row[3])
    return "\n".join(f"{x!r} => {got!r} != {y} ({size:.3g} units)" for x, got, y, size in bad[:8])
