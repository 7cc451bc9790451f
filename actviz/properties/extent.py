"""The range of a function or a derivative: its least and greatest value, and if they are taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from actviz.properties.survey import NOISE, Survey

BESIDE = 1e-7  # an extremum so near a breakpoint is that of the breakpoint
DECADES = (1e2, 1e3, 1e4, 1e5)


@dataclass(frozen=True)
class Extent:
    """The least and greatest value over all x.

    attained says whether the value is taken, or only approached; at says where: a number, -inf or
    inf for a limit at infinity, None for a value taken throughout a piece. Of several places it is
    the one nearest to 0. filled: whether all values between the ends are taken, for sure; of
    sign(x) they are not, and of 1/x all but 0.
    """

    lower: float
    lower_attained: bool
    lower_at: float | None
    upper: float
    upper_attained: bool
    upper_at: float | None
    filled: bool = False


@dataclass(frozen=True)
class Candidate:
    """A value that may be the least or greatest."""

    y: float
    at: float | None
    attained: bool


def extent(surveyed: Survey, order: int) -> Extent:
    """The range of f (order 0), f' (1) or f'' (2); NaN at both ends if it is defined nowhere."""
    candidates = [*_extrema(surveyed, order), *_at_breakpoints(surveyed, order)]
    candidates += [*_constants(surveyed, order), *_far(surveyed, order)]
    candidates = [each for each in candidates if each.y == each.y]  # all that digits lasted for
    if not candidates:
        return Extent(math.nan, False, None, math.nan, False, None)
    scale = surveyed.scales[order]
    lower = _extreme(candidates, -1, scale)
    upper = _extreme(candidates, 1, scale)
    return Extent(lower.y, lower.attained, lower.at, upper.y, upper.attained, upper.at)


def extrema(surveyed: Survey, order: int) -> list[tuple[float, float]]:
    """The local extrema inside pieces as (x, y); what is only rounding is none."""
    places = surveyed.zeros(order + 1, ranked=True)
    values = surveyed.at(np.array(places), order).tolist()
    noise = NOISE * surveyed.scales[order]
    ends = np.array([point.x for point in surveyed.breakpoints])
    return [
        (x, 0.0 if abs(y) <= noise / 4 else y)
        for x, y in zip(places, values, strict=True)
        if math.isfinite(y)
        and not (np.abs(ends - x) <= BESIDE * max(1.0, abs(x))).any()
        and not _settled(surveyed, order, x, y, noise)
    ]


def _settled(surveyed: Survey, order: int, x: float, y: float, noise: float) -> bool:
    """Whether from x outwards there is nothing but rounding between y and the limit."""
    limit = surveyed.limits[order][0 if x < 0 else 1]
    if not math.isfinite(limit) or abs(y - limit) > noise + NOISE * abs(limit):
        return False
    beyond = surveyed.y[order, surveyed.x <= x if x < 0 else surveyed.x >= x]
    return bool((np.abs(beyond - limit) <= noise + NOISE * abs(limit)).all())


def _extrema(surveyed: Survey, order: int) -> Iterator[Candidate]:
    for x, y in extrema(surveyed, order):
        yield Candidate(y, x, True)


def _at_breakpoints(surveyed: Survey, order: int) -> Iterator[Candidate]:
    """The values taken at breakpoints, and the one-sided limits."""
    taken = surveyed.taken[order].tolist()
    for (left, right), y in zip(pairwise(surveyed.pieces), taken, strict=True):
        ends = [left.points.stop - 1, right.points.start]
        slopes = np.abs(surveyed.y[order + 1, ends])
        rounding = 2.0**-50 * abs(left.upper) * np.max(slopes, initial=0.0, where=slopes < np.inf)
        rounding += NOISE / 4 * surveyed.scales[order]
        limits = [(float(surveyed.y[order, i]), False) for i in ends]
        poles = _poles(surveyed, order, left.upper)
        if poles and abs(y) > 1e6 * surveyed.scales[order]:
            y = math.nan  # the last float before a pole
        for value, attained in [(y, True), *limits, *((pole, False) for pole in poles)]:
            if not (math.isnan(value) or (attained and math.isinf(value))):
                yield Candidate(0.0 if abs(value) <= rounding else value, left.upper, attained)


def _poles(surveyed: Survey, order: int, x: float) -> list[float]:
    """+-inf for each side of x on which values keep growing although every float is finite."""
    steps = max(1.0, abs(x)) * np.array([1e-6, 1e-9, 1e-12])
    sides = surveyed.at(np.array([x - steps, x + steps]), order)
    sizes = np.abs(sides)
    with np.errstate(all="ignore"):
        grows = np.isfinite(sizes).all(axis=1) & (sizes[:, 1:] > 5 * sizes[:, :-1]).all(axis=1)
    large = grows & (sizes[:, 2] > 1)
    return [math.copysign(math.inf, y) for y in sides[large, 2].tolist()]


def _constants(surveyed: Survey, order: int) -> Iterator[Candidate]:
    for piece in surveyed.pieces:
        if (value := surveyed.constant(piece, order)) is not None:
            yield Candidate(value, None, True)


def _far(surveyed: Survey, order: int) -> Iterator[Candidate]:
    """The limits at infinity; without one the outermost value, or infinity if it swings wider."""
    for sign, limit, outermost in zip((-1, 1), surveyed.limits[order], (0, -1), strict=True):
        last = float(surveyed.y[order, outermost])
        if not math.isnan(limit):
            yield Candidate(limit, sign * math.inf, False)
        elif not math.isnan(last):
            yield Candidate(last, sign * math.inf, False)
            for direction in (-1, 1):
                if _widens(surveyed, order, sign, direction):
                    yield Candidate(direction * math.inf, sign * math.inf, False)


def _widens(surveyed: Survey, order: int, sign: int, direction: int) -> bool:
    """Whether each of the outer decades has values beyond those of the one before it."""
    x, y = sign * surveyed.x, direction * surveyed.y[order]
    x, y = x[~np.isnan(y)], y[~np.isnan(y)]
    tops = [np.max(y[(x > low) & (x <= 10 * low)], initial=-math.inf) for low in DECADES]
    return all(b == math.inf or b > max(0.0, 1.02 * a) for a, b in pairwise(tops))


def _extreme(candidates: list[Candidate], direction: int, scale: float) -> Candidate:
    """The best candidate; of those that only rounding tells apart one that is taken, and near 0."""
    best = max(direction * candidate.y for candidate in candidates)
    if math.isinf(best):
        tied = [c for c in candidates if direction * c.y == best]
    else:
        slack = NOISE / 4 * max(abs(best), min(scale, 1e3 * abs(best)))
        tied = [c for c in candidates if direction * c.y >= best - slack]
    return min(tied, key=_preference)


def _preference(candidate: Candidate) -> tuple[bool, bool, float, bool]:
    at = candidate.at
    return (not candidate.attained, at is not None, abs(at or 0.0), (at or 0.0) < 0)
