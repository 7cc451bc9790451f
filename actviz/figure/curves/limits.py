"""Which range of y to show: all of a bounded curve, the telling part of one that runs away."""

from __future__ import annotations

import math

import numpy as np

from actviz.formula.arrays import Array
from actviz.sampling import Scan, look

Limits = tuple[float, float]

RUNAWAY = (12.0, 18.0)  # times its value half-way: an end that grows more is cut off, all the way
LESSER = 0.5  # of the largest value: an end that is smaller is none that runs away
POLE_REACH = (3.0, 12.0)  # times the median height of an unbounded curve, least and most
MOSTLY = 0.93  # of an unbounded curve is on show at least
NEAR_ZERO = 0.5  # zero is shown if that adds at most this share of what is shown
LARGEST_DRAWN = 1e300  # what is drawn of values that come near the largest float
NARROWEST_SPAN = 1e-290  # a range of values smaller than this is none
FLAT = 1e-9  # a range of values this small beside the values themselves is called constant
POWERS, FEWEST = 16, 0.02  # of ten at most; the share of values that may be less than what is shown
SMALL, LEAST = 0.1, 1e-6  # of one curve: the share of values that may be less, and of its peak
FEWEST_POWERS = 100.0  # of several curves: what sizes with powers of their own span at least
MARGIN = 0.1  # of what is to be on show, beyond which values need not be told apart


NONE = np.empty(0)


def choose(scans: list[Scan], points: Array = NONE) -> Limits:
    """The least and greatest y worth showing for all of these curves together, without padding.

    points: finite y that are to be seen beside them.
    """
    spans = [span for scan in scans if (span := _telling_span(scan)) is not None]
    if points.size:
        spans.append((float(points.min()), float(points.max())))
    if not spans:
        return -1.0, 1.0
    lowest, highest = min(lo for lo, _ in spans), max(hi for _, hi in spans)
    return _with_zero(max(lowest, -LARGEST_DRAWN), min(highest, LARGEST_DRAWN))


def choose_powers(scans: list[Scan], points: Array = NONE) -> Limits | None:
    """The least and greatest positive y worth showing on a scale of powers of ten; None if none is.

    Values that go to 0 are shown as far as most of them go, and over so many powers at most.
    """
    y = np.concatenate([_values(scan) for scan in scans])
    up = y[y > 0]
    if not up.size:
        return None
    lo, hi = float(up.min()), min(float(up.max()), LARGEST_DRAWN)
    if up.size < y.size or any(_goes_to_zero(scan) for scan in scans):
        inside = np.concatenate([scan.y[~np.isin(scan.x, scan.switches)] for scan in scans])
        lo = float(np.quantile(inside[inside > 0] if (inside > 0).any() else up, FEWEST))
    lo = max(lo, hi * 10.0**-POWERS)
    if (points > 0).any():
        lo, hi = min(lo, float(points[points > 0].min())), max(hi, float(points.max()))
    return (lo, hi) if hi > lo * (1 + FLAT) else (lo / 2, hi * 2)


def _goes_to_zero(scan: Scan) -> bool:
    """Whether no bound of its values is above 0, so that the least that were found tell nothing."""
    columns = look(scan)
    return columns is not None and not bool((columns.lower > 0).all())


def choose_signed(scans: list[Scan], points: Array = NONE) -> tuple[Limits, float]:
    """The limits of a scale of signed powers of ten, and the size from which on it has these."""
    values = [_values(scan) for scan in scans]
    sizes = [np.abs(y[y != 0]) for y in values]
    peaks = [float(size.max()) for size in sizes if size.size]
    lo, hi = choose(scans, points)
    if not peaks:
        return (lo, hi), 1.0
    least = min(min(peaks) / 3, max(peaks) / FEWEST_POWERS)
    if len(scans) == 1:
        least = max(float(np.quantile(sizes[0], SMALL)), peaks[0] * LEAST)
    threshold = 10.0 ** math.floor(math.log10(max(least, NARROWEST_SPAN)))
    lowest = min(float(y.min(initial=0)) for y in [*values, points])
    highest = max(float(y.max(initial=0)) for y in [*values, points])
    limits = max(lowest, -LARGEST_DRAWN), min(highest, LARGEST_DRAWN)
    return limits if limits[0] < limits[1] else (-threshold, threshold), threshold


def _values(scan: Scan) -> Array:
    """The finite values of the samples but for those right at poles, and the extremes of all."""
    kept = scan.y[np.isfinite(scan.y) & ~np.isin(scan.x, scan.poles)]
    extremes = np.array(_extremes(scan, None))
    return np.append(kept, extremes[np.isfinite(extremes)])


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
    """What to show of one curve: what its samples and the bounds of all its values tell."""
    y = scan.y[np.isfinite(scan.y)]
    if not y.size:
        return None
    sampled = float(y.min()), float(y.max())
    reach = _reach(scan, *sampled)
    whole = -reach <= sampled[0] and sampled[1] <= reach
    extremes = _extremes(scan, None if whole else (-(1 + MARGIN) * reach, (1 + MARGIN) * reach))
    lo, hi = min(sampled[0], extremes[0]), max(sampled[1], extremes[1])
    reach = _reach(scan, lo, hi)
    return max(lo, -reach), min(hi, reach)


def _extremes(scan: Scan, visible: Limits | None) -> Limits:
    """The least and greatest value that were found, infinite where they have no bound."""
    columns = look(scan, visible)
    if columns is None or np.isnan(columns.least).all() or np.isnan(columns.greatest).all():
        return math.inf, -math.inf
    lowest, highest = int(np.nanargmin(columns.least)), int(np.nanargmax(columns.greatest))
    lo, lower = float(columns.least[lowest]), float(columns.lower[lowest])
    hi, upper = float(columns.greatest[highest]), float(columns.upper[highest])
    return (lower if math.isinf(lower) else lo), (upper if math.isinf(upper) else hi)


def _reach(scan: Scan, lo: float, hi: float) -> float:
    """How far from zero to show: all, as far as x goes, or what suits the bulk of the values."""
    size = np.abs(scan.y[np.isfinite(scan.y) & ~np.isin(scan.x, scan.switches)])
    if not size.size:
        return math.inf
    peak, typical = max(-lo, hi), float(np.median(size))
    natural = max(abs(scan.lo), abs(scan.hi))
    if scan.poles or math.isinf(peak) or np.isinf(scan.y).any():
        least, most = (share * typical for share in POLE_REACH)
        reach = max(float(np.clip(natural, least, most)), float(np.quantile(size, MOSTLY)))
        return min(reach, peak)
    runs = _runs_away(scan, peak, typical)
    if runs == 0:
        return math.inf
    target = natural if typical < natural else float(np.quantile(size, 0.75))
    return float(peak ** (1 - runs) * min(target, peak) ** runs)


def _runs_away(scan: Scan, peak: float, typical: float) -> float:
    """From 0 to 1, how much an end at which |y| is greatest dwarfs the value half-way to it."""
    x, y = scan.x, np.abs(scan.y)
    middle = scan.lo / 2 + scan.hi / 2
    least, most = np.log(RUNAWAY)
    found = 0.0
    for end, at in ((0, scan.lo), (-1, scan.hi)):
        halfway = max(float(np.interp(middle / 2 + at / 2, x, y)), typical, math.ulp(0.0))
        if y[end] > LESSER * peak:
            grown = (math.log(float(y[end])) - math.log(halfway) - least) / (most - least)
            outer = min(1.0, (float(y[end]) / peak - LESSER) / (1 - LESSER))
            found = max(found, min(1.0, max(0.0, grown)) * outer)
    return found
