"""Which range of y to show: all of a bounded curve, the telling part of one that runs away."""

from __future__ import annotations

import numpy as np

from actviz.formula.arrays import Array
from actviz.sampling import Scan

Limits = tuple[float, float]

RUNAWAY = 10.0  # times its value half-way: an end that grows more than this is cut off
POLE_REACH = (3.0, 12.0)  # times the median height of a curve with a pole, least and most
NEAR_ZERO = 0.5  # zero is shown if that adds at most this share of what is shown
LARGEST_DRAWN = 1e300  # what is drawn of values that come near the largest float
NARROWEST_SPAN = 1e-290  # a range of values smaller than this is none
FLAT = 1e-9  # a range of values this small beside the values themselves is called constant


def choose(scans: list[Scan]) -> Limits:
    """The least and greatest y worth showing for all of these curves together, without padding."""
    spans = [span for scan in scans if (span := _telling_span(scan)) is not None]
    if not spans:
        return -1.0, 1.0
    lowest, highest = min(lo for lo, _ in spans), max(hi for _, hi in spans)
    return _with_zero(max(lowest, -LARGEST_DRAWN), min(highest, LARGEST_DRAWN))


def _with_zero(lo: float, hi: float) -> Limits:
    """Include zero if it is near; make something of a constant."""
    if hi - lo <= FLAT * max(abs(lo), abs(hi)):
        lo, hi = min(lo, 0.0), max(hi, 0.0)
    if hi - lo < NARROWEST_SPAN:
        return -1.0, 1.0
    if 0 < lo <= NEAR_ZERO * hi:
        return 0.0, hi
    if NEAR_ZERO * lo <= hi < 0:
        return lo, 0.0
    return lo, hi


def _telling_span(scan: Scan) -> Limits | None:
    """What to show of one curve."""
    finite = np.isfinite(scan.y)
    y = scan.y[finite]
    if not y.size:
        return None
    lo, hi = float(y.min()), float(y.max())
    if not (scan.poles or _runs_away(scan) or np.isinf(scan.y).any()):
        return lo, hi
    reach = _reach(scan, y)
    return max(lo, -reach), min(hi, reach)


def _runs_away(scan: Scan) -> bool:
    """Whether an end is where |y| is greatest and dwarfs the value half-way to it."""
    x, y = scan.x, np.abs(scan.y)
    peak = float(y.max())
    middle = scan.lo / 2 + scan.hi / 2
    for end, at in ((0, scan.lo), (-1, scan.hi)):
        halfway = float(np.interp(middle / 2 + at / 2, x, y))
        if y[end] == peak and peak > RUNAWAY * max(halfway, float(np.median(y))):
            return True
    return False


def _reach(scan: Scan, y: Array) -> float:
    """How far from zero to show: as far as x goes, or what suits the bulk of the values."""
    natural = max(abs(scan.lo), abs(scan.hi))
    typical = float(np.median(np.abs(y)))
    if scan.poles:
        least, most = POLE_REACH
        return float(np.clip(natural, least * typical, most * typical))
    halfway = float(np.quantile(np.abs(y), 0.75))
    return natural if typical < natural else halfway
